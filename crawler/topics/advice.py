"""What a query may say but probably does not mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crawler.text.detection import FUNCTION_WORDS
from crawler.text.folding import is_cyrillic, is_latin
from crawler.text.languages import KINDS
from crawler.topics.nodes import And, Lang, Near, Node, Or, Phrase, Prefix, Query, Term, Within, Word, walk

_OPERATORS = {"and": "AND", "or": "OR", "not": "NOT", "near": "NEAR/5"}


def warnings(query: Query, languages: Sequence[str] = ("en", "uk", "ru")) -> list[str]:
    """Sentences about what is allowed but probably a slip, in the order of the query.

    ``languages`` are those whose function words count as too common to look for on their own.
    """
    return [f"column {column}: {says}" for column, says in notes(query, languages)]


def notes(query: Query, languages: Sequence[str] = ("en", "uk", "ru")) -> list[tuple[int, str]]:
    """The same with the columns apart."""
    stop_words = frozenset().union(*(FUNCTION_WORDS.get(language, frozenset()) for language in languages))
    found: list[tuple[int, str]] = []
    for node in walk(query.root):
        found += [(term.column, says) for term, says in _about(node, stop_words)]
    found += [(term.column, says) for term, says in _repeated(query.root)]
    return sorted(set(found))


_CYRILLIC = frozenset(
    [
        "ab",
        "av",
        "ba",
        "be",
        "bg",
        "ce",
        "cu",
        "cv",
        "kk",
        "kv",
        "ky",
        "mk",
        "mn",
        "os",
        "ru",
        "sr",
        "tg",
        "tk",
        "tt",
        "uk",
        "uz",
        "und",
    ]
)
"""Languages that are written in Cyrillic letters, or may be."""


def out_of_reach(query: Query, languages: frozenset[str]) -> list[tuple[int, str]]:
    """Column and sentence about each part that no article of the languages can have.

    A capitalised word may be a name, which is met in other alphabets too; Latin words stand in every language's texts.
    """
    asked = _asked_languages(query.root) or languages
    found: list[tuple[int, str]] = []
    for node in walk(query.root):
        if isinstance(node, Near) and {"title", "text"} <= {_field(operand) for operand in node.operands}:
            found.append((node.column, f"{node.written[:40]} can never hold: title and text are never near each other"))
        if not isinstance(node, Word | Prefix) or not asked or asked & _CYRILLIC:
            continue
        if is_cyrillic(node.written.lstrip('="“„«')[:1]) and node.written.islower():
            told = ", ".join(sorted(asked))
            found.append((node.column, f"{node.written} can never be met: nothing in {told} is written in Cyrillic"))
    return sorted(set(found))


def _field(node: Node) -> str:
    return {"lead": "text"}.get(node.field, node.field) if isinstance(node, Within) else ""


def _asked_languages(root: Node) -> frozenset[str]:
    """The languages that a query asks for beside everything else; empty when it takes any."""
    for operand in root.operands if isinstance(root, And) else (root,):
        codes = operand.operands if isinstance(operand, Or) else (operand,)
        if all(isinstance(code, Lang) for code in codes):
            return frozenset(code.code for code in codes if isinstance(code, Lang))
    return frozenset()


def _about(node: Node, stop_words: frozenset[str]) -> Iterator[tuple[Term, str]]:
    if isinstance(node, Phrase):
        for word in node.words:
            if isinstance(word, Word) and _mixes_scripts(word.form):
                yield node, _mixed(word)
            if isinstance(word, Word) and _is_word_with_capital(word):
                yield node, _capital(word.form)
    if not isinstance(node, Word):
        return
    if operator := _OPERATORS.get(node.written):
        yield node, f'"{node.written}" is looked for as a word; write {operator} if the operator is meant'
    elif node.folded in stop_words and not (node.form.isascii() and node.form.isupper()):  # WHO is not who
        yield node, f'"{node.written}" stands in nearly every article and decides nothing'
    if _mixes_scripts(node.form):
        yield node, _mixed(node)
    if _is_word_with_capital(node):
        yield node, _capital(node.form)


def _is_word_with_capital(word: Word) -> bool:
    """Whether a capitalised word is an inflected form of a common one (``Children``), and hardly meant as a name.

    Of English alone, where headlines are written so: every other language has a form that is another's name.
    """
    if word.exact or not word.form[:1].isupper() or word.form.isupper():
        return False
    lexicon, form = KINDS["en"].lexicon, word.form.lower()
    lemmas = lexicon.lemmas(form)
    if not lemmas or form in lemmas or lexicon.lemmas(word.form):
        return False
    return not KINDS["de"].lexicon.lemmas(word.form)  # Kinder, where every noun has its capital


def _capital(form: str) -> str:
    return f'"{form}" with a capital asks for a name, and {form.lower()} is not taken; write it small to take both'


def _repeated(root: Node) -> Iterator[tuple[Term, str]]:
    for node in walk(root):
        if not isinstance(node, And | Or):
            continue
        seen: set[str] = set()
        for operand in node.operands:
            if not isinstance(operand, Term):
                continue
            same = operand.folded if isinstance(operand, Word) and not operand.exact else operand.written.casefold()
            if same in seen:
                yield operand, f"{operand.written} stands twice in the same list"
            seen.add(same)


def _mixes_scripts(form: str) -> bool:
    return any(map(is_cyrillic, form)) and any(char.isalpha() and is_latin(char) for char in form)


def _mixed(word: Word) -> str:
    odd = [char for char in word.form if char.isalpha() and is_latin(char)]
    latin = len(odd) * 2 > len(word.form)
    letters = [char for char in word.form if is_cyrillic(char)] if latin else odd
    script = "Cyrillic" if latin else "Latin"
    return (
        f'"{word.written}" mixes two alphabets ({script} {", ".join(dict.fromkeys(letters))}), and meets no real word'
    )

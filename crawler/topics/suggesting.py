"""Words in other languages that a query may lack: told to the person, never added by themselves.

No dictionary is asked. Reports of one story in two languages are an aligned corpus: what stands in the Ukrainian
reports of those stories whose English ones have *children*, and seldom in other stories, is likely to mean it. How
surely is told by the log-likelihood ratio (T. Dunning, Accurate Methods for the Statistics of Surprise and
Coincidence, 1993), and each word belongs to the part of the query that it goes with best (I. D. Melamed's competitive
linking, 2000). Names and places need no such help: they meet across languages by rules and tables. With a model,
meaning decides among the likely.

On 2,120 titles of 135 stories in several languages (OG2021, their stories as labelled, 2026-11) 9 of 16 suggestions for
22 English words are right, with the model 11 of 12 (``python -m tests.quality suggesting``).
"""

from __future__ import annotations

import math
import operator
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from crawler.text import Document
from crawler.text.cognates import cognate_key
from crawler.text.languages import KINDS
from crawler.topics.following.features import Features, features
from crawler.topics.following.weights import is_free
from crawler.topics.matcher import CompiledTopic, Matcher
from crawler.topics.nodes import Node, Not, Or, Phrase, Prefix, Query, Word, children

MOST = 3
"""Words suggested beside one part of a query in one language."""
_LEAST_STORIES = 2
"""Stories that a word and a part of the query have in common at least; one for a word that sounds like it."""
_LEAST_LETTERS = 4
_SURE, _SURE_ALIKE, _SURE_BY_MEANING = 10.83, 2.7, 5.0
"""Log-likelihood ratios: chance reaches the first once in 1,000 words, the second once in 10, which is enough where the
sound agrees, and the third once in 40, which is where meaning decides."""
_SHARE = 0.34
"""Of the stories of a part of the query, those in which a word has to stand."""
_BESIDE_BEST = 0.5
"""How sure a second word has to be against the first."""
_KNOWN = 0.34
"""Of its stories, those that a part meets in the other language: it needs no word there."""
_NEARER = 0.03
"""How much nearer by meaning a word has to be than the language's words are on average."""
_PLACED = 40
"""Words of a language that are looked at by meaning, likely ones and, for the average, common ones; 25 ms each."""

Places = Callable[[Sequence[str]], Sequence[Sequence[float]]]
"""The places of words by meaning (``crawler.text.embedding.embed``)."""
_Leaf = Word | Prefix | Phrase


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A word in another language for one part of a query."""

    language: str
    word: str
    beside: str
    """The part of the query as it is written: one term, or the alternatives of an OR."""
    at: tuple[int, int]
    """Where that part stands in the query."""
    stories: int
    """How many stories have the word in this language, and that part in another."""
    of: int
    """How many stories have that part in another language, and are told in this one."""


@dataclass(frozen=True, slots=True)
class _Pair:
    """A word of a language and a part of the query that may mean the same."""

    sure: float
    weight: float
    form: str
    group: int
    stories: int
    of: int
    alike: bool


@dataclass(slots=True)
class _Story:
    """What of a story counts: its words by language, and which parts of the query its reports of a language meet."""

    words: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    met: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def elsewhere(self, part: int, language: str) -> bool:
        """Whether a report in another language meets a part of the query."""
        return any(part in met for own, met in self.met.items() if own != language)


@dataclass(slots=True)
class _Seen:
    """How a word of a language was seen."""

    forms: Counter[str] = field(default_factory=Counter)
    small: bool = False
    """Somewhere in small letters: then it is no name."""
    weight: float = 0.0
    """How much its articles made of it."""

    @property
    def form(self) -> str:
        """The form that it was seen in most."""
        return min(self.forms, key=lambda form: (-self.forms[form], form))


def suggest(query: Query, reports: Iterable[tuple[int, Document]], placed: Places | None = None) -> list[Suggestion]:
    """Words for a query from (story, article) of the archive, by language, in the order of the query.

    Articles of stories that are told in one language only may be left out: they tell nothing. ``placed`` is the model.
    """
    groups = list(_groups(query.root))
    matcher = Matcher([_asking(number, group) for number, group in enumerate(groups)])
    stories: dict[int, _Story] = defaultdict(_Story)
    seen: dict[tuple[str, str], _Seen] = defaultdict(_Seen)
    for number, document in reports:
        story, language = stories[number], document.language
        story.met[language].update(int(match.topic) for match in matcher.match(document, source="", host=""))
        read = features(document)
        words = [key for key in read.counts if not is_free(key)]
        story.words[language].update(words)
        for key in words:
            _see(seen[language, key], key, read)
    found = []
    for language in sorted({each for story in stories.values() for each in story.words} & KINDS.keys()):
        told = [story for story in stories.values() if language in story.words and len(story.words) > 1]
        its = {key: word for (own, key), word in seen.items() if own == language and (word.small or language == "de")}
        pairs = list(_pairs(language, groups, told, its))
        surest = _by_cooccurrence(pairs) if placed is None else _by_meaning(pairs, groups, its, placed)
        found += _linked(language, groups, surest, matcher)
    return found


def widened(query: str, suggestions: Iterable[Suggestion]) -> str:
    """The query with words added beside what they mean."""
    by_place: dict[tuple[int, int], list[str]] = {}
    for each in suggestions:
        by_place.setdefault(each.at, []).append(each.word)
    for (start, end), words in sorted(by_place.items(), reverse=True):
        wider = " OR ".join([query[start:end], *words])
        alone = query[:start].endswith("(") and query[end:].startswith(")")
        query = query[:start] + (wider if alone else f"({wider})") + query[end:]
    return query


def _groups(node: Node) -> Iterator[list[_Leaf]]:
    """The terms of a query, those together that stand beside each other in an OR; exclusions and ``=word`` left out."""
    if isinstance(node, Not):
        return
    if isinstance(node, Word | Prefix | Phrase):
        if not _as_written(node):
            yield [node]
        return
    inner: list[Node] = list(children(node))
    if isinstance(node, Or):
        # Only neighbours can be put into parentheses together.
        run: list[_Leaf] = []
        for operand in inner:
            if isinstance(operand, Word | Prefix | Phrase) and not _as_written(operand):
                run.append(operand)
                continue
            if run:
                yield run
            run = []
            yield from _groups(operand)
        if run:
            yield run
        return
    for operand in inner:
        yield from _groups(operand)


def _as_written(node: _Leaf) -> bool:
    return isinstance(node, Word) and (node.exact or node.spelled)


def _asking(number: int, group: Sequence[_Leaf]) -> CompiledTopic:
    start, end = group[0].start, group[-1].end
    root = group[0] if len(group) == 1 else Or(start, end, "", tuple(group))
    return CompiledTopic(str(number), Query("", root))


def _see(seen: _Seen, key: str, read: Features) -> None:
    _, _, _, kind, form = read.places[key]
    seen.forms[form if kind == "word" or read.language == "de" else form.lower()] += 1
    seen.small = seen.small or kind == "word"
    seen.weight += read.counts[key]


def _pairs(
    language: str, groups: Sequence[Sequence[_Leaf]], told: Sequence[_Story], words: dict[str, _Seen]
) -> Iterator[_Pair]:
    """What goes together oftener than by chance in the stories that this language and another one tell."""
    having: dict[str, set[int]] = defaultdict(set)
    for number, story in enumerate(told):
        for key in story.words[language]:
            having[key].add(number)
    for number, group in enumerate(groups):
        where = {
            at
            for at, story in enumerate(told)
            if any(number in met for own, met in story.met.items() if own != language)
        }
        known = sum(number in told[at].met[language] for at in where)
        if not where or known >= _KNOWN * len(where):
            continue
        for key, word in words.items():
            both, form = len(where & having[key]), word.form
            if both < _SHARE * len(where) or len(form) < _LEAST_LETTERS:
                continue
            sure = _likelihood(both, len(where), len(having[key]), len(told))
            if sure >= _SURE_ALIKE:
                yield _Pair(sure, word.weight, form, number, both, len(where), _alike(group, form))


def _by_cooccurrence(pairs: Iterable[_Pair]) -> list[_Pair]:
    """The pairs that are sure by how often they go together, or somewhat sure and sound alike; the surest first."""
    kept = [
        replace(each, sure=2 * each.sure) if each.alike else each
        for each in pairs
        if each.alike or (each.sure >= _SURE and each.stories >= _LEAST_STORIES)
    ]
    return sorted(kept, key=lambda each: (-each.sure, -each.weight, each.form))


def _by_meaning(
    pairs: Sequence[_Pair], groups: Sequence[Sequence[_Leaf]], words: dict[str, _Seen], placed: Places
) -> list[_Pair]:
    """The likely pairs that mean the same, the nearest first."""
    likely = [
        each for each in pairs if each.alike or (each.sure >= _SURE_BY_MEANING and each.stories >= _LEAST_STORIES)
    ]
    likely = sorted(likely, key=lambda each: (-each.sure, -each.weight, each.form))[:_PLACED]
    if not likely:
        return []
    common = sorted({word.form: -word.weight for word in words.values()}.items(), key=operator.itemgetter(1, 0))
    asked = sorted({each.group for each in likely})
    terms = [" ".join(leaf.written.strip('*"') for leaf in groups[number]) for number in asked]
    forms = list(dict.fromkeys([*(each.form for each in likely), *(form for form, _ in common[:_PLACED])]))
    places = dict(zip([*asked, *forms], placed([*terms, *forms]), strict=True))
    kept = []
    for each in likely:
        mine = places[each.group]
        average = sum(_product(mine, places[form]) for form in forms) / len(forms)
        nearer = _product(mine, places[each.form]) - average
        if nearer >= _NEARER:
            kept.append(replace(each, sure=nearer))
    return sorted(kept, key=lambda each: (-each.sure, each.form))


def _product(one: Sequence[float], other: Sequence[float]) -> float:
    return math.fsum(map(operator.mul, one, other))


def _linked(
    language: str, groups: Sequence[Sequence[_Leaf]], pairs: Sequence[_Pair], matcher: Matcher
) -> list[Suggestion]:
    """The surest words of each part of the query, each word beside one part; ``pairs`` the surest first."""
    best: dict[int, float] = {}
    taken: Counter[int] = Counter()
    used: set[str] = set()
    found = []
    for each in pairs:
        group = groups[each.group]
        weak = each.sure < _BESIDE_BEST * best.setdefault(each.group, each.sure)
        if weak or each.form in used or taken[each.group] >= MOST:
            continue
        if matcher.match(Document("", each.form, language), source="", host=""):
            continue  # the query meets it already
        used.add(each.form)
        taken[each.group] += 1
        beside, at = " OR ".join(leaf.written for leaf in group), (group[0].start, group[-1].end)
        found.append(Suggestion(language, each.form, beside, at, each.stories, each.of))
    return sorted(found, key=lambda one: one.at)


def _likelihood(both: int, one: int, other: int, total: int) -> float:
    """The log-likelihood ratio of two sets of stories against chance; 0 where they meet no oftener than by chance."""
    if both * total <= one * other:
        return 0.0
    cells = ((both, one, other), (one - both, one, total - other), (other - both, total - one, other))
    rest = (total - one - other + both, total - one, total - other)
    return 2 * sum(seen * math.log(seen * total / (row * column)) for seen, row, column in (*cells, rest) if seen)


def _alike(group: Sequence[_Leaf], form: str) -> bool:
    """Whether a word sounds like a term of the query: депортовані like deport*."""
    sound = cognate_key(form)
    if not sound:
        return False
    for leaf in group:
        if isinstance(leaf, Prefix) and (heard := cognate_key(leaf.stem)) and sound.startswith(heard):
            return True
        if isinstance(leaf, Word) and cognate_key(leaf.form) == sound:
            return True
    return False

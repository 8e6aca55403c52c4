"""What a text's word answers to, and what a query's word asks for: a word is met when the two share a key.

The two are not alike. An article's word may answer to more than itself (the head of a German compound, the other
spellings of a name), and a query's word may ask for less (a capitalised name does not ask for the common noun).
"""

from __future__ import annotations

from crawler.text import languages
from crawler.text.names import asked_name_keys, name_keys


def text_keys(language: str, form: str) -> tuple[str, ...]:
    """The keys that a word of an article in a language answers to; ``form`` is as it stands in the article."""
    return languages.text_keys(language, form) + name_keys(language, form)


def query_keys(language: str, form: str, *, spelled: bool = False) -> tuple[str, ...]:
    """The keys that a word of a query asks for in articles of a language; ``form`` is as the person wrote it.

    With ``spelled``, a name asks for this spelling and script only.
    """
    own = languages.query_keys(language, form)
    return own if spelled or _is_german_noun(language, form) else own + asked_name_keys(form)


def _is_german_noun(language: str, form: str) -> bool:
    # Where every noun has a capital, what the language itself knows is spelled there so: Kirche asks for no Kirsche.
    kind = languages.KINDS.get(language)
    return bool(kind and kind.nouns_capitalised and kind.lexicon.lemmas(form))

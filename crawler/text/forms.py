"""What a text's word answers to, and what a query's word asks for: a word is met when the two share a key.

The two are not alike. An article's word may answer to more than itself (the head of a German compound, the other
spellings of a name), and a query's word may ask for less (a capitalised name does not ask for the common noun).
"""

from __future__ import annotations

from functools import lru_cache

from crawler.text import languages
from crawler.text.names import asked_name_keys, name_keys
from crawler.text.names.places import asked_place_keys, is_everyday, place_keys, written_small

_CACHED_WORDS = 65_536  # of articles, with all their keys: what a day's news in three languages mostly repeats


@lru_cache(maxsize=_CACHED_WORDS)
def text_keys(language: str, form: str) -> tuple[str, ...]:
    """The keys that a word of an article in a language answers to; ``form`` is as it stands in the article."""
    if is_everyday(language, form):
        return languages.text_keys(language, form)
    written = form.capitalize() if written_small(language, form) else form
    return languages.text_keys(language, written) + name_keys(language, written) + place_keys(language, form)


def query_keys(language: str, form: str, *, spelled: bool = False) -> tuple[str, ...]:
    """The keys that a word of a query asks for in articles of a language; ``form`` is as the person wrote it.

    With ``spelled``, a name asks for this spelling and script only.
    """
    own = languages.query_keys(language, form)
    if spelled:
        return own
    sounds = () if _is_german_noun(language, form) else asked_name_keys(form)
    return own + sounds + asked_place_keys(form)


def _is_german_noun(language: str, form: str) -> bool:
    # Where every noun has a capital, what the language itself knows is spelled there so: Kirche asks for no Kirsche.
    kind = languages.KINDS.get(language)
    return bool(kind and kind.nouns_capitalised and kind.lexicon.lemmas(form))

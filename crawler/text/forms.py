"""What a text's word answers to, and what a query's word asks for: a word is met when the two share a key.

The two are not alike. An article's word may answer to more than itself (the head of a German compound, the other
spellings of a name), and a query's word may ask for less (a capitalised name does not ask for the common noun).
"""

from __future__ import annotations

from crawler.text import languages


def text_keys(language: str, form: str) -> tuple[str, ...]:
    """The keys that a word of an article in a language answers to; ``form`` is as it stands in the article."""
    return languages.text_keys(language, form)


def query_keys(language: str, form: str, *, spelled: bool = False) -> tuple[str, ...]:  # noqa: ARG001
    """The keys that a word of a query asks for in articles of a language; ``form`` is as the person wrote it.

    With ``spelled``, a name asks for this spelling and script only.
    """
    return languages.query_keys(language, form)

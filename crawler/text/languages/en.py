"""English: simplemma's dictionary, and Snowball's stems for words that it does not know."""

from __future__ import annotations

import re

from crawler.text.folding import is_latin
from crawler.text.languages.base import Language, snowball

_ING = re.compile("(?P<stem>.{2,}?)(?P<doubled>[bdfgklmnprtvz])?ing$")


def bases(form: str) -> list[str]:
    """Verbs that a word in -ing may come from: ``kidnapping`` → ``kidnap``, which the dictionary has as a noun only."""
    if not (met := _ING.match(form)):
        return []
    stem, doubled = met["stem"], met["doubled"] or ""
    return [stem + doubled, stem + doubled + "e", *([stem] if stem.endswith(doubled or " ") else [])]


LANGUAGE = Language(
    code="en",
    stem=snowball("english"),
    writes=is_latin,
    bases=bases,
    ending=re.compile("'s?$"),
)

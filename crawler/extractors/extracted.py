"""What an extractor finds."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\xad\u200b\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


@dataclass(frozen=True, slots=True)
class Extracted:
    """An article as it was found in one place; what that place does not tell is empty or ``None``."""

    text: str
    """Plain text, a blank line between paragraphs."""
    title: str = ""
    author: str = ""
    published: datetime | None = None
    """Aware, UTC, and known to the minute: a date alone would make its article the day's first."""
    language: str = ""
    """As the place declares it: a primary BCP 47 subtag or, from a feed, the whole tag."""
    canonical: str = ""
    """The address the page itself gives as its own, within the same registrable domain."""


def clean(text: str | None) -> str:
    """Text without control and invisible characters and lone surrogates, composed (Unicode NFC), trimmed."""
    return unicodedata.normalize("NFC", _UNPRINTABLE.sub("", text or "")).strip()

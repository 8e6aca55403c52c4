"""Which characters the bytes of a page stand for."""

from __future__ import annotations

import codecs
import re

_META = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([a-zA-Z0-9_:.-]{2,40})""", re.IGNORECASE)
_HEAD = 4096
"""Bytes in which a page's own declaration is looked for; HTML asks for it in the first 1024."""
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_WRONG_NAMES = {
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "us-ascii": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
}
"""What browsers take instead of the name that was given (WHATWG Encoding, section 4.2)."""
_LAST = "cp1252"


def decode(body: bytes, content_type: str = "") -> str:
    """The page as text; never raises.

    A byte order mark counts first, then UTF-8 when the bytes are valid UTF-8 (no other encoding's text is by chance),
    then the HTTP header, then the page's declaration, then Western European.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body.decode(name, "replace")
    declared = _META.search(body[:_HEAD])
    names = ("utf-8", _charset(content_type), declared[1].decode().lower() if declared else "")
    return next((text for text in (_strictly(body, name) for name in names) if text is not None), None) or _loosely(
        body, names[1:]
    )


def _charset(content_type: str) -> str:
    return content_type.lower().partition("charset=")[2].partition(";")[0].strip(" \"'")


def _strictly(body: bytes, name: str) -> str | None:
    try:
        return body.decode(_WRONG_NAMES.get(name, name)) if name else None
    except (UnicodeError, LookupError, ValueError):
        return None


def _loosely(body: bytes, names: tuple[str, ...]) -> str:
    """A few bytes are wrong: what was declared, with replacement characters."""
    for name in names:
        try:
            return body.decode(_WRONG_NAMES.get(name, name), "replace") if name else body.decode(_LAST, "replace")
        except (LookupError, UnicodeError, ValueError):
            continue
    return body.decode(_LAST, "replace")

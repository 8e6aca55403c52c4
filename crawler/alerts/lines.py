"""Strangers' strings made safe to show: one clean line, cut at a word, a link that is only ever a link."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit, urlunsplit

HEADLINE_LIMIT = 300
"""Characters of a headline that are kept; the longest honest ones measure under 200."""
URL_LIMIT = 2000
"""Characters of a link; mail programs and proxies agree on about this much."""

# Control characters and every kind of line break end a word; invisible characters (zero width, bidi marks, overrides
# and isolates of UAX #9, tags) vanish. ZWNJ and ZWJ stay: Persian spelling and joined emoji need them.
_BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_INVISIBLE = re.compile(
    "[\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff0-\ufffc\ufffe\uffff\U000e0000-\U000e007f]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_MARK = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20ff]"
# Four combining marks on a letter are more than any orthography stacks; what follows only paints over other lines.
_STACKED = re.compile(f"({_MARK}{{4}}){_MARK}+")
# What ends an attribute, starts markup or is never written bare in an address (RFC 3986 §2).
_NOT_IN_URL = re.compile(r"[\x00-\x20\x7f-\x9f\"'<>\\^`{|}\ud800-\udfff]")
_HOST = re.compile(r"[A-Za-z0-9._:-]+")


def scrub(text: str) -> str:
    """``text`` without control, invisible and unpaired characters; blanks are left as they are."""
    text = _BREAKS.sub(" ", _SURROGATE.sub("\ufffd", text))
    return _STACKED.sub(r"\1", _INVISIBLE.sub("", text))


def cut(text: str, limit: int) -> str:
    """``text``, at most ``limit`` characters long, cut after a word and marked with … when something is missing."""
    if len(text) <= limit:
        return text
    head = text[: max(limit - 1, 0)]
    blank = head.rfind(" ")
    # A word longer than half the room is cut inside: the alternative would show next to nothing.
    if blank > limit // 2:
        head = head[:blank]
    return head.rstrip(" ,;:–—-") + "…"


def clean_line(text: str, limit: int = HEADLINE_LIMIT) -> str:
    """One line to display, at most ``limit`` characters, safe in a header, a text and (escaped) a page.

    ``=?`` is broken up, so that no decoder takes a title for an encoded word (RFC 2047; CVE-2024-6923 made headers
    of them).
    """
    line = " ".join(scrub(text[: limit * 20]).split()).replace("=?", "= ?")
    return cut(line, limit)


def safe_href(url: str) -> str:
    """``url`` as an ASCII http or https address fit for a link, or an empty text when it is not one.

    A host in other letters comes back as punycode (RFC 3490), so that look-alikes show.
    """
    if not url or len(url) > URL_LIMIT or _NOT_IN_URL.search(url):
        return ""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = f":{parts.port}" if parts.port is not None else ""
    except ValueError:  # UnicodeError is one
        return ""
    # Checked once more: IDNA's compatibility forms can be blanks and slashes.
    if parts.scheme not in {"http", "https"} or not _HOST.fullmatch(host) or parts.username is not None:
        return ""
    # The other things between brackets are no address that anybody serves (RFC 3986 §3.2.2), nor are empty labels.
    if ("[" in parts.netloc) != (":" in host) or ".." in host or host.startswith("."):
        return ""
    host = f"[{host}]" if ":" in host else host
    rest = (quote(part, safe="/%:=&?~+!$,;@()*[]#-._") for part in (parts.path, parts.query, parts.fragment))
    href = urlunsplit((parts.scheme, host + port, *rest))
    return href if len(href) <= URL_LIMIT else ""


def some(names: list[str], limit: int) -> str:
    """``A, B and 3 more``: at most ``limit`` of the names."""
    if len(names) <= limit:
        return ", ".join(names)
    return f"{', '.join(names[:limit])} and {len(names) - limit} more"

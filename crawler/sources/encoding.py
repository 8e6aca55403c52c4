"""Which characters the bytes of a document stand for, when servers and declarations disagree."""

from __future__ import annotations

import re

_DECLARATION = re.compile(rb"^\s*<\?xml[^>]{0,500}\?>")
_REFERENCE = re.compile(rb"&#([xX]?[0-9a-fA-F]+);")
_CHARACTERS = ((9, 10, 13), range(0x20, 0xD800), range(0xE000, 0xFFFE), range(0x10000, 0x110000))
"""XML 1.0, production 2."""
_FEW = 20
"""One broken byte among this many letters still reads as UTF-8; text in another encoding breaks at nearly each."""

UTF8_XML = "application/xml; charset=utf-8"


def settle(body: bytes, content_type: str) -> tuple[bytes, str, bool]:
    """The bytes and content type a feed is parsed with, and whether broken bytes were replaced.

    Non-ASCII text that decodes as UTF-8 is UTF-8 whatever header and declaration say (the chance that another
    encoding does is negligible: RFC 3629, section 1), and a single broken byte must not turn a whole Cyrillic feed
    into another encoding's letters. Everything else goes by charset, declaration and byte order mark, as RFC 7303
    has it. The media type itself is dropped: feedparser reads ``text/xml`` as US-ASCII by the obsolete RFC 3023.
    """
    charset = _charset(content_type)
    fallback = f"application/xml; charset={charset}" if charset else "application/xml"
    if body.isascii():
        return body, fallback, False
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd") - body.count(b"\xef\xbf\xbd")
    if broken == 0:
        return body, UTF8_XML, False
    if broken * _FEW <= sum(not char.isascii() for char in text):
        return undeclared(text.encode()), UTF8_XML, True
    return body, fallback, False


def _charset(content_type: str) -> str:
    return content_type.lower().partition("charset=")[2].partition(";")[0].strip(" \"'")


def undeclared(body: bytes) -> bytes:
    """The document without its XML declaration, for bytes that were encoded anew."""
    return _DECLARATION.sub(b"", body, count=1)


def repaired(body: bytes) -> bytes:
    """The document with everything replaced that makes feedparser 6.0.14 itself raise.

    Character references that are no character (``&#xD800;``, ``&#99999999999;``) become a question mark, bytes that
    are not UTF-8 the replacement character, and a declaration with an impossible codec (``undefined``) goes.
    """
    text = body.decode("utf-8", "replace").encode()
    return _REFERENCE.sub(_valid_or_question_mark, undeclared(text))


def _valid_or_question_mark(match: re.Match[bytes]) -> bytes:
    digits = match[1].lower()
    try:
        code = int(digits[1:], 16) if digits.startswith(b"x") else int(digits)
    except ValueError:
        return b"?"
    return match[0] if any(code in block for block in _CHARACTERS) else b"?"

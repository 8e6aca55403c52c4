"""From HTML to plain text: paragraphs stay, everything else of the markup goes."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator

from lxml import etree  # type: ignore[import-untyped]

PARAGRAPH = "\n\n"
_DROPPED = frozenset({
    "script", "style", "template", "noscript", "iframe", "object", "embed", "svg", "math", "head", "title",
    "select", "textarea", "button",
})  # fmt: skip
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li",
    "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr",
    "ul",
})  # fmt: skip
_TAG = re.compile(
    r"</?(?:a|abbr|applet|article|aside|b|blink|blockquote|body|br|center|code|dd|div|dl|dt|em|embed|figcaption|figure"
    r"|font|form|frame|frameset|h[1-6]|head|hr|html|i|iframe|img|input|li|link|meta|noscript|object|ol|p|picture|pre|s"
    r"|script|section|small|source|span|strong|style|sub|sup|svg|table|tbody|td|th|tr|u|ul|video)(?=[\s/>])[^<>]*>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});")
# Controls, surrogates and the invisible: soft hyphens and zero-width spaces split words for any matcher, and bidi
# overrides turn a headline around. Joiners (U+200C, U+200D) stay: Persian and emoji are spelt with them.
_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_SPACES = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r"\s*\n\s*\n\s*")
_ROUNDS = 3
"""Feeds escape markup up to twice; the third round only shows that nothing is left."""


def scrub(text: str) -> str:
    """Text without control and invisible characters and lone surrogates, composed (Unicode NFC)."""
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", text))


def to_line(value: str) -> str:
    """One line of plain text, for titles and names: markup stripped, entities unescaped, blanks collapsed."""
    return " ".join(to_text(value).split())


def to_text(value: str) -> str:
    """Plain text with a blank line between paragraphs; scripts, styles and embedded frames are left out.

    Reads again, up to three times, what was escaped more than once. A sign such as ``<`` that begins no known tag
    stays as it is.
    """
    text = scrub(value)
    for _ in range(_ROUNDS):
        has_tags = bool(_TAG.search(text)) or "<!" in text
        if not has_tags and not _ENTITY.search(text):
            break
        text = scrub(_from_html(text) if has_tags else html.unescape(text))
    return _tidy(_TAG.sub(" ", text))


def _from_html(text: str) -> str:
    parser = etree.HTMLParser(encoding="utf-8", remove_pis=True, remove_comments=True, no_network=True)
    root = etree.fromstring(f"<div>{text}</div>".encode(), parser)
    if root is None:
        return ""
    return _tidy("".join(_pieces(root)))


def _pieces(root: etree._Element) -> Iterator[str]:
    """The texts of a tree in order, paragraph breaks where blocks begin and end."""
    dropped = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        start = event == "start"
        if tag in _DROPPED:
            dropped += 1 if start else -1
        elif not dropped:
            yield from _around(tag, start=start)
            if start:
                yield _one_line(element.text)
        if not start and not dropped:
            yield _one_line(element.tail)


def _around(tag: str, *, start: bool) -> Iterator[str]:
    if tag in _BLOCKS:
        yield PARAGRAPH
    elif tag == "br" and start:
        yield "\n"


def _one_line(text: str | None) -> str:
    """A text node: its line ends are blanks, as HTML has it."""
    return text.replace("\n", " ").replace("\r", " ") if text else ""


def _tidy(text: str) -> str:
    text = _SPACES.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))
    return PARAGRAPH.join(_lines(part) for part in _BLANK_LINES.split(text.strip()) if part)


def _lines(paragraph: str) -> str:
    return "\n".join(line.strip() for line in paragraph.split("\n"))

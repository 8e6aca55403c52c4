"""Kind ``page``: the article on a web page, without its menus, by trafilatura on bytes that were fetched elsewhere."""

from __future__ import annotations

import re

import trafilatura

from crawler.extractors import metadata
from crawler.extractors.charset import decode
from crawler.extractors.extracted import Extracted, clean

MAX_TEXT = 200_000
"""Characters; the longest news features have a third of it."""
_NO_DATE_SEARCH = {"extensive_search": False, "original_date": True}
"""trafilatura's date is not used, since it has no time of day; this keeps it from searching the text for one."""
_LINE_ENDS = re.compile(r"\s*\n\s*")


def extract(url: str, body: bytes, content_type: str = "") -> Extracted | None:
    """The article of a page; ``None`` when nothing readable is there. Raises MemoryError only.

    ``url`` is where the bytes came from, ``content_type`` the HTTP header. Time and memory on hostile pages are the
    caller's to limit: lxml takes minutes over a million paragraphs.
    """
    try:
        return _extract(url, decode(body, content_type))
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 trafilatura raises whatever its parts raise; the feed's text is there instead
        return None


def _extract(url: str, html: str) -> Extracted | None:
    root = metadata.tree(html)
    # fast: without the second opinion of slower extractors, which read the page again.
    found = trafilatura.bare_extraction(
        html, url=url, fast=True, include_comments=False, with_metadata=True, date_extraction_params=_NO_DATE_SEARCH
    )
    if root is None or found is None or isinstance(found, dict):
        return None
    title = _one_line(found.title)
    text = _without_headline(_LINE_ENDS.sub("\n\n", clean(found.text)), title)[:MAX_TEXT]
    if not text:
        return None
    return Extracted(
        text=text,
        title=title,
        author=_one_line(found.author),
        published=metadata.published(root),
        language=metadata.language(root),
        canonical=metadata.canonical(url, root),
    )


def _one_line(text: str | None) -> str:
    return " ".join(clean(text).split())


def _without_headline(text: str, title: str) -> str:
    """The text without a first paragraph that is the headline once more."""
    first, _, rest = text.partition("\n\n")
    return rest if _one_line(first) == title else text

"""From an entry or a page to the article's text; a file per way, registered in ``KINDS``.

Pure: the page's bytes come from the fetcher, nothing here asks the network.
"""

from __future__ import annotations

from collections.abc import Callable

from crawler.extractors import feed_body, page
from crawler.extractors.extracted import Extracted
from crawler.extractors.feed_body import is_teaser

__all__ = ["KINDS", "Extracted", "feed_body", "is_teaser", "page"]

KINDS: dict[str, Callable[..., Extracted | None]] = {
    "feed_body": feed_body.extract,
    "page": page.extract,
}

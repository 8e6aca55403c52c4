"""Documents of strangers are read in processes of their own, with limits on memory, computing time and time.

feedparser is quadratic, lxml takes minutes and a gigabyte over a million paragraphs, and no limit on size helps
(``reliability.md``, finding 4). So ``sources`` and ``extractors`` run in ``worker``; ``parsers`` hands documents over
and takes what was read back as JSON: one document can cost itself and nothing else.
"""

from __future__ import annotations

from crawler.parsing.parsers import Limits, Parsers

__all__ = ["Limits", "Parsers"]

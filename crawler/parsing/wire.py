"""What goes between the program and its workers: frames of bytes, JSON in them.

JSON, not pickle: a worker that a document has taken over must not be able to run code in the program by its answer.
"""

from __future__ import annotations

import json
import struct
from typing import Any

from pydantic import TypeAdapter

from crawler.extractors.extracted import Extracted
from crawler.model import SourceDocument

HEAD = struct.Struct(">I")
"""A frame's length in bytes stands before it."""
MOST_ANSWERED = 24 * 1024 * 1024
"""Bytes of one answer; the text of the largest document that is fetched (10 MiB) is below, with its escapes."""

RESULTS: dict[str, TypeAdapter[Any]] = {
    "feed": TypeAdapter(SourceDocument),
    "page": TypeAdapter(Extracted | None),
    "discover": TypeAdapter(list[tuple[str, str]]),
}
"""Tasks, and what each answers with."""


def frame(content: bytes) -> bytes:
    """Content with its length before it."""
    return HEAD.pack(len(content)) + content


def question(task: str, url: str, body: bytes, content_type: str) -> bytes:
    """The frames of one document to read."""
    head = json.dumps({"task": task, "url": url, "content_type": content_type})
    return frame(head.encode()) + frame(body)


def answer(kind: str, content: object, *, last: bool) -> bytes:
    """The frame of an answer: a ``result``, or why there is none.

    ``refused`` says what is wrong with the document, ``memory`` that it is too large, ``broke`` what the parser raised.
    ``last`` tells that the worker ends now and another has to be started.
    """
    told = json.dumps({kind: content, "last": last}, ensure_ascii=False)
    # Half a surrogate pair, which a parser's own words may quote, becomes a question mark.
    return frame(told.encode("utf-8", "replace"))

"""What the endpoint answers hubs below ``/push/``: their questions, and that what they sent has come.

Everything is decided by the word in the address, which the hub alone was told, and by the signature of what it sends.
Asked on the event loop: two look-ups, and the document itself is read elsewhere.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from urllib.parse import parse_qsl

from crawler import pushing
from crawler.errors import StorageError
from crawler.model import Pushed
from crawler.push import PREFIX
from crawler.runtime import Runtime
from scheduler.reply import Reply

__all__ = ["MOST_PUSHED", "PREFIX", "PushPages"]

MOST_PUSHED = 10 * 1024 * 1024
"""Bytes of a document, as of one that is fetched."""
_MOST_FIELDS = 20


class PushPages:
    """What hubs are answered."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def knows(self, path: str) -> bool:
        """Whether a hub was told this path; only then a large body is read."""
        try:
            return path.startswith(PREFIX) and pushing.knows(self._runtime, path.removeprefix(PREFIX))
        except (StorageError, sqlite3.Error):
            return False

    def asked(self, path: str, query: str) -> Reply:
        """A hub asks back whether we wished that (``GET``)."""
        try:
            fields = dict(parse_qsl(query, keep_blank_values=True, max_num_fields=_MOST_FIELDS))
        except ValueError:
            return Reply(404, "nobody here wished that\n")
        try:
            challenge = pushing.asked_back(self._runtime, path.removeprefix(PREFIX), fields)
        except (StorageError, sqlite3.Error):
            return Reply(503, "not now\n")
        return Reply(404, "nobody here wished that\n") if challenge is None else Reply(200, challenge)

    def sent(self, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """A hub sends a document (``POST``); what is not signed is answered like the rest, and forgotten."""
        signature, kind = headers.get("x-hub-signature", ""), headers.get("content-type", "")
        try:
            pushing.take(self._runtime, path.removeprefix(PREFIX), signature, Pushed(body, kind))
        except (StorageError, sqlite3.Error):
            return Reply(503, "not now\n")
        return Reply(202, "")

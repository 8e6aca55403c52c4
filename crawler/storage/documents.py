"""The entries of each source's last document, as hashes of their bytes."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from sqlite_utils import Database

_SIZE = 8


class Documents:
    """The ``documents`` table."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def known(self, source_id: int) -> frozenset[int]:
        """Hashes of the entries that are accounted for as they stand; empty when nothing is known."""
        row = self._db.execute("SELECT entries FROM documents WHERE source_id = ?", [source_id]).fetchone()
        found = row["entries"] if row else b""
        count = len(found) // _SIZE
        return frozenset(struct.unpack(f"<{count}q", found[: count * _SIZE]))

    def record(self, source_id: int, hashes: Sequence[int]) -> None:
        """Remember a document's entries instead of those of the one before; part of the poll's transaction."""
        packed = struct.pack(f"<{len(hashes)}q", *hashes)
        self._db.execute("INSERT OR REPLACE INTO documents (source_id, entries) VALUES (?, ?)", [source_id, packed])

"""Coverage to tell in mails."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from crawler.model import Condition, Coverage, CoverageNote

AT = datetime(2025, 10, 10, 11, 20, tzinfo=UTC)
"""A Friday."""


def note(source: str, condition: Condition = Condition.BLOCKED, **changes: object) -> CoverageNote:
    """A trouble since Wednesday."""
    fields: dict[str, object] = {"since": AT - timedelta(days=2), "says": "HTTP 403 Forbidden", "advice": "ask it"}
    return CoverageNote(source, condition, **(fields | changes))  # type: ignore[arg-type]


def watched(*names: str) -> Coverage:
    """So many of 41 sources are blocked."""
    began = AT - timedelta(days=2)
    groups = ((Condition.BLOCKED, names, began),) if names else ()
    return Coverage(AT, 41, groups, tuple(note(name) for name in names))

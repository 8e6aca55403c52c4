"""How sources are, and what a person is told of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Condition(StrEnum):
    """How a source is, in one word; what each means for the person is told by ``crawler.coverage``."""

    WELL = "well"
    BLOCKED = "blocked"
    GONE = "gone"
    FAILING = "failing"
    CERTIFICATE = "certificate"
    PAGE = "page"
    EMPTY = "empty"
    FROZEN = "frozen"
    SILENT = "silent"
    ROLLED_OVER = "rolled over"


@dataclass(frozen=True, slots=True)
class Episode:
    """A stretch of time in which a source was not well."""

    condition: Condition
    since: datetime
    """The first poll that showed it."""
    polls: int = 1
    """How many polls showed it."""
    certain_at: datetime | None = None
    """When it had lasted long enough to be told; an accident never gets one."""
    ended_at: datetime | None = None
    reminders: int = 0
    """How often it fell due to be told again."""
    good: int = 0
    """Good polls in a row since it last showed."""
    missed: int = 0
    """Rolled over: at most so many entries passed unseen; 0 when that cannot be told."""
    id: int | None = None
    """Its number, once it is stored."""


@dataclass(frozen=True, slots=True)
class CoverageNote:
    """One source's trouble, or its end, as a person is told of it."""

    source: str
    """The source's name, or its address where it has none."""
    condition: Condition
    since: datetime
    ended_at: datetime | None = None
    missed: int = 0
    says: str = ""
    """What its last poll said."""
    advice: str = ""
    """What the person may do about it."""
    episode: int = 0
    """Number of the episode, for the mark that it was told."""
    reminders: int = 0


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was watched and what was not, as one person has to be told of it."""

    at: datetime
    """The moment it is of."""
    sources: int
    """Sources that are followed and not paused."""
    troubled: tuple[tuple[Condition, tuple[str, ...], datetime], ...] = ()
    """(condition, the sources that have it, since when the first of them) now."""
    notes: tuple[CoverageNote, ...] = ()
    """What this person was not told yet, and reminders."""

    @property
    def well(self) -> int:
        """How many sources have nothing wrong with them."""
        return self.sources - sum(len(names) for _, names, _ in self.troubled)

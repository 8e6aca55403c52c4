"""An article joins its origin's story or begins one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class KnownStory:
    """A stored story."""

    id: int


@dataclass(frozen=True, slots=True)
class NewStory:
    """A story that begins with an article."""

    title: str
    """The article's headline."""
    first_seen: datetime


def story_of(origin: KnownStory | None, *, title: str, first_seen: datetime) -> KnownStory | NewStory:
    """The story of an article, given the story of the article it is a copy of (``None`` for an original)."""
    return origin or NewStory(title, first_seen)

"""Topics, and why they take an article."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where in an article a topic's term was met: ``text[start:end]`` of the field is ``form``."""

    field: str
    """``title`` or ``text``."""
    start: int
    end: int
    form: str
    """The words as they stand in the article."""
    term: str
    """The term of the query, as the person wrote it; of an example, as it is written there."""
    kind: str = "term"
    """``term`` of a query; of examples ``name``, ``figure`` or ``word``."""
    weight: float = 1.0
    """Of examples: its part in the likeness, 0…1."""


@dataclass(frozen=True, slots=True)
class Match:
    """A topic takes an article."""

    topic: str
    score: float
    """0…1; a query that holds scores 1."""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Topic:
    """What a person follows."""

    name: str
    query: str = ""
    """With its sub-queries put in."""
    alert: str = "now"
    """``now``, ``hourly``, ``daily HH:MM`` or five cron fields."""
    quiet: str = ""
    """``HH:MM-HH:MM`` in the person's time zone; empty for none."""
    to: tuple[str, ...] = ()
    must_match: tuple[str, ...] = ()
    must_not_match: tuple[str, ...] = ()
    written: str = ""
    """The query as the settings have it, where sub-queries were put into ``query``; else empty."""
    examples: tuple[str, ...] = ()
    """Files, and addresses of articles, that it follows by likeness."""
    follow: str = "balanced"
    """How much like them an article has to be: ``strict``, ``balanced`` or ``wide``."""
    semantic: bool = False
    """Compare by meaning too, with the extra ``[semantic]``."""
    repeats: str = "quiet"
    """Of articles that say nothing that the person was not told of their story: ``quiet``, no mail; ``all``, a mail."""

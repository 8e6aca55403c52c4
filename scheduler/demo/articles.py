"""What the demo's newsroom prints: outlets, feeds and articles, read from ``stories/*.toml``.

One file per outlet. All outlets, persons and figures are invented. An article's time is given in hours from the
newsroom's first moment; a negative one was there before. ``situations`` names what an article is there to show, so
that a test can find it; a copy names its origin and holds only what it changes.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

Edits = tuple[tuple[str, str], ...]
"""Pairs of words as they stood and as they stand now."""

_CREDIT_AT_MOST = 60
"""Characters of the longest credit line, such as «За матеріалами Harbour Wire»."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What an outlet changes in an article after it was published."""

    hours: float
    edits: Edits
    """Made in the title and in the text."""


@dataclass(frozen=True, slots=True)
class Article:
    """One article of the demo, as its outlet prints it."""

    id: str
    hours: float
    """When it appears, in hours from the newsroom's first moment."""
    title: str
    text: str
    """Paragraphs, with a blank line between two."""
    path: str
    language: str
    author: str = ""
    section: tuple[str, ...] = ()
    """Sections of the outlet; a feed with a section carries only its own."""
    categories: tuple[str, ...] = ()
    topic: bool = False
    """Belongs to the demo's topic, the return of deported Ukrainian children."""
    situations: tuple[str, ...] = ()
    copy_of: str = ""
    """Id of the article whose text this one carries."""
    corrections: tuple[Correction, ...] = ()
    photo: bool = False
    guid: bool = True
    dated: bool = True
    volatile: bool = False
    """Comes with another guid and date each time the clock moves."""
    broken: bool = False
    """Its description holds markup that is not well-formed."""
    entities: bool = False
    """Its title comes as HTML entities, escaped once more."""
    updated: float | None = None
    """Hours of the last correction, once it was made."""

    @property
    def paragraphs(self) -> list[str]:
        """The text's paragraphs."""
        return self.text.split("\n\n")

    @property
    def teaser(self) -> str:
        """The first sentence, as a teaser feed gives it away; a credit line above the text is no sentence."""
        lead = next(one for one in self.paragraphs if len(one) > _CREDIT_AT_MOST)
        return lead.split(". ")[0].rstrip(".") + "…"

    def at(self, hours: float) -> Article:
        """The article as it stands at that time, with the corrections made by then."""
        article = self
        for correction in self.corrections:
            if correction.hours <= hours:
                article = replace(
                    article,
                    title=_edited(article.title, correction.edits),
                    text=_edited(article.text, correction.edits),
                    updated=correction.hours,
                )
        return article


@dataclass(frozen=True, slots=True)
class Feed:
    """One feed of an outlet."""

    path: str
    kind: str
    """``rss-full``, ``rss-teaser``, ``atom`` or ``json``."""
    name: str
    language: str
    section: str = ""
    """Carries this section only; empty for all."""
    tracking: str = ""
    """Query string that its links carry."""
    amp: bool = False
    """Its links lead to the mobile pages."""
    holds: int = 15
    """How many entries it has room for."""


@dataclass(frozen=True, slots=True)
class Outlet:
    """A newspaper, an agency or an institution, with all it prints over the demo's days."""

    key: str
    name: str
    host: int
    """Last number of its loopback address, 127.0.0.host."""
    language: str
    about: str
    """Stands under every page."""
    encoding: str
    robots: bool
    """Whether it has a robots.txt (one that allows everything)."""
    feeds: tuple[Feed, ...]
    articles: tuple[Article, ...]

    def published(self, hours: float) -> list[Article]:
        """All that is out at that time, as it stands then, newest first."""
        out = [article.at(hours) for article in self.articles if article.hours <= hours]
        return sorted(out, key=lambda article: hours if article.volatile else article.hours, reverse=True)

    def entries(self, feed: Feed, hours: float) -> list[Article]:
        """What one of its feeds holds at that time, newest first."""
        carried = [one for one in self.published(hours) if not feed.section or feed.section in one.section]
        return carried[: feed.holds]

    def page(self, path: str, hours: float) -> Article | None:
        """The article that stands at a path at that time: the newest one, where a link is used again."""
        return next((article for article in self.published(hours) if article.path == path), None)


def load_outlets() -> tuple[Outlet, ...]:
    """The newsroom's outlets, in the order of their addresses.

    Raises:
        ValueError: a story file contradicts itself (an unknown origin, an edit that finds nothing to change).
    """
    folder = files(__package__) / "stories"
    texts = [entry.read_text(encoding="utf-8") for entry in folder.iterdir() if entry.name.endswith(".toml")]
    tables = [tomllib.loads(text) for text in texts]
    origins = {raw["id"]: raw for table in tables for raw in table["articles"]}
    return tuple(sorted((_outlet(table, origins) for table in tables), key=lambda outlet: outlet.host))


def _outlet(table: Mapping[str, Any], origins: Mapping[str, Any]) -> Outlet:
    head = dict(table["outlet"])
    shared = {"name": head["name"], "language": head["language"]}
    feeds = tuple(Feed(**{**shared, **feed}) for feed in head.pop("feeds"))
    articles = tuple(_article(raw, head["language"], origins) for raw in table["articles"])
    return Outlet(**{"encoding": "utf-8", "robots": True, **head}, feeds=feeds, articles=articles)


def _article(raw: Mapping[str, Any], language: str, origins: Mapping[str, Any]) -> Article:
    fields = dict(raw)
    if "copy_of" in fields:
        fields |= _copied(fields, origins)
    for key in ("section", "categories", "situations"):
        fields[key] = tuple(fields.get(key, ()))
    fields["text"] = fields["text"].strip()
    whole = fields["title"] + fields["text"]
    fields["corrections"] = tuple(
        Correction(hours=one["hours"], edits=_edits(one["edits"], whole, fields["id"]))
        for one in fields.get("corrections", ())
    )
    return Article(**{"language": language, **fields})


def _copied(fields: dict[str, Any], origins: Mapping[str, Any]) -> dict[str, Any]:
    """The title and text of a copy; takes ``paragraphs``, ``edits``, ``before`` and ``after`` out of the fields."""
    origin = origins.get(fields["copy_of"])
    if origin is None:
        raise ValueError(f"article {fields['id']}: copy_of is {fields['copy_of']!r}, which no story file has")
    kept = origin["text"].strip().split("\n\n")[: fields.pop("paragraphs", None)]
    text = "\n\n".join(kept)
    edited = _edited(text, _edits(fields.pop("edits", ()), text, fields["id"]))
    parts = (fields.pop("before", ""), edited, fields.pop("after", ""))
    return {"title": fields.get("title", origin["title"]), "text": "\n\n".join(part for part in parts if part)}


def _edits(pairs: Iterable[Iterable[str]], text: str, article: str) -> Edits:
    edits = []
    for old, new in pairs:
        if old not in text:
            raise ValueError(f"article {article}: an edit changes {old!r}, which its text does not hold")
        edits.append((old, new))
    return tuple(edits)


def _edited(text: str, edits: Edits) -> str:
    for old, new in edits:
        text = text.replace(old, new)
    return text

"""How many independent sources a story has: "nine outlets, two origins: Reuters, Ukrinform; first at 09:12".

Nine outlets that carry one agency's report are one source, also where they translate it and say so. A text that names
nobody is its outlet's own, and copies of it are that outlet's. Pure: articles in, origins out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Report:
    """An article as far as its origin goes."""

    id: int
    outlet: str
    """Registrable domain."""
    language: str
    published: datetime
    """When it came out, or was first seen."""
    copy_of: int | None = None
    credit: str = ""
    """The agency or outlet its text is credited to (``dedupe.credits``); empty when to none."""
    publisher: str = ""
    """The name its outlet goes by among those that are credited (``dedupe.agencies``); empty: the domain."""


@dataclass(frozen=True, slots=True)
class Origin:
    """An independent source: who made the report, and who carried it."""

    name: str
    """The agency or outlet."""
    first: datetime
    """When the first of its reports came out."""
    representative: int
    """Id of the article to show for it: its own if there is one, else the earliest."""
    articles: tuple[int, ...]
    """Ids of all that carry it, in order of time."""
    outlets: tuple[str, ...]
    """The outlets that do, in order of time."""
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Origins:
    """The independent sources of some articles, the earliest first."""

    origins: tuple[Origin, ...]

    @property
    def outlets(self) -> int:
        """How many outlets carry them."""
        return len({outlet for origin in self.origins for outlet in origin.outlets})

    @property
    def first(self) -> datetime | None:
        """When the first article came out; ``None`` where there are none."""
        return self.origins[0].first if self.origins else None


def origins(reports: Iterable[Report]) -> Origins:
    """The independent sources of some articles.

    Articles with one text belong together, and to whom most of those credit it that credit it to anybody; without a
    credit to the outlet that had it first. Texts of one origin are then one source, however many reports it made.
    """
    every = sorted(reports, key=_age)
    texts: dict[int, list[Report]] = {}
    known = {report.id: report for report in every}
    for report in every:
        texts.setdefault(_root(report, known), []).append(report)
    named: dict[str, list[Report]] = {}
    for root, carriers in texts.items():
        named.setdefault(_whose(root, carriers), []).extend(carriers)
    found = [_origin(name, sorted(carriers, key=_age)) for name, carriers in named.items()]
    return Origins(tuple(sorted(found, key=lambda origin: (origin.first, origin.representative))))


def _age(report: Report) -> tuple[datetime, int]:
    return report.published, report.id


def _root(report: Report, known: dict[int, Report]) -> int:
    passed = {report.id}
    while report.copy_of is not None and report.copy_of not in passed:
        passed.add(report.copy_of)
        if report.copy_of not in known:
            return report.copy_of
        report = known[report.copy_of]
    return report.id


def _whose(root: int, carriers: list[Report]) -> str:
    credited = [report.credit for report in carriers if report.credit]
    if credited:
        return max(dict.fromkeys(credited), key=credited.count)
    first = next((report for report in carriers if report.id == root), carriers[0])
    return _publisher(first)


def _publisher(report: Report) -> str:
    return report.publisher or report.outlet


def _origin(name: str, carriers: list[Report]) -> Origin:
    own = next((report for report in carriers if _publisher(report) == name), carriers[0])
    return Origin(
        name=name,
        first=carriers[0].published,
        representative=own.id,
        articles=tuple(report.id for report in carriers),
        outlets=tuple(dict.fromkeys(report.outlet for report in carriers)),
        languages=tuple(dict.fromkeys(report.language for report in carriers)),
    )

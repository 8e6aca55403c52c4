"""The table of cases: every family there is."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.hostile import documents, ways, wires
from tests.hostile.case import Case

FAMILIES: tuple[Callable[[], Iterator[Case]], ...] = (
    wires.sizes, wires.bombs, wires.slow, wires.headers, wires.robots, wires.tls,
    ways.refusals, ways.sources, ways.names, ways.loops, ways.credentials,
    documents.xml, documents.charsets, documents.shapes, documents.dates, documents.titles, documents.links,
    documents.pages, documents.page_wires,
)  # fmt: skip


def catalogue() -> list[Case]:
    """All cases, each name once."""
    cases = [case for family in FAMILIES for case in family()]
    assert len({case.name for case in cases}) == len(cases)
    return cases


def sample() -> list[Case]:
    """A few of every family, none of which needs a run of its own."""
    return [case for case in catalogue() if case.in_sample and not case.alone]

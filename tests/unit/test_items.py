"""A poll in parts."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from crawler.items import PollItem
from crawler.model import DueSource, Entry, Fetched, Outcome, Source, SourceDocument

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def item(sizes: list[int]) -> PollItem:
    entries = tuple(Entry(title=str(n), content="x" * size) for n, size in enumerate(sizes))
    return PollItem(DueSource(1, Source("https://a.example/")), Fetched(Outcome.OK, NOW), SourceDocument(entries))


def test_an_ordinary_poll_is_itself() -> None:
    poll = item([3_000] * 50)
    assert list(poll.parts()) == [poll]
    assert poll.last


def test_a_text_beyond_the_limit_is_a_part_by_itself() -> None:
    parts = list(item([10, 400_000, 10]).parts())
    assert [len(part.document.entries) for part in parts] == [1, 1, 1]


@given(st.lists(st.integers(0, 200_000), max_size=40) | st.integers(0, 900).map(lambda n: [1] * n))
def test_parts_hold_every_entry_once_in_order(sizes: list[int]) -> None:
    poll = item(sizes)
    parts = list(poll.parts())
    assert tuple(entry for part in parts for entry in part.document.entries) == poll.document.entries
    assert [part.last for part in parts] == [False] * (len(parts) - 1) + [True]
    assert all(part.progress is poll.progress for part in parts)
    assert len({id(part.drafts) for part in parts}) == len(parts)
    for part in parts:
        entries = part.document.entries
        assert len(entries) <= 250
        assert len(entries) <= 1 or sum(len(entry.content) for entry in entries) <= 300_000

"""What a source was doing when an article should have come: decided from its polls and troubles."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crawler.model import Condition
from crawler.polling import NEVER
from crawler.storage import PollTrace, SourceTrace, TroubleTrace
from scheduler.unseen import Reason, Window, telling_part, weigh, window

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATELY = Window(NOW - 3 * DAY, NOW, dated=False)
SOURCE = SourceTrace(
    id=1,
    url="https://paper.example/rss",
    name="The Paper",
    state="active",
    added_at=NOW - 30 * DAY,
    first_read_at=NOW - 30 * DAY,
    last_poll=NOW - HOUR,
    last_ok=NOW - HOUR,
    next_poll=NOW + HOUR,
    failures=0,
    failing_since=None,
    last_error="",
)


def polls(*hours_ago: float, outcome: str = "ok", error: str = "") -> list[PollTrace]:
    return [PollTrace(NOW - ago * HOUR, outcome, 12, error) for ago in sorted(hours_ago, reverse=True)]


def found(
    source: SourceTrace = SOURCE,
    asked: list[PollTrace] | None = None,
    troubles: list[TroubleTrace] | None = None,
    when: Window = LATELY,
) -> dict[Reason, str]:
    asked = polls(*range(1, 73)) if asked is None else asked
    return {why.reason: why.says for why in weigh(source, asked, troubles or [], when, now=NOW, zone=UTC)}


def test_a_source_that_was_read_all_the_time() -> None:
    says = found()[Reason.NOT_CARRIED]
    assert says.startswith("it was read 72 times, last on 2026-03-10 11:00 with 12 entries, and did not have it")


def test_a_document_that_was_mended_is_said() -> None:
    says = found(asked=polls(3, 2, 1, error="2 entries were left out"))[Reason.NOT_CARRIED]
    assert says.endswith("(its document was not whole: 2 entries were left out)")


def test_only_an_unusual_gap_counts() -> None:
    assert Reason.NOT_ASKED not in found(asked=polls(1, 2, 3, 5, 6, 7))
    says = found(asked=polls(1, 2, 3, 4, 9, 10, 11, 12))[Reason.NOT_ASKED]
    assert says.startswith("it was not asked between 2026-03-10 03:00 and 2026-03-10 08:00")
    daily = polls(*(24 * day for day in range(10)))
    assert Reason.NOT_ASKED not in found(asked=daily)


def test_a_service_that_stands_still_now() -> None:
    late = replace(SOURCE, next_poll=NOW - 5 * HOUR, last_poll=NOW - 6 * HOUR)
    assert "2026-03-10 06:00 and 2026-03-10 12:00" in found(late, polls(6, 7, 8, 9))[Reason.NOT_ASKED]
    waits = replace(late, next_poll=NOW + HOUR)
    assert Reason.NOT_ASKED not in found(waits, polls(6, 7, 8, 9)), "it is not due yet"


def test_an_uncertain_trouble_that_is_over_was_an_accident() -> None:
    over = TroubleTrace(Condition.SILENT, NOW - DAY, NOW - HOUR, 0, certain=False, read_before=None)
    assert set(found(troubles=[over])) == {Reason.NOT_CARRIED}
    assert Reason.NOT_WELL in found(troubles=[replace(over, ended_at=None)])


@pytest.mark.parametrize(
    ("missed", "says"), [(1, "up to 1 entry came"), (14, "up to 14 entries came"), (0, "some entries came")]
)
def test_rolled_over_says_how_many(missed: int, says: str) -> None:
    rolled = TroubleTrace(Condition.ROLLED_OVER, NOW - HOUR, NOW - HOUR, missed, certain=True, read_before=NOW - DAY)
    told = found(troubles=[rolled])[Reason.ROLLED_OVER]
    assert told.startswith("between 2026-03-09 12:00 and 2026-03-10 11:00 its feed rolled over: ")
    assert says in told
    assert found(troubles=[replace(rolled, read_before=None)])[Reason.ROLLED_OVER].startswith("before 2026-03-10 11:00")


def test_trouble_says_what_it_means_and_what_to_do() -> None:
    blocked = TroubleTrace(Condition.BLOCKED, NOW - DAY, None, 0, certain=True, read_before=None)
    source = replace(SOURCE, last_error="HTTP 403 Forbidden.")
    says = found(source, troubles=[blocked])[Reason.NOT_WELL]
    assert says.startswith("blocked since 2026-03-09 12:00: it refuses programs")
    assert "(it says: HTTP 403 Forbidden); look for another feed" in says
    over = found(source, troubles=[replace(blocked, ended_at=NOW - HOUR)])[Reason.NOT_WELL]
    assert over.startswith("blocked from 2026-03-09 12:00 to 2026-03-10 11:00")
    assert "HTTP 403" not in over, "what it says now is not about then"


def test_a_source_that_is_gone_for_good_is_not_told_as_a_gap() -> None:
    assert found(replace(SOURCE, next_poll=NEVER)) == {
        Reason.NOT_WELL: "it is gone for good by its own word, and is not asked any more"
    }


@pytest.mark.parametrize(
    ("state", "reason"), [("active", Reason.NOT_ASKED), ("removed", Reason.NOT_ASKED), ("paused", Reason.PAUSED)]
)
def test_a_source_that_was_never_asked(state: str, reason: Reason) -> None:
    assert list(found(replace(SOURCE, state=state, last_poll=None, first_read_at=None), [])) == [reason]


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://a.example/2026/03/04/x", "2026-03-04"),
        ("https://a.example/news-20260304-x", "2026-03-04"),
        ("https://a.example/2026-03-04-x", "2026-03-04"),
        ("https://a.example/2026/13/44/x", None),
        ("https://a.example/2027/01/01/x", None),
        ("https://a.example/x/120260304", None),
    ],
)
def test_the_day_is_read_from_the_address(url: str, day: str | None) -> None:
    when = window(url, None, NOW)
    assert when.dated == (day is not None)
    if day is not None:
        moment = datetime.fromisoformat(day).replace(tzinfo=UTC)
        assert (when.since, when.until) == (moment - DAY, moment + 2 * DAY)
    given = window(url, NOW - 5 * DAY, NOW)
    assert given.since == NOW - 6 * DAY


@pytest.mark.parametrize(
    ("url", "part"),
    [
        ("https://a.example/news/ferry-sinks-off-skye.html", "ferry-sinks-off-skye"),
        ("https://a.example/news/123456", "123456"),
        ("https://a.example/2026", ""),
        ("https://a.example/news", ""),
        ("https://a.example/", ""),
    ],
)
def test_the_part_of_an_address_that_tells(url: str, part: str) -> None:
    assert telling_part(url) == part

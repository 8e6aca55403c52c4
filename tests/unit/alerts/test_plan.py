from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.alerts.plan import MESSAGES_AN_HOUR, Plan, plan
from crawler.alerts.schedule import quiet_until
from crawler.model import AlertKind, Topic

BERLIN, KYIV = ZoneInfo("Europe/Berlin"), ZoneInfo("Europe/Kyiv")
NOW = datetime(2026, 3, 2, 9, 30, 15, tzinfo=UTC)  # 10:30 in Berlin
ANNA, BORYS = "anna@example.org", "borys@example.org"


def planned(
    topic: Topic,
    *people: str,
    archived: bool = False,
    told: tuple[str, ...] = (),
    recent: int = 0,
    closed: tuple[datetime, ...] = (),
    now: datetime = NOW,
    zone: ZoneInfo = BERLIN,
) -> tuple[Plan, ...]:
    return plan(
        topic,
        people or (ANNA,),
        archived=archived,
        told=lambda person: person in told,
        recent=lambda _: recent,
        closed=lambda _, due: due in closed,
        now=now,
        zone=zone,
    )


def test_news_are_told_at_once_to_everybody() -> None:
    assert planned(Topic("T"), ANNA, BORYS) == (Plan(ANNA, AlertKind.NEWS, NOW), Plan(BORYS, AlertKind.NEWS, NOW))


def test_who_was_told_is_not_told_again() -> None:
    assert [each.recipient for each in planned(Topic("T"), ANNA, BORYS, told=(ANNA,))] == [BORYS]
    assert planned(Topic("T", alert="hourly"), ANNA, told=(ANNA,)) == ()


def test_what_was_already_there_is_told_as_archive_whatever_the_rhythm() -> None:
    topic = Topic("T", alert="daily 08:00")
    assert planned(topic, ANNA, archived=True, told=(ANNA,), recent=99) == (Plan(ANNA, AlertKind.ARCHIVE, NOW),)


@pytest.mark.parametrize(
    ("alert", "due"),
    [
        ("hourly", datetime(2026, 3, 2, 10, 0, tzinfo=UTC)),
        ("daily 08:00", datetime(2026, 3, 3, 7, 0, tzinfo=UTC)),
        ("daily 11:00", datetime(2026, 3, 2, 10, 0, tzinfo=UTC)),
        ("15 18 * * fri", datetime(2026, 3, 6, 17, 15, tzinfo=UTC)),
    ],
)
def test_digests_come_in_their_rhythm(alert: str, due: datetime) -> None:
    assert planned(Topic("T", alert=alert)) == (Plan(ANNA, AlertKind.DIGEST, due),)


def test_quiet_hours_gather_what_comes_in_them() -> None:
    night = datetime(2026, 3, 2, 22, 0, tzinfo=UTC)
    morning = datetime(2026, 3, 3, 6, 0, tzinfo=UTC)
    for alert in ("now", "hourly"):
        [each] = planned(Topic("T", alert=alert, quiet="22:00-07:00"), now=night)
        assert each == Plan(ANNA, AlertKind.DIGEST, morning)
    [each] = planned(Topic("T", quiet="22:00-07:00"), archived=True, now=night)
    assert each == Plan(ANNA, AlertKind.ARCHIVE, morning)


def test_a_digest_that_falls_into_quiet_hours_waits_for_their_end() -> None:
    [each] = planned(Topic("T", alert="daily 06:00", quiet="22:00-07:00"))
    assert each.due_at == datetime(2026, 3, 3, 6, 0, tzinfo=UTC)


def test_a_flood_is_told_together_at_the_full_hour() -> None:
    assert [each.kind for each in planned(Topic("T"), recent=MESSAGES_AN_HOUR - 1)] == [AlertKind.NEWS]
    [each] = planned(Topic("T"), recent=MESSAGES_AN_HOUR)
    assert each == Plan(ANNA, AlertKind.DIGEST, datetime(2026, 3, 2, 10, 0, tzinfo=UTC))


def test_a_flood_before_quiet_hours_is_told_after_them() -> None:
    late = datetime(2026, 3, 2, 20, 50, tzinfo=UTC)
    [each] = planned(Topic("T", quiet="22:00-07:00"), recent=MESSAGES_AN_HOUR, now=late)
    assert each == Plan(ANNA, AlertKind.DIGEST, datetime(2026, 3, 3, 6, 0, tzinfo=UTC))


def test_each_persons_flood_is_their_own() -> None:
    found = plan(
        Topic("T"),
        (ANNA, BORYS),
        archived=False,
        told=lambda _: False,
        recent=lambda person: MESSAGES_AN_HOUR if person == ANNA else 0,
        now=NOW,
        zone=KYIV,
    )
    assert [each.kind for each in found] == [AlertKind.DIGEST, AlertKind.NEWS]


rhythms = st.sampled_from(["now", "hourly", "daily 02:30", "daily 08:00", "30 3 * * *", "*/20 * * * mon-fri"])
spans = st.sampled_from(["", "22:00-07:00", "02:00-03:30", "12:00-13:00", "00:30-00:00", "22:00-02:30"])
moments = st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
nights = st.builds(
    lambda day, minutes: datetime(2026, day[0], day[1], tzinfo=UTC) + timedelta(minutes=minutes),
    st.sampled_from([(3, 28), (10, 24)]),
    st.integers(0, 48 * 60),
)
topics = st.builds(Topic, st.just("T"), alert=rhythms, quiet=spans)


@given(topics, moments | nights, st.sampled_from([BERLIN, KYIV]), st.sampled_from([0, MESSAGES_AN_HOUR]))
def test_alerts_are_never_due_before_now_nor_in_quiet_hours(
    topic: Topic, now: datetime, zone: ZoneInfo, recent: int
) -> None:
    for archived in (False, True):
        [each] = planned(topic, archived=archived, recent=recent, now=now, zone=zone)
        assert now <= each.due_at <= now + timedelta(days=4)
        assert quiet_until(topic.quiet, each.due_at, zone) is None


@pytest.mark.parametrize(
    ("topic", "gone", "due"),
    [
        (Topic("T", alert="daily 11:00"), ["02T10:00"], "03T10:00"),
        (Topic("T", alert="daily 11:00"), ["02T10:00", "03T10:00"], "04T10:00"),
        (Topic("T", alert="hourly"), ["02T10:00"], "02T11:00"),
        (Topic("T", alert="hourly", quiet="11:30-18:00"), ["02T10:00"], "02T17:00"),
        (Topic("T", quiet="10:00-11:00"), ["02T10:00"], "02T11:00"),
        (Topic("T", quiet="10:00-11:00"), [], "02T10:00"),
    ],
)
def test_a_digest_that_went_out_before_the_clock_was_set_back_leaves_it_to_the_next(
    topic: Topic, gone: list[str], due: str
) -> None:
    closed = tuple(datetime.fromisoformat(f"2026-03-{each}:00+00:00") for each in gone)
    [plan] = planned(topic, closed=closed)
    assert plan == Plan(ANNA, AlertKind.DIGEST, datetime.fromisoformat(f"2026-03-{due}:00+00:00"))

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.alerts.schedule import cron_text, last_summary, next_digest, parse_time, quiet_until

BERLIN, KYIV, YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("Europe/Kyiv"), ZoneInfo("America/New_York")
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)

zones = st.sampled_from(
    [
        BERLIN,
        KYIV,
        YORK,
        ZoneInfo("UTC"),
        ZoneInfo("Asia/Kathmandu"),
        ZoneInfo("Australia/Lord_Howe"),
        ZoneInfo("America/Nuuk"),
    ]
)
clocks = st.times().map(lambda time: f"{time:%H:%M}")
moments = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
# The nights when the clocks change, by the minute: chance would seldom meet them.
nights = st.builds(
    lambda day, minutes: datetime(2026, day[0], day[1], tzinfo=UTC) + minutes * MINUTE,
    st.sampled_from([(3, 8), (3, 28), (3, 29), (4, 4), (10, 3), (10, 24), (10, 25), (11, 1)]),
    st.integers(0, 2 * 24 * 60),
)


def due_times(alert: str, zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[datetime]:
    """Each time that a digest is due, in local time, asked for as the planner asks: with the moment before."""
    while (start := next_digest(alert, start, zone)) < end:
        yield start.astimezone(zone)


@pytest.mark.parametrize(
    ("alert", "cron"),
    [
        ("hourly", "0 * * * *"),
        ("daily 08:05", "5 8 * * *"),
        (" daily 00:00 ", "0 0 * * *"),
        ("weekly mon 08:05", "5 8 * * mon"),
        ("0 8 * * mon-fri",) * 2,
    ],
)
def test_rhythms_are_cron_text(alert: str, cron: str) -> None:
    assert cron_text(alert) == cron


@pytest.mark.parametrize("alert", ["weekly", "", "0 8 * *", "61 * * * *", "0 0 30 2 *", "now"])
def test_what_is_no_rhythm_is_told(alert: str) -> None:
    with pytest.raises(
        ValueError, match=r'is no rhythm for alerts; "now", "hourly", "daily 08:00", "weekly mon 08:00" or five'
    ):
        cron_text(alert)


@pytest.mark.parametrize("text", ["8", "", "25:00", "08:60", "eight:00"])
def test_what_is_no_time_of_day_is_told(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  (time's own words for 25:00)
        parse_time(text)


def test_digests_are_due_in_the_persons_time() -> None:
    now = datetime(2026, 1, 10, 6, 30, tzinfo=UTC)
    assert next_digest("daily 08:00", now, KYIV) == datetime(2026, 1, 11, 6, 0, tzinfo=UTC)
    assert next_digest("daily 08:00", now, BERLIN) == datetime(2026, 1, 10, 7, 0, tzinfo=UTC)
    assert next_digest("hourly", now, BERLIN) == datetime(2026, 1, 10, 7, 0, tzinfo=UTC)
    assert next_digest("0 9 * * mon", now, BERLIN) == datetime(2026, 1, 12, 8, 0, tzinfo=UTC)


def test_a_digest_that_is_due_now_is_the_next_one() -> None:
    now = datetime(2026, 1, 10, 7, 0, tzinfo=UTC)
    assert next_digest("daily 08:00", now, BERLIN) == now + 24 * HOUR


# Berlin: 02:00 → 03:00 on 29 March, 03:00 → 02:00 on 25 October; Kyiv an hour later on its clock.
@pytest.mark.parametrize(
    ("zone", "alert", "day", "expected"),
    [
        (BERLIN, "daily 02:30", (3, 29), ["03:00"]),
        (KYIV, "daily 03:30", (3, 29), ["04:00"]),
        (BERLIN, "daily 08:00", (3, 29), ["08:00"]),
        (BERLIN, "daily 02:30", (10, 25), ["02:30"]),
        (KYIV, "daily 03:30", (10, 25), ["03:30"]),
        (KYIV, "daily 08:00", (10, 25), ["08:00"]),
        (YORK, "daily 02:30", (3, 8), ["03:00"]),
        (YORK, "daily 01:30", (11, 1), ["01:30"]),
        (YORK, "daily 02:30", (11, 1), ["02:30"]),
    ],
)
def test_a_daily_digest_comes_once_when_the_clocks_change(
    zone: ZoneInfo, alert: str, day: tuple[int, int], expected: list[str]
) -> None:
    start = datetime(2026, *day, tzinfo=zone) - MINUTE
    found = due_times(alert, zone, start.astimezone(UTC), start.astimezone(UTC) + 23 * HOUR)
    assert [f"{each:%H:%M}" for each in found] == expected


@pytest.mark.parametrize("clock", ["00:00", "01:30", "02:00", "02:30", "03:00", "08:00", "23:59"])
@pytest.mark.parametrize("zone", [BERLIN, YORK])
def test_a_year_of_daily_digests_has_one_for_each_local_date(zone: ZoneInfo, clock: str) -> None:
    start = datetime(2026, 1, 1, tzinfo=zone).astimezone(UTC) - MINUTE
    end = datetime(2027, 1, 1, tzinfo=zone).astimezone(UTC)
    dates = [due.date() for due in due_times(f"daily {clock}", zone, start, end)]
    assert len(dates) == len(set(dates)) == 365


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [(BERLIN, (3, 29), 23), (KYIV, (10, 25), 25), (YORK, (3, 8), 23), (YORK, (11, 1), 25)],
)
def test_hourly_digests_come_every_hour_when_the_clocks_change(
    zone: ZoneInfo, day: tuple[int, int], hours: int
) -> None:
    start = datetime(2026, *day, tzinfo=zone).astimezone(UTC)
    end = datetime(2026, day[0], day[1] + 1, tzinfo=zone).astimezone(UTC)
    found = [each.astimezone(UTC) for each in due_times("hourly", zone, start - MINUTE, end)]
    assert found == [start + n * HOUR for n in range(hours)]


@given(moments | nights, clocks, zones)
@example(datetime(2026, 10, 25, 1, 10, tzinfo=UTC), "02:30", BERLIN)
def test_a_digest_is_always_still_to_come(now: datetime, clock: str, zone: ZoneInfo) -> None:
    for alert in ("hourly", f"daily {clock}", f"{clock[3:]} */2 * * *"):
        assert now < next_digest(alert, now, zone) <= now + 26 * HOUR


def test_quiet_hours_over_midnight() -> None:
    def at(hour: int, minute: int = 0) -> datetime:
        return datetime(2026, 1, 10, hour, minute, tzinfo=BERLIN).astimezone(UTC)

    assert quiet_until("22:00-07:00", at(21, 59), BERLIN) is None
    assert quiet_until("22:00-07:00", at(22), BERLIN) == at(7) + 24 * HOUR
    assert quiet_until("22:00-07:00", at(23, 59), BERLIN) == at(7) + 24 * HOUR
    assert quiet_until("22:00-07:00", at(0), BERLIN) == at(7)
    assert quiet_until("22:00-07:00", at(6, 59), BERLIN) == at(7)
    assert quiet_until("22:00-07:00", at(7), BERLIN) is None


def test_quiet_hours_within_a_day() -> None:
    noon = datetime(2026, 1, 10, 12, 0, tzinfo=KYIV)
    assert quiet_until("12:00-13:30", noon.astimezone(UTC), KYIV) == noon + 1.5 * HOUR
    assert quiet_until("12:00-13:30", (noon - MINUTE).astimezone(UTC), KYIV) is None
    assert quiet_until("", noon.astimezone(UTC), KYIV) is None


@pytest.mark.parametrize(
    ("zone", "quiet", "moment", "end"),
    [
        # the end is skipped: right after the gap
        (BERLIN, "22:00-02:30", (3, 29, 0, 50), (3, 29, 1, 0)),
        (KYIV, "22:00-03:30", (3, 29, 0, 50), (3, 29, 1, 0)),
        (KYIV, "22:00-07:00", (3, 28, 21, 0), (3, 29, 4, 0)),
        # the end comes twice: the first time, and for whoever asks after that, the second
        (BERLIN, "22:00-02:30", (10, 25, 0, 10), (10, 25, 0, 30)),
        (BERLIN, "22:00-02:30", (10, 25, 1, 10), (10, 25, 1, 30)),
        (KYIV, "22:00-03:30", (10, 25, 1, 10), (10, 25, 1, 30)),
        (KYIV, "22:00-07:00", (10, 24, 21, 0), (10, 25, 5, 0)),
        (YORK, "22:00-02:30", (3, 8, 6, 50), (3, 8, 7, 0)),
        (YORK, "22:00-01:30", (11, 1, 6, 10), (11, 1, 6, 30)),
    ],
)
def test_quiet_hours_end_when_the_clocks_change(
    zone: ZoneInfo, quiet: str, moment: tuple[int, int, int, int], end: tuple[int, int, int, int]
) -> None:
    month, day, hour, minute = moment
    found = quiet_until(quiet, datetime(2026, month, day, hour, minute, tzinfo=UTC), zone)
    month, day, hour, minute = end
    assert found == datetime(2026, month, day, hour, minute, tzinfo=UTC)


@given(moments | nights, clocks, clocks, zones)
@example(datetime(2026, 10, 25, 1, 10, tzinfo=UTC), "22:00", "02:30", BERLIN)
def test_quiet_hours_end_later_and_outside_of_themselves(now: datetime, start: str, end: str, zone: ZoneInfo) -> None:
    if start == end:
        return
    quiet = f"{start}-{end}"
    until = quiet_until(quiet, now, zone)
    if until is not None:
        assert now < until <= now + 25 * HOUR
        assert quiet_until(quiet, until, zone) is None


@pytest.mark.parametrize("summary", ["daily 08:00", "daily 02:30", "weekly sun 02:30"])
@pytest.mark.parametrize("change", [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)])
def test_the_last_summary_is_one_of_the_moments_that_come_whatever_the_clocks_do(
    summary: str, change: datetime
) -> None:
    zone = ZoneInfo("Europe/Berlin")
    now, moments = change - timedelta(days=9), []
    while now < change + timedelta(days=9):
        if (last := last_summary(summary, now, zone)) not in moments:
            moments.append(last)
        assert last <= now < next_digest(summary, last, zone)
        now += timedelta(minutes=29)
    assert moments == sorted(moments)
    days = [moment.astimezone(zone).date() for moment in moments]
    assert len(set(days)) == len(days)

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from crawler.polling import Pace
from crawler.rhythm import Habits, Rhythm
from scheduler.pace import explain

NOW = datetime(2026, 1, 12, 12, tzinfo=UTC)
PACE = Pace(900.0, 120.0, 86_400.0)
KYIV = ZoneInfo("Europe/Kyiv")


def habits(*, a_day: float = 48, minutes: tuple[float, ...] = (1.0,) * 60, **known: object) -> Habits:
    """Of a source that publishes from 06 to 18 UTC, half as much at weekends, watched for four weeks."""
    day = [a_day / 12 if 6 <= hour < 18 else 0.0 for hour in range(24)]
    counts = (*(20 * each for each in day), *(8 * each / 2 for each in day))
    return Habits(Rhythm(NOW, counts, minutes, (20.0, 8.0)), **known)  # type: ignore[arg-type]


def told(known: Habits | None, every: float | None = None) -> str:
    return "\n".join(explain(known, PACE, every, NOW, KYIV))


def test_a_rhythm_is_told_in_the_persons_hours() -> None:
    text = told(habits())
    assert "about 48 entries on a working day and 25 on a day of the weekend" in text
    assert "between 09:00 and 19:00" in text, "ten hours hold four fifths, two hours ahead of UTC"
    assert "minute" not in text
    assert "never sooner than 2m, nor later than 1d" in text


def test_busy_minutes_are_told() -> None:
    assert "often at minute 0, 30 of the hour" in told(habits(minutes=(90.0, *(1.0,) * 29, 60.0, *(1.0,) * 29)))


def test_rare_entries_are_told_by_the_week() -> None:
    assert "about 7 entries a week" in told(habits(a_day=1.2))
    assert "next to nothing" in told(habits(a_day=0))


def test_what_the_document_asks_is_told() -> None:
    text = told(habits(window=30, fresh_for=2700.0, closed=frozenset({1, 23})))
    assert "holds 30 entries" in text
    assert "left alone for 45m" in text
    assert "in the hours 01, 23 (UTC)" in text


def test_without_a_rhythm_the_pace_is_that_of_the_settings() -> None:
    assert told(None) == "nothing is known of its rhythm yet: it is asked after 15m"
    assert told(habits(), every=3600.0) == "settings.toml fixes its pace: every 1h"

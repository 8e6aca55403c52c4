from __future__ import annotations

import pytest

from crawler.config.schedules import parse_alert


def test_a_week_has_a_day_and_a_time() -> None:
    assert parse_alert(" weekly  mon 08:00 ") == "weekly mon 08:00"


@pytest.mark.parametrize("text", ["weekly", "weekly 08:00", "weekly mon", "weekly monday 08:00", "weekly mon 8:00"])
def test_a_week_without_either_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="needs a day"):
        parse_alert(text)

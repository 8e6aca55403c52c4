"""When pages are looked at again, and when an article counts as taken away."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from crawler.revisits import LOOKS, after, missing
from tests.feeds import MORNING

LINK = "https://paper.example/a"


def test_looks_are_often_at_first_then_rare_and_end() -> None:
    now, looks = MORNING, []
    while (at := after(MORNING, now, link=LINK)) is not None:
        looks.append(at - MORNING)
        now = at
    assert len(looks) == len(LOOKS)
    for look, wait in zip(looks, LOOKS, strict=True):
        assert wait <= look <= 1.1 * wait


def test_looks_that_were_missed_are_not_made_up_for() -> None:
    at = after(MORNING, MORNING + timedelta(days=2), link=LINK)
    assert at is not None
    assert at - MORNING >= timedelta(days=3)
    assert after(MORNING, MORNING + timedelta(days=12), link=LINK) is None


@given(st.text())
def test_whatever_the_address_the_next_look_is_to_come(link: str) -> None:
    at = after(MORNING, MORNING, link=link)
    assert at is not None
    assert at > MORNING


def test_a_page_is_gone_when_it_is_missing_twice_over_a_day() -> None:
    first = missing(MORNING, None, MORNING + timedelta(hours=1))
    assert not first.gone
    assert first.missing_since == MORNING + timedelta(hours=1)
    assert first.at is not None
    second = missing(MORNING, first.missing_since, first.at)
    assert not second.gone
    assert second.at is not None
    assert second.at - MORNING >= timedelta(hours=25)
    assert missing(MORNING, second.missing_since, second.at).gone

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from crawler.reach import Reach

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
GONE = "the name could not be resolved"


def url(number: int) -> str:
    return f"https://host{number}.example/rss"


def test_a_network_that_goes_is_told_once_and_so_is_its_return() -> None:
    reach = Reach()
    said = [reach.heard(url(n % 50), GONE, NOW + timedelta(minutes=n), hosts=50) for n in range(1000)]
    assert [number for number, says in enumerate(said) if says] == [7]
    assert said[7].startswith("none of the last 8 hosts that were asked gave an answer; is the network there?")
    assert said[7].endswith(GONE)
    assert reach.away
    back = reach.heard(url(3), None, NOW + timedelta(minutes=1000), hosts=50)
    assert back == "hosts answer again, 1000 minutes after the first did not"
    assert not reach.away
    assert reach.heard(url(4), None, NOW, hosts=50) == ""


def test_hosts_that_are_gone_are_not_the_network() -> None:
    reach = Reach()
    for number in range(100):
        assert reach.heard(url(number % 7), GONE, NOW, hosts=50) == ""
    assert reach.heard("https://host1.example/other", GONE, NOW, hosts=50) == ""  # another feed of a dead host


def test_with_few_hosts_all_of_them_have_to_be_silent_and_two_prove_nothing() -> None:
    reach = Reach()
    assert [bool(reach.heard(url(number), GONE, NOW, hosts=3)) for number in range(3)] == [False, False, True]
    alone = Reach()
    assert not any(alone.heard(url(number), GONE, NOW, hosts=2) for number in range(2))


@given(st.lists(st.tuples(st.integers(0, 20), st.booleans())))
def test_what_is_said_alternates(polls: list[tuple[int, bool]]) -> None:
    reach = Reach()
    said = [says for number, ok in polls if (says := reach.heard(url(number), None if ok else GONE, NOW, hosts=20))]
    assert all(says.startswith(("none of", "hosts answer")[turn % 2]) for turn, says in enumerate(said))

"""A sample of the kills of ``python -m tests.crash``, and that the harness can tell a design that loses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from tests.crash.matrix import SCENARIOS, SYSCALLS, Bench, Kill, Scenario
from tests.crash.pairs import two_starts
from tests.crash.starts import STRACE

FIRST = SCENARIOS["once, first start"]
MAIL = SCENARIOS["once, news by SMTP"]
MAILDIR = SCENARIOS["once, news to the Maildir"]
SERVICE = SCENARIOS["run, news by SMTP"]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with Bench(tmp_path_factory.mktemp("crash")) as opened:
        yield opened


def one_in_the_middle(names: list[str], kind: str) -> int:
    """Which point of this kind, counted from 1, stands in the middle of them."""
    number = names.count(kind)
    assert number, f"no point {kind} is passed"
    return number // 2 + 1


COMMITS = ("after COMMIT",)
ANSWERS = ("before COMMIT", "before DATA", "before 250", "after 250")
SYNCS = ("after fsync", "before replace")


@pytest.mark.parametrize(
    ("scenario", "kinds"),
    [(FIRST, COMMITS), (MAIL, ANSWERS), (MAILDIR, SYNCS)],
    ids=lambda each: getattr(each, "name", ""),
)
def test_killed_at_a_point_inside_it_loses_nothing(bench: Bench, scenario: Scenario, kinds: Sequence[str]) -> None:
    names = bench.count_points(scenario)
    kills = [Kill(scenario, one_in_the_middle(names, kind), kind=kind) for kind in kinds]
    for result in bench.all(kills):
        assert result.point == result.kill.kind, f"{result.kill} was not reached"
        assert result.faults == (), result
        if result.point != "before COMMIT":  # which may be that of the mark, or of anything else
            assert result.repeats == (result.point in {"before 250", "after 250"}), result


def test_the_service_killed_loses_nothing(bench: Bench) -> None:
    for result in bench.all([Kill(SERVICE, 40), Kill(SERVICE, 110)]):
        assert result.point
        assert result.faults == (), result


@pytest.mark.skipif(STRACE is None, reason="strace is not installed: kills at system calls are not tried")
@pytest.mark.parametrize("calls", [name for name in SYSCALLS if name != "write"])
def test_killed_at_a_system_call_it_loses_nothing(bench: Bench, calls: str) -> None:
    results = list(bench.all([Kill(MAILDIR if "send" not in calls else MAIL, 3, calls)]))
    assert all(result.point for result in results)
    for result in results:
        assert result.faults == (), result


# -- the harness can tell --------------------------------------------------------------------------------------------


def faults_of(bench: Bench, broken: str, point: str, take: slice) -> str:
    """What is found wrong with a design that loses, killed at some of the points of a kind."""
    names = bench.count_points(MAIL, broken)
    numbers = range(1, names.count(point) + 1)[take]
    results = bench.all([Kill(MAIL, number, broken=broken, kind=point) for number in numbers])
    return "; ".join(fault for result in results for fault in result.faults)


def test_validators_stored_apart_are_seen_to_lose_articles(bench: Bench) -> None:
    # Which commits those of the papers' first polls are depends on which paper answers first.
    assert "article lost" in faults_of(bench, "validators apart", "after COMMIT", slice(2, 9))


def test_an_alert_marked_before_it_is_sent_is_seen_to_be_lost(bench: Bench) -> None:
    assert "alert lost" in faults_of(bench, "marked first", "before DATA", slice(1, 2))


def test_a_message_id_made_anew_is_seen(bench: Bench) -> None:
    assert "does not know" in faults_of(bench, "new Message-ID", "after 250", slice(1, 2))


# -- two starts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verbs", [("run", "once"), ("once", "once")])
def test_of_two_starts_one_works_and_the_other_says_so(bench: Bench, verbs: tuple[str, str]) -> None:
    assert two_starts(bench, verbs) == []

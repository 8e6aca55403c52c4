"""A hostile web on loopback, and the real program: a few of every family. All cases: ``python -m tests.hostile``."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.hostile.case import FAILED, READ, Case, feed, text
from tests.hostile.families import catalogue, sample
from tests.hostile.runner import Runner, Verdict
from tests.hostile.wire import Web

CASES = {case.name: case for case in sample()}
Judged = tuple[dict[str, Verdict], Web]


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judged]:
    with Web(CASES.values()) as web:
        runner = Runner(web, tmp_path_factory.mktemp("hostile"), timeout=4)
        yield {verdict.case: verdict for verdict in runner.judge(CASES.values())}, web


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", CASES)
def test_it_ends_as_the_table_says_and_costs_nobody_else(name: str, judged: Judged) -> None:
    assert judged[0][name].faults == ()


def test_nobody_was_reached_who_may_not_be(judged: Judged) -> None:
    assert judged[1].canary == []
    assert judged[1].tokens == []


def test_the_sample_has_every_family_that_shares_runs() -> None:
    assert {case.family for case in catalogue() if not case.alone} - {case.family for case in CASES.values()} <= {
        "charset", "feed polls", "source at canary"}  # fmt: skip


def test_the_canary_hears_who_comes_and_the_judge_sees_what_is_wrong(tmp_path_factory: pytest.TempPathFactory) -> None:
    good = {"/feed": text(feed())}
    wrong = Case("wrong", "test", good, frozenset({FAILED}))
    few = Case("few", "test", good, frozenset({READ}), 2000, 2)
    strangers = Case("strangers", "test", good, url="http://127.1.99.99:{port}/feed")
    cases = (wrong, few, strangers)
    with Web(cases, healthy=2) as web:
        runner = Runner(web, tmp_path_factory.mktemp("hostile"), timeout=4)
        verdicts = {verdict.case: "; ".join(verdict.faults) for verdict in runner.judge(cases)}
    assert "ended as read, not failed" in verdicts["wrong"]
    assert "1 articles, not 2 to" in verdicts["few"]
    assert all("the canary was asked at 127.1.99.99" in faults for faults in verdicts.values())
    assert "CANARY-SECRET" in verdicts["strangers"]

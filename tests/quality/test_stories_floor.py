"""Stories are found as well as they were: on our own stream, and on labelled data where it is there."""

from tests.quality.floors import floors
from tests.quality.following import shared_stream
from tests.quality.stories import b_cubed, folded_f1, own_stream, pairs, read, thread
from tests.quality.stories_by_meaning import placed


def test_own_reports_of_one_event_come_together() -> None:
    pieces = own_stream()
    found = b_cubed([piece.story for piece in pieces], thread(pieces, read(pieces)))
    precision, recall = floors("stories")["own"]
    assert found.precision >= precision
    assert found.recall >= recall


def test_own_reports_come_together_further_by_meaning() -> None:
    pieces = own_stream()
    found = b_cubed([piece.story for piece in pieces], thread(pieces, read(pieces), placed(pieces)))
    precision, recall = floors("stories")["own semantic"]
    assert found.precision >= precision
    assert found.recall >= recall


def test_headlines_of_one_sports_event() -> None:
    pieces = shared_stream()
    found = b_cubed([piece.story for piece in pieces], thread(pieces, read(pieces)))
    precision, f1 = floors("stories")["headlines"]
    assert found.precision >= precision
    assert found.f1 >= f1


def test_pairs_of_reports_of_one_event() -> None:
    assert folded_f1(pairs()) >= floors("stories")["pairs"]

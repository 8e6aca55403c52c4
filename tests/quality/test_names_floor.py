"""Floors under the names: on pairs of our own, and on the shared ones where they are."""

from tests.quality import names
from tests.quality.floors import floors


def test_our_own_names_keep_their_recall_and_false_rate() -> None:
    least, greatest = floors("names")["own"]
    found = names.score(names.own_pairs())
    assert found.recall >= least, names.wrong(names.own_pairs())
    assert found.false_rate <= greatest, names.wrong(names.own_pairs())


def test_the_shared_names_keep_their_recall_and_false_rate() -> None:
    least, greatest = floors("names")["shared"]
    found = names.score(names.shared_pairs(hard=False))
    assert found.recall >= least
    assert found.false_rate <= greatest

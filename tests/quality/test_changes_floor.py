"""Floors under telling material changes from cosmetic ones, on pairs of our own writing."""

import pytest

from tests.quality.changes import LANGUAGES, measure, versions
from tests.quality.floors import floors

OWN = floors("changes.own")


@pytest.mark.parametrize("language", OWN)
def test_changes_keep_their_precision_and_recall(language: str) -> None:
    told = measure(language)
    least_precision, least_recall, least_named = OWN[language]
    assert told.precision >= least_precision, told.wrong
    assert told.recall >= least_recall, told.wrong
    assert told.kinds >= least_named, told.wrong


def test_there_are_enough_pairs_of_both_kinds() -> None:
    material = [bool(pair.kind) for language in LANGUAGES for pair in versions(language)]
    assert sum(material) >= 60
    assert len(material) - sum(material) >= 60

"""Floors under inflection, on the pairs that lie beside the project."""

import pytest

from tests.quality.floors import floors
from tests.quality.inflection import meets, score, shared_pairs, wrong

SHARED = floors("inflection.shared")


@pytest.mark.parametrize("language", SHARED)
def test_inflection_keeps_its_recall_and_false_rate(language: str) -> None:
    pairs = shared_pairs(language)
    found = score(language, pairs, meets)
    assert found
    least_recall, greatest_false = SHARED[language]
    assert found.recall >= least_recall, wrong(language, pairs)
    assert found.false_rate <= greatest_false, wrong(language, pairs)

"""Floors under inflection: on the pairs that the tests carry, and on those that lie beside the project."""

from collections.abc import Callable

import pytest

from crawler.text.languages import ru, slavic, uk
from tests.quality.floors import floors
from tests.quality.inflection import Pair, meets, own_pairs, score, shared_pairs, wrong

SHARED = floors("inflection.shared")
OWN = floors("inflection.own")


def check(language: str, pairs: list[Pair], floor: list[float]) -> None:
    found = score(language, pairs, meets)
    assert found, "no pairs"
    least_recall, greatest_false = floor
    assert found.recall >= least_recall, wrong(language, pairs)
    assert found.false_rate <= greatest_false, wrong(language, pairs)


@pytest.mark.parametrize("language", OWN)
def test_inflection_keeps_its_floors_on_our_own_pairs(language: str) -> None:
    check(language, own_pairs(language), OWN[language])


@pytest.mark.parametrize("language", SHARED)
def test_inflection_keeps_its_floors_on_the_shared_pairs(language: str) -> None:
    check(language, shared_pairs(language), SHARED[language])


@pytest.mark.parametrize("source", [own_pairs, shared_pairs])
@pytest.mark.parametrize("language", ["uk", "ru"])
def test_pymorphy_keeps_the_same_floors(language: str, source: Callable[[str], list[Pair]]) -> None:
    pytest.importorskip("pymorphy3", reason="the extra slavic is not installed: its floors were not checked")
    lexicon = {"uk": uk.LANGUAGE, "ru": ru.LANGUAGE}[language].lexicon
    assert isinstance(lexicon, slavic.Best)
    assert isinstance(slavic.best(language), slavic.Pymorphy)
    check(language, source(language), (OWN if source is own_pairs else SHARED)[language])


@pytest.mark.parametrize("source", [own_pairs, shared_pairs])
@pytest.mark.parametrize("language", ["uk", "ru"])
def test_the_base_install_keeps_the_same_floors(
    language: str, source: Callable[[str], list[Pair]], base_install: None
) -> None:
    assert not isinstance(slavic.best(language), slavic.Pymorphy)
    check(language, source(language), (OWN if source is own_pairs else SHARED)[language])

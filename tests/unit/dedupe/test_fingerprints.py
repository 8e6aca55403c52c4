"""Words, shingles and the sample that finds candidates."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from crawler.dedupe.fingerprints import containment, sample, shingles, words

WORDS = st.lists(st.sampled_from([f"word{n}" for n in range(200)]), max_size=400)


def text(length: int, seed: int = 1) -> list[str]:
    return random.Random(seed).choices([f"word{n}" for n in range(5000)], k=length)


def test_words_are_folded() -> None:
    assert words("The Élysée, «Перевіз»!") == ("the", "elysee", "перевіз")
    assert words("Перевіз — ПЕРЕВІЗ") == ("перевіз", "перевіз")


def test_shingles_are_word_sequences() -> None:
    assert len(shingles(text(100))) == 97
    assert len(shingles(["one", "two"])) == 1
    assert shingles([]) == frozenset()
    assert shingles(["a", "b", "c", "d", "e"]) & shingles(["x", "b", "c", "d", "e"]) == shingles(["b", "c", "d", "e"])
    assert shingles(["ab", "c", "d", "e"]) != shingles(["a", "bc", "d", "e"])


def test_hashes_are_stable_and_fit_sqlite() -> None:
    assert shingles(["the", "ferry", "runs", "again"]) == {-9002483183505658472}
    assert all(-(2**63) <= value < 2**63 for value in shingles(text(400)))


def test_long_texts_are_sampled_thinly_and_short_ones_kept_whole() -> None:
    assert 8 <= len(sample([], text(400))) <= 45
    assert 15 <= len(sample([], text(140))) <= 60
    assert len(sample([], text(40))) == 37
    assert set(shingles(["a", "b", "c", "d"])) <= set(sample(["a", "b", "c", "d"], text(400)))


def test_samples_of_copies_meet() -> None:
    met = 0
    for seed in range(200):
        whole = text(400, seed)
        part = whole[60:300]
        met += len(set(sample([], whole)) & set(sample([], part))) >= 2
    assert met >= 198


def test_a_teaser_meets_its_article() -> None:
    headline = ["same", "headline", "of", "five", "words"]
    for seed in range(50):
        whole = text(400, seed)
        assert len(set(sample(headline, whole)) & set(sample(headline, whole[:30]))) >= 2


@given(WORDS, WORDS)
def test_containment_is_a_share(one: list[str], other: list[str]) -> None:
    a, b = shingles(one), shingles(other)
    assert 0 <= containment(a, b) == containment(b, a) <= 1
    assert containment(a, a) == (1.0 if one else 0.0)


@given(WORDS, st.integers(0, 400))
def test_an_excerpt_is_contained(whole: list[str], length: int) -> None:
    part = whole[:length]
    assert containment(shingles(part), shingles(whole)) == 1.0 or len(part) < 4

"""Words, shingles and the sample that finds candidates."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from crawler.dedupe.fingerprints import MARKS, containment, headline_mark, sample, shingles, words

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
    assert sample([], ["ab", "c", "d", "e"]) != sample([], ["a", "bc", "d", "e"])


def test_hashes_are_stable_and_take_four_bytes() -> None:
    assert sample([], ["the", "ferry", "runs", "again"]) == (-1229152175,)
    assert all(-(2**31) <= value < 2**31 for value in sample(text(9), text(400)))


def test_a_sample_is_small_however_long_the_text() -> None:
    headline = text(9, seed=2)
    assert len(sample(headline, text(4000))) <= 17
    assert len(sample(headline, text(40))) <= MARKS
    assert sample([], []) == ()
    assert sample(headline, text(400))[0] == sample(headline, [])[0] == headline_mark(headline)


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

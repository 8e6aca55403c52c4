import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.text import exact_form, fold


@pytest.mark.parametrize(
    ("word", "folded"),
    [
        ("Élysée", "elysee"),
        ("ŁÓDŹ", "lodz"),
        ("Straße", "strasse"),
        ("Œuvre", "oeuvre"),
        ("Її", "її"),
        ("Йосип", "йосип"),
        ("ребёнок", "ребенок"),
        ("Ґонґадзе", "гонгадзе"),
        ("Куп’янськ", "куп'янськ"),
        ("Купʼянськ", "куп'янськ"),
        ("Куп`янськ", "куп'янськ"),
        ("за\u0301мок", "замок"),
        ("де\u00adпортация", "депортация"),
        ("и\u0306од", "йод"),
    ],
)
def test_spellings_of_one_word_fold_into_one(word: str, folded: str) -> None:
    assert fold(word) == folded


def test_decomposed_and_composed_words_fold_alike() -> None:
    for word in ("Українські", "Žižek", "Йоржик", "Ñandú"):
        assert fold(unicodedata.normalize("NFD", word)) == fold(word)


def test_exact_form_keeps_accents_and_letters() -> None:
    assert exact_form("Élysée") == "élysée"
    assert exact_form("Ґанок") == "ґанок"
    assert exact_form("Куп’янськ") == "куп'янськ"


@given(st.text(max_size=30))
def test_folding_twice_changes_nothing(word: str) -> None:
    assert fold(fold(word)) == fold(word)

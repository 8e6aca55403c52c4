from hypothesis import given
from hypothesis import strategies as st

from crawler.text import tokenize


def forms(text: str, language: str = "") -> list[str]:
    return [token.form for token in tokenize(text, language)]


def test_words_keep_inner_apostrophes_and_lose_hyphens() -> None:
    assert forms("Lvova-Belova's «З’їзд» – 14 дітей!") == ["Lvova", "Belova's", "З’їзд", "14", "дітей"]


def test_quotes_around_a_word_are_not_part_of_it() -> None:
    assert forms("‘children’ 'home' d'") == ["children", "home", "d"]


def test_french_articles_are_left_out_in_french_only() -> None:
    assert forms("l’Ukraine qu'elle aujourd'hui", "fr") == ["Ukraine", "elle", "aujourd'hui"]
    assert forms("l’Ukraine", "uk") == ["l’Ukraine"]


def test_unspaced_scripts_give_a_word_per_character() -> None:
    assert forms("普京 won") == ["普", "京", "won"]


def test_stress_and_soft_hyphens_do_not_break_a_word() -> None:
    assert [token.folded for token in tokenize("за\u0301мок де\u00adпортация")] == ["замок", "депортация"]


@given(st.text(), st.sampled_from(["", "fr", "uk"]))
def test_offsets_lead_back_to_the_form(text: str, language: str) -> None:
    end = 0
    for token in tokenize(text, language):
        assert text[token.start : token.end] == token.form != ""
        assert token.start >= end
        end = token.end

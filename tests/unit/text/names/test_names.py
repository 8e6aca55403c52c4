import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.text import Document, query_keys
from crawler.text.names import MOST_KEYS, asked_name_keys, name_keys
from crawler.topics import Matcher, compile_topic


def meets(query: str, form: str, language: str) -> bool:
    return bool(set(asked_name_keys(query)) & set(name_keys(language, form)))


@pytest.mark.parametrize(
    ("form", "language"),
    [
        ("Zelenskyy", "en"),
        ("ZELENSKY", "en"),
        ("Zelensky’s", "en"),
        ("Selenskyj", "de"),
        ("Selenskyjs", "de"),
        ("Zełenskiego", "pl"),
        ("Zelenski", "es"),
        ("Зеленського", "uk"),
        ("Зеленским", "ru"),
    ],
)
def test_one_spelling_meets_the_others_in_every_case(form: str, language: str) -> None:
    assert meets("Zelensky", form, language)
    assert meets("Зеленський", form, language)


def test_near_names_stay_apart() -> None:
    assert not meets("Zelensky", "Zelinsky", "en")
    assert not meets("Zelensky", "Зелинского", "ru")
    assert not meets("Orban", "Urban", "en")


def test_a_mans_surname_does_not_take_the_womans_and_hers_not_his() -> None:
    assert not meets("Zakharova", "Захаров", "ru")
    assert not meets("Zakharov", "Zakharova", "en")
    assert not meets("Zakharov", "Захаровой", "ru")
    assert meets("Zakharova", "Захаровой", "ru")
    assert meets("Zakharov", "Захарова", "ru")  # his genitive and her nominative are one form


@pytest.mark.parametrize("form", ["zelensky", "Li", "Ми", "G7", "北京", "Zеlensky", ""])
def test_what_is_no_name_or_too_short_to_tell_has_no_name(form: str) -> None:
    assert name_keys("en", form) == ()
    assert asked_name_keys(form) == ()


def test_a_term_as_it_is_spelled_asks_for_no_other_spelling() -> None:
    assert not any(key.startswith("@") for key in query_keys("uk", "Zelensky", spelled=True))
    assert any(key.startswith("@") for key in query_keys("uk", "Zelensky"))


def test_a_topic_takes_the_other_script_and_shows_the_form() -> None:
    text = "Учора президента Зеленського зустріли в Одесі."
    document = Document("Зустріч в Одесі", text, "uk")
    [match] = Matcher([compile_topic("him", "Zelensky")]).match(document, source="", host="")
    assert [(one.form, one.term, text[one.start : one.end]) for one in match.evidence] == [
        ("Зеленського", "Zelensky", "Зеленського")
    ]
    assert Matcher([compile_topic("him", "spelled:Zelensky")]).match(document, source="", host="") == []


@given(st.sampled_from(["en", "uk", "pl", "de", "und"]), st.text(min_size=1, max_size=60))
def test_any_word_has_a_bounded_number_of_names(language: str, form: str) -> None:
    assert len(name_keys(language, form)) <= MOST_KEYS
    assert set(asked_name_keys(form)) <= set(name_keys(language, form)) or len(name_keys(language, form)) == MOST_KEYS


@pytest.mark.parametrize(
    ("query", "form", "language"),
    [
        ("Mohammed", "Мухаммед", "ru"),
        ("Muhammad", "Mohamed", "fr"),
        ("Hezbollah", "Hizbullah", "en"),
        ("Rouhani", "Рухані", "uk"),
        ("Taliban", "Taleban", "de"),
        ("Ibrahim", "Ebrahim", "en"),
        ("Osama", "Usama", "de"),
    ],
)
def test_short_vowels_of_arabic_names_are_written_in_two_ways(query: str, form: str, language: str) -> None:
    assert meets(query, form, language)


def test_other_names_keep_their_vowels_apart() -> None:
    assert not meets("Orban", "Urban", "en")
    assert not meets("Benes", "Binis", "en")


def test_a_foreign_accent_takes_a_polish_genitive() -> None:
    assert meets("Orban", "Orbána", "pl")

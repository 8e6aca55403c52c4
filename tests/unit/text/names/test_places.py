"""Places by the table: exonyms, cases, small letters, names of several words, and what is no place."""

from pathlib import Path

import pytest

from crawler.text import Document, place_keys, query_keys, text_keys
from crawler.text.names import places
from crawler.topics import Matcher, compile_topic


def meets(query: str, form: str, language: str) -> bool:
    return bool(set(query_keys(language, query)) & set(text_keys(language, form)))


def takes(query: str, document: Document) -> bool:
    return bool(Matcher([compile_topic("one", query)]).match(document, source="", host=""))


@pytest.mark.parametrize(
    ("form", "language"),
    [
        ("Київ", "uk"), ("Києва", "uk"), ("Києві", "uk"),
        ("Киев", "ru"), ("Киеве", "ru"), ("Kiev", "en"), ("Kijowie", "pl"),
        ("Kiew", "de"), ("Kiews", "de"), ("Kiev", "it"), ("KYIV", "en"),
    ],
)  # fmt: skip
def test_a_capital_is_met_by_all_its_names(form: str, language: str) -> None:
    assert meets("Kyiv", form, language)
    assert meets("Київ", form, language)


@pytest.mark.parametrize(
    ("query", "form", "language"),
    [
        ("Russia", "Росією", "uk"), ("Росія", "Rosji", "pl"),
        ("Россия", "Russlands", "de"), ("Russie", "Россией", "ru"),
        ("Germany", "Німеччини", "uk"), ("Deutschland", "Niemczech", "pl"), ("Hungary", "Угорщина", "uk"),
        ("Lviv", "Lemberg", "de"), ("Львів", "Lwowie", "pl"),
        ("Kharkiv", "Харкова", "uk"), ("Sumy", "Сумах", "uk"),
        ("Crimea", "Криму", "uk"), ("Vienna", "Відні", "uk"),
        ("Zaporizhzhia", "Запоріжжі", "uk"), ("Вінниця", "Winnyzja", "de"),
    ],
)  # fmt: skip
def test_exonyms_meet_in_every_case(query: str, form: str, language: str) -> None:
    assert meets(query, form, language)


@pytest.mark.parametrize(
    ("query", "form", "language"),
    [
        ("Kyiv", "Kharkiv", "en"), ("Ukraine", "Ukrainian", "en"),
        ("Ukraine", "український", "uk"), ("Togo", "Того", "uk"),
        ("Togo", "того", "ru"), ("Mali", "мали", "uk"),
        ("Mali", "Мали", "uk"), ("Chad", "чад", "ru"), ("Turkey", "turkey", "en"),
        ("Italy", "Italien", "fr"), ("Niger", "Nigeria", "en"), ("Austria", "Австралії", "uk"),
        ("Panama", "панаму", "uk"), ("Vladimir", "Володимир", "uk"),
    ],
)  # fmt: skip
def test_other_places_adjectives_and_common_words_stay_apart(query: str, form: str, language: str) -> None:
    assert not meets(query, form, language)


@pytest.mark.parametrize(
    ("query", "form", "language"),
    [
        ("Росія", "росії", "uk"), ("Росія", "росією", "uk"),
        ("Russia", "росія", "uk"), ("Москва", "москві", "uk"),
        ("Москва", "москвой", "ru"), ("Київ", "києва", "uk"),
        ("Польща", "польщі", "uk"), ("Kyiv", "київ", "uk"),
    ],
)  # fmt: skip
def test_countries_and_capitals_written_small_on_purpose_are_met(query: str, form: str, language: str) -> None:
    assert meets(query, form, language)


def test_names_of_several_words_meet_as_phrases() -> None:
    document = Document("", "Обстріл Кривого Рогу, нарада у Нью-Йорку", "uk")
    assert takes('"Krivoy Rog"', document)
    assert takes('"New York"', document)
    assert not takes('"New Delhi"', document)


def test_spelled_turns_the_table_off() -> None:
    document = Document("", "Das geschah in Kiew.", "de")
    assert takes("Kyiv", document)
    assert not takes("spelled:Kyiv", document)


def test_keys_tell_what_a_place_is() -> None:
    assert place_keys("uk", "Росією") == ("#cc:RU",)
    assert "#geo:703448" in place_keys("pl", "Kijowa")
    assert place_keys("en", "the") == ()


def test_the_table_is_in_order_and_every_word_is_found() -> None:
    lines = Path(places.__file__).with_name("places.tsv").read_bytes().splitlines()
    words = [line.partition(b"\t")[0] for line in lines]
    assert words == sorted(set(words))
    for word, line in [*zip(words, lines, strict=True)][:: len(words) // 500]:
        assert places._line(word.decode()) == line.decode().partition("\t")[2]
    assert places._line("zzzz") == places._line("") == places._line("а") == ""

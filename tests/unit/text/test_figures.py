"""Figures in running text mean the same in every language; what only looks like one is left out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.text.counted import counted
from crawler.text.figures import figures
from crawler.text.folding import fold
from crawler.text.numerals import numerals


def keys(text: str, language: str) -> list[str]:
    return [figure.key for figure in figures(text, language)]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Eight children came home", ["8"]),
        ("uk", "Додому повернулися восьмеро дітей", ["8"]),
        ("ru", "Домой вернулись восемь детей", ["8"]),
        ("pl", "Do domu wróciło ośmioro dzieci", ["8"]),
        ("de", "Acht Kinder kamen nach Hause", ["8"]),
        ("fr", "Huit enfants sont rentrés", ["8"]),
        ("es", "Ocho niños volvieron a casa", ["8"]),
        ("it", "Otto bambini sono tornati", ["8"]),
        ("nl", "Acht kinderen kwamen thuis", ["8"]),
        ("uk", "понад 19,5 тис. дітей", ["19500"]),
        ("en", "more than 19,500 children", ["19500"]),
        ("ru", "более 19 500 детей", ["19500"]),
        ("de", "mehr als 19.500 Kinder", ["19500"]),
        ("uk", "1 млн 200 тис. осіб", ["1200000"]),
        ("ru", "триста сорок два дома", ["342"]),
        ("uk", "дві тисячі триста осіб", ["2300"]),
        ("uk", "з двома дітьми та сімома дорослими", ["2", "7"]),
        ("en", "two hundred and five villages", ["205"]),
        ("en", "twenty-five villages and half a million people", ["25", "500000"]),
        ("de", "dreihundertzweiundzwanzig Menschen", ["322"]),
        ("fr", "quatre-vingt-dix-sept personnes, deux cents autres", ["97", "200"]),
        ("es", "treinta y cinco personas, 5 mil millones de dólares", ["35", "5000000000 usd"]),
        ("it", "ventitré persone, duemila case", ["23", "2000"]),
        ("nl", "vijfentwintig mensen", ["25"]),
        ("en", "$5 million, US$5m and 5 million dollars", ["5000000 usd"] * 3),
        ("uk", "5 млн доларів, 3 млн грн, 2 млрд євро", ["5000000 usd", "3000000 uah", "2000000000 eur"]),
        ("ru", "12 процентов, 12% и 12 %", ["12%"] * 3),
        ("uk", "двадцять відсотків", ["20%"]),
        ("en", "10-12 children, 5–7 million hryvnias", ["10", "12", "5000000 uah", "7000000 uah"]),
        (
            "en",
            "from 80 to 90 million; open 6 to 10 p.m.; 900,000 to 2 million",
            ["80000000", "90000000", "900000", "2000000"],
        ),
        ("uk", "8-ми родин, 3-х дітей", ["8", "3"]),
        ("uk", "15-річний хлопець і 16-річна дівчина", ["15", "16"]),
        ("en", "a 15-year-old boy and a 15-member team", ["15", "15"]),
        ("uk", "восьмирічна дівчинка з п'ятиповерхового будинку", ["8", "5"]),
        ("ru", "двадцатилетний парень, трехдневный траур", ["20", "3"]),
        ("en", "$2.5B and €3M, 40k people", ["2500000000 usd", "3000000 eur", "40000"]),
        ("en", "the 45th president", ["45."]),
        ("uk", "45-й президент", ["45."]),
        ("en", "On May 12 300 people left", ["300"]),
        ("en", "2000 children and 2,000 children", ["2000", "2000"]),
    ],
)
def test_a_figure_has_one_key_in_every_language(language: str, text: str, expected: list[str]) -> None:
    assert keys(text, language) == expected


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "day 410 of the war"),
        ("uk", "на 410-й день війни"),
        ("en", "an F-16 and COVID-19"),
        ("uk", "тринога, столітній дуб і семінар"),
        ("uk", "винищувач Су-27"),
        ("en", "they won 3-1"),
        ("en", "a score of 3:1"),
        ("en", "at 14:30 and at 5 p.m."),
        ("uk", "о 14.30"),
        ("en", "call +38 044 123 45 67"),
        ("en", "version 3.11.4"),
        ("en", "the 9/11 attacks"),
        ("en", "in 2022, since 2014"),
        ("uk", "у 2014 році"),
        ("en", "12 May 2024"),
        ("en", "one of them said"),
        ("uk", "один із них"),
        ("en", "thousands of people, dozens of houses"),
        ("uk", "тисячі людей і сотні будинків"),
        ("en", "the second half of the day"),
    ],
)
def test_what_only_looks_like_a_figure_is_none(language: str, text: str) -> None:
    assert keys(text, language) == []


@pytest.mark.parametrize(
    ("language", "text", "bound"),
    [
        ("en", "more than 19,000 children", "more"),
        ("uk", "понад 19 000 дітей", "more"),
        ("ru", "не менее 19 000 детей", "more"),
        ("uk", "близько 300 осіб", "about"),
        ("en", "nearly $300", "about"),
        ("en", "fewer than 300 people", "less"),
        ("en", "the 300 people", ""),
    ],
)
def test_a_bound_is_read(language: str, text: str, bound: str) -> None:
    assert [figure.bound for figure in figures(text, language)] == [bound]


def test_a_span_covers_what_was_read() -> None:
    text = "Вони отримали понад 19,5 тис. доларів допомоги"
    (figure,) = figures(text, "uk")
    assert text[figure.start : figure.end] == "19,5 тис. доларів"


def test_a_lone_one_is_taken_when_asked_for() -> None:
    assert [figure.value for figure in figures("One person died", "en", ones=True)] == [1]


@given(st.integers(min_value=0, max_value=10**9))
def test_grouped_digits_are_read_whole(number: int) -> None:
    assert [figure.value for figure in figures(f"reported {number:,} items", "en")] == [number]


@given(st.text(max_size=200), st.sampled_from(["en", "uk", "ru", "pl", "de", "fr", "es", "it", "nl", "und"]))
def test_no_text_breaks_it(text: str, language: str) -> None:
    for figure in figures(text, language):
        assert 0 <= figure.start < figure.end <= len(text)


def test_every_numeral_is_folded() -> None:
    for language in ("en", "uk", "ru", "pl", "de", "fr", "es", "it", "nl"):
        assert all(fold(word) == word for word in numerals(language))


@pytest.mark.parametrize(
    ("language", "word"), [("en", "children"), ("uk", "дітей"), ("ru", "детям"), ("pl", "dzieci"), ("de", "kinder")]
)
def test_what_is_counted_has_one_name(language: str, word: str) -> None:
    assert counted(language, word) == "child"


def test_a_word_without_a_concept_has_none() -> None:
    assert counted("en", "gadgets") is None
    assert counted("xx", "children") is None

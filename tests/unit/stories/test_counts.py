"""Figures over time: what is counted, series of it, and contradictions; better none than wrong."""

from datetime import date

import pytest

from crawler.stories.counts import Count, counts, series
from crawler.text import Document

NINTH, TENTH = date(2025, 10, 9), date(2025, 10, 10)


def stated(
    text: str, language: str = "en", *, day: date = TENTH, article: int = 1, outlet: str = "a.example"
) -> list[Count]:
    return counts(Document("", text, language), published=day, article=article, outlet=outlet)


def told(text: str, language: str = "en") -> list[tuple[str, str, str, float]]:
    return [(one.what, one.happened, one.scope, one.value) for one in stated(text, language)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Eight children were returned to Ukraine."),
        ("en", "Officials say 8 Ukrainian children have returned."),
        ("uk", "В Україну повернули восьмеро дітей."),
        ("uk", "Повернулися 8 українських дітей."),
        ("ru", "На Украину вернули восемь детей."),
        ("ru", "Вернулись 8 детей."),
    ],
)
def test_one_count_in_three_languages(language: str, text: str) -> None:
    assert told(text, language) == [("child", "returned", "report", 8)]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Another eight children were returned on Thursday.", ("child", "returned", "more", 8)),
        ("uk", "Ще восьмеро дітей повернули додому.", ("child", "returned", "more", 8)),
        ("en", "A total of 1,600 children have been returned.", ("child", "returned", "total", 1600)),
        ("en", "Since the start of the war 1,600 children have been returned.", ("child", "returned", "total", 1600)),
        ("uk", "Загалом повернули 1600 дітей.", ("child", "returned", "total", 1600)),
        ("ru", "С начала войны вернули более 1600 детей.", ("child", "returned", "total", 1600)),
        ("en", "As of May 13, 226 children were killed.", ("child", "killed", "total", 226)),
        ("en", "At least 14 people were killed.", ("person", "killed", "report", 14)),
        ("uk", "Загинули 14 людей.", ("person", "killed", "report", 14)),
        ("en", "The strike left 14 dead.", ("person", "killed", "report", 14)),
        ("ru", "Погибли 14 человек.", ("person", "killed", "report", 14)),
    ],
)
def test_scopes_and_happenings(language: str, text: str, expected: tuple[str, str, str, float]) -> None:
    assert told(text, language) == [expected]


def test_up_to_is_no_bound_where_a_toll_rose_to_it() -> None:
    assert [one.bound for one in stated("Число погибших возросло до 59 человек.", "ru")] == [""]
    assert [one.bound for one in stated("Погибли до 59 человек.", "ru")] == ["less"]


def test_two_figures_of_one_sentence_keep_apart() -> None:
    assert told("The quake killed 14 people and injured 230 people.") == [
        ("person", "killed", "report", 14),
        ("person", "wounded", "report", 230),
    ]


def test_wounded_beside_children_may_be_children_and_are_left_out() -> None:
    assert told("The shelling killed 21 children, another 55 wounded.") == [("child", "killed", "report", 21)]


@pytest.mark.parametrize(
    "text",
    [
        "Eight children live in the village.",
        "Up to 300 people could be killed.",
        "If eight children return, talks go on.",
        "Eight years ago he returned to Ukraine.",
        "They will return eight children next week.",
        "Eight of the returned are ill.",
        "The report has eight pages on returned children.",
        "Eight children were not returned.",
        "Twelve children were taken to hospital.",
        "Four children orphaned after parents killed in a collision.",
        "Over 1,000 minors who cannot legally be deported stay.",
        "Between 12 March and 14 May eight children were returned.",
        "Eight children were returned and killed people mourned, a total of nothing is known since then.",
    ],
)
def test_better_none_than_wrong(text: str) -> None:
    assert told(text) == []


def test_another_language_tells_nothing() -> None:
    assert told("Acht Kinder kehrten zurück.", "de") == []


def test_the_day_is_the_one_named() -> None:
    assert [one.day for one in stated("Eight children were returned on Thursday.")] == [NINTH]
    assert [one.day for one in stated("Eight children were returned.")] == [TENTH]


def test_who_is_quoted_is_kept() -> None:
    text = '"Eight children were returned to their families," Dmytro Lubinets said.'
    assert [one.speaker for one in stated(text)] == ["Dmytro Lubinets"]


def test_a_series_over_days_and_languages() -> None:
    found = [
        *stated("Семеро дітей повернули в Україну.", "uk", day=NINTH, article=1, outlet="a.example"),
        *stated("Eight children were returned to Ukraine.", day=TENTH, article=2, outlet="b.example"),
        *stated("A total of 1,600 children have been returned.", day=TENTH, article=3, outlet="c.example"),
    ]
    (only,) = series(found)
    assert (only.what, only.happened, only.scope) == ("child", "returned", "report")
    assert [(one.day, one.value) for one in only.counts] == [(NINTH, 7), (TENTH, 8)]
    assert only.contradictions == ()


def contradicting(
    one: str, other: str, *, outlets: tuple[str, str] = ("a.example", "b.example")
) -> list[tuple[float, float]]:
    found = [*stated(one, article=1, outlet=outlets[0]), *stated(other, article=2, outlet=outlets[1])]
    return [(pair.one.value, pair.other.value) for told in series(found) for pair in told.contradictions]


def test_two_outlets_contradict() -> None:
    texts = ("Seven children were returned.", "Eight children were returned.")
    assert contradicting(*texts) == [(7, 8)]


def test_a_toll_rises_and_contradicts_only_when_it_falls() -> None:
    low, high = "The blast killed 14 people.", "The blast killed 21 people."
    assert contradicting(low, high) == []
    assert contradicting(high, low) == [(21, 14)]
    late = [
        count
        for number, text in enumerate((low, high, low), 1)
        for count in stated(text, article=number, outlet=f"{number}.example")
    ]
    assert [told.contradictions for told in series(late)] == [()]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The blast killed at least 14 people.", "The blast killed 21 people."),
        ("A total of 1,600 children have returned.", "A total of 1,605 children have returned."),
        ("Another 14 children were returned.", "Another 21 children were returned."),
        ("About 95 people were killed.", "The blast killed 100 people."),
    ],
)
def test_what_may_both_be_true_is_no_contradiction(one: str, other: str) -> None:
    assert contradicting(one, other) == []


def test_an_outlet_does_not_contradict_itself() -> None:
    texts = ("The blast killed 14 people.", "The blast killed 21 people.")
    assert contradicting(*texts, outlets=("a.example", "a.example")) == []


def test_a_single_report_is_no_series() -> None:
    assert series(stated("Eight children were returned.")) == []

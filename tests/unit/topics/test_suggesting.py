"""Words in other languages that a query may lack, from reports of the same stories."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from crawler.text import Document
from crawler.topics import parse, suggest, widened

# Each pair is one story: what its English and its Ukrainian report say.
STORIES = (
    ("Eight children come home from camp", "Вісім дітей повернулися додому з табору"),
    ("Children were hidden in a boarding school", "Дітей ховали в інтернаті"),
    ("Lawyers count missing children", "Юристи рахують зниклих дітей"),
    ("The children met their mothers", "Діти зустріли матерів"),
    ("Ferry stays in harbour because of storm", "Пором лишається в гавані через бурю"),
    ("Storm takes roofs off houses", "Буря зірвала дахи з будинків"),
    ("New bridge over river opened", "Відкрили новий міст через річку"),
    ("Doctors strike for higher pay", "Лікарі страйкують за вищу платню"),
    ("Doctors end their strike", "Лікарі припинили страйк"),
    ("Bread will cost more in spring", "Навесні хліб подорожчає"),
    ("Farmers sow earlier this year", "Цього року аграрії сіють раніше"),
    ("Hospital gets three generators", "Лікарня отримала три генератори"),
)


def reports(stories: Sequence[tuple[str, str]] = STORIES) -> list[tuple[int, Document]]:
    return [
        (number, Document(title, "", language))
        for number, pair in enumerate(stories)
        for language, title in zip(("en", "uk"), pair, strict=True)
    ]


def words(query: str, stories: Sequence[tuple[str, str]] = STORIES) -> list[tuple[str, str]]:
    return [(each.word, each.beside) for each in suggest(parse(query), reports(stories))]


def test_the_word_of_the_same_stories_is_suggested_and_no_other() -> None:
    (found,) = suggest(parse("children AND (camp* OR school)"), reports())
    assert (found.language, found.word, found.beside) == ("uk", "дітей", "children")
    assert (found.stories, found.of) == (4, 4)


def test_what_one_story_alone_has_says_nothing() -> None:
    assert words("ferry") == []
    assert words("bridge OR bread") == []


def test_a_word_that_sounds_alike_needs_one_story() -> None:
    assert words("generator") == [("генератори", "generator")]


@pytest.mark.parametrize(
    "query", ["children OR дітей", "(дитина OR children) AND camp*", "=children", "camp* NOT children"]
)
def test_what_is_met_already_or_not_asked_for_is_not_suggested(query: str) -> None:
    assert words(query) == []


def test_each_word_stands_beside_one_part() -> None:
    found = words("children AND doctors AND strike")
    assert ("дітей", "children") in found
    assert len({word for word, _ in found}) == len(found)


def test_names_are_left_out() -> None:
    named = [(f"{one} and Olena Petrenko", f"{other} й Олена Петренко") for one, other in STORIES[:4]]
    assert words("children", [*named, *STORIES[4:]]) == [("дітей", "children")]


def test_nothing_is_told_by_stories_in_one_language() -> None:
    alone = [(number, Document(one, "", "en")) for number, (one, _) in enumerate(STORIES)]
    assert suggest(parse("children"), alone) == []


@pytest.mark.parametrize(
    ("query", "wider"),
    [
        ("children AND camp*", "(children OR дітей) AND camp*"),
        ("(minors OR children) AND camp*", "(minors OR children OR дітей) AND camp*"),
        ("title:children", "title:(children OR дітей)"),
        ("camp* NEAR/5 children", "camp* NEAR/5 (children OR дітей)"),
        ("(ferry AND storm) OR children OR kids", "(ferry AND storm) OR (children OR kids OR дітей)"),
    ],
)
def test_a_widened_query_can_be_read_and_takes_the_word(query: str, wider: str) -> None:
    found = [each for each in suggest(parse(query), reports()) if each.word == "дітей"]
    assert widened(query, found) == wider
    parse(wider)


def test_meaning_decides_among_what_is_likely() -> None:
    stories = [(one, f"{other}, кажуть учора") if "hildren" in one else (one, other) for one, other in STORIES]
    means = {"children": (1.0, 0.0), "дітей": (1.0, 0.0)}

    def placed(asked: Sequence[str]) -> list[tuple[float, float]]:
        return [means.get(word, (0.0, 1.0)) for word in asked]

    assert {word for word, _ in words("children", stories)} > {"дітей"}, "by going together alone"
    assert [each.word for each in suggest(parse("children"), reports(stories), placed)] == ["дітей"]

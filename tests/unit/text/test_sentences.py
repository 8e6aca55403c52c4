"""Where sentences end, and who is quoted."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.text import tokenize
from crawler.text.quotes import quotes
from crawler.text.sentences import sentences, words_of


def said(text: str) -> list[str]:
    return [text[one.start : one.end] for one in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One came. Two left! Who stayed?", ["One came.", "Two left!", "Who stayed?"]),
        ("Mr. Smith met Gen. Jones. They spoke.", ["Mr. Smith met Gen. Jones.", "They spoke."]),
        ("It cost 1.5 million. Nobody paid.", ["It cost 1.5 million.", "Nobody paid."]),
        ("It ended in 2023. Judges spoke.", ["It ended in 2023.", "Judges spoke."]),
        ("It was January 18. Gangs fought.", ["It was January 18.", "Gangs fought."]),
        ("Am 12. Mai kam er. Dann ging er.", ["Am 12. Mai kam er.", "Dann ging er."]),
        ("Було 19,5 тис. Дітей повернули.", ["Було 19,5 тис. Дітей повернули."]),
        ("Так сказав Д. Лубінець. Він поїхав.", ["Так сказав Д. Лубінець.", "Він поїхав."]),
        ("«Ми чекали.» Потім пішли.", ["«Ми чекали.»", "Потім пішли."]),
        ("A headline\nA line without a point\n\nThe end.", ["A headline", "A line without a point", "The end."]),
        ("", []),
        (" \n ", []),
    ],
)
def test_sentences_end_where_they_should(text: str, expected: list[str]) -> None:
    assert said(text) == expected


@given(st.text(max_size=300))
def test_sentences_are_in_order_and_lose_no_word(text: str) -> None:
    found = sentences(text)
    assert all(one.start < one.end for one in found)
    assert all(left.end <= right.start for left, right in pairwise(found))
    edges = zip([0, *(one.end for one in found)], [*(one.start for one in found), len(text)], strict=True)
    left_over = "".join(text[start:end] for start, end in edges)
    assert not any(char.isalnum() for char in left_over.replace("\\n", ""))


def test_each_sentence_has_its_words() -> None:
    text = "One came. Two left, quickly."
    words = words_of(sentences(text), tokenize(text, "en"))
    assert [[word.form for word in sentence] for sentence in words] == [["One", "came"], ["Two", "left", "quickly"]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"We have waited for this day," said Maria Ivanova.', [("We have waited for this day,", "Maria Ivanova")]),
        ("Maria Ivanova said: “We have waited for years.”", [("We have waited for years.", "Maria Ivanova")]),
        (
            "«Ми чекали на це довго», – сказав Дмитро Лубінець.",
            [("Ми чекали на це довго", "Дмитро Лубінець")],
        ),
        ("Дмитрий Лубинец заявил: «Мы очень долго этого ждали».", [("Мы очень долго этого ждали", "Дмитрий Лубинец")]),
        (
            "„Wir haben lange darauf gewartet“, sagte Anna Schmidt.",
            [("Wir haben lange darauf gewartet", "Anna Schmidt")],
        ),
        ("A sign said «No entry for anybody here».", [("No entry for anybody here", "")]),
        ("The film «Titanic» ran. No quote at all.", []),
        ('It is 6" wide and 7" long in all places.', []),
    ],
)
def test_quotes_and_their_speakers(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(text[one.start : one.end], one.speaker) for one in quotes(text)] == expected

"""What a mail tells of an article's news: sentences of the text, facts once, figures against the story's last."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from crawler.model import Addition, Figure, NewFact
from crawler.stories.additions import addition
from crawler.stories.counts import Count

DAY = date(2025, 10, 10)


def count(value: float, article: int, *, day: date = DAY, **changes: Any) -> Count:  # noqa: ANN401
    fields: dict[str, Any] = {"what": "child", "happened": "returned", "scope": "report", "bound": ""}
    fields |= {"outlet": "a.example", "speaker": "", "start": 0, "end": 1}
    return Count(**(fields | {"value": value, "article": article, "day": day} | changes))


def sentence(text: str, *facts: tuple[str, str], field: str = "text") -> dict[str, object]:
    told = [{"kind": kind, "start": 0, "end": 0, "form": form} for kind, form in facts]
    return {"field": field, "start": 0, "end": len(text), "text": text, "newness": 1.0, "facts": told}


def test_a_storys_first_article_is_not_asked() -> None:
    assert addition(None, [count(8, 1)], []) == Addition()
    assert addition([], [], []) == Addition(asked=True)


def test_the_text_is_told_and_the_headline_is_not() -> None:
    told = addition(
        [
            sentence("A ninth child waits in Minsk.", ("name", "Minsk"), ("figure", "ninth")),
            sentence("Minsk is silent.", ("name", "Minsk")),
            sentence("Ninth child waits", ("figure", "Ninth"), field="title"),
        ],
        [],
        [],
    )
    assert told.sentences == ("A ninth child waits in Minsk.", "Minsk is silent.")
    assert told.facts == (NewFact("name", "Minsk"), NewFact("figure", "ninth"))


def test_a_figure_is_held_against_the_storys_last_of_its_kind() -> None:
    before = [count(7, 1, day=DAY - timedelta(days=1)), count(8, 2), count(1600, 2, scope="total", bound="more")]
    told = addition([], [count(16, 3), count(1_616, 3, scope="total")], before)
    assert told.figures == (
        Figure("children returned", "16", "8", DAY),
        Figure("children returned in all", "1,616", "more than 1,600", DAY),
    )


def test_a_figure_that_the_story_gave_before_is_no_news_nor_is_one_of_an_earlier_day() -> None:
    before = [count(7, 1, day=DAY - timedelta(days=1)), count(8, 2)]
    assert addition([], [count(7, 3)], before).figures == ()
    assert addition([], [count(6, 3, day=DAY - timedelta(days=2))], before).figures == ()
    assert addition([], [count(6, 3, what="person")], before).figures == ()

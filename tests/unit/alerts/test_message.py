"""The short message for chats: what is in it, how long it gets, and what strangers cannot do in it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC

import pytest

from crawler.alerts.message import LENGTH, message
from crawler.model import Addition, Alert, AlertKind
from tests.strangers import MARKUPS, TITLES
from tests.unit.alerts.conftest import MakeAlert, MakeArticle


def told(alert: Alert) -> tuple[str, str]:
    written = json.loads(message(alert, timezone=UTC, version="1"))
    return written["title"], written["body"]


def test_one_article_says_what_is_new_and_where(make_alert: MakeAlert, make_article: MakeArticle) -> None:
    title, body = told(make_alert(make_article(addition=Addition(("Eight came home.",), asked=True))))
    assert title.startswith("Eight children reunited")
    lines = body.splitlines()
    assert "• Eight came home." in lines
    assert "https://courier.example/2025/10/children?id=1&page=2" in lines
    assert title.split(" –")[0] not in body
    assert lines[-1] == "Topic: Return of deported Ukrainian children"


def test_without_anything_new_it_has_the_articles_own_words(make_alert: MakeAlert, make_article: MakeArticle) -> None:
    assert "Eight children who had been deported came home" in told(make_alert(make_article()))[1]


def test_a_digest_is_cut_by_whole_articles_and_says_so(make_alert: MakeAlert, make_article: MakeArticle) -> None:
    articles = [
        make_article(id=number, title=f"Number {number} of a long row of headlines", url=f"https://a.example/{number}")
        for number in range(1, 61)
    ]
    title, body = told(make_alert(*articles, kind=AlertKind.DIGEST))
    assert len(title) + len(body) <= LENGTH
    shown = body.count("https://a.example/")
    assert 3 <= shown <= 10
    assert f"… and {60 - shown} more: tidings alerts show 7" in body


def test_the_thread_of_a_mail_does_not_change_the_title(make_alert: MakeAlert, make_article: MakeArticle) -> None:
    from crawler.model import Thread  # noqa: PLC0415

    alert = make_alert(make_article())
    thread = Thread(subject="What began it", messages=("<1@x.example>",))
    assert told(replace(alert, thread=thread))[0] == told(alert)[0]


@pytest.mark.parametrize("call", ["@everyone", "@here", "<!channel>", "<@U012>", "#general"])
def test_nobody_is_called_by_what_strangers_write(call: str, make_alert: MakeAlert, make_article: MakeArticle) -> None:
    title, body = told(make_alert(make_article(title=f"Look {call}", text=f"{call} {call}")))
    assert call not in title
    assert call not in body


@pytest.mark.parametrize("hostile", [*TITLES, *MARKUPS])
def test_a_title_is_one_line_whatever_it_is(hostile: str, make_alert: MakeAlert, make_article: MakeArticle) -> None:
    title, body = told(make_alert(make_article(title=hostile, text=hostile)))
    assert len(title.splitlines()) <= 1
    assert len(title) + len(body) <= LENGTH

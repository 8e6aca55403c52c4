"""Links to answer by, as a mail program finds them in a mail."""

from __future__ import annotations

import email
import email.policy
import re
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.alerts import compose
from crawler.alerts.replies import Asked, Replies, Reply, TokenError, found_in, read, token
from crawler.model import Alert, AlertKind
from tests.unit.alerts.conftest import MakeAlert, MakeArticle

KEY, DAY = b"k" * 32, date(2026, 3, 1)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PAGES = Replies(KEY, DAY, "https://reports.example/t")
MAILS = Replies(KEY, DAY, mailbox="answers@desk.example")
NUMBERS = st.integers(0, 10**18 - 1)


def mail(alert: Alert, replies: Replies | None) -> email.message.EmailMessage:
    made = compose(alert, sender="t@x.example", timezone=UTC, now=NOW, version="1", replies=replies)
    return email.message_from_bytes(made, policy=email.policy.default)


def body(message: email.message.EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_every_article_of_a_digest_can_be_answered_in_both_parts(
    make_article: MakeArticle, make_alert: MakeAlert
) -> None:
    alert = make_alert(make_article(id=1), make_article(id=2, title="Other"), kind=AlertKind.DIGEST)
    message = mail(alert, PAGES)
    for kind in ("plain", "html"):
        words = re.findall(r"https://reports\.example/t/answer/([\w.-]+)", body(message, kind))
        asked = [read(word, KEY, NOW) for word in words]
        assert [(each.reply, each.alert, each.article) for each in asked] == [
            (reply, 7, article) for article in (1, 2) for reply in (Reply.YES, Reply.NO, Reply.STORY, Reply.SOURCE)
        ]
    [leave] = re.findall(r"<https://reports\.example/t/answer/([\w.-]+)>", message["List-Unsubscribe"])
    assert read(leave, KEY, NOW).reply is Reply.LEAVE
    assert message["Auto-Submitted"] == "auto-generated"


def test_without_anybody_to_take_an_answer_there_are_no_links(make_article: MakeArticle, make_alert: MakeAlert) -> None:
    message = mail(make_alert(make_article()), None)
    assert message["List-Unsubscribe"] is None
    assert "more like this" not in body(message, "html")
    assert "answer/" not in mail(make_alert(make_article(), id=0), PAGES).as_string()


def test_a_prepared_mail_carries_the_word_in_its_subject(make_article: MakeArticle, make_alert: MakeAlert) -> None:
    message = mail(make_alert(make_article()), MAILS)
    links = re.findall(r"mailto:[^\s\"]+", body(message, "plain"))
    assert len(links) == 4
    for link, reply in zip(links, (Reply.YES, Reply.NO, Reply.STORY, Reply.SOURCE), strict=True):
        parts = urlsplit(link)
        assert parts.path == "answers@desk.example"
        assert read(found_in(f"Re: {parse_qs(parts.query)['subject'][0]}"), KEY, NOW).reply is reply


@given(st.sampled_from(list(Reply)), NUMBERS, NUMBERS, st.dates(date(2020, 1, 1), date(2200, 1, 1)))
def test_a_word_says_what_was_asked_until_its_day(reply: Reply, alert: int, article: int, until: date) -> None:
    asked = Asked(reply, alert, article, until)
    word = token(asked, KEY)
    evening = datetime(until.year, until.month, until.day, 23, 59, tzinfo=UTC)
    assert read(word, KEY, evening) == asked
    assert re.fullmatch(r"[A-Za-z0-9._-]{1,80}", word)
    with pytest.raises(TokenError, match="could be used until"):
        read(word, KEY, evening + timedelta(minutes=2))
    with pytest.raises(TokenError, match="not made by this Tidings"):
        read(word, b"other", evening)


@given(st.text(max_size=100))
def test_no_other_text_is_a_word(text: str) -> None:
    with pytest.raises(TokenError):
        read(text, KEY, NOW)


@pytest.mark.parametrize(
    ("replies", "offered"),
    [
        (Replies(KEY, DAY, "https://reports.example/t", signed=True), "List-Unsubscribe=One-Click"),
        (Replies(KEY, DAY, "https://reports.example/t"), None),
        (Replies(KEY, DAY, "http://reports.example/t", signed=True), None),
        (Replies(KEY, DAY, mailbox="answers@desk.example", signed=True), None),
    ],
    ids=["signed and https", "not signed", "no https", "by mail"],
)
def test_one_click_is_offered_where_its_conditions_hold(
    replies: Replies, offered: str | None, make_article: MakeArticle, make_alert: MakeAlert
) -> None:
    message = mail(make_alert(make_article()), replies)
    assert message["List-Unsubscribe"]
    assert message["List-Unsubscribe-Post"] == offered

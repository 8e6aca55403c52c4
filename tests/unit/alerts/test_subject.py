from __future__ import annotations

from collections.abc import Callable

from crawler.alerts.subject import LENGTH, subject
from crawler.model import Alert, AlertArticle, AlertKind

MakeArticle = Callable[..., AlertArticle]
MakeAlert = Callable[..., Alert]


def test_news_is_headline_outlet_and_how_many_more(make_alert: MakeAlert, make_article: MakeArticle) -> None:
    alone = make_article(title="Додому повернулися діти", source="Вісник", copies=())
    assert subject(make_alert(alone)) == "Додому повернулися діти – Вісник"
    assert subject(make_alert(make_article())).endswith(" – Kyiv Courier (+2)")
    assert subject(make_alert(alone, make_article())) == "Додому повернулися діти – Вісник (+1)"


def test_outlet_that_ends_the_headline_is_not_said_twice(make_alert: MakeAlert, make_article: MakeArticle) -> None:
    article = make_article(title="Children home | KYIV COURIER", copies=())
    assert subject(make_alert(article)) == "Children home | KYIV COURIER"


def test_digest_counts_and_tells_the_best(make_alert: MakeAlert, make_article: MakeArticle) -> None:
    best = make_article(title="Seven children home", score=0.9)
    alert = make_alert(make_article(score=0.4), best, make_article(score=0.9), kind=AlertKind.DIGEST)
    assert subject(alert) == "Return of deported Ukrainian children: 3 new – Seven children home"


def test_archive_counts(make_alert: MakeAlert, make_article: MakeArticle) -> None:
    def told(total: int, *articles: AlertArticle) -> str:
        return subject(make_alert(*articles, kind=AlertKind.ARCHIVE, total=total, topic="Діти"))

    assert told(12, make_article()) == "Now following “Діти”: 12 articles were already there"
    assert told(0, make_article()) == "Now following “Діти”: 1 article was already there"
    assert told(0) == "Now following “Діти”: nothing was there yet"


def test_long_is_cut_at_a_word_and_keeps_the_outlet(make_alert: MakeAlert, make_article: MakeArticle) -> None:
    article = make_article(title="Повернення дітей тривало довго " * 10, source="Дуже довга назва одного видання тут")
    line = subject(make_alert(article))
    assert len(line) <= LENGTH
    assert line.startswith("Повернення дітей тривало довго")
    assert line.endswith("… – Дуже довга назва одного… (+2)")
    digest = subject(make_alert(article, kind=AlertKind.DIGEST, topic="тема " * 40))
    assert len(digest) <= LENGTH
    assert "…: 1 new – Повернення" in digest


def test_nothing_to_tell_still_says_the_topic(make_alert: MakeAlert) -> None:
    assert subject(make_alert(topic="Діти")) == "Діти: nothing new"

"""One digest for a person over all topics that are due at once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from crawler.alerts.replies import Asked, Reply
from crawler.answering import act, meant_by, words
from crawler.model import AlertKind, Tally
from crawler.storage import Store
from tests.stored import ANNA, BORYS, DAY, HOUR, NOW, news, rows, save, taken, topic

DIGEST = AlertKind.DIGEST
DUE = NOW + HOUR


def told(store: Store, *people: str, topic: str = "T", number: int, due: datetime = DUE) -> None:
    save(store, news(number, matches=[taken(*people, topic=topic, kind=DIGEST, due=due)]))


def closed(store: Store, at: datetime = DUE) -> list[int]:
    store.outbox.close_digests(at)
    return store.outbox.due_alerts(at, 10)


def test_topics_that_are_due_at_once_come_in_one_mail(store: Store) -> None:
    told(store, ANNA, number=1)
    told(store, ANNA, topic="U", number=2)
    told(store, ANNA, topic="S", number=3, due=DUE + DAY)
    assert store.outbox.close_digests(DUE) == 1
    assert store.outbox.due_alerts(DUE, 10) == [1]
    alert = store.outbox.load_alert(1)
    assert [section.topic for section in alert.sections] == ["T", "U"]
    assert [(each.id, each.topics) for each in alert.articles] == [(1, ("T",)), (2, ("U",))]
    assert closed(store, DUE + DAY) == [1, 3]
    assert store.outbox.load_alert(3).sections == ()
    assert store.outbox.load_alert(3).articles[0].topics == ()


def test_an_article_of_two_topics_stands_once_and_names_both(store: Store) -> None:
    matches = [taken(ANNA, topic=topic, kind=DIGEST, due=DUE) for topic in ("T", "U")]
    save(store, news(1, matches=matches), news(2, matches=matches[1:]))
    assert closed(store) == [1]
    found = store.outbox.load_alert(1)
    assert [(each.id, each.topics) for each in found.articles] == [(1, ("T", "U")), (2, ("U",))]


def test_people_never_share_a_mail_and_ways_out_get_each_topic_by_itself(store: Store) -> None:
    for number, name in enumerate(("T", "U"), 1):
        told(store, ANNA, BORYS, "@desk", topic=name, number=number)
    assert [(each.recipient, len(each.articles)) for each in map(store.outbox.load_alert, closed(store))] == [
        (ANNA, 2), (BORYS, 2), ("@desk", 1), ("@desk", 1),
    ]  # fmt: skip


def test_a_moment_has_no_second_digest_of_a_topic_that_was_told_with_another(store: Store) -> None:
    told(store, ANNA, number=1)
    told(store, ANNA, topic="U", number=2)
    assert closed(store) == [1]
    assert all(store.outbox.digest_is_closed(topic, ANNA, DUE) for topic in "TU")
    assert store.outbox.close_digests(DUE) == 0, "a second look closes nothing again"
    assert store.outbox.waiting_count() == 1


def test_what_was_told_with_another_is_no_mail_of_its_own(store: Store) -> None:
    told(store, ANNA, number=1)
    told(store, ANNA, topic="U", number=2)
    closed(store)
    assert store.outbox.counts() == {"waiting": 1, "sent": 0, "failed": 0}
    assert [row.id for row in store.outbox.rows(limit=9)] == [1]
    assert [row.id for row in store.outbox.rows(limit=9, topic="U")] == [1]
    with pytest.raises(KeyError):
        store.outbox.send_again(2, NOW)
    store.outbox.wake(DUE + timedelta(minutes=1), lambda *_: None)
    assert store.outbox.due_alerts(DUE + DAY, 10) == [1]


def test_every_article_stands_in_exactly_one_mail(store: Store) -> None:
    for number in range(1, 25):
        told(store, ANNA, BORYS, topic="TUVW"[number % 4], number=number, due=DUE + (number % 3) * HOUR)
    for hour in range(3):
        closed(store, DUE + hour * HOUR)
    waiting = store.outbox.due_alerts(DUE + DAY, 50)
    assert len(waiting) == 6
    for person in (ANNA, BORYS):
        mails = [alert for alert in map(store.outbox.load_alert, waiting) if alert.recipient == person]
        assert sorted(each.id for alert in mails for each in alert.articles) == list(range(1, 25))
    assert rows(store, "SELECT count(*) FROM alert_articles WHERE alert_id IN (SELECT id FROM alerts"
                       " WHERE state = 'joined')") == [(0,)]  # fmt: skip


def test_who_leaves_by_such_a_mail_leaves_the_topics_it_told_of(store: Store) -> None:
    told(store, ANNA, number=1)
    told(store, ANNA, topic="U", number=2)
    closed(store)
    asked = Asked(Reply.LEAVE, 1, 0, NOW.date())
    meant = meant_by(store, asked)
    assert meant is not None
    assert words(asked, meant).ask == "Get no more mails about “T” and “U”?"
    act(store, asked, meant, NOW)
    assert [store.wishes.has_left(ANNA, topic) for topic in ("T", "U", "V")] == [True, True, False]
    act(store, Asked(Reply.TAKE_BACK_LEAVING, 1, 0, NOW.date()), meant, NOW)
    assert not store.wishes.has_left(ANNA, "U")


def summaries(store: Store, moment: datetime, now: datetime, *people: str) -> int:
    return store.outbox.plan_summaries(people or (ANNA,), moment, now)


@pytest.fixture
def followed(store: Store) -> Store:
    store.topics.sync([topic()], NOW)
    return store


def test_a_summary_of_a_moment_comes_once_whatever_the_clock_does(followed: Store) -> None:
    moment = NOW + HOUR
    assert summaries(followed, moment, moment, ANNA, BORYS, ANNA) == 2
    assert summaries(followed, moment, moment + 5 * HOUR, ANNA, BORYS) == 0
    for alert_id in followed.outbox.due_alerts(moment, 10):
        followed.outbox.begin_attempt(alert_id, b"mail", moment)
        followed.outbox.mark_sent(alert_id, moment)
    assert summaries(followed, moment, moment - HOUR, ANNA, BORYS) == 0, "the clock was set back"
    assert summaries(followed, moment + DAY, moment + DAY + HOUR, ANNA) == 1
    first, second = followed.outbox.load_alert(1), followed.outbox.load_alert(3)
    assert (first.recipient, first.kind, second.recipient) == (ANNA, AlertKind.SUMMARY, ANNA)
    assert first.message_id != second.message_id


def test_a_summary_of_no_news_says_what_was_watched(followed: Store) -> None:
    summaries(followed, NOW + HOUR, NOW + HOUR)
    found = followed.outbox.load_alert(1)
    assert found.tally == Tally(NOW + HOUR - DAY, (), 0)
    assert found.coverage is not None
    assert found.coverage.sources == 3


def test_a_summary_counts_what_was_told_since_the_last_one(followed: Store) -> None:
    summaries(followed, NOW + HOUR, NOW + HOUR)
    save(followed, news(1, matches=[taken(ANNA, BORYS)]), news(2, matches=[taken(ANNA, topic="U")]), news(3), news(4))
    save(followed, news(5, matches=[taken(ANNA)]), at=NOW + 2 * HOUR)
    for alert_id in followed.outbox.due_alerts(NOW + 2 * HOUR, 10):
        followed.outbox.begin_attempt(alert_id, b"mail", NOW + 3 * HOUR)
        followed.outbox.mark_sent(alert_id, NOW + 3 * HOUR)
    summaries(followed, NOW + HOUR + DAY, NOW + HOUR + DAY)
    found = followed.outbox.load_alert(followed.outbox.due_alerts(NOW + 2 * DAY, 10)[-1])
    assert found.tally == Tally(NOW + HOUR, (("T", 2), ("U", 1)), 1)


def test_no_summary_comes_of_the_time_before_anything_was_followed_or_beside_a_digest(followed: Store) -> None:
    assert summaries(followed, NOW - HOUR, NOW) == 0
    told(followed, ANNA, number=1)
    closed(followed)
    assert summaries(followed, DUE, DUE, ANNA, BORYS) == 1, "the digest tells Anna"
    assert summaries(followed, DUE, DUE + HOUR, ANNA, BORYS) == 0
    assert summaries(followed, DUE + DAY, DUE + DAY, ANNA, BORYS) == 2

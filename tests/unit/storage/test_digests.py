"""One digest for a person over all topics that are due at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crawler.alerts.replies import Asked, Reply
from crawler.answering import act, meant_by, words
from crawler.model import AlertKind
from crawler.storage import Store
from tests.stored import ANNA, BORYS, DAY, HOUR, NOW, news, rows, save, taken

DIGEST = AlertKind.DIGEST
DUE = NOW + HOUR


def told(store: Store, *people: str, topic: str = "T", number: int, due: object = DUE) -> None:
    save(store, news(number, matches=[taken(*people, topic=topic, kind=DIGEST, due=due)]))  # type: ignore[arg-type]


def closed(store: Store, at: object = DUE) -> list[int]:
    store.outbox.close_digests(at)  # type: ignore[arg-type]
    return store.outbox.due_alerts(at, 10)  # type: ignore[arg-type]


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
    for number, topic in enumerate(("T", "U"), 1):
        told(store, ANNA, BORYS, "@desk", topic=topic, number=number)
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

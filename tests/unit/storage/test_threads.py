"""Which mails make one conversation: those of one story, for one person and one topic."""

from __future__ import annotations

import email
import email.policy
from zoneinfo import ZoneInfo

from crawler.alerts import compose
from crawler.model import Addition, Alert, AlertKind, Figure, Thread
from crawler.storage import Store
from tests.stored import ANNA, BORYS, HOUR, NOW, news, rows, save, taken


def mailed(store: Store, alert_id: int) -> Alert:
    """Make and send the mail of an alert; the alert as it was when it was made."""
    alert = store.outbox.load_alert(alert_id)
    message = compose(alert, sender="t@example.org", timezone=ZoneInfo("UTC"), now=NOW, version="1")
    store.outbox.begin_attempt(alert_id, message, NOW)
    store.outbox.mark_sent(alert_id, NOW)
    return alert


def follow_up(store: Store, number: int, *people: str, topic: str = "T") -> None:
    """A later article of the first story, told to these people."""
    save(store, news(number, 2, story_id=1, matches=[taken(*people, topic=topic)]), at=NOW + number * HOUR)


def test_a_later_mail_of_a_story_replies_to_the_last_one(store: Store) -> None:
    save(store, news(1, matches=[taken(ANNA)]))
    first = mailed(store, 1)
    assert first.thread is None
    follow_up(store, 2, ANNA)
    second = mailed(store, 2)
    assert second.thread == Thread("Article 1 – Outlet 1", (first.message_id,))
    follow_up(store, 3, ANNA)
    assert mailed(store, 3).thread == Thread("Article 1 – Outlet 1", (first.message_id, second.message_id))


def test_people_topics_and_stories_have_conversations_of_their_own(store: Store) -> None:
    save(store, news(1, matches=[taken(ANNA)]))
    first = mailed(store, 1)
    save(store, news(2, matches=[taken(ANNA)]))  # another story
    follow_up(store, 3, BORYS)
    follow_up(store, 4, ANNA, topic="U")
    assert [mailed(store, number).thread for number in (2, 3, 4)] == [None] * 3
    follow_up(store, 5, ANNA, BORYS)
    anna, borys = mailed(store, 5), mailed(store, 6)
    assert (anna.recipient, borys.recipient) == (ANNA, BORYS)
    assert anna.thread is not None
    assert borys.thread is not None
    assert anna.thread.messages == (first.message_id,)
    assert not set(anna.thread.messages) & set(borys.thread.messages)


def test_a_mail_that_was_never_made_is_not_replied_to(store: Store) -> None:
    save(store, news(1, matches=[taken(ANNA)]))
    store.outbox.mark_failed(1, error="no such mailbox", now=NOW)
    follow_up(store, 2, ANNA)
    assert mailed(store, 2).thread is None
    follow_up(store, 3, ANNA)
    third = mailed(store, 3)
    assert third.thread is not None
    assert third.thread.subject == "Article 2 – Outlet 1"


def test_sending_again_leaves_the_conversation_as_it_was(store: Store) -> None:
    save(store, news(1, matches=[taken(ANNA)]))
    mailed(store, 1)
    follow_up(store, 2, ANNA)
    before = mailed(store, 2)
    follow_up(store, 3, ANNA)
    mailed(store, 3)
    store.outbox.send_again(2, NOW)
    assert store.outbox.load_alert(2).thread == before.thread


def test_a_long_conversation_is_named_by_its_first_and_latest_mails(store: Store) -> None:
    save(store, news(1, matches=[taken(ANNA)]))
    mailed(store, 1)
    for number in range(2, 25):
        follow_up(store, number, ANNA)
        last = mailed(store, number)
    ids = [name for (name,) in rows(store, "SELECT message_id FROM alerts ORDER BY id")]
    message = rows(store, "SELECT message FROM alerts ORDER BY id DESC LIMIT 1")[0][0]
    mail = email.message_from_bytes(message, policy=email.policy.default)
    references = mail["References"].split()
    assert mail["In-Reply-To"] == ids[-2]
    assert references == [ids[0], *ids[-10:-1]]
    assert mail["Subject"] == "Article 1 – Outlet 1"
    assert last.thread is not None


def test_a_mail_says_who_reports_its_story_and_what_was_told_of_it(store: Store) -> None:
    save(store, news(1, matches=[taken(ANNA)]))
    mailed(store, 1)
    save(store, news(2, 2, story_id=1, language="uk"), source_id=2, at=NOW + HOUR)
    save(store, news(3, 1, story_id=1, matches=[taken(ANNA)]), at=NOW + 2 * HOUR)
    article = store.outbox.load_alert(2).articles[0]
    assert [step.title for step in article.so_far] == ["Article 1"]
    assert [(step.title, step.source, step.language) for step in article.elsewhere] == [("Article 2", "Outlet 2", "uk")]
    assert article.reporting is not None
    assert (article.reporting.first, article.reporting.origins) == ("Outlet 1", ("Outlet 1", "Outlet 2"))
    assert article.reporting.outlets == 2


def test_an_agency_and_who_credits_it_are_one_source(store: Store) -> None:
    wire = news(1, matches=[taken(ANNA)])
    wire.outlet = "reuters.com"
    save(store, wire)
    mailed(store, 1)
    save(store, news(2, 2, story_id=1, credit="Reuters", credit_from="dateline"), source_id=2, at=NOW + HOUR)
    save(store, news(3, 2, story_id=1, matches=[taken(ANNA)]), source_id=2, at=NOW + 2 * HOUR)
    reporting = store.outbox.load_alert(2).articles[0].reporting
    assert reporting is not None
    assert reporting.origins == ("Reuters", "Outlet 2")


def test_a_digest_knows_when_it_is_one_because_of_a_flood(store: Store) -> None:
    save(store, *(news(n, matches=[taken(ANNA)]) for n in range(1, 13)))
    save(store, news(13, matches=[taken(ANNA, kind=AlertKind.DIGEST, due=NOW + HOUR)]))
    save(store, news(14, matches=[taken(BORYS, kind=AlertKind.DIGEST, due=NOW + HOUR)]))
    assert [store.outbox.load_alert(number).apart for number in (1, 13, 14)] == [0, 12, 0]


def test_a_usual_day_is_told_once_a_topic_is_a_week_old(store: Store) -> None:
    store._db.execute("INSERT INTO topics VALUES ('T', 'q', 'active', ?, ?, 0)", ["2026-02-20T09:30:00Z"] * 2)
    store._db.conn.commit()
    for number in range(1, 10):
        save(store, news(number, matches=[taken(BORYS)]), at=NOW - number * 24 * HOUR - HOUR)
    save(store, news(20, matches=[taken(ANNA)]), news(21, matches=[taken(BORYS)]))
    (number,) = (row[0] for row in rows(store, "SELECT id FROM alerts WHERE recipient = ?", ANNA))
    rate = store.outbox.load_alert(number).rate
    assert rate is not None
    assert (rate.today, rate.usual) == (2, 1.0)
    store._db.execute("UPDATE topics SET added_at = ?", ["2026-03-01T09:30:00Z"])
    store._db.conn.commit()
    assert store.outbox.load_alert(number).rate is None


def test_a_mail_says_what_its_article_adds_to_the_story(store: Store) -> None:
    added = "Sixteen children were returned this time."
    told: list[dict[str, object]] = [
        {"field": "text", "start": 0, "end": len(added), "text": added, "newness": 0.9, "facts": []}
    ]
    save(store, news(1, text="Eight children were returned.", language="en", matches=[taken(ANNA)]))
    save(store, news(2, text=added, language="en", story_id=1, news=told, matches=[taken(ANNA)]), at=NOW + HOUR)
    save(store, news(3, 2, language="en", story_id=1, news=[], matches=[taken(ANNA)]), at=NOW + HOUR)
    first, second, third = (store.outbox.load_alert(number).articles[0].addition for number in (1, 2, 3))
    assert first == Addition()
    assert second == Addition((added,), (Figure("children returned", "16", "8", NOW.date()),), asked=True)
    assert third == Addition(asked=True)

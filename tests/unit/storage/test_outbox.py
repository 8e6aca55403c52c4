from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest

from crawler.errors import StorageError
from crawler.model import AlertKind, Outcome
from crawler.storage import Store
from tests.stored import ANNA, BORYS, DAY, HOUR, NOW, fetched, news, poll, rows, save, taken

ARCHIVE, DIGEST = AlertKind.ARCHIVE, AlertKind.DIGEST


def asked_all(store: Store) -> None:
    for number in (1, 2, 3):
        store.save_poll(poll(number, at=NOW))


def told(store: Store) -> dict[int, list[int]]:
    """Alert → the articles it tells."""
    found: dict[int, list[int]] = {}
    for alert, article in rows(store, "SELECT alert_id, article_id FROM alert_articles ORDER BY alert_id, article_id"):
        found.setdefault(alert, []).append(article)
    return found


def test_each_person_gets_a_message_of_their_own(store: Store) -> None:
    saved = save(store, news(1, matches=[taken(ANNA, BORYS)]))
    assert saved.planned == 2
    alerts = [store.outbox.load_alert(number) for number in store.outbox.due_alerts(NOW, 10)]
    assert [alert.recipient for alert in alerts] == [ANNA, BORYS]
    assert all([article.id for article in alert.articles] == [1] for alert in alerts)
    assert alerts[0].message_id != alerts[1].message_id


def test_message_id_is_an_address_that_is_kept_for_life(store: Store) -> None:
    save(store, *(news(n, matches=[taken(ANNA, BORYS), taken(ANNA, topic="U")]) for n in range(1, 30)))
    ids = [identifier for (identifier,) in rows(store, "SELECT message_id FROM alerts")]
    assert len(set(ids)) == len(ids) == 87
    before = store.outbox.load_alert(1).message_id
    assert before.startswith("<tidings.1.")
    assert before.endswith("@example.org>")
    store.outbox.begin_attempt(1, b"mail", NOW)
    store.outbox.mark_sent(1, NOW)
    store.outbox.send_again(1, NOW)
    assert store.outbox.load_alert(1).message_id == before


def test_message_ids_of_two_installations_differ(store: Store, tmp_path: object) -> None:
    save(store, news(1, matches=[taken(ANNA)]))
    with Store.writer(store.path.with_name("other.db")) as other:
        other.save_imported([news(1, matches=[taken(ANNA)])], NOW)
        assert other.outbox.load_alert(1).message_id != store.outbox.load_alert(1).message_id


def test_number_of_a_message_is_never_given_again(store: Store) -> None:
    save(store, news(1, matches=[taken(ANNA)]))
    first = store.outbox.load_alert(1).message_id
    store._db.execute("DELETE FROM alert_articles")
    store._db.execute("DELETE FROM alerts")
    save(store, news(2, matches=[taken(ANNA)]))
    assert store.outbox.load_alert(2).message_id != first


def test_an_article_is_told_once_per_topic_and_person(store: Store) -> None:
    save(store, news(1, matches=[taken(ANNA), taken(ANNA, topic="U")]))
    assert told(store) == {1: [1], 2: [1]}
    store._db.execute("DELETE FROM matches")  # as if the topic took it anew
    assert save(store, news(1, known_id=1, matches=[taken(ANNA, BORYS)])).planned == 1
    assert told(store) == {1: [1], 2: [1], 3: [1]}
    assert store.outbox.load_alert(3).recipient == BORYS
    assert store.outbox.told("T", ANNA, [7, 1])
    assert not store.outbox.told("T", ANNA, [7])
    assert not store.outbox.told("U", BORYS, [1])


def test_digest_gathers_until_its_hour_closes_it(store: Store) -> None:
    due = NOW + HOUR
    assert save(store, news(1, matches=[taken(ANNA, kind=DIGEST, due=due)])).planned == 1
    assert save(store, news(2, matches=[taken(ANNA, kind=DIGEST, due=due)])).planned == 0
    assert save(store, news(3, matches=[taken(BORYS, kind=DIGEST, due=due)])).planned == 1
    assert save(store, news(4, matches=[taken(ANNA, kind=DIGEST, due=due + DAY)])).planned == 1
    assert told(store) == {1: [1, 2], 2: [3], 3: [4]}
    assert store.outbox.close_digests(due - timedelta(seconds=1)) == 0
    assert store.outbox.due_alerts(due, 10) == []
    assert store.outbox.waiting_count() == 0
    assert store.outbox.close_digests(due) == 2
    assert store.outbox.due_alerts(due, 10) == [1, 2]
    assert store.outbox.waiting_count() == 2


def test_there_is_one_digest_of_a_topic_a_person_and_a_moment_whatever_the_clock_does(store: Store) -> None:
    due = NOW + HOUR
    save(store, news(1, matches=[taken(ANNA, kind=DIGEST, due=due)]))
    assert not store.outbox.digest_is_closed("T", ANNA, due)
    store.outbox.close_digests(due)
    assert store.outbox.digest_is_closed("T", ANNA, due)
    assert not any(
        store.outbox.digest_is_closed(*other) for other in (("U", ANNA, due), ("T", BORYS, due), ("T", ANNA, due + DAY))
    )
    with pytest.raises(StorageError, match=r"UNIQUE constraint failed: alerts\.message_id"):
        save(store, news(2, matches=[taken(ANNA, kind=DIGEST, due=due)]))
    assert told(store) == {1: [1]}
    assert store.articles.count() == 1


def test_a_digest_is_late_from_its_hour_on_not_from_its_first_article(store: Store) -> None:
    save(store, news(1, matches=[taken(ANNA, kind=DIGEST, due=NOW + DAY)]))
    assert store.outbox.waiting_since() is None
    store.outbox.close_digests(NOW + DAY)
    store.outbox.begin_attempt(1, b"mail", NOW + DAY)
    store.outbox.mark_waiting(1, error="421 later", next_attempt=NOW + DAY + HOUR)
    assert store.outbox.waiting_since() == NOW + DAY


YEARS = 3652 * DAY


def test_what_was_planned_by_a_clock_that_was_ahead_goes_out_by_the_one_that_is_right(store: Store) -> None:
    save(store, news(1, matches=[taken(ANNA, due=NOW + YEARS)]), at=NOW + YEARS)
    save(store, news(2, matches=[taken(ANNA, kind=DIGEST, due=NOW + YEARS + HOUR)]), at=NOW + YEARS)
    save(store, news(3, matches=[taken(BORYS, kind=DIGEST, due=NOW + YEARS + HOUR)]), at=NOW + YEARS)
    save(store, news(4, matches=[taken(ANNA, kind=DIGEST, due=NOW + DAY)]))
    save(store, news(5, matches=[taken(ANNA, topic="gone", kind=DIGEST, due=NOW + YEARS)]), at=NOW + YEARS)
    save(store, news(6, matches=[taken(ANNA, topic="tried")]))
    store.outbox.mark_waiting(6, error="421 later", next_attempt=NOW + YEARS)
    store.outbox.begin_attempt(6, b"mail", NOW + YEARS)
    assert store.set_right(NOW, lambda topic, _: None if topic == "gone" else NOW + DAY)
    assert [row[:3] for row in rows(store, "SELECT id, due_at, kind FROM alerts ORDER BY id")] == [
        (1, "2026-03-02T09:30:00Z", "news"),
        (3, "2026-03-03T09:30:00Z", "digest"),  # Borys': moved to the digest as it is due now
        (4, "2026-03-03T09:30:00Z", "digest"),  # Anna's two are one
        (5, "2026-03-02T09:30:00Z", "digest"),  # of a topic that nobody follows any more
        (6, "2026-03-02T09:30:00Z", "news"),
    ]
    assert told(store) == {1: [1], 3: [3], 4: [2, 4], 5: [5], 6: [6]}
    save(store, news(7, matches=[taken(BORYS, kind=DIGEST, due=NOW + DAY)]))
    assert told(store)[3] == [3, 7]
    assert not store.set_right(NOW, lambda *_: None)


def test_alerts_by_a_right_clock_stay_as_they_are(store: Store) -> None:
    save(store, news(1, matches=[taken(ANNA, kind=DIGEST, due=NOW + 6 * DAY)]))
    save(store, news(2, matches=[taken(ANNA)]))
    store.outbox.begin_attempt(2, b"mail", NOW)
    store.outbox.mark_waiting(2, error="421 later", next_attempt=NOW + 4 * HOUR)
    before = rows(store, "SELECT * FROM alerts")
    store.outbox.wake(NOW, lambda *_: NOW)
    assert rows(store, "SELECT * FROM alerts") == before


def test_archive_alert_is_one_message_that_waits_for_every_source(store: Store) -> None:
    store.save_poll(poll(1, news(1, matches=[taken(ANNA, kind=ARCHIVE)])))
    later = NOW + timedelta(minutes=1)
    assert store.sources.never_asked() == 2
    assert store.outbox.due_alerts(later, 10) == []
    store.save_poll(poll(2, news(2, 2, matches=[taken(ANNA, kind=ARCHIVE, due=later)]), at=later))
    store.save_poll(poll(3, at=later, fetched=fetched(Outcome.FAILED, later, error="gone")))
    assert told(store) == {1: [1, 2]}
    assert store.outbox.due_alerts(later, 10) == [1]


def test_archive_alert_waits_half_an_hour_at_most_and_news_not_at_all(store: Store) -> None:
    save(store, news(1, matches=[taken(ANNA, kind=ARCHIVE)]), news(2, matches=[taken(ANNA)]))
    assert store.outbox.due_alerts(NOW, 10) == [2]
    assert store.outbox.due_alerts(NOW + timedelta(minutes=29, seconds=59), 10) == [2]
    assert store.outbox.due_alerts(NOW + timedelta(minutes=30), 10) == [1, 2]


def test_archive_alert_counts_all_and_shows_the_newest(store: Store) -> None:
    save(store, *(news(n, matches=[taken(ANNA, kind=ARCHIVE)]) for n in range(1, 9)))
    alert = store.outbox.load_alert(1)
    assert alert.total == 8
    assert [article.id for article in alert.articles] == [8, 7, 6, 5, 4]


def test_archive_alert_whose_mail_is_made_takes_no_more(store: Store) -> None:
    save(store, news(1, matches=[taken(ANNA, kind=ARCHIVE)]))
    store.outbox.begin_attempt(1, b"mail", NOW)
    save(store, news(2, matches=[taken(ANNA, kind=ARCHIVE)]))
    assert told(store) == {1: [1], 2: [2]}


def test_attempts_keep_the_first_bytes_until_the_mail_is_sent(store: Store) -> None:
    save(store, news(1, matches=[taken(ANNA)]))
    box = store.outbox
    box.begin_attempt(1, b"first", NOW)
    box.mark_waiting(1, error="421 busy", next_attempt=NOW + HOUR)
    assert (box.due_alerts(NOW, 10), box.due_alerts(NOW + HOUR, 10)) == ([], [1])
    assert (box.last_error(), box.waiting_since(), box.last_sent()) == ("421 busy", NOW, None)
    box.begin_attempt(1, b"second", NOW + HOUR)
    alert = box.load_alert(1)
    assert (alert.attempts, alert.message) == (2, b"first")
    box.mark_sent(1, NOW + HOUR)
    assert box.due_alerts(NOW + DAY, 10) == []
    assert box.counts() == {"waiting": 0, "sent": 1, "failed": 0}
    assert (box.last_sent(), box.last_error(), box.waiting_since()) == (NOW + HOUR, "", None)


def test_mail_that_was_begun_before_a_crash_is_still_due(store: Store) -> None:
    save(store, news(1, matches=[taken(ANNA)]))
    store.outbox.begin_attempt(1, b"mail", NOW + HOUR)
    assert store.outbox.due_alerts(NOW + HOUR, 10) == [1]


def test_failed_alert_is_kept_and_goes_out_again_only_when_asked(store: Store) -> None:
    save(store, news(1, matches=[taken(ANNA)]))
    box = store.outbox
    box.begin_attempt(1, b"mail", NOW)
    box.mark_failed(1, error="550 no such user", now=NOW)
    assert box.due_alerts(NOW + DAY, 10) == []
    assert box.counts() == {"waiting": 0, "sent": 0, "failed": 1}
    box.send_again(1, NOW + HOUR)
    [row] = box.rows(limit=5)
    assert (row.state, row.attempts, row.error, row.articles, row.title) == ("waiting", 0, "", 1, "Article 1")
    assert box.due_alerts(NOW + HOUR, 10) == [1]
    assert box.load_alert(1).message == b"mail"


def test_a_number_that_is_no_alert_is_told(store: Store) -> None:
    with pytest.raises(KeyError):
        store.outbox.send_again(9, NOW)
    with pytest.raises(KeyError):
        store.outbox.load_alert(9)
    assert store.outbox.message(9) is None


def test_oldest_due_goes_first(store: Store) -> None:
    due = [NOW, NOW - HOUR, NOW + HOUR, NOW - DAY]
    save(store, *(news(n, matches=[taken(ANNA, due=when)]) for n, when in enumerate(due, 1)))
    assert store.outbox.due_alerts(NOW, 10) == [4, 2, 1]
    assert store.outbox.due_alerts(NOW, 2) == [4, 2]


def test_lists_newest_first_by_state_and_topic(store: Store) -> None:
    save(
        store,
        news(1, matches=[taken(ANNA)]),
        news(2, matches=[taken(ANNA, topic="U")]),
        news(3, matches=[taken(BORYS)]),
    )
    store.outbox.mark_sent(1, NOW)
    assert [row.id for row in store.outbox.rows(limit=2)] == [3, 2]
    assert [row.id for row in store.outbox.rows(limit=9, topic="T")] == [3, 1]
    assert [row.id for row in store.outbox.rows(limit=9, topic="T", state="sent")] == [1]
    listed = store.outbox.message(1)
    assert listed is not None
    assert (listed[0].recipient, listed[1]) == (ANNA, None)


def test_flood_counts_messages_of_their_own_alone(store: Store) -> None:
    save(store, news(1, matches=[taken(ANNA)]), at=NOW - HOUR)
    save(store, news(2, matches=[taken(ANNA, BORYS)]), news(3, matches=[taken(ANNA, kind=DIGEST)]))
    assert store.outbox.planned_since("T", ANNA, NOW - HOUR) == 2
    assert store.outbox.planned_since("T", ANNA, NOW) == 1
    assert store.outbox.planned_since("U", ANNA, NOW - HOUR) == 0


def test_alert_names_the_other_outlets_whichever_came_first(store: Store) -> None:
    save(store, news(1, matches=[taken(ANNA)]))
    save(store, news(2, 2, copy_of=1, copy_score=0.9), source_id=2)
    [article] = store.outbox.load_alert(1).articles
    assert [(copy.source, copy.url) for copy in article.copies] == [("Outlet 2", "https://outlet2.example/2")]
    save(store, news(3, 3, published=NOW - DAY, copied_by=((1, 0.9),)), source_id=3)
    [article] = store.outbox.load_alert(1).articles
    assert article.id == 1
    assert [(copy.source, copy.published) for copy in article.copies] == [("Outlet 2", None), ("Outlet 3", NOW - DAY)]


def test_alert_does_not_call_an_article_a_copy_that_it_tells_itself(store: Store) -> None:
    origin = news(1, matches=[taken(ANNA, kind=DIGEST)])
    save(store, origin, news(2, 2, copy_of=origin, matches=[taken(ANNA, kind=DIGEST)]))
    assert [article.copies for article in store.outbox.load_alert(1).articles] == [(), ()]


def test_alert_has_the_evidence_of_its_own_topic(store: Store) -> None:
    save(store, news(1, matches=[taken(ANNA), taken(topic="U")]))
    store._db.execute("UPDATE matches SET score = 0.25 WHERE topic = 'U'")
    [article] = store.outbox.load_alert(1).articles
    assert (article.score, article.evidence[0].term, article.source) == (1.0, "article*", "Outlet 1")


def test_preview_stores_nothing(store: Store) -> None:
    save(store, news(1, matches=[taken()]), news(2))
    tables = "alerts", "alert_articles", "sqlite_sequence"
    before = [rows(store, f"SELECT * FROM {table}") for table in tables]
    alert = store.outbox.preview("T", [1, 2], ANNA, DIGEST, NOW)
    assert (alert.id, alert.total, [article.score for article in alert.articles]) == (0, 2, [1.0, 0.0])
    assert alert.message_id == "<tidings.preview@example.org>"
    assert [rows(store, f"SELECT * FROM {table}") for table in tables] == before


def test_a_made_mail_is_listed_by_the_subject_it_was_sent_with(store: Store) -> None:
    save(store, news(1, matches=[taken(ANNA)]), news(2, matches=[taken(ANNA)]))
    store.outbox.begin_attempt(1, b"From: a@b\r\nSubject: =?utf-8?b?0JTRltGC0Lg=?=\r\n\r\nbody", NOW)
    store.outbox.begin_attempt(1, b"Subject: another\r\n\r\n", NOW + HOUR)
    listed = {row.id: (row.subject, row.title) for row in store.outbox.rows(limit=5)}
    assert listed == {1: ("Діти", "Article 1"), 2: ("", "Article 2")}


def test_what_was_taken_but_could_not_be_marked_is_never_sent_again(store: Store) -> None:
    """The disk is full between the mail server's answer and the mark."""
    asked_all(store)
    save(store, news(1, matches=[taken(ANNA, BORYS)]))
    store.outbox.begin_attempt(1, b"mail", NOW)
    store._db.execute("PRAGMA query_only = 1")
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        store.outbox.mark_sent(1, NOW)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        store.outbox.due_alerts(NOW + HOUR, 10)
    store._db.execute("PRAGMA query_only = 0")
    assert store.outbox.due_alerts(NOW + HOUR, 10) == [2]
    assert store.outbox.counts() == {"waiting": 1, "sent": 1, "failed": 0}
    assert rows(store, "SELECT sent_at FROM alerts WHERE id = 1") == [("2026-03-02T09:30:00Z",)]

"""What a clock that was ahead wrote, after it was set right."""

from __future__ import annotations

import re
from datetime import timedelta

from crawler.model import AlertKind
from crawler.storage import Store
from crawler.storage.clock import was_ahead
from tests.stored import ANNA, DAY, NOW, news, poll, rows, save, taken, topic

YEARS = timedelta(days=3652)


def nobody(*_: str) -> None:
    return None


def test_nothing_that_tidings_did_lies_ahead_once_it_is_set_right(store: Store) -> None:
    ahead = NOW + YEARS
    store.topics.sync([topic()], ahead)
    save(store, news(1, published=ahead, matches=[taken(ANNA, kind=AlertKind.DIGEST, due=ahead + DAY)]), at=ahead)
    save(store, news(1, known_id=1, title="Changed"), at=ahead)
    store.outbox.mark_sent(1, ahead)
    assert store.set_right(NOW, nobody)
    tables = [name for (name,) in rows(store, "SELECT name FROM sqlite_master WHERE type = 'table'")]
    left = {
        (table, column)
        for table in tables
        for row in store._db[table].rows
        for column, value in row.items()
        if isinstance(value, str) and re.match(r"2036-\d\d-\d\dT", value)
    }
    # What the outlet says of itself, and when an alert that went out was due, stay as they were.
    assert left == {("articles", "published"), ("articles", "updated"), ("alerts", "due_at")}
    assert [due.id for due in store.sources.due(NOW)] == [1, 2, 3]
    assert not was_ahead(store._db, NOW)


def test_a_clock_that_was_right_changes_nothing(store: Store) -> None:
    save(store, news(1, matches=[taken(ANNA)]))
    before = list(store._db.conn.iterdump())
    assert not store.set_right(NOW, nobody)
    assert not store.set_right(NOW + YEARS, nobody)
    assert list(store._db.conn.iterdump()) == before


def test_a_source_asked_by_a_clock_ahead_is_asked_at_once_and_the_others_by_their_pace(store: Store) -> None:
    store.save_poll(poll(1, at=NOW + YEARS))
    store.save_poll(poll(2, at=NOW - DAY, next_poll=NOW + DAY))
    assert store.set_right(NOW, nobody)
    assert [due.id for due in store.sources.due(NOW)] == [1, 3]

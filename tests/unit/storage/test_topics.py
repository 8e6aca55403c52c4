from __future__ import annotations

from crawler.storage import Store
from tests.stored import DAY, NOW, rows, topic


def test_a_new_topic_is_to_be_tried_against_the_archive_once(store: Store) -> None:
    store.topics.sync([topic("A"), topic("B")], NOW)
    assert store.topics.to_backfill() == ["A", "B"]
    store.save_backfill("A", [], 10, NOW)
    store.topics.sync([topic("A"), topic("B")], NOW + DAY)
    assert store.topics.to_backfill() == ["B"]
    assert rows(store, "SELECT backfilled_to, changed_at FROM topics") == [
        (10, "2026-03-02T09:30:00Z"),
        (None, "2026-03-02T09:30:00Z"),
    ]


def test_a_changed_query_is_tried_anew(store: Store) -> None:
    store.topics.sync([topic("A", "cats"), topic("B")], NOW)
    for name in "AB":
        store.save_backfill(name, [], 10, NOW)
    store.topics.sync([topic("A", "cats OR dogs"), topic("B", alert="hourly")], NOW + DAY)
    assert store.topics.to_backfill() == ["A"]
    assert rows(store, "SELECT query, added_at, changed_at FROM topics WHERE name = 'A'") == [
        ("cats OR dogs", "2026-03-02T09:30:00Z", "2026-03-03T09:30:00Z")
    ]


def test_a_topic_that_was_removed_and_comes_back_catches_up(store: Store) -> None:
    store.topics.sync([topic("A"), topic("B")], NOW)
    for name in "AB":
        store.save_backfill(name, [], 10, NOW)
    store.topics.sync([topic("B")], NOW)
    assert list(store.topics.added_at()) == ["B"]
    assert store.topics.to_backfill() == []
    store.topics.sync([topic("A"), topic("B")], NOW + DAY)
    assert store.topics.to_backfill() == ["A"]
    assert store.topics.added_at() == {"A": "2026-03-02T09:30:00Z", "B": "2026-03-02T09:30:00Z"}


def test_settings_without_topics_follow_none(store: Store) -> None:
    store.topics.sync([topic("A")], NOW)
    store.topics.sync([], NOW)
    assert store.topics.added_at() == {}
    assert store.topics.to_backfill() == []

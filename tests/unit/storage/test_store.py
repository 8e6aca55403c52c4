"""The one transaction of a poll, and retention."""

from __future__ import annotations

import random
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from crawler.errors import StorageError
from crawler.model import Outcome
from crawler.storage import IMPORTED, Sighting, Store
from tests.stored import ANNA, DAY, HOUR, NOW, fetched, news, poll, rows, save, sources, taken, topic

KEEP = 400 * 86_400.0
_TABLES = ("articles", "versions", "appearances", "identities", "shingles", "seen", "matches", "stories", "polls")


def count(store: Store, table: str) -> int:
    return int(rows(store, f"SELECT count(*) FROM {table}")[0][0])


def everything(store: Store) -> list[list[tuple[object, ...]]]:
    return [rows(store, f"SELECT * FROM {table}") for table in (*_TABLES, "sources", "alerts", "alert_articles")]


def test_a_poll_stores_all_that_belongs_together(store: Store) -> None:
    saved = store.save_poll(poll(1, news(1, matches=[taken(ANNA)]), news(2, shingles=(5, 6)), seen=(11, 12)))
    assert (saved.new, saved.updated, saved.copies, saved.matches, saved.planned) == (2, 0, 0, 1, 1)
    assert [count(store, table) for table in _TABLES] == [2, 2, 2, 2, 2, 2, 1, 2, 1]
    assert store.articles.seen(1, [11, 12, 13]) == {11, 12}
    assert store.articles.seen(2, [11, 12]) == set()
    [due] = [each for each in store.sources.due(NOW, everything=True) if each.id == 1]
    assert (due.etag, due.last_modified, due.body_hash) == ('"v1"', "Mon, 02 Mar 2026 09:00:00 GMT", "ab")
    assert (due.interval, due.first_poll) == (3600.0, False)


@pytest.mark.parametrize("table", ["alerts", "alert_articles", "matches", "polls", "seen", "versions", "shingles"])
def test_a_poll_is_stored_whole_or_not_at_all(store: Store, table: str) -> None:
    save(store, news(1, matches=[taken(ANNA)]))
    before = everything(store)
    store._db.execute(f"CREATE TRIGGER broken AFTER INSERT ON {table} BEGIN SELECT raise(ABORT, 'no more'); END")
    intent = poll(1, news(2, shingles=(1,), matches=[taken(ANNA)]), at=NOW + HOUR, seen=(9,))
    with pytest.raises(StorageError, match="could not be written: no more"):
        store.save_poll(intent)
    assert everything(store) == before
    assert store.articles.known([1002]) == {}
    store._db.execute("DROP TRIGGER broken")
    assert store.save_poll(intent).new == 1


def test_failed_poll_keeps_validators_and_counts_failures(store: Store) -> None:
    save(store, news(1))
    for step in (1, 2):
        at = NOW + step * HOUR
        answer = fetched(Outcome.FAILED, at, status=503, error="the server has a problem")
        store.save_poll(poll(1, at=at, fetched=answer, next_poll=at + DAY, interval=99.0))
    status = store.sources.statuses()[0]
    assert (status.failures, status.failing_since, status.last_error) == (2, NOW + HOUR, "the server has a problem")
    assert (status.last_poll, status.last_ok, status.next_poll) == (NOW + 2 * HOUR, NOW, NOW + 2 * HOUR + DAY)
    [due] = store.sources.due(NOW + 3 * DAY, limit=10)[-1:]
    assert (due.id, due.failures, due.etag, due.interval) == (1, 2, '"v1"', 3600.0)
    store.save_poll(poll(1, at=NOW + 2 * DAY, fetched=fetched(Outcome.UNCHANGED, NOW + 2 * DAY, status=304)))
    status = store.sources.statuses()[0]
    assert (status.failures, status.failing_since, status.last_error) == (0, None, "")
    assert rows(store, "SELECT etag, body_hash FROM sources WHERE id = 1") == [('"v1"', "ab")]
    assert rows(store, "SELECT outcome, status FROM polls ORDER BY id") == [
        ("ok", 200), ("failed", 503), ("failed", 503), ("unchanged", 304),
    ]  # fmt: skip


def test_first_document_is_first_even_after_failures(store: Store) -> None:
    store.save_poll(poll(2, fetched=fetched(Outcome.FAILED, error="no")))
    assert [due.first_poll for due in store.sources.due(NOW + DAY) if due.id == 2] == [True]
    save(store, source_id=2, at=NOW + HOUR)
    assert [due.first_poll for due in store.sources.due(NOW + DAY) if due.id == 2] == [False]


def test_the_entries_of_a_poll_are_accounted_for(store: Store) -> None:
    save(store, news(1))
    changed = news(1, title="Changed", known_id=1)
    store.save_poll(poll(1, news(2), changed, at=NOW + HOUR, entries=5, sightings=(Sighting(1, "https://x.example/"),)))
    assert rows(store, "SELECT entries, new, updated, known FROM polls WHERE id = 2") == [(5, 1, 1, 3)]


def test_retention_deletes_what_nothing_took_and_knows_it_for_ever(store: Store) -> None:
    save(store, news(1), news(2, matches=[taken(ANNA)]), at=NOW - 500 * DAY)
    save(store, news(3), at=NOW)
    assert store.prune(NOW, KEEP) == 1
    assert sorted(store.articles.get([1, 2, 3])) == [2, 3]
    assert store.articles.known([1001, 1002, 1003]) == {1001: 1, 1002: 2, 1003: 3}
    assert count(store, "versions") == 2
    assert store.prune(NOW, KEEP) == 0
    assert save(store, news(4)).new == 1
    assert 1 not in store.articles.get([1, 4])
    assert 4 in store.articles.get([1, 4])  # a number is never used again


def test_sighting_of_a_deleted_article_is_no_trouble(store: Store) -> None:
    save(store, news(1), at=NOW - 500 * DAY)
    store.prune(NOW, KEEP)
    store.save_poll(poll(2, sightings=(Sighting(1, "https://again.example/", (("guid", 77),)),)))
    assert store.articles.known([77]) == {77: 1}
    assert count(store, "appearances") == 0


def test_retention_spares_the_origin_of_a_copy_that_is_kept(store: Store) -> None:
    save(store, news(1), at=NOW - 500 * DAY)
    save(store, news(2, 2, copy_of=1, copy_score=0.9), at=NOW - DAY, source_id=2)
    assert store.prune(NOW, KEEP) == 0
    assert store.articles.get([2])[2].copy_of == 1


def test_a_story_counts_the_articles_that_are_left(store: Store) -> None:
    save(store, news(1, matches=[taken(ANNA)]), at=NOW - 500 * DAY)
    save(store, news(2, 2, copy_of=1, story_id=1), at=NOW - 499 * DAY, source_id=2)
    save(store, news(3), at=NOW - 499 * DAY)
    assert rows(store, "SELECT id, articles FROM stories") == [(1, 2), (2, 1)]
    assert store.prune(NOW, KEEP) == 2
    assert rows(store, "SELECT id, articles FROM stories") == [(1, 1)]


def test_fingerprints_are_dropped_after_a_month(store: Store) -> None:
    save(store, news(1, shingles=(1, 2)), at=NOW - 31 * DAY)
    save(store, news(2, shingles=(1, 2)), at=NOW - 29 * DAY)
    assert store.articles.sharing([1, 2]) == [1, 2]
    assert store.prune(NOW, KEEP) == 0
    assert store.articles.sharing([1, 2]) == [2]


def _pruned_in(path: Path, number: int) -> float:
    """Seconds to delete this many articles, a third of them copies, with as many kept."""
    dice = random.Random(1)
    with Store.writer(path) as store:
        store.sources.sync(sources(1), NOW)
        for when in (NOW - 500 * DAY, NOW):
            first = store.articles.newest_id()
            made = [
                news(first + n, shingles=tuple(dice.getrandbits(62) for _ in range(8)),
                     copy_of=first + 1 if n % 3 == 0 else None)
                for n in range(1, number + 1)
            ]  # fmt: skip
            save(store, *made, at=when)
        before = time.process_time()
        deleted = store.prune(NOW, KEEP)
        assert deleted == number - 1  # the origin goes with the next pass
        return time.process_time() - before


def test_retention_takes_time_in_proportion(tmp_path: Path) -> None:
    small, large = _pruned_in(tmp_path / "s.db", 500), _pruned_in(tmp_path / "l.db", 4000)
    assert large < 4 * 8 * max(small, 0.005)


def test_known_is_asked_in_batches(store: Store) -> None:
    save(store, *(news(n) for n in range(1, 1202)))
    assert len(store.articles.known(range(1001, 2300))) == 1201


def test_import_names_its_own_sources_and_is_no_poll(store: Store) -> None:
    old = datetime(2025, 5, 1, tzinfo=NOW.tzinfo)
    article = news(1, first_seen=old, source_id=2, matches=[taken(fate="import")])
    saved = store.save_imported([article], NOW, sightings=[], seen=[5])
    assert (saved.new, saved.matches, saved.planned) == (1, 1, 0)
    stored = store.articles.get([1])[1]
    assert (stored.first_seen, stored.source) == (old, "Outlet 2")
    assert store.articles.seen(IMPORTED, [5]) == {5}
    store.save_imported([], NOW, sightings=[(Sighting(1, "https://third.example/1"), 3), (Sighting(1, "x"), None)])
    assert [name for name, _, _ in store.articles.carried_by(1)] == ["Outlet 2", "Outlet 3"]
    assert count(store, "polls") == 0


def test_backfill_tells_once_and_notes_how_far_it_came(store: Store) -> None:
    store.topics.sync([topic()], NOW)
    save(store, news(1), news(2))
    saved = store.save_backfill("T", [(1, taken(ANNA)), (2, taken(ANNA))], 2, NOW)
    assert (saved.matches, saved.planned) == (2, 2)
    assert store.topics.to_backfill() == []
    assert store.save_backfill("T", [(1, taken(ANNA))], 2, NOW).matches == 0


def test_a_copy_is_stored_though_its_origin_was_left_out(store: Store) -> None:
    # A stage that fails on the origin leaves it out after the copy was judged.
    save(store, news(2, copy_of=news(1), copy_score=0.9))
    assert rows(store, "SELECT title, copy_of FROM articles") == [("Article 2", None)]


def plan(store: Store, sql: str) -> str:
    return " / ".join(str(row[3]) for row in rows(store, f"EXPLAIN QUERY PLAN {sql}"))


def test_what_is_asked_often_is_found_by_an_index(store: Store) -> None:
    asked: list[str] = []
    store._db.conn.set_trace_callback(asked.append)
    store.sources.statuses()
    store.sources.due(NOW)
    store.articles.find("https://outlet1.example/1")
    store.outbox.planned_since("T", ANNA, NOW)
    store.outbox.due_alerts(NOW, 10)
    store.outbox.message(1)
    store._db.conn.set_trace_callback(None)
    assert len(asked) >= 6
    # Sources are few; of appearances only the addresses are walked, when nothing else has the one that was asked for.
    walked = {step for sql in asked for step in plan(store, sql).split(" / ") if step.startswith("SCAN")}
    # Five polls of a source and its open troubles are walked where they were found by an index.
    assert walked <= {"SCAN s", "SCAN appearances", "SCAN (subquery-2)", "SCAN c USING INDEX conditions_open"}


def test_a_file_that_was_deleted_or_replaced_is_noticed(store: Store) -> None:
    store.check_place()
    moved = store.path.with_name("elsewhere.db")
    store.path.rename(moved)
    with pytest.raises(StorageError, match="was deleted or replaced"):
        store.check_place()
    store.path.write_bytes(moved.read_bytes())
    with pytest.raises(StorageError, match="was deleted or replaced"):
        store.check_place()


def test_retention_goes_in_steps_and_is_due_once_a_day(store: Store) -> None:
    save(store, *(news(n, shingles=(n, n + 1)) for n in range(1, 351)), at=NOW - 500 * DAY)
    assert store.prune_is_due(NOW)
    steps = []
    for deleted in store.pruning(NOW, KEEP):
        assert not store._db.conn.in_transaction  # polls may be stored between two steps
        steps.append(deleted)
    assert [step for step in steps if step] == [50] * 7
    assert count(store, "stories") == count(store, "shingles") == 0
    assert not store.prune_is_due(NOW + DAY - timedelta(seconds=1))
    assert store.prune_is_due(NOW + DAY)
    assert store.prune_is_due(NOW - timedelta(seconds=1))  # the clock was wrong


def test_retention_that_was_cut_off_is_begun_again(store: Store) -> None:
    save(store, *(news(n) for n in range(1, 251)), at=NOW - 500 * DAY)
    begun = store.pruning(NOW, KEEP)
    assert next(begun) == 50
    del begun
    assert store.prune_is_due(NOW)
    assert store.prune(NOW, KEEP) == 200


def test_all_fingerprints_are_walked_through(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.storage.retention._SHINGLES_A_STEP", 3)
    lowest, highest = -(1 << 63), (1 << 63) - 1
    save(store, news(1, shingles=(lowest, -5, 0, 7, highest)), news(2, shingles=(-5, 0, 8)), at=NOW - 31 * DAY)
    save(store, news(3, shingles=(lowest, 0, 7, 9, highest)), at=NOW - DAY)
    store.prune(NOW, KEEP)
    assert rows(store, "SELECT * FROM shingles") == [(number, 3) for number in (lowest, 0, 7, 9, highest)]

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from crawler.model import Condition, Episode, Outcome, Source
from crawler.polling import NEVER, Move
from crawler.storage import Store
from tests.stored import DAY, HOUR, NOW, fetched, news, poll, rows, save, sources


def test_a_new_source_is_due_at_once_and_has_read_nothing(store: Store) -> None:
    due = store.sources.due(NOW)
    assert (due[0].id, due[0].source.url) == (1, "https://outlet1.example/rss")
    assert [each.first_poll for each in due] == [True, True, True]
    assert {each.interval for each in due} == {0.0}
    assert store.sources.never_asked() == 3


def test_settings_change_a_source_and_keep_its_history(store: Store) -> None:
    save(store, news(1))
    changed = replace(sources(1)[0], name="Renamed", language="uk", every=60.0, pages="never")
    store.sources.sync([changed, *sources(3)[1:]], NOW + DAY)
    [due] = [each for each in store.sources.due(NOW, everything=True) if each.id == 1]
    assert due.source == changed
    assert (due.etag, due.interval, due.first_poll) == ('"v1"', 3600.0, False)


def test_a_source_that_was_removed_and_comes_back_is_the_same(store: Store) -> None:
    save(store, news(1))
    store.sources.sync(sources(3)[1:], NOW)
    assert [status.id for status in store.sources.statuses()] == [2, 3]
    assert [due.id for due in store.sources.due(NOW + DAY, everything=True)] == [2, 3]
    assert store.articles.get([1])[1].source == "Outlet 1"
    store.sources.sync(sources(3), NOW + DAY)
    status = store.sources.statuses()[0]
    assert (status.id, status.last_ok, status.articles) == (1, NOW, 1)
    assert rows(store, "SELECT etag, added_at FROM sources WHERE id = 1") == [('"v1"', "2026-03-02T09:30:00Z")]
    assert rows(store, "SELECT count(*) FROM polls") == [(1,)]


def test_a_paused_source_is_shown_and_not_asked(store: Store) -> None:
    first, *others = sources(3)
    store.sources.sync([replace(first, paused=True), *others], NOW)
    assert store.sources.statuses()[0].state == "paused"
    assert [due.id for due in store.sources.due(NOW + DAY, everything=True)] == [2, 3]
    assert store.sources.never_asked() == 2
    store.sources.sync([first, *others], NOW)
    assert [due.id for due in store.sources.due(NOW + DAY)] == [1, 2, 3]


def test_longest_due_comes_first_and_what_is_not_due_waits(store: Store) -> None:
    store.save_poll(poll(1, next_poll=NOW + 2 * HOUR))
    store.save_poll(poll(2, next_poll=NOW + HOUR))
    assert [due.id for due in store.sources.due(NOW + HOUR)] == [3, 2]
    assert [due.id for due in store.sources.due(NOW + 2 * HOUR, limit=2)] == [3, 2]
    assert [due.id for due in store.sources.due(NOW, everything=True)] == [3, 2, 1]


def test_due_sources_are_found_by_an_index(store: Store) -> None:
    query = "EXPLAIN QUERY PLAN SELECT * FROM sources WHERE state = 'active' AND next_poll <= '2026' ORDER BY next_poll"
    assert [row for row in rows(store, query) if "sources_due" in str(row[-1])]


def test_never_asked_counts_neither_failures_nor_what_left_the_settings(store: Store) -> None:
    store.save_poll(poll(1, fetched=fetched(Outcome.FAILED, error="gone")))
    assert store.sources.never_asked() == 2
    store.sources.sync(sources(2), NOW)
    assert store.sources.never_asked() == 1


def test_a_permanent_redirect_is_remembered_until_it_ends(store: Store) -> None:
    store.save_poll(poll(1, fetched=fetched(moved_to="https://new.example/rss")))
    assert store.sources.statuses()[0].moved_to == "https://new.example/rss"
    store.save_poll(poll(1))
    assert store.sources.statuses()[0].moved_to == ""


def test_failing_needs_three_in_a_row(store: Store) -> None:
    for expected in ((), (), ("Outlet 2",)):
        store.save_poll(poll(2, fetched=fetched(Outcome.FAILED, error="gone")))
        assert store.sources.failing() == expected
    store.sources.sync([sources(1)[0]], NOW)
    assert store.sources.failing() == ()


def test_an_import_finds_its_source_or_adds_one_that_nobody_asks(store: Store) -> None:
    named = store.sources.named
    assert named("", "https://outlet2.example/rss", NOW) == 2
    assert named("Outlet 3", "", NOW) == 3
    added = named("Old paper", "", NOW)
    assert added == 4
    assert named("Old paper", "", NOW) == added
    assert [due.id for due in store.sources.due(NOW, everything=True)] == [1, 2, 3]
    store.sources.sync([Source("https://outlet1.example/rss")], NOW)
    assert [status.id for status in store.sources.statuses()] == [1]


def test_polls_are_forgotten_after_a_quarter_of_a_year(store: Store) -> None:
    for age in (200, 91, 89, 0):
        save(store, at=NOW - age * DAY)
    store.prune(NOW, keep=400 * 86_400.0)
    assert rows(store, "SELECT count(*) FROM polls WHERE started_at < ?", "2025-12-02") == [(0,)]
    assert rows(store, "SELECT count(*) FROM polls") == [(2,)]


def test_a_source_asked_by_a_clock_that_was_wrong_is_due(store: Store) -> None:
    ahead = NOW + 3000 * DAY
    store.save_poll(poll(1, at=ahead))
    store.save_poll(poll(2, next_poll=NOW + HOUR))
    assert [due.id for due in store.sources.due(NOW)] == [3]
    store.sources.sync(sources(3), NOW)
    assert [due.id for due in store.sources.due(NOW)] == [1, 3]


# -- moves, rests, the end ----------------------------------------------------------------------------------------


def test_a_move_that_is_followed_is_where_the_source_is_asked(store: Store) -> None:
    proving = Move("https://new.example/rss", NOW, 2)
    store.save_poll(poll(1, move=proving))
    assert store.sources.last_move(1) == proving
    assert store.sources.due(NOW + DAY)[0].address == ""
    store.save_poll(poll(1, move=replace(proving, polls=3, followed_at=NOW + DAY)))
    [due] = [each for each in store.sources.due(NOW + DAY) if each.id == 1]
    assert (due.address, due.source.url) == ("https://new.example/rss", "https://outlet1.example/rss")
    status = store.sources.statuses()[0]
    assert (status.moved_to, status.followed_at) == ("https://new.example/rss", NOW + DAY)
    store.save_poll(poll(1, fetched=fetched(Outcome.FAILED, error="gone")))
    assert store.sources.last_move(1) is None


def test_a_rest_holds_for_every_source_of_the_host_and_no_other(store: Store) -> None:
    one, other = "https://one.example", "https://other.example"
    store.sources.sync([Source(f"{one}/{name}") for name in "abc"] + [Source(f"{other}/rss")], NOW)
    named = {status.url: status.id for status in store.sources.statuses()}
    refused = fetched(Outcome.FAILED, status=429, error="asked too often", retry_after=7200.0)
    store.save_poll(poll(named[f"{one}/a"], fetched=refused, next_poll=NOW + 2 * HOUR, rest=7200.0))
    assert [due.source.url for due in store.sources.due(NOW + 2 * HOUR - timedelta(seconds=1))] == [f"{other}/rss"]
    held = [status.next_poll for status in store.sources.statuses() if status.url.startswith(one)]
    assert len(set(held)) == 3 or max(held) - min(held) >= timedelta(seconds=20), "they do not return together"
    assert max(held) <= NOW + 2 * HOUR + timedelta(minutes=1)


def test_a_source_that_is_gone_is_asked_again_when_a_person_resumes_it(store: Store) -> None:
    gone = Episode(Condition.GONE, NOW, certain_at=NOW)
    store.save_poll(poll(1, fetched=fetched(Outcome.FAILED, status=410), next_poll=NEVER, episodes=(gone,)))
    status = store.sources.statuses()[0]
    assert (status.ended, status.condition) == (True, Condition.GONE)
    store.sources.sync(sources(3), NOW + DAY)
    assert [due.id for due in store.sources.due(NOW + 9 * DAY)] == [2, 3], "settings read again change nothing"
    assert [due.id for due in store.sources.due(NOW + 9 * DAY, everything=True)] == [2, 3, 1], "but --all asks it"
    store.sources.sync([replace(sources(1)[0], paused=True), *sources(3)[1:]], NOW + 2 * DAY)
    store.sources.sync(sources(3), NOW + 3 * DAY)
    assert 1 in [due.id for due in store.sources.due(NOW + 3 * DAY)]
    assert store.sources.statuses()[0].condition is Condition.WELL
    assert not store.conditions.coverage("anna@example.org", NOW + 3 * DAY).notes


def test_a_source_that_replaces_its_whole_document_is_known(store: Store) -> None:
    save(store, news(1), news(2))
    assert not store.sources.replaces_all(1), "the first document replaced nothing"
    save(store, news(3), news(4), at=NOW + HOUR)
    assert store.sources.replaces_all(1)
    store.save_poll(poll(1, at=NOW + 2 * HOUR))
    assert store.sources.replaces_all(1), "what brings nothing says nothing"
    store.save_poll(poll(1, news(5), at=NOW + 3 * HOUR, entries=2))
    assert not store.sources.replaces_all(1)


def test_a_silent_source_that_only_says_unchanged_is_doubted_every_sixth_time(store: Store) -> None:
    silent = Episode(Condition.SILENT, NOW)
    for number in range(5):
        assert not store.sources.due(NOW + DAY)[0].doubted
        unchanged = fetched(Outcome.UNCHANGED, at=NOW + number * HOUR, status=304)
        store.save_poll(poll(1, at=NOW + number * HOUR, fetched=unchanged, episodes=() if number else (silent,)))
    [due] = [each for each in store.sources.due(NOW + DAY) if each.id == 1]
    assert due.doubted
    asked = fetched(Outcome.UNCHANGED, at=NOW + 6 * HOUR, status=200)
    store.save_poll(poll(1, at=NOW + 6 * HOUR, fetched=asked))
    assert not any(each.doubted for each in store.sources.due(NOW + DAY))

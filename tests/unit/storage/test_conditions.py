from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from crawler.model import AlertKind, Condition, Coverage, Episode, Outcome, Trouble
from crawler.storage import Store
from tests.stored import ANNA, BORYS, DAY, HOUR, NOW, fetched, news, poll, rows, save, taken

BLOCKED = Episode(Condition.BLOCKED, NOW, polls=3, certain_at=NOW + 6 * HOUR)


def note(store: Store, source_id: int, *episodes: Episode, at: datetime = NOW) -> None:
    """A failed poll of a source that leaves it so."""
    failed = fetched(Outcome.FAILED, at=at, status=403, error="HTTP 403 Forbidden")
    store.save_poll(poll(source_id, at=at, fetched=failed, episodes=episodes))


def opened(store: Store, source_id: int = 1) -> Episode:
    due = next(due for due in store.sources.due(NOW, everything=True) if due.id == source_id)
    [episode] = store.conditions.standing(due, fetched(), fresh=1, now=NOW).open
    return episode


def told(coverage: Coverage) -> list[tuple[str, Condition]]:
    return [(each.source, each.condition) for each in coverage.notes]


def mailed(store: Store, *, alert_id: int, at: datetime) -> Coverage | None:
    """What an alert told when its mail was made."""
    alert = store.outbox.load_alert(alert_id)
    store.outbox.begin_attempt(alert_id, b"mail", at)
    return alert.coverage


def test_an_episode_is_kept_as_it_stands(store: Store) -> None:
    note(store, 1, Episode(Condition.FAILING, NOW))
    first = opened(store)
    assert first == Episode(Condition.FAILING, NOW, id=first.id)
    later = replace(first, condition=Condition.BLOCKED, polls=4, certain_at=NOW + DAY, reminders=1, good=1)
    note(store, 1, later)
    assert opened(store) == later
    assert rows(store, "SELECT count(*) FROM conditions") == [(1,)]


def test_an_accident_leaves_nothing_and_a_trouble_its_history(store: Store) -> None:
    note(store, 1, Episode(Condition.FAILING, NOW))
    store.save_poll(poll(1, episodes=(replace(opened(store), ended_at=NOW + HOUR),)))
    assert rows(store, "SELECT count(*) FROM conditions") == [(0,)]
    note(store, 1, BLOCKED)
    store.save_poll(poll(1, episodes=(replace(opened(store), ended_at=NOW + DAY),)))
    assert rows(store, "SELECT condition, ended_at FROM conditions") == [("blocked", "2026-03-03T09:30:00Z")]
    store.prune(NOW + 500 * DAY, 400 * 86_400.0)
    assert rows(store, "SELECT count(*) FROM conditions") == [(0,)]


def test_a_person_is_told_once_of_a_trouble_and_once_of_its_end(store: Store) -> None:
    for number in range(1, 6):
        save(store, news(number, matches=[taken(ANNA)]), source_id=2)
    note(store, 1, BLOCKED)
    first = mailed(store, alert_id=1, at=NOW + DAY)
    assert first is not None
    assert told(first) == [("Outlet 1", Condition.BLOCKED)]
    assert (first.sources, first.well) == (3, 2)
    assert first.troubled == ((Condition.BLOCKED, ("Outlet 1",), NOW),)
    assert mailed(store, alert_id=2, at=NOW + DAY) is None
    store.save_poll(poll(1, episodes=(replace(opened(store), ended_at=NOW + 2 * DAY),)))
    again = mailed(store, alert_id=3, at=NOW + 2 * DAY)
    assert again is not None
    assert [(each.source, each.ended_at) for each in again.notes] == [("Outlet 1", NOW + 2 * DAY)]
    assert again.well == 3
    assert mailed(store, alert_id=4, at=NOW + 3 * DAY) is None


def test_each_person_is_told(store: Store) -> None:
    save(store, news(1, matches=[taken(ANNA, BORYS)]), source_id=2)
    note(store, 1, BLOCKED)
    assert mailed(store, alert_id=1, at=NOW) is not None
    assert mailed(store, alert_id=2, at=NOW) is not None


def test_what_was_never_told_is_over_without_a_word(store: Store) -> None:
    note(store, 1, replace(BLOCKED, ended_at=NOW + DAY))
    assert store.conditions.coverage(ANNA, NOW + DAY).notes == ()


def test_a_reminder_is_told_once(store: Store) -> None:
    for number in range(1, 4):
        save(store, news(number, matches=[taken(ANNA)]), source_id=2)
    note(store, 1, BLOCKED)
    mailed(store, alert_id=1, at=NOW)
    note(store, 1, replace(opened(store), reminders=1))
    assert mailed(store, alert_id=2, at=NOW + 7 * DAY) is not None
    assert mailed(store, alert_id=3, at=NOW + 8 * DAY) is None


def test_what_rolled_over_is_told_though_it_is_over(store: Store) -> None:
    for number in (1, 2):
        save(store, news(number, matches=[taken(ANNA)]), source_id=2)
    for missed, hours in ((14, 0), (3, 1)):
        at = NOW + hours * HOUR
        rolled = Episode(Condition.ROLLED_OVER, at, certain_at=at, ended_at=at, missed=missed)
        store.save_poll(poll(1, at=at, episodes=(rolled,)))
    assert store.sources.statuses(NOW + DAY)[0].missed == 17
    assert store.sources.statuses(NOW + 2 * DAY)[0].missed == 0
    first = mailed(store, alert_id=1, at=NOW + DAY)
    assert first is not None
    assert [each.missed for each in first.notes] == [14, 3]
    assert (first.well, [names for _, names, _ in first.troubled]) == (2, [("Outlet 1",)])
    assert mailed(store, alert_id=2, at=NOW + DAY) is None


def test_a_mail_that_never_went_out_has_told_nothing(store: Store) -> None:
    for number in (1, 2):
        save(store, news(number, matches=[taken(ANNA)]), source_id=2)
    note(store, 1, BLOCKED)
    assert mailed(store, alert_id=1, at=NOW) is not None
    store.outbox.mark_failed(1, error="550", now=NOW)
    assert mailed(store, alert_id=2, at=NOW) is not None


def test_an_end_and_a_reminder_that_never_went_out_are_told_again(store: Store) -> None:
    for number in range(1, 6):
        save(store, news(number, matches=[taken(ANNA)]), source_id=2)
    note(store, 1, BLOCKED)
    assert mailed(store, alert_id=1, at=NOW) is not None
    note(store, 1, replace(opened(store), reminders=1))
    for number in (2, 3):
        reminded = mailed(store, alert_id=number, at=NOW)
        assert reminded is not None, number
        if number == 2:
            store.outbox.mark_failed(number, error="550", now=NOW)
    store.save_poll(poll(1, episodes=(replace(opened(store), ended_at=NOW + DAY),)))
    for number in (4, 5):
        over = mailed(store, alert_id=number, at=NOW + DAY)
        assert over is not None, number
        assert [each.ended_at for each in over.notes] == [NOW + DAY]
        store.outbox.mark_failed(number, error="550", now=NOW)


def test_paused_and_removed_sources_are_nobodys_trouble(store: Store) -> None:
    note(store, 1, BLOCKED)
    store.sources.sync([due.source for due in store.sources.due(NOW, everything=True) if due.id != 1], NOW)
    found = store.conditions.coverage(ANNA, NOW)
    assert (found.sources, found.troubled, found.notes) == (2, (), ())


def test_a_source_with_two_troubles_is_counted_once(store: Store) -> None:
    note(store, 1, Episode(Condition.SILENT, NOW, certain_at=NOW), BLOCKED)
    found = store.conditions.coverage(ANNA, NOW)
    assert [condition for condition, _, _ in found.troubled] == [Condition.BLOCKED]
    assert found.well == 2


def test_without_a_mail_that_tells_it_one_is_written_after_three_days(store: Store) -> None:
    note(store, 1, BLOCKED)
    certain = NOW + 6 * HOUR
    assert store.outbox.plan_coverage([ANNA, ANNA], certain + 3 * DAY - HOUR) == 0
    assert store.outbox.plan_coverage([ANNA, ANNA], certain + 3 * DAY) == 1
    assert store.outbox.plan_coverage([ANNA], certain + 3 * DAY) == 0
    alert = store.outbox.load_alert(1)
    assert (alert.kind, alert.articles, alert.topic) == (AlertKind.COVERAGE, (), "Coverage")
    assert store.outbox.due_alerts(certain + 3 * DAY, 10) == [1]
    mailed(store, alert_id=1, at=certain + 3 * DAY)
    store.outbox.mark_sent(1, certain + 3 * DAY)
    note(store, 2, BLOCKED)
    assert store.outbox.plan_coverage([ANNA], certain + 4 * DAY) == 0, "once a week at most"
    assert store.outbox.plan_coverage([ANNA], certain + 11 * DAY) == 1


def test_a_mail_that_waits_will_tell_it(store: Store) -> None:
    note(store, 1, BLOCKED)
    save(store, news(1, matches=[taken(ANNA, kind=AlertKind.DIGEST, due=NOW + 5 * DAY)]), source_id=2)
    assert store.outbox.plan_coverage([ANNA], NOW + 4 * DAY + HOUR) == 0
    assert store.outbox.plan_coverage([BORYS], NOW + 4 * DAY + HOUR) == 1


# -- what is known before a poll ----------------------------------------------------------------------------------


def test_others_tell_whether_there_was_a_network(store: Store) -> None:
    def others(now: datetime) -> tuple[int, bool, bool]:
        due = next(due for due in store.sources.due(now, everything=True) if due.id == 1)
        lost = fetched(Outcome.FAILED, trouble=Trouble.NO_ANSWER)
        found = store.conditions.standing(due, lost, fresh=0, now=now).others
        return found.active, found.answered, found.read

    store.save_poll(poll(1))
    store.save_poll(poll(2, at=NOW - HOUR))
    assert others(NOW + HOUR) == (2, False, False), "what was before its own last poll says nothing about now"
    store.save_poll(poll(2, at=NOW + HOUR, fetched=fetched(Outcome.FAILED, at=NOW + HOUR, status=500)))
    assert others(NOW + HOUR) == (2, True, False)
    store.save_poll(poll(3, at=NOW + HOUR, fetched=fetched(at=NOW + HOUR)))
    assert others(NOW + HOUR) == (2, True, True)


def arrivals(store: Store, now: datetime) -> list[datetime]:
    due = store.sources.due(now, everything=True)[0]
    return list(store.conditions.standing(due, fetched(Outcome.UNCHANGED), fresh=0, now=now).arrivals)


def test_arrivals_are_read_of_the_first_document_by_its_dates(store: Store) -> None:
    store.sources.sync([due.source for due in store.sources.due(NOW) if due.id == 1], NOW)
    old = [news(number, published=NOW - number * DAY) for number in (3, 4, 5)]
    store.save_poll(poll(1, *old, news(9), news(8, published=NOW + 90 * DAY)))
    assert arrivals(store, NOW + HOUR) == [NOW, *(NOW - number * DAY for number in (3, 4, 5))]
    store.save_poll(poll(1, news(2, published=NOW - 2 * DAY), at=NOW + DAY))
    assert arrivals(store, NOW + 2 * DAY) == [], "too lately to be silent"
    assert arrivals(store, NOW + 4 * DAY)[0] == NOW + DAY, "later ones when they were seen"


@pytest.mark.parametrize("span", [timedelta(0), HOUR])
def test_a_410_is_remembered_until_the_source_is_read(store: Store, span: timedelta) -> None:
    gone = fetched(Outcome.FAILED, status=410, trouble=Trouble.ENDED)

    def since() -> datetime | None:
        due = next(due for due in store.sources.due(NOW, everything=True) if due.id == 1)
        return store.conditions.standing(due, gone, fresh=0, now=NOW + DAY).ended_since

    assert since() is None
    store.save_poll(poll(1, at=NOW + span, fetched=replace(gone, started=NOW + span)))
    assert since() == NOW + span
    store.save_poll(poll(1, at=NOW + 2 * HOUR))
    assert since() is None

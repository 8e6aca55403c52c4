from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from crawler.config import Config
from crawler.model import Outcome
from crawler.storage import Store
from scheduler.health import Health, look, report
from tests.stored import ANNA, DAY, HOUR, NOW, fetched, news, poll, save, settings, sources, taken


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return settings(tmp_path, count=3)


@pytest.fixture
def store(config: Config) -> Iterator[Store]:
    with Store.writer(config.storage.path) as opened:
        opened.sources.sync(config.sources, NOW)
        yield opened


def asked(store: Store, *numbers: int, at: datetime = NOW) -> None:
    for number in numbers:
        store.save_poll(poll(number, at=at))


def failed(store: Store, number: int, times: int) -> None:
    for _ in range(times):
        answer = fetched(Outcome.FAILED, error="HTTP 404 Not Found")
        store.save_poll(poll(number, fetched=answer, next_poll=NOW + DAY))


def test_all_is_well(store: Store, config: Config) -> None:
    asked(store, 1, 2, 3)
    health = look(store, config, NOW)
    assert health.well
    assert health.sources == {"active": 3, "paused": 0, "due": 0, "failing": 0}
    assert (health.last_good_poll, health.last_delivery, health.articles) == (NOW, None, 0)
    assert report(health).splitlines()[0] == "well"


def test_no_source_is_no_service(store: Store, config: Config) -> None:
    store.sources.sync([], NOW)
    assert look(store, config, NOW).problems == ("no source is followed; `tidings sources add URL` adds one",)
    store.sources.sync([replace(sources(1)[0], paused=True)], NOW)
    health = look(store, config, NOW)
    assert not health.well
    assert health.sources["paused"] == 1


def test_a_service_that_never_ran_is_told_from_sources_that_never_answered(store: Store, config: Config) -> None:
    assert look(store, config, NOW).problems == ("no source was ever asked; is the service running?",)
    failed(store, 1, 1)
    assert look(store, config, NOW).problems == (
        "no source could be read yet; `tidings sources list` says what each answered",
    )


def test_a_dead_service_is_noticed_once_polls_are_overdue(store: Store, config: Config) -> None:
    asked(store, 1, 2, 3)  # due again in an hour
    assert look(store, config, NOW + HOUR + timedelta(minutes=29)).well
    [problem] = look(store, config, NOW + HOUR + timedelta(minutes=31)).problems
    assert problem == "nothing was read since 2026-03-02 09:30 UTC; is the service running?"


def test_a_source_fails_from_the_third_time_on(store: Store, config: Config) -> None:
    asked(store, 1, 2, 3)
    failed(store, 2, 2)
    assert look(store, config, NOW).failing == ()
    failed(store, 2, 1)
    health = look(store, config, NOW)
    assert health.well  # one of three is nothing unusual
    assert health.failing == ({"name": "Outlet 2", "since": NOW, "error": "HTTP 404 Not Found"},)
    assert "  - Outlet 2: HTTP 404 Not Found" in report(health).splitlines()
    failed(store, 3, 3)
    assert look(store, config, NOW).problems == ("2 of 3 sources fail",)


def test_mail_that_waits_for_an_hour_is_told_with_the_reason(store: Store, config: Config) -> None:
    asked(store, 1, 2, 3)
    save(store, news(1, matches=[taken(ANNA)]))
    asked(store, 1, 2, 3, at=NOW + HOUR)
    store.outbox.begin_attempt(1, b"mail", NOW)
    store.outbox.mark_waiting(1, error="421 come back later", next_attempt=NOW + 4 * HOUR)
    assert look(store, config, NOW + HOUR).well
    [problem] = look(store, config, NOW + HOUR + timedelta(seconds=1)).problems
    assert problem == "mail waits since 2026-03-02 09:30 UTC: 421 come back later"
    store.outbox.mark_sent(1, NOW + 2 * HOUR)
    health = look(store, config, NOW + 2 * HOUR)
    assert health.well
    assert health.last_delivery == NOW + 2 * HOUR


def test_mail_that_failed_is_told_until_somebody_acts(store: Store, config: Config) -> None:
    asked(store, 1, 2, 3)
    save(store, news(1, matches=[taken(ANNA)]))
    store.outbox.mark_failed(1, error="550 no such user", now=NOW)
    assert look(store, config, NOW).problems == (
        "1 alert could not be delivered at all; `tidings alerts list --state failed`",
    )
    store.outbox.send_again(1, NOW)
    assert look(store, config, NOW).well


def test_the_json_document_has_all_that_the_text_has() -> None:
    health = Health(("x is wrong",), {"active": 1, "paused": 0, "due": 0, "failing": 0}, (), (), 5,
                    {"waiting": 1, "sent": 2, "failed": 0}, NOW, None)  # fmt: skip
    document = json.loads(json.dumps(health.as_json(), default=str))
    assert document["well"] is False
    assert document["problems"] == ["x is wrong"]
    lines = report(health).splitlines()
    assert lines[:2] == ["not well", "  ! x is wrong"]
    assert lines[-3:] == ["articles       5", "alerts         2 sent, 1 waiting, 0 failed", "last delivery  never"]

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from mailbox import Maildir
from pathlib import Path

import pytest

from crawler import run
from crawler.config.schema import StorageConfig
from crawler.delivery import Delivered
from crawler.model import AlertKind
from crawler.runtime import Runtime, Summary
from crawler.storage import Saved, Store
from crawler.storage.backups import backup_folder
from scheduler import jobs
from scheduler.once import Pass
from tests.stored import ANNA, DAY, HOUR, NOW, news, poll, save, settings, taken, topic


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[Runtime]:
    config = settings(tmp_path, topic(query="article"))
    with Store.writer(config.storage.path) as store:
        store.sources.sync(config.sources, NOW)
        store.topics.sync(config.topics, NOW)
        yield Runtime(config, store, clock=lambda: NOW)


async def _put(runtime: Runtime) -> list[int]:
    await jobs.JOBS["poll"].work(runtime)
    runtime.queue.finish()
    return [due.id async for due in runtime.queue]


def test_backfill_begins_again_when_the_query_changes_meanwhile(runtime: Runtime, tmp_path: Path) -> None:
    save(runtime.store, *(news(number) for number in range(1, 42)), news(50, title="Else", text="Nothing."))

    async def main() -> list[int]:
        going = asyncio.ensure_future(jobs.backfill(runtime))
        await asyncio.sleep(0)
        runtime.follow(settings(tmp_path, topic(query="nothing")))
        run.sync(runtime)
        return [await going, await jobs.backfill(runtime)]

    assert asyncio.run(main()) == [0, 1]


def test_poll_hands_over_what_is_due(runtime: Runtime) -> None:
    runtime.store.save_poll(poll(1, next_poll=NOW + HOUR))
    assert asyncio.run(_put(runtime)) == [2]


def test_deliver_files_what_is_due_as_mail(runtime: Runtime, tmp_path: Path) -> None:
    save(runtime.store, news(1, matches=[taken(ANNA)]), news(2, matches=[taken(ANNA, due=NOW + HOUR)]))
    assert asyncio.run(jobs.send_alerts(runtime)) == Delivered(delivered=1, failed=0, waiting=1)
    [mail] = Maildir(tmp_path / "mail", create=False)
    alert = runtime.store.outbox.load_alert(1)
    assert mail["Message-ID"] == alert.message_id
    assert mail["To"] == ANNA
    assert runtime.store.outbox.counts() == {"waiting": 1, "sent": 1, "failed": 0}
    assert asyncio.run(jobs.send_alerts(runtime)) == Delivered(delivered=0, failed=0, waiting=1)


def test_digest_closes_what_is_due(runtime: Runtime) -> None:
    save(runtime.store, news(1, matches=[taken(ANNA, kind=AlertKind.DIGEST)]))
    assert asyncio.run(jobs.digest(runtime)) == 1
    assert asyncio.run(jobs.digest(runtime)) == 0


def test_backfill_tries_a_new_topic_once(runtime: Runtime) -> None:
    save(runtime.store, news(1), news(2), news(3, title="Else", text="Nothing."))
    assert asyncio.run(jobs.backfill(runtime)) == 2
    assert asyncio.run(jobs.backfill(runtime)) == 0
    assert runtime.store.outbox.load_alert(1).kind is AlertKind.ARCHIVE


def test_housekeeping_deletes_what_the_settings_do_not_keep(runtime: Runtime) -> None:
    save(runtime.store, news(1), at=NOW - 401 * DAY)
    save(runtime.store, news(2), at=NOW - 399 * DAY)
    assert asyncio.run(jobs.housekeeping(runtime)) == 1
    assert not jobs.JOBS["housekeeping"].at_start  # a start must not wait for it
    assert runtime.store.sources.due(NOW)  # and it did not disturb the rest
    save(runtime.store, news(3), at=NOW - 401 * DAY)
    assert asyncio.run(jobs.housekeeping(runtime)) == 0  # once a day is enough


def test_housekeeping_makes_a_backup_a_week(runtime: Runtime) -> None:
    folder = backup_folder(runtime.store.path)
    for later, copies in ((0, 1), (6, 1), (7, 2), (14, 3), (21, 4), (28, 4)):
        runtime.clock = lambda later=later: NOW + later * DAY  # type: ignore[misc]
        asyncio.run(jobs.housekeeping(runtime))
        assert len(list(folder.iterdir())) == copies


def test_backups_can_be_turned_off(runtime: Runtime) -> None:
    runtime.follow(replace(runtime.config, storage=StorageConfig(path=runtime.store.path, backups=0)))
    asyncio.run(jobs.housekeeping(runtime))
    assert not backup_folder(runtime.store.path).exists()


def test_a_backup_that_fails_is_told_once_a_day(runtime: Runtime, caplog: pytest.LogCaptureFixture) -> None:
    backup_folder(runtime.store.path).write_bytes(b"in the way")
    for hour, told in ((0, 1), (1, 1), (23, 1), (24, 2)):
        runtime.clock = lambda hour=hour: NOW + hour * HOUR  # type: ignore[misc]
        asyncio.run(jobs.housekeeping(runtime))
        assert caplog.text.count("no weekly backup") == told


def test_a_log_that_a_reader_lets_grow_is_told(
    runtime: Runtime, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.run._LOG_TOO_LONG", 1 << 20)
    asyncio.run(jobs.housekeeping(runtime))
    assert "write-ahead log" not in caplog.text
    with Store.reader(runtime.store.path) as reader:
        found = reader._db.execute("SELECT * FROM sources")
        found.fetchone()
        save(runtime.store, *(news(number, text="x" * 50_000) for number in range(100, 130)))
        asyncio.run(jobs.housekeeping(runtime))
        assert "its write-ahead log has grown to" in caplog.text
        found.close()


def test_each_job_comes_back() -> None:
    assert list(jobs.JOBS) == [
        "poll",
        "hubs",
        "price",
        "digest",
        "coverage",
        "deliver",
        "answers",
        "backfill",
        "feeds",
        "housekeeping",
    ]
    assert all(job.seconds > 0 for job in jobs.JOBS.values())


def test_a_pass_is_told_as_promised() -> None:
    summary = Summary(polled=3, unchanged=1, failed=1, saved=Saved(4, 2, 1, 2, 2), errors=[("Outlet 2", "gone")])
    assert Pass(summary, Delivered(delivered=1, failed=0, waiting=1)).as_json() == {
        "sources": {"polled": 3, "unchanged": 1, "failed": 1},
        "articles": {"new": 4, "updated": 2, "copies": 1},
        "matches": 2,
        "alerts": {"planned": 2, "delivered": 1, "failed": 0, "waiting": 1},
        "errors": [{"source": "Outlet 2", "error": "gone"}],
    }

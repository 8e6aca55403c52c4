from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import feedparser
import pytest

from crawler.alerts.feed import feed_name
from crawler.config import FeedsConfig
from crawler.runtime import Runtime
from crawler.storage import Store
from scheduler import jobs
from tests.stored import ANNA, HOUR, NOW, news, save, settings, taken, topic

MINUTE = timedelta(minutes=1)


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[Runtime]:
    config = replace(settings(tmp_path, topic(query="article")), feeds=FeedsConfig(folder=tmp_path / "feeds"))
    with Store.writer(config.storage.path) as store:
        store.sources.sync(config.sources, NOW)
        store.topics.sync(config.topics, NOW)
        yield Runtime(config, store, clock=Clock())


def write(runtime: Runtime, after: timedelta) -> int:
    assert isinstance(runtime.clock, Clock)
    runtime.clock.now = NOW + after
    return asyncio.run(jobs.write_feeds(runtime))


def titles(folder: Path) -> list[str]:
    [file] = (folder / "feeds").iterdir()
    assert file.name == f"{feed_name('T')}.atom"
    return [entry.title for entry in feedparser.parse(file.read_bytes()).entries]


def test_a_feed_is_written_when_there_is_something_new(runtime: Runtime, tmp_path: Path) -> None:
    assert write(runtime, MINUTE) == 1
    assert titles(tmp_path) == []
    assert write(runtime, 2 * MINUTE) == 0
    save(runtime.store, news(1, matches=[taken(ANNA)]), at=NOW + 2 * MINUTE)
    assert write(runtime, 3 * MINUTE) == 1
    assert titles(tmp_path) == ["Article 1"]
    assert write(runtime, 2 * HOUR) == 0


def test_a_copy_is_told_with_its_origin_and_not_by_itself(runtime: Runtime, tmp_path: Path) -> None:
    origin = news(1, matches=[taken(ANNA)])
    copy = news(2, 2, copy_of=origin, copy_score=1.0, matches=[taken(fate="copy")])
    save(runtime.store, origin, copy)
    assert write(runtime, MINUTE) == 1
    assert titles(tmp_path) == ["Article 1"]
    assert "Also: Outlet 1" in next((tmp_path / "feeds").iterdir()).read_text(encoding="utf-8")


def test_a_folder_that_cannot_be_written_is_told_once(
    runtime: Runtime, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "feeds").write_text("a file")
    assert (write(runtime, MINUTE), write(runtime, 2 * MINUTE)) == (0, 0)
    assert len(caplog.records) == 1
    assert "cannot be written into" in caplog.text

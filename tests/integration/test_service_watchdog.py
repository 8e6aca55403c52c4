"""The real service and systemd's end of the line: fed while work is finished, starved when the loop hangs."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scheduler.watchdog import beat_file
from tests.feeds import RSS, Item, rss
from tests.program import Folder, tidings, wait_until
from tests.running import NotifySocket, Running
from tests.site import Answer, Host, Site

QUICK = {"every": "1s", "fastest": "1s", "slowest": "2s"}
WATCHED = 3.0
"""Seconds that systemd would wait."""


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[NotifySocket]:
    listening = NotifySocket(tmp_path)
    yield listening
    listening.close()


@pytest.fixture
def start(folder: Folder, systemd: NotifySocket) -> Iterator[Callable[[], Running]]:
    started: list[Running] = []
    environ = {"NOTIFY_SOCKET": str(systemd.path), "WATCHDOG_USEC": str(int(WATCHED * 1e6))}

    def begin() -> Running:
        started.append(Running(folder, environ))
        return started[-1]

    yield begin
    for running in started:
        running.process.send_signal(signal.SIGCONT)
        running.process.kill()
        running.process.wait(10)


def publish(host: Host, *items: Item) -> str:
    return host.serve("/rss", rss(items), headers=RSS)


def fed(systemd: NotifySocket) -> int:
    return systemd.heard().count("WATCHDOG=1")


def test_finished_work_feeds_the_watchdog_and_a_service_that_hangs_starves_it(
    folder: Folder, site: Site, systemd: NotifySocket, start: Callable[[], Running]
) -> None:
    folder.settings([publish(site.host())], crawl=QUICK)
    service = start()
    wait_until(lambda: fed(systemd) >= 3, "the watchdog to be fed", within=40)
    assert "READY=1" in systemd.heard()
    assert any(message.startswith("STATUS=1 sources, 0 failing") for message in systemd.heard())
    status = tidings("--settings", str(folder.path), "status", "--json")
    assert (status.code, status.json["service"]["runs"], status.json["service"]["pid"]) == (
        0,
        True,
        service.process.pid,
    )
    service.tell(signal.SIGSTOP)  # what a loop that hangs looks like from outside
    before = fed(systemd)
    time.sleep(2 * WATCHED)
    assert fed(systemd) == before
    long_ago = time.time() - 1000
    os.utime(beat_file(folder.folder / "tidings.db"), (long_ago, long_ago))
    status = tidings("--settings", str(folder.path), "status")
    assert status.code == 1
    assert f"the service (process {service.process.pid}) has finished nothing since" in status.out
    service.tell(signal.SIGCONT)
    wait_until(lambda: fed(systemd) > before, "work to go on")
    service.tell(signal.SIGTERM)
    assert service.ends(within=10) == 0
    assert "STOPPING=1" in systemd.heard()
    assert not beat_file(folder.folder / "tidings.db").exists()


def test_a_reload_neither_asks_a_slow_source_twice_nor_stops_the_others(
    folder: Folder, site: Site, systemd: NotifySocket, start: Callable[[], Running]
) -> None:
    slow, quick, never = site.host(), site.host(), threading.Event()
    slow.answers["/rss"] = Answer(rss([]).encode(), headers=RSS, until=never)
    sources = [slow.url("/rss"), publish(quick)]
    folder.settings(sources, crawl=QUICK | {"timeout": "60s"})
    service = start()
    wait_until(lambda: slow.asked("/rss") and quick.asked("/rss"), "both to be asked")
    for number, crawl in enumerate(({}, {"contact": "ann@desk.example"}, {"contact": "bo@desk.example"}), 1):
        folder.settings(sources, crawl=QUICK | {"timeout": "60s"} | crawl)
        service.tell(signal.SIGHUP)
        wait_until(lambda number=number: service.log.count("settings read again") == number, "the reload")  # type: ignore[misc]
        asked = len(quick.asked("/rss"))
        wait_until(lambda asked=asked: len(quick.asked("/rss")) >= asked + 2, "more polls of the other", within=30)  # type: ignore[misc]
    assert "bo@desk.example" in quick.asked("/rss")[-1].headers["user-agent"]
    assert len(slow.asked("/rss")) == 1
    never.set()
    wait_until(lambda: len(slow.asked("/rss")) >= 2, "the slow one to be asked again")
    service.tell(signal.SIGTERM)
    assert service.ends(within=10) == 0
    assert "Traceback" not in service.log


def test_health_and_metrics_are_answered_where_the_settings_say(
    folder: Folder, site: Site, start: Callable[[], Running]
) -> None:
    host = site.host()
    folder.settings([publish(host)], crawl=QUICK)
    text = folder.path.read_text("utf-8")
    folder.path.write_text(f'{text}\n[service]\nlisten = "{host.address}:{host.port + 1}"\n', "utf-8")
    service = start()
    service.ready()
    wait_until(lambda: folder.count("polls") >= 1, "the first poll")
    base = f"http://{host.address}:{host.port + 1}"
    with urllib.request.urlopen(f"{base}/health", timeout=5) as answer:
        assert json.load(answer)["service"]["pid"] == service.process.pid
    with urllib.request.urlopen(f"{base}/metrics", timeout=5) as answer:
        assert b'tidings_polls_total{outcome="ok"} 1.0' in answer.read()
    folder.path.write_text(text, "utf-8")
    service.tell(signal.SIGHUP)
    service.says("settings read again")
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(f"{base}/health", timeout=5)
    service.tell(signal.SIGTERM)
    assert service.ends(within=10) == 0

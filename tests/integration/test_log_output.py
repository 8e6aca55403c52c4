"""What the program writes to standard error, from real feeds that try to get into it: text and JSON."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import tomlkit

from tests.feeds import RSS, Item, rss, story
from tests.program import ROOT, Folder, command, tidings, wait_until
from tests.site import Site

FORGED = "2026-11-23T00:00:00.000Z CRITICAL scheduler.service: forged"
TITLE = f"Ferry\n{FORGED}\x1b[2J\u202e"
SECRETS = ("hunter2", "hunter3", "hunter4", "korrekt-pferd")


def log_as(folder: Folder, how: str, level: str = "debug") -> None:
    """Add ``[log]`` to the settings."""
    document = tomlkit.parse(folder.path.read_text("utf-8"))
    document["log"] = {"format": how, "level": level}
    folder.path.write_text(tomlkit.dumps(document), "utf-8")


@pytest.fixture
def hostile(tmp_path: Path, site: Site) -> Folder:
    """Sources that do all they can to be told of in the log, and secrets in the settings."""
    folder, host = Folder(tmp_path), site.host()
    evil = Item(host.url("/page?token=hunter4"), TITLE, story("ferry"))
    host.serve("/feed?key=hunter2", rss([evil]).replace("\x1b", "&#x1B;"), headers=RSS)
    host.serve("/page?token=hunter4", f"<title>{TITLE}</title>")
    host.serve("/broken", f"<rss>\n{FORGED}\x1b[2J</nothing>".encode(), headers=RSS)
    host.redirect("/away", f"http://ann:hunter3@{host.address}:{host.port}/gone?x=%0A{FORGED[:4]}", 302)
    host.redirect("/odd", "http://127.0.0.1:1/\x9b31m\x85\xff", 302)
    paths = ("/feed?key=hunter2", "/broken", "/away", "/odd", "/status")
    host.serve("/status", f"\x1b[2J{FORGED}", status=503, headers={"Retry-After": "\x1b[2J"})
    sources = [{"url": host.url(path), "name": f"S\u202e{number}"} for number, path in enumerate(paths)]
    mail = {"smtp": "smtp://ann@127.0.0.1:1", "password": "korrekt-pferd"}
    folder.settings(sources, [{"name": "Ships", "query": "ferry"}], mail=mail)
    return folder


def in_json(err: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in err.split("\n") if line]


def test_json_lines_always_parse_and_carry_the_source(hostile: Folder) -> None:
    log_as(hostile, "json")
    for _ in range(2):
        done = tidings("--settings", str(hostile.path), "once", "--all")
        entries = in_json(done.err)
        assert entries
        assert all({"time", "level", "logger", "event"} <= entry.keys() for entry in entries)
        assert not any("forged" in entry["event"] and entry["level"] == "critical" for entry in entries)
        polled = [entry for entry in entries if entry["logger"] in {"crawler.pipelines.store", "crawler.quiet"}]
        assert len(polled) == 5
        assert {entry["source"]["name"] for entry in polled} == {f"S\u202e{number}" for number in range(5)}
        assert not any(char in done.err for char in ("\x1b", "\u202e", "\udc0a"))
        assert not any(secret in done.err for secret in SECRETS)


def test_text_lines_are_never_forged(hostile: Folder) -> None:
    log_as(hostile, "text")
    done = tidings("--settings", str(hostile.path), "once", "--all")
    lines = done.err.splitlines()
    said = [line for line in lines if not line.startswith("warning: ")]
    assert len(said) >= 5
    assert all(line[:4].isdigit() or line.startswith("  | ") for line in said)
    assert not any(line.startswith(FORGED) for line in lines)
    assert all(line.isprintable() for line in lines)
    assert not any(secret in done.err for secret in SECRETS)


def test_what_goes_wrong_is_told_in_json_too(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.settings(["https://paper.example/rss"])
    log_as(folder, "json")
    (tmp_path / "tidings.db").write_bytes(b"no database\n" * 100)
    done = tidings("--settings", str(folder.path), "once")
    assert done.code == 1
    assert any("tidings.db" in entry["event"] for entry in in_json(done.err))


@pytest.fixture
def start() -> Iterator[Callable[[Folder], subprocess.Popen[bytes]]]:
    started: list[subprocess.Popen[bytes]] = []

    def begin(folder: Folder) -> subprocess.Popen[bytes]:
        with (folder.folder / "log").open("wb") as log:
            call = command("--settings", str(folder.path), "run")
            started.append(subprocess.Popen(call, cwd=ROOT, stdout=log, stderr=log))
        return started[-1]

    yield begin
    for process in started:
        process.kill()
        process.wait(10)


def test_the_service_takes_a_new_format_while_it_runs(
    tmp_path: Path, site: Site, start: Callable[[Folder], subprocess.Popen[bytes]]
) -> None:
    folder, host = Folder(tmp_path), site.host()
    folder.settings([host.serve("/rss", rss([]), headers=RSS)])
    service = start(folder)

    def log() -> str:
        return (tmp_path / "log").read_text("utf-8")

    wait_until(lambda: "following" in log(), "the service")
    assert not log().startswith("{")
    log_as(folder, "json", "info")
    service.send_signal(signal.SIGHUP)
    wait_until(lambda: '"event": "settings read again' in log(), "JSON")
    folder.path.write_text(folder.path.read_text("utf-8").replace('timezone = "UTC"', 'timezone = "Nowhere"\nx = 1'))
    service.send_signal(signal.SIGHUP)
    wait_until(lambda: "the old ones hold" in log(), "the complaint")
    service.send_signal(signal.SIGTERM)
    assert service.wait(15) == 0
    at = log().index('{"time"')
    entries = in_json(log()[at:])
    (complaint,) = [entry["event"] for entry in entries if "the old ones hold" in entry["event"]]
    assert "Nowhere" in complaint
    assert "mail.x" in complaint
    assert entries[-1]["event"] == "stopped"

"""The line at the foot of the terminal: what it says, that it fits, and that the log stays whole above it."""

from __future__ import annotations

import fcntl
import io
import logging
import os
import pty
import select
import struct
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO

import pytest

from crawler.config import Config, LogConfig, load
from crawler.topics import read_query
from scheduler import logs, progress
from scheduler.progress import Bar, Tally
from scheduler.show import width


class Terminal:
    """A pseudo-terminal of so many columns, and what was written to it."""

    def __init__(self, columns: int) -> None:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.stream: IO[str] = os.fdopen(theirs, "w", encoding="utf-8")

    def written(self) -> str:
        """What came since the last look; the kernel hands it over a moment after it was written."""
        self.stream.flush()
        found = b""
        while select.select([self._ours], [], [], 0.2)[0]:
            found += os.read(self._ours, 65536)
        return found.decode()

    def close(self) -> None:
        self.stream.close()
        os.close(self._ours)


@contextmanager
def _terminal(columns: int) -> Iterator[Terminal]:
    terminal = Terminal(columns)
    try:
        yield terminal
    finally:
        terminal.close()


@pytest.fixture
def config(tmp_path: Path) -> Config:
    (tmp_path / "settings.toml").write_text("")
    return load(tmp_path / "settings.toml", {}, read_query)


@pytest.mark.parametrize(
    ("tally", "says"),
    [
        (Tally(0, 200), "0 articles"),
        (Tally(1, 200, 1, 1, 1), "1 article, 1 match, 1 trouble"),
        (Tally(9, 200, 1234, 0, 7), "1234 articles, 7 troubles"),
    ],
)
def test_what_came_in_is_told_and_nothing_that_did_not(tally: Tally, says: str) -> None:
    assert tally.says() == says


@pytest.mark.parametrize("columns", [30, 50, 80, 200])
def test_every_drawing_fits_on_one_line(columns: int) -> None:
    with _terminal(columns) as terminal:
        bar = Bar(terminal.stream)
        for done in range(0, 300, 50):
            bar.draw(Tally(done, 300, 12 * done, done // 10, done // 20))
        drawn = terminal.written()
        bar.close()
    assert "250/300 sources" in drawn
    assert "\n" not in drawn
    assert "\x1b" not in drawn, "no colours, so NO_COLOR has nothing to forbid"
    assert max(width(line) for line in drawn.split("\r")) <= columns


def test_wide_enough_it_shows_all_counts() -> None:
    with _terminal(100) as terminal:
        bar = Bar(terminal.stream)
        bar.draw(Tally(50, 100, 600, 5, 2))
        assert "600 articles, 5 matches, 2 troubles" in terminal.written()
        bar.close()


def test_it_is_gone_when_it_is_closed() -> None:
    with _terminal(60) as terminal:
        bar = Bar(terminal.stream)
        bar.draw(Tally(1, 2))
        bar.close()
        left = terminal.written().rpartition("\r")[0].rpartition("\r")[2]
    assert left.strip() == ""


def test_a_line_of_the_log_stands_alone_above_it() -> None:
    with _terminal(60) as terminal:
        handler = logs.Once(terminal.stream)
        handler.setFormatter(logs.TextFormatter(clock=False))
        bar = Bar(terminal.stream)
        bar.draw(Tally(1, 2))
        terminal.written()
        handler.handle(logging.makeLogRecord({"msg": "read", "name": "crawler", "levelname": "INFO", "levelno": 20}))
        before, _, after = terminal.written().partition("INFO crawler: read\r\n")
        bar.close()
    assert before.endswith("\r"), "the bar was wiped first"
    assert before.strip() == ""
    assert "1/2 sources" in after, "and is drawn again below"


def test_without_a_bar_a_line_is_written_as_ever() -> None:
    stream = io.StringIO()
    handler = logs.Once(stream)
    handler.setFormatter(logs.TextFormatter(clock=False))
    handler.handle(logging.makeLogRecord({"msg": "read", "name": "crawler", "levelname": "INFO", "levelno": 20}))
    assert stream.getvalue() == "INFO crawler: read\n"


def test_only_a_terminal_beside_a_log_for_people_has_one(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    assert not progress.is_wanted(config, io.StringIO())
    with _terminal(80) as terminal:
        assert progress.is_wanted(config, terminal.stream)
        assert not progress.is_wanted(replace(config, log=LogConfig(format="json")), terminal.stream)
        monkeypatch.setenv("TERM", "dumb")
        assert not progress.is_wanted(config, terminal.stream)

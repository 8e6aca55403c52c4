"""What a query takes is shown in the order of the dates that are shown."""

from __future__ import annotations

import io
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from crawler.model import Match
from crawler.storage import Store, StoredArticle
from scheduler.cli.taking import Taken, latest, watched
from tests.stored import HOUR, NOW, news, save, sources


def test_the_latest_date_that_is_shown_comes_first(tmp_path: Path) -> None:
    with Store.writer(tmp_path / "tidings.db") as store:
        store.sources.sync(sources(1), NOW)
        save(store, news(1, published=NOW - 2 * HOUR), news(2, published=NOW - HOUR), news(3, published=None))
        stored = store.articles.get([1, 2, 3])
    taken = [Taken(stored[number], Match("t", 1.0)) for number in (1, 2, 3)]
    assert [each.article.id for each in latest(taken)] == [3, 2, 1]


def stored_article(number: int) -> StoredArticle:
    """An article of which only the number matters."""
    empty: dict[str, Any] = dict.fromkeys((field.name for field in fields(StoredArticle)), "")
    return StoredArticle(**(empty | {"id": number}))


class Terminal(io.StringIO):
    """Standard error that is one."""

    def isatty(self) -> bool:
        return True


def test_a_long_look_through_the_archive_says_on_a_terminal_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(100))
    monkeypatch.setattr("scheduler.cli.taking.time.monotonic", lambda: float(next(clock)))
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    articles = [stored_article(number) for number in range(4)]
    assert list(watched(articles, 4)) == articles
    assert terminal.getvalue() == "\r2 of 4 articles\r3 of 4 articles\r4 of 4 articles\r\x1b[K"


def test_into_a_file_nothing_is_said(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    clock = iter(range(100))
    monkeypatch.setattr("scheduler.cli.taking.time.monotonic", lambda: float(next(clock)))
    assert len(list(watched(map(stored_article, range(4)), 4))) == 4
    assert capfd.readouterr() == ("", "")

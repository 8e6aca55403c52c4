"""A database that is damaged after it was opened is told, without a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.storage import Store
from scheduler.cli import invoke
from tests.stored import NOW, news, save, sources


def test_a_damaged_page_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    database = tmp_path / "tidings.db"
    with Store.writer(database) as store:
        store.sources.sync(sources(1), NOW)
        save(store, *(news(number, text=f"word{number} " * 2000) for number in range(1, 40)))
    whole = bytearray(database.read_bytes())
    # Everything behind the schema's own pages.
    whole[len(whole) // 3 :] = b"\xff" * (len(whole) - len(whole) // 3)
    database.write_bytes(whole)
    settings = tmp_path / "settings.toml"
    settings.write_text('[mail]\nto = ["you@example.org"]\n', encoding="utf-8")
    assert invoke(["--settings", str(settings), "articles", "search", "word"]) == 1
    told = capsys.readouterr().err
    assert "the database could not be read" in told
    assert "Traceback" not in told

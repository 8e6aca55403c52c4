"""The bar of a real pass: on a terminal, and nowhere else."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from contextlib import suppress
from pathlib import Path

from tests.feeds import RSS, Item, rss, story
from tests.program import ROOT, command
from tests.site import Site

_SOURCES = 12


def _settings(site: Site, folder: Path) -> Path:
    sources = []
    for number in range(_SOURCES):
        body = rss([Item(f"https://n{number}.example/1", f"News {number}", story(f"town {number}"))])
        url = site.host().serve("/rss", body, headers=RSS, delay=0.1)
        sources.append(f'[[sources]]\nurl = "{url}"\nname = "S{number}"\n')
    path = folder / "settings.toml"
    path.write_text(f'[crawl]\nallow_networks = ["127.0.0.0/8"]\ncontact = "a@b.example"\n{"".join(sources)}')
    return path


def _on_a_terminal(*arguments: str) -> tuple[str, str]:
    """Standard output (a pipe) and standard error (a terminal)."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100", "TIDINGS_LOG__LEVEL": "warning"}
    with subprocess.Popen(
        command(*arguments), cwd=ROOT, stdout=subprocess.PIPE, stderr=theirs, text=True, env=environment
    ) as process:
        os.close(theirs)
        told = b""
        with suppress(OSError):  # the end of a terminal whose other side is closed
            while more := os.read(ours, 65536):
                told += more
        out = process.communicate()[0]
    os.close(ours)
    return out, told.decode()


def test_a_pass_on_a_terminal_shows_how_far_it_is(site: Site, tmp_path: Path) -> None:
    settings = _settings(site, tmp_path)
    out, told = _on_a_terminal("--settings", str(settings), "once")
    assert f"/{_SOURCES} sources" in told
    assert "article" in told
    assert out.startswith("sources   12 polled")
    assert "\r" not in out


def test_json_has_no_bar_even_there(site: Site, tmp_path: Path) -> None:
    settings = _settings(site, tmp_path)
    out, told = _on_a_terminal("--settings", str(settings), "once", "--json")
    assert json.loads(out)["articles"]["new"] == _SOURCES
    assert "sources" not in told


def test_a_pipe_has_none(site: Site, tmp_path: Path) -> None:
    settings = _settings(site, tmp_path)
    done = subprocess.run(
        command("--settings", str(settings), "once"), cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert "\r" not in done.stderr
    assert f"/{_SOURCES} sources" not in done.stderr

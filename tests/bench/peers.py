"""The peers: each in a folder of its own, on the same feeds, run as its documentation says.

A peer that is not installed is skipped, visibly. newsboat and rss2email come from the distribution (``apt-get install
newsboat rss2email``); reader and aiohttp from the package index into an environment of their own, whose Python is named
by ``--peers`` (``python3 -m venv DIR && DIR/bin/pip install reader sgmllib3k rss2email aiohttp``).
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from tests.bench.processes import Usage, run

_READER = """
import sys
from reader import make_reader
what, path, urls = sys.argv[1:]
reader = make_reader(path)
if what == "add":
    for url in open(urls).read().split():
        reader.add_feed(url)
else:
    failed = sum(result.error is not None for result in reader.update_feeds_iter(workers=8, scheduled=False))
    sys.exit(f"{failed} feeds failed" if failed else 0)
"""

_LOOP = """
import asyncio, sys, time, aiohttp
urls = open(sys.argv[1]).read().split()
marks = {}
async def ask(session, url):
    async with session.get(url, headers=marks.get(url, {})) as answer:
        await answer.read()
        marks[url] = {"If-None-Match": answer.headers["ETag"]}
async def all_of_them():
    waiting = iter(urls)
    async with aiohttp.ClientSession() as session:
        async def work():
            for url in waiting:
                await ask(session, url)
        await asyncio.gather(*(work() for _ in range(32)))
async def main():
    await all_of_them()
    began = time.process_time()
    await all_of_them()
    print(time.process_time() - began)
asyncio.run(main())
"""


class Peer(Protocol):
    """A feed program."""

    name: str

    def prepare(self, urls: Sequence[str]) -> None:
        """Subscribe to feeds."""

    def round(self) -> Usage:
        """Ask every feed once."""


class Newsboat:
    """newsboat, reloading from the command line with 8 threads."""

    name = "newsboat"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def prepare(self, urls: Sequence[str]) -> None:
        """Write its list of feeds and its configuration."""
        (self._folder / "urls").write_text("\n".join(urls) + "\n")
        (self._folder / "config").write_text("reload-threads 8\nmax-items 0\ndownload-timeout 30\n")

    def round(self) -> Usage:
        """``newsboat -x reload``."""
        return run(
            ["newsboat", "-q", "-C", "config", "-u", "urls", "-c", "cache.db", "-x", "reload"], self._folder
        )  # fmt: skip


class Reader:
    """lemon24/reader, its ``update_feeds_iter`` with 8 workers."""

    name = "reader"

    def __init__(self, folder: Path, python: str) -> None:
        self._folder, self._python = folder, python

    def prepare(self, urls: Sequence[str]) -> None:
        """Add the feeds to its database."""
        (self._folder / "urls").write_text("\n".join(urls) + "\n")
        run([self._python, "-c", _READER, "add", "reader.db", "urls"], self._folder)

    def round(self) -> Usage:
        """Update all feeds."""
        return run([self._python, "-c", _READER, "update", "reader.db", "urls"], self._folder)


class Rss2email:
    """rss2email, which asks one feed after the other; it writes no mails here."""

    name = "rss2email"

    def __init__(self, folder: Path, command: str) -> None:
        self._folder, self._command = folder, command

    def prepare(self, urls: Sequence[str]) -> None:
        """Write its configuration."""
        head = "[DEFAULT]\nfrom = a@desk.example\nto = b@desk.example\nsame-server-fetch-interval = 0\n"
        feeds = "".join(f"\n[feed.f{number}]\nurl = {url}\n" for number, url in enumerate(urls))
        (self._folder / "r2e.cfg").write_text(head + feeds)

    def round(self) -> Usage:
        """``r2e run --no-send``."""
        return run([self._command, "-c", "r2e.cfg", "-d", "r2e.json", "run", "--no-send"], self._folder)


def found_peers(folder: Path, python: str) -> list[Peer]:
    """The peers that are installed, each in a folder of its own; says which are not."""
    here: list[Peer] = []
    if shutil.which("newsboat"):
        here.append(Newsboat(_own(folder, "newsboat")))
    if _imports(python, "reader"):
        here.append(Reader(_own(folder, "reader"), python))
    r2e = Path(python).with_name("r2e")
    command = str(r2e) if r2e.exists() else shutil.which("r2e")
    if command:
        here.append(Rss2email(_own(folder, "rss2email"), command))
    for name in ("newsboat", "reader", "rss2email"):
        if name not in {peer.name for peer in here}:
            print(f"SKIPPED: {name} is not installed (see tests/bench/peers.py)")
    return here


def bare_loop(folder: Path, python: str, urls: Sequence[str]) -> float | None:
    """CPU seconds of asking every feed a second time with aiohttp alone, 32 at once; None where it is missing."""
    python = python if _imports(python, "aiohttp") else sys.executable
    if not _imports(python, "aiohttp"):
        print("SKIPPED: aiohttp is not installed (see tests/bench/peers.py)")
        return None
    (folder / "urls").write_text("\n".join(urls))
    said = subprocess.run([python, "-c", _LOOP, "urls"], cwd=folder, capture_output=True, text=True, check=True)
    return float(said.stdout)


def _own(folder: Path, name: str) -> Path:
    made = folder / name
    made.mkdir()
    return made


def _imports(python: str, module: str) -> bool:
    found = shutil.which(python)
    if found is None:
        return False
    return subprocess.run([found, "-c", f"import {module}"], capture_output=True, check=False).returncode == 0

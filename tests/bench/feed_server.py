"""Thousands of feeds for benchmarks: one process on every address of 127/8 at once, which counts what is asked of it.

    python -m tests.bench.feed_server

Each feed has an address of its own (``feed_url``), so that no limit of one request at a time to a host makes a feed
wait for another. A feed holds 30 entries of about 1 KB, written from its number and theirs: RSS, and Atom for two in
five.
All stand in the same edition; the next one has one entry more at the top and one less at the end. The first line of the
output is the port. ``GET /-/edition/N`` and the like set what is served, ``GET /-/counts`` tells what was asked since
the last time. `FeedServer` is the other side of that.
"""

from __future__ import annotations

import asyncio
import functools
import itertools
import json
import random
import resource
import subprocess
import sys
import time
import urllib.request
from bisect import bisect
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import formatdate
from html import escape
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).resolve().parents[2]
ENTRIES = 30
_HOUR = 3600
_FILES = 20_000


def feed_address(number: int) -> str:
    """The address of a feed's own host."""
    return f"127.{1 + number // 62_500}.{number // 250 % 250}.{number % 250 + 1}"


def feed_url(port: int, number: int, *, per_host: int = 1) -> str:
    """Where a feed stands; ``per_host`` of them share an address."""
    return f"http://{feed_address(number // per_host)}:{port}/{number}.xml"


# -- what is served -----------------------------------------------------------------------------------------------


_SYLLABLES = [consonant + vowel for consonant in "bcdfghklmnprstvz" for vowel in "aeiou"]
_PLAIN = [
    "the",
    "a",
    "of",
    "to",
    "in",
    "and",
    "on",
    "for",
    "with",
    "that",
    "from",
    "by",
    "at",
    "is",
    "was",
    "it",
    "as",
    "this",
    "be",
    "are",
    "has",
    "had",
    "not",
    "but",
    "his",
    "her",
    "they",
    "will",
    "after",
    "before",
    "year",
    "people",
    "day",
    "life",
    "world",
    "school",
    "state",
    "government",
    "number",
    "night",
    "water",
    "money",
    "story",
    "month",
    "court",
    "minister",
    "police",
    "market",
    "election",
    "energy",
    "bank",
    "growth",
    "trade",
    "strike",
    "vaccine",
    "hospital",
    "storm",
    "flood",
    "border",
    "treaty",
    "summit",
    "army",
]


def _vocabulary() -> list[str]:
    """Plain English words first, then 20,000 made ones: as in any language a few are most of every text."""
    dice = random.Random(7)
    made = (
        "".join(dice.choices(_SYLLABLES, k=dice.randint(2, 4))) + dice.choice(" nrst").strip() for _ in range(20_000)
    )
    return [*_PLAIN, *made]


_WORDS = _vocabulary()
_WEIGHTS = list(itertools.accumulate((place + 5) ** -0.9 for place in range(len(_WORDS))))


def words(dice: random.Random, number: int) -> list[str]:
    """So many words by their frequency (Zipf)."""
    most = _WEIGHTS[-1]
    return [_WORDS[bisect(_WEIGHTS, dice.random() * most)] for _ in range(number)]


def word_of_rank(rank: int) -> str:
    """A word by how common it is; a benchmark's topics are made of these."""
    return _WORDS[rank]


def _sentence(dice: random.Random, number: int) -> str:
    return " ".join(words(dice, number)).capitalize()


def _entry(feed: int, number: int, first: float, *, atom: bool) -> str:
    """An entry; the same numbers give the same bytes."""
    dice = random.Random(feed * 100_003 + number)
    title, site = _sentence(dice, dice.randint(5, 12)), f"https://site{feed}.example"
    link, guid = f"{site}/{number}/{title.lower().replace(' ', '-')}", f"{site}/?p={number}"
    text = "".join(
        f"<p>{_sentence(dice, 22)}. <a href='/{dice.randint(1, 99)}'>{_sentence(dice, 3)}</a> "
        f"{_sentence(dice, 24)}.</p>"
        for _ in range(dice.randint(2, 3))
    )
    summary, author, when = f"{_sentence(dice, 18)} ...", _sentence(dice, 2), first + number * _HOUR
    kinds = words(dice, 2)
    if atom:
        moment = datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        named = "".join(f'<category term="{kind}"/>' for kind in kinds)
        return (
            f'<entry><title type="html">{title}</title><link rel="alternate" type="text/html" href="{link}"/>'
            f"<id>{guid}</id><published>{moment}</published><updated>{moment}</updated>"
            f'<author><name>{author}</name></author>{named}<summary type="html">{summary}</summary>'
            f'<content type="html">{escape(text)}</content></entry>\n'
        )
    named = "".join(f"<category>{kind}</category>" for kind in kinds)
    return (
        f"<item><title>{title}</title><link>{link}</link><dc:creator>{author}</dc:creator>"
        f'<pubDate>{formatdate(when)}</pubDate>{named}<guid isPermaLink="false">{guid}</guid>'
        f"<description>{summary}</description><content:encoded><![CDATA[{text}]]></content:encoded></item>\n"
    )


def feed(number: int, edition: int, build: int, first: float, entries: int = ENTRIES) -> bytes:
    """A feed's document. Another ``build`` changes its head alone; ``first`` dates its entry 0 (seconds)."""
    atom = number % 5 in (1, 3)
    items = "".join(_kept(number, place, first, atom=atom) for place in range(edition + entries - 1, edition - 1, -1))
    site = f"https://site{number}.example/"
    if atom:
        head = f'<title>Site {number}</title><id>{site}</id><link href="{site}"/><generator>{build}</generator>'
        return f'<?xml version="1.0" encoding="utf-8"?>\n{_ATOM}{head}\n{items}</feed>\n'.encode()
    head = f"<title>Site {number}</title><link>{site}</link><description>News</description>"
    head += f"<language>en</language><generator>{build}</generator>"
    return f'<?xml version="1.0" encoding="utf-8"?>\n{_RSS}<channel>{head}\n{items}</channel></rss>\n'.encode()


_kept = functools.lru_cache(maxsize=200_000)(_entry)
_ATOM = '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">'
_RSS = (
    '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/">'
)


# -- the server ---------------------------------------------------------------------------------------------------


@dataclass
class Counts:
    """What was asked since the last look."""

    statuses: Counter[str] = field(default_factory=Counter)
    feeds: int = 0
    """Requests for feeds; ``statuses`` has those for robots.txt too."""
    at_once: int = 0
    """Most requests being answered at once."""
    at_once_a_host: int = 0
    least_gap: float | None = None
    """Least seconds between the end of one request and the begin of the next to one host."""
    too_early: int = 0
    """Requests to a host before its Retry-After had passed."""


class Web:
    """What answers."""

    def __init__(self) -> None:
        self._set = {"edition": 0, "build": 0, "delay": 0, "refuse": 0, "again": 0, "validators": 1, "entries": ENTRIES}
        # To the quarter of a day, so that the entries of one run are those of the next.
        self._first = time.time() // (6 * _HOUR) * (6 * _HOUR) - (ENTRIES + 6) * _HOUR
        self._busy: Counter[str] = Counter()
        self._ended: dict[str, float] = {}
        self._rests: dict[str, float] = {}
        self._counts = Counts()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        here: str = writer.get_extra_info("sockname")[0]
        with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.LimitOverrunError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                writer.write(await self._one(here, head))
                await writer.drain()
        writer.close()

    async def _one(self, here: str, head: bytes) -> bytes:
        path = head.split(b" ", 2)[1].decode("latin-1")
        if path.startswith("/-/"):
            return _whole("200 OK", self._control(path.split("/")[2:]), "Connection: close\r\n")
        if not path.endswith(".xml"):
            self._counts.statuses["404"] += 1
            return _whole("404 Not Found", b"")
        self._begin(here)
        try:
            if self._set["delay"]:
                await asyncio.sleep(self._set["delay"] / 1000)
            return self._feed(here, path, head)
        finally:
            self._busy[here] -= 1
            self._ended[here] = time.monotonic()

    def _begin(self, here: str) -> None:
        counts, now = self._counts, time.monotonic()
        counts.feeds += 1
        counts.too_early += now < self._rests.get(here, 0.0)
        self._busy[here] += 1
        self._busy = +self._busy
        counts.at_once = max(counts.at_once, self._busy.total())
        counts.at_once_a_host = max(counts.at_once_a_host, self._busy[here])
        if here in self._ended:
            gap = now - self._ended[here]
            counts.least_gap = gap if counts.least_gap is None else min(gap, counts.least_gap)

    def _feed(self, here: str, path: str, head: bytes) -> bytes:
        number = int(path.strip("/").removesuffix(".xml"))
        if self._set["refuse"] and number % self._set["refuse"] == 0:
            self._rests[here] = time.monotonic() + self._set["again"]
            self._counts.statuses["429"] += 1
            return _whole("429 Too Many Requests", b"", f"Retry-After: {self._set['again']}\r\n")
        tag = f'"{self._set["edition"]}.{self._set["build"]}"'
        moment = formatdate(self._first + self._set["edition"] * _HOUR + self._set["build"], usegmt=True)
        marks = f"ETag: {tag}\r\nLast-Modified: {moment}\r\n" if self._set["validators"] else ""
        if marks and tag.encode() in head:
            self._counts.statuses["304"] += 1
            return f"HTTP/1.1 304 Not Modified\r\n{marks}\r\n".encode("latin-1")
        self._counts.statuses["200"] += 1
        body = feed(number, self._set["edition"], self._set["build"], self._first, self._set["entries"])
        return _whole("200 OK", body, f"Content-Type: application/xml\r\n{marks}")

    def _control(self, words: list[str]) -> bytes:
        if words == ["counts"]:
            counts, self._counts = self._counts, Counts()
            return json.dumps(vars(counts)).encode()
        self._set[words[0]] = int(words[1])
        return b"{}"


def _whole(status: str, body: bytes, headers: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode("latin-1") + body


async def _serve() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (_FILES, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    server = await asyncio.start_server(Web().answer, "0.0.0.0", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


# -- the other side -----------------------------------------------------------------------------------------------


class FeedServer:
    """The server as a process of its own, for the length of a ``with`` block."""

    def __enter__(self) -> Self:
        call = [sys.executable, "-m", "tests.bench.feed_server"]
        self._process = subprocess.Popen(call, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.communicate()

    def urls(self, feeds: int, *, per_host: int = 1) -> list[str]:
        """The addresses of the first so many feeds."""
        return [feed_url(self.port, number, per_host=per_host) for number in range(feeds)]

    def set(self, **values: int) -> None:
        """Serve otherwise from now on.

        ``edition``, ``build``; ``entries`` of a feed; ``validators`` 0: neither ETag nor Last-Modified; ``delay`` in
        ms; every ``refuse``-th feed answers 429 with a Retry-After of ``again`` seconds.
        """
        for name, value in values.items():
            self._ask(f"{name}/{value}")

    def counts(self) -> Counts:
        """What was asked since the last look."""
        found = self._ask("counts")
        return Counts(**{**found, "statuses": Counter(found["statuses"])})

    def _ask(self, what: str) -> dict[str, Any]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/-/{what}", timeout=30) as answer:
            found: dict[str, Any] = json.load(answer)
        return found


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve())

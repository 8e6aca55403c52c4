"""Ten thousand polls through the real service, one in twenty hostile: does anything grow?

A plain script: a loopback site of its own process with an address for each source, `tidings run` as it is, and a look
at `/proc` for every hundredth of the polls. Prints every tenth look and a verdict; ends with 1 when the resident memory
grows by more than 1 MiB a thousand polls after warm-up, open files or threads grow, or the log of writes passes 8 MiB.

    python tests/bench/soak.py [--polls 10000] [--sources 200] [--hostile 0.05] [--keep DIR]
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import multiprocessing
import os
import random
import shutil
import signal
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
_PATIENCE = 3
"""Seconds that the settings give one answer."""
_WARM = 0.3
"""Share of the polls that counts as warm-up."""
_MOST_GROWTH = 1.0
"""MiB a thousand polls."""
_MOST_WAL = 8.0
_MOST_FILES = 8
"""Open files by which the later half may exceed the earlier, in the middle: connections are kept for 10 s."""
_MOST_THREADS = 4
_MIB = 1024 * 1024
_ENTRIES = 5
"""Entries of a feed, and …"""
_CHANGES = 0.15
"""… the share of polls that find a new one."""

Writer = asyncio.StreamWriter


# -- the site -----------------------------------------------------------------------------------------------------


class Web:
    """Every address of 127/8 at once: feeds that change now and then, and what strangers do to those who fetch."""

    def __init__(self, hostile: float, polls: Any, seed: int) -> None:  # noqa: ANN401  (a shared counter has no type)
        self._hostile = hostile
        self._polls = polls
        self._chance = random.Random(seed)
        self._feeds: dict[str, int] = {}
        self._attacks: list[Callable[[Writer], Awaitable[None]]] = [
            self._slowly, self._reset, self._huge, self._bomb, self._broken, self._to_private, self._error,
            self._challenge, self._silent, self._flood, self._deep, self._endless_redirect,
        ]  # fmt: skip

    async def answer(self, reader: asyncio.StreamReader, writer: Writer) -> None:
        """Answer the requests of one connection."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                path = head.split(b" ", 2)[1].decode("latin-1")
                await self._one(path, head, writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    async def _one(self, path: str, head: bytes, writer: Writer) -> None:
        if path == "/robots.txt":
            _send(writer, b"", status="404 Not Found")
            return
        if path != "/rss":
            number = int("".join(filter(str.isdigit, path)) or 0)
            _send(writer, f"<article><h1>{_words(number, 6)}</h1><p>{_words(number, 220)}</p></article>".encode())
            return
        with self._polls.get_lock():
            self._polls.value += 1
        if self._chance.random() < self._hostile:
            await self._chance.choice(self._attacks)(writer)
            return
        self._feed(head, writer)

    def _feed(self, head: bytes, writer: Writer) -> None:
        here = writer.get_extra_info("sockname")[0]
        if here not in self._feeds or self._chance.random() < _CHANGES:
            self._feeds[here] = self._feeds.get(here, 0) + 1
        edition = self._feeds[here]
        tag = f'"{edition}"'
        if f"If-None-Match: {tag}".encode() in head:
            _send(writer, b"", status="304 Not Modified", headers=f"ETag: {tag}\r\n")
            return
        port = writer.get_extra_info("sockname")[1]
        items = "".join(_item(here, port, number) for number in range(edition, edition + _ENTRIES))
        body = f'<rss version="2.0"><channel><title>{here}</title>{items}</channel></rss>'.encode()
        _send(writer, body, headers=f"ETag: {tag}\r\nContent-Type: application/rss+xml\r\n")

    async def _slowly(self, writer: Writer) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        for _ in range(4 * _PATIENCE):
            writer.write(b"<")
            await writer.drain()
            await asyncio.sleep(0.5)

    async def _silent(self, writer: Writer) -> None:
        await asyncio.sleep(2 * _PATIENCE)
        writer.close()

    async def _reset(self, writer: Writer) -> None:
        wire: socket.socket = writer.get_extra_info("socket")
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
        raise ConnectionError

    async def _huge(self, writer: Writer) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n\r\n")
        for _ in range(12 * 16):
            writer.write(b"x" * 65_536)
            await writer.drain()
        writer.close()

    async def _bomb(self, writer: Writer) -> None:
        _send(writer, BOMB, headers="Content-Encoding: gzip\r\n")

    async def _broken(self, writer: Writer) -> None:
        _send(writer, b"<rss><channel><item><title>\x1b[2J&#xD800;</titel><<<" * 50)

    async def _to_private(self, writer: Writer) -> None:
        target = self._chance.choice(
            ("http://10.0.0.5/", "http://169.254.169.254/latest/", "http://[::1]/", "file:///")
        )
        _send(writer, b"", status="302 Found", headers=f"Location: {target}\r\n")

    async def _endless_redirect(self, writer: Writer) -> None:
        _send(writer, b"", status="302 Found", headers="Location: /rss?\r\n")

    async def _error(self, writer: Writer) -> None:
        _send(writer, b"broken " * 1000, status="503 Service Unavailable", headers="Retry-After: 1\r\n")

    async def _challenge(self, writer: Writer) -> None:
        page = b"<html><title>Just a moment...</title><script>challenge()</script>" + b"<p>x" * 2000
        _send(writer, page, status="403 Forbidden", headers="Content-Type: text/html\r\n")

    async def _flood(self, writer: Writer) -> None:
        attributes = b" ".join(b"a%d='x'" % number for number in range(20_000))
        _send(writer, b"<rss><channel><item %s></item></channel></rss>" % attributes)

    async def _deep(self, writer: Writer) -> None:
        _send(writer, b"<rss><channel>" + b"<a>" * 100_000)


def _send(writer: Writer, body: bytes, *, status: str = "200 OK", headers: str = "") -> None:
    writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode("latin-1") + body)


def _item(here: str, port: int, number: int) -> str:
    link = f"http://{here}:{port}/{number}"
    title, text = f"{here} {_words(number, 5)}", f"{here} {_words(number + len(here), 120)}"
    named = f"<title>{title}</title><link>{link}</link><guid>{link}</guid>"
    return f"<item>{named}<description>{text}</description></item>"


_VOCABULARY = [
    f"{a}{b}{c}" for a in ("fer", "har", "mo", "sta", "li") for b in ("ry", "bo", "ti", "ga") for c in ("n", "ur", "ed")
]


def _words(seed: int, number: int) -> str:
    return " ".join(random.Random(seed).choices(_VOCABULARY, k=number))


BOMB = gzip.compress(b"\0" * (64 * _MIB), 9)


def _host(found: Any, polls: Any, hostile: float, seed: int) -> None:  # noqa: ANN401
    async def main() -> None:
        web = Web(hostile, polls, seed)
        server = await asyncio.start_server(web.answer, "0.0.0.0", 0, backlog=500)
        found.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


# -- the service --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Look:
    """What the service held at one moment; memory in MiB."""

    polls: int
    resident: float
    workers: float
    files: int
    threads: int
    wal: float
    database: float


def look(pid: int, polls: int, database: Path) -> Look:
    """Look at a process and its children."""
    status = _status(pid)
    workers = sum(_kib(_status(child)) for child in _children(pid))
    wal = database.with_name(f"{database.name}-wal")
    return Look(
        polls=polls,
        resident=_kib(status) / 1024,
        workers=workers / 1024,
        files=len(list(Path(f"/proc/{pid}/fd").iterdir())),
        threads=int(status["Threads"]),
        wal=(wal.stat().st_size if wal.exists() else 0) / _MIB,
        database=database.stat().st_size / _MIB,
    )


def _status(pid: int) -> dict[str, str]:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return {}
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def _kib(status: dict[str, str]) -> int:
    return int(status.get("VmRSS", "0 kB").split()[0])


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        found += [int(child) for child in (task / "children").read_text().split()]
    return found


def settings(folder: Path, port: int, sources: int) -> Path:
    """Write a settings.toml that polls as fast as it can."""
    lines = [
        "[crawl]", 'contact = "soak@desk.example"', 'every = "1s"', 'fastest = "1s"', 'slowest = "4s"', 'pace = "0s"',
        f'timeout = "{_PATIENCE}s"', 'allow_networks = ["127.0.0.0/8"]',
        "[mail]", 'to = ["ann@desk.example"]', 'timezone = "UTC"',
        "[[topics]]", 'name = "Ferries"', "query = 'ferryn OR harboed OR title:motiur'",
    ]  # fmt: skip
    for number in range(sources):
        address = f"127.{1 + number // 62_500}.{number // 250 % 250}.{number % 250 + 1}"
        lines += ["[[sources]]", f'url = "http://{address}:{port}/rss"', f'name = "S{number}"']
        lines += ['pages = "always"'] if number % 20 == 0 else []
    path = folder / "settings.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def soak(folder: Path, options: argparse.Namespace) -> list[Look]:
    """Run the service for so many polls; a look at it for every hundredth of them."""
    found: Any = multiprocessing.Queue()
    polls: Any = multiprocessing.Value("q", 0)
    site = multiprocessing.Process(target=_host, args=(found, polls, options.hostile, options.seed), daemon=True)
    site.start()
    path = settings(folder, found.get(timeout=30), options.sources)
    with (folder / "log").open("wb") as log:
        call = [sys.executable, "-m", "scheduler", "--settings", str(path), "run"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        service = subprocess.Popen(call, cwd=ROOT, stdout=log, stderr=log, env=environment)
    try:
        return _watch(service, polls, folder / "tidings.db", options)
    finally:
        service.send_signal(signal.SIGTERM)
        print(f"ended with {service.wait(30)}")
        site.terminate()


def _watch(service: subprocess.Popen[bytes], polls: Any, database: Path, options: argparse.Namespace) -> list[Look]:  # noqa: ANN401
    looks: list[Look] = []
    step, began = options.polls // 100, time.monotonic()
    print("polls   main MiB  workers MiB  files  threads  WAL MiB  database MiB  seconds")
    while polls.value < options.polls:
        time.sleep(0.2)
        if service.poll() is not None:
            raise SystemExit(f"the service ended with {service.returncode}")
        if polls.value < step * len(looks) or not database.exists():
            continue
        looks.append(found := look(service.pid, polls.value, database))
        if len(looks) % 10 == 1:
            numbers = "{:6d}  {:8.1f}  {:11.1f}  {:5d}  {:7d}  {:7.2f}  {:12.1f}".format(*astuple(found))
            print(f"{numbers}  {time.monotonic() - began:7.0f}", flush=True)
    return looks


# -- the verdict --------------------------------------------------------------------------------------------------


def verdict(looks: list[Look]) -> list[str]:
    """What grew, as sentences; prints the figures."""
    warm = [each for each in looks if each.polls >= _WARM * looks[-1].polls]
    slope = statistics.linear_regression([each.polls / 1000 for each in warm], [each.resident for each in warm]).slope
    half = len(warm) // 2
    early, late = warm[:half], warm[half:]
    files = statistics.median(each.files for each in late) - statistics.median(each.files for each in early)
    threads = statistics.median(each.threads for each in late) - statistics.median(each.threads for each in early)
    wal = max(each.wal for each in looks)
    print(f"after warm-up ({warm[0].polls} polls): {slope:+.2f} MiB resident a thousand polls")
    print(f"at most: {max(each.resident for each in looks):.0f} MiB, workers {max(each.workers for each in looks):.0f} "
          f"MiB, {max(each.files for each in looks)} files, {max(each.threads for each in looks)} threads, "
          f"write-ahead log {wal:.2f} MiB")  # fmt: skip
    wrong = []
    if slope > _MOST_GROWTH:
        wrong.append(f"memory grows by {slope:.2f} MiB a thousand polls")
    if files > _MOST_FILES:
        wrong.append(f"{files:g} more open files in the later half")
    if threads > _MOST_THREADS:
        wrong.append(f"{threads:g} more threads in the later half")
    if wal >= _MOST_WAL:
        wrong.append(f"the write-ahead log grew to {wal:.1f} MiB")
    return wrong


def main() -> int:
    """Run it; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--polls", type=int, default=10_000)
    parser.add_argument("--sources", type=int, default=200)
    parser.add_argument("--hostile", type=float, default=0.05, help="share of the answers that are")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder for the database and the log, kept")
    options = parser.parse_args()
    folder = options.keep or Path(tempfile.mkdtemp(prefix="tidings-soak-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        wrong = verdict(soak(folder, options))
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    print("\n".join(f"NOT well: {each}" for each in wrong) or "well")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

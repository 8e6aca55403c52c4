"""Ten thousand sources in one service: start-up, memory, open files, its budget, and politeness counted at the server.

    python -m tests.bench.ten_thousand [--sources 10000] [--small 100] [--budget 600] [--minutes 1] [--hosts 10]

Every source of the large service was read before it is measured: its feeds hold one entry here, so that this takes
minutes and not hours, and a first run asks them all. Then the service is started again. Start-up is the CPU time from
the call to the first request (wall time is the machine's load); memory and open files are looked at twenty times a
second while a round of polls goes on, and while it polls by its budget. For politeness four feeds share each host,
every answer takes 20 ms, every fifth feed answers 429 with a Retry-After. Ends with 1 when a limit is passed.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.feed_server import FeedServer
from tests.bench.processes import Service, cpu_of, open_files, proportional, resident

_MOST_SECONDS = 3.0
_MOST_MEMORY = 200.0
_MOST_FILES = 32 + 50
"""In flight (``CONCURRENT_REQUESTS``), and 50."""
_LOOK = 0.05
_AGAIN = 8
"""Seconds of Retry-After."""
_PACE = 1.0


@dataclass
class Held:
    """What a service held at most; memory in MiB."""

    cpu_to_start: float
    memory: float = 0.0
    alone: float = 0.0
    """The largest sum of what each of its processes has, shared pages counted in each."""
    files: int = 0

    def look(self, pid: int) -> None:
        """Look once more."""
        self.files = max(self.files, open_files(pid))

    def weigh(self, pid: int) -> None:
        """Look at memory, which is dearer."""
        self.memory, self.alone = max(self.memory, proportional(pid)), max(self.alone, resident(pid))


def known(folder: Path, server: FeedServer, sources: int) -> Held:
    """A service whose sources are all known: read them all once, start again, and watch a round of polls."""
    urls = server.urls(sources)
    with Service(folder, server, urls) as service:
        service.wait_for_polls(sources)
    server.counts()
    with Service(folder, server, urls) as service:
        service.make_due()
        service.wait_for_request()
        held = Held(cpu_of(service.pid))
        wanted, weighed = 2 * sources, 0.0
        while service.alive() and service.polls() < wanted:
            held.look(service.pid)
            if time.monotonic() - weighed > 2:
                held.weigh(service.pid)
                weighed = time.monotonic()
            time.sleep(_LOOK)
        held.weigh(service.pid)
        print(f"{sources} sources: {held.cpu_to_start:.2f} s CPU to the first request; at most {held.memory:.0f} MiB "
              f"(each process by itself {held.alone:.0f}), {held.files} open files")  # fmt: skip
    return held


def budget(folder: Path, server: FeedServer, options: argparse.Namespace) -> list[str]:
    """Whether a service with every source due keeps to its budget of polls a minute, counted at the server."""
    with Service(folder, server, server.urls(options.sources), budget=f"{options.budget}/min") as service:
        service.make_due()
        service.wait_for_request()
        server.counts()
        began = time.monotonic()
        time.sleep(60 * options.minutes)
        asked, minutes = server.counts().feeds, (time.monotonic() - began) / 60
    most = options.budget * minutes * 1.02 + options.budget / 6  # ten seconds' worth may have been saved up
    print(f"budget {options.budget}/min: {asked / minutes:.0f} requests a minute over {minutes:.1f} minutes")
    return [f"{asked} requests in {minutes:.1f} minutes are over the budget"] if asked > most else []


def polite(folder: Path, server: FeedServer, hosts: int, again: int) -> list[str]:
    """Whether no host is asked twice at once, sooner than the pace allows, or before its Retry-After has passed."""
    server.set(delay=20, refuse=5, again=again)
    urls = server.urls(4 * hosts, per_host=4)
    with Service(folder, server, urls, pace=f"{_PACE:g}s", every="5s", fastest="5s", slowest="5s") as service:
        service.wait_for_request()
        began = time.monotonic()
        while time.monotonic() - began < 3 * again:
            service.make_due()
            time.sleep(1)
        counts = server.counts()
    server.set(delay=0, refuse=0)
    gap = float("inf") if counts.least_gap is None else counts.least_gap
    print(
        f"politeness, {len(urls)} feeds of {hosts} hosts: {counts.feeds} requests, {dict(counts.statuses)}; at most "
        f"{counts.at_once_a_host} at once to a host, least pause {gap:.2f} s, {counts.too_early} before Retry-After"
    )
    wrong = []
    if counts.feeds < len(urls) // 2 or not counts.statuses["429"]:
        wrong.append("too few requests to tell of politeness")
    if counts.at_once_a_host > 1:
        wrong.append(f"{counts.at_once_a_host} requests at once to one host")
    if gap < _PACE - 0.1:
        wrong.append(f"{gap:.2f} s between two requests to a host")
    if counts.too_early:
        wrong.append(f"{counts.too_early} requests before Retry-After had passed")
    return wrong


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", type=int, default=10_000)
    parser.add_argument("--small", type=int, default=100, help="sources of the service to compare with")
    parser.add_argument("--budget", type=int, default=600, help="polls a minute")
    parser.add_argument("--minutes", type=float, default=1.0, help="how long the budget is watched")
    parser.add_argument("--hosts", type=int, default=10, help="whose politeness is asked for, with four feeds each")
    parser.add_argument("--again", type=int, default=_AGAIN, help="seconds of Retry-After, a third of the time for it")
    options = parser.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="tidings-many-"))
    try:
        with FeedServer() as server:
            wrong = polite(folder / "polite", server, options.hosts, options.again)
            server.set(entries=1)
            known(folder / "small", server, options.small)
            held = known(folder / "large", server, options.sources)
            wrong += budget(folder / "large", server, options)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    limits = ((held.cpu_to_start, _MOST_SECONDS, "s CPU to start"), (held.memory, _MOST_MEMORY, "MiB"),
              (held.files, _MOST_FILES, "open files"))  # fmt: skip
    wrong += [f"{value:.1f} {what}, at most {most:g}" for value, most, what in limits if value > most]
    print("\n".join(f"NOT well: {each}" for each in wrong) or "well")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

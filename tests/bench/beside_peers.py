"""What a poll costs in the running service, beside other feed programs on the same feeds in the same run.

    python -m tests.bench.beside_peers [--feeds 1000] [--peers PYTHON] [--rounds 3] [--largest 4000] [--only WORK,...]

CPU is user and system time of the whole process and all its children. Tidings' is that of the running service from the
moment its sources are due until the last poll is stored, with all the service does beside; the peers' is that of a run,
less what a run over a single feed costs. Works: ``first`` (30 entries in each feed), ``unchanged`` (304), ``body``
(another document without a new entry), ``new`` (one new entry of 30 in each, stored, deduplicated and matched against
ten topics) and ``linear`` (``first`` with more and more feeds). Ends with 1 when a figure misses its target by more
than a quarter: ratios of one run are steady, the machine's load is not.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.feed_server import FeedServer
from tests.bench.peers import Peer, bare_loop, found_peers
from tests.bench.processes import Service, cpu_of, proportional, resident

_OURS = "Tidings"
_BARE = "aiohttp, bare loop"
_LEEWAY = 1.25
_TARGETS = {
    ("unchanged", "newsboat"): 1 / 5,
    ("unchanged", _BARE): 2.0,
    ("new", "newsboat"): 1 / 4,
    ("new", "reader"): 1 / 7,
    ("first", "reader"): 1.0,
}
"""Work and peer → the most of the peer's CPU that Tidings may take (issue 7)."""
_WORKS = ("first", "unchanged", "body", "new")


@dataclass
class Table:
    """CPU ms a feed by work and program, and peak memory in MiB by program."""

    cpu: dict[tuple[str, str], float] = field(default_factory=dict)
    peak: dict[str, float] = field(default_factory=dict)

    def show(self) -> None:
        """Print it."""
        programs = list(dict.fromkeys(program for _, program in self.cpu))
        print("\n| CPU, ms a feed | " + " | ".join(_WORKS) + " | peak, MiB |")
        print("|---|" + "---|" * (len(_WORKS) + 1))
        for program in programs:
            row = [self.cpu.get((work, program)) for work in _WORKS]
            cells = ["–" if value is None else f"{value:.2f}" for value in row]
            print(f"| {program} | {' | '.join(cells)} | {self.peak.get(program, 0):.0f} |")

    def misses(self) -> list[str]:
        """Print every ratio beside its target; those that miss it widely, as sentences."""
        wrong = []
        for (work, peer), most in _TARGETS.items():
            ours, theirs = self.cpu.get((work, _OURS)), self.cpu.get((work, peer))
            if ours is None or not theirs:
                continue
            says = f"{work}: {ours / theirs:.2f} of {peer}, to reach: {most:.2f}"
            print(says + ("" if ours <= most * theirs else "  <- misses"))
            if ours > _LEEWAY * most * theirs:
                wrong.append(says)
        return wrong


def ours(folder: Path, server: FeedServer, options: argparse.Namespace, table: Table) -> None:
    """Measure the running service."""
    feeds = options.feeds
    with Service(folder, server, server.urls(feeds)) as service:
        table.cpu["first", _OURS] = _first(service) / feeds * 1000
        for work in _works(options):
            took = []
            for number in range(1, options.rounds + 1):
                _turn(server, work, number)
                took.append(service.round())
                _check(server, work, feeds)
            table.cpu[work, _OURS] = statistics.median(took) / feeds * 1000
        table.peak[_OURS] = resident(service.pid, peak=True)
        articles, matches = service.count("articles"), service.count("matches")
        shared = proportional(service.pid)
        print(f"{_OURS}: {articles} articles, {matches} matches; {shared:.0f} MiB with shared pages counted once")


def _first(service: Service) -> float:
    """CPU seconds from the first request to the last poll."""
    service.wait_for_request()
    began = cpu_of(service.pid)
    service.wait_for_polls(service.feeds)
    return cpu_of(service.pid) - began


def theirs(peer: Peer, alone: float, server: FeedServer, options: argparse.Namespace, table: Table) -> None:
    """Measure a peer; ``alone`` is what a run over one feed costs (CPU seconds)."""
    feeds = options.feeds
    peer.prepare(server.urls(feeds))
    used = peer.round()
    table.cpu["first", peer.name], table.peak[peer.name] = (used.cpu - alone) / feeds * 1000, used.peak
    peer.round()  # newsboat keeps the marks that it sends from its second run on
    for work in _works(options):
        took = []
        for number in range(1, (options.rounds if work == "unchanged" else 1) + 1):
            _turn(server, work, number)
            server.counts()
            used = peer.round()
            took.append(used.cpu - alone)
            table.peak[peer.name] = max(table.peak[peer.name], used.peak)
            _check(server, work, feeds)
        table.cpu[work, peer.name] = statistics.median(took) / feeds * 1000


def _works(options: argparse.Namespace) -> list[str]:
    return [work for work in _WORKS[1:] if work in options.only]


def _turn(server: FeedServer, work: str, number: int) -> None:
    if work == "body":
        server.set(build=number)
    elif work == "new":
        server.set(edition=number)


def _check(server: FeedServer, work: str, feeds: int) -> None:
    """A figure is only one if the server answered what it is about."""
    statuses = server.counts().statuses
    wanted = "304" if work == "unchanged" else "200"
    if statuses[wanted] < feeds:
        print(f"  NOT as meant: of {feeds} requests {statuses[wanted]} were answered {wanted}: {dict(statuses)}")


def linear(folder: Path, server: FeedServer, options: argparse.Namespace, table: Table) -> list[str]:
    """First fetches of more and more feeds: CPU a feed shall stay what it was."""
    found, feeds = {options.feeds: table.cpu["first", _OURS]}, options.feeds
    while (feeds := feeds * 2) <= options.largest:
        with Service(folder / f"linear{feeds}", server, server.urls(feeds)) as service:
            found[feeds] = _first(service) / feeds * 1000
    print("first fetch, ms a feed: " + "; ".join(f"{number} feeds {each:.1f}" for number, each in found.items()))
    least, most = found[options.feeds], found[max(found)]
    return [f"not linear: {most / least:.2f} × a feed at {max(found)}"] if most > _LEEWAY * least else []


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it; the exit code."""
    options = _options(arguments)
    folder = options.keep or Path(tempfile.mkdtemp(prefix="tidings-peers-"))
    table = Table()
    try:
        with FeedServer() as server:
            alone = {}
            for peer in found_peers(_made(folder / "alone"), options.peers):
                peer.prepare(server.urls(1))
                alone[peer.name] = min(peer.round().cpu for _ in range(3))
                print(f"{peer.name}: {alone[peer.name]:.2f} s to start and read one feed")
            ours(folder / "tidings", server, options, table)
            wrong = linear(folder, server, options, table) if "linear" in options.only else []
            if (loop := bare_loop(folder, options.peers, server.urls(options.feeds))) is not None:
                table.cpu["unchanged", _BARE] = loop / options.feeds * 1000
            for peer in found_peers(_made(folder / "peers"), options.peers):
                server.set(edition=0, build=0)
                theirs(peer, alone[peer.name], server, options, table)
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    table.show()
    wrong += table.misses()
    print("\n".join(f"NOT well: {each}" for each in wrong) or "well")
    return 1 if wrong else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3, help="of each work; the median counts")
    parser.add_argument("--largest", type=int, default=4000, help="feeds of the last step of linear")
    parser.add_argument("--peers", default=sys.executable, help="Python with reader, rss2email and aiohttp")
    parser.add_argument("--only", type=lambda text: set(text.split(",")), default={*_WORKS, "linear"})
    parser.add_argument("--keep", type=Path, help="folder for all that is written, kept")
    return parser.parse_args(arguments)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


if __name__ == "__main__":
    sys.exit(main())

"""``python -m tests.crash``: the whole matrix of kills and the forty double starts, as a table.

Options: ``--every N`` takes each n-th point only, ``--only TEXT`` the scenarios whose name holds it, ``--width N`` so
many kills at a time, ``--part points|syscalls|pairs`` one part.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.crash.matrix import SCENARIOS, SYSCALLS, Bench, Kill, Result, Scenario
from tests.crash.pairs import PAIRS, two_starts
from tests.crash.starts import STRACE

_TRACED = ("once, first start", "once, news by SMTP", "once, news to the Maildir")
_BATCH = 16
_PAIRS = 40


def main() -> int:
    """Run what was asked for; 1 when anything was lost."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--width", type=int, default=2)
    parser.add_argument("--part", choices=("points", "syscalls", "pairs"), action="append")
    asked = parser.parse_args()
    parts = asked.part or ["points", "syscalls", "pairs"]
    chosen = [scenario for name, scenario in SCENARIOS.items() if asked.only in name]
    with tempfile.TemporaryDirectory(prefix="crash-") as folder, Bench(Path(folder), asked.width) as bench:
        results = []
        if "points" in parts:
            results += [each for scenario in chosen for each in _points(bench, scenario, asked.every)]
        if "syscalls" in parts and STRACE is not None:
            traced = [scenario for scenario in chosen if scenario.name in _TRACED]
            results += [
                each for one in traced for name in SYSCALLS for each in _syscalls(bench, one, name, asked.every)
            ]
        wrong = _summary(results)
        if "pairs" in parts:
            wrong += _pairs(bench)
    return min(wrong, 1)


def _points(bench: Bench, scenario: Scenario, every: int) -> list[Result]:
    count = len(bench.count_points(scenario))
    return _told(scenario, "points", bench.all([Kill(scenario, n) for n in range(1, count + 1, every)]))


def _syscalls(bench: Bench, scenario: Scenario, name: str, every: int) -> list[Result]:
    """From the first call on, until a start gets to its end alive."""

    def until_the_end() -> Iterator[Result]:
        numbers = itertools.count(1, every)
        while True:
            batch = list(bench.all([Kill(scenario, next(numbers), name) for _ in range(_BATCH)]))
            yield from batch
            if not all(result.point for result in batch):
                return

    return _told(scenario, name, until_the_end())


def _told(scenario: Scenario, name: str, results: Iterator[Result]) -> list[Result]:
    began = time.monotonic()
    kept = [result for result in results if result.point or result.faults]
    faulty = [result for result in kept if result.faults]
    repeated = sum(result.repeats for result in kept)
    print(
        f"{scenario.name:28} {name:26} {len(kept):4} kills {len(faulty):3} with faults {repeated:3} repeats"
        f" {time.monotonic() - began:6.0f} s",
        flush=True,
    )
    for result in faulty:
        print(f"    number {result.kill.number} ({result.point}): {'; '.join(result.faults)}")
    return kept


def _summary(results: Sequence[Result]) -> int:
    faults = Counter(fault.partition(":")[0] for result in results for fault in result.faults)
    print(
        f"{len(results)} kills: {faults['article lost']} articles lost,"
        f" {faults['alert lost'] + faults['match lost'] + faults['not in any mail']} alerts lost,"
        f" {faults['corrupt']} corrupt, {sum(result.repeats for result in results)} repeats, at most"
        f" {max((result.repeats for result in results), default=0)} for a kill; {sum(faults.values())} faults in all"
    )
    return sum(faults.values())


def _pairs(bench: Bench) -> int:
    began, wrong = time.monotonic(), 0
    for number in range(_PAIRS):
        verbs = PAIRS[number % len(PAIRS)]
        if found := two_starts(bench, verbs):
            wrong += 1
            print(f"    {verbs}: {'; '.join(found)}")
    print(f"two starts: {_PAIRS - wrong} of {_PAIRS} as they should be, {time.monotonic() - began:.0f} s")
    return wrong


if __name__ == "__main__":
    sys.exit(main())

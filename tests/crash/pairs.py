"""Two starts at once on one database: one works, the other says so and ends."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from tests.crash.matrix import SCENARIOS, Bench, runs, until_quiet
from tests.crash.starts import Ended
from tests.crash.world import Place, faults, repeats
from tests.site import Answer

PAIRS = (("run", "run"), ("run", "once"), ("once", "run"), ("once", "once"))


def two_starts(bench: Bench, verbs: tuple[str, str]) -> list[str]:
    """Start both at the same moment with news to tell; what is wrong.

    The papers answer only after one of the two has ended: so both are there at once, however quick they are.
    """
    place, refused = bench.place(SCENARIOS["once, news by SMTP"]), threading.Event()
    whole = [paper.answers["/rss"] for paper in bench.world.papers]
    for paper, answer in zip(bench.world.papers, whole, strict=True):
        assert isinstance(answer, Answer)
        paper.answers["/rss"] = replace(answer, until=refused)
    try:
        ended = _start_both(bench, place, verbs, refused)
    finally:
        for paper, answer in zip(bench.world.papers, whole, strict=True):
            paper.answers["/rss"] = answer
    return _judge(ended) + faults(place, {}, news=True, kills=0) + ["repeat"] * repeats(place)


def _start_both(bench: Bench, place: Place, verbs: tuple[str, str], refused: threading.Event) -> list[Ended]:
    together = threading.Barrier(2)

    def start(number: int) -> Ended:
        def meanwhile(pid: int) -> None:
            deadline = time.monotonic() + 20
            while runs(pid) and not refused.is_set() and time.monotonic() < deadline:
                time.sleep(0.01)
            refused.set()
            if verbs[number] == "run":
                until_quiet(place)(pid)

        together.wait(10)
        return bench.launchers[number].run(place, verbs[number], meanwhile=meanwhile)

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(start, (0, 1)))


def _judge(ended: list[Ended]) -> list[str]:
    codes = sorted(end.code for end in ended)
    if codes != [0, 1]:
        return [f"ended with {codes}"]
    (second,) = (end for end in ended if end.code == 1)
    found = [] if "another Tidings (process " in second.said else [f"no clear message: {second.said}"]
    return found + (["a traceback"] if any("Traceback" in end.said for end in ended) else [])

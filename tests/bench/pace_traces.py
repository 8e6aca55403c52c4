"""How soon each polling policy sees an entry, on real publication times and at equal numbers of polls.

    python -m tests.bench.pace_traces [--every N] [TRACES…]

Each feed's first 28 days are learned from, the next 14 judged; intervals from 5 minutes to 24 hours; a document shows
the newest 30 entries. Every policy is scaled by its one parameter until all feeds together are asked 24, then 96
times a feed and day. A feed counts from the first week on from which it published on 20 of 42 days: the collector has
gaps. The peers' rules are taken from their sources, as the research report names them; ``--every 4`` takes a quarter
of the feeds. Traces are not part of this project: without arguments those beside it are read.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from crawler.rhythm import Rates, Rhythm, learn, rates, wait

DAY = 86_400.0
LEARNED, JUDGED, ACTIVE = 28 * DAY, 14 * DAY, 20
SHORTEST, LONGEST, WINDOW = 300.0, DAY, 30
BUDGETS = (24.0, 96.0)
"""Polls a feed and day."""
_TRACES = Path(__file__).parents[3] / "shared" / "data" / "traces"


@dataclass(frozen=True, slots=True)
class Trace:
    """One feed's publication times in the judged weeks and the four before, as unix seconds."""

    begins: float
    times: list[float]

    @property
    def judged_from(self) -> float:
        return self.begins + LEARNED

    @property
    def judged(self) -> list[float]:
        return self.times[bisect_right(self.times, self.judged_from) :]


@dataclass(slots=True)
class Result:
    """What a policy came to over some feeds."""

    waited: float = 0.0
    entries: int = 0
    soon: int = 0
    polls: int = 0
    unseen: int = 0
    waits: list[float] = field(default_factory=list)

    def add(self, delays: Iterable[float], polls: int, unseen: int) -> None:
        for delay in delays:
            self.waited += delay
            self.entries += 1
            self.soon += delay <= 15 * 60
        self.polls += polls
        self.unseen += unseen

    @property
    def minutes(self) -> float:
        return self.waited / max(self.entries, 1) / 60


class Policy:
    """Says after each poll how long to wait; ``scale`` is what its number of polls depends on."""

    def __init__(self, trace: Trace, scale: float) -> None:
        self.trace = trace
        self.scale = scale

    def wait(self, now: float, new: Sequence[float]) -> float:
        raise NotImplementedError

    def shown(self, now: float) -> list[float]:
        """What the document shows at a moment."""
        end = bisect_right(self.trace.times, now)
        return self.trace.times[max(0, end - WINDOW) : end]


class Fixed(Policy):
    """FreshRSS, reader, Miniflux round_robin: the same interval for all."""

    def wait(self, now: float, new: Sequence[float]) -> float:
        return 3600.0 * self.scale


class Miniflux(Policy):
    """entry_frequency: a week through the number of entries that the mean gap of the last week's makes."""

    def wait(self, now: float, new: Sequence[float]) -> float:
        week = self.trace.times[bisect_left(self.trace.times, now - 7 * DAY) : bisect_right(self.trace.times, now)]
        if len(week) < 2 or week[-1] == week[0]:
            return LONGEST
        weekly = math.ceil(7 * DAY / ((week[-1] - week[0]) / (len(week) - 1)))
        return 7 * DAY / weekly * self.scale


class CommaFeed(Policy):
    """Empirical: half the mean gap of what the document shows, slower the longer nothing came."""

    def wait(self, now: float, new: Sequence[float]) -> float:
        most, shown = 4 * 3600.0 * self.scale, self.shown(now)
        silent = now - shown[-1] if shown else math.inf
        for days, part in ((30, 1), (14, 2), (7, 4)):
            if silent >= days * DAY:
                return most / part
        if len(shown) < 2:
            return most
        gap = (shown[-1] - shown[0]) / (len(shown) - 1)
        return min(max(gap / 2 * self.scale, 300.0 * self.scale), most / 4)


class MediaCloud(Policy):
    """Ten minutes longer when two thirds of the document were known, an hour shorter when two thirds were new."""

    def __init__(self, trace: Trace, scale: float) -> None:
        super().__init__(trace, scale)
        self.minutes = 360.0

    def wait(self, now: float, new: Sequence[float]) -> float:
        shown = self.shown(now)
        known = 1 - min(len(new), WINDOW) / max(len(shown), 1)
        if known >= 0.67:
            self.minutes += 60 if not shown or now - shown[-1] > 31 * DAY else 10
        elif known < 0.33:
            self.minutes -= 60
        self.minutes = min(max(self.minutes, 10), 1440)
        return self.minutes * 60 * self.scale


class Tidings(Policy):
    """``crawler.rhythm``: ``scale`` is the price of a poll."""

    _REST = DAY / 4

    def __init__(self, trace: Trace, scale: float) -> None:
        super().__init__(trace, scale)
        self.rhythm = Rhythm(_moment(trace.begins), (0.0,) * 48, (0.0,) * 60, (0.0, 0.0))
        for day in range(28):
            begins = trace.begins + day * DAY
            past = trace.times[bisect_right(trace.times, begins) : bisect_right(trace.times, begins + DAY)]
            self.rhythm = learn(self.rhythm, map(_moment, past), _moment(begins + DAY))
        self.rates: Rates = rates(self.rhythm)

    def wait(self, now: float, new: Sequence[float]) -> float:
        if new or now - self.rhythm.at.timestamp() > self._REST:
            self.rhythm = learn(self.rhythm, map(_moment, new), _moment(now))
            self.rates = rates(self.rhythm)
        return wait(self.rates, _moment(now), self.scale, shortest=SHORTEST, longest=LONGEST, most=WINDOW / 2)


POLICIES: dict[str, tuple[Callable[[Trace, float], Policy], float, float]] = {
    "fixed interval": (Fixed, 0.01, 100.0),
    "Media Cloud": (MediaCloud, 0.001, 100.0),
    "Miniflux entry_frequency": (Miniflux, 0.01, 1000.0),
    "CommaFeed empirical": (CommaFeed, 0.01, 100.0),
    "Tidings": (Tidings, 1.0, 100_000.0),
}
"""Name → (policy, least and greatest scale)."""


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def read(paths: Iterable[Path]) -> list[Trace]:
    """The feeds of some trace files, each from its first active week on."""
    found = []
    for path in paths:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            found += [trace for line in lines if (trace := _active(json.loads(line)["times"])) is not None]
    return found


def _active(times: list[float]) -> Trace | None:
    begins = times[0]
    while begins + LEARNED + JUDGED <= times[-1] + DAY:
        part = times[bisect_left(times, begins) : bisect_left(times, begins + LEARNED + JUDGED)]
        if len({int(moment // DAY) for moment in part}) >= ACTIVE:
            return Trace(begins, part)
        begins += 7 * DAY
    return None


def follow(policy: Policy, phase: float, result: Result) -> None:
    """Poll one feed through its judged weeks."""
    times, now = policy.trace.times, policy.trace.judged_from
    end, at = now + JUDGED, bisect_right(policy.trace.times, now)
    polls, unseen, delays = 0, 0, []
    pause = phase * policy.wait(now, ())
    while now < end:
        now = min(now + min(max(pause, SHORTEST), LONGEST), end)
        polls += now < end
        stop = bisect_right(times, now)
        new = times[at:stop]
        at = stop
        delays += [now - moment for moment in new]
        unseen += max(0, len(new) - WINDOW)
        pause = policy.wait(now, new)
    result.add(delays, polls, unseen)


def judge(make: Callable[[Trace, float], Policy], traces: Sequence[Trace], scale: float) -> Result:
    """A policy at one scale over all feeds."""
    result = Result()
    for number, trace in enumerate(traces):
        # Each feed begins at another part of its interval, the same for every policy.
        follow(make(trace, scale), (number * 0.618) % 1, result)
    return result


def at_budget(name: str, traces: Sequence[Trace], budget: float, rounds: int = 12) -> Result:
    """A policy at the scale that spends a budget of polls, or just less."""
    make, low, high = POLICIES[name]
    wanted = budget * len(traces) * JUDGED / DAY
    best = judge(make, traces, high)
    for _ in range(rounds):
        scale = math.sqrt(low * high)
        found = judge(make, traces, scale)
        if found.polls > wanted:
            low = scale
        else:
            high, best = scale, found
        if 0.997 * wanted <= best.polls <= wanted:
            break
    return best


def bound(traces: Sequence[Trace], budget: float) -> float:
    """Mean delay in minutes that no policy for constant rates can beat: (Σ√λ)²/(2BΣλ) with the judged weeks' rates."""
    true = [len(trace.judged) / JUDGED for trace in traces]
    return sum(map(math.sqrt, true)) ** 2 / (2 * budget * len(traces) / DAY * sum(true)) / 60


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("traces", nargs="*", type=Path)
    parser.add_argument("--every", type=int, default=1, help="take every n-th feed")
    given = parser.parse_args()
    traces = read(given.traces or sorted(_TRACES.glob("*.jsonl.gz")))[:: given.every]
    print(f"{len(traces)} feeds, {sum(len(trace.judged) for trace in traces):,} entries judged")
    for budget in BUDGETS:
        print(f"\n{budget:.0f} polls a feed and day; bound for constant rates {bound(traces, budget):.2f} min")
        fixed = 0.0
        for name in POLICIES:
            began = time.process_time()
            found = at_budget(name, traces, budget)
            fixed = fixed or found.minutes
            print(
                f"  {name:26} {found.minutes:6.2f} min  {found.minutes / fixed:.3f} x fixed"
                f"  {found.minutes / bound(traces, budget):.3f} x bound  {found.soon / found.entries:4.0%} in 15 min"
                f"  {found.unseen:4} unseen  {found.polls / len(traces) / JUDGED * DAY:5.1f} polls"
                f"  ({time.process_time() - began:.0f} s)",
                flush=True,
            )


if __name__ == "__main__":
    main()

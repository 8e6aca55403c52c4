"""Kills the program at every point of a scenario, starts it again twice, and looks at what is left."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from sqlite3 import connect
from typing import Self

from tests.crash.starts import Launcher
from tests.crash.world import LONG_AGO, Place, World, faults, repeats

SYSCALLS = {
    "write to the database": "pwrite64",
    "sync": "fsync,fdatasync",
    "write": "write",
    "rename, unlink, truncate": "rename,renameat,renameat2,unlink,unlinkat,ftruncate",
    "send": "sendto",
}
"""Groups of system calls at whose n-th the program is killed, as strace names them."""


@dataclass(frozen=True)
class Scenario:
    """What the program is doing when it is killed."""

    name: str
    verb: tuple[str, ...]
    first: bool = False
    """In an empty folder: the schema is made and the archive told; else news comes to a database that is there."""
    maildir: bool = False


SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario("once, first start", ("once",), first=True),
        Scenario("once, news by SMTP", ("once", "--all")),
        Scenario("once, news to the Maildir", ("once", "--all"), maildir=True),
        Scenario("run, news by SMTP", ("run",)),
    )
}


@dataclass(frozen=True)
class Kill:
    """One kill: at the n-th point inside the program, or at the n-th system call of a group."""

    scenario: Scenario
    number: int
    syscalls: str = ""
    """A group of ``SYSCALLS``; empty for a point inside the program."""
    broken: str = ""
    """A design that loses, of ``points.BROKEN``."""
    kind: str = ""
    """Count points of this name alone: no two starts pass quite the same points in the same order."""


@dataclass(frozen=True)
class Result:
    """What came of a kill."""

    kill: Kill
    point: str
    """Where it was; empty when the program ended before it got there."""
    faults: tuple[str, ...] = ()
    repeats: int = 0


@dataclass
class Bench:
    """A world, prepared databases, and launchers for as many kills at a time."""

    folder: Path
    width: int = 2
    launchers: list[Launcher] = field(default_factory=list)
    _stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        self.world = self._stack.enter_context(World(self.folder))
        self.launchers = [self._stack.enter_context(Launcher()) for _ in range(self.width)]
        self._free = list(self.launchers)
        self._lock = threading.Lock()
        self.prepared = self._prepare()
        self.world.publish(news=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _prepare(self) -> Path:
        """A database that has read the papers of the morning, told what was there, and is due again."""
        self.world.publish(news=False)
        place = self.world.place()
        ended = self.launchers[0].run(place, "once")
        assert ended.code == 0, ended.said
        with closing(connect(place.folder / "tidings.db")) as db, db:
            db.execute("UPDATE sources SET next_poll = ?", [LONG_AGO])
        return place.folder / "tidings.db"

    def place(self, scenario: Scenario) -> Place:
        """A fresh folder for a scenario."""
        return self.world.place(after=None if scenario.first else self.prepared, maildir=scenario.maildir)

    def count_points(self, scenario: Scenario, broken: str = "") -> list[str]:
        """The points that a start passes which is not killed, in their order."""
        place = self.place(scenario)
        names = place.folder / "names"
        ended = self._start(self.launchers[0], place, scenario.verb, kill_at=0, names=str(names), broken=broken)
        assert ended == 0, place.folder
        return names.read_text("utf-8").splitlines()

    def kill(self, kill: Kill) -> Result:
        """Kill once, start twice, look."""
        with self._lock:
            launcher = self._free.pop()
        try:
            return self._kill(launcher, kill)
        finally:
            with self._lock:
                self._free.append(launcher)

    def all(self, kills: Sequence[Kill]) -> Iterator[Result]:
        """Every kill, so many at a time as there are launchers."""
        with ThreadPoolExecutor(self.width) as pool:
            yield from pool.map(self.kill, kills)

    def _kill(self, launcher: Launcher, kill: Kill) -> Result:
        place, names = self.place(kill.scenario), ""
        options = {"broken": kill.broken} if kill.broken else {}
        if kill.syscalls:
            calls = SYSCALLS[kill.syscalls]
            trace = [
                "-o",
                "/dev/null",
                "-e",
                f"trace={calls}",
                "-e",
                f"inject={calls}:signal=SIGKILL:when={kill.number}",
            ]
            code = self._start(launcher, place, kill.scenario.verb, trace=trace, **options)
            point = kill.syscalls
        else:
            names = str(place.folder / "names")
            at = {"kill_at": kill.number, "kind": kill.kind}
            code = self._start(launcher, place, kill.scenario.verb, names=names, **at, **options)
            point = Path(names).read_text("utf-8").strip() if code == -signal.SIGKILL else ""
        if code != -signal.SIGKILL:
            return Result(kill, "", () if code == 0 else (f"ended with {code} instead of being killed",))
        before = place.alerts_now()
        found = []
        for verb in (kill.scenario.verb, ("once", "--all")):
            again = self._start(launcher, place, verb, **options)
            found += [] if again == 0 else [f"the start after it ended with {again}"]
            calm = place.deliveries()
        found += faults(place, before, news=not kill.scenario.first)
        found += ["a start with nothing to do delivered"] if len(place.deliveries()) != len(calm) else []
        return Result(kill, point, tuple(found), repeats(place))

    def _start(self, launcher: Launcher, place: Place, verb: tuple[str, ...], **options: object) -> int:
        meanwhile = until_quiet(place) if verb == ("run",) else None
        return launcher.run(place, *verb, meanwhile=meanwhile, **options).code  # type: ignore[arg-type]


def until_quiet(place: Place) -> Callable[[int], None]:
    """Lets a service run until nothing is due, or it was killed, and then tells it to stop."""

    before = set(place.folder.glob("log-*"))

    def listens() -> bool:
        own = set(place.folder.glob("log-*")) - before
        return any("following" in log.read_text("utf-8") for log in own)

    def wait(pid: int) -> None:
        deadline = time.monotonic() + 40
        while time.monotonic() < deadline and runs(pid) and not (listens() and place.quiet()):
            time.sleep(0.05)
        if runs(pid):
            os.kill(pid, signal.SIGTERM)

    return wait


def runs(pid: int) -> bool:
    """Whether a process is there."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True

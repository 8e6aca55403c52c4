"""The program as a process, from outside: started by a launcher, killed at a point, traced by strace."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from tests.program import ROOT, Folder

STRACE = shutil.which("strace")
WITHIN = 60.0
"""Seconds that a start may take before it is a fault."""


@dataclass(frozen=True)
class Ended:
    """How a start ended."""

    code: int
    """Minus the signal's number where one ended it."""
    said: str
    """All that it wrote to standard output and error."""
    seconds: float

    @property
    def killed(self) -> bool:
        """SIGKILL ended it."""
        return self.code == -signal.SIGKILL


class Launcher:
    """One launcher process; one start at a time."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.launcher"],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._tracer: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(WITHIN)
        self._process.stdout.close()

    def run(
        self,
        folder: Folder,
        *arguments: str,
        trace: Sequence[str] = (),
        meanwhile: Callable[[int], None] | None = None,
        **request: Any,  # noqa: ANN401
    ) -> Ended:
        """Start the program in a folder and wait for its end.

        ``trace`` are options of strace, ``meanwhile`` is called with the process's number once it runs, ``request``
        is told to the launcher.
        """
        log = folder.folder / f"log-{time.monotonic_ns()}"
        told = {"arguments": ["--settings", str(folder.path), *arguments], "folder": str(folder.folder)}
        self._tell(json.dumps(told | {"log": str(log)} | request))
        pid: int = self._hear()["pid"]
        began = time.monotonic()
        with _traced(pid, trace) as self._tracer, _ended_in_time(pid):
            self._tell("go")
            try:
                if meanwhile is not None:
                    meanwhile(pid)
            except BaseException:
                os.kill(pid, signal.SIGKILL)
                raise
            finally:
                code: int = self._hear()["code"]
        return Ended(code, log.read_text("utf-8", "replace"), time.monotonic() - began)

    def let_go(self) -> None:
        """Let strace leave the running start alone, which goes on as if nothing had been."""
        if self._tracer is not None:
            self._tracer.terminate()
            self._tracer.wait(WITHIN)

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def _hear(self) -> dict[str, int]:
        assert self._process.stdout is not None
        answer: dict[str, int] = json.loads(self._process.stdout.readline())
        return answer


@contextlib.contextmanager
def _ended_in_time(pid: int) -> Iterator[None]:
    """SIGABRT after a minute, so that a start that hangs is a fault of its own and not of the test's patience."""
    watch = subprocess.Popen(["sh", "-c", f"sleep {WITHIN:g}; kill -ABRT {pid}"], start_new_session=True)
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(watch.pid, signal.SIGKILL)
        watch.wait()


@contextlib.contextmanager
def _traced(pid: int, options: Sequence[str]) -> Iterator[subprocess.Popen[str] | None]:
    """Let strace hold a process, with all its threads and children, before it goes on."""
    if not options:
        yield None
        return
    assert STRACE is not None
    command = [STRACE, "-f", "-p", str(pid), *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tracer:
        assert tracer.stderr is not None
        attached = tracer.stderr.readline()
        assert "attached" in attached, attached
        yield tracer
        tracer.wait(WITHIN)

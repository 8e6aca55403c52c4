"""The program's side: a few warm workers, a document handed to one that is free, one that is stuck replaced."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import socket
import subprocess
import sys
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from types import TracebackType
from typing import Any, NoReturn, Self
from urllib.parse import urlsplit

from pydantic import ValidationError

from crawler.errors import SourceError
from crawler.extractors.extracted import Extracted
from crawler.model import SourceDocument
from crawler.parsing import wire

_log = logging.getLogger(__name__)

_BOOT = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from crawler.parsing.worker import serve;"
    " serve(*json.loads(sys.argv[2]))"
)
_GRACE = 5.0
"""Seconds beyond the wall limit until a worker is ended from outside; a new one also imports its libraries in them."""
_PATIENCE = 2.0
"""Seconds that a document waits for a worker that is at work before another one is started: most documents take a
hundredth, so one worker is enough as long as none is stuck, and documents are read in the order in which they came."""
_COSTLY = 2.0
"""Seconds: a host whose document took so long, or ended its worker, is read one document at a time from then on, so
that the other workers stay free for the others."""
_MOST_COSTLY = 1000
_ENVIRONMENT = ("PATH", "HOME", "LANG", "LANGUAGE", "TZ", "TMPDIR")
_ENVIRONMENTS = ("LC_", "PYTHON", "LD_", "DYLD_", "FAKETIME")
"""What a worker is told of the environment: passwords stand there too, and it has no use for them."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may cost (``reliability.md``, rule 19)."""

    memory: int = 640 * 1024 * 1024
    """Bytes of address space of the worker."""
    cpu: int = 10
    """Seconds of computing."""
    wall: float = 15.0
    """Seconds."""


class _Gone(Exception):  # noqa: N818  (no error to anybody: the worker ended, and why is looked up)
    """The worker's socket closed, or it gave no answer in time; what it says, if anything, is the reason."""


class _Worker:
    """One worker process."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._link, theirs = socket.socketpair()
        self._link.settimeout(0)
        options = [theirs.fileno(), limits.memory, limits.cpu, limits.wall]
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603  (our own interpreter and code)
                [sys.executable, "-c", _BOOT, json.dumps(sys.path), json.dumps(options)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                # Its libraries warn of a document in the document's own words, past the log that makes them harmless.
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
                env=_environment(),
            )

    @property
    def number(self) -> int:
        """The process's."""
        return self._process.pid

    async def ask(self, asked: bytes) -> dict[str, Any]:
        """Send a question and return the answer; raises _Gone, and the worker is of no use then."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._limits.wall + _GRACE):
                await loop.sock_sendall(self._link, asked)
                (size,) = wire.HEAD.unpack(await self._exactly(wire.HEAD.size))
                if size > wire.MOST_ANSWERED:
                    raise _Gone("a document with more text than is taken")
                told: dict[str, Any] = json.loads(await self._exactly(size))
        except (OSError, ValueError) as error:  # TimeoutError is an OSError
            raise _Gone from error
        return told

    async def _exactly(self, size: int) -> bytearray:
        loop, content = asyncio.get_running_loop(), bytearray()
        while len(content) < size:
            more = await loop.sock_recv(self._link, min(size - len(content), 1 << 20))
            if not more:
                raise _Gone
            content += more
        return content

    def end(self) -> int:
        """End the process if it has not ended; its exit code, negative for a signal."""
        self._link.close()
        with suppress(subprocess.TimeoutExpired):
            # One that ended by itself is about to be seen as such, and how it did is the reason that is told.
            return self._process.wait(0.05)
        self._process.kill()
        self._process.wait()
        return -signal.SIGALRM

    def ended(self) -> bool:
        """It ended between two documents: it had grown too large, or somebody killed it."""
        return self._process.poll() is not None


class Parsers:
    """Workers, as many as are needed and ``most`` at once. ``with`` ends them."""

    def __init__(self, limits: Limits | None = None, most: int = 3) -> None:
        self._limits = limits or Limits()
        self._idle: list[_Worker] = []
        self._at_work: set[_Worker] = set()
        self._most = most
        self._turn = asyncio.Lock()
        self._returned = asyncio.Event()
        self._wary = asyncio.Semaphore(1)
        self._costly: OrderedDict[str, None] = OrderedDict()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the workers that are idle; the next document starts new ones."""
        while self._idle:
            self._idle.pop().end()

    def processes(self) -> set[int]:
        """Numbers of the workers' processes."""
        return {worker.number for worker in (*self._idle, *self._at_work)}

    async def feed(self, url: str, body: bytes, content_type: str = "") -> SourceDocument:
        """Read a source's document: ``crawler.sources.read`` in a worker.

        Raises SourceError when the document is no source, or costs more than the limits allow.
        """
        document: SourceDocument = await self._ask("feed", url, body, content_type)
        return document

    async def page(self, url: str, body: bytes, content_type: str = "") -> Extracted | None:
        """The article of a page: ``crawler.extractors.page.extract`` in a worker; raises SourceError as ``feed``."""
        found: Extracted | None = await self._ask("page", url, body, content_type)
        return found

    async def discover(self, url: str, body: bytes) -> list[tuple[str, str]]:
        """The feeds that a page names: ``crawler.sources.discover`` in a worker; raises SourceError as ``feed``."""
        found: list[tuple[str, str]] = await self._ask("discover", url, body, "")
        return found

    async def _ask(self, task: str, url: str, body: bytes, content_type: str) -> Any:  # noqa: ANN401
        if _host(url) not in self._costly:
            return await self._hand_over(task, url, body, content_type)
        async with self._wary:
            return await self._hand_over(task, url, body, content_type)

    async def _hand_over(self, task: str, url: str, body: bytes, content_type: str) -> Any:  # noqa: ANN401
        async with self._turn:
            worker = await self._next()
            self._at_work.add(worker)
        began = monotonic()
        try:
            told = await worker.ask(wire.question(task, url, body, content_type))
        except _Gone as gone:
            self._note(url, cheap=False)
            code = worker.end()
            raise SourceError(url, str(gone) or self._why(code)) from None
        except BaseException:
            worker.end()  # in mid-answer: nobody could use it again
            raise
        finally:
            self._at_work.discard(worker)
            self._returned.set()
        self._note(url, cheap=monotonic() - began < _COSTLY)
        if told["last"]:
            worker.end()
        else:
            self._idle.append(worker)
        return self._result(task, url, told)

    async def _next(self) -> _Worker:
        """A worker that is free: an idle one, a new one when none is at work, or one for which there was a wait."""
        patience: float | None = _PATIENCE
        while True:
            worker = self._first_idle()
            if worker is not None:
                return worker
            if not self._at_work or (patience is None and len(self._at_work) < self._most):
                return _Worker(self._limits)
            self._returned.clear()
            try:
                async with asyncio.timeout(patience):
                    await self._returned.wait()
            except TimeoutError:
                patience = None

    def _first_idle(self) -> _Worker | None:
        while self._idle:
            worker = self._idle.pop()
            if not worker.ended():
                return worker
            worker.end()
        return None

    def _note(self, url: str, *, cheap: bool) -> None:
        host = _host(url)
        if cheap:
            self._costly.pop(host, None)
            return
        self._costly[host] = None
        while len(self._costly) > _MOST_COSTLY:
            self._costly.popitem(last=False)

    def _result(self, task: str, url: str, told: dict[str, Any]) -> Any:  # noqa: ANN401
        if "result" not in told:
            self._complain(url, told)
        try:
            return wire.RESULTS[task].validate_python(told["result"])
        except ValidationError as error:
            raise SourceError(url, f"a document of which something else was read: {error.title}") from error

    def _complain(self, url: str, told: dict[str, Any]) -> NoReturn:
        if "refused" in told:
            raise SourceError(url, told["refused"])
        if "memory" in told:
            raise SourceError(url, self._too_large())
        _log.error("%s: its document broke the parser:\n%s", url, told.get("broke", ""))
        last = told.get("broke", "").strip().rpartition("\n")[2]
        raise SourceError(url, f"a document that breaks the parser: {last[:200]}")

    def _too_large(self) -> str:
        return f"a document that cannot be read in {self._limits.memory >> 20} MiB of memory"

    def _why(self, code: int) -> str:
        if code == -signal.SIGALRM:
            return f"a document that cannot be read in {self._limits.wall:g} seconds"
        if code == -signal.SIGXCPU:
            return f"a document that takes more than {self._limits.cpu} seconds of computing to read"
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        return f"a document that ended the process that read it ({how})"


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name in _ENVIRONMENT or name.startswith(_ENVIRONMENTS)}

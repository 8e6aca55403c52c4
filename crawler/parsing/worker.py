"""The worker: reads one document after the other under limits that the kernel keeps.

It ends when the program does (its socket closes). Signals to the whole group are the program's to answer: a worker that
SIGTERM killed would make a failure of a poll that is only being finished.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import traceback
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any

from crawler.errors import SourceError
from crawler.extractors import page
from crawler.parsing import wire
from crawler.sources import discover, read

_GROWN = 200 * 1024 * 1024
"""Bytes of resident memory from which on a worker is replaced: what a large document took is not all given back."""
_LONGEST = 2000
"""Documents after which a worker is replaced whatever it holds: not every system tells its memory."""
_FILES = 64
_LAST = ("memory", "broke")
"""Answers after which nobody knows what state the worker is in."""


def serve(descriptor: int, memory: int, cpu: int, wall: float) -> None:
    """Answer questions on a socket until it closes: ``memory`` in bytes, ``cpu`` and ``wall`` in seconds a document."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    warnings.simplefilter("ignore")
    with suppress(OSError):
        os.nice(5)  # the program itself goes first
    _limit(memory)
    documents = 0
    with socket.socket(fileno=descriptor) as link:
        while (head := _frame(link)) is not None:
            body = _frame(link)
            if body is None:
                return
            _begin(cpu, wall)
            kind, content = _answer(json.loads(head), body)
            documents += 1
            last = kind in _LAST or documents >= _LONGEST or _resident() > _GROWN
            reply = wire.answer(kind, content, last=last)
            signal.setitimer(signal.ITIMER_REAL, 0)
            with suppress(OSError):  # the program is gone
                link.sendall(reply)
            if last:
                return


def _limit(memory: int) -> None:
    """Set what holds for the worker's whole life; no file is written and no core left."""
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, _FILES),
    ):
        hard = resource.getrlimit(what)[1]
        soft = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with suppress(OSError, ValueError):  # macOS knows no limit of memory
            resource.setrlimit(what, (soft, soft))


def _resident() -> int:
    """Bytes of memory held now; 0 where the system has no ``/proc``.

    Not ``ru_maxrss``: Linux lets a new program begin with the peak of the one that started it, so that beside a large
    program every worker would look grown after its first document.
    """
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * resource.getpagesize()


def _begin(cpu: int, wall: float) -> None:
    """Start the clocks of a document; both end the process, whatever C code it is in."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    with suppress(OSError, ValueError):  # the other clock holds
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + cpu + 1, hard))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, wall)


def _answer(asked: dict[str, str], body: bytes) -> tuple[str, Any]:
    """Kind and content of the answer to a question."""
    task = asked["task"]
    try:
        found = _read(task, asked["url"], body, asked["content_type"])
        return "result", wire.RESULTS[task].dump_python(found, mode="json")
    except SourceError as error:
        return "refused", error.says
    except MemoryError:
        return "memory", ""
    except Exception:  # noqa: BLE001  (a bug of ours or of a library: told where it is logged)
        return "broke", traceback.format_exc()


def _read(task: str, url: str, body: bytes, content_type: str) -> object:
    if task == "page":
        return page.extract(url, body, content_type)
    if task == "discover":
        return discover(url, body)
    return read(url, body, content_type=content_type)


def _frame(link: socket.socket) -> bytes | None:
    head = _exactly(link, wire.HEAD.size)
    return None if head is None else _exactly(link, wire.HEAD.unpack(head)[0])


def _exactly(link: socket.socket, size: int) -> bytes | None:
    """That many bytes, or None when the other side is gone."""
    content = bytearray(size)
    view, got = memoryview(content), 0
    while got < size:
        try:
            more = link.recv_into(view[got:])
        except OSError:
            return None
        if not more:
            return None
        got += more
    return bytes(content)

"""Starts the program again and again from a process that has its modules loaded already.

Reads one JSON request a line on standard input, forks, and in the child calls what ``python -m scheduler`` calls, with
the same arguments, folder, signals and end of the interpreter; only the second that importing takes is saved. Answers
two lines a request: the child's number, and how it ended.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any

_LOADED = (
    "scheduler.cli", "scheduler.once", "scheduler.service", "crawler.run", "crawler.settings", "crawler.addon",
    "crawler.middlewares", "crawler.extensions", "crawler.handlers", "crawler.spiders.feeds",
    "crawler.pipelines.extract", "scrapy.core.engine", "scrapy.core.downloader.handlers.http11",
    "feedparser", "trafilatura", "simplemma", "jinja2",
)  # fmt: skip


def main() -> None:
    """Serve requests; in a child, be the program."""
    for name in _LOADED:
        importlib.import_module(name)
    gc.freeze()
    request = _serve()
    if request is not None:
        _be_the_program(request)


def _serve() -> dict[str, Any] | None:
    """Fork for each request. Returns a request in its child, and None in the launcher at the end."""
    while line := sys.stdin.readline():
        request: dict[str, Any] = json.loads(line)
        held, go = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(go)
            os.read(held, 1)
            os.close(held)
            return request
        os.close(held)
        _say(pid=child)
        sys.stdin.readline()
        os.close(go)
        _, status = os.waitpid(child, 0)
        _say(code=os.waitstatus_to_exitcode(status))
    return None


def _say(**answer: int) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def _be_the_program(request: dict[str, Any]) -> None:
    log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, handle in enumerate((nothing, log, log)):
        os.dup2(handle, number)
    os.setsid()
    os.chdir(request["folder"])
    from tests.crash import points  # noqa: PLC0415

    if request.get("broken"):
        points.BROKEN[request["broken"]]()
    if "kill_at" in request:
        points.watch(points.Points(request["kill_at"], Path(request["names"]), request.get("kind", "")))
    from scheduler.cli import main as program  # noqa: PLC0415

    sys.argv = ["tidings", *request["arguments"]]
    program()


if __name__ == "__main__":
    main()

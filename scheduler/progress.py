"""How far a pass is: one line at the foot of a terminal, with what came in so far; nothing anywhere else.

What is drawn is counted elsewhere (``runtime.Summary``, the queue, the database) and only looked at here.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, NoReturn

from tqdm import tqdm

from crawler.config import Config
from crawler.runtime import Runtime
from scheduler import logs
from scheduler.show import count

_EVERY = 0.25
"""Seconds between two drawings, and before the first: what is over in a moment needs no bar."""
_USUAL, _ROWS = 80, 24
_SHAPE = "{n_fmt}/{total_fmt} sources {bar} {desc}"


@dataclass(frozen=True, slots=True)
class Tally:
    """What a pass came to so far."""

    done: int
    """Sources that were asked, or need not be any more."""
    total: int
    articles: int = 0
    matches: int = 0
    troubles: int = 0
    """Sources that failed."""

    def says(self) -> str:
        """``312 articles, 4 matches, 7 troubles``; the last two where there are any."""
        parts = [count(self.articles, "article")]
        parts += [count(self.matches, "match", "matches")] if self.matches else []
        parts += [count(self.troubles, "trouble")] if self.troubles else []
        return ", ".join(parts)


def of_pass(runtime: Runtime) -> Tally:
    """How far one pass is: everything that its queue took, less what is still on its way."""
    return _tally(runtime, runtime.queue.taken - runtime.queue.left(), runtime.queue.taken)


def of_first_pass(runtime: Runtime) -> Callable[[], Tally]:
    """How far the service is with the sources that nobody asked before now, while it goes on with all the others."""
    total = runtime.store.sources.never_asked()

    def look() -> Tally:
        left = runtime.store.sources.never_asked(due=runtime.clock())
        return _tally(runtime, max(total - left, 0), total)

    return look


def _tally(runtime: Runtime, done: int, total: int) -> Tally:
    summary = runtime.summary
    return Tally(done, total, summary.saved.new, summary.saved.matches, summary.failed)


def is_wanted(config: Config, stream: IO[str]) -> bool:
    """Whether a bar may be drawn: on a terminal that can move its cursor, beside a log that is for people."""
    return stream.isatty() and os.environ.get("TERM") != "dumb" and config.log.format == "text"


class Bar:
    """The line itself, by tqdm; the log's lines go above it."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._bar: tqdm[NoReturn] | None = None

    def draw(self, tally: Tally) -> None:
        """Draw it anew; it appears with the first source."""
        if self._bar is None:
            self._bar = _tqdm(self._stream, tally.total)
            logs.write_above(lambda: tqdm.external_write_mode(file=self._stream))
        self._bar.total, self._bar.n, self._bar.ncols = tally.total, tally.done, _columns(self._stream)
        self._bar.set_description_str(tally.says(), refresh=True)

    def close(self) -> None:
        """Take it away: what the pass came to is told by others."""
        if self._bar is not None:
            logs.write_above(None)
            self._bar.close()
            self._bar = None


def _tqdm(stream: IO[str], total: int) -> tqdm[NoReturn]:
    # Neither its thread nor its lock between processes is needed: the loop draws, and the log writes from threads.
    tqdm.monitor_interval = 0
    tqdm.set_lock(threading.RLock())
    return tqdm(total=total, file=stream, ncols=_columns(stream), nrows=_ROWS, leave=False, bar_format=_SHAPE)


def _columns(stream: IO[str]) -> int:
    # tqdm by itself draws nothing on a terminal that does not know its size; the last column is left to the cursor.
    return (os.get_terminal_size(stream.fileno()).columns or _USUAL) - 1


@contextmanager
def drawn(look: Callable[[], Tally], stream: IO[str] | None) -> Iterator[None]:
    """Draw what ``look`` tells onto ``stream`` (``None``: nowhere) until all is done, or the block ends."""
    if stream is None:
        yield
        return
    bar = Bar(stream)
    drawing = asyncio.ensure_future(_draw(bar, look))
    try:
        yield
    finally:
        drawing.cancel()
        bar.close()


async def _draw(bar: Bar, look: Callable[[], Tally]) -> None:
    while True:
        await asyncio.sleep(_EVERY)
        try:
            tally = look()
            if tally.done < tally.total:
                bar.draw(tally)
        except (OSError, sqlite3.Error):
            return  # the terminal is gone, or the database cannot be read: both are no matter of a bar
        if tally.done >= tally.total > 0:
            bar.close()
            return

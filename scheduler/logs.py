"""The log: one line for a record, for people or for machines, that no stranger can forge and no secret gets into.

Everything arrives through the standard library's ``logging``, from Tidings, Scrapy, Twisted and Python itself, and
leaves through the one handler here. What a record is about comes from :mod:`crawler.context`.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from types import TracebackType
from typing import IO, Any

from crawler import context
from crawler.config import Config
from scheduler.logs_text import key_spellings, login_spellings, mask, secrets_in, spellings, visible, visible_json

_LONGEST = 4_000
"""Characters of a message that are kept, and …"""
_LONGEST_TRACEBACK = 20_000
_TOLD_AGAIN = 600.0
"""Seconds within which the same warning is counted instead of told again."""
_MOST_COUNTED = 1_000
_ABOUT = "about"
"""Attribute of a record: the source that the work was about when it was made."""
_FACTS = "facts"
"""Attribute of a record, ``extra={"facts": {…}}``: what it says, as data."""
# sd-daemon(3): what the journal takes for a record's priority.
_PRIORITIES = ((logging.CRITICAL, 2), (logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6), (0, 7))
_LIBRARIES = {
    # Scrapy tells each failed download once more, with a traceback; the source's own sentence is told by us.
    "scrapy": logging.ERROR,
    "trafilatura": logging.CRITICAL,
    "apscheduler": logging.ERROR,
}


def facts_of(record: logging.LogRecord, clean: Callable[[str], str] = mask) -> dict[str, Any]:
    """A record as data; ``clean`` takes the secrets out of every text."""
    facts: dict[str, Any] = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "event": _shortened(clean(record.getMessage()), _LONGEST),
    }
    due = record.__dict__.get(_ABOUT)
    if due is not None:
        facts["source"] = {"id": due.id, "name": clean(due.source.name), "url": clean(due.source.url)}
    for name, value in record.__dict__.get(_FACTS, {}).items():
        facts.setdefault(name, clean(value) if isinstance(value, str) else value)
    if record.exc_info and record.exc_info[0] is not None:
        told = logging.Formatter().formatException(record.exc_info)
        facts["exception"] = _shortened(clean(told), _LONGEST_TRACEBACK)
    return facts


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most // 2]} … {text[-most // 2 :]}"


class _Formatter(logging.Formatter):
    """What both formats have in common."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self.secrets = tuple(sorted(set(secrets), key=len, reverse=True))

    def clean(self, text: str) -> str:
        """The text without secrets."""
        return mask(text, self.secrets)


class TextFormatter(_Formatter):
    """A line for people; a traceback follows on lines that begin with a bar."""

    def __init__(self, secrets: Iterable[str] = (), *, clock: bool = True) -> None:
        super().__init__(secrets)
        self._clock = clock

    def format(self, record: logging.LogRecord) -> str:
        """``2026-11-23T08:00:00.000Z WARNING crawler.x: what [source 7: Name, https://…]``."""
        facts = facts_of(record, self.clean)
        line = f"{facts['level'].upper()} {facts['logger']}: {facts['event']}{_about(facts.get('source'))}"
        lines = [visible(f"{facts['time']} {line}" if self._clock else line)]
        lines += [f"  | {visible(each)}" for each in facts.get("exception", "").split("\n") if each]
        return "\n".join(lines)


def _about(source: dict[str, Any] | None) -> str:
    if source is None:
        return ""
    named = f"{source['name']}, " if source["name"] else ""
    return f" [source {source['id']}: {named}{source['url']}]"


class JsonFormatter(_Formatter):
    """A line that is one JSON object; a traceback is its ``exception``."""

    def __init__(self, secrets: Iterable[str] = (), *, ascii_only: bool = False) -> None:
        super().__init__(secrets)
        self._ascii = ascii_only

    def format(self, record: logging.LogRecord) -> str:
        """``{"time": …, "level": …, "logger": …, "event": …, "source": {"id", "name", "url"}}``."""
        facts = facts_of(record, self.clean)
        return visible_json(json.dumps(facts, ensure_ascii=self._ascii, default=lambda value: self.clean(str(value))))


class Once(logging.Handler):
    """Writes records; the same warning within ten minutes is counted, and the count told when they are over."""

    def __init__(self, stream: IO[str], *, journal: bool = False, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._stream = stream
        self._journal = journal
        self._clock = clock
        self._told: OrderedDict[tuple[object, ...], tuple[float, int, logging.LogRecord]] = OrderedDict()

    def emit(self, record: logging.LogRecord) -> None:
        """Called by ``logging`` with the lock held."""
        record.__dict__[_ABOUT] = context.current()
        now = self._clock()
        self._tell_counts(lambda since: now - since >= _TOLD_AGAIN)
        if record.levelno < logging.WARNING:
            self._write(record)
            return
        key = _key(record)
        if key in self._told:
            since, count, first = self._told[key]
            self._told[key] = (since, count + 1, first)
            return
        self._told[key] = (now, 0, _without_traceback(record))
        self._write(record)
        if len(self._told) > _MOST_COUNTED:
            self._tell_counts(lambda _: len(self._told) > _MOST_COUNTED)

    def close(self) -> None:
        """Tell what was counted and not told."""
        with self.lock or threading.RLock():
            self._tell_counts(lambda _: True)
        super().close()

    def _tell_counts(self, over: Callable[[float], bool]) -> None:
        while self._told:
            key, (since, count, record) = next(iter(self._told.items()))
            if not over(since):
                return
            del self._told[key]
            if count:
                self._write(_again(record, count))

    def _write(self, record: logging.LogRecord) -> None:
        try:
            text = self.format(record)
        except Exception as error:  # noqa: BLE001  (a record that cannot be written costs itself and nothing else)
            text = f"{record.name}: a record could not be written: {type(error).__name__}"
        if self._journal:
            priority = next(number for level, number in _PRIORITIES if record.levelno >= level)
            text = "\n".join(f"<{priority}>{line}" for line in text.split("\n"))
        try:
            with _ABOVE[-1]():
                self._stream.write(f"{text}\n")
                self._stream.flush()
        except (OSError, ValueError):
            """Nobody reads any more, or the disk that the log goes to is full: the work goes on."""


_ABOVE: list[Callable[[], AbstractContextManager[None]]] = [nullcontext]
"""What a line is written within: something that takes the foot of the terminal away and puts it back."""


def write_above(within: Callable[[], AbstractContextManager[None]] | None) -> None:
    """Write every line within this from now on, so that what stands at the foot stays there; ``None`` ends it."""
    _ABOVE[1:] = [] if within is None else [within]


def _key(record: logging.LogRecord) -> tuple[object, ...]:
    due = record.__dict__.get(_ABOUT)
    try:
        says = record.getMessage()
    except Exception:  # noqa: BLE001  (told as it is, when it is written)
        says = str(record.msg)
    failed = repr(record.exc_info[1]) if record.exc_info else ""
    return record.name, record.levelno, says, failed, due and due.id


def _without_traceback(record: logging.LogRecord) -> logging.LogRecord:
    """A copy to keep: a traceback holds on to everything that its frames name."""
    copy = logging.makeLogRecord(record.__dict__)
    copy.exc_info = copy.exc_text = None
    copy.msg, copy.args = _key(record)[2], ()
    return copy


def _again(record: logging.LogRecord, count: int) -> logging.LogRecord:
    record.msg = f"{record.msg} (told {count} more time{'s' * (count > 1)} since)"
    record.__dict__[_FACTS] = {**record.__dict__.get(_FACTS, {}), "repeated": count}
    record.created = time.time()
    return record


def secrets_of(config: Config) -> list[str]:
    """Every secret that the settings hold, in every spelling that may come up."""
    found: list[str] = []
    mail = config.mail
    if mail.password is not None:
        found += login_spellings(mail.smtp.user if mail.smtp else "", mail.password.get_secret_value())
    if config.answers.password is not None:
        user = config.answers.imap.user if config.answers.imap else ""
        found += login_spellings(user, config.answers.password.get_secret_value())
    for way in config.ways:
        found += [*spellings(way.url), *key_spellings(way.key)]
    for source in config.sources:
        found += secrets_in(source.url)
    return found


def set_up(config: Config, *, verbose: bool = False) -> None:
    """Let the log go to standard error as ``[log]`` asks; called again, as it asks now."""
    root = logging.getLogger()
    for old in root.handlers:
        old.close()
    journal = _is_journal(sys.stderr)
    handler = Once(sys.stderr, journal=journal)
    handler.setFormatter(_formatter(config, journal=journal))
    root.handlers[:] = [handler]
    level = logging.DEBUG if verbose else logging.getLevelNamesMapping()[config.log.level.upper()]
    root.setLevel(max(logging.WARNING, level))
    for name in ("crawler", "scheduler"):
        logging.getLogger(name).setLevel(level)
    for name, least in _LIBRARIES.items():
        logging.getLogger(name).setLevel(least)
    _listen_to_the_rest()


def _formatter(config: Config, *, journal: bool) -> logging.Formatter:
    secrets = secrets_of(config)
    if config.log.format == "text":
        return TextFormatter(secrets, clock=not journal)
    encoding = (sys.stderr.encoding or "").lower()
    return JsonFormatter(secrets, ascii_only=not encoding.startswith("utf"))


def _is_journal(stream: IO[str]) -> bool:
    """Standard error goes straight to systemd's journal (systemd.exec(5), ``$JOURNAL_STREAM``)."""
    try:
        found = os.fstat(stream.fileno())
    except (OSError, ValueError):
        return False
    return os.environ.get("JOURNAL_STREAM") == f"{found.st_dev}:{found.st_ino}"


def speaks_json() -> bool:
    """The log is set up and goes out as JSON: nothing else may then be written to standard error."""
    return any(isinstance(handler.formatter, JsonFormatter) for handler in logging.getLogger().handlers)


def _listen_to_the_rest() -> None:
    """Python's warnings, Twisted's log and errors that nobody caught come through ``logging`` too."""
    logging.captureWarnings(capture=True)
    sys.excepthook = _uncaught
    threading.excepthook = lambda what: _uncaught(what.exc_type, what.exc_value, what.exc_traceback)
    sys.unraisablehook = lambda what: _uncaught(what.exc_type, what.exc_value, what.exc_traceback)
    if not _HEARD:
        from twisted.logger import STDLibLogObserver, globalLogBeginner  # noqa: PLC0415  (only where a log is kept)

        _HEARD.append(STDLibLogObserver("twisted"))
        globalLogBeginner.beginLoggingTo(_HEARD, redirectStandardIO=False)


_HEARD: list[Any] = []
"""The observer of Twisted's log, which can be begun once."""


def _uncaught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if error is not None and issubclass(kind, Exception):
        logging.getLogger("scheduler").critical("an error of Tidings itself", exc_info=(kind, error, trace))

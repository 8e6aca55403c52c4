"""What every verb starts from: the settings, the database, and how results and troubles are said."""

from __future__ import annotations

import codecs
import json
import logging
import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from crawler.config import Config
    from crawler.model import Topic
    from crawler.storage import Store

F = TypeVar("F", bound=Callable[..., Any])

_UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

# Exit codes (docs/reference/command.md).
DONE = 0
NOTHING_DONE = 1
WRONG = 2
MAIL_WAITS = 3


class Refused(click.ClickException):
    """What the person named does not exist."""

    exit_code = NOTHING_DONE

    def show(self, file: IO[Any] | None = None) -> None:
        """Say it as every other trouble is said."""
        from scheduler import show  # noqa: PLC0415

        click.echo(show.block(f"tidings: {self.message}"), file=file, err=file is None)


@dataclass(slots=True)
class Session:
    """One call of the command."""

    settings: str | None = None

    def path(self) -> Path:
        """Where settings.toml is; raises SettingsError."""
        from crawler.config import find_settings  # noqa: PLC0415  (a verb pays for what it uses)

        return find_settings(self.settings, os.environ, Path.cwd())

    def config(self) -> Config:
        """The settings, queries checked too; raises SettingsError with every mistake."""
        from crawler.config import load  # noqa: PLC0415
        from crawler.topics import read_query  # noqa: PLC0415

        return load(self.path(), os.environ, read_query)

    def reader(self) -> Store:
        """The database, for looking; raises StorageError."""
        from crawler.storage import Store  # noqa: PLC0415

        return Store.reader(self.config().storage.path)

    def reader_if_there(self, config: Config) -> Store | None:
        """The database, for looking, or None before there is one; raises StorageError when it cannot be read."""
        from crawler.storage import Store  # noqa: PLC0415

        return Store.reader(config.storage.path) if config.storage.path.is_file() else None

    def topic(self, config: Config, name: str) -> Topic:
        """The topic that is called so, in whatever case; raises Refused."""
        for topic in config.topics:
            if topic.name.casefold() == name.strip().casefold():
                return topic
        names = ", ".join(topic.name for topic in config.topics) or "none"
        raise Refused(f"there is no topic {name!r} in {config.path.name}; there are: {names}")


json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")


def emit(data: object, *, as_json: bool, text: str = "") -> None:
    """Print a verb's result to standard output: its JSON document, or its text for people.

    Both pass a last filter, so that nothing a stranger wrote steers the terminal, whichever verb forgot to clean it.
    """
    from scheduler import show  # noqa: PLC0415

    if as_json:
        click.echo(to_json(data, indent=2))
    elif text:
        click.echo(show.block(text))


def to_json(data: object, *, indent: int | None = None) -> str:
    """A JSON text that any terminal takes: in ASCII alone where standard output is in one of the old character sets."""
    return harmless(json.dumps(data, ensure_ascii=not _takes_every_letter(), indent=indent, default=_plain))


def _plain(value: object) -> str:
    """What JSON has no type for: a moment as every verb writes it (``2026-11-22T08:30:00Z``), a path as text."""
    return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if isinstance(value, datetime) else str(value)


def _takes_every_letter() -> bool:
    """Standard output is UTF-8; so it is where it says ASCII, which click takes for a locale that was not set."""
    encoding = (sys.stdout.encoding or "").lower().replace("_", "-")
    return encoding.startswith("utf") or codecs.lookup(encoding or "ascii").name == "ascii"


def harmless(document: str) -> str:
    """A JSON text with every character escaped that could steer a terminal or cannot be written as UTF-8."""
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", document)


def tell(text: str) -> None:
    """Say something that is no result (progress, advice, trouble) on standard error; in the log where it is JSON."""
    from scheduler import show  # noqa: PLC0415

    text = show.block(text)
    logs = sys.modules.get("scheduler.logs")
    if logs is not None and logs.speaks_json():
        logging.getLogger("scheduler").warning("%s", text)
    else:
        click.echo(text, err=True)


def log_to_stderr(config: Config, *, verbose: bool) -> None:
    """Let the program's own log go to standard error, as the settings ask."""
    from scheduler import logs  # noqa: PLC0415

    logs.set_up(config, verbose=verbose)

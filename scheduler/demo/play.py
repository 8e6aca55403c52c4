"""Play the demo: the newsroom's days, hour by hour, through the same crawl, jobs and mails as the service."""

from __future__ import annotations

import asyncio
import email
import email.policy
import json
import shutil
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from crawler import run
from crawler.config import Config, load, settings_template
from crawler.errors import StorageError
from crawler.model import Source
from crawler.runtime import Runtime
from crawler.storage import InstanceLock, Store
from scheduler import jobs
from scheduler.demo.newsroom import Newsroom

_MARK = "made-by-tidings-demo"
_STEP = timedelta(minutes=30)
_HEAD = """\
# Written by `tidings demo`: the newsroom behind these addresses is gone when the demo has ended.
[crawl]
contact = "reporter@tidings.example"
every = "1h"
fastest = "30m"
slowest = "3h"
pace = "0s"
allow_networks = ["127.0.0.0/8", "::1/128"]

[mail]
from = "Tidings <tidings@tidings.example>"
to = ["reporter@tidings.example"]
maildir = "mail"
"""


@dataclass(slots=True)
class Played:
    """What the demo came to."""

    folder: Path
    maildir: Path
    database: Path
    settings: Path
    days: int
    sources: int
    polls: int = 0
    unchanged: int = 0
    articles: int = 0
    updated: int = 0
    copies: int = 0
    matches: int = 0
    mails: list[str] = field(default_factory=list)
    copied: dict[str, list[str]] = field(default_factory=dict)
    """"Headline – outlet" of each text that others carried too, with those outlets."""
    newest: Path | None = None

    def as_json(self) -> dict[str, Any]:
        """The document of ``demo --json``."""
        return {
            "sources": {"count": self.sources, "polled": self.polls, "unchanged": self.unchanged},
            "articles": {"new": self.articles, "updated": self.updated, "copies": self.copies},
            "matches": self.matches,
            "copied": self.copied,
            "alerts": {"delivered": len(self.mails), "subjects": self.mails},
            "maildir": str(self.maildir),
            "database": str(self.database),
            "settings": str(self.settings),
        }


def play(folder: Path, tell: Callable[[str], object]) -> Played:
    """Play the demo into a folder; ``tell`` gets a line for each simulated day.

    Raises:
        StorageError: the folder holds something that is not an earlier demo's.
    """
    _make_room(folder)
    start = (datetime.now(UTC) - timedelta(days=5)).replace(minute=0, second=0, microsecond=0)
    with Newsroom(start=start) as newsroom:
        newsroom.at(start)
        settings = folder / "settings.toml"
        settings.write_text(_settings(newsroom.sources), encoding="utf-8")
        config = load(settings, {})
        with InstanceLock(config.storage.path):
            return run.run_on_reactor(lambda: _play(newsroom, config, start, tell))


def _make_room(folder: Path) -> None:
    if (folder / _MARK).exists():
        shutil.rmtree(folder)
    if folder.exists() and any(folder.iterdir()):
        raise StorageError(folder, "is no earlier demo's folder and not empty; name another with --dir")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MARK).write_text(
        "`tidings demo` made this folder and replaces it when it runs again.\n", encoding="utf-8"
    )


def _settings(sources: list[Source]) -> str:
    """The demo's settings.toml: the newsroom's sources, the shipped topic."""
    topic = tomllib.loads(settings_template())["topics"][0]
    blocks = [_HEAD]
    for source in sources:
        keys = {"url": source.url, "name": source.name, "language": source.language}
        blocks.append("[[sources]]\n" + "".join(f"{key} = {_quoted(value)}\n" for key, value in keys.items()))
    blocks.append(f"[[topics]]\nname = {_quoted(topic['name'])}\nquery = '''{topic['query']}'''\n")
    return "\n".join(blocks)


def _quoted(text: str) -> str:
    """A TOML basic string; JSON's escapes are TOML's too."""
    return json.dumps(text, ensure_ascii=False)


async def _play(newsroom: Newsroom, config: Config, start: datetime, tell: Callable[[str], object]) -> Played:
    now = [start]
    with Store.writer(config.storage.path) as store:
        runtime = Runtime(config, store, clock=lambda: now[0])
        run.sync(runtime)
        crawl = asyncio.ensure_future(run.crawl(runtime))
        end = start + timedelta(days=newsroom.days)
        while now[0] <= end:
            newsroom.at(now[0])
            await _step(runtime, crawl)
            if (now[0] - start) % timedelta(days=1) == timedelta():
                articles, sent = store.articles.count(), store.outbox.counts()["sent"]
                tell(f"{now[0]:%a %d %b}: {articles} articles, {sent} mail{'' if sent == 1 else 's'} so far")
            now[0] += _STEP
        runtime.queue.finish()
        await crawl
        return _result(runtime, newsroom)


async def _step(runtime: Runtime, crawl: asyncio.Task[None]) -> None:
    """What the service's jobs do, one after the other instead of by the clock."""
    await jobs.poll(runtime)
    idle = asyncio.ensure_future(runtime.queue.idle())
    await asyncio.wait([idle, crawl], return_when=asyncio.FIRST_COMPLETED)
    if crawl.done():
        idle.cancel()
        crawl.result()
    await jobs.digest(runtime)
    await jobs.send_alerts(runtime)


def _result(runtime: Runtime, newsroom: Newsroom) -> Played:
    config, summary = runtime.config, runtime.summary
    played = Played(
        folder=config.path.parent,
        maildir=config.mail.maildir,
        database=config.storage.path,
        settings=config.path,
        days=newsroom.days,
        sources=len(config.sources),
        polls=summary.polled,
        unchanged=summary.unchanged,
        articles=summary.saved.new,
        updated=summary.saved.updated,
        copies=summary.saved.copies,
        matches=summary.saved.matches,
    )
    mails = sorted((config.mail.maildir / "new").iterdir(), key=_sent)
    played.mails = [_subject(path) for path in mails]
    played.newest = mails[-1] if mails else None
    for article in runtime.store.articles.oldest_first():
        if article.copy_of is None and (kin := runtime.store.articles.kin_of(article)):
            played.copied[f"{article.title} – {article.source}"] = [copy.source for copy in kin]
    return played


def _read(path: Path) -> email.message.EmailMessage:
    return email.message_from_bytes(path.read_bytes(), policy=email.policy.default)


def _subject(path: Path) -> str:
    return str(_read(path)["Subject"])


def _sent(path: Path) -> tuple[datetime, str]:
    date = _read(path)["Date"]
    return date.datetime, path.name


def report(played: Played, command: str = "tidings") -> str:
    """The demo's end for people: what came, and where to look; ``command`` is how they called this one."""
    lines = [
        "",
        f"{played.days} simulated days, {played.sources} feeds, {played.polls} polls ({played.unchanged} unchanged)",
        f"{played.articles} articles ({played.copies} of them copies of another outlet's), {played.updated} updated",
        f"{played.matches} belong to the topic; {len(played.mails)} mails were written:",
        *(f"  {number:2}. {subject}" for number, subject in enumerate(played.mails, 1)),
        "",
        "Copies told apart, so that nobody is mailed twice:",
        *(f"  {origin}; also in {', '.join(outlets)}" for origin, outlets in played.copied.items()),
        "",
        "Look at",
        f"  the mails      {played.maildir}   (a Maildir: `mutt -f {played.maildir}`, or read a file)",
        f"  the newest     {played.newest}",
        f"  the database   {played.database}",
        f"  the settings   {played.settings}",
        "Try",
        f"  {command} --settings {played.settings} articles search 'register OR реєстр'",
        f"  {command} --settings {played.settings} alerts list",
    ]
    return "\n".join(lines)

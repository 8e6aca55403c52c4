"""What `tidings check` looks at beyond the settings' own mistakes: queries, their examples, the database, the mail."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from crawler.channels.smtp import probe
from crawler.config import Config
from crawler.dedupe import urls
from crawler.errors import DeliveryError, StorageError
from crawler.model import Topic
from crawler.storage import Store
from crawler.text import Document, detect_language
from crawler.topics import Matcher, compile_topic, parse, warnings

PATIENCE = 10.0
"""Seconds for the whole session with the mail server."""


@dataclass(slots=True)
class Checkup:
    """What was found; a problem is unwell, a warning can be lived with, a note is good to know."""

    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The document of ``check --json``."""
        return {"usable": True, "well": not self.problems, "mistakes": [], **asdict(self)}


def look_over(config: Config) -> Checkup:
    """Look at everything that the settings name, without changing or sending anything; may take ``PATIENCE``."""
    found = Checkup(warnings=list(config.warnings))
    store = _open(config, found)
    try:
        for topic in config.topics:
            _look_at_topic(topic, store, found)
    finally:
        if store is not None:
            store.close()
    _look_at_mail(config, found)
    if not config.sources:
        found.warnings.append("no source is followed; `tidings sources add URL` adds one")
    if not config.topics:
        found.warnings.append("no topic is followed; add a [[topics]] to settings.toml")
    return found


def _open(config: Config, found: Checkup) -> Store | None:
    path = config.storage.path
    if not path.exists():
        if _may_write(path.parent):
            found.notes.append(f"{path}: there is no database yet; the first run makes it")
        else:
            found.problems.append(f"{path}: the database cannot be made: {path.parent} may not be written to")
        return None
    try:
        store = Store.reader(path)
    except StorageError as error:
        found.problems.append(str(error))
        return None
    if not os.access(path, os.W_OK):
        found.problems.append(f"{path}: the database may not be written to")
    found.notes.append(f"{path}: the database can be opened, with {store.articles.count()} articles")
    return store


def _look_at_topic(topic: Topic, store: Store | None, found: Checkup) -> None:
    name = f"topic {topic.name!r}"
    if not topic.query.strip():
        found.warnings.append(f"{name}: it has no query and takes nothing")
        return
    found.warnings += [f"{name}: query, {warning}" for warning in warnings(parse(topic.query))]
    matcher = Matcher([compile_topic(topic.name, topic.query)])
    for examples, wanted in ((topic.must_match, True), (topic.must_not_match, False)):
        key = "must_match" if wanted else "must_not_match"
        for example in examples:
            taken = _takes(matcher, example, store)
            if taken is None:
                found.warnings.append(f"{name}: {key}: {example} is not in the archive, so it cannot be checked")
            elif taken is not wanted:
                says = "the query does not take" if wanted else "the query takes"
                found.problems.append(f"{name}: {key}: {says} {example!r}")


def _takes(matcher: Matcher, example: str, store: Store | None) -> bool | None:
    """Whether the topic takes a title, or the stored article of an address; None when that is not stored."""
    if not urls.is_web_url(example):
        return bool(matcher.match(Document(example, "", detect_language(example)), source="", host=""))
    if store is None:
        return None
    article = store.articles.find(example) or store.articles.find(urls.canonical(example))
    if article is None:
        return None
    document = Document(article.title, article.text, article.language)
    return bool(matcher.match(document, source=article.source, host=article.outlet))


def _look_at_mail(config: Config, found: Checkup) -> None:
    mail = config.mail
    if mail.smtp is None:
        _look_at_maildir(mail.maildir, found)
        return
    server = f"{mail.smtp.host}:{mail.smtp.port}"
    try:
        probe(mail, within=PATIENCE)
    except DeliveryError as error:
        found.problems.append(f"mail: {error.says}")
    else:
        login = ", the login is right" if mail.smtp.user else ""
        found.notes.append(f"mail: {server} answers{login}; nothing was sent")


def _look_at_maildir(folder: Path, found: Checkup) -> None:
    if folder.exists() and not folder.is_dir():
        found.problems.append(f"mail: {folder} is a file; a Maildir is a folder")
    elif _may_write(folder):
        found.notes.append(f"mail: goes to the Maildir {folder}")
    else:
        found.problems.append(f"mail: the Maildir {folder} may not be written to")


def _may_write(folder: Path) -> bool:
    """Whether a folder, or the first one above it that is there, takes new files."""
    there = next((each for each in (folder, *folder.parents) if each.exists()), None)
    return there is not None and there.is_dir() and os.access(there, os.W_OK | os.X_OK)

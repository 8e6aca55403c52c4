"""What `tidings check` looks at beyond the settings' own mistakes: queries, their examples, the database, the mail."""

from __future__ import annotations

import os
import re
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from crawler import __version__
from crawler.alerts.pages import NAMES, Pages
from crawler.alerts.view import Limits, view
from crawler.channels import dkim
from crawler.channels.apprise import trouble as unusable
from crawler.channels.smtp import probe
from crawler.config import Config
from crawler.config.lines import Loc, Places
from crawler.config.load import parse as parse_settings
from crawler.config.load import read_settings
from crawler.dedupe import urls
from crawler.delivery import open_channel
from crawler.dispatch import Dispatch
from crawler.errors import DeliveryError, ExampleError, SettingsError, StorageError
from crawler.following import Trial, examples_now, read_file
from crawler.model import Alert, AlertArticle, AlertKind, Topic
from crawler.runtime import utc_now
from crawler.storage import Store, StoredArticle
from crawler.text import Document, detect_language
from crawler.text.languages import KINDS
from crawler.topics import CompiledTopic, Matcher, compile_topic, miss, query_warnings
from scheduler import show
from scheduler.lookup import stored_article

_COLUMN = re.compile(r"column (\d+)")
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
    lines = _Lines(config)
    known = _languages(config)
    for name, text in config.queries.items():
        found.warnings += [f"queries.{name}: {warning}" for warning in query_warnings(text, config.queries, known)]
    try:
        for numbered in enumerate(config.topics):
            _look_at_topic(numbered, store, lines, config, found)
    finally:
        if store is not None:
            store.close()
    _look_at_mail(config, found)
    _look_at_ways(config, found)
    if config.signing is not None and (says := dkim.trouble(config.signing)):
        found.problems.append(f"mail: {says}")
    _look_at_templates(config, found)
    if not config.sources:
        found.warnings.append("no source is followed; `tidings sources add URL` adds one")
    if not config.topics:
        found.warnings.append("no topic is followed; add a [[topics]] to settings.toml")
    return found


def _look_at_ways(config: Config, found: Checkup) -> None:
    for way in config.ways:
        if way.url and not way.is_webhook and (says := unusable(way.url)):
            found.problems.append(f"ways: @{way.name}: {says}")


def send_test(config: Config, found: Checkup) -> None:
    """Send everybody one mail that says it is a test, by the way that alerts go; no alert is stored."""
    kind, send = open_channel(config.mail)
    ways = Dispatch(config, send, utc_now)
    people = (person for topic in config.topics for person in topic.to)
    for person in dict.fromkeys((*config.mail.to, *people)):
        try:
            ways.send(ways.write(_test_alert(person)), person)
        except DeliveryError as error:
            found.problems.append(f"mail: the test to {person} did not go: {error.says}")
        else:
            found.notes.append(f"mail: a test went to {person} ({kind if '@' in person[1:] else 'way'})")


def _test_alert(person: str) -> Alert:
    now = utc_now()
    article = AlertArticle(
        id=0,
        url="",
        title="A test: mails from Tidings arrive",
        text="You asked for it with `tidings check --send`. It is not stored, and nothing has happened.",
        language="en",
        source="Tidings",
        author="",
        published=None,
        first_seen=now,
        score=1.0,
        evidence=(),
    )
    name = f"<tidings.test.{uuid4().hex}@tidings.localhost>"
    return Alert(0, name, person, "Test", AlertKind.NEWS, now, (article,))


def _look_at_templates(config: Config, found: Checkup) -> None:
    folder = config.mail.templates
    if folder is None:
        return
    pages = Pages.of(folder)
    if not pages.any:
        found.warnings.append(
            f"mail.templates: {folder} holds neither {' nor '.join(NAMES)}; the built-in ones are used"
        )
        return
    shown = view(_test_alert("you@example.org"), config.mail.timezone, __version__, Limits())
    troubles = pages.trouble(shown)
    found.problems += [f"mail.templates: {says}; the built-in one is used" for says in troubles]
    if not troubles:
        found.notes.append(f"mail.templates: those in {folder} work")


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


def _languages(config: Config) -> frozenset[str]:
    """The languages of the sources; empty when not every source names its own."""
    named = frozenset(source.language.split("-")[0].lower() for source in config.sources)
    return frozenset() if "" in named else named


def _look_at_topic(
    numbered: tuple[int, Topic], store: Store | None, lines: _Lines, config: Config, found: Checkup
) -> None:
    number, topic = numbered
    name = f"topic {topic.name!r}"
    _look_at_examples(topic, number, store, lines, found)
    if topic.examples:
        _look_by_examples(topic, number, store, lines, found)
    if not topic.query.strip():
        return
    written = topic.written or topic.query
    for warning in query_warnings(written, config.queries, _languages(config)):
        where, says = lines.in_query(number, written, warning)
        found.warnings.append(f"{where}{name}: query, {says}")
    if topic.examples:  # what the query lacks the examples may take: both were asked together
        return
    compiled = compile_topic(topic.name, topic.query)
    for examples, wanted in ((topic.must_match, True), (topic.must_not_match, False)):
        key = "must_match" if wanted else "must_not_match"
        for place, example in enumerate(examples):
            where = f"{lines.at(number, key, place)}{name}: {key}: "
            read = _reading(example, store)
            if read is None:
                found.warnings.append(f"{where}{example} is not in the archive, so it cannot be checked")
            elif trouble := _trouble(compiled, read, example, wanted=wanted):
                found.problems.append(where + trouble)


def _look_by_examples(topic: Topic, number: int, store: Store | None, lines: _Lines, found: Checkup) -> None:
    """Hold a topic with examples to its ``must_match`` and ``must_not_match``: what query or examples take is taken."""
    if not (topic.must_match or topic.must_not_match):
        return
    if store is None:
        found.warnings.append(f"topic {topic.name!r}: must_match and must_not_match need an archive; none is there yet")
        return
    try:
        trial = Trial(store, topic, examples_now(store, topic, lines.folder))
    except ExampleError:
        return  # told with the examples
    for examples, wanted in ((topic.must_match, True), (topic.must_not_match, False)):
        key = "must_match" if wanted else "must_not_match"
        for place, example in enumerate(examples):
            where = f"{lines.at(number, key, place)}topic {topic.name!r}: {key}: "
            article = _article(example, store)
            if article is None:
                found.warnings.append(f"{where}{example} is not in the archive, so it cannot be checked")
            elif trouble := _trouble_by_examples(trial, topic, article, example, wanted=wanted):
                found.problems.append(where + trouble)


def _article(example: str, store: Store) -> StoredArticle | None:
    """The stored article of an address; of a title what an article of now with nothing else would be."""
    if urls.is_web_url(example):
        return stored_article(store, example)
    return _titled(example)


def _titled(title: str) -> StoredArticle:
    """A title as an article with nothing else; of no date that its story could have been silent until."""
    return StoredArticle(
        id=0,
        url="",
        link="",
        title=title,
        text="",
        text_from="",
        page_error="",
        summary="",
        author="",
        language=detect_language(title),
        published=None,
        updated=None,
        first_seen=datetime.fromtimestamp(0, UTC),
        source_id=None,
        source="",
        source_url="",
        outlet="",
        guid="",
        categories=(),
        enclosures=(),
        copy_of=None,
        copy_score=None,
        story_id=0,
        credit="",
        credit_from="",
    )


def _trouble_by_examples(trial: Trial, topic: Topic, article: StoredArticle, example: str, *, wanted: bool) -> str:
    match, named = trial.match(article), f"“{show.line(article.title, 120)}”, in {article.language}"
    if not wanted:
        return f"the topic takes {example!r} ({named}): {show.terms_met(match.evidence)}" if match is not None else ""
    if match is not None:
        return ""
    verdict = trial.verdict(article)
    score = 0.0 if verdict is None else verdict.score
    says = f"it scores {score:.2f}, {topic.follow} asks {trial.line:.2f}"
    also = "neither query nor examples take" if topic.query.strip() else "the examples do not take"
    return f"{also} {example!r} ({named}): {says}"


def _look_at_examples(topic: Topic, number: int, store: Store | None, lines: _Lines, found: Checkup) -> None:
    there = set() if store is None else {each.reference for each in store.following.examples(topic.name)}
    for place, reference in enumerate(topic.examples):
        where = f"{lines.at(number, 'examples', place)}topic {topic.name!r}: examples: "
        if urls.is_web_url(reference):
            if reference not in there and (store is None or stored_article(store, reference) is None):
                says = f"{reference} is not in the archive; tidings topics follow {topic.name!r} {reference} fetches it"
                found.problems.append(where + says)
            continue
        try:
            read_file(topic.name, reference, lines.folder / Path(reference).expanduser())
        except ExampleError as error:
            found.problems.append(f"{where}{error}")


@dataclass(frozen=True, slots=True)
class _Reading:
    """An example as a topic reads it."""

    document: Document
    source: str = ""
    host: str = ""
    author: str = ""
    url: str = ""
    named: str = ""
    """What stands behind it in a sentence: the language it was taken for, or the title of what is stored."""


def _reading(example: str, store: Store | None) -> _Reading | None:
    """A title, or the stored article of an address; None when that is not stored."""
    if not urls.is_web_url(example):
        language = detect_language(example)
        named = "in no known language" if language == "und" else f"in {language}"
        return _Reading(Document(example, "", language), named=f"read as a title {named}")
    article = None if store is None else stored_article(store, example)
    if article is None:
        return None
    document = Document(article.title, article.text, article.language)
    named = f"“{show.line(article.title, 120)}”, in {article.language}"
    return _Reading(document, article.source, article.outlet, article.author, article.url, named)


def _trouble(topic: CompiledTopic, read: _Reading, example: str, *, wanted: bool) -> str:
    """Why an example is not as it has to be: by how much it was missed, or what took it; empty when all is well."""
    matcher, document = Matcher([topic]), read.document
    taken = matcher.match(document, source=read.source, host=read.host, author=read.author, url=read.url)
    if not wanted:
        return f"the query takes {example!r} ({read.named}): {show.terms_met(taken[0].evidence)}" if taken else ""
    # The text of an article tells its language where a short title does not.
    others = sorted(KINDS) if document.language == "und" else []
    documents = [document, *(Document(document.title, document.text, other) for other in others)]
    missed = [
        miss(topic.query, each, source=read.source, host=read.host, author=read.author, url=read.url)
        for each in documents
    ]
    lacking = [each for each in missed if each is not None]
    if len(lacking) < len(missed):
        return ""
    nearest = min(lacking, key=lambda each: each.distance)
    return f"the query does not take {example!r} ({read.named}): missed by {nearest.distance:.2f}, {nearest.says}"


class _Lines:
    """Where the topics stand in settings.toml: ``settings.toml:12: ``, empty for what does not come from the file."""

    def __init__(self, config: Config) -> None:
        self._name = config.path.name
        self.folder = config.path.parent
        self._places: Places | None = None
        self._topics: list[str] = []
        try:
            text = read_settings(config.path)
            written = parse_settings(text, self._name).get("topics", [])
            self._topics = [each.get("name", "").strip() for each in written]
            self._places = Places(text)
        except SettingsError:
            pass
        self._followed = [topic.name for topic in config.topics]

    def at(self, topic: int, *key: str | int) -> str:
        """The place of a topic, or of a key of it."""
        return self._told(("topics", topic, *key), 0)

    def in_query(self, topic: int, query: str, warning: str) -> tuple[str, str]:
        """The place of what a warning is about, and the warning with its column counted within that line."""
        column = _COLUMN.match(warning)
        before = query[: max(int(column[1]) - 1, 0)] if column else ""
        where = self._told(("topics", topic, "query"), before.count("\n"))
        if column is None or not where:
            return where, warning
        within = len(before) - before.rfind("\n")
        return where, f"column {within} of this line of the query{warning[column.end() :]}"

    def _told(self, loc: Loc, newlines: int) -> str:
        # The environment may replace the list of topics: then no line of the file is meant.
        if self._places is None or self._topics != self._followed or loc not in self._places.found:
            return ""
        return f"{self._name}:{self._places.line_within(loc, newlines)}: "


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

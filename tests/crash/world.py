"""What the program is killed in front of: three newspapers that honour validators, and a mail server that remembers.

One world serves any number of starts: a folder's deliveries are told apart by the recipient that its settings name.
"""

from __future__ import annotations

import itertools
import shutil
import sqlite3
import threading
from collections import Counter
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.feeds import RSS, Item, rss, story
from tests.postoffice import PostOffice
from tests.program import Folder, plain, read_mail
from tests.site import Host, Site

TOPICS = ({"name": "Ships", "query": "ferry"}, {"name": "Markets", "query": "market AND prices"})
LONG_AGO = "2020-01-01T00:00:00Z"
_EVENING = "Mon, 02 Mar 2026 20:00:00 GMT"
_MORNING = "Mon, 02 Mar 2026 08:00:00 GMT"


def _item(paper: int, name: str, subject: str) -> Item:
    title = f"{name.title()} and the {subject}"
    return Item(f"https://paper{paper}.example/{name}", title, story(f"{name} {subject}"), guid=f"{paper}-{name}")


_WIRE = "Wire and the ferry"
OLD = {
    1: (_item(1, "alder", "ferry"), _item(1, "birch", "swan")),
    2: (_item(2, "cedar", "market prices"),),
    3: (_item(3, "elm", "bridge"),),
}
NEW = {
    1: (_item(1, "fir", "ferry"), _item(1, "hazel", "swan"), _item(1, "ivy", "market prices")),
    2: (_item(2, "juniper", "ferry and market prices"), _item(2, "larch", "tower")),
    3: (_item(3, "maple", "market prices"), _item(3, "oak", "ferry")),
}
_TAKEN = {"ferry": ("Ships",), "market prices": ("Markets",), "ferry and market prices": ("Ships", "Markets")}


def topics_of(title: str) -> tuple[str, ...]:
    """The topics that take an article, by its title."""
    return _TAKEN.get(title.partition(" and the ")[2], ())


TITLES = frozenset(item.title for papers in (OLD, NEW) for items in papers.values() for item in items)
NEWS = frozenset((item.title, topic) for items in NEW.values() for item in items for topic in topics_of(item.title))
"""What has to be mailed: an article that came after its source's first poll, and a topic that takes it."""


@dataclass
class Desk:
    """Takes every mail, and remembers for whom and under which Message-ID."""

    taken: list[tuple[str, str, str]] = field(default_factory=list)
    """(recipient, Message-ID, text)."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep a mail; it counts as delivered from here on, whether the client hears of it or not."""
        assert isinstance(envelope.content, bytes)
        mail = read_mail(envelope.content)
        text = f"{mail['Subject']} {plain(mail)}"
        with self._lock:
            self.taken += [(recipient, str(mail["Message-ID"]), text) for recipient in envelope.rcpt_tos]
        return "250 taken"

    def mails_to(self, recipient: str) -> list[tuple[str, str]]:
        """(Message-ID, text) of every delivery to one recipient."""
        with self._lock:
            return [(number, text) for whom, number, text in self.taken if whom == recipient]


class Place(Folder):
    """One folder with its own recipient, and what came of it there."""

    def __init__(self, folder: Path, world: World, *, maildir: bool) -> None:
        super().__init__(folder)
        self.world = world
        self.maildir = maildir
        self.recipient = f"{folder.name}@desk.example"

    def write_settings(self, **sections: dict[str, Any]) -> None:
        """Write the settings: the three papers, both topics, mail to this folder's recipient."""
        mail: dict[str, Any] = {"to": [self.recipient]}
        if not self.maildir:
            mail["smtp"] = f"smtp://127.0.0.1:{self.world.post.port}"
        self.settings(
            [paper.url("/rss") for paper in self.world.papers], list(TOPICS), **({"mail": mail} | sections)
        )  # fmt: skip

    def deliveries(self) -> list[tuple[str, str]]:
        """(Message-ID, text) of each mail that reached this folder's recipient."""
        if self.maildir:
            found = [read_mail(path.read_bytes()) for path in sorted((self.folder / "mail" / "new").glob("*"))]
            return [(str(mail["Message-ID"]), f"{mail['Subject']} {plain(mail)}") for mail in found]
        return self.world.desk.mails_to(self.recipient)

    def alerts_now(self) -> dict[str, str]:
        """State of each alert by Message-ID, read from a copy, so that nothing is recovered before the program does."""
        database = self.folder / "tidings.db"
        if not database.exists():
            return {}
        copy = self.folder / "look"
        copy.mkdir()
        for path in (database, self.folder / "tidings.db-wal"):
            if path.exists():
                shutil.copyfile(path, copy / path.name)
        with closing(sqlite3.connect(copy / "tidings.db")) as db:
            there = db.execute("SELECT 1 FROM sqlite_master WHERE name = 'alerts'").fetchone()
            found = dict(db.execute("SELECT message_id, state FROM alerts").fetchall()) if there else {}
        shutil.rmtree(copy)
        return found

    def quiet(self) -> bool:
        """Nothing is due any more: no source, no alert."""
        now = "strftime('%Y-%m-%dT%H:%M:%SZ', 'now')"
        try:
            due = self.one(f"SELECT count(*) FROM sources WHERE state = 'active' AND next_poll <= {now}")[0]
            waiting = self.one(f"SELECT count(*) FROM alerts WHERE state = 'waiting' AND due_at <= {now}")[0]
        except sqlite3.Error:
            return False  # not made yet
        return not due and not waiting


class World:
    """The papers and the mail server; use it in a ``with`` block."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.desk = Desk()
        self.papers: tuple[Host, ...] = ()
        self._stack = ExitStack()
        self._numbers = itertools.count(1)
        self._templates: dict[str, Path] = {}

    def __enter__(self) -> Self:
        site = self._stack.enter_context(Site())
        self.post = self._stack.enter_context(PostOffice(self.desk))
        self.papers = tuple(site.host() for _ in OLD)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def publish(self, *, news: bool) -> None:
        """Let the papers carry what they had in the morning, or the news too; each document with its validators."""
        for number, paper in enumerate(self.papers, 1):
            body = rss([*(NEW[number] if news else ()), *OLD[number]])
            headers = RSS | {
                "ETag": f'"{sha256(body.encode()).hexdigest()[:12]}"',
                "Last-Modified": _EVENING if news else _MORNING,
            }
            paper.serve("/rss", body, headers=headers)

    def place(self, *, after: Path | None = None, maildir: bool = False) -> Place:
        """A new folder, empty or with a copy of a database."""
        folder = self.folder / f"p{next(self._numbers)}"
        folder.mkdir(parents=True)
        if after is not None:
            shutil.copyfile(after, folder / "tidings.db")
        place = Place(folder, self, maildir=maildir)
        place.write_settings()
        return place


def faults(place: Place, before: dict[str, str], *, news: bool, kills: int = 1) -> list[str]:
    """What is wrong after kills and two starts that were not; ``before`` are the alerts as the kill left them.

    ``news``: what came has to be told one by one; else it was there at the first poll and is told as one line.
    """
    found = _damage(place) + _lost(place, news=news)
    deliveries = place.deliveries()
    counts = Counter(number for number, _ in deliveries)
    states = {row["message_id"]: row["state"] for row in place.rows("SELECT message_id, state FROM alerts")}
    here = {
        row["message_id"] for row in place.rows("SELECT message_id FROM alerts WHERE recipient = ?", place.recipient)
    }
    found += [f"alert {state} in the end" for state in states.values() if state != "sent"]
    found += ["alert lost: sent for the database, never delivered" for number in here if not counts[number]]
    found += ["mail under a Message-ID that the database does not know" for number in counts if number not in here]
    repeats = {number: count - 1 for number, count in counts.items() if count > 1}
    if sum(repeats.values()) > kills:
        found.append(f"{sum(repeats.values())} repeats for {kills} kills")
    found += ["repeat outside the window" for number in repeats if before.get(number) != "waiting"]
    if news:
        texts = " ".join(text for _, text in deliveries)
        found += [f"not in any mail: {title}" for title in {title for title, _ in NEWS} if title not in texts]
    return found


def repeats(place: Place) -> int:
    """How many deliveries were second ones."""
    counts = Counter(number for number, _ in place.deliveries())
    return sum(count - 1 for count in counts.values())


def _damage(place: Place) -> list[str]:
    found = [f"corrupt: {row[0]}" for row in place.rows("PRAGMA integrity_check") if row[0] != "ok"]
    return found + ["corrupt: a row refers to none" for _ in place.rows("PRAGMA foreign_key_check")]


def _lost(place: Place, *, news: bool) -> list[str]:
    titles = {row["title"] for row in place.rows("SELECT title FROM articles")}
    found = [f"article lost: {title}" for title in TITLES - titles]
    doubled = place.rows("SELECT title FROM articles GROUP BY title HAVING count(*) > 1")
    found += [f"article twice: {row['title']}" for row in doubled]
    matches = {(row[0], row[1]) for row in place.rows(
        "SELECT title, topic FROM matches JOIN articles ON articles.id = article_id")}  # fmt: skip
    wanted = {(title, topic) for title in TITLES for topic in topics_of(title)}
    found += [f"match lost: {title} in {topic}" for title, topic in wanted - matches if title in titles]
    told = {(row[0], row[1]) for row in place.rows(
        "SELECT title, topic FROM alert_articles JOIN articles ON articles.id = article_id WHERE recipient = ?",
        place.recipient)}  # fmt: skip
    return found + [f"match without its alert: {title}" for title, topic in (NEWS if news else wanted) - told]

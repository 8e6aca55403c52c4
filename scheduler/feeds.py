"""The Atom feed of each topic: into ``[feeds].folder``, and for the endpoint."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crawler import __version__
from crawler.alerts.feed import MOST_ENTRIES, FeedEntry, atom, feed_name, updated_at
from crawler.runtime import Runtime
from crawler.storage import Store

_AGAIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Made:
    """A feed as it stands now."""

    topic: str
    body: bytes
    updated: datetime

    @property
    def etag(self) -> str:
        """An entity tag (RFC 9110 §8.8.3) of these very bytes."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:32]}"'


def make(store: Store, topic: str) -> Made:
    """The feed of a topic, from an open database."""
    found = store.taken.latest(topic, MOST_ENTRIES)
    entries = [FeedEntry(article, at) for article, at in found]
    install, since = store.outbox.install_id(), store.topics.since(topic)
    body = atom(topic, entries, install=install, since=since, version=__version__)
    return Made(topic, body, updated_at(entries, since))


def write(path: Path, topics: list[str], folder: Path, now: datetime) -> int:
    """Write the feeds that changed, each in one step; how many did.

    Args:
        path: the database.
        topics: whose feeds.
        folder: where to; made when it is missing.
        now: the moment, UTC.

    Raises:
        OSError: the folder cannot be written.
        StorageError: the database cannot be read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = 0
    with Store.reader(path) as store:
        for topic in topics:
            file = folder / f"{feed_name(topic)}.atom"
            if not _is_fresh(file, store.taken.last(topic), now):
                written += _replace(file, make(store, topic).body, now)
    return written


def _is_fresh(file: Path, changed: datetime | None, now: datetime) -> bool:
    """Whether a file was looked at since its topic took something, and within the hour: copies come later."""
    if not file.is_file():
        return False
    looked = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    return (changed is None or changed < looked) and now - _AGAIN < looked <= now + _AGAIN


def _replace(file: Path, body: bytes, now: datetime) -> bool:
    changed = not file.is_file() or file.read_bytes() != body
    if changed:
        waiting = file.with_name(f".{file.name}.{os.getpid()}")
        waiting.write_bytes(body)
        waiting.replace(file)
    os.utime(file, (now.timestamp(), now.timestamp()))
    return changed


class Feeds:
    """What the endpoint answers below ``/topics/``; asked in a thread, by a connection of its own."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def has(self, name: str) -> bool:
        """Whether there is such a topic."""
        return any(feed_name(each) == name for each in self._runtime.topics)

    def get(self, name: str) -> Made | None:
        """The feed of the topic whose name in addresses this is; ``None`` when there is none."""
        topic = next((each for each in self._runtime.topics if feed_name(each) == name), None)
        if topic is None:
            return None
        with Store.reader(self._runtime.config.storage.path) as store:
            return make(store, topic)

    def listed(self) -> str:
        """The addresses of all feeds, a line for each."""
        return "".join(f"/topics/{feed_name(each)}.atom  {each}\n" for each in self._runtime.topics)

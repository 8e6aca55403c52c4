"""Articles from a file instead of a poll: JSON Lines in and out, through the same decisions as everything else.

A line is an object with ``url`` and ``title``; ``text``, ``summary``, ``author``, ``language``, ``published``,
``updated``, ``first_seen`` (ISO 8601), ``source`` (or ``outlet``: the name), ``source_url``, ``guid``, ``categories``
and ``enclosures`` may be there. Other keys are left alone.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from crawler.deciding import CopyFinder, identify, match_topics
from crawler.dedupe import urls
from crawler.dedupe.identity import entry_hash, keys
from crawler.extractors.extracted import clean
from crawler.items import Draft
from crawler.joining import Joiner
from crawler.model import Enclosure, Entry
from crawler.placing import place_now
from crawler.planning import Planner
from crawler.runtime import Runtime
from crawler.storage import IMPORTED, ArticleIntent, MatchIntent, Saved, Sighting, StoredArticle

BATCH = 1000
"""Articles in one transaction."""
LONGEST = 20_000_000
"""Bytes of a line: more is no article, and would be held in memory at once."""
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Imported:
    """What an import came to, in counts of lines; ``saved`` in articles."""

    lines: int = 0
    known: int = 0
    """Lines of articles that were there already, unchanged."""
    skipped: int = 0
    """Lines that could not be used."""
    saved: Saved = field(default_factory=Saved)


@dataclass(slots=True)
class Line:
    """A usable line of the file."""

    number: int
    draft: Draft
    source: str
    source_url: str


class Importer:
    """Takes articles into the archive, a transaction for every ``BATCH`` of them.

    Args:
        runtime: settings, database (open for writing), topics and clock.
        alert: plan alerts as if the articles came just now; otherwise they are matched and nobody is told.
        tell: gets a sentence for every line that is left out.
    """

    def __init__(self, runtime: Runtime, *, alert: bool, tell: Callable[[str], object]) -> None:
        self._runtime = runtime
        self._alert = alert
        self._tell = tell
        self._sources: dict[tuple[str, str], int | None] = {("", ""): None}
        self._failed: set[int] = set()
        self.imported = Imported()

    def run(self, lines: Iterable[bytes], progress: Callable[[int], object] | None = None) -> Imported:
        """Import the lines of a file; what was imported stays when a later batch fails."""
        for batch in self._batches(lines):
            self._store(batch)
            if progress is not None:
                progress(self.imported.lines)
        return self.imported

    def _batches(self, lines: Iterable[bytes]) -> Iterator[list[Line]]:
        """Lines whose articles share no key: what a file says twice is judged against what it said first, stored."""
        batch: list[Line] = []
        taken: set[int] = set()
        for line in self._read(lines):
            own = {key for _, key in line.draft.article.keys}
            if len(batch) >= BATCH or not taken.isdisjoint(own):
                yield batch
                batch, taken = [], set()
            batch.append(line)
            taken |= own
        if batch:
            yield batch

    def _read(self, lines: Iterable[bytes]) -> Iterator[Line]:
        for number, raw in enumerate(lines, 1):
            if not raw.strip(b"\xef\xbb\xbf \t\r\n"):
                continue
            self.imported.lines += 1
            try:
                yield read_line(number, raw, self._runtime.clock())
            except ValueError as error:
                self.imported.skipped += 1
                self._tell(f"line {number}: {error}; the line was left out")

    def _store(self, batch: list[Line]) -> None:
        store, now = self._runtime.store, self._runtime.clock()
        seen = store.articles.seen(IMPORTED, [line.draft.entry_hash for line in batch])
        fresh = [line for line in batch if line.draft.entry_hash not in seen]
        # In the order of their dates, so that within a batch no copy comes before its origin.
        fresh.sort(key=lambda line: line.draft.article.first_seen or now)
        finder, planner, joiner = (
            CopyFinder(store, now),
            Planner(self._runtime, now),
            Joiner(store, now, self._runtime.meanings),
        )
        sightings: list[tuple[Sighting, int | None]] = []
        decided = [line for line in fresh if self._decide(line, finder, joiner, planner, sightings)]
        saved = store.save_imported(
            [line.draft.article for line in decided],
            now,
            sightings=sightings,
            seen=[line.draft.entry_hash for line in fresh if line.number not in self._failed],
        )
        self.imported.known += len(batch) - len(fresh) + len(sightings)
        self.imported.saved.add(saved)

    def _decide(
        self,
        line: Line,
        finder: CopyFinder,
        joiner: Joiner,
        planner: Planner,
        sightings: list[tuple[Sighting, int | None]],
    ) -> bool:
        """Whether the line's article is to be stored."""
        try:
            line.draft.article.source_id = source_id = self._source(line)
            sighting = identify(self._runtime.store, line.draft, source_id)
            if sighting is not None:
                sightings.append((sighting, source_id))
                return False
            finder.judge(line.draft)
            place_now(self._runtime, line.draft, line.source or line.draft.article.outlet)
            match_topics(self._runtime, line.draft, line.source or line.draft.article.outlet)
            joiner.join(line.draft)
        except Exception:  # noqa: BLE001  (one line must not cost the others; it is logged with its traceback)
            _log.exception("line %d could not be worked on and is left out", line.number)
            self.imported.skipped += 1
            self._failed.add(line.number)  # not seen: the next import of the file tries it again
            return False
        self._plan(line.draft.article, planner)
        return True

    def _plan(self, article: ArticleIntent, planner: Planner) -> None:
        if self._alert:
            planner.plan(article, archived=False)
            return
        article.matches = [MatchIntent(intent.match, fate="import") for intent in article.matches]

    def _source(self, line: Line) -> int | None:
        named = (line.source, line.source_url)
        if named not in self._sources:
            self._sources[named] = self._runtime.store.sources.named(*named, self._runtime.clock())
        return self._sources[named]


def read_line(number: int, raw: bytes, now: datetime) -> Line:
    """An article as a line of the file gives it.

    Raises:
        ValueError: with a sentence, when the line cannot be used.
    """
    data = _object(raw)
    url = _text(data, "url").strip()
    if not urls.is_web_url(url):
        raise ValueError(f'"url" is {_shown(data.get("url"))}; an http or https address must be there')
    title = " ".join(_text(data, "title").split())
    if not title:
        raise ValueError('"title" is missing or empty')
    link = _text(data, "link").strip()
    entry = Entry(
        link=link if urls.is_web_url(link) else url,
        guid=_text(data, "guid").strip(),
        title=title,
        summary=_text(data, "summary"),
        content=_text(data, "text"),
        author=_author(data),
        published=_moment(data, "published"),
        updated=_moment(data, "updated"),
        language=_text(data, "language").strip(),
        categories=_strings(data, "categories"),
        enclosures=_enclosures(data),
    )
    source_url = _text(data, "source_url").strip()
    draft = _draft(entry, url, source_url)
    draft.article.first_seen = min(_moment(data, "first_seen") or entry.published or now, now)
    name = " ".join((_text(data, "source") or _text(data, "outlet")).split())
    return Line(number, draft, name, source_url)


def _draft(entry: Entry, url: str, source_url: str) -> Draft:
    outlet = urls.outlet(entry.link)
    named = (
        *keys(entry, source_url or outlet, outlet).pairs(),
        *keys(Entry(link=url), "", "").pairs(),
    )
    article = ArticleIntent(
        title=entry.title,
        text=entry.content or entry.summary,
        link=entry.link,
        url=urls.canonical(url),
        text_from="import",
        summary=entry.summary,
        author=entry.author,
        language=entry.language,
        published=entry.published,
        updated=entry.updated,
        outlet=outlet,
        guid=entry.guid,
        categories=entry.categories,
        enclosures=entry.enclosures,
        keys=tuple(dict.fromkeys(named)),
    )
    return Draft(entry, entry_hash(entry), article)


def as_record(article: StoredArticle) -> dict[str, Any]:
    """An article as a line that ``read_line`` takes; what is empty is left out."""
    source_url = "" if article.source_url.startswith("import:") else article.source_url
    record = {
        "url": article.url,
        "link": article.link,
        "title": article.title,
        "text": article.text,
        "summary": article.summary,
        "author": article.author,
        "language": article.language,
        "published": _iso(article.published),
        "updated": _iso(article.updated),
        "first_seen": _iso(article.first_seen),
        "source": article.source if article.source_id is not None else "",
        "source_url": source_url,
        "guid": article.guid,
        "categories": list(article.categories),
        "enclosures": [asdict(enclosure) for enclosure in article.enclosures],
    }
    return {key: value for key, value in record.items() if value}


def _iso(moment: datetime | None) -> str:
    return "" if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _object(raw: bytes) -> dict[str, Any]:
    if len(raw) > LONGEST:
        raise ValueError(f"it has {len(raw):,} bytes; at most {LONGEST:,} are read")
    try:
        data = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8 text") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"it is not JSON ({error.msg} at column {error.colno})") from None
    except (RecursionError, ValueError) as error:
        raise ValueError(f"it is not JSON that can be read ({type(error).__name__})") from None
    if not isinstance(data, dict):
        raise ValueError(  # noqa: TRY004  (the file is wrong, not our code)
            f'it is {_shown(data)}; an object with "url" and "title" must be there'
        )
    return data


def _text(data: dict[str, Any], key: str) -> str:
    value = data.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError(f'"{key}" is {_shown(value)}; a text must be there')  # noqa: TRY004
    return clean(value)


def _author(data: dict[str, Any]) -> str:
    if isinstance(data.get("author"), list):
        return ", ".join(_strings(data, "author"))
    return _text(data, "author")


def _strings(data: dict[str, Any], key: str) -> tuple[str, ...]:
    value = data.get(key)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(piece, str) for piece in value):
        raise ValueError(f'"{key}" is {_shown(value)}; a list of texts must be there')
    return tuple(clean(piece) for piece in value)


def _enclosures(data: dict[str, Any]) -> tuple[Enclosure, ...]:
    value = data.get("enclosures") or []
    if not isinstance(value, list) or not all(isinstance(piece, dict) for piece in value):
        raise ValueError(f'"enclosures" is {_shown(value)}; a list of objects with "url" must be there')
    return tuple(_enclosure(piece) for piece in value)


def _enclosure(data: dict[str, Any]) -> Enclosure:
    length = data.get("length")
    return Enclosure(_text(data, "url"), _text(data, "type"), length if isinstance(length, int) else None)


def _moment(data: dict[str, Any], key: str) -> datetime | None:
    """A moment in UTC; without an offset it is taken for UTC, a date alone for its midnight."""
    text = _text(data, key).strip()
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        says = f'"{key}" is {_shown(text)}; a time in ISO 8601 must be there, such as "2026-11-22T08:30:00Z"'
        raise ValueError(says) from None
    if moment.year < 1000:  # noqa: PLR2004  (the database sorts times as text of four digits' year)
        raise ValueError(f'"{key}" is {_shown(text)}, before the first newspaper')
    return moment


def _shown(value: object) -> str:
    if value is None:
        return "missing"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:59]}…"  # noqa: PLR2004

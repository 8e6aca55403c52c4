"""Copies: seven edits made to full texts, found end to end in a real database, beside five other ways to find them."""

from __future__ import annotations

import gzip
import json
import random
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations
from pathlib import Path

from crawler.deciding import CopyFinder
from crawler.dedupe.fingerprints import containment, shingles, words
from crawler.items import Draft
from crawler.model import Entry
from crawler.sources import read
from crawler.storage import ArticleIntent, Store
from tests.quality import copies_in_feeds
from tests.quality.copy_baselines import WAYS, Way
from tests.quality.edits import EDITS, sentences, story
from tests.quality.shared import DATA, lines, needed
from tests.stored import NOW, poll, sources

_EDITED = 700
_FOR_WAYS = 300
"""Of these the other ways are asked: they compare every pair."""
_ALLOWED = 2
"""False pairs in a million that a best threshold may have."""
_LEAST_WORDS = 100


@dataclass(frozen=True)
class Text:
    """A text to edit or to be found."""

    title: str
    text: str
    original: int
    """Number of the original it is, or was made from."""
    edit: str = ""


def own_texts(count: int, seed: int = 5) -> list[Text]:
    """Originals of our own."""
    dice = random.Random(seed)
    return [Text(*story(dice, dice.randrange(8, 40)), number) for number in range(count)]


def shared_texts() -> list[Text]:
    """Full texts of the feeds, of Telegram channels and of the event summaries, each once."""
    found: dict[str, tuple[str, str]] = {}
    for title, text in (*_feeds(), *_posts(), *_summaries()):
        if len(text.split()) >= _LEAST_WORDS:
            found.setdefault(text[:150], (title, text))
    kept = list(found.values())
    random.Random(11).shuffle(kept)
    return [Text(title, text, number) for number, (title, text) in enumerate(kept)]


def _feeds() -> Iterator[tuple[str, str]]:
    for row in lines(DATA / "feeds" / "index.jsonl"):
        if 0 < row["entries"] <= 2_000:
            document = read("https://feed.example/", needed(DATA / "feeds" / row["file"]).read_bytes())
            yield from ((entry.title, max(entry.content, entry.summary, key=len)) for entry in document.entries)


def _posts() -> Iterator[tuple[str, str]]:
    with gzip.open(needed(DATA / "stories" / "pairs-telegram.dev.jsonl.gz"), "rt", encoding="utf-8") as rows:
        for row in map(json.loads, rows):
            for side in ("a", "b"):
                title, _, text = row[side].partition("\n")
                yield title, text


def _summaries() -> Iterator[tuple[str, str]]:
    """One for each event: the others restate it."""
    by_event = {row["event"]: row for row in lines(DATA / "updates" / "updates.dev.jsonl") if row["update"]}
    for row in by_event.values():
        yield "", row["update"]


def edited(originals: list[Text], seed: int = 7) -> list[Text]:
    """Every edit of every original, with sentences of the others."""
    dice = random.Random(seed)
    others = [one for text in originals for one in sentences(text.text)[:10] if 5 <= len(one.split()) <= 60]
    return [
        Text(*edit(dice, one.title, one.text, others), one.original, name)
        for one in originals
        for name, edit in EDITS.items()
    ]


@dataclass
class Found:
    """What looking for copies came to."""

    hits: Counter[str]
    asked: Counter[str]
    false: list[tuple[Text, Text]]
    pairs: int
    natural: int = 0
    """Originals that were taken for a copy of one they share half of their text with."""

    def recall(self, edit: str = "") -> float:
        """Of an edit's copies, or of all, the share that was found."""
        names = [edit] if edit else list(self.asked)
        return sum(self.hits[name] for name in names) / max(1, sum(self.asked[name] for name in names))

    @property
    def false_per_million(self) -> float:
        """Pairs of different texts taken for copies, in a million."""
        return len(self.false) / max(1, self.pairs) * 1e6


def by_tidings(originals: list[Text], copies: list[Text], folder: Path) -> Found:
    """Store the originals as their outlets' articles, then ask for each text whose copy it is."""
    found = Found(Counter(), Counter(one.edit for one in copies), [], 0)
    with Store.writer(folder / "tidings.db") as store:
        store.sources.sync(sources(1), NOW)
        numbers: dict[int, Text] = {}
        for one in originals:
            draft = _judged(store, one, f"outlet{one.original}.example")
            _note(found, one, draft.article.copy_of, numbers)
            found.pairs += len(numbers)
            store.save_poll(poll(1, draft.article))
            assert draft.article.stored_id
            numbers[draft.article.stored_id] = one
        for one in copies:
            draft = _judged(store, one, "copier.example")
            _note(found, one, draft.article.copy_of, numbers)
            found.pairs += len(numbers) - 1
    return found


def _judged(store: Store, text: Text, outlet: str) -> Draft:
    later = NOW + timedelta(minutes=1 if not text.edit else 90)
    article = ArticleIntent(
        text.title, text.text, url=f"https://{outlet}/{text.original}", outlet=outlet, first_seen=later
    )
    draft = Draft(Entry(), 0, article)
    CopyFinder(store, later).judge(draft)
    return draft


def _note(found: Found, text: Text, origin: object, numbers: dict[int, Text]) -> None:
    if not isinstance(origin, int):
        return
    if numbers[origin].original == text.original:
        found.hits[text.edit] += 1
    elif not text.edit and natural(text, numbers[origin]):
        found.natural += 1
    else:
        found.false.append((text, numbers[origin]))


def by(way: Way, originals: list[Text], copies: list[Text]) -> Found:
    """The same question asked of another way, which is told each copy's original and has its best threshold."""
    read = [way.read(one.title, one.text) for one in originals]
    wrong = [
        (way.likeness(read[a], read[b]), originals[a], originals[b])
        for a, b in combinations(range(len(originals)), 2)
        if way.fixed is None or way.likeness(read[a], read[b]) >= way.fixed
    ]
    wrong = [pair for pair in sorted(wrong, key=lambda pair: -pair[0])[:2_000] if not natural(pair[1], pair[2])]
    pairs = len(originals) * (len(originals) - 1) // 2
    allowed = int(pairs * _ALLOWED / 1e6)
    threshold = way.fixed if way.fixed is not None else (wrong[allowed][0] + 1e-9 if len(wrong) > allowed else 1e-9)
    numbered = {one.original: made for one, made in zip(originals, read, strict=True)}
    found = Found(Counter(), Counter(one.edit for one in copies), [], pairs)
    for one in copies:
        found.hits[one.edit] += way.likeness(numbered[one.original], way.read(one.title, one.text)) >= threshold
    found.false = [(one, other) for likeness, one, other in wrong if likeness >= threshold]
    return found


def natural(one: Text, other: Text) -> bool:
    """Whether two originals have half of a text in common: a copy that was there before we made any."""
    return containment(shingles(words(one.text), 3), shingles(words(other.text), 3)) > 0.5


def line(name: str, found: Found, note: str = "") -> str:
    """A row of the comparison."""
    parts = " ".join(f"{edit} {found.recall(edit):.3f}" for edit in EDITS)
    return f"  {name:22} {found.recall():.3f}  false in a million {found.false_per_million:7.2f}  {parts} {note}"


def report() -> Iterator[str]:
    """The comparison on our own texts and the shared ones, and what is found through the feeds' own text."""
    for name, texts in (("own", own_texts(2_000)), ("shared", shared_texts())):
        copies = edited(texts[:_EDITED])
        with tempfile.TemporaryDirectory() as folder:
            found = by_tidings(texts, copies, Path(folder))
        yield f" {name}: {len(texts)} texts, {len(copies)} copies, {found.pairs} pairs of different texts,"
        yield f" {found.natural} of the texts are copies of others among them and count for nothing"
        yield line("tidings", found)
        few = [one for one in copies if one.original in {other.original for other in texts[:_FOR_WAYS]}]
        for way, how in WAYS.items():
            yield line(way, by(how, texts[:_FOR_WAYS], few))
    yield from copies_in_feeds.report_lines()

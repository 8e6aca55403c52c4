"""What is new: sentences of updates against restatements, facts of translations, and what is announced of copies."""

from __future__ import annotations

import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from crawler.repeating import LATELY, MOST_TOLD
from crawler.stories.facts import Reading, read
from crawler.stories.memory import Memory
from crawler.stories.novelty import News, news
from crawler.stories.repeats import repeats
from crawler.text import Document
from tests.quality.shared import DATA, OWN, lines

UPDATES = DATA / "updates" / "updates.dev.jsonl"
PARALLEL = OWN / "novelty" / "parallel.txt"
REWRITES = OWN / "novelty" / "rewrites.txt"
LANGUAGES = ("en", "uk", "ru")
_LEAST_WORDS = 3


@dataclass(frozen=True)
class Curve:
    """How a score tells new sentences from old ones."""

    new: list[float]
    old: list[float]

    @property
    def auc(self) -> float:
        """The chance that a new sentence scores above an old one, ties counted half."""
        at: dict[float, list[int]] = defaultdict(lambda: [0, 0])
        for kind, scores in enumerate((self.new, self.old)):
            for score in scores:
                at[score][kind] += 1
        below = 0
        won = 0.0
        for score in sorted(at):
            new, old = at[score]
            won += new * (below + old / 2)
            below += old
        return won / max(1, len(self.new) * len(self.old))


def _reading(text: str, language: str, published: date) -> Reading:
    return read(Document("", text, language), published)


def _scores(reading: Reading, found: News) -> list[float]:
    pairs = zip(reading.sentences, found.sentences, strict=True)
    return [one.newness for said, one in pairs if len(said.units) >= _LEAST_WORDS - 1]


def update_curves(path: Path = UPDATES, *, lent: bool = True) -> tuple[Curve, Curve]:
    """Curves of new sentences against the same writer's background, and against another writer's restatement.

    The other writer's text is the one of the date before; ``lent`` tells each text as a whole, else its sentences are
    scored one by one, so that no neighbour lends them anything.
    """
    same, other = Curve([], []), Curve([], [])
    for own, others in _writers(path):
        memory = Memory()
        for at, row in enumerate(own):
            day = date.fromisoformat(row["date"])
            found = _told(row["update"], day, memory, lent=lent)
            if at and memory.count:
                same.new.extend(found)
                other.new.extend(found)
                same.old.extend(_told(row["known"], day, memory, lent=lent))
                before = others[at - 1]
                other.old.extend(_told(before["update"], date.fromisoformat(before["date"]), memory, lent=lent))
            memory.remember(at, _reading(_cleaned(row["update"]), "en", day))
    return same, other


def _told(text: str, day: date, memory: Memory, *, lent: bool) -> list[float]:
    whole = _cleaned(text)
    reading = _reading(whole, "en", day)
    if lent:
        return _scores(reading, news(reading, memory))
    alone = [_reading(whole[said.start : said.end], "en", day) for said in reading.sentences]
    return [score for one in alone for score in _scores(one, news(one, memory))]


def _cleaned(text: str) -> str:
    return text.replace("\\n", "\n")


def _writers(path: Path) -> Iterator[tuple[list[dict[str, Any]], list[dict[str, Any]]]]:
    """Each writer's updates of an event beside those of the next writer."""
    by: dict[str, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for row in lines(path):
        by[row["event"]][row["annotator"]].append(row)
    for writers in by.values():
        names = sorted(writers)
        for at, name in enumerate(names):
            yield writers[name], writers[names[(at + 1) % len(names)]]


Report = dict[str, str]
"""Language → text, and ``day``."""


def parallel_reports() -> list[Report]:
    """Our own reports, each in several languages."""
    found: list[Report] = []
    for line in PARALLEL.read_text("utf-8").splitlines():
        if met := re.match(r"\d+ (\d{4}-\d\d-\d\d)$", line):
            found.append({"day": met[1]})
        elif line[2:4] == ": ":
            found[-1][line[:2]] = line[4:]
    return found


@dataclass(frozen=True)
class Facts:
    """How many facts of a kind texts state, how many of them were called new, and which."""

    stated: Counter[str]
    new: Counter[str]
    named: list[str]

    def rate(self, kind: str) -> float:
        """The share of a kind's facts that were called new."""
        return self.new[kind] / max(1, self.stated[kind])


def translated(reports: Sequence[Report], *, apart: int = 0) -> Facts:
    """The facts of each text after a text in another language: of the same report, or of one that many further on."""
    found = Facts(Counter(), Counter(), [])
    for at, report in enumerate(reports):
        earlier = reports[(at + apart) % len(reports)]
        for known in LANGUAGES:
            memory = Memory()
            memory.remember(1, _reading(earlier[known], known, date.fromisoformat(earlier["day"])))
            for language in LANGUAGES:
                if language != known:
                    _count(found, report, language, memory)
    return found


def _count(found: Facts, report: Report, language: str, memory: Memory) -> None:
    reading = _reading(report[language], language, date.fromisoformat(report["day"]))
    found.stated.update(fact.kind for fact in reading.facts if fact.sure)
    for fact in news(reading, memory).facts:
        found.new[fact.kind] += 1
        found.named.append(f"{language} {fact.kind}: {report[language][fact.start : fact.end]}")


Edit = Callable[[str], str]
_LINES = {
    "en": ("Subscribe to our newsletter.", "Read more: What we know so far about the talks in Geneva"),
    "uk": ("Підписуйтеся на наш Telegram.", "Читайте також: Що відомо про переговори в Женеві"),
    "ru": ("Подписывайтесь на наш телеграм.", "Читайте также: Что известно о переговорах в Женеве"),
}


def copies(report: Report, language: str) -> list[str]:
    """Copies of a report as outlets print them: with their own lines around it, cut, reordered, abridged."""
    text = report[language]
    said = re.split(r"(?<=[.»\"]) (?=[A-ZА-ЯІЇЄҐ«\"])", text)
    above, below = _LINES[language]
    return [
        text,
        f"{above}\n{text}\n{below}",
        " ".join(said[: max(1, len(said) * 2 // 5)]),
        " ".join(reversed(said)),
        " ".join(word for at, word in enumerate(text.split(" ")) if at % 12 != 7),
        text.replace("e", "é", 2).replace(",", " –", 1),
    ]


def quiet_copies(reports: Iterable[Report]) -> tuple[int, int, list[str]]:
    """How many copies there are, of how many nothing is announced, and what was of the others."""
    seen = quiet = 0
    loud: list[str] = []
    for report in reports:
        for language in LANGUAGES:
            day = date.fromisoformat(report["day"])
            memory = Memory()
            memory.remember(1, _reading(report[language], language, day))
            for text in copies(report, language):
                told = news(_reading(text, language, day), memory).ranked()
                seen += 1
                quiet += not told
                loud += [text[one.start : one.end] for one in told]
    return seen, quiet, loud


@dataclass(frozen=True)
class Rewrites:
    """A report of our own, a rewrite that adds nothing, and twists of it that add or turn one thing."""

    language: str
    day: date
    report: str
    rewrite: str
    twists: tuple[str, ...]


def rewrites() -> list[Rewrites]:
    """Those that the tests carry."""
    blocks: list[tuple[str, str, dict[str, list[str]]]] = []
    for line in REWRITES.read_text("utf-8").splitlines():
        if met := re.match(r"(\w\w) (\d{4}-\d\d-\d\d)$", line):
            blocks.append((met[1], met[2], defaultdict(list)))
        elif met := re.match(r"(report|rewrite|twist): ", line):
            blocks[-1][2][met[1]].append(line[met.end() :])
    return [
        Rewrites(language, date.fromisoformat(day), texts["report"][0], texts["rewrite"][0], tuple(texts["twist"]))
        for language, day, texts in blocks
    ]


def is_quiet(said: Iterable[str], text: str, language: str, day: date) -> bool:
    """Whether a text would be kept quiet after others."""
    memory = Memory()
    for number, earlier in enumerate(said):
        memory.remember(number, _reading(earlier, language, day))
    reading = _reading(text, language, day)
    return repeats(reading, news(reading, memory), memory)


@dataclass(frozen=True)
class Quiet:
    """How many texts would be kept from who was told of the story in the three days before."""

    updates: int
    of_updates: int
    restated: int
    of_restated: int

    @property
    def false(self) -> float:
        """The share of updates, which all say something new, that would be kept quiet."""
        return self.updates / max(1, self.of_updates)

    @property
    def right(self) -> float:
        """The share of another writer's restatements; many of these hold a detail that the first left out."""
        return self.restated / max(1, self.of_restated)


def quiet_updates(path: Path = UPDATES) -> Quiet:
    """Updates of long events, and another writer's latest text of these days, after a writer's own of these days."""
    counts: Counter[tuple[str, bool]] = Counter()
    for own, others in _writers(path):
        for at, row in enumerate(own):
            said = [each["update"] for each in own[max(0, at - MOST_TOLD) : at] if _is_late(each, row)]
            told = [
                ("restated", each["update"]) for each in others if each["date"] < row["date"] and _is_late(each, row)
            ]
            for kind, text in [("update", row["update"]), *told[-1:]] if said else ():
                day = date.fromisoformat(row["date"])
                counts[kind, is_quiet(map(_cleaned, said), _cleaned(text), "en", day)] += 1
    both = {kind: counts[kind, False] + counts[kind, True] for kind in ("update", "restated")}
    return Quiet(counts["update", True], both["update"], counts["restated", True], both["restated"])


def _is_late(row: dict[str, Any], before: dict[str, Any]) -> bool:
    return date.fromisoformat(before["date"]) - date.fromisoformat(row["date"]) <= LATELY


def cost(words: int = 400, repeats: int = 20) -> tuple[float, float]:
    """CPU for reading an article of so many words and telling what is new in it, beside 30 others.

    In milliseconds, and in times what finding the words takes, which says the same on a slow or busy machine.
    """
    reports = parallel_reports()
    memory = Memory()
    for number, report in enumerate(reports):
        memory.remember(number, _reading(report["en"], "en", date.fromisoformat(report["day"])))
    text = " ".join(" ".join(report["en"] for report in reports).split()[:words])
    documents = [Document("", text, "en") for _ in range(repeats)]
    news(read(Document("", text, "en"), date(2025, 10, 10)), memory)  # fills the caches of words
    started = time.process_time()
    for document in documents:
        assert document.text_tokens  # once for all stages, and not ours to count
    found = time.process_time()
    for document in documents:
        news(read(document, date(2025, 10, 10)), memory)
    done = time.process_time()
    return (done - found) / repeats * 1000, (done - found) / (found - started)


def report() -> Iterator[str]:
    """Areas under the curves, false facts and copies, and what it costs."""
    if UPDATES.exists():
        for title, lent in (("as whole texts", True), ("sentence by sentence", False)):
            same, other = update_curves(lent=lent)
            yield f"updates, {title}: AUC same writer {same.auc:.4f} ({len(same.new)} new, {len(same.old)} old), "
            yield f"  another writer {other.auc:.4f} ({len(other.new)} new, {len(other.old)} old)"
        kept = quiet_updates()
        yield f"kept quiet: of {kept.of_updates} updates {kept.false:.4f}, of {kept.of_restated} restatements "
        yield f"  by another writer {kept.right:.3f}"
    else:
        yield f"{UPDATES.name} is not there"
    reports = parallel_reports()
    for title, apart in (("translations", 0), ("another report", 7)):
        found = translated(reports, apart=apart)
        rates = ", ".join(f"{kind}s {found.rate(kind):.3f} of {found.stated[kind]}" for kind in sorted(found.stated))
        yield f"{title}, called new: {rates}"
    seen, quiet, _ = quiet_copies(reports)
    yield f"copies of which nothing is announced: {quiet / seen:.3f} of {seen}"
    own = rewrites()
    quiet = sum(is_quiet([each.report], each.rewrite, each.language, each.day) for each in own)
    twists = [is_quiet([one.report], twist, one.language, one.day) for one in own for twist in one.twists]
    yield f"own rewrites kept quiet: {quiet} of {len(own)}; twists: {sum(twists)} of {len(twists)}"
    milliseconds, times = cost()
    yield f"cost: {milliseconds:.2f} ms of CPU for 400 words, {times:.1f} times what finding the words takes"

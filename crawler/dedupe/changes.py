"""What a later version of an article says otherwise, and whether that is worth telling: pure, no clock, no I/O.

Two versions are compared sentence by sentence. What stands in both, in whatever order, is no change; furniture
(``furniture``) is not looked at. A sentence that was edited is laid beside its former self word by word, and counts
only where a fact of it changed: a figure, a date, a name, a quote, a hedge, a denial, or what it says happened. A
sentence without a counterpart counts when it says something that the other version does not.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import SequenceMatcher

from crawler.dedupe.claims import happenings, is_correction
from crawler.dedupe.edits import edits
from crawler.dedupe.units import Side, Unit, beginning
from crawler.model import Change, Segment
from crawler.text import Document

_Key = tuple[str, str]
_ALIKE = 0.5
"""Share of the longer sentence's words from which two sentences are one that was edited."""
_COMMON = 12
"""Sentences that a word stands in, above which it finds no counterpart."""
_LEAST_WORDS = 6
"""Words below which an added or removed line says nothing by itself, unless it is a sentence with a new fact."""
_KNOWN = 0.8
"""Share of a sentence's words from which the other version has said it in other sentences."""
_MOST_COMPARED = 80
"""Sentences of each side, without their like in the other, that are looked at: who wrote so many anew wrote another
article, and the first of them tell enough. It bounds the cost (docs/decisions/0036)."""
_SHOWN = 300
_MOST_SEGMENTS = 80
_CONTEXT = 60
"""Characters of what stayed that stand on each side of a difference."""
_FACTS = ("figure", "date", "name", "quote", "softened", "hardened", "denial", "claim")


def material(before: Document, after: Document, *, partial: bool = False) -> tuple[Change, ...]:
    """What changed that a reader of the earlier version has to know; empty when nothing did.

    Args:
        before: the earlier version.
        after: the later one.
        partial: one of the two may be an excerpt of the article (a teaser, a feed's text beside the page's): only what
            contradicts the other counts then, and not what is there or is not.
    """
    old, new = _sides(before, after)
    gone, come = _unmatched(old, new)
    pairs, removed, added = _paired(gone, come)
    found = [change for one, other in pairs for change in edits(one, other, old, new)]
    corrections = [unit for unit in added if is_correction(unit.text)]
    found += [_lone("correction", unit) for unit in corrections]
    if not partial:
        found += _lone_all("added", [unit for unit in added if unit not in corrections], old, new)
        found += _lone_all("removed", [unit for unit in removed if not is_correction(unit.text)], new, old)
    return tuple(_each_once(found))


def kinds(changes: Iterable[Change]) -> tuple[str, ...]:
    """The kinds of some changes, each once."""
    return tuple(dict.fromkeys(change.kind for change in changes))


def shrunk(before: Document, after: Document) -> bool:
    """Whether most of a text is not there any more and nothing else came: a wall or a broken page, and no edit."""
    old, new = _sides(before, after)
    kept = {unit.plain for unit in old.units if unit.field == "text"}
    now = [unit.plain for unit in new.units if unit.field == "text"]
    words = sum(len(unit.tokens) for unit in new.units) < sum(len(unit.tokens) for unit in old.units) / 2
    return words and sum(plain in kept for plain in now) * 2 >= len(now)


def difference(before: str, after: str, language: str = "") -> tuple[Segment, ...]:
    """The difference of two texts for people: what changed with a little of what stayed around it, word by word."""
    old, new = Side("", before, language), Side("", after, language)
    shared = {unit.text for unit in old.units} & {unit.text for unit in new.units}
    was, now = ([unit.text if unit.text in shared else unit.plain for unit in side.units] for side in (old, new))
    matcher = SequenceMatcher(None, was, now, autojunk=False)
    found: list[Segment] = []
    for tag, low, high, start, end in matcher.get_opcodes():
        if tag == "equal":
            _keep(found, " ".join(unit.text for unit in new.units[start:end]))
            continue
        found += _block(old.units[low:high], new.units[start:end])
    return tuple(_shortened(found))


def _sides(before: Document, after: Document) -> tuple[Side, Side]:
    language = after.language if after.language != "und" else before.language
    return Side(before.title, before.text, language), Side(after.title, after.text, language)


def _unmatched(old: Side, new: Side) -> tuple[list[Unit], list[Unit]]:
    """The sentences of each side that the other does not have in the same words."""
    # By the letters first: words are looked at only where these differ.
    gone, come = _apart(old.units, new.units, lambda unit: (unit.field, unit.text))
    return _apart(gone[:_MOST_COMPARED], come[:_MOST_COMPARED], lambda unit: (unit.field, unit.plain))


def _apart(some: Sequence[Unit], others: Sequence[Unit], key: Callable[[Unit], _Key]) -> tuple[list[Unit], list[Unit]]:
    same = Counter(map(key, some)) & Counter(map(key, others))
    return _without(some, same, key), _without(others, same, key)


def _without(units: Sequence[Unit], same: Counter[_Key], key: Callable[[Unit], _Key]) -> list[Unit]:
    """The units that are left when as many of each key are taken away."""
    left = Counter(same)
    kept = []
    for unit in units:
        if left[key(unit)] > 0:
            left[key(unit)] -= 1
        else:
            kept.append(unit)
    return kept


def _paired(gone: Sequence[Unit], come: Sequence[Unit]) -> tuple[list[tuple[Unit, Unit]], list[Unit], list[Unit]]:
    """Sentences that were edited, each with what became of it; then those that only one side has."""
    pairs = [(one, other) for one in gone if one.field == "title" for other in come if other.field == "title"]
    taken = {id(unit) for pair in pairs for unit in pair}
    carriers: dict[str, list[Unit]] = defaultdict(list)
    for unit in gone:
        for word in set(unit.folded):
            carriers[word].append(unit)
    for unit in come:
        if unit.field == "title":
            continue
        best = _closest(unit, carriers, taken)
        if best is not None:
            pairs.append((best, unit))
            taken |= {id(best), id(unit)}
    left = [[unit for unit in units if id(unit) not in taken and unit.field == "text"] for units in (gone, come)]
    return pairs, left[0], left[1]


def _closest(unit: Unit, carriers: dict[str, list[Unit]], taken: set[int]) -> Unit | None:
    votes: Counter[int] = Counter()
    named: dict[int, Unit] = {}
    for word in set(unit.folded):
        found = carriers.get(word, ())
        for other in found if len(found) <= _COMMON else ():
            if id(other) not in taken and other.field == unit.field:
                votes[id(other)] += 1
                named[id(other)] = other
    likeness = [(_likeness(unit, named[number]), number) for number, _ in votes.most_common(5)]
    best, number = max(likeness, default=(0.0, 0))
    return named[number] if best >= _ALIKE else None


def _likeness(one: Unit, other: Unit) -> float:
    common = sum((Counter(one.folded) & Counter(other.folded)).values())
    longest = max(len(one.folded), len(other.folded))
    shortest = min(len(one.folded), len(other.folded))
    # A sentence that was cut or extended is still itself when nearly all of the shorter is in the longer.
    return max(common / longest, 0.9 * common / shortest if shortest >= _LEAST_WORDS else 0.0) if shortest else 0.0


def _lone_all(kind: str, units: Sequence[Unit], other: Side, own: Side) -> Iterator[Change]:
    """Sentences of one side alone that tell something; such that stood together are told together."""
    run: list[Unit] = []
    for unit in units:
        if not _says_something(unit, other, own):
            continue
        if run and unit.start - run[-1].end > 3:  # noqa: PLR2004  (a blank, or two line breaks)
            yield _joined(kind, run)
            run = []
        run.append(unit)
    if run:
        yield _joined(kind, run)


def _says_something(unit: Unit, other: Side, own: Side) -> bool:
    if own.sentences and not unit.tells:
        return False
    if len(unit.tokens) < _LEAST_WORDS:
        return unit.tells and len(unit.tokens) > 1 and (_has_new_fact(unit, other) or _happened_anew(unit, other))
    words = [token.folded for token in unit.tokens if len(token.folded) > 3]  # noqa: PLR2004  (function words are shorter)
    known = sum(beginning(word) in other.beginnings for word in words)
    return known < _KNOWN * len(words) or _has_new_fact(unit, other)


def _has_new_fact(unit: Unit, other: Side) -> bool:
    return any(
        not other.has_figure(figure.key, unit.text[figure.start : figure.end]) for figure in unit.figures
    ) or any(not other.has_date(mention.key, unit.text[mention.start : mention.end]) for mention in unit.dates)


def _happened_anew(unit: Unit, other: Side) -> bool:
    """A short sentence says that something happened which the other version does not: "Both died."."""
    return not happenings(unit.text) <= happenings(other.text)


def _joined(kind: str, units: Sequence[Unit]) -> Change:
    first = units[0]
    text = " ".join(unit.text for unit in units)
    return _lone(kind, Unit(text, first.start, first.field, first.language), units[-1].end)


def _lone(kind: str, unit: Unit, end: int = 0) -> Change:
    shown = unit.text if len(unit.text) <= _SHOWN else f"{unit.text[: _SHOWN - 1].rstrip()}…"
    at = (unit.start, end or unit.end)
    if kind == "removed":
        return Change(kind, unit.field, shown, "", f"this was taken out: “{shown}”", before_at=at)
    word = "a correction was added" if kind == "correction" else "this was added"
    return Change(kind, unit.field, "", shown, f"{word}: “{shown}”", after_at=at)


def _each_once(changes: Iterable[Change]) -> Iterator[Change]:
    """What changed in headline and text alike is told once; what is surest comes first."""
    order = ("correction", *_FACTS, "removed", "added")
    seen = set()
    for change in sorted(changes, key=lambda change: order.index(change.kind)):
        key = (change.kind, change.before.casefold(), change.after.casefold())
        if key not in seen:
            seen.add(key)
            yield change


def _block(gone: Sequence[Unit], come: Sequence[Unit]) -> Iterator[Segment]:
    pairs, _, _ = _paired(gone, come)
    became = {id(other): one for one, other in pairs}
    edited = {id(one) for one, _ in pairs}
    yield from (Segment("removed", unit.text) for unit in gone if id(unit) not in edited)
    for unit in come:
        if id(unit) in became:
            yield from _worded(became[id(unit)].text.split(), unit.text.split())
        else:
            yield Segment("added", unit.text)


def _worded(before: Sequence[str], after: Sequence[str]) -> Iterator[Segment]:
    for tag, low, high, start, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Segment("kept", " ".join(after[start:end]))
            continue
        if low < high:
            yield Segment("removed", " ".join(before[low:high]))
        if start < end:
            yield Segment("added", " ".join(after[start:end]))


def _keep(found: list[Segment], text: str) -> None:
    if len(text) <= 2 * _CONTEXT:
        found.append(Segment("kept", text))
        return
    head, tail = text[:_CONTEXT].rpartition(" ")[0], text[-_CONTEXT:].partition(" ")[2]
    found += ([Segment("kept", head)] if found else []) + [Segment("gap", "…"), Segment("kept", tail)]


def _shortened(found: list[Segment]) -> Iterator[Segment]:
    """Without what stayed before the first and behind the last difference, and no longer than a mail takes."""
    marks = [number for number, segment in enumerate(found) if segment.kind in ("removed", "added")]
    if not marks:
        return
    shown = found[max(0, marks[0] - 1) : marks[-1] + 2]
    if shown[-1].kind == "kept" and len(shown[-1].text) > _CONTEXT:
        shown[-1] = Segment("kept", shown[-1].text[:_CONTEXT].rpartition(" ")[0] + "…")
    for segment in shown[:_MOST_SEGMENTS]:
        text = segment.text if len(segment.text) <= 2 * _SHOWN else f"{segment.text[: 2 * _SHOWN - 1].rstrip()}…"
        yield Segment(segment.kind, text)
    if len(shown) > _MOST_SEGMENTS:
        yield Segment("gap", "…")

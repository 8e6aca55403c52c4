"""What changed in one sentence, laid beside its former self word by word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from crawler.dedupe.claims import denies, happenings, hedges
from crawler.dedupe.units import Side, Unit, beginning
from crawler.model import Change
from crawler.text import Token, text_keys
from crawler.text.dates import weekday

_LEAST_TYPO = 4
"""Letters of a word in which one that was wrong may be a slip."""
_TITLE_CASE = 0.6
"""Share of a headline's longer words that begin with a capital, from which capitals tell nothing."""
_LEAST_QUOTED = 4
_WEEKDAY = "~"
"""What stands before the key of a weekday, which is no date without a day of publication."""


class _Hunk(NamedTuple):
    """Words of one side that stand in the place of words of the other; either may be none."""

    before: list[Token]
    after: list[Token]
    before_from: int
    """Number of the first of them, or of the word behind the place."""
    after_from: int


class _Pair(NamedTuple):
    old: Unit
    new: Unit
    before: Side
    after: Side


def edits(old: Unit, new: Unit, before: Side, after: Side) -> Iterator[Change]:
    """The changes of fact in a sentence of ``before`` that became one of ``after``."""
    pair = _Pair(old, new, before, after)
    hunks = [hunk for hunk in _hunks(pair) if not _slip(hunk, new.language)]
    for hunk in hunks:
        yield from _numbers(pair, hunk)
        yield from _names(pair, hunk)
    yield from _signs(pair)
    yield from _quotes(pair, hunks)
    yield from _doubts(pair)
    yield from _denials(pair, hunks)
    yield from _claims(pair, hunks)


def _hunks(pair: _Pair) -> Iterator[_Hunk]:
    old, new = pair.old, pair.new
    for tag, low, high, start, end in SequenceMatcher(None, old.folded, new.folded, autojunk=False).get_opcodes():
        if tag != "equal":
            yield _Hunk(old.tokens[low:high], new.tokens[start:end], low, start)


def _slip(hunk: _Hunk, language: str) -> bool:
    """Words that differ by a slip of the pen or are forms of one: no fact changed."""
    if len(hunk.before) != len(hunk.after):
        joined = ["".join(token.folded for token in side) for side in (hunk.before, hunk.after)]
        return joined[0] == joined[1]
    return all(_same_word(one, other, language) for one, other in zip(hunk.before, hunk.after, strict=True))


def _same_word(one: Token, other: Token, language: str) -> bool:
    if _has_digit(one) or _has_digit(other) or denies(one.folded) != denies(other.folded):
        return False
    if set(text_keys(language, one.form)) & set(text_keys(language, other.form)):
        return True
    return min(len(one.folded), len(other.folded)) >= _LEAST_TYPO and _one_slip(one.folded, other.folded)


def _one_slip(one: str, other: str) -> bool:
    """At most one letter wrong, missing, too much, or two swapped (Damerau 1964: four of five misspellings)."""
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > 1:
        return False
    start = next((at for at, letter in enumerate(short) if letter != long[at]), len(short))
    if len(short) < len(long):
        return short[start:] == long[start + 1 :]
    return short[start + 1 :] == long[start + 1 :] or (
        short[start : start + 2] == long[start : start + 2][::-1] and short[start + 2 :] == long[start + 2 :]
    )


def _has_digit(token: Token) -> bool:
    return any(map(str.isdigit, token.folded))


# -- figures, dates, names --------------------------------------------------------------------------------------


def _numbers(pair: _Pair, hunk: _Hunk) -> Iterator[Change]:
    """Figures and dates that stand in a hunk's place."""
    was, now = _stated(pair.old, hunk.before), _stated(pair.new, hunk.after)
    if [*was] == [*now]:
        return
    if not (was and now) and all(number.key.startswith(_WEEKDAY) for number in (*was, *now)):
        return  # a day that is said besides, "on Tuesday", or no longer
    dated = all(number.is_date for number in (*was, *now))
    lost = not was or any(not _known(number, written, pair.after) for number, written in was.items())
    new = not now or any(not _known(number, written, pair.before) for number, written in now.items())
    if (was and now) or (lost and new):
        yield _told(pair, hunk, "date" if dated else "figure")


class _Number(NamedTuple):
    """A figure or date by its key; digits that are neither go by themselves, behind a #."""

    key: str
    is_date: bool


def _stated(unit: Unit, tokens: Sequence[Token]) -> dict[_Number, str]:
    """The figures and dates that some words are part of, in order, with how they are written."""
    found = {}
    for token in tokens:
        number, written = _number_at(unit, token)
        if number is not None:
            found[number] = written
    return found


def _number_at(unit: Unit, token: Token) -> tuple[_Number | None, str]:
    for mention in unit.dates:
        if mention.start < token.end and token.start < mention.end:
            key = mention.key if mention.year is None else f"{mention.key} {mention.year}"
            return _Number(key, is_date=True), unit.text[mention.start : mention.end]
    for figure in unit.figures:
        if figure.start < token.end and token.start < figure.end:
            return _Number(figure.key, is_date=False), unit.text[figure.start : figure.end]
    day = weekday(unit.language, token.folded)
    if day is not None:
        return _Number(f"{_WEEKDAY}{day}", is_date=True), token.form
    if not _has_digit(token):
        return None, ""
    is_time = ":" in (unit.text[token.end : token.end + 1], unit.text[max(0, token.start - 1) : token.start])
    return _Number(f"#{token.folded}", is_date=is_time), token.form


def _known(number: _Number, written: str, side: Side) -> bool:
    if number.key.startswith("#"):
        return number.key[1:] in side.words
    if number.is_date:
        return side.has_date(number.key.split(" ")[0], written)
    return side.has_figure(number.key, written)


def _names(pair: _Pair, hunk: _Hunk) -> Iterator[Change]:
    was, now = _named(pair.old, hunk.before, pair.before), _named(pair.new, hunk.after, pair.after)
    new = [token for token in now if beginning(token.folded) not in pair.before.beginnings]
    lost = [token for token in was if beginning(token.folded) not in pair.after.beginnings]
    if (was and new) or (lost and now) or new or lost:
        yield _told(pair, hunk, "name")


def _named(unit: Unit, tokens: Sequence[Token], side: Side) -> list[Token]:
    """The words among some that are names: with a capital where no sentence begins."""
    if unit.field == "title" and _is_title_case(unit):
        return []
    first = unit.tokens[0].start if unit.tokens else 0
    opened = {start + 1 for start, _ in unit.quoted}
    return [
        token
        for token in tokens
        if token.form[0].isupper()
        and len(token.form) > 1
        and _number_at(unit, token)[0] is None
        and ((token.start != first and token.start not in opened) or _elsewhere(token, side))
    ]


def _elsewhere(token: Token, side: Side) -> bool:
    """Whether a word that begins a sentence stands with a capital inside another."""
    return any(other.form == token.form for unit in side.units if unit.field == "text" for other in unit.tokens[1:])


def _is_title_case(unit: Unit) -> bool:
    longer = [token for token in unit.tokens if len(token.form) > 3]  # noqa: PLR2004
    return sum(token.form[0].isupper() for token in longer) >= _TITLE_CASE * len(longer) if len(longer) > 2 else False  # noqa: PLR2004


def _signs(pair: _Pair) -> Iterator[Change]:
    """The same digits with another sign: $ and €, 5 and 5 %."""
    if pair.old.folded != pair.new.folded:
        return
    for one, other in zip(pair.old.figures, pair.new.figures, strict=False):
        if one.key != other.key:
            before, after = pair.old.text[one.start : one.end], pair.new.text[other.start : other.end]
            yield _change(pair, "figure", (one.start, one.end), (other.start, other.end), before, after)


# -- quotes, hedges, denials, claims ----------------------------------------------------------------------------


def _quotes(pair: _Pair, hunks: Sequence[_Hunk]) -> Iterator[Change]:
    for hunk in hunks:
        words = [token for token in (*hunk.before, *hunk.after) if len(token.folded) >= _LEAST_QUOTED]
        inside = (_inside(pair.old, hunk.before), _inside(pair.new, hunk.after))
        if words and all(inside) and pair.old.quoted and pair.new.quoted:
            yield _told(pair, hunk, "quote")


def _inside(unit: Unit, tokens: Sequence[Token]) -> bool:
    """Whether words stand in a quote; no words do."""
    return all(any(start <= token.start and token.end <= end for start, end in unit.quoted) for token in tokens)


def _doubts(pair: _Pair) -> Iterator[Change]:
    was, now = hedges(pair.old.text), hedges(pair.new.text)
    if bool(was) == bool(now):
        return
    kind = "softened" if now else "hardened"
    before, after = pair.old.text, pair.new.text
    what = "the headline" if pair.new.field == "title" else "a sentence"
    says = f"{what} was {kind}: “{_cut(before)}” is now “{_cut(after)}”"
    yield Change(
        kind, pair.new.field, _cut(before), _cut(after), says,
        (pair.old.start, pair.old.end), (pair.new.start, pair.new.end),
    )  # fmt: skip


def _denials(pair: _Pair, hunks: Sequence[_Hunk]) -> Iterator[Change]:
    for hunk in hunks:
        was, now = (sum(denies(token.folded) for token in side) for side in (hunk.before, hunk.after))
        if was != now and (was == 0 or now == 0) and _totals_differ(pair):
            yield _told(pair, hunk, "denial")


def _totals_differ(pair: _Pair) -> bool:
    return sum(map(denies, pair.old.folded)) != sum(map(denies, pair.new.folded))


def _claims(pair: _Pair, hunks: Sequence[_Hunk]) -> Iterator[Change]:
    """Words for one thing that happened in the place of words for another."""
    for hunk in hunks:
        was = happenings(" ".join(token.form for token in hunk.before))
        now = happenings(" ".join(token.form for token in hunk.after))
        if was and now and was.isdisjoint(now):
            yield _told(pair, hunk, "claim")


# -- how it is told ---------------------------------------------------------------------------------------------


def _told(pair: _Pair, hunk: _Hunk, kind: str) -> Change:
    """A hunk with a word beside it, so that it is read: “7 children” and not “7”."""
    before_at = _reach(pair.old, hunk.before_from, len(hunk.before))
    after_at = _reach(pair.new, hunk.after_from, len(hunk.after))
    before, after = pair.old.text[slice(*before_at)], pair.new.text[slice(*after_at)]
    return _change(pair, kind, before_at, after_at, before if hunk.before else "", after if hunk.after else "")


def _reach(unit: Unit, first: int, length: int) -> tuple[int, int]:
    tokens = unit.tokens
    if not tokens:
        return 0, 0
    last = first + length - 1
    end = last + 1 if last + 1 < len(tokens) and _adjoins(unit, last, last + 1) else last
    start = first if end > last or first == 0 or not _adjoins(unit, first - 1, first) else first - 1
    start, end = min(max(start, 0), len(tokens) - 1), min(max(end, 0), len(tokens) - 1)
    return tokens[start].start, max(tokens[end].end, tokens[start].end)


def _adjoins(unit: Unit, one: int, other: int) -> bool:
    if one < 0 or other >= len(unit.tokens):
        return False
    return unit.text[unit.tokens[one].end : unit.tokens[other].start] in (" ", " ", "-", "’", "'", ".", ",", ":")


def _change(  # noqa: PLR0917  (what a change holds)
    pair: _Pair, kind: str, before_at: tuple[int, int], after_at: tuple[int, int], before: str, after: str
) -> Change:
    where = "in the headline " if pair.new.field == "title" else ""
    if before and after:
        says = f"{where}“{_cut(before)}” is now “{_cut(after)}”"
    elif after:
        says = f"{where}“{_cut(after)}” was added: “{_cut(pair.new.text)}”"
    else:
        says = f"{where}“{_cut(before)}” was taken out: “{_cut(pair.old.text)}”"
    old, new = pair.old.start, pair.new.start
    return Change(
        kind, pair.new.field, _cut(before), _cut(after), says,
        (old + before_at[0], old + before_at[1]), (new + after_at[0], new + after_at[1]),
    )  # fmt: skip


def _cut(text: str, most: int = 200) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"

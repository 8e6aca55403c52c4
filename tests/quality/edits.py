"""What happens to a text on its way into another outlet: seven kinds of edits; and texts of our own to do it to."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

Edit = Callable[[random.Random, str, str, Sequence[str]], tuple[str, str]]
"""From title, text and other people's sentences to the copy's title and text."""

_BEFORE = "By our own staff and wire services. Sign up for our newsletter to get the morning briefing. "
_AFTER = " This article was first published by a news agency. All rights reserved. Read more about it on our website."


def sentences(text: str) -> list[str]:
    """A text in sentences, near enough to move them about."""
    return [one for one in re.split(r"(?<=[.!?…»”\"])\s+|(?<=。)", " ".join(text.split())) if one]


def wrapped(dice: random.Random, title: str, text: str, _others: Sequence[str]) -> tuple[str, str]:
    """Another headline, and the outlet's own sentences around the text."""
    words = title.split()
    return " ".join(dice.sample(words, min(len(words), max(2, len(words) // 2)))), _BEFORE + text + _AFTER


def cut(_dice: random.Random, title: str, text: str, _others: Sequence[str]) -> tuple[str, str]:
    """The first 40 % of the text."""
    parts = sentences(text)
    return title, " ".join(parts[: max(2, int(len(parts) * 0.4))])


def mistyped(dice: random.Random, title: str, text: str, _others: Sequence[str]) -> tuple[str, str]:
    """A letter wrong in 4 % of the words."""

    def typed(word: str) -> str:
        middle = len(word) // 2
        wrong = len(word) > 3 and dice.random() < 0.04
        return f"{word[:middle]}x{word[middle + 1 :]}" if wrong else word

    return title, " ".join(map(typed, text.split()))


def enlarged(dice: random.Random, title: str, text: str, others: Sequence[str]) -> tuple[str, str]:
    """30 % of other sentences put in between."""
    parts = sentences(text)
    for _ in range(max(1, int(len(parts) * 0.3))):
        parts.insert(dice.randrange(len(parts) + 1), dice.choice(others))
    return title, " ".join(parts)


def updated(dice: random.Random, title: str, text: str, others: Sequence[str]) -> tuple[str, str]:
    """Other digits in half of the sentences, and one sentence replaced."""
    parts = [
        re.sub(r"\d", lambda _: str(dice.randrange(10)), one) if dice.random() < 0.5 else one for one in sentences(text)
    ]
    parts[dice.randrange(len(parts))] = dice.choice(others)
    return title, " ".join(parts)


def reordered(dice: random.Random, title: str, text: str, _others: Sequence[str]) -> tuple[str, str]:
    """Every sentence in another place."""
    parts = sentences(text)
    dice.shuffle(parts)
    return title, " ".join(parts)


def abridged(dice: random.Random, title: str, text: str, others: Sequence[str]) -> tuple[str, str]:
    """30 % of the sentences left out and 8 % of the words changed for others."""
    parts = sentences(text)
    kept = [one for one in parts if dice.random() > 0.3] or parts[:2]
    words = [
        dice.choice(dice.choice(others).split()) if dice.random() < 0.08 else word for word in " ".join(kept).split()
    ]
    return title, " ".join(words)


EDITS: dict[str, Edit] = {
    "wrapped": wrapped,
    "cut": cut,
    "mistyped": mistyped,
    "enlarged": enlarged,
    "updated": updated,
    "reordered": reordered,
    "abridged": abridged,
}

# -- texts of our own -------------------------------------------------------------------------------------------

_WHO = (
    "the mayor",
    "a spokeswoman for the port",
    "two ferrymen",
    "the county court",
    "the miners' union",
    "a group of teachers",
    "the water board",
    "the minister of railways",
    "our correspondent",
    "the hospital's director",
    "residents of the old town",
    "the fire brigade",
    "a retired engineer",
    "the grain exchange",
    "the bishop",
    "the opposition",
    "police",
    "the rowing club",
    "the weather service",
    "a family of four",
    "the regional council",
    "dock workers",
    "the museum",
    "an auditor",
)
_DID = (
    "rejected",
    "confirmed",
    "quietly withdrew",
    "paid for",
    "photographed",
    "asked for",
    "lost sight of",
    "reopened",
    "inherited",
    "measured",
    "objected to",
    "signed",
    "postponed",
    "insured",
    "discovered",
    "defended",
    "repaired",
    "counted",
    "bought back",
    "criticised",
    "took over",
    "explained",
    "closed",
    "published",
)
_WHAT = (
    "the contract for the eastern bridge",
    "a list of {n} names",
    "plans for a second canal",
    "the missing ledgers",
    "{n} tonnes of barley",
    "an offer worth {n} million",
    "the annual report",
    "a timetable without night trains",
    "the collapsed warehouse",
    "claims about the reservoir",
    "three letters from {name}",
    "a boat called {name}",
    "the sale of {name} farm",
    "an exhibition on {name}",
    "the new road to {name}",
    "wages of {n} crowns",
    "a ban on lorries",
    "the statue of {name}",
    "evidence from {n} witnesses",
    "a field hospital near {name}",
    "the {name} vineyard",
    "a loan of {n} crowns",
    "the second half of the inquiry",
    "plots along the river {name}",
)
_HOW = (
    "after a meeting that lasted until dawn",
    "on {day} morning",
    "without giving a reason",
    "despite the storm over {name}",
    "for the first time since the war",
    "as {name} had promised",
    "in front of {n} onlookers",
    "by order of the court in {name}",
    "when the tide allowed it",
    "at the request of {name}",
    "because nobody else would",
    "a week later than planned",
    "with the help of volunteers from {name}",
    "according to papers seen by this newspaper",
    "in spite of {n} complaints",
    "before {day}'s vote",
    "under a rule that few had read",
    "while {name} was away",
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_BEGIN = ("br", "k", "l", "m", "st", "v", "z", "p", "dr", "n", "r", "t", "h", "gr", "s")
_MIDDLE = ("a", "e", "i", "o", "u", "ei", "ou")
_END = ("nov", "rek", "lin", "stad", "mar", "beck", "tis", "vo", "dan", "ska", "rup", "gard")


def story(dice: random.Random, length: int = 18) -> tuple[str, str]:
    """A title and a text of about 13 words a sentence; no two have a subject in common but by chance."""
    names = [dice.choice(_BEGIN).capitalize() + dice.choice(_MIDDLE) + dice.choice(_END) for _ in range(4)]

    def filled(pattern: str) -> str:
        return pattern.format(n=dice.randrange(3, 900), name=dice.choice(names), day=dice.choice(_DAYS))

    def sentence() -> str:
        first = f"{dice.choice(_WHO)} {dice.choice(_DID)} {filled(dice.choice(_WHAT))} {filled(dice.choice(_HOW))}"
        if dice.random() < 0.5:
            first += f" and {dice.choice(_DID)} {filled(dice.choice(_WHAT))}"
        return f"{first[0].upper()}{first[1:]}."

    title = f"{names[0]}: {dice.choice(_WHO)} {dice.choice(_DID)} {filled(dice.choice(_WHAT))}"
    return title, " ".join(sentence() for _ in range(length))

"""What of an article likens it to another: words, names, figures and what international words sound like."""

from __future__ import annotations

from dataclasses import dataclass, field

from crawler.text import Document, Token, text_keys
from crawler.text.cognates import cognate_key
from crawler.text.detection import FUNCTION_WORDS
from crawler.text.figures import figures

NAME = "@"
"""What the keys of names begin with (``crawler.text``)."""
FIGURE = "#"
"""What the keys of figures begin with."""
LEAD = 150
"""Words of the text that are read: reports say what they are about at their beginning."""
_TITLE, _TEXT = 2.0, 1.0
_LEAST = 2
_MOST_KEYS = 1
"""Spellings kept of a name, the likeliest: more would make a name outweigh what was said of it."""

Counts = dict[str, float]
Place = tuple[str, int, int, str, str]
"""Field, start and end of the form in it, what kind of term met (``name``, ``figure`` or ``word``), and the form."""


@dataclass(slots=True)
class Features:
    """An article's terms with how much it makes of each, and where each stands first."""

    language: str
    counts: Counts = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)

    def add(self, key: str, weight: float, place: Place) -> None:
        """Count a term once more."""
        self.counts[key] = self.counts.get(key, 0.0) + weight
        self.places.setdefault(key, place)


def features(document: Document) -> Features:
    """Read an article's title and the beginning of its text."""
    found = Features(document.language)
    stop = FUNCTION_WORDS.get(document.language, frozenset())
    for where, tokens, weight in (
        ("title", document.title_tokens, _TITLE),
        ("text", document.text_tokens[:LEAD], _TEXT),
    ):
        for token in tokens:
            if token.folded not in stop and len(token.folded) >= _LEAST and not token.folded.isdigit():
                _read(found, token, where, weight)
        text = document.title if where == "title" else document.text[: tokens[-1].end if tokens else 0]
        for figure in figures(text, document.language, tokens):
            place = (where, figure.start, figure.end, "figure", text[figure.start : figure.end])
            found.add(f"{FIGURE}{figure.key}", weight, place)
    return found


def _read(found: Features, token: Token, where: str, weight: float) -> None:
    keys = text_keys(found.language, token.form)
    names = [key for key in keys if key.startswith(NAME)][:_MOST_KEYS]
    kind = "name" if token.form[:1].isupper() else "word"
    place = (where, token.start, token.end, kind, token.form)
    found.add(_word(keys), weight, place)
    for name in names:
        found.add(name, weight / len(names), place)
    if cognate := cognate_key(token.form):
        found.add(cognate, weight, place)


def _word(keys: tuple[str, ...]) -> str:
    """The one key that most forms of a word share: its lemma; where the dictionary has none a stem, else the word."""
    lemmas = [key for key in keys[1:] if key[0].isalnum()]
    return lemmas[0] if lemmas else next((key for key in keys if key.startswith("~")), keys[0])

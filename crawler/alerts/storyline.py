"""How a mail words a story: what is new, who reports it, who else does, and what was told of it before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from itertools import islice

from crawler.alerts.lines import clean_line, safe_href, some
from crawler.alerts.wording import count, day, language_name, language_tag, moment
from crawler.model import Addition, Reporting, Step

_NAME_LIMIT = 60
_SENTENCE_LIMIT = 400
_FIGURE_LIMIT = 60
_SENTENCES = 3
_FIGURES = 4
_ORIGINS = 5
_HEADLINE = 140
_ALIKE = 0.6
"""Share of two headlines' words that both have, from which a reader takes them for one."""
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class StepView:
    """A report of the story in one line."""

    lead: str
    """``10 Oct 2025, Harbour Wire, in Ukrainian``."""
    headline: str
    href: str
    lang: str


def new_sentences(addition: Addition) -> tuple[str, ...]:
    """The sentences that the story did not hold, at most three; the mail is no second copy of the article."""
    told = (clean_line(sentence, _SENTENCE_LIMIT) for sentence in addition.sentences[:_SENTENCES])
    return tuple(sentence for sentence in told if sentence)


def new_figures(addition: Addition) -> tuple[str, ...]:
    """``children returned: 16, was 8 on 9 Oct 2025``, one for each figure."""
    return tuple(
        f"{clean_line(figure.about, _FIGURE_LIMIT)}: {clean_line(figure.now, _FIGURE_LIMIT)}"
        + (f", was {clean_line(figure.before, _FIGURE_LIMIT)}" if figure.before else "")
        + (f" on {day(figure.day)}" if figure.before and figure.day else "")
        for figure in addition.figures[:_FIGURES]
    )


def reported(reporting: Reporting | None, timezone: tzinfo) -> str:
    """``First reported by A, 10 Oct 2025, 14:05 EEST. 2 independent sources in 5 outlets: A, B``.

    Of an agency the outlet is named whose report it was: ``First reported by A, in B, …``. The hour is that report's.
    """
    if reporting is None:
        return ""
    name, carrier = clean_line(reporting.first, _NAME_LIMIT), clean_line(reporting.carrier, _NAME_LIMIT)
    place = f", in {carrier}" if carrier and name.casefold() not in carrier.casefold() else ""
    first = f"First reported by {name}{place}, {moment(reporting.first_at, timezone)}. "
    number = len(reporting.origins)
    found = f"{count(number, 'independent source', 'independent sources')} in {reporting.outlets} outlets"
    if number == 1:
        return f"{first}{found}"
    return f"{first}{found}: {some([clean_line(name, _NAME_LIMIT) for name in reporting.origins], _ORIGINS)}"


def differing(told: Iterable[Step], beside: str, most: int) -> tuple[Step, ...]:
    """The first of some reports whose headlines differ from each other's and from the one that stands above them."""
    return tuple(islice(_differing(told, beside), most))


def _differing(told: Iterable[Step], beside: str) -> Iterator[Step]:
    shown = [_words(beside)]
    for step in told:
        words = _words(step.title)
        if not any(_alike(words, other) for other in shown):
            shown.append(words)
            yield step


def _words(title: str) -> frozenset[str]:
    return frozenset(_WORD.findall(title.casefold()))


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one) and len(one & other) >= _ALIKE * len(one | other)


def steps(found: Sequence[Step], timezone: tzinfo, most: int, *, spoken: str = "") -> tuple[StepView, ...]:
    """Reports of the story, one line each; the language is named where it is not ``spoken``."""
    return tuple(_step(each, timezone, spoken) for each in found[:most])


def _step(step: Step, timezone: tzinfo, spoken: str) -> StepView:
    tag = language_tag(step.language)
    other = tag and tag.split("-")[0] != spoken.split("-", maxsplit=1)[0]
    parts = [day(step.at.astimezone(timezone)), clean_line(step.source, _NAME_LIMIT)]
    return StepView(
        lead=", ".join([*parts, *([f"in {language_name(tag)}"] if other else [])]),
        headline=clean_line(step.title, _HEADLINE) or "(no headline)",
        href=safe_href(step.url),
        lang=tag,
    )

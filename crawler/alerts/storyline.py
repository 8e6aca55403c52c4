"""How a mail words a story: what is new, who reports it, who else does, and what was told of it before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

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
    """``children returned: 16, was 8``, one for each figure."""
    return tuple(
        f"{clean_line(figure.about, _FIGURE_LIMIT)}: {clean_line(figure.now, _FIGURE_LIMIT)}"
        + (f", was {clean_line(figure.before, _FIGURE_LIMIT)}" if figure.before else "")
        for figure in addition.figures[:_FIGURES]
    )


def reported(reporting: Reporting | None, timezone: tzinfo) -> str:
    """``First reported by A, 10 Oct 2025, 14:05 EEST. 2 independent sources in 5 outlets: A, B``."""
    if reporting is None:
        return ""
    first = f"First reported by {clean_line(reporting.first, _NAME_LIMIT)}, {moment(reporting.first_at, timezone)}. "
    number = len(reporting.origins)
    found = f"{count(number, 'independent source', 'independent sources')} in {reporting.outlets} outlets"
    if number == 1:
        return f"{first}{found}"
    return f"{first}{found}: {some([clean_line(name, _NAME_LIMIT) for name in reporting.origins], _ORIGINS)}"


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

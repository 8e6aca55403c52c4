"""The text part: opens with the news, links on lines of their own, at most 78 characters a line beside links."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from itertools import count

from crawler.alerts.view import OF_NO_ARTICLE, AlertView, ArticleView, Link
from crawler.model import AlertKind, Segment

WIDTH = 78
"""RFC 5322 §2.1.1 recommends no longer lines; quoting programs need them."""
_RULE = "-" * 40


def plain_text(view: AlertView) -> str:
    """The alert as text. The order of its lines is part of what users may rely on."""
    blocks = list(_sections(view))
    if view.lines:
        blocks.append("\n".join(_item(line) for line in view.lines))
    if view.kind in OF_NO_ARTICLE or view.kind is AlertKind.ARCHIVE or (view.together and not view.single):
        blocks.insert(0, _wrap(view.intro))
    blocks += [_wrap(note) for note in view.notes]
    if view.left_out:
        blocks.append(_wrap(f"… and {view.left_out} more: tidings alerts show {view.id}"))
    return "\n\n".join([*blocks, "\n".join(_foot(view))]) + "\n"


def _sections(view: AlertView) -> Iterator[str]:
    numbers = count(1)
    for section in view.sections:
        if section.topic:
            line = min(max(map(len, _wrap(section.topic).splitlines())), WIDTH)
            note = f"\n{_wrap(section.note)}" if section.note else ""
            yield f"{_wrap(section.topic)}\n{'=' * line}{note}"
        yield from ("\n".join(_article(view, article, next(numbers))) for article in section.articles)


def _article(view: AlertView, article: ArticleView, number: int) -> Iterator[str]:
    yield _wrap(article.headline if view.single else f"{number}. {article.headline}")
    yield _wrap(article.meta)
    if view.kind is AlertKind.ARCHIVE:
        yield article.link.shown
        return
    yield from _new(view, article)
    yield from _changed(view)
    if article.snippet and not view.changed:
        yield ""
        yield _wrap("".join(piece.text for piece in article.snippet))
    yield ""
    if article.link.shown:
        yield article.link.shown
        yield ""
    for block in (_copies(article.copies, article.copies_left_out), _elsewhere(article)):
        if lines := list(block):
            yield from (*lines, "")
    if article.why:
        yield _wrap(f"Why: {', '.join(article.why)}")
    yield _wrap(f"First seen: {article.seen}")
    if article.so_far:
        yield ""
        yield "Story so far, as you were told:"
        yield from (_item(f"{step.lead}: {step.headline}") for step in article.so_far)
    if article.answers:
        yield ""
        yield from (f"{answer.name.capitalize()}: {answer.href}" for answer in article.answers)


def _new(view: AlertView, article: ArticleView) -> Iterator[str]:
    """What the story did not hold, and who reports it."""
    if article.new or article.figures:
        yield ""
        yield "New in this story:" if view.update else "New:"
        yield from (_item(line) for line in (*article.figures, *article.new))
    if article.reported:
        yield ""
        yield _wrap(article.reported)


def _elsewhere(article: ArticleView) -> Iterator[str]:
    """Other outlets' own reports, a line each, links on lines of their own."""
    if not article.elsewhere:
        return
    yield "Also reported by:"
    for step in article.elsewhere:
        yield _item(f"{step.lead}: {step.headline}")
        if step.href:
            yield f"  {step.href}"
    if article.elsewhere_left_out:
        yield f"* and {article.elsewhere_left_out} more"


def _changed(view: AlertView) -> Iterator[str]:
    """What changed, and the words themselves, marked as ``git diff --word-diff`` does."""
    if not view.changed:
        return
    yield ""
    yield view.intro
    yield from (_item(says) for says in view.changed)
    if view.difference:
        yield ""
        yield _wrap(word_diff(view.difference))


def word_diff(segments: Sequence[Segment]) -> str:
    """A difference in one paragraph: ``took [-31-] {+35+} hours``."""
    marks = {"removed": ("[-", "-]"), "added": ("{+", "+}")}
    return " ".join(segment.text.join(marks.get(segment.kind, ("", ""))) for segment in segments)


def _copies(copies: tuple[Link, ...], left_out: int) -> Iterator[str]:
    if not copies:
        return
    more = f" and {left_out} more" if left_out else ""
    yield _wrap(f"Also carried by: {', '.join(copy.name for copy in copies)}{more}")
    yield from (f"  {copy.shown}" for copy in copies)


def _foot(view: AlertView) -> Iterator[str]:
    yield _RULE
    if view.kind is AlertKind.SUMMARY:
        yield _wrap("You get this because settings.toml asks for a summary ([mail] summary); end it there.")
    elif view.kind is AlertKind.COVERAGE:
        yield _wrap("You get this, once a week at most, because settings.toml follows these sources for you.")
    else:
        several = len(view.topics) > 1
        yield _wrap(f"{'Topics' if several else 'Topic'}: {view.topic}")
        if view.burst:
            yield _wrap(f"{view.burst}.")
        yield _wrap(
            "You get this because settings.toml follows these topics for you; change or end them there."
            if several
            else "You get this because settings.toml follows this topic for you; change or end it there."
        )
    if view.coverage:
        yield _wrap(f"Coverage: {view.coverage}.")
    yield _wrap(f"Tidings {view.version}, alert {view.id}" if view.id else f"Tidings {view.version}, preview")


def _item(line: str) -> str:
    return textwrap.fill(line, WIDTH, initial_indent="* ", subsequent_indent="  ", break_on_hyphens=False)


def _wrap(line: str) -> str:
    return textwrap.fill(line, WIDTH, break_on_hyphens=False)

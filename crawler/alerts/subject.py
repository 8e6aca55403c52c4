"""The subject: what happened, in the words of the news, never the name of the tool."""

from __future__ import annotations

from crawler.alerts.lines import clean_line, cut
from crawler.alerts.view import headline, ordered, outlet, topics_line, total
from crawler.alerts.wording import count
from crawler.model import Alert, AlertArticle, AlertKind

LENGTH = 110
"""Characters; a phone shows about 40, a wide window about 120."""
_TOPIC = 50
_OUTLET = 30
_CHANGED = "Changed: "


def subject(alert: Alert) -> str:
    """The subject of ``alert``: at most 110 characters, the news in front.

    A mail that replies bears the subject of the first of its conversation, letter for letter: Gmail and Outlook divide
    one whose subjects differ, and an added ``Re:`` would look as if a person had answered (decision 0041).
    """
    if alert.thread is not None and (first := clean_line(alert.thread.subject)):
        return first
    if alert.kind is AlertKind.ARCHIVE:
        return _archive(alert)
    if alert.kind is AlertKind.SUMMARY:
        return _summary(alert)
    if alert.kind is AlertKind.COVERAGE:
        return _coverage(alert)
    articles = ordered(alert)
    if not articles:
        return clean_line(f"{cut(clean_line(alert.topic), _TOPIC)}: nothing new")
    if alert.kind is AlertKind.NEWS:
        return _news(articles)
    if alert.kind is AlertKind.CHANGE:
        return clean_line(_CHANGED + _news(articles, LENGTH - len(_CHANGED)))
    front = f"{topics_line(alert, _TOPIC)}: {len(articles)} new – "
    return clean_line(front + cut(headline(articles[0]), LENGTH - len(front)))


def _news(articles: list[AlertArticle], length: int = LENGTH) -> str:
    """``Headline – Outlet (+2)``: how many more outlets or articles say the same stands in parentheses."""
    best = articles[0]
    more = len(best.copies) + len(articles) - 1
    tail = f" (+{more})" if more else ""
    line, name = headline(best), cut(outlet(best), _OUTLET)
    # Many feeds put the outlet behind their headlines already.
    if name and not line.casefold().endswith(name.casefold()):
        tail = f" – {name}{tail}"
    return clean_line(cut(line, length - len(tail)) + tail)


def _archive(alert: Alert) -> str:
    number = total(alert)
    topic = cut(clean_line(alert.topic), _TOPIC)
    if not number:
        return clean_line(f"Now following “{topic}”: nothing was there yet")
    return clean_line(f"Now following “{topic}”: {count(number, 'article was', 'articles were')} already there")


def _summary(alert: Alert) -> str:
    """``No news: 41 sources watched, 2 not well``, or ``Told: 3 articles – Topic (2), Another (1)``."""
    found, told = alert.coverage, () if alert.tally is None else alert.tally.topics
    ill = 0 if found is None else found.sources - found.well
    watched = count(0 if found is None else found.sources, "source", "sources")
    if not told:
        return f"No news: {watched} watched{f', {ill} not well' if ill else ''}"
    front = f"Told: {count(sum(number for _, number in told), 'article', 'articles')} – "
    names = ", ".join(f"{cut(clean_line(topic), _TOPIC)} ({number})" for topic, number in told)
    return clean_line(front + cut(names, LENGTH - len(front)))


def _coverage(alert: Alert) -> str:
    found = alert.coverage
    ill = 0 if found is None else found.sources - found.well
    if found is None or not ill:
        return "Your sources are well again"
    verb = "is" if ill == 1 else "are"
    names = [clean_line(name, _OUTLET) for _, sources, _ in found.troubled for name in sources]
    front = f"{ill} of {count(found.sources, 'source', 'sources')} {verb} not well: "
    return clean_line(front + cut(", ".join(names), LENGTH - len(front)))

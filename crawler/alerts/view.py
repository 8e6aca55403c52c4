"""An alert as the mail tells it: every text clean, cut and worded, so that both parts of the mail only lay it out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from itertools import chain, islice, zip_longest

from crawler.alerts.bursts import is_burst
from crawler.alerts.lines import clean_line, cut, safe_href, some
from crawler.alerts.replies import Replies
from crawler.alerts.snippets import Piece, pieces_of, snippet, tidy
from crawler.alerts.storyline import StepView, new_figures, new_sentences, reported, steps
from crawler.alerts.watched import note_line, summary
from crawler.alerts.wording import count, lag, language_name, language_tag, moment, runs_right_to_left
from crawler.model import Alert, AlertArticle, AlertCopy, AlertKind, Evidence, Rate, Segment

NO_HEADLINE = "(no headline)"
NAME_LIMIT = 60
"""Characters of an outlet's name, a term or a form."""
TOPIC_LIMIT = 120
OF_NO_ARTICLE = (AlertKind.COVERAGE, AlertKind.SUMMARY)
"""Kinds of mails that are about sources and numbers alone."""
_WHY_LIMIT = 6
_SHARED_LIMIT = 8
_NOTES_LIMIT = 40
_CHANGE_LIMIT, _CHANGES_LIMIT, _DIFFERENCE_LIMIT = 500, 12, 4000


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of an alert one mail shows."""

    articles: int = 25
    copies: int = 10
    elsewhere: int = 5
    """Other reports of the story, a line each."""
    so_far: int = 3


@dataclass(frozen=True, slots=True)
class Link:
    """A name and where it leads; ``href`` is empty when ``shown`` is not an address one may follow."""

    name: str
    href: str
    shown: str


@dataclass(frozen=True, slots=True)
class ArticleView:
    """One article, worded."""

    headline: str
    headline_pieces: tuple[Piece, ...]
    link: Link
    meta: str
    """``Outlet · 10 Oct 2025, 14:05 EEST · in Ukrainian``."""
    outlet: str
    when: str
    """The rest of ``meta``: a name in other letters would turn the order of the figures behind it."""
    lang: str
    snippet: tuple[Piece, ...]
    why: tuple[str, ...]
    copies: tuple[Link, ...]
    copies_left_out: int
    seen: str
    """``10 Oct 2025, 14:19 EEST, 14 min after publication``."""
    new: tuple[str, ...] = ()
    """Sentences that its story did not hold before."""
    figures: tuple[str, ...] = ()
    """``children returned: 16, was 8``."""
    reported: str = ""
    """Who reports the story first, and how many independent sources; empty when no other outlet has it."""
    elsewhere: tuple[StepView, ...] = ()
    elsewhere_left_out: int = 0
    so_far: tuple[StepView, ...] = ()
    answers: tuple[Link, ...] = ()
    """What the person can answer, with addresses that do it."""

    @property
    def rtl(self) -> bool:
        """Its text runs from right to left."""
        return runs_right_to_left(self.lang)


@dataclass(frozen=True, slots=True)
class SectionView:
    """What one topic of a mail brings."""

    topic: str
    """Empty in a mail of one topic, which has it in another place."""
    note: str
    """That it takes more than it usually does, or was told together; empty otherwise."""
    articles: tuple[ArticleView, ...]


@dataclass(frozen=True, slots=True)
class AlertView:
    """One alert, worded."""

    id: int
    kind: AlertKind
    topic: str
    intro: str
    """What stands above the articles; empty when one article speaks for itself."""
    articles: tuple[ArticleView, ...]
    left_out: int
    coverage: str
    """What is watched and what is not, in one line; empty when there is nothing to tell."""
    notes: tuple[str, ...]
    """In a mail about the sources alone: a sentence or three for each."""
    version: str
    changed: tuple[str, ...] = ()
    """In a mail about changes: a sentence for each, the newest version's last."""
    difference: tuple[Segment, ...] = ()
    """In a mail about changes: the words that went and came in the newest version."""
    update: bool = False
    """It replies into the conversation of its story."""
    together: bool = False
    """It became a digest because its topic sent too many mails of their own."""
    burst: str = ""
    """That the topic takes more than it usually does; empty when it does not."""
    preheader: str = ""
    """What a list of mails shows behind the subject."""
    sections: tuple[SectionView, ...] = ()
    """The articles by topic."""
    lines: tuple[str, ...] = ()
    """In a summary: the topics that told of articles, and of how many."""
    topics: tuple[str, ...] = ()
    """What the mail is about; ``topic`` names all of them."""

    @property
    def single(self) -> bool:
        """The mail is about one article and shows it as a page of its own."""
        return (
            self.kind in (AlertKind.NEWS, AlertKind.DIGEST, AlertKind.CHANGE)
            and len(self.articles) == 1
            and not self.left_out
            and len(self.topics) <= 1
        )


def view(alert: Alert, timezone: tzinfo, version: str, limits: Limits, replies: Replies | None = None) -> AlertView:
    """``alert`` worded for a person in ``timezone``, showing no more than ``limits``."""

    def worded(article: AlertArticle) -> ArticleView:
        return replace(_article(article, timezone, limits), answers=_answers(alert, article, replies))

    sections = tuple(_sections(alert, worded, limits.articles))
    shown = tuple(article for section in sections for article in section.articles)
    return AlertView(
        id=alert.id,
        kind=alert.kind,
        topic=topics_line(alert, TOPIC_LIMIT),
        topics=topics(alert),
        sections=sections,
        lines=_lines(alert),
        intro=_intro(alert, timezone),
        articles=shown,
        left_out=max(total(alert) - len(shown), 0),
        coverage=summary(alert.coverage, timezone) if alert.coverage else "",
        notes=_notes(alert, timezone),
        version=version,
        changed=_changed(alert),
        difference=tuple(_difference(alert)),
        together=alert.apart > 0 and not alert.sections,
        burst="" if alert.sections else _burst(alert.kind, alert.rate),
        update=alert.thread is not None,
        preheader=_preheader(alert, shown, timezone),
    )


def _answers(alert: Alert, article: AlertArticle, replies: Replies | None) -> tuple[Link, ...]:
    """Links to answer by; a preview has no number, and what was there before is not asked about."""
    if replies is None or not alert.id or alert.kind is AlertKind.ARCHIVE:
        return ()
    return tuple(Link(label, href, href) for label, href in replies.of_article(alert.id, article.id))


def _preheader(alert: Alert, shown: Sequence[ArticleView], timezone: tzinfo) -> str:
    """What the subject does not say: in a reply the news, since the subject is that of the first mail."""
    if alert.kind in OF_NO_ARTICLE or alert.kind is AlertKind.ARCHIVE or not shown:
        return _intro(alert, timezone)
    first = shown[0]
    if alert.kind is AlertKind.CHANGE:
        return " ".join([*_changed(alert)[:1], first.meta])
    if alert.thread is not None:
        return f"New: {' · '.join([*first.figures[:2], *(first.new[:1] or (first.headline,))])} · {first.meta}"
    if len(shown) == 1:
        return " · ".join([*first.figures[:2], first.meta])
    return " · ".join(article.headline for article in shown[1:4])


def topics(alert: Alert) -> tuple[str, ...]:
    """The topics that an alert is about, each as one clean line."""
    names = [section.topic for section in alert.sections] or [alert.topic]
    return tuple(clean_line(name, TOPIC_LIMIT) for name in names)


def topics_line(alert: Alert, length: int) -> str:
    """The topics' names in one line, cut where there are too many."""
    return cut(", ".join(topics(alert)), length)


def _sections(alert: Alert, worded: Callable[[AlertArticle], ArticleView], most: int) -> Iterator[SectionView]:
    """The best articles of each topic; one of many leaves room for the others."""
    if not alert.sections:
        yield SectionView("", "", tuple(worded(article) for article in ordered(alert)[:most]))
        return
    queues = [[each for each in ordered(alert) if section.topic in each.topics[:1]] for section in alert.sections]
    turns = chain.from_iterable(zip_longest(*([(which, each) for each in q] for which, q in enumerate(queues))))
    taken = list(islice((turn for turn in turns if turn is not None), most))
    for which, section in enumerate(alert.sections):
        yield SectionView(
            topic=clean_line(section.topic, TOPIC_LIMIT),
            note=_burst(alert.kind, section.rate) or _together(section.apart).capitalize(),
            articles=tuple(worded(article) for place, article in taken if place == which),
        )


def _together(apart: int) -> str:
    return f"told together, because {count(apart, 'mail', 'mails')} went out in the hour before" if apart else ""


def _burst(kind: AlertKind, rate: Rate | None) -> str:
    """``Burst: 31 articles in 24 hours, where 4 are usual``."""
    if kind not in (AlertKind.NEWS, AlertKind.DIGEST) or rate is None or not is_burst(rate):
        return ""
    usual = rate.usual
    say = f"{usual:.0f} {'is' if round(usual) == 1 else 'are'} usual" if usual >= 1 else "less than one is usual"
    return f"Burst: {rate.today} articles in 24 hours, where {say}"


def ordered(alert: Alert) -> list[AlertArticle]:
    """The best first; what was already there stays as storage ordered it, the newest first."""
    if alert.kind is AlertKind.ARCHIVE:
        return list(alert.articles)
    return sorted(alert.articles, key=lambda article: -article.score)


def total(alert: Alert) -> int:
    """How many articles the alert is about."""
    return max(alert.total, len(alert.articles)) if alert.kind is AlertKind.ARCHIVE else len(alert.articles)


def headline(article: AlertArticle) -> str:
    """The article's title as one clean line."""
    return clean_line(article.title) or NO_HEADLINE


def outlet(article: AlertArticle | AlertCopy) -> str:
    """The outlet's name as one clean line."""
    return clean_line(article.source, NAME_LIMIT)


def _notes(alert: Alert, timezone: tzinfo) -> tuple[str, ...]:
    found = alert.coverage
    if alert.kind not in OF_NO_ARTICLE or found is None:
        return ()
    told = [note_line(note, found.at, timezone) for note in found.notes[:_NOTES_LIMIT]]
    more = len(found.notes) - len(told)
    return (*told, f"… and {more} more: tidings sources list") if more > 0 else tuple(told)


def _tallied(alert: Alert, timezone: tzinfo) -> str:
    """``You were told of 3 articles since 9 Oct 2025, 08:00 EEST. 41 sources brought 312 articles.``."""
    tally, found = alert.tally, alert.coverage
    if tally is None or found is None:
        return ""
    told, since = sum(number for _, number in tally.topics), moment(tally.since, timezone)
    first = f"You were told of {count(told, 'article', 'articles')}" if told else "Nothing came that your topics take"
    return f"{first} since {since}. {count(found.sources, 'source', 'sources')} brought {_articles(tally.read)}."


def _articles(number: int) -> str:
    return count(number, "article", "articles") if number else "no article"


def _lines(alert: Alert) -> tuple[str, ...]:
    """In a summary: each topic that told of something."""
    told = () if alert.tally is None else alert.tally.topics
    lines = tuple(f"{clean_line(topic, TOPIC_LIMIT)}: {_articles(number)}" for topic, number in told[:_NOTES_LIMIT])
    return (*lines, f"and {len(told) - len(lines)} more topics") if len(told) > len(lines) else lines


def _changed(alert: Alert) -> tuple[str, ...]:
    """What changed, each sentence once and no more of them than are read."""
    said = dict.fromkeys(
        clean_line(change.says, _CHANGE_LIMIT) for version in alert.versions for change in version.changes
    )
    told = list(said)[:_CHANGES_LIMIT]
    more = len(said) - len(told)
    return (*told, f"… and {count(more, 'more change', 'more changes')}") if more > 0 else tuple(told)


def _difference(alert: Alert) -> Iterator[Segment]:
    room = _DIFFERENCE_LIMIT
    for segment in alert.versions[-1].difference if alert.versions else ():
        text = clean_line(segment.text, room)
        if text:
            yield Segment(segment.kind, text)
        room -= len(text)
        if room <= 1:
            return


def _intro(alert: Alert, timezone: tzinfo) -> str:
    number = total(alert)
    if alert.kind is AlertKind.CHANGE:
        since = f" on {moment(alert.told_at, timezone)}" if alert.told_at else ""
        return f"Changed since you were told{since}:"
    if alert.kind is AlertKind.SUMMARY:
        return _tallied(alert, timezone)
    if alert.kind is AlertKind.COVERAGE:
        return "No alert went out lately that could have told you how your sources are."
    if alert.kind is not AlertKind.ARCHIVE:
        many = count(number, "new article", "new articles")
        if alert.sections:
            return f"{many} in {len(alert.sections)} topics"
        if alert.apart:
            return f"{many}, {_together(alert.apart)}"
        return many if number > 1 else ""
    if number == 0:
        return "No article that matches was there yet when you began to follow this."
    if number == 1:
        return (
            "1 article that matches was already there when you began to follow this; "
            "it is archived and will not be mailed."
        )
    return (
        f"{number} articles that match were already there when you began to follow this; "
        "they are archived and will not be mailed one by one."
    )


def _article(article: AlertArticle, timezone: tzinfo, limits: Limits) -> ArticleView:
    wait = lag(article.published, article.first_seen)
    in_title = [(item.start, item.end) for item in article.evidence if item.field == "title"]
    in_text = [(item.start, item.end) for item in article.evidence if item.field == "text"]
    return ArticleView(
        headline=headline(article),
        headline_pieces=_headline_pieces(article, in_title),
        link=_link("", article.url),
        meta=" · ".join(part for part in (outlet(article), _when(article, timezone)) if part),
        outlet=outlet(article),
        when=_when(article, timezone),
        lang=language_tag(article.language),
        snippet=snippet(article.text, in_text, title=article.title),
        why=(*_why(article.evidence), *(f"also in “{clean_line(each, NAME_LIMIT)}”" for each in article.topics[1:])),
        copies=tuple(_link(outlet(copy), copy.url) for copy in article.copies[: limits.copies]),
        copies_left_out=max(len(article.copies) - limits.copies, 0),
        seen=moment(article.first_seen, timezone) + (f", {wait} after publication" if wait else ""),
        new=new_sentences(article.addition),
        figures=new_figures(article.addition),
        reported=reported(article.reporting, timezone),
        elsewhere=steps(article.elsewhere, timezone, limits.elsewhere, spoken=article.language),
        elsewhere_left_out=max(len(article.elsewhere) - limits.elsewhere, 0),
        so_far=steps(article.so_far, timezone, limits.so_far, spoken=article.language),
    )


def _headline_pieces(article: AlertArticle, spans: Sequence[tuple[int, int]]) -> tuple[Piece, ...]:
    """The headline with its forms marked; unmarked when cleaning moved its letters."""
    line = headline(article)
    usable = sorted(span for span in spans if 0 <= span[0] < span[1] <= len(article.title))
    pieces = tidy(list(pieces_of(article.title, 0, len(article.title), usable)))
    return pieces if "".join(piece.text for piece in pieces) == line else (Piece(line),)


def _when(article: AlertArticle, timezone: tzinfo) -> str:
    when = moment(article.published, timezone) if article.published else f"seen {moment(article.first_seen, timezone)}"
    tag = language_tag(article.language)
    return f"{when} · in {language_name(tag)}" if tag else when


def _link(name: str, url: str) -> Link:
    href = safe_href(url)
    shown = href or clean_line(url, 200)
    return Link(name=name or shown, href=href, shown=shown)


def _why(evidence: Sequence[Evidence]) -> tuple[str, ...]:
    """``“deport*” → deported (title, text)``, one for each term and form; the form only where it differs."""
    fields: dict[tuple[str, str], list[str]] = {}
    labels: dict[tuple[str, str], str] = {}
    liked = _like_examples([item for item in evidence if item.kind != "term"])
    for item in (item for item in evidence if item.kind == "term"):
        term, form = clean_line(item.term.strip('"“”«»'), NAME_LIMIT), clean_line(item.form, NAME_LIMIT)
        key = (term.casefold(), form.casefold())
        labels.setdefault(key, f"“{term}”" if key[0] == key[1] or not form else f"“{term}” → {form}")
        places = fields.setdefault(key, [])
        if (place := clean_line(item.field, NAME_LIMIT)) not in places:
            places.append(place)
    lines = [f"{labels[key]} ({', '.join(places)})" for key, places in islice(fields.items(), _WHY_LIMIT)]
    more = len(fields) - len(lines)
    return (*lines, *([f"{more} more"] if more else []), *liked)


def _like_examples(shared: Sequence[Evidence]) -> list[str]:
    """``like your examples: Zelensky → Зеленський, Doha, 8``: what is shared, the weightiest first."""
    told: dict[str, str] = {}
    for item in shared:
        term, form = clean_line(item.term, NAME_LIMIT), clean_line(item.form, NAME_LIMIT)
        told.setdefault(form.casefold(), form if term.casefold() == form.casefold() else f"{term} → {form}")
    return [f"like your examples: {some(list(told.values()), _SHARED_LIMIT)}"] if told else []

"""``tidings explain``: the life of one article, or why it has none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any

import click

from scheduler.cli.session import DONE, Session, emit, json_option

if TYPE_CHECKING:
    from crawler.config import Config
    from crawler.storage import Store, StoredArticle
    from scheduler.life import Life, TopicAnswer
    from scheduler.unseen import SourceAnswer, Window

_MOST_OTHERS, _MOST_TOPICS = 10, 20

_EXAMPLES = """\b
Examples:
  tidings explain https://example.org/news/1
  tidings explain "seven children came home"
  tidings explain https://example.org/news/2 --published 2026-11-20
"""


@click.command(epilog=_EXAMPLES, short_help="Say why an article came, or why not.")
@click.argument("what", metavar="URL")
@click.option(
    "--published",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]),
    help="When an article that was never seen came out, in your time: what happened then is looked at.",
)
@json_option
@click.pass_obj
def explain(session: Session, what: str, published: datetime | None, as_json: bool) -> int:  # noqa: FBT001
    """Say what became of one article: seen where and when, copy of what, taken or by how much missed, told to whom.

    URL is its address in any form; its number, its guid or words of its title do as well. For an article that was never
    seen it says what the sources of its outlet were doing.
    """
    from crawler.runtime import utc_now  # noqa: PLC0415
    from crawler.storage import Store  # noqa: PLC0415
    from scheduler.life import life_of  # noqa: PLC0415

    config, now = session.config(), utc_now()
    zone, asked = config.mail.timezone, what.strip()
    with Store.reader(config.storage.path) as store:
        found = _find(store, asked)
        if found.article is not None:
            life = life_of(store, config, found.article, now)
            document, text = _life_json(asked, life, found.others), _life_text(life, found.others, zone)
        else:
            moment = None if published is None else published.replace(tzinfo=zone)
            unseen = _unseen(store, config, asked, found, published=moment, now=now)
            document, text = unseen.as_json(), unseen.as_text(zone)
    emit(document, as_json=as_json, text=text)
    return DONE


@dataclass(slots=True)
class _Found:
    """What the archive has under an address, a number, a guid or words."""

    article: StoredArticle | None = None
    others: list[StoredArticle] = field(default_factory=list)
    """Further articles with those words, or with much the same address."""
    forgotten: int | None = None
    """It was known under this number, and deleted."""


def _find(store: Store, asked: str) -> _Found:
    from crawler.dedupe import urls  # noqa: PLC0415
    from scheduler.lookup import known_number, stored_article  # noqa: PLC0415

    article = stored_article(store, asked)
    if article is not None or asked.isdecimal():
        return _Found(article)
    number = known_number(store, asked)
    if number is not None:
        return _Found(forgotten=number)
    return _alike(store, asked) if urls.is_web_url(asked) else _titled(store, asked)


def _alike(store: Store, url: str) -> _Found:
    from crawler.dedupe import urls  # noqa: PLC0415
    from scheduler.unseen import telling_part  # noqa: PLC0415

    part = telling_part(url)
    numbers = store.traces.alike(urls.outlet(url), part) if part else []
    return _Found(others=list(store.articles.get(numbers).values()))


def _titled(store: Store, words: str) -> _Found:
    """The article whose headline is these words, or the latest one whose headline has them all."""
    from crawler.text import tokenize  # noqa: PLC0415

    wanted = [token.folded for token in tokenize(words)]
    if not wanted:
        return _Found()
    exact, having = [], []
    for number, title in store.traces.titles():
        folded = [token.folded for token in tokenize(title)]
        if folded == wanted:
            exact.append(number)
        elif set(wanted) <= set(folded):
            having.append(number)
    chosen = [*exact, *having][: _MOST_OTHERS + 1]
    stored = store.articles.get(chosen)
    found = [stored[number] for number in chosen if number in stored]
    return _Found(found[0], found[1:]) if found else _Found()


# -- an article that was seen -----------------------------------------------------------------------------------------


def _life_json(asked: str, life: Life, others: Iterable[StoredArticle]) -> dict[str, Any]:
    from scheduler.cli.taking import in_short  # noqa: PLC0415

    return {
        "asked": asked,
        "seen": True,
        "answer": life.answer.value,
        "says": life.says,
        "article": in_short(life.article),
        "others": [in_short(other) for other in others],
        "events": [asdict(event) for event in life.events],
        "topics": [_topic_json(topic) for topic in life.topics],
        "sources": [],
    }


def _topic_json(topic: TopicAnswer) -> dict[str, Any]:
    from scheduler.cli.taking import miss_json  # noqa: PLC0415

    return {
        "topic": topic.topic,
        "answer": topic.answer.value,
        "says": topic.says,
        "match": None if topic.match is None else asdict(topic.match),
        "miss": None if topic.miss is None else miss_json(topic.miss),
        "alerts": [asdict(told) for told in topic.told],
    }


def _life_text(life: Life, others: list[StoredArticle], zone: tzinfo) -> str:
    from scheduler import show  # noqa: PLC0415

    article = life.article
    lines = [
        show.line(article.title),
        show.line(article.url, 500),
        f"no {article.id}, {show.line(article.source, 80)}, in {article.language}",
        "",
        *(f"{show.moment(event.at, zone)}  {event.says}" for event in life.events),
        "",
        *(f"{show.line(topic.topic, 80)}: {topic.says}" for topic in life.topics[:_MOST_TOPICS]),
    ]
    if not life.topics:
        lines.append(life.says)
    if len(life.topics) > _MOST_TOPICS:
        lines.append(f"{len(life.topics) - _MOST_TOPICS} more topics missed it by as much or more")
    return "\n".join(lines) + _others_text("further articles with these words:", others)


def _others_text(heading: str, others: list[StoredArticle]) -> str:
    from scheduler import show  # noqa: PLC0415

    if not others:
        return ""
    rows = [f"  {other.id}  {show.line(other.title, 120)}  {show.line(other.url, 300)}" for other in others]
    return "\n".join(["\n", heading, *rows])


# -- an article that was not ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Unseen:
    """Why an article was never seen, or is there no more."""

    asked: str
    answer: str
    says: str
    others: list[StoredArticle]
    sources: list[SourceAnswer]
    when: Window | None = None

    def as_json(self) -> dict[str, Any]:
        """The same keys as for an article that was seen."""
        from scheduler.cli.taking import in_short  # noqa: PLC0415

        return {
            "asked": self.asked,
            "seen": self.answer == "forgotten",
            "answer": self.answer,
            "says": self.says,
            "article": None,
            "others": [in_short(other) for other in self.others],
            "events": [],
            "topics": [],
            "sources": [asdict(source) for source in self.sources],
        }

    def as_text(self, zone: tzinfo) -> str:
        """The answer, what each source was doing, and articles that it may be."""
        from scheduler import show  # noqa: PLC0415

        lines = [self.says]
        if self.sources and self.when is not None:
            span = f"{show.moment(self.when.since, zone)} to {show.moment(self.when.until, zone)}"
            hint = "" if self.when.dated else " (--published says when it came out)"
            lines += ["", f"looked at: {span}{hint}"]
        for source in self.sources:
            lines += ["", f"{show.line(source.name, 80)}  {show.line(source.url, 300)}"]
            lines += [f"  {why.says}" for why in source.whys]
        return "\n".join(lines) + _others_text("articles with much the same address:", self.others)


def _unseen(
    store: Store, config: Config, asked: str, found: _Found, *, published: datetime | None, now: datetime
) -> _Unseen:
    from crawler.config.durations import show_duration  # noqa: PLC0415
    from crawler.dedupe import urls  # noqa: PLC0415
    from scheduler import unseen  # noqa: PLC0415

    if found.forgotten is not None:
        kept = f"articles that no topic took are kept for {show_duration(config.storage.keep)} (storage.keep)"
        says = f"it was seen, as no {found.forgotten}, no topic took it, and it was deleted: {kept}"
        return _Unseen(asked, "forgotten", says, [], [])
    if not urls.is_web_url(asked):
        return _Unseen(asked, "never seen", f"no article of the archive is called so: {asked}; try its address", [], [])
    outlet, when = urls.outlet(asked), unseen.window(asked, published, now)
    sources = unseen.covering(store, asked)
    if not [each for each in sources if each.state != "removed"]:
        advice = f"`tidings sources add https://{outlet}/` looks for its feed"
        says = f"it was never seen, and no source covers {outlet}; {advice}"
        answer = "no source"
    else:
        says, answer = f"it was never seen; this is what the sources of {outlet} were doing", "never seen"
    answers = [unseen.answer_of(store, source, when, now, config.mail.timezone) for source in sources]
    return _Unseen(asked, answer, says, found.others, answers, when)

"""``tidings stories``: what belongs together, who reported it, what was counted, and what each article added."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any

import click

from scheduler.cli.session import DONE, Refused, Session, emit, json_option

if TYPE_CHECKING:
    from crawler.storage import Store, StoredArticle, StoredStory
    from crawler.stories.counts import Count, Series
    from crawler.stories.origins import Origins

_EXAMPLES = """\b
Examples:
  tidings stories list
  tidings stories list --topic "Return of deported Ukrainian children"
  tidings stories show 12
"""
_MOST_COUNTED = 200
_MOST_SENTENCES = 5


@click.group(epilog=_EXAMPLES, short_help="What belongs together: list, show.")
def stories() -> None:
    """Stories: articles about one development, across outlets and languages."""


@stories.command("list", short_help="List the stories with the latest articles.")
@click.option("--topic", help="Only stories of which this topic took an article.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many stories to show.")
@json_option
@click.pass_obj
def list_stories(session: Session, topic: str | None, limit: int, as_json: bool) -> int:  # noqa: FBT001
    """List the stories with the latest articles, the latest first."""
    from crawler.storage import Store  # noqa: PLC0415
    from scheduler import show  # noqa: PLC0415

    config = session.config()
    if topic is not None and topic not in {each.name for each in config.topics}:
        raise Refused(f"there is no topic {topic!r} in the settings")
    with Store.reader(config.storage.path) as store:
        found = store.stories.latest(topic, limit)
    zone = config.mail.timezone
    lines = [
        f"{each.id:>7}  {show.moment(each.last_seen, zone)}  {_count(each.articles, 'article'):<12}  "
        + show.line(each.title, 120)
        for each in found
    ]
    text = "\n".join(lines) or "there are no stories yet"
    emit({"topic": topic, "stories": [_short(each) for each in found]}, as_json=as_json, text=text)
    return DONE


@stories.command("show", short_help="Show one story.")
@click.argument("number", metavar="ID", type=click.IntRange(1))
@json_option
@click.pass_obj
def show_story(session: Session, number: int, as_json: bool) -> int:  # noqa: FBT001
    """Show one story by its number: its articles, whose reports they are, what is counted, what each added."""
    from crawler.storage import Store  # noqa: PLC0415

    config = session.config()
    zone = config.mail.timezone
    with Store.reader(config.storage.path) as store:
        document = story_json(store, number)
        if document is None:
            raise Refused(f"there is no story {number} in the archive")
        document["members"] = [_member(store, each) for each in _members(store, document["id"])]
    lines = story_lines(document, zone)
    for each in document["members"]:
        lines += _member_lines(each, zone)
    emit(document, as_json=as_json, text="\n".join(lines))
    return DONE


def story_json(store: Store, number: int) -> dict[str, Any] | None:
    """A story as ``--json`` has it: how large, whose reports, what is counted; ``None`` when there is none."""
    from crawler.stories.counts import series  # noqa: PLC0415
    from scheduler.cli.taking import iso  # noqa: PLC0415

    story = store.stories.get(number)
    if story is None:
        return None
    articles = _members(store, story.id)
    found = _origins(articles)
    return _short(story) | {
        "merged": store.stories.merged_into(story.id),
        "outlets": sorted({each.outlet for each in articles}),
        "languages": sorted({each.language for each in articles}),
        "origins": [asdict(each) | {"first": iso(each.first)} for each in found.origins],
        "first": iso(found.first),
        "figures": [_series(each) for each in series(_counts(articles))],
    }


def joined_json(store: Store, article_id: int) -> dict[str, Any] | None:
    """What let an article join its story; ``None`` when it began it, or came as a copy."""
    joined = store.stories.joined(article_id)
    return None if joined is None else {"score": joined.score, "shared": list(joined.shared)}


def story_lines(story: dict[str, Any] | None, zone: tzinfo) -> list[str]:
    """A story as text: "9 outlets, 2 origins: Reuters, Ukrinform; first at 09:12"."""
    from scheduler import show  # noqa: PLC0415

    if story is None:
        return []
    names = ", ".join(show.line(each["name"], 60) for each in story["origins"])
    first = "" if story["first"] is None else f"; first {show.moment(datetime.fromisoformat(story['first']), zone)}"
    carried = f"{_count(story['articles'], 'article')}, {_count(len(story['outlets']), 'outlet')}"
    lines = [
        f"{'story':<11} {story['id']} {show.line(story['title'], 200)}",
        f"{'reported':<11} {carried}, {_count(len(story['origins']), 'origin')}: {names}{first}",
        f"{'languages':<11} {', '.join(story['languages'])}",
    ]
    return lines + [_figures_line(each) for each in story["figures"]]


def news_lines(news: list[dict[str, Any]] | None) -> list[str]:
    """What an article added, the newest sentence first."""
    from scheduler import show  # noqa: PLC0415

    if news is None:
        return []
    if not news:
        return [f"{'new':<11} nothing that the story had not said"]
    return [f"{'new':<11} {show.line(each['text'], 300)}" for each in news[:_MOST_SENTENCES]]


def _members(store: Store, number: int) -> list[StoredArticle]:
    members = store.stories.members(number)[:_MOST_COUNTED]
    found = store.articles.get(members)
    return [found[each] for each in members if each in found]


def _origins(articles: list[StoredArticle]) -> Origins:
    from crawler.stories.origins import origins  # noqa: PLC0415

    return origins(each.report() for each in articles)


def _counts(articles: list[StoredArticle]) -> Iterator[Count]:
    from crawler.stories.counts import counts  # noqa: PLC0415
    from crawler.text import Document  # noqa: PLC0415

    for each in articles:
        if each.copy_of is None:
            day = (each.published or each.first_seen).date()
            document = Document(each.title, each.text, each.language)
            yield from counts(document, published=day, article=each.id, outlet=each.outlet)


def _series(series: Series) -> dict[str, Any]:
    return {
        "what": series.what,
        "happened": series.happened,
        "scope": series.scope,
        "counts": [each._asdict() | {"day": each.day.isoformat()} for each in series.counts],
        "contradictions": [[each.one.article, each.other.article] for each in series.contradictions],
    }


def _figures_line(series: dict[str, Any]) -> str:
    from crawler.stories.additions import about  # noqa: PLC0415
    from scheduler import show  # noqa: PLC0415

    told = ", ".join(f"{each['value']:,.10g} on {each['day']} ({each['outlet']})" for each in series["counts"])
    doubt = "; outlets contradict each other" if series["contradictions"] else ""
    counted = about(series["what"], series["happened"], series["scope"])
    return f"{'figures':<11} {counted}: {show.line(told, 400)}{doubt}"


def _member(store: Store, article: StoredArticle) -> dict[str, Any]:
    from scheduler.cli.taking import in_short  # noqa: PLC0415

    return in_short(article) | {
        "joined": joined_json(store, article.id),
        "new": [] if article.copy_of is not None else store.stories.news(article.id),
    }


def _member_lines(member: dict[str, Any], zone: tzinfo) -> list[str]:
    from scheduler import show  # noqa: PLC0415

    when = show.moment(datetime.fromisoformat(member["first_seen"]), zone)
    lines = ["", f"{member['id']}  {when}  {show.line(member['source'], 60)}: {show.line(member['title'], 200)}"]
    if member["copy_of"] is not None:
        return [*lines, f"{'copy of':<11} {member['copy_of']}"]
    if member["joined"]:
        lines.append(f"{'joined by':<11} {show.line(', '.join(member['joined']['shared']), 200)}")
    return lines + news_lines(member["new"])


def _short(story: StoredStory) -> dict[str, Any]:
    from scheduler.cli.taking import iso  # noqa: PLC0415

    return {
        "id": story.id,
        "title": story.title,
        "first_seen": iso(story.first_seen),
        "last_seen": iso(story.last_seen),
        "articles": story.articles,
    }


def _count(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"

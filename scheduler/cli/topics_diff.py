"""``tidings topics diff``: what an edited topic gains and loses over the archive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta, tzinfo
from typing import TYPE_CHECKING, Any

import click

from scheduler.cli.session import DONE, Refused, Session, emit, json_option, tell
from scheduler.cli.topics import days_option, short_archive

if TYPE_CHECKING:
    from crawler.model import Topic
    from crawler.storage import Store, StoredExample
    from scheduler.cli.taking import Asked, Change, Lost, Taken, Tally


@click.command("diff", short_help="Show what an edited topic gains and loses.")
@click.argument("name")
@days_option
@click.option("--query", help="The edited query; without it the one in settings.toml, against the one that ran last.")
@click.option(
    "--against",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False),
    help="Compare with this other settings.toml.",
)
@click.option("--limit", type=click.IntRange(0), default=20, show_default=True, help="How many of each to show.")
@json_option
@click.pass_obj
def diff(
    session: Session, *, name: str, days: int, query: str | None, against: str | None, limit: int, as_json: bool
) -> int:
    """Show what an edit of the topic NAME gains and loses over the archive; nothing is stored or sent.

    The topic in settings.toml is compared with what ran last, so: edit, diff, then let the service take it. With
    --query that one is compared with settings.toml's, with --against settings.toml's with the other file's.
    """
    from crawler.runtime import utc_now  # noqa: PLC0415
    from crawler.storage import Store  # noqa: PLC0415
    from scheduler.cli.taking import compare, tally  # noqa: PLC0415

    if query is not None and against is not None:
        raise click.UsageError(
            "--query and --against cannot stand together: each says what settings.toml is compared with"
        )
    config, now = session.config(), utc_now()
    topic, since = session.topic(config, name), now - timedelta(days=days)
    with Store.reader(config.storage.path) as store:
        old, new = _sides(session, store, topic, query=query, against=against)
        if old.same_as(new):
            tell(f"the {new.what} {new.named} is {old.named}; edit it, or try another with --query")
        change = compare(store, None if old.empty else _asked(store, old), _asked(store, new), since=since)
        begun = store.articles.first_seen_since(since) or now
    span, zone = (now - begun) / timedelta(days=1), config.mail.timezone
    was, now_is = (tally(taken, days=span, zone=zone) for taken in (change.before, change.after))
    head = _head(old, new, was, now_is) + short_archive(days, span)
    text = [head, *_some("gained", change.gained, limit, zone), *_some("lost", change.lost, limit, zone)]
    emit(
        {"topic": topic.name, "days": days, "before": old.as_json(was), "after": new.as_json(now_is), **_json(change)},
        as_json=as_json,
        text="\n\n".join(text),
    )
    return DONE


@dataclass(frozen=True, slots=True)
class _Edit:
    """One side of a comparison."""

    topic: Topic
    examples: tuple[StoredExample, ...]
    place: str
    """Where it stands, as the JSON document says it."""
    named: str
    """The same for people."""
    written: str = ""
    """The query as it was typed, where sub-queries were put into it."""

    @property
    def empty(self) -> bool:
        """It takes nothing, for it has neither query nor examples."""
        return not self.topic.query.strip() and not self.examples

    @property
    def what(self) -> str:
        """What is compared, for people."""
        return "topic" if self.examples else "query"

    def same_as(self, other: _Edit) -> bool:
        """Whether nothing was edited."""
        mine, its = (
            (each.topic.query.split(), each.topic.follow, sorted(each.examples, key=lambda one: one.reference))
            for each in (self, other)
        )
        return mine == its

    def as_json(self, counts: Tally) -> dict[str, Any]:
        """As the JSON document gives it."""
        return {
            "query": self.written or self.topic.query,
            "examples": [each.reference for each in self.examples],
            "from": self.place,
            **counts.as_json(),
        }


def _sides(
    session: Session, store: Store, topic: Topic, *, query: str | None, against: str | None
) -> tuple[_Edit, _Edit]:
    """The topic as it was and as it is now; raises Refused."""
    from scheduler.cli.taking import compiled  # noqa: PLC0415

    config = session.config()
    settings = _Edit(topic, _examples(session, store, topic), "settings", "in settings.toml")
    if query is not None:
        typed = compiled(topic.name, query, config.queries).query.text
        edit = _Edit(replace(topic, query=typed), settings.examples, "typed", "that you typed", query)
        return settings, edit
    if settings.empty:
        raise Refused(f"the topic {topic.name} has neither query nor examples; try a query with --query")
    if against is not None:
        other = Session(against)
        its = other.topic(other.config(), topic.name)
        return _Edit(its, _examples(other, store, its), "file", f"in {against}"), settings
    last = store.topics.last_run(topic.name)
    # Which word `follow` had is not stored: it is taken to be the same.
    ran = replace(topic, query="" if last is None else last.query)
    there = () if last is None else tuple(store.following.examples(topic.name))
    return _Edit(ran, there, "last run", "the one that ran last"), settings


def _examples(session: Session, store: Store, topic: Topic) -> tuple[StoredExample, ...]:
    """A topic's examples as its settings name them; raises Refused."""
    from crawler.errors import ExampleError  # noqa: PLC0415
    from crawler.following import examples_now  # noqa: PLC0415

    try:
        return tuple(examples_now(store, topic, session.config().path.parent))
    except ExampleError as error:
        raise Refused(f"topic {topic.name}: {error}") from error


def _asked(store: Store, edit: _Edit) -> Asked:
    """One side, ready to be asked; it must not be empty."""
    from crawler.following import Trial  # noqa: PLC0415
    from scheduler.cli.taking import ByExamples, ByQuery, compiled  # noqa: PLC0415

    if edit.examples:
        return ByExamples(Trial(store, edit.topic, edit.examples), edit.topic)
    return ByQuery(compiled(edit.topic.name, edit.topic.query))


def _json(change: Change) -> dict[str, Any]:
    return {
        "kept": len(change.after) - len(change.gained),
        "gained": [each.as_json() for each in change.gained],
        "lost": [each.as_json() for each in change.lost],
    }


def _head(old: _Edit, new: _Edit, was: Tally, now_is: Tally) -> str:
    from scheduler.show import count  # noqa: PLC0415

    if old.empty:
        found = count(now_is.articles, "article")
        return (
            f"no {new.what} ran for this topic yet; the one {new.named} takes {found}, {now_is.a_day:.1f} alerts a day"
        )
    return (
        f"before ({old.named}): {count(was.articles, 'article')}, {was.a_day:.1f} alerts a day\n"
        f"after ({new.named}): {count(now_is.articles, 'article')}, {now_is.a_day:.1f} alerts a day"
    )


def _some(word: str, found: Sequence[Taken | Lost], limit: int, zone: tzinfo) -> list[str]:
    """What was gained or lost, under a heading that counts."""
    if not found:
        return [f"{word}: none"]
    more = f", the latest {limit} of them" if len(found) > limit else ""
    return [f"{word}: {len(found)}{more}", *(each.as_text(zone) for each in found[:limit])]

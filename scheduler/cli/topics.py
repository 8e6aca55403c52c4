"""``tidings topics``: what is followed, and what a query would bring."""

from __future__ import annotations

from datetime import timedelta, tzinfo
from typing import TYPE_CHECKING, Any

import click

from scheduler.cli.session import DONE, NOTHING_DONE, Refused, Session, emit, json_option, tell

if TYPE_CHECKING:
    from pathlib import Path

    from crawler.following import Trial
    from crawler.model import Topic
    from crawler.storage import Reach, Store
    from scheduler.cli.taking import Sifted, Tally

_EXAMPLES = """\b
Examples:
  tidings topics list
  tidings topics test "Return of deported Ukrainian children"
  tidings topics test Children --days 90 --query '(deport* OR abduct*) AND child*'
  tidings topics diff Children
"""


@click.group(epilog=_EXAMPLES, short_help="What you follow, and what it brings.")
def topics() -> None:
    """What you follow: see how much each topic brings, and try a query before you trust it."""


@topics.command("list", short_help="Show every topic and what it took.")
@json_option
@click.pass_obj
def list_topics(session: Session, as_json: bool) -> int:  # noqa: FBT001  (click hands options over by name)
    """Show every topic: when it alerts whom, and how much it took lately."""
    from crawler.runtime import utc_now  # noqa: PLC0415
    from scheduler import show  # noqa: PLC0415

    config, now = session.config(), utc_now()
    reach = {}
    if store := session.reader_if_there(config):
        with store:
            reach = store.articles.reach(now - timedelta(days=7), now - timedelta(days=30))
    listed = [_listed(topic, reach.get(topic.name)) for topic in config.topics]
    rows = [
        (
            topic.name,
            topic.alert,
            each["matches_7_days"],
            each["matches_30_days"],
            show.ago(reach[topic.name].last if topic.name in reach else None, now),
            ", ".join(topic.to),
        )
        for topic, each in zip(config.topics, listed, strict=True)
    ]
    text = show.table(("TOPIC", "ALERT", "7 DAYS", "30 DAYS", "LAST MATCH", "TO"), rows)
    emit({"topics": listed}, as_json=as_json, text=text if rows else "no topic is followed; settings.toml names them")
    return DONE


def _listed(topic: Topic, took: Reach | None) -> dict[str, Any]:
    from scheduler.cli.taking import iso  # noqa: PLC0415

    return {
        "name": topic.name,
        "alert": topic.alert,
        "quiet": topic.quiet,
        "to": list(topic.to),
        "matches_7_days": took.week if took else 0,
        "matches_30_days": took.month if took else 0,
        "last_match": iso(took.last) if took else None,
    }


days_option = click.option(
    "--days", type=click.IntRange(1, 36_500), default=30, show_default=True, help="How far back to look."
)


@topics.command("test", short_help="Try a topic's query on the archive.")
@click.argument("name")
@days_option
@click.option("--query", help="Try this query instead of the topic's own; nothing is stored.")
@click.option("--limit", type=click.IntRange(0), default=20, show_default=True, help="How many articles to show.")
@click.option(
    "--nearly", type=click.IntRange(0), default=5, show_default=True, help="How many that nearly match to show."
)
@click.option("--no-suggest", is_flag=True, help="Look for no words that the query may lack in other languages.")
@json_option
@click.pass_obj
def test_topic(
    session: Session,
    *,
    name: str,
    days: int,
    query: str | None,
    limit: int,
    nearly: int,
    no_suggest: bool,
    as_json: bool,
) -> int:
    """Say what the topic NAME takes from the archive, how many alerts a day that is, and what it nearly takes.

    Words in other languages that the query may lack are suggested, from reports of the same stories.

    Nothing is stored or sent. With --query, NAME may also be a topic that you do not have yet.
    """
    from crawler.runtime import utc_now  # noqa: PLC0415
    from crawler.storage import Store  # noqa: PLC0415
    from scheduler.cli.taking import compiled, latest, sift, sift_by_examples, tally  # noqa: PLC0415
    from scheduler.cli.topics_suggest import look_for_words  # noqa: PLC0415

    config, now = session.config(), utc_now()
    own, since = None if query is not None else session.topic(config, name), now - timedelta(days=days)
    asked = (query or "") if own is None else own.query
    if not asked.strip() and (own is None or not own.examples):
        tell(f"tidings: the topic {name} has no query; try one with --query")
        return NOTHING_DONE
    with Store.reader(config.storage.path) as store:
        if own is not None and own.examples:
            trial = _trial(store, own, config.path.parent)
            found = sift_by_examples(store, trial, own, since=since, nearest=nearly)
        else:
            found = sift(store, compiled(name, asked, config.queries), since=since, nearest=nearly)
        words = not no_suggest and bool(asked.strip())
        lacking = look_for_words(store, name, asked, config.queries, since=since) if words else None
        begun = store.articles.first_seen_since(since) or now
    span, zone = (now - begun) / timedelta(days=1), config.mail.timezone
    counts, newest = tally(found.taken, days=span, zone=zone), latest(found.taken)[:limit]
    document = {
        "topic": name,
        "query": asked,
        "days": days,
        **counts.as_json(),
        "newest": [each.as_json() for each in newest],
        "nearly": found.nearly,
        "nearest": [each.as_json() for each in found.nearest],
        "suggested": None if lacking is None else lacking.as_json(),
    }
    parts = [_test_head(counts, days, span), *(each.as_text(zone) for each in newest)]
    parts += _below(found, zone) if nearly else []
    parts += [] if lacking is None else [lacking.as_text(name, known=own is not None)]
    emit(document, as_json=as_json, text="\n\n".join(parts))
    return DONE


def _trial(store: Store, topic: Topic, folder: Path) -> Trial:
    """A topic with the examples that settings name now; raises Refused where one cannot be read."""
    from crawler.errors import ExampleError  # noqa: PLC0415
    from crawler.following import Trial, examples_now  # noqa: PLC0415

    try:
        examples = examples_now(store, topic, folder)
    except ExampleError as error:
        raise Refused(f"topic {topic.name}: {error}") from error
    if not store.following.counted():
        tell("how common words are was not counted yet; scores are rough until the service has run with this topic")
    return Trial(store, topic, examples)


def _below(found: Sifted, zone: tzinfo) -> list[str]:
    """What people read of the articles nearest below the line."""
    if not found.nearest:
        return ["nothing else came near"]
    shown = len(found.nearest)
    which = f"the {shown} nearest of {found.nearly}" if found.nearly > shown else f"{shown}"
    return [f"nearly taken ({which}):", *(each.as_text(zone) for each in found.nearest)]


def _test_head(counts: Tally, days: int, span: float) -> str:
    from scheduler.show import count  # noqa: PLC0415

    found, told = count(counts.articles, "article"), count(counts.developments, "development")
    lines = f"{found} in {count(days, 'day')}, {told} (copies folded)"
    if counts.busiest is not None:
        day, alerts = counts.busiest
        lines += f"\n{counts.a_day:.1f} alerts a day, {alerts} on the busiest ({day})"
    return lines + short_archive(days, span)


def short_archive(days: int, span: float) -> str:
    """What is said of an archive that does not go back so far as was asked; else empty."""
    return f"\nthe archive goes back {max(span, 1):.0f} of these {days} days" if span < days - 1 else ""

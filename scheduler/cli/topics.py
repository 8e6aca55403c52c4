"""``tidings topics``: what is followed, and what a query would bring."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from scheduler.cli.session import DONE, NOTHING_DONE, Session, emit, json_option, tell

if TYPE_CHECKING:
    from crawler.model import Topic
    from crawler.storage import Reach
    from scheduler.cli.taking import Tally

_EXAMPLES = """\b
Examples:
  tidings topics list
  tidings topics test "Return of deported Ukrainian children"
  tidings topics test Children --days 90 --query '(deport* OR abduct*) AND child*'
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


@topics.command("test", short_help="Try a topic's query on the archive.")
@click.argument("name")
@click.option("--days", type=click.IntRange(1, 36_500), default=30, show_default=True, help="How far back to look.")
@click.option("--query", help="Try this query instead of the topic's own; nothing is stored.")
@click.option("--limit", type=click.IntRange(0), default=20, show_default=True, help="How many articles to show.")
@json_option
@click.pass_obj
def test_topic(session: Session, *, name: str, days: int, query: str | None, limit: int, as_json: bool) -> int:
    """Say what the topic NAME takes from the archive and how many alerts a day that is; nothing is stored or sent.

    With --query, NAME may also be a topic that you do not have yet.
    """
    from crawler.runtime import utc_now  # noqa: PLC0415
    from crawler.storage import Store  # noqa: PLC0415
    from scheduler.cli.taking import latest, take, tally  # noqa: PLC0415

    config, now = session.config(), utc_now()
    asked = query if query is not None else session.topic(config, name).query
    if not asked.strip():
        tell(f"tidings: the topic {name} has no query; try one with --query")
        return NOTHING_DONE
    since = now - timedelta(days=days)
    with Store.reader(config.storage.path) as store:
        taken = list(take(store, asked, name=name, since=since))
        begun = store.articles.first_seen_since(since) or now
    span, zone = (now - begun) / timedelta(days=1), config.mail.timezone
    counts, newest = tally(taken, days=span, zone=zone), latest(taken)[:limit]
    document = {
        "topic": name,
        "query": asked,
        "days": days,
        **_counts(counts),
        "newest": [each.as_json() for each in newest],
    }
    head = _head(counts, days, span)
    emit(document, as_json=as_json, text="\n\n".join([head, *(each.as_text(zone) for each in newest)]))
    return DONE


def _counts(counts: Tally) -> dict[str, Any]:
    busiest = counts.busiest
    return {
        "articles": counts.articles,
        "developments": counts.developments,
        "alerts_a_day": round(counts.a_day, 2),
        "busiest_day": None if busiest is None else {"day": busiest[0].isoformat(), "alerts": busiest[1]},
    }


def _head(counts: Tally, days: int, span: float) -> str:
    from scheduler.show import count  # noqa: PLC0415

    found, told = count(counts.articles, "article"), count(counts.developments, "development")
    lines = [f"{found} in {count(days, 'day')}, {told} (copies folded)"]
    if counts.busiest is not None:
        day, alerts = counts.busiest
        lines.append(f"{counts.a_day:.1f} alerts a day, {alerts} on the busiest ({day})")
    if span < days - 1:
        lines.append(f"the archive goes back {max(span, 1):.0f} of these {days} days")
    return "\n".join(lines)

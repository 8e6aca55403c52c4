"""Is it well? Read from the database alone, so that it can be asked beside a running service and after a dead one."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from crawler.alerts.watched import unseen, word
from crawler.config import Config
from crawler.coverage import ADVICE, MEANS
from crawler.model import Condition
from crawler.storage import SourceStatus, Store
from scheduler import clock
from scheduler.show import line
from scheduler.watchdog import Beat

_FAILING = 3
"""Failed polls in a row from which a source counts as failing: once is an accident."""
_MAIL_LATE = timedelta(hours=1)
_AHEAD = timedelta(minutes=2)
"""How far what was written may lie ahead of the clock before the clock is the problem."""


@dataclass(frozen=True, slots=True)
class Health:
    """How it goes; ``problems`` has a sentence for everything that is not as it should be."""

    problems: tuple[str, ...]
    sources: dict[str, int]
    failing: tuple[dict[str, Any], ...]
    coverage: tuple[dict[str, Any], ...]
    """A record for each source that is certainly not well, or rolled over in the last day."""
    articles: int
    alerts: dict[str, int]
    last_good_poll: datetime | None
    last_delivery: datetime | None
    waiting_since: datetime | None = None
    """Since when the oldest mail waits that should be out by now."""
    service: dict[str, Any] | None = None
    """Whether the service runs, its process, its start, when it last finished work and how many seconds ago, by how
    many seconds its loop was late; None when none does, or it ended as it should."""

    @property
    def well(self) -> bool:
        """Nothing is wrong."""
        return not self.problems

    def as_json(self) -> dict[str, Any]:
        """The document of ``status --json``."""
        return {"well": self.well, **asdict(self)}


def look(store: Store, config: Config, now: datetime, beat: Beat | None = None) -> Health:
    """Look at a database as it stands at a moment, and at the service's mark beside it (``watchdog.read_beat``)."""
    statuses = store.sources.statuses(now)
    active = [source for source in statuses if source.state == "active"]
    failing = [source for source in active if source.failures >= _FAILING]
    polled = [source.last_ok for source in active if source.last_ok is not None]
    alerts = store.outbox.counts()
    last_good = max(polled, default=None)
    problems = [
        *_clock_problems(last_good, now),
        *_service_problems(beat, now),
        *_polling_problems(active, failing, last_good, config, now),
        *_mail_problems(store, alerts, now),
        *_answer_problems(store, config),
    ]
    return Health(
        problems=tuple(problems),
        sources={
            "active": len(active),
            "paused": len(statuses) - len(active),
            "due": sum(source.next_poll <= now for source in active),
            "failing": len(failing),
        },
        failing=tuple(
            {
                "name": source.name or urlsplit(source.url).hostname,
                "since": source.failing_since,
                "error": source.last_error,
            }
            for source in failing
        ),
        coverage=tuple(_covered(source) for source in active if source.condition is not Condition.WELL),
        articles=store.articles.count(),
        alerts=alerts,
        last_good_poll=last_good,
        last_delivery=store.outbox.last_sent(),
        waiting_since=store.outbox.waiting_since(),
        service=None if beat is None else beat.as_json(now),
    )


def _clock_problems(last_good: datetime | None, now: datetime) -> list[str]:
    if not clock.is_set(now):
        return [f"the clock says {now:%Y-%m-%d}, which cannot be; nothing is polled or mailed until it is set"]
    if last_good is not None and last_good - now > _AHEAD:
        when = f"{last_good:%Y-%m-%d %H:%M} UTC"
        cure = "the clock is behind, or was ahead; a running service sets right what it wrote then"
        return [f"the last good poll is from {when}, which is still to come: {cure}"]
    return []


def _service_problems(beat: Beat | None, now: datetime) -> list[str]:
    if beat is None or not beat.is_late(now):
        return []
    since = f"{beat.last:%Y-%m-%d %H:%M} UTC"
    return [f"the service (process {beat.pid}) has finished nothing since {since}: it hangs, or was killed"]


def _covered(source: SourceStatus) -> dict[str, Any]:
    return {
        "name": source.name or source.url,
        "condition": source.condition.value,
        "since": source.condition_since,
        "missed": source.missed,
        "means": MEANS[source.condition],
        "advice": ADVICE[source.condition],
    }


def _polling_problems(
    active: list[SourceStatus],
    failing: list[SourceStatus],
    last_good: datetime | None,
    config: Config,
    now: datetime,
) -> list[str]:
    if not active:
        return ["no source is followed; `tidings sources add URL` adds one"]
    if last_good is None:
        if any(source.last_poll for source in active):
            return ["no source could be read yet; `tidings sources list` says what each answered"]
        return ["no source was ever asked; is the service running?"]
    problems = []
    # Half an hour covers a slow pass; beyond twice the slowest pace nothing is asking any more.
    patience = max(timedelta(minutes=30), timedelta(seconds=2 * min(config.crawl.every, config.crawl.slowest)))
    overdue = min((source.next_poll for source in active), default=now)
    if now - last_good > patience and now - overdue > patience:
        problems.append(f"nothing was read since {last_good:%Y-%m-%d %H:%M} UTC; is the service running?")
    if 2 * len(failing) > len(active):
        problems.append(f"{len(failing)} of {len(active)} sources fail")
    return problems


def _mail_problems(store: Store, alerts: dict[str, int], now: datetime) -> list[str]:
    problems = []
    late = store.outbox.waiting_since()
    if late is not None and now - late > _MAIL_LATE:
        problems.append(f"mail waits since {late:%Y-%m-%d %H:%M} UTC: {store.outbox.last_error() or 'no attempt yet'}")
    if number := alerts["failed"] - store.wishes.unwanted():
        problems.append(
            f"{number} alert{'s' * (number > 1)} could not be delivered at all; `tidings alerts list --state failed`"
        )
    return problems


def _answer_problems(store: Store, config: Config) -> list[str]:
    trouble = store.wishes.trouble() if config.answers.address else None
    if trouble is None:
        return []
    return [f"answers by mail are not read since {trouble[0][:16].replace('T', ' ')} UTC: {line(trouble[1], 500)}"]


def report(health: Health) -> str:
    """The health as text for people."""
    sources, alerts = health.sources, health.alerts
    lines = [
        "well" if health.well else "not well",
        *(f"  ! {problem}" for problem in health.problems),
        *_service_line(health.service),
        (
            f"sources        {sources['active']} active, {sources['due']} due, {sources['failing']} failing, "
            f"{sources['paused']} paused"
        ),
        *(f"  - {line(each['name'])}: {line(each['error'], 500)}" for each in health.failing),
        f"coverage       {_coverage_line(health)}",
        *(f"  - {line(each['name'])}: {_condition(each)}; {each['advice']}" for each in health.coverage),
        f"last good poll {_when(health.last_good_poll)}",
        f"articles       {health.articles}",
        f"alerts         {alerts['sent']} sent, {alerts['waiting']} waiting, {alerts['failed']} failed",
        f"last delivery  {_when(health.last_delivery)}",
    ]
    return "\n".join(lines)


def _service_line(service: dict[str, Any] | None) -> list[str]:
    if service is None:
        return ["service        none runs"]
    state = "runs" if service["runs"] else "does nothing"
    lag = "" if service["lag"] is None else f", its loop up to {1000 * service['lag']:.0f} ms late"
    return [f"service        {state}, process {service['pid']}, last work {service['age']} s ago{lag}"]


def _coverage_line(health: Health) -> str:
    ill = Counter(word(Condition(each["condition"])) for each in health.coverage)
    well = health.sources["active"] - len(health.coverage)
    return ", ".join([f"{well} well", *(f"{number} {says}" for says, number in ill.items())])


def _condition(record: dict[str, Any]) -> str:
    condition = Condition(record["condition"])
    if condition is Condition.ROLLED_OVER:
        return f"{word(condition)}, {unseen(record['missed'])}"
    return f"{word(condition)} since {_when(record['since'])}"


def _when(moment: datetime | None) -> str:
    return "never" if moment is None else f"{moment:%Y-%m-%d %H:%M} UTC"

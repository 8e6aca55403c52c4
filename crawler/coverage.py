"""How a source is: blocked, gone, silent, rolled over …, told once it is certain and not at every error.

Pure: what storage knows of a source, one poll's facts and ``now`` in; its episodes out. A source has at most two open
episodes: one about reaching it (its polls fail) and one about what it says (it answers, but brings nothing). Each
begins with the first poll that shows it, becomes certain after ``_PATIENCE``, falls due to be told again after a week
and then every month, and ends when polls are good again. What is read between two polls and missed is an episode of
its own, over as soon as it is known.

What nobody answers may be our own network: such a poll counts only when another source was reached meanwhile.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from crawler.model import Condition, Episode, Fetched, Outcome, Trouble

_NONE, _HOUR, _DAY = timedelta(0), timedelta(hours=1), timedelta(days=1)

_PATIENCE: dict[Condition, tuple[int, timedelta]] = {
    Condition.BLOCKED: (3, 6 * _HOUR),
    Condition.GONE: (3, _DAY),
    Condition.FAILING: (4, 6 * _HOUR),
    Condition.CERTIFICATE: (3, 6 * _HOUR),
    Condition.PAGE: (3, 6 * _HOUR),
    Condition.EMPTY: (3, _DAY),
    Condition.FROZEN: (2, _HOUR),
    Condition.SILENT: (2, _HOUR),
}
"""Polls that have to show a condition, and how long, before it is told. Deployments, renewals of certificates and
maintenance pages are over in hours; a silence has lasted long enough before it is one."""
_ENDED_AFTER = 20 * _HOUR
"""Two 410 answers a day apart end polling: one may be a mistake in a deployment."""
_GOOD_POLLS = 2
"""Good polls in a row that end what was certain; what lets one poll of ten through still blocks."""
_FIRST_REMINDER, _REMINDERS = timedelta(days=7), timedelta(days=30)
_ALONE = 3
"""With fewer other sources than this, nobody can say whose network is away; then ``_PATIENCE_ALONE`` has to do."""
_PATIENCE_ALONE = 3 * _DAY
_SEVERAL = 5
"""When so many other sources are asked and not one is read, an answer is our network's own (a hotel's login page)."""

ARRIVALS = 200
"""Arrivals that tell a source's rhythm: two weeks of a busy one, half a year of a slow one."""
_FEWEST_GAPS = 10
_QUANTILE, _TIMES, SHORTEST_SILENCE = 0.99, 3.0, 2 * _DAY
"""Silent is what stays away for three times the 0.99 quantile of its own last 200 gaps, two days at least."""
_FULL = 0.9
"""A document with this share of the last one's entries is full: one of a time window is shorter after a lull."""
_FEWEST_ENTRIES = 2

FAILING = frozenset({Condition.BLOCKED, Condition.GONE, Condition.FAILING, Condition.CERTIFICATE, Condition.PAGE})
"""Conditions of a source whose polls fail; the others are of one that answers."""

_OF_TROUBLE = {
    Trouble.NO_NAME: Condition.GONE,
    Trouble.NO_ANSWER: Condition.FAILING,
    Trouble.CERTIFICATE: Condition.CERTIFICATE,
    Trouble.REFUSED: Condition.BLOCKED,
    Trouble.CHALLENGE: Condition.BLOCKED,
    Trouble.MISSING: Condition.GONE,
    Trouble.ENDED: Condition.GONE,
    Trouble.SERVER: Condition.FAILING,
    Trouble.PAGE: Condition.PAGE,
    Trouble.UNREADABLE: Condition.FAILING,
    Trouble.NONE: Condition.FAILING,
}
_UNANSWERED = frozenset({Trouble.NO_NAME, Trouble.NO_ANSWER})


@dataclass(frozen=True, slots=True)
class Others:
    """What became of the other sources since this one was last asked."""

    active: int = 0
    answered: bool = False
    """One of them gave an answer of any kind."""
    read: bool = False
    """One of them was read."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What storage knows of a source before a poll is stored."""

    open: tuple[Episode, ...] = ()
    """Its episodes that have not ended: one of failing and one of saying nothing at most."""
    others: Others = Others()
    arrivals: Sequence[datetime] = ()
    """When its articles came, the newest first; only needed when the poll brought none."""
    had_entries: bool = False
    """A document of it held entries once."""
    ended_since: datetime | None = None
    """The first 410 since it was last read, before this poll."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What the document of one poll held."""

    entries: int = 0
    fresh: int = 0
    """Entries that this source had not carried before."""
    oldest: datetime | None = None
    newest: datetime | None = None
    """The earliest and latest moments of publication that its entries claim."""
    published: tuple[datetime | None, ...] = ()
    """When the fresh ones say they were published."""
    unread: int = 0
    """Entries among them that were not read, being the last document's byte for byte."""
    fresh_for: float | None = None
    closed_hours: tuple[int, ...] = ()
    """What the document asks of those who poll it: see ``SourceDocument``."""

    def plus(self, part: Brought) -> Brought:
        """This and another part of the document."""
        moments = [each for each in (self.oldest, self.newest, part.oldest, part.newest) if each is not None]
        return Brought(
            self.entries + part.entries,
            self.fresh + part.fresh,
            min(moments, default=None),
            max(moments, default=None),
            (*self.published, *part.published),
            self.unread + part.unread,
            part.fresh_for,
            part.closed_hours,
        )


# -- episodes -----------------------------------------------------------------------------------------------------


def advance(standing: Standing, fetched: Fetched, brought: Brought, now: datetime) -> tuple[Episode, ...]:
    """The source's episodes after a poll: those that were open as they stand now, and one that begins.

    An episode that ends without ever having been certain was an accident: storage forgets it.
    """
    failing = next((each for each in standing.open if each.condition in FAILING), None)
    quiet = next((each for each in standing.open if each.condition not in FAILING), None)
    if fetched.outcome is Outcome.FAILED:
        after = _failed(failing, fetched, standing, now)
        return tuple(each for each in (after, quiet) if each is not None)
    after = None if failing is None else _good(failing, now, enough=_GOOD_POLLS)
    condition = _said_nothing(quiet, standing, fetched, brought, now)
    if condition is not None:
        quiet = _shown(quiet, condition, now)
    elif quiet is not None:
        quiet = _good(quiet, now, enough=1)
    return tuple(each for each in (after, quiet) if each is not None)


def _failed(episode: Episode | None, fetched: Fetched, standing: Standing, now: datetime) -> Episode | None:
    condition = _OF_TROUBLE.get(fetched.trouble)
    if condition is None or not _is_its_own(fetched.trouble, standing.others):
        return episode
    alone = fetched.trouble in _UNANSWERED and not standing.others.answered
    after = _shown(episode, condition, now, at_least=_PATIENCE_ALONE if alone else _NONE)
    if not ended(standing, fetched, now):
        return after
    renamed = after.certain_at is not None and after.condition is not condition
    return replace(after, condition=condition, certain_at=after.certain_at or now, reminders=after.reminders + renamed)


def ended(standing: Standing, fetched: Fetched, now: datetime) -> bool:
    """Whether polling is over: by its own word (410) it was taken away for good, and it said so a day ago too."""
    since = standing.ended_since
    return fetched.trouble is Trouble.ENDED and since is not None and now - since >= _ENDED_AFTER


def _is_its_own(trouble: Trouble, others: Others) -> bool:
    """Whether a failure is the source's and not that of the network between."""
    if trouble in _UNANSWERED:
        return others.answered or others.active < _ALONE
    return others.read or others.active < _SEVERAL


def _shown(episode: Episode | None, condition: Condition, now: datetime, *, at_least: timedelta = _NONE) -> Episode:
    """The episode after one more poll that showed a condition; ``at_least`` is how long it has to last before told."""
    if episode is None:
        return Episode(condition, since=now)
    # What was told keeps its name: a source that is blocked with 403 and 503 by turns is told once.
    named = condition if episode.certain_at is None else episode.condition
    episode = replace(episode, condition=named, polls=episode.polls + 1, good=0)
    if episode.certain_at is None:
        polls, lasting = _PATIENCE[named]
        certain = episode.polls >= polls and now - episode.since >= max(lasting, at_least)
        return replace(episode, certain_at=now) if certain else episode
    due = _reminders_due(episode.certain_at, now)
    return replace(episode, reminders=max(episode.reminders, due))


def _good(episode: Episode, now: datetime, *, enough: int) -> Episode:
    episode = replace(episode, good=episode.good + 1)
    over = episode.certain_at is None or episode.good >= enough
    return replace(episode, ended_at=now) if over else episode


def fell_due(episode: Episode, *, told: bool) -> datetime:
    """Since when somebody should know what is to be told of a certain episode; ``told`` is whether they knew of it."""
    certain_at = episode.certain_at or episode.since
    if not told:
        return certain_at
    return episode.ended_at or certain_at + _FIRST_REMINDER + _REMINDERS * (episode.reminders - 1)


def _reminders_due(certain_at: datetime, now: datetime) -> int:
    """How many reminders a trouble has been worth by now: the first after a week, then one a month."""
    lasted = now - certain_at
    return 0 if lasted < _FIRST_REMINDER else 1 + (lasted - _FIRST_REMINDER) // _REMINDERS


def _said_nothing(
    quiet: Episode | None, standing: Standing, fetched: Fetched, brought: Brought, now: datetime
) -> Condition | None:
    """Empty, frozen or silent, if the good poll shows that; ``quiet`` is the open episode of that kind."""
    if brought.fresh:
        return None
    if fetched.outcome is Outcome.OK and not brought.entries:
        return Condition.EMPTY if standing.had_entries else None
    was = None if quiet is None else quiet.condition
    if was is Condition.EMPTY and fetched.outcome is Outcome.UNCHANGED:
        return was
    limit = longest_silence(standing.arrivals)
    if limit is None or now - standing.arrivals[0] <= limit:
        return None
    # A document that is written anew and brings the same entries is not asleep: whatever fills it broke.
    return Condition.FROZEN if fetched.outcome is Outcome.OK or was is Condition.FROZEN else Condition.SILENT


def condition_of(trouble: Trouble) -> Condition:
    """What a source would be that always fails so; well where the failure is none of its own."""
    return _OF_TROUBLE.get(trouble, Condition.WELL)


# -- rhythm -------------------------------------------------------------------------------------------------------


def longest_silence(arrivals: Sequence[datetime]) -> timedelta | None:
    """How long a source may say nothing and still keep to its own rhythm; ``None`` while that cannot be told.

    Three times the 0.99 quantile of its last 200 gaps, two days at least. Gaps between news are heavy-tailed and have
    weekends and holidays in them, so no distribution is assumed: the quantile is the source's own (the empirical one;
    at up to 100 gaps the longest), and the factor leaves room for a holiday it has not lived through. On 161 traces of
    rumca-js/RSS-Link-Database that is one false word in 39 source-months (docs/decisions/0025).
    """
    moments = sorted(set(arrivals))[-ARRIVALS:]
    gaps = sorted(later - earlier for earlier, later in pairwise(moments))
    if len(gaps) < _FEWEST_GAPS:
        return None
    high = gaps[min(int(_QUANTILE * len(gaps)), len(gaps) - 1)]
    return max(_TIMES * high, SHORTEST_SILENCE)


# -- rolled over --------------------------------------------------------------------------------------------------


def missed(brought: Brought, before: int, last_read: datetime | None, now: datetime) -> int | None:
    """How many entries passed unseen between two polls, at most; ``None`` when the document rolled over none.

    It rolled over when not one of its entries was there before though it is as full as ever. Entries came at some pace
    in the time that neither document covers, from the last good poll to the oldest entry of this one; the pace is this
    document's own, and their number is told as the 95 % bound of a Poisson count around that, for "up to" is to hold.

    Args:
        brought: what this poll's document held.
        before: entries of the last document that had any.
        last_read: the last good poll, when the source was known to be as it stood.
        now: the moment of this poll.
    """
    full = brought.entries >= max(_FEWEST_ENTRIES, _FULL * before)
    if last_read is None or not before or brought.fresh < brought.entries or not full:
        return None
    if brought.oldest is None or brought.newest is None or brought.oldest >= brought.newest:
        return 0
    gap = (min(brought.oldest, now) - last_read).total_seconds()
    if gap <= 0:
        return None
    expected = (brought.entries - 1) * gap / (brought.newest - brought.oldest).total_seconds()
    return max(1, math.floor(expected + 1.645 * math.sqrt(expected)))


def overlap_within(brought: Brought) -> float | None:
    """Seconds in which half of the document is replaced at its own pace; ``None`` when its entries do not tell."""
    if brought.oldest is None or brought.newest is None or brought.oldest >= brought.newest:
        return None
    return (brought.newest - brought.oldest).total_seconds() / 2


def rolled_over(count: int, now: datetime) -> Episode:
    """The episode that tells of entries missed: certain at once, and over."""
    return Episode(Condition.ROLLED_OVER, since=now, certain_at=now, ended_at=now, missed=count)


# -- words --------------------------------------------------------------------------------------------------------

MEANS: dict[Condition, str] = {
    Condition.WELL: "it is read",
    Condition.BLOCKED: "it refuses programs, or asks for a browser or a login",
    Condition.GONE: "there is nothing at its address any more",
    Condition.FAILING: "it does not answer, or not with a feed that can be read",
    Condition.CERTIFICATE: "its certificate is expired or not to be trusted",
    Condition.PAGE: "a web page comes where the feed was",
    Condition.EMPTY: "the feed is there, but has no entries any more",
    Condition.FROZEN: "the feed is written anew, but always with the same entries",
    Condition.SILENT: "nothing new for longer than fits its own rhythm",
    Condition.ROLLED_OVER: "entries came and went between two polls",
}
"""What each condition means for the person."""
ADVICE: dict[Condition, str] = {
    Condition.WELL: "",
    Condition.BLOCKED: "look for another feed of the outlet, ask it to let feed readers in, or follow it elsewhere",
    Condition.GONE: "look for its new address with `tidings sources check` on the outlet's front page, or remove it",
    Condition.FAILING: "wait a few days; if it stays, look at the outlet's site for another feed, or remove it",
    Condition.CERTIFICATE: "tell the outlet; it is read again once the certificate is renewed",
    Condition.PAGE: "look for the feed's new address with `tidings sources check` on the outlet's front page",
    Condition.EMPTY: "look whether the outlet has another feed; it often has moved",
    Condition.FROZEN: "look whether the outlet's own pages have newer articles than the feed, and for another feed",
    Condition.SILENT: "look whether the outlet still publishes, or has moved its feed",
    Condition.ROLLED_OVER: "it is asked more often from now on; an `every` in settings.toml that is too long stands in "
    "the way of that",
}
"""What the person may do about each."""

"""When to look at a source again.

Pure: data and ``now`` in, a moment out. A source starts at the settings' pace and is then asked when its rhythm
(``rhythm``) makes it worth the price of a poll, between ``fastest`` and ``slowest``; the price is one for all sources,
and such that all their polls together are those of the budget. A document that rolled over shortens the wait at once,
to half of the time that the document spans. A failed poll backs off exponentially, to an hour at most where no answer
came, and by a jitter that sources which failed together do not return together. What the server and the document ask
for (Retry-After, Cache-Control, ttl, skipHours) is kept, within bounds.

Here too stands when an address that moved is followed for good.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import inf
from urllib.parse import urlsplit

from crawler.model import DueSource, Fetched, Outcome, Trouble
from crawler.rhythm import Habits, rates, wait

_URGENT = 4.0
"""An entry of a source that feeds an urgent topic waits at the price of four: it is asked twice as often."""
_TYPICAL = math.sqrt(20 / 86_400)
"""Demand of a source that nothing is known of: twenty entries a day."""
_DEAREST = 1e9
"""Seconds that an entry would wait rather than that any poll be made: nothing is worth more."""
_BELIED = 2.0
"""A document that is expected to change so often within its own ttl was never given one that is meant."""
_SHOWN = 0.5
"""Share of a document's entries that may be expected to come between two polls: the rest is for surprises."""
_STAGGER = 10.0
"""Seconds within which sources that are due at the same minute are spread."""
_FRESH_CAP = 3600.0
"""Seconds; a feed that claims to stay fresh for longer than an hour is asked anyway."""
_UNANSWERED_CAP = 3600.0
"""Seconds; where no answer came at all it may be our own network that is away. Doubled without this limit, eight hours
without a network would be followed by eight more without news."""
_RETRY_FLOOR, _RETRY_CAP = 60.0, 86_400.0
"""Seconds within which Retry-After is believed (reliability.md, rule 20)."""
ASKED_OFF = frozenset({429, 503})
"""Answers whose Retry-After is about us or the whole server, and not about one document (RFC 6585, RFC 9110)."""
_ASKED_ONCE_MORE = 86_400.0
"""Seconds after a first 410; the second ends polling."""
_IN_FULL, _WITHIN_DAYS = 1 / 50, 10 * 86_400.0
"""Share of polls that ask for the whole document, and seconds of waiting for each of which one does."""
_LATE = timedelta(hours=1)
"""Caches may say "unchanged" of what changed in their last minutes, and outlets date entries a little back."""
_BACKOFF_JITTER = 0.25
"""Up to this share is taken off a back-off, another for each source and each failure."""
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""The next poll of a source that is gone for good; only the settings, or ``once --all``, ask it again."""

_LASTING_POLLS, _LASTING = 3, timedelta(days=1)
"""As many polls, over so long, have to be led to the same place before a move is followed for good."""


@dataclass(frozen=True, slots=True)
class Pace:
    """The settings' ``[crawl]`` pace, in seconds."""

    every: float
    fastest: float
    slowest: float


@dataclass(frozen=True, slots=True)
class Worth:
    """What a poll has to be worth, and what this source's polls are worth more."""

    price: float
    """Seconds that an entry waits."""
    urgent: bool = False
    """It feeds a topic that alerts at once."""


def next_poll(
    now: datetime,
    due: DueSource,
    fetched: Fetched,
    pace: Pace,
    *,
    habits: Habits | None,
    worth: Worth,
    over: bool = False,
    within: float | None = None,
) -> tuple[datetime, float]:
    """The moment to look again, and the seconds that lie between by the source's own pace.

    Args:
        now: the moment of this poll.
        due: the source as it was asked.
        fetched: what came.
        pace: the settings' limits.
        habits: what is known of the source, this poll included.
        worth: the price of a poll.
        over: polling is over: the source is gone for good.
        within: the document rolled over; seconds in which it is to be asked again, so that the next one overlaps it.
    """
    if over:
        return NEVER, due.interval
    if fetched.outcome is Outcome.FAILED:
        return now + timedelta(seconds=_after_failure(due, fetched, pace)), due.interval
    settled = _settle(now, due, pace, habits, worth)
    if within is not None:
        if due.source.every is None:
            settled = max(min(settled, within), pace.fastest)
        # What the server says stays fresh did not.
        return now + timedelta(seconds=_apart(due, max(settled, _asked_for(fetched)))), settled
    asked = max(min(fetched.fresh_for or 0.0, _FRESH_CAP), _asked_for(fetched), _declared(now, habits))
    return now + timedelta(seconds=_apart(due, max(settled, asked))), settled


def rest(fetched: Fetched) -> float:
    """Seconds that every source of the host is to be left alone after this answer; 0 for none.

    Retry-After speaks for the server (RFC 9110, section 10.2.3), so a host that said it to one source said it to all.
    """
    return _asked_for(fetched) if fetched.status in ASKED_OFF else 0.0


def _settle(now: datetime, due: DueSource, pace: Pace, habits: Habits | None, worth: Worth) -> float:
    if due.source.every is not None:
        return due.source.every
    if habits is None:
        return pace.every
    found = wait(
        rates(habits.rhythm),
        now,
        worth.price / (_URGENT if worth.urgent else 1.0),
        shortest=pace.fastest,
        longest=pace.slowest,
        most=max(habits.window * _SHOWN, 1.0) if habits.window else inf,
        closed=habits.closed,
    )
    # Nobody knows yet what the dates of a first document are worth.
    return min(found, pace.every) if due.first_poll else found


def _declared(now: datetime, habits: Habits | None) -> float:
    """Seconds for which the document asks to be left alone, unless its own rhythm belies it."""
    if habits is None or not habits.fresh_for:
        return 0.0
    asked = min(habits.fresh_for, _FRESH_CAP)
    return 0.0 if rates(habits.rhythm).at(now) * asked >= _BELIED else asked


def _apart(due: DueSource, seconds: float) -> float:
    """A wait by which sources do not march in step: a few seconds of its own longer; a fixed pace, a few percent."""
    if due.source.every is not None:
        return seconds * _spread(due.id)
    return seconds + due.id * 7919 % 100 / 100 * _STAGGER


def _after_failure(due: DueSource, fetched: Fetched, pace: Pace) -> float:
    if fetched.trouble is Trouble.ENDED:
        return _ASKED_ONCE_MORE
    base = due.source.every or pace.every
    slowest = pace.slowest if fetched.status is not None else min(pace.slowest, _UNANSWERED_CAP)
    backed_off = min(base * 2.0 ** min(due.failures, 16), max(slowest, base))
    return max(backed_off * _jitter(due.id, due.failures), base * _spread(due.id), _asked_for(fetched))


def believed(retry_after: float | None) -> float:
    """Seconds of a Retry-After that are kept to: a minute to a day; 0 where there was none."""
    return 0.0 if retry_after is None else min(max(retry_after, _RETRY_FLOOR), _RETRY_CAP)


def _asked_for(fetched: Fetched) -> float:
    return believed(fetched.retry_after)


def _spread(source_id: int) -> float:
    """A factor of 1.00 to 1.05, the source's own, so that sources of one host do not march in step."""
    return 1.0 + (source_id * 7919 % 50) / 1000


def _jitter(source_id: int, failures: int) -> float:
    """A factor of 0.75 to 1.00 that no two sources and no two failures share; the same again for the same."""
    digest = hashlib.blake2b(f"{source_id}:{failures}".encode(), digest_size=4).digest()
    return 1.0 - _BACKOFF_JITTER * int.from_bytes(digest, "big") / 2**32


# -- servers that say "unchanged" when it is not ------------------------------------------------------------------


def in_full(source_id: int, interval: float, now: datetime) -> bool:
    """Whether this poll asks for the whole document, in case that "unchanged" (304) is not true.

    One poll in fifty, or more where fifty take longer than ten days; by chance, the source's and the minute's
    own, so that nothing has to be kept and no two sources do it together.
    """
    share = max(_IN_FULL, min(interval / _WITHIN_DAYS, 0.5))
    digest = hashlib.blake2b(f"{source_id}:{now:%Y%m%d%H%M}".encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big") / 2**32 < share


def disbelieve(due: DueSource, fetched: Fetched, published: Iterable[datetime | None], said: datetime | None) -> int:
    """How much a document that was asked for in full speaks against its server's "unchanged": 0, 1, or 2 for proof.

    Args:
        due: the source as it was asked, with the validators of the document before.
        fetched: what came.
        published: when the entries were that the source had not carried.
        said: when the server last said "unchanged", if that was its last answer.
    """
    moments = list(published)
    if not due.doubted or not moments or said is None or fetched.outcome is not Outcome.OK:
        return 0
    if (fetched.etag, fetched.last_modified) == (due.etag, due.last_modified):
        return 2  # other entries under the same validators: asked with them, it would have said "unchanged"
    return int(any(moment is not None and moment < said - _LATE for moment in moments))


# -- the price of a poll ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Demand:
    """What one source asks of the polls that there are."""

    root: float | None
    """Mean square root of its entries a second (``Habits.demand``); ``None`` when nothing is known of it yet."""
    every: float | None = None
    """Seconds between its polls when the settings fix them."""
    urgent: bool = False


def price(demands: Iterable[Demand], pace: Pace, budget: float | None) -> float:
    """What a poll has to be worth, in seconds that an entry waits, for all polls together to be those of the budget.

    A source of demand √λ is polled √λ / √(2·price) times a second, within the limits: found by bisection. ``budget`` is
    in polls a second; ``None`` stands for one poll of each source every ``pace.every``. Where even polling all of them
    as seldom as ``slowest`` goes beyond it, the price is the highest: who is asked is then a matter of turn.
    """
    known: Counter[float] = Counter()
    spent, free = 0.0, 0
    for demand in demands:
        if demand.every is not None:
            spent += 1 / demand.every
            continue
        free += 1
        root = _TYPICAL if demand.root is None else max(demand.root, 1e-9)
        # Sources that differ by less than 5 % count as alike, so that 10,000 are a few hundred.
        known[round(math.log2(root * (math.sqrt(_URGENT) if demand.urgent else 1)) * 16)] += 1
    wanted = (free / pace.every if budget is None else budget) - spent
    roots = [(2 ** (step / 16), count) for step, count in known.items()]
    low, high = 1e-9, _DEAREST
    for _ in range(70):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if _polls(roots, middle, pace) > wanted else (low, middle)
    return high


def _polls(roots: Iterable[tuple[float, int]], at: float, pace: Pace) -> float:
    """Polls a second at a price."""
    least, most = 1 / pace.slowest, 1 / pace.fastest
    return sum(count * min(max(root / math.sqrt(2 * at), least), most) for root, count in roots)


class Allowance:
    """How many polls may begin now, so that none of the last minutes had more than the budget."""

    def __init__(self, a_second: float) -> None:
        self.a_second = a_second
        self._left = self._most
        self._at: float | None = None

    @property
    def _most(self) -> float:
        # Ten seconds' worth may be saved up: a tick that came late is made good, a quiet hour is not.
        return max(10 * self.a_second, 1.0)

    def take(self, wanted: int, now: float) -> int:
        """How many of these polls may begin; ``now`` is in monotonic seconds."""
        if self._at is not None:
            self._left = min(self._left + max(now - self._at, 0.0) * self.a_second, self._most)
        self._at = now
        given = min(wanted, int(self._left))
        self._left -= given
        return given


# -- addresses that moved -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Move:
    """Where a source's address leads by permanent redirects alone, and for how long it has."""

    url: str
    since: datetime
    polls: int = 1
    followed_at: datetime | None = None
    """When it had proved lasting, and was asked instead of the address in settings.toml from then on."""


def moved(move: Move | None, due: DueSource, fetched: Fetched, now: datetime) -> Move | None:
    """What is known of a source's move after a poll; ``None`` when it stands where settings.toml says.

    A move is followed once three polls over a day or more were led to the same place and found the feed there: a
    captive portal, a maintenance page or a hijacked redirect is over by then. Never from https to http. When the new
    place fails, the address in settings.toml is asked again and the move has to prove itself anew.
    """
    if due.address:
        return None if fetched.outcome is Outcome.FAILED else move
    if fetched.outcome is Outcome.FAILED:
        return move
    target = fetched.moved_to
    if not target or _is_downgrade(due.source.url, target):
        return None
    if move is None or move.url != target:
        return Move(target, since=now)
    polls = move.polls + 1
    lasting = polls >= _LASTING_POLLS and now - move.since >= _LASTING
    return Move(target, move.since, polls, now if lasting else None)


def _is_downgrade(url: str, target: str) -> bool:
    return urlsplit(url).scheme == "https" and urlsplit(target).scheme != "https"

"""WebSub (W3C Recommendation, 23 January 2018), the subscriber's side: pure, with ``now`` handed in.

A feed that names a hub and itself is subscribed there, when the settings name an address that hubs can reach. The hub
asks back whether we meant it, posts what is new from then on, signed with a secret of the subscription's own, and
forgets us when the lease ends. The source is polled on, seldom: a hub that says nothing cannot be told from a source
that does.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlencode, urljoin, urlsplit

PREFIX = "/push/"
"""Where callbacks are, below the settings' address; a word that nobody can guess follows."""
_METHODS = {"sha1", "sha256", "sha384", "sha512"}
"""Of signatures (section 7)."""
_ASKED_LEASE = timedelta(days=10)
_LEAST_LEASE, _MOST_LEASE = timedelta(minutes=5), timedelta(days=30)
_RENEWED_AT = 0.8
"""Share of a lease after which it is renewed: enough is left for a hub that is away for a while."""
_ANSWERS_WITHIN = timedelta(minutes=15)
"""A hub that took our wish and has not asked back by then is asked again."""
_FIRST_WAIT, _LONGEST_WAIT = timedelta(hours=1), timedelta(days=1)
_NET = timedelta(hours=6)
"""Between two polls of a source that is pushed."""
_DISTRUSTED = 2
"""Polls in a row that found what was not pushed, after which the source is polled as if there were no hub."""
_LINK = re.compile(r"<([^<>]*)>((?:\s*;\s*[\w!#$&+\-.^`|~*]+\s*(?:=\s*(?:\"[^\"]*\"|[^\s;,\"]+))?)*)")
_RELATION = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]+))", re.IGNORECASE)
_LONGEST = 2_000


class State(StrEnum):
    """How far a subscription is."""

    OFFERED = "offered"
    """The feed names a hub; it was not asked yet, or to no avail."""
    ASKED = "asked"
    """The hub took our wish and has not asked back yet."""
    PUSHED = "pushed"
    """Confirmed: the hub sends until the lease ends."""
    DENIED = "denied"
    """The hub does not want to."""
    LEAVING = "leaving"
    """The source is not followed any more: the hub was asked to forget us."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A hub, and the name under which it knows the feed."""

    hub: str
    topic: str


@dataclass(frozen=True, slots=True)
class Subscription:
    """What is known of the subscription of one source."""

    source_id: int
    offer: Offer
    callback: str
    """The whole address at which the hub reaches us; it is a secret."""
    secret: str
    state: State
    until: datetime | None = None
    """When the lease ends."""
    failures: int = 0
    """How often in a row the hub could not be asked, or did not ask back."""
    missed: int = 0
    """Polls in a row that found what was not pushed."""
    says: str = ""
    """Why it is not pushed, as a sentence."""

    def delivers(self, now: datetime) -> bool:
        """Whether its hub can be relied upon at a moment."""
        return self.holds(now) and self.missed < _DISTRUSTED

    def holds(self, now: datetime) -> bool:
        """Whether its hub sends at a moment, as far as it has said."""
        return self.until is not None and self.until > now and self.state is not State.LEAVING


# -- discovery (section 4) -----------------------------------------------------------------------------------------


def offered(url: str, headers: Iterable[str], links: Mapping[str, str]) -> Offer | None:
    """The hub that a feed names: in its Link headers, or else in the document; ``None`` where it names none.

    ``links`` are the document's own, by relation. Both relations have to be there: a hub alone says not of what.
    """
    told: dict[str, str] = {}
    for header in headers:
        for target, parameters in _LINK.findall(header[:_LONGEST]):
            relation = _RELATION.search(parameters)
            for name in ((relation[1] or relation[2]) if relation else "").lower().split():
                told.setdefault(name, target)
    for found in (told, links):
        hub, topic = (_absolute(url, found.get(name, "")) for name in ("hub", "self"))
        if hub and topic:
            return Offer(hub, topic)
    return None


def _absolute(url: str, target: str) -> str:
    if not target.strip():
        return ""
    try:
        whole = urljoin(url, target.strip())
        parts = urlsplit(whole)
        fits = parts.scheme in ("http", "https") and parts.hostname and not parts.username and parts.port != 0
    except ValueError:
        return ""
    return whole if fits and len(whole) <= _LONGEST and whole.isprintable() and " " not in whole else ""


# -- what is asked of a hub (section 5.1), and when ----------------------------------------------------------------


def form(offer: Offer, callback: str, secret: str, *, leave: bool) -> bytes:
    """The body of a request to a hub."""
    fields = {"hub.callback": callback, "hub.mode": "unsubscribe" if leave else "subscribe", "hub.topic": offer.topic}
    if not leave:
        fields |= {"hub.secret": secret, "hub.lease_seconds": str(int(_ASKED_LEASE.total_seconds()))}
    return urlencode(fields).encode("ascii")


def accepted(now: datetime) -> datetime:
    """The hub took our wish: when it is asked again unless it asks back before."""
    return now + _ANSWERS_WITHIN


def refused(failures: int, now: datetime) -> datetime:
    """The hub did not for the ``failures``-th time in a row: when it is asked again."""
    return now + min(_FIRST_WAIT * (1 << min(failures - 1, 8)), _LONGEST_WAIT)


# -- what a hub asks back (section 5.3) ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a hub's question comes to: ``state`` is ``None`` where the subscription is over."""

    state: State | None
    until: datetime | None = None
    again: datetime | None = None
    """When the hub is asked next."""
    says: str = ""


def judge(known: Subscription, asked: Mapping[str, str], now: datetime) -> Verdict | None:
    """Judge a hub's question; ``None`` refuses: nobody here wished that."""
    mode = asked.get("hub.mode", "")
    if asked.get("hub.topic") != known.offer.topic:
        return None
    if mode == "denied":
        reason = " ".join(asked.get("hub.reason", "").split())[:300]
        return Verdict(State.DENIED, None, now + _LONGEST_WAIT, f"the hub refuses{': ' + reason if reason else ''}")
    if mode == "subscribe" and known.state is not State.LEAVING:
        lease = _lease(asked.get("hub.lease_seconds", ""))
        return Verdict(State.PUSHED, now + lease, now + lease * _RENEWED_AT)
    if mode == "unsubscribe" and known.state is State.LEAVING:
        return Verdict(None)
    return None


def _lease(text: str) -> timedelta:
    asked = timedelta(seconds=int(text)) if re.fullmatch(r"[0-9]{1,9}", text) else _LEAST_LEASE
    return min(max(asked, _LEAST_LEASE), _MOST_LEASE)


# -- what a hub sends (section 7) ----------------------------------------------------------------------------------


def is_signed(signature: str, secret: str, body: bytes) -> bool:
    """Whether ``X-Hub-Signature`` (``method=hex``) fits the body; compared in constant time."""
    method, _, digest = signature.strip().partition("=")
    if method.lower() not in _METHODS or not digest.isascii():
        return False
    expected = hmac.new(secret.encode("ascii"), body, method.lower()).hexdigest()
    return hmac.compare_digest(expected, digest.lower())


def after(known: Subscription, *, pushed: bool, fresh: bool) -> Subscription:
    """The subscription after a push, or a poll, that held something new or did not."""
    if not fresh:
        return known
    return replace(known, missed=0 if pushed else known.missed + 1)


def net(planned: datetime, known: Subscription | None, now: datetime, slowest: float, source_id: int) -> datetime:
    """When a source is polled next: as planned, or much later while its hub delivers, and when the lease ends."""
    if known is None or known.until is None or not known.delivers(now):
        return planned
    # A share of its own, so that what was subscribed together is not polled together.
    apart = 1.0 - source_id * 7919 % 100 / 400
    return max(planned, min(now + min(_NET, timedelta(seconds=slowest)) * apart, known.until))

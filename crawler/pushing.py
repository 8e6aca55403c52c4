"""Hubs: whom to ask for what, and what they send, on its way to be read like everything else."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace

from crawler import push
from crawler.model import DueHub, DueSource, Pushed, Source
from crawler.push import State, Subscription
from crawler.runtime import Runtime

_log = logging.getLogger(__name__)
_MOST_WAITING = 64
"""Documents that wait while their source is being polled; what comes beyond is left for that source's next poll."""
_MOST_BYTES = 64 * 1024 * 1024


def hubs_due(runtime: Runtime) -> list[DueHub]:
    """The hubs that are to be asked for something now; none where the settings name no address for them."""
    address = runtime.config.push.address
    if not address:
        return []
    return [_wish(each) for each in runtime.store.pushes.due(runtime.clock(), address)]


def _wish(known: Subscription) -> DueHub:
    form = push.form(known.offer, known.callback, known.secret, leave=known.state is State.LEAVING)
    return DueHub(known.source_id, Source(known.offer.hub, f"the hub of source {known.source_id}"), form)


def heard(runtime: Runtime, due: DueHub, error: str) -> None:
    """A hub took our wish, or (with an error) did not."""
    try:
        if error:
            runtime.store.pushes.failed(due.source_id, error[:300])
            _log.info("%s: %s; the source is polled", due.source.url, error)
        else:
            runtime.store.pushes.asked(due.source_id)
    finally:
        runtime.queue.done(due.id)


def asked_back(runtime: Runtime, word: str, asked: Mapping[str, str]) -> str | None:
    """What a hub that asks back is answered, its challenge; ``None``: nobody here wished that."""
    known = runtime.store.pushes.at(word, runtime.config.push.address)
    if known is None:
        return None
    now = runtime.clock()
    verdict = push.judge(known, asked, now)
    if verdict is None:
        _log.warning("%s asked back for what nobody wished of it", known.offer.hub)
        return None
    runtime.store.pushes.settle(known.source_id, verdict)
    if verdict.state is State.PUSHED:
        _log.info("%s sends the news of %s until %s", known.offer.hub, known.offer.topic, verdict.until)
    return asked.get("hub.challenge", "")


def knows(runtime: Runtime, word: str) -> bool:
    """Whether a callback's word is one of ours."""
    return runtime.store.pushes.at(word, runtime.config.push.address) is not None


def take(runtime: Runtime, word: str, signature: str, document: Pushed) -> bool:
    """Let what a hub sent be read when its source's turn comes; whether it is signed.

    The source is due from now on, so that nothing is lost when the service stops before.
    """
    known = runtime.store.pushes.at(word, runtime.config.push.address)
    if known is None or not push.is_signed(signature, known.secret, document.body):
        return False
    due = runtime.store.sources.wake_one(known.source_id, runtime.clock())
    if due is None:
        return True  # paused, or not followed any more: the hub has not heard of it yet
    runtime.pushes.append(replace(due, pushed=document))
    hand_over(runtime)
    return True


def hand_over(runtime: Runtime) -> None:
    """Hand what was pushed to the spider; what comes while its source is being polled waits for the end of that."""
    waiting = [due for due in runtime.pushes if not runtime.queue.put([due])]
    while len(waiting) > _MOST_WAITING or sum(_size(due) for due in waiting) > _MOST_BYTES:
        dropped = waiting.pop(0)
        _log.warning("%s: too much was pushed at once; it is polled instead", dropped.source.name or dropped.source.url)
    runtime.pushes[:] = waiting


def _size(due: DueSource) -> int:
    return 0 if due.pushed is None else len(due.pushed.body)

"""Subscriptions on disk: asked, confirmed, renewed, left, and what is sent on its way to be read."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from crawler import pushing
from crawler.config import PushConfig
from crawler.coverage import Brought
from crawler.model import DueHub, DueSource, Pushed
from crawler.push import Offer, Subscription
from crawler.runtime import Runtime
from crawler.storage import Store
from scheduler.push_pages import PushPages
from tests.stored import DAY, HOUR, NOW, fetched, rows, settings

TOPIC = "https://outlet1.example/rss"
OFFER = Offer("https://hub.example/", TOPIC)
ADDRESS = "https://me.example"


class Desk:
    """A runtime whose clock the test sets, and the endpoint's pages beside it."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.now = NOW
        self.store = store
        config = replace(settings(folder), push=PushConfig(address=ADDRESS))
        store.sources.sync(config.sources, NOW)
        self.runtime = Runtime(config, store, clock=lambda: self.now)
        self.pages = PushPages(self.runtime)

    def poll(self, *, offer: Offer | None = OFFER, fresh: int = 0, pushed: bool = False) -> datetime:
        """A poll of the first source, or a push; when the next one is."""
        [due] = [each for each in self.store.sources.due(self.now, everything=True) if each.id == 1]
        due = replace(due, pushed=Pushed(b"<rss/>") if pushed else None)
        brought = Brought(30, fresh)
        self.runtime.store_poll(due, fetched(at=self.now), brought=brought, offer=None if pushed else offer)
        return datetime.fromisoformat(rows(self.store, "SELECT next_poll FROM sources WHERE id = 1")[0][0])

    def asked(self) -> list[DueHub]:
        return pushing.hubs_due(self.runtime)

    def known(self) -> Subscription:
        found = self.store.pushes.of(1, self.runtime.config.push.address)
        assert found is not None
        return found

    def answers(self, due: DueHub, mode: str, **changes: str) -> tuple[int, str]:
        """What a hub gets that asks back."""
        form = {name: values[0] for name, values in parse_qs(due.form.decode()).items()}
        fields = {
            "hub.mode": mode,
            "hub.topic": form["hub.topic"],
            "hub.challenge": "c h=1",
            "hub.lease_seconds": "86400",
        }
        path = urlsplit(form["hub.callback"]).path
        reply = self.pages.asked(path, urlencode({**fields, **{f"hub.{key}": value for key, value in changes.items()}}))
        return reply.status, reply.body

    def subscribe(self) -> DueHub:
        self.poll()
        [due] = self.asked()
        pushing.heard(self.runtime, due, "")
        assert self.answers(due, "subscribe") == (200, "c h=1")
        return due

    def send(self, body: bytes, signature: str | None = None) -> int:
        known = self.known()
        signed = "sha256=" + hmac.new(known.secret.encode(), body, "sha256").hexdigest()
        headers = {"x-hub-signature": signed if signature is None else signature, "content-type": "application/rss+xml"}
        path = urlsplit(known.callback).path
        assert self.pages.knows(path)

        async def main() -> int:
            return self.pages.sent(path, headers, body).status

        return asyncio.run(main())


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Store.writer(tmp_path / "tidings.db") as store:
        yield Desk(store, tmp_path)


def test_a_feed_that_names_a_hub_is_subscribed_once(desk: Desk) -> None:
    assert desk.poll() <= NOW + HOUR
    [due] = desk.asked()
    assert due.source.url == OFFER.hub
    form = parse_qs(due.form.decode())
    assert form["hub.callback"][0].startswith(f"{ADDRESS}/push/")
    assert len(form["hub.callback"][0]) > 60
    assert len(form["hub.secret"][0]) > 40
    assert desk.asked() == [], "it was handed over"
    pushing.heard(desk.runtime, due, "")
    assert desk.known().state == "asked"
    assert desk.poll() <= NOW + HOUR, "a wish alone slows nothing down"
    assert desk.answers(due, "subscribe") == (200, "c h=1")
    assert desk.known().state == "pushed"
    assert desk.poll() >= NOW + 4 * HOUR


def test_a_hub_that_asks_back_before_it_answers_is_heard(desk: Desk) -> None:
    desk.poll()
    [due] = desk.asked()
    assert desk.answers(due, "subscribe")[0] == 200
    pushing.heard(desk.runtime, due, "")
    assert desk.known().state == "pushed"
    assert desk.known().holds(NOW + DAY - HOUR)


@pytest.mark.parametrize(
    ("mode", "changes"),
    [("subscribe", {"topic": "https://evil.example/rss"}), ("unsubscribe", {}), ("publish", {}), ("", {})],
)
def test_what_nobody_wished_is_refused(desk: Desk, mode: str, changes: dict[str, str]) -> None:
    desk.poll()
    [due] = desk.asked()
    assert desk.answers(due, mode, **changes)[0] == 404
    assert desk.known().until is None
    assert desk.poll() <= NOW + HOUR


def test_an_address_that_no_hub_was_told_is_nothing(desk: Desk) -> None:
    desk.subscribe()
    query = urlencode({"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.challenge": "c", "hub.lease_seconds": "9999"})
    assert desk.pages.asked("/push/guess", query).status == 404
    assert not desk.pages.knows("/push/guess")
    assert not desk.pages.knows("/push/")
    assert desk.pages.sent("/push/guess", {}, b"x").status == 202
    assert desk.runtime.pushes == []


def test_a_hub_that_refuses_is_asked_again_a_day_later(desk: Desk) -> None:
    desk.poll()
    [due] = desk.asked()
    pushing.heard(desk.runtime, due, "")
    assert desk.answers(due, "denied", reason="no room")[0] == 200
    assert (desk.known().state, desk.known().says) == ("denied", "the hub refuses: no room")
    assert desk.poll() <= NOW + HOUR
    desk.now = NOW + 23 * HOUR
    assert desk.asked() == []
    desk.now = NOW + 25 * HOUR
    [again] = desk.asked()
    assert desk.answers(again, "subscribe")[0] == 200


def test_a_hub_that_cannot_be_asked_leaves_the_source_as_it_was(desk: Desk) -> None:
    waits = []
    desk.poll()
    for _ in range(4):
        [due] = desk.asked()
        pushing.heard(desk.runtime, due, "hub.example refuses connections")
        assert desk.poll() <= desk.now + HOUR
        before = desk.now
        while not (found := desk.store.pushes.due(desk.now, ADDRESS)):
            desk.now += timedelta(minutes=5)
        assert len(found) == 1
        rows(desk.store, "UPDATE pushes SET next_at = '2026-01-01T00:00:00Z', failures = failures - 1")
        waits.append(desk.now - before)
    assert desk.known().says == "hub.example refuses connections"
    assert waits[0] < waits[1] < waits[2] <= waits[3] * 2


def test_a_lease_is_renewed_before_it_ends_also_after_a_restart(desk: Desk, tmp_path: Path) -> None:
    first = desk.subscribe()
    desk.now = NOW + 19 * HOUR
    assert desk.asked() == []
    desk.store.close()
    with Store.writer(tmp_path / "tidings.db") as store:
        later = Desk(store, tmp_path)
        later.now = NOW + 20 * HOUR
        [renewal] = later.asked()
        assert renewal.form == first.form, "the same callback and secret, so that nothing is lost in between"
        pushing.heard(later.runtime, renewal, "hub.example did not answer in time")
        assert later.known().delivers(later.now), "the lease still holds"
        assert not later.known().delivers(NOW + 25 * HOUR)
        assert later.answers(renewal, "subscribe")[0] == 200
        assert later.known().delivers(NOW + 25 * HOUR)


def test_a_source_that_leaves_the_settings_is_unsubscribed(desk: Desk) -> None:
    desk.subscribe()
    desk.store.sources.sync(desk.runtime.config.sources[1:], NOW)
    [due] = desk.asked()
    assert parse_qs(due.form.decode())["hub.mode"] == ["unsubscribe"]
    assert desk.answers(due, "subscribe")[0] == 404
    assert desk.answers(due, "unsubscribe") == (200, "c h=1")
    assert rows(desk.store, "SELECT * FROM pushes") == []
    assert desk.answers(due, "unsubscribe")[0] == 404


def test_a_source_that_comes_back_is_subscribed_again(desk: Desk) -> None:
    desk.subscribe()
    desk.store.sources.sync(desk.runtime.config.sources[1:], NOW)
    assert len(desk.asked()) == 1
    desk.store.sources.sync(desk.runtime.config.sources, NOW)
    [due] = desk.asked()
    assert parse_qs(due.form.decode())["hub.mode"] == ["subscribe"]


def test_another_hub_or_another_address_of_ours_begins_anew(desk: Desk) -> None:
    first = desk.subscribe()
    desk.poll(offer=Offer("https://hub2.example/", TOPIC))
    [due] = desk.asked()
    assert due.source.url == "https://hub2.example/"
    assert parse_qs(due.form.decode())["hub.callback"] != parse_qs(first.form.decode())["hub.callback"]
    assert desk.answers(first, "subscribe")[0] == 404, "the former hub's callback is nobody's any more"
    assert desk.answers(due, "subscribe")[0] == 200
    moved = replace(desk.runtime.config, push=PushConfig(address="https://new.example"))
    desk.runtime.follow(moved)
    assert not desk.known().holds(NOW), "the hub sends to where nobody is"
    [again] = desk.asked()
    assert parse_qs(again.form.decode())["hub.callback"][0].startswith("https://new.example/push/")


def test_what_is_signed_is_read_and_what_is_not_is_forgotten(desk: Desk) -> None:
    desk.subscribe()
    for signature in ("", "sha256=00", "md5=00", "sha256=" + "0" * 64):
        assert desk.send(b"<rss/>", signature) == 202
    assert desk.runtime.queue.taken == 0
    assert desk.send(b"<rss/>") == 202
    assert desk.runtime.queue.taken == 1
    assert desk.store.sources.due(NOW)[0].id == 1, "a stop from here on loses nothing: the source is polled"


def test_what_comes_during_a_poll_waits_for_its_end(desk: Desk) -> None:
    desk.subscribe()
    [due] = [each for each in desk.store.sources.due(NOW, everything=True) if each.id == 1]
    desk.runtime.queue.put([due])
    desk.send(b"<rss/>")
    assert [each.id for each in desk.runtime.pushes] == [1]
    pushing.hand_over(desk.runtime)
    assert len(desk.runtime.pushes) == 1
    desk.runtime.queue.done(1)
    pushing.hand_over(desk.runtime)
    assert desk.runtime.pushes == []
    assert desk.runtime.queue.taken == 2


def test_too_much_at_once_is_left_for_the_next_poll(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.subscribe()
    [due] = [each for each in desk.store.sources.due(NOW, everything=True) if each.id == 1]
    desk.runtime.queue.put([due])
    for number in range(70):
        desk.send(f"<rss>{number}</rss>".encode())
    assert len(desk.runtime.pushes) == 64
    kept = [each.pushed.body for each in desk.runtime.pushes if isinstance(each, DueSource) and each.pushed]
    assert kept[-1] == b"<rss>69</rss>"
    assert "it is polled instead" in caplog.text


def test_a_hub_that_does_not_send_all_is_not_relied_upon(desk: Desk) -> None:
    desk.subscribe()
    assert desk.poll(fresh=1) >= NOW + 4 * HOUR, "once is an accident"
    assert desk.poll(fresh=1) <= NOW + HOUR
    assert desk.poll() <= NOW + HOUR
    assert desk.poll(fresh=1, pushed=True) >= NOW + 4 * HOUR


def test_a_push_leaves_what_is_known_of_the_whole_document(desk: Desk) -> None:
    desk.poll(fresh=30)
    before = rows(desk.store, "SELECT etag, last_modified, body_hash FROM sources WHERE id = 1")
    window = rows(desk.store, "SELECT window FROM rhythms")
    desk.now += HOUR
    [due] = [each for each in desk.store.sources.due(desk.now, everything=True) if each.id == 1]
    sent = replace(due, pushed=Pushed(b"<rss/>"))
    answer = fetched(at=desk.now, status=None, etag=due.etag, last_modified=due.last_modified, body_hash=due.body_hash)
    desk.runtime.store_poll(sent, answer, brought=Brought(1, 1, desk.now, desk.now))
    assert rows(desk.store, "SELECT etag, last_modified, body_hash FROM sources WHERE id = 1") == before
    assert rows(desk.store, "SELECT window FROM rhythms") == window
    assert rows(desk.store, "SELECT * FROM conditions WHERE condition = 'rolled over'") == []


def test_without_an_address_there_are_no_hubs(desk: Desk) -> None:
    desk.subscribe()
    desk.runtime.follow(replace(desk.runtime.config, push=PushConfig()))
    assert desk.asked() == []
    assert desk.poll() <= NOW + HOUR
    assert desk.store.pushes.of(1, "") is None

"""Which way an alert goes, from the outbox to a receiver of webhooks and a mail channel."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from standardwebhooks import Webhook

from crawler.alerts.replies import Replies
from crawler.config import SigningKey, Way
from crawler.config.schema import CrawlConfig
from crawler.delivery import Delivered, deliver
from crawler.dispatch import Dispatch
from crawler.errors import PermanentDeliveryError
from crawler.runtime import Runtime
from crawler.storage import Store
from tests.stored import ANNA, NOW, news, rows, save, settings, taken, topic
from tests.unit.channels.keys import pem, public_record
from tests.unit.channels.test_webhook import KEY, SECRET, Receiver, serving

DESK = "@desk"


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[Runtime]:
    config = replace(
        settings(tmp_path, topic(to=(ANNA, DESK))), crawl=CrawlConfig(allow_networks=(ip_network("127.0.0.0/8"),))
    )
    with Store.writer(config.storage.path) as store:
        store.sources.sync(config.sources, NOW)
        yield Runtime(config, store, clock=lambda: datetime.now(UTC))


def go(runtime: Runtime, url: str) -> tuple[Delivered, list[str]]:
    """One pass; what came of it, and who got mail."""
    mailed: list[str] = []
    config = replace(runtime.config, ways=(Way("desk", url, KEY),))
    ways = Dispatch(config, lambda _, recipient: mailed.append(recipient), runtime.clock)
    sent = asyncio.run(deliver(runtime.store.outbox, ways.send, compose=ways.write, clock=runtime.clock))
    return sent, mailed


def test_a_person_gets_mail_and_a_way_gets_json(runtime: Runtime) -> None:
    save(runtime.store, news(1, matches=[taken(ANNA, DESK)]))
    with serving(receiver := Receiver()) as url:
        assert go(runtime, url) == (Delivered(delivered=2), [ANNA])
    [(_, headers, body)] = receiver.got
    told = Webhook(SECRET).verify(body, headers)
    assert told["type"] == "tidings.news"
    assert told["data"]["id"] == headers["webhook-id"]
    [article] = told["data"]["articles"]
    assert (article["title"], article["source"]) == ("Article 1", "Outlet 1")
    assert article["matched"][0] == {"field": "title", "start": 0, "end": 7, "form": "Article", "term": "article*"}
    stored = rows(runtime.store, "SELECT message_id FROM alerts WHERE recipient = ?", DESK)[0][0]
    assert stored.endswith("@tidings.localhost>")


def test_a_way_of_apprise_gets_a_short_message(runtime: Runtime) -> None:
    pytest.importorskip("apprise", reason="the extra apprise is not installed")
    save(runtime.store, news(1, matches=[taken(DESK)]))
    with serving(receiver := Receiver(200)) as url:
        assert go(runtime, url.replace("http://", "json://"))[0] == Delivered(delivered=1)
    told = json.loads(receiver.got[0][2])
    assert told["title"] == "Article 1 – Outlet 1"
    assert "Topic: " in told["message"]


def written(runtime: Runtime, pem: str) -> bytes:
    """The mail that tells Anna, signed with a key for news.example."""
    save(runtime.store, news(1, matches=[taken(ANNA)]))
    config = replace(runtime.config, signing=SigningKey("news.example", "tidings", pem))
    replies = Replies(b"k" * 32, NOW.date(), "https://news.example", signed=True)
    ways = Dispatch(config, lambda *_: None, runtime.clock, replies)
    [number] = runtime.store.outbox.due_alerts(datetime.now(UTC) + timedelta(days=1), 5)
    return ways.write(runtime.store.outbox.load_alert(number))


def test_a_mail_is_signed_as_it_is_stored(runtime: Runtime) -> None:
    dkim = pytest.importorskip("dkim", reason="the extra dkim is not installed")
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    signed = written(runtime, pem(private))
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in signed
    assert dkim.verify(signed, dnsfunc=public_record(private))


def test_with_a_broken_key_a_mail_goes_unsigned(runtime: Runtime, caplog: pytest.LogCaptureFixture) -> None:
    mail = written(runtime, "no key")
    assert b"DKIM-Signature" not in mail
    assert b"List-Unsubscribe:" in mail
    assert b"List-Unsubscribe-Post" not in mail
    assert "unsigned" in caplog.text


def test_a_repetition_says_the_same_by_the_same_id(runtime: Runtime) -> None:
    save(runtime.store, news(1, matches=[taken(DESK)]))
    with serving(receiver := Receiver(503)) as url:
        assert go(runtime, url)[0].waiting == 1
        runtime.clock = lambda: datetime.now(UTC) + timedelta(hours=1)
        go(runtime, url)
    (_, first, body), (_, second, again) = receiver.got
    assert (first["webhook-id"], body) == (second["webhook-id"], again)


def test_retry_after_is_kept_to(runtime: Runtime) -> None:
    save(runtime.store, news(1, matches=[taken(DESK)]))
    with serving(Receiver(429, {"Retry-After": "7200"})) as url:
        go(runtime, url)
    due = datetime.fromisoformat(rows(runtime.store, "SELECT due_at FROM alerts")[0][0])
    assert timedelta(minutes=119) < due - datetime.now(UTC) <= timedelta(hours=2)


def test_a_receiver_that_wants_no_more_is_left_alone(runtime: Runtime) -> None:
    save(runtime.store, *(news(number, matches=[taken(ANNA, DESK)]) for number in (1, 2, 3)))
    with serving(receiver := Receiver(410)) as url:
        assert go(runtime, url) == (Delivered(delivered=3, failed=3), [ANNA] * 3)
    assert len(receiver.got) == 1
    assert runtime.recipients(runtime.config.topics[0]) == (ANNA,)
    assert {state for (state,) in rows(runtime.store, "SELECT state FROM alerts WHERE recipient = ?", DESK)} == {
        "failed"
    }


def test_a_way_that_is_down_holds_up_no_mail(runtime: Runtime) -> None:
    save(runtime.store, *(news(number, matches=[taken(DESK, ANNA)]) for number in range(1, 7)))
    with serving(receiver := Receiver(500)) as url:
        assert go(runtime, url) == (Delivered(delivered=6, waiting=6), [ANNA] * 6)
    assert len(receiver.got) == 2


def test_a_private_network_is_asked_only_where_the_settings_allow_it(runtime: Runtime) -> None:
    runtime.config = replace(runtime.config, crawl=CrawlConfig())
    save(runtime.store, news(1, matches=[taken(DESK)]))
    with serving(receiver := Receiver()) as url:
        assert go(runtime, url)[0].waiting == 1
    assert receiver.got == []


def test_a_way_that_left_the_settings_fails_what_waits_for_it(runtime: Runtime) -> None:
    ways = Dispatch(runtime.config, lambda *_: None, runtime.clock)
    with pytest.raises(PermanentDeliveryError, match="none of the"):
        ways.send(json.dumps({"data": {"id": "x"}}).encode(), DESK)


def test_plain_http_is_only_for_allowed_networks(runtime: Runtime) -> None:
    guard = Dispatch(runtime.config, lambda *_: None, runtime.clock)._guard
    assert guard("https://x.example")("93.184.216.34")
    assert not guard("http://x.example")("93.184.216.34")
    assert guard("http://x.example")("127.0.0.1")
    assert not guard("https://x.example")("10.0.0.1")

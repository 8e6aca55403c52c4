"""Webhooks as their receivers see them: a real HTTP server, and the verifier of the people who wrote the standard."""

from __future__ import annotations

import base64
import json
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from crawler.channels.webhook import WebhookOptions, post, webhook_id
from crawler.errors import DeliveryError, PermanentDeliveryError, RecipientGoneError, TemporaryDeliveryError
from tests.smtp.certificates import make_certificates

KEY = bytes(range(32))
SECRET = "whsec_" + base64.b64encode(KEY).decode()
BODY = json.dumps({"type": "tidings.news", "data": {"id": "msg_1", "title": "Діти вдома"}}, ensure_ascii=False).encode()


class Receiver(ThreadingHTTPServer):
    """Answers with what it was told to; ``got`` has (path, headers, body) of each request."""

    def __init__(self, status: int = 204, headers: dict[str, str] | None = None, wait: float = 0) -> None:
        self.status, self.headers, self.wait = status, headers or {}, wait
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, dict(self.headers.items()), body))
        time.sleep(self.server.wait)
        self.send_response(self.server.status)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(receiver: Receiver) -> Iterator[str]:
    threading.Thread(target=receiver.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{receiver.server_address[1]}"
    finally:
        receiver.shutdown()
        receiver.server_close()


def options(url: str, **settings: object) -> WebhookOptions:
    return WebhookOptions(url, KEY, **{"may_connect": lambda _: True, **settings})  # type: ignore[arg-type]


def test_what_arrives_is_verified_by_the_standards_own_library() -> None:
    with serving(receiver := Receiver()) as url:
        post(BODY, "@desk", options(f"{url}/in?token=s3cret"), datetime.now(UTC))
    (path, headers, body) = receiver.got[0]
    assert path == "/in?token=s3cret"
    assert headers["Content-Type"] == "application/json"
    assert headers["webhook-id"] == "msg_1"
    assert Webhook(SECRET).verify(body, headers)["data"]["title"] == "Діти вдома"
    with pytest.raises(Exception, match="No matching signature"):
        Webhook(SECRET).verify(body.replace(b"msg_1", b"msg_2"), headers)


def test_every_attempt_has_the_same_id_and_its_own_time() -> None:
    with serving(receiver := Receiver()) as url:
        for minute in (1, 2):
            post(BODY, "@desk", options(url), datetime(2026, 3, 1, 12, minute, tzinfo=UTC))
    first, second = (headers for _, headers, _ in receiver.got)
    assert first["webhook-id"] == second["webhook-id"]
    assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 60
    assert first["webhook-signature"] != second["webhook-signature"]


def test_an_id_holds_no_full_stop() -> None:
    assert "." not in webhook_id("<tidings.1.abc@example.org>")
    assert webhook_id("<a@x>") != webhook_id("<b@x>")


@pytest.mark.parametrize(
    ("status", "headers", "kind", "rest"),
    [
        (410, {}, RecipientGoneError, None),
        (400, {}, PermanentDeliveryError, None),
        (404, {}, PermanentDeliveryError, None),
        (401, {}, TemporaryDeliveryError, None),
        (307, {"Location": "http://127.0.0.1:1/"}, TemporaryDeliveryError, None),
        (429, {"Retry-After": "120"}, TemporaryDeliveryError, 120.0),
        (503, {"Retry-After": "Sun, 01 Mar 2026 12:10:00 GMT"}, TemporaryDeliveryError, 600.0),
        (503, {"Retry-After": "999999999999"}, TemporaryDeliveryError, 4 * 3600.0),
        (503, {"Retry-After": "soon"}, TemporaryDeliveryError, None),
        (500, {}, TemporaryDeliveryError, None),
    ],
)
def test_answers_are_sorted(
    status: int, headers: dict[str, str], kind: type[DeliveryError], rest: float | None
) -> None:
    with serving(receiver := Receiver(status, headers)) as url, pytest.raises(DeliveryError) as told:
        post(BODY, "@desk", options(f"{url}/s3cret"), datetime(2026, 3, 1, 12, tzinfo=UTC))
    assert type(told.value) is kind
    assert getattr(told.value, "retry_after", None) == rest
    assert "s3cret" not in str(told.value)
    assert len(receiver.got) == 1


def test_a_private_address_is_not_asked() -> None:
    with serving(receiver := Receiver()) as url, pytest.raises(TemporaryDeliveryError, match="private network"):
        post(BODY, "@desk", options(url, may_connect=lambda _: False), datetime.now(UTC))
    assert receiver.got == []


def test_a_receiver_that_hangs_is_left() -> None:
    begun = time.monotonic()
    with serving(Receiver(wait=1.5)) as url, pytest.raises(TemporaryDeliveryError, match=r"did not finish|no answer"):
        post(BODY, "@desk", options(url, timeout=0.2, deadline=0.3), datetime.now(UTC))
    assert time.monotonic() - begun < 5


def test_nobody_there_is_told_without_the_address() -> None:
    with pytest.raises(TemporaryDeliveryError, match="cannot be reached") as told:
        post(BODY, "@desk", options("http://127.0.0.1:1/s3cret"), datetime.now(UTC))
    assert "s3cret" not in str(told.value)
    assert "s3cret" not in repr(options("http://x/s3cret"))


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    certificates = make_certificates(tmp_path)
    receiver = Receiver()
    receiver.socket = certificates.good.wrap_socket(receiver.socket, server_side=True)
    with serving(receiver) as url:
        there = url.replace("http://127.0.0.1", "https://localhost")
        with pytest.raises(TemporaryDeliveryError, match="certificate is not right"):
            post(BODY, "@desk", options(there, context=ssl.create_default_context()), datetime.now(UTC))
        post(
            BODY,
            "@desk",
            options(there, context=ssl.create_default_context(cafile=str(certificates.authority))),
            datetime.now(UTC),
        )
    assert len(receiver.got) == 1

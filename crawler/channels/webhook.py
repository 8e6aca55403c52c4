"""A signed webhook (Standard Webhooks 1.0.0, https://www.standardwebhooks.com): JSON by POST to one address, blocking.

The receiver can tell by ``webhook-signature`` that we wrote it, and by ``webhook-id``, the same at every attempt, that
it has it already. Nothing is followed: the address was written by a person, and a redirect would take what is signed,
and what stands in the address, somewhere else. No sentence repeats the address, which is often a secret.
"""

from __future__ import annotations

import base64
import email.utils
import hashlib
import hmac
import http.client
import json
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

from crawler.channels.base import Send
from crawler.channels.connection import Deadline, connect
from crawler.errors import DeliveryError, PermanentDeliveryError, RecipientGoneError, TemporaryDeliveryError

_TAKEN, _MOVED = 2, 3
_GONE = 410
_PERMANENT = frozenset({400, 404, 405, 411, 413, 415, 422, 501})
"""What the same bytes would meet again; 401 and 403 can be mended by whoever keeps the receiver."""
_MOST_READ = 4096
_LONGEST_REST = 4 * 3600.0


@dataclass(frozen=True, slots=True)
class WebhookOptions:
    """Where to, signed with what; neither shows in its repr."""

    url: str = field(repr=False)
    key: bytes = field(repr=False)
    may_connect: Callable[[str], bool] = lambda _address: False
    """Whether a numeric address may be connected to."""
    agent: str = "Tidings"
    timeout: float = 15.0
    """Seconds for one step; Standard Webhooks recommends 15 to 30 for the answer."""
    deadline: float = 20.0
    """Seconds for the whole request, the look-up of the host's name included."""
    context: ssl.SSLContext | None = field(default=None, repr=False)
    """Whom to trust; the system's authorities without."""


def open_webhook(options: WebhookOptions, clock: Callable[[], datetime]) -> Send:
    """The channel that posts to ``options.url``."""
    return lambda message, recipient: post(message, recipient, options, clock())


def webhook_id(message_id: str) -> str:
    """The one ``webhook-id`` of an alert, made of its Message-ID; without the full stop that divides what is signed."""
    return f"msg_{hashlib.sha256(message_id.encode()).hexdigest()[:32]}"


def signature(key: bytes, identity: str, stamp: int, body: bytes) -> str:
    """The value of ``webhook-signature``: HMAC-SHA256 over id, time and body."""
    signed = hmac.digest(key, f"{identity}.{stamp}.".encode() + body, "sha256")
    return f"v1,{base64.b64encode(signed).decode('ascii')}"


def post(message: bytes, recipient: str, options: WebhookOptions, now: datetime) -> None:
    """Post ``message``, a JSON document whose ``data.id`` is its ``webhook-id``. Blocks.

    Raises:
        RecipientGoneError: the receiver said 410: it wants nothing more.
        PermanentDeliveryError: the receiver will never take this document.
        TemporaryDeliveryError: nobody answered, or "not now"; ``retry_after`` has the seconds that it asked for.
    """
    if "data" not in json.loads(message):
        raise PermanentDeliveryError(recipient, "it was written for another kind of way, which this one was")
    with Deadline(options.deadline) as deadline:
        try:
            _judge(*_exchange(message, options, deadline, now), recipient, now)
        except DeliveryError:
            raise
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise TemporaryDeliveryError(recipient, _told(error, options, expired=deadline.expired)) from None


def _exchange(message: bytes, options: WebhookOptions, deadline: Deadline, now: datetime) -> tuple[int, str]:
    """(status, Retry-After) of the answer."""
    parts = urlsplit(options.url)
    secure, host = parts.scheme.lower() == "https", parts.hostname or ""
    port = parts.port or (443 if secure else 80)
    connection = connect(host, port, deadline, options.timeout, may=options.may_connect)
    try:
        if secure:
            context = options.context or ssl.create_default_context()
            connection = context.wrap_socket(connection, server_hostname=host)
        session = http.client.HTTPConnection(host, port, timeout=options.timeout)
        session.sock = connection
        session.putrequest("POST", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), skip_host=True)
        for name, value in _headers(message, parts.netloc, options, now):
            session.putheader(name, value)
        session.endheaders(message)
        with session.getresponse() as answer:
            answer.read(_MOST_READ)
            return answer.status, answer.headers.get("Retry-After", "")
    finally:
        connection.close()


def _headers(message: bytes, host: str, options: WebhookOptions, now: datetime) -> list[tuple[str, str]]:
    identity, stamp = str(json.loads(message)["data"]["id"]), int(now.timestamp())
    return [
        ("Host", host),
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(message))),
        ("User-Agent", options.agent),
        ("Connection", "close"),
        ("webhook-id", identity),
        ("webhook-timestamp", str(stamp)),
        ("webhook-signature", signature(options.key, identity, stamp, message)),
    ]


def _judge(status: int, retry_after: str, recipient: str, now: datetime) -> None:
    kind = status // 100
    if kind == _TAKEN:
        return
    if status == _GONE:
        raise RecipientGoneError(recipient, "the receiver wants nothing more (HTTP 410)")
    if status in _PERMANENT:
        raise PermanentDeliveryError(recipient, f"the receiver refuses the document (HTTP {status})")
    if kind == _MOVED:
        raise TemporaryDeliveryError(
            recipient, f"the receiver has moved (HTTP {status}), and no redirect is followed; write its new address"
        )
    raise TemporaryDeliveryError(
        recipient, f"the receiver does not take it now (HTTP {status})", retry_after=_seconds(retry_after, now)
    )


def _seconds(retry_after: str, now: datetime) -> float | None:
    """Seconds that Retry-After asks for (RFC 9110 §10.2.3), at most four hours; ``None`` when it says nothing."""
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), _LONGEST_REST)
    try:
        when = email.utils.parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    seconds = (when.replace(tzinfo=when.tzinfo or UTC) - now).total_seconds()
    return min(max(seconds, 0.0), _LONGEST_REST)


def _told(error: Exception, options: WebhookOptions, *, expired: bool) -> str:
    match error:
        case _ if expired:
            return f"the receiver did not finish within {options.deadline:g} s"
        case TimeoutError():
            return f"the receiver gave no answer within {options.timeout:g} s"
        case PermissionError():
            return "the receiver is in a private network, or not asked by https; see [crawl].allow_networks"
        case ssl.SSLCertVerificationError():
            return f"the receiver's certificate is not right: {error.verify_message}"
        case OSError() if error.strerror:
            return f"the receiver cannot be reached: {error.strerror}"
    return f"the receiver's answer cannot be read ({type(error).__name__})"

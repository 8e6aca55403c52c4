"""Which way an alert goes: by mail, or by one of the ``[[ways]]`` when its recipient is ``@name``."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from crawler import __version__
from crawler.addresses import may_connect
from crawler.alerts import Pages, compose
from crawler.alerts.document import document
from crawler.alerts.message import message
from crawler.alerts.replies import Replies
from crawler.channels import Send, dkim
from crawler.channels.apprise import AppriseOptions, open_apprise
from crawler.channels.webhook import WebhookOptions, open_webhook, webhook_id
from crawler.config import Config, Way, way_named
from crawler.errors import PermanentDeliveryError, RecipientGoneError, TemporaryDeliveryError
from crawler.model import Alert

_log = logging.getLogger(__name__)

_PATIENCE = 2
"""Failures of one way in a row after which a pass leaves it alone: the mail behind it shall not wait."""


class Dispatch:
    """The ways of one pass over the outbox; ``write`` and ``send`` are what ``delivery.deliver`` asks for."""

    def __init__(
        self, config: Config, mail: Send, clock: Callable[[], datetime], replies: Replies | None = None
    ) -> None:
        self._config = config
        self._mail = mail
        self._clock = clock
        self._ways = {way.name: way for way in config.ways}
        self._replies = replies
        self._signing = config.signing
        if self._signing is not None and (says := dkim.trouble(self._signing)):
            _log.warning("mails go out unsigned: %s", says)
            self._signing = None
            self._replies = replies and replace(replies, signed=False)
        self._failed: dict[str, int] = {}
        self._gone: set[str] = set()

    def write(self, alert: Alert) -> bytes:
        """The bytes that tell ``alert`` by its recipient's way.

        Raises:
            PermanentDeliveryError: they cannot be made, or the way is not in the settings any more.
        """
        name = way_named(alert.recipient)
        if name:
            if self._way(alert.recipient).is_webhook:
                return document(alert, identity=webhook_id(alert.message_id), now=self._clock())
            return message(alert, timezone=self._config.mail.timezone, version=__version__)
        mail = self._config.mail
        written = compose(
            alert,
            sender=mail.from_address,
            timezone=mail.timezone,
            now=self._clock(),
            version=__version__,
            pages=Pages.of(mail.templates),
            replies=self._replies,
        )
        return written if self._signing is None else dkim.sign(written, self._signing)

    def send(self, written: bytes, recipient: str) -> None:
        """Deliver by the recipient's way; blocks, and raises as its channel does."""
        if not way_named(recipient):
            self._mail(written, recipient)
            return
        if recipient in self._gone:
            raise PermanentDeliveryError(recipient, "wanted nothing more when it was told of the alert before")
        if self._failed.get(recipient, 0) >= _PATIENCE:
            raise TemporaryDeliveryError(recipient, "this way did not answer the alerts before this one")
        try:
            self._open(self._way(recipient))(written, recipient)
        except RecipientGoneError:
            self._gone.add(recipient)
            raise
        except TemporaryDeliveryError:
            self._failed[recipient] = self._failed.get(recipient, 0) + 1
            raise
        self._failed.pop(recipient, None)

    def _way(self, recipient: str) -> Way:
        way = self._ways.get(way_named(recipient))
        if way is None:
            raise PermanentDeliveryError(recipient, "is none of the [[ways]] in settings.toml any more")
        return way

    def _open(self, way: Way) -> Send:
        if not way.is_webhook:
            return open_apprise(AppriseOptions(way.url))
        options = WebhookOptions(way.url, way.key, self._guard(way.url), f"Tidings/{__version__}")
        return open_webhook(options, self._clock)

    def _guard(self, url: str) -> Callable[[str], bool]:
        """Public addresses by https alone; those that the settings allow by http too."""
        allowed = self._config.crawl.allow_networks
        if url.lower().startswith("https://"):
            return lambda address: may_connect(address, allowed)
        return lambda address: may_connect(address, allowed) and not may_connect(address)

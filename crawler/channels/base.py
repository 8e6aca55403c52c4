"""What every way out has in common: the settings it reads, the call it answers, the way it says "nobody there"."""

from __future__ import annotations

from collections.abc import Callable
from email.utils import parseaddr
from pathlib import Path
from typing import Protocol

from crawler.errors import TemporaryDeliveryError

Send = Callable[[bytes, str], None]
"""Delivers a finished mail to one recipient, blocking; raises TemporaryDeliveryError or PermanentDeliveryError."""


class ServerUnreachableError(TemporaryDeliveryError):
    """The way out itself is shut (no connection, no TLS, no login), so every other mail would meet the same."""


class SmtpServer(Protocol):
    """Where mail is handed in, as ``[mail].smtp`` says."""

    @property
    def security(self) -> str:
        """``plain``, ``starttls`` or ``tls``."""

    @property
    def host(self) -> str:
        """Name or address."""

    @property
    def port(self) -> int:
        """1…65535."""

    @property
    def user(self) -> str:
        """Empty for no login."""


class Secret(Protocol):
    """A text that shows itself only when asked, such as pydantic's ``SecretStr``."""

    def get_secret_value(self) -> str:
        """The text itself."""


class MailSettings(Protocol):
    """The part of ``[mail]`` that the channels read."""

    @property
    def from_address(self) -> str:
        """``Name <address>`` or a bare address."""

    @property
    def smtp(self) -> SmtpServer | None:
        """``None`` sends mail into the Maildir."""

    @property
    def password(self) -> Secret | str | None:
        """For the login at ``smtp``."""

    @property
    def token_command(self) -> str:
        """What prints an access token for the login, instead of a password; empty for none."""

    @property
    def maildir(self) -> Path:
        """A folder, made when it is missing."""


def reveal(secret: Secret | str | None) -> str:
    """The text of a secret."""
    if secret is None or isinstance(secret, str):
        return secret or ""
    return secret.get_secret_value()


def bare_address(mailbox: str) -> str:
    """``you@example.org`` of ``You <you@example.org>``, its domain in ASCII where that can be said."""
    local, at, domain = parseaddr(mailbox)[1].rpartition("@")
    try:
        return f"{local}{at}{domain if domain.isascii() else domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return f"{local}{at}{domain}"

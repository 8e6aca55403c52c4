"""Who is told: a mail address, or ``@name`` of one of the ``[[ways]]``, whose address is a secret that stands there.

The name, never the address, is what the database, the log and every command know: a webhook's or a chat's address lets
whoever reads it write there.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from pydantic import SecretStr

from crawler.config.values import parse_line, parse_mailbox, parse_secret, shown

_NAME = re.compile(r"\w[\w-]{0,63}")
_SELECTOR = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,61}[A-Za-z0-9])?")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)
_LONGEST = 4096
_LEAST_KEY, _MOST_KEY = 24, 64
"""Bytes that Standard Webhooks asks a key to have."""
_PREFIX = "whsec_"
_SHAPES = 'write the address of a webhook, "https://…", or one of Apprise, such as "ntfys://…"'


@dataclass(frozen=True, slots=True)
class Way:
    """A way out beside mail, as one of the ``[[ways]]`` names it."""

    name: str
    url: str = field(repr=False)
    """``https://…`` or ``http://…`` of a webhook, anything else of Apprise."""
    key: bytes = field(default=b"", repr=False)
    """What a webhook is signed with."""

    @property
    def is_webhook(self) -> bool:
        """Whether it is a webhook; all others are addresses of Apprise."""
        return _is_web(self.url)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """With what mails are signed (DKIM)."""

    domain: str
    """Of the sender's address: ``d=``."""
    selector: str
    """The public key stands at ``selector._domainkey.domain``."""
    pem: str = field(repr=False)
    """An RSA key."""


def parse_selector(value: object) -> str:
    """A DKIM selector: labels of a host's name."""
    text = parse_line(value)
    if not _SELECTOR.fullmatch(text):
        raise ValueError(f"{shown(text)} is no selector; write letters, digits, - and full stops")
    return text


def way_named(recipient: str) -> str:
    """The name in ``@name``; empty for a mail address."""
    return recipient[1:] if recipient.startswith("@") else ""


def parse_recipient(value: object) -> str:
    """A mail address, or ``@name``."""
    text = parse_line(value)
    if not text.startswith("@"):
        return parse_mailbox(text)
    if not _NAME.fullmatch(text[1:]):
        raise ValueError(f"{shown(text)} names no way; write @ and the name of one of the [[ways]], such as @desk")
    return text


def parse_way_name(value: object) -> str:
    """The name that topics write behind ``@``."""
    text = parse_line(value)
    if not _NAME.fullmatch(text):
        raise ValueError(f"{shown(text)} cannot be used as @name; a way's name takes letters, digits, - and _")
    return text


def parse_way_url(value: object) -> SecretStr | None:
    """The address of a way, hidden; ``None`` when empty. No sentence repeats it."""
    secret = parse_secret(value)
    text = "" if secret is None else secret.get_secret_value().strip()
    if not text:
        return None
    if not _SCHEME.fullmatch(text) or not text.isprintable() or len(text) > _LONGEST:
        raise ValueError(f"this is not the address of a way; {_SHAPES}")
    if _is_web(text) and not _names_host(text):
        raise ValueError(f"this webhook's address names no host, a user, or letters outside ASCII; {_SHAPES}")
    return SecretStr(text)


def _is_web(text: str) -> bool:
    return text.lower().startswith(("https://", "http://"))


def _names_host(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return bool(parts.hostname) and parts.port != 0 and "@" not in parts.netloc and text.isascii()
    except ValueError:
        return False


def parse_key(value: object) -> SecretStr | None:
    """A webhook's secret as Standard Webhooks writes it: ``whsec_`` and base64 of 24 to 64 bytes; hidden."""
    secret = parse_secret(value)
    if secret is not None:
        key_of(secret)
    return secret


def key_of(secret: SecretStr | None) -> bytes:
    """The bytes that a webhook is signed with.

    Raises:
        ValueError: it is no such secret.
    """
    if secret is None:
        return b""
    text = secret.get_secret_value().strip()
    try:
        key = base64.b64decode(text.removeprefix(_PREFIX) + "=" * (-len(text.removeprefix(_PREFIX)) % 4), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not text.startswith(_PREFIX) or not _LEAST_KEY <= len(key) <= _MOST_KEY:
        raise ValueError(
            "this is no secret of Standard Webhooks; write whsec_ and 24 to 64 bytes in base64, as "
            "`echo whsec_$(head -c 32 /dev/urandom | base64)` makes it"
        )
    return key

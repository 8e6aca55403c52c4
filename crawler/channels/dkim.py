"""DKIM (RFC 6376): signs a finished mail with the sender's own key, rsa-sha256, by the library dkimpy.

Most mail servers sign what is handed in to them; this is for those that do not, and for one-click unsubscribing
(RFC 8058), which asks for a signature that certainly covers its headers.
"""

from __future__ import annotations

import importlib

from crawler.config import SigningKey

SIGNED = (
    "from", "to", "subject", "date", "message-id", "in-reply-to", "references", "list-id", "list-unsubscribe",
    "list-unsubscribe-post", "auto-submitted", "mime-version", "content-type", "content-language",
)  # fmt: skip
"""What the signature covers, as far as a mail has it; RFC 8058 §4 asks for both of List-Unsubscribe."""
_ALONE = ("from", "to", "subject", "date")
"""What nobody may add a second of: signed once more than it is there (RFC 6376 §8.15)."""


class SigningError(Exception):
    """A mail cannot be signed; the text is a sentence about the key, and never holds it."""


def sign(message: bytes, key: SigningKey) -> bytes:
    """The mail with its DKIM-Signature in front.

    Raises:
        SigningError: the key is of no use, or the library is not installed.
    """
    try:
        dkim = importlib.import_module("dkim")
    except ImportError:
        raise SigningError("signing needs the library dkimpy: pip install 'tidings[dkim]'") from None
    names = [line.split(b":", 1)[0].decode("ascii", "replace").lower() for line in _header_lines(message)]
    covered = [name for name in names if name in SIGNED] + [name for name in _ALONE if name in names]
    try:
        signature: bytes = dkim.sign(
            message,
            key.selector.encode("ascii"),
            key.domain.encode("ascii"),
            key.pem.encode("ascii"),
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=[name.encode("ascii") for name in covered],
        )
    except Exception as error:  # noqa: BLE001 - it has no common ancestor for what a key may hold
        kind = type(error).__name__
        raise SigningError(f"[mail].dkim_key_file holds no RSA key in PEM that can sign ({kind})") from None
    return signature + message


def _header_lines(message: bytes) -> list[bytes]:
    head = message.split(b"\r\n\r\n", 1)[0]
    return [line for line in head.split(b"\r\n") if line[:1] not in (b" ", b"\t")]


def trouble(key: SigningKey) -> str:
    """Why nothing can be signed so; empty when all is well."""
    try:
        sign(b"From: a@x.example\r\nTo: b@x.example\r\nSubject: a trial\r\n\r\n\r\n", key)
    except SigningError as error:
        return str(error)
    return ""

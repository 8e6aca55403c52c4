"""Keys that mails are signed with, as a file and as DNS have them."""

from __future__ import annotations

import base64
from collections.abc import Callable

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa


def pem(private: rsa.RSAPrivateKey) -> str:
    """As ``openssl genrsa`` writes it."""
    return private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def public_record(private: rsa.RSAPrivateKey, asked: list[bytes] | None = None) -> Callable[..., bytes]:
    """Answers as DNS would; ``asked`` takes the names."""
    public = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )

    def look_up(name: bytes, timeout: float = 5) -> bytes:
        if asked is not None:
            asked.append(name)
        return b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)

    return look_up

"""Certificates for localhost as they should be, and as they should not."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Certificates:
    """What servers show, and the authority that clients are told to trust (``SSL_CERT_FILE``)."""

    authority: Path
    good: ssl.SSLContext
    expired: ssl.SSLContext
    other_name: ssl.SSLContext
    self_signed: ssl.SSLContext

    def by_name(self, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
        """(the one called so, the good one)."""
        found = getattr(self, name)
        assert isinstance(found, ssl.SSLContext)
        return found, self.good


def make_certificates(folder: Path) -> Certificates:
    """Write an authority and what it signed into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)
    authority = _sign("Test authority", "authority.example", key, None, key, now + _DAY)
    path = folder / "authority.pem"
    path.write_bytes(authority.public_bytes(serialization.Encoding.PEM))

    def served(name: str, host: str, until: datetime, *, by_itself: bool = False) -> ssl.SSLContext:
        own = ec.generate_private_key(ec.SECP256R1())
        signed = _sign(name, host, own, None if by_itself else authority, own if by_itself else key, until)
        file = folder / f"{name}.pem"
        private = own.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    return Certificates(
        authority=path,
        good=served("good", "localhost", now + _DAY),
        expired=served("expired", "localhost", now - _DAY),
        other_name=served("other", "mail.example", now + _DAY),
        self_signed=served("self", "localhost", now + _DAY, by_itself=True),
    )


def _sign(  # noqa: PLR0917 - what a certificate says, in its order
    name: str,
    host: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Certificate | None,
    by: ec.EllipticCurvePrivateKey,
    until: datetime,
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder(
        subject_name=subject,
        issuer_name=subject if issuer is None else issuer.subject,
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=until - 10 * _DAY,
        not_valid_after=until,
    )
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
    return builder.sign(by, hashes.SHA256())

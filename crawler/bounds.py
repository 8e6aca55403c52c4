"""What an answer may cost before anybody reads it: patience, headers, and whose certificate it may be.

Decision 0020 has what was measured. These are Scrapy's and Twisted's own classes, bounded; each says what was missing.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any

from OpenSSL.SSL import VERIFY_FAIL_IF_NO_PEER_CERT, VERIFY_PEER
from scrapy.core.downloader.handlers.http11 import _LenientHTTP11ClientProtocol
from scrapy.http import Request
from service_identity.hazmat import DNS_ID, IPAddress_ID, verify_service_identity
from service_identity.pyopenssl import extract_patterns
from twisted.internet.error import ConnectionAborted
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator
from twisted.python.failure import Failure
from twisted.web._newclient import HEADER, STATUS
from twisted.web.client import HTTPConnectionPool, _HTTP11ClientFactory
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from OpenSSL.crypto import X509
    from OpenSSL.SSL import Connection

PATIENCE = "download_timeout"
"""The key of ``Request.meta`` with the seconds that are left (Scrapy's own, set from the settings)."""
MOST_HEADERS = 256 * 1024
"""Bytes before a document begins. Twisted limits a line, not their number: a flood of them took 600 MiB."""
MOST_IDLE = 12
"""Connections of one scheme that are kept open: each is an open file, and most feeds have a host of their own."""
LEAST = 0.05
"""Seconds; Scrapy takes none at all for 10."""


class _BoundedProtocol(_LenientHTTP11ClientProtocol):
    """Scrapy's, and an answer whose headers do not end is given up."""

    _before_body = 0

    def request(self, request: Any) -> Any:  # noqa: ANN401  (Twisted's own)
        """Twisted asks on this connection: the headers are counted anew."""
        self._before_body = 0
        return super().request(request)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802  (Twisted's name)
        """Twisted brings what came."""
        if self._parser is not None and self._parser.state in (STATUS, HEADER):
            self._before_body += len(data)
            if self._before_body > MOST_HEADERS:
                # As the base class ends a connection whose answer cannot be read.
                self._giveUp(Failure(ConnectionAborted("its headers do not end")))  # type: ignore[no-untyped-call]
                return
        super().dataReceived(data)  # type: ignore[no-untyped-call]


class BoundedFactory(_HTTP11ClientFactory):
    """Makes these protocols for a pool of connections."""

    noisy = False

    def buildProtocol(self, _address: object) -> _BoundedProtocol:  # noqa: N802  (Twisted's name)
        """Twisted asks for what speaks on a new connection."""
        return _BoundedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class BoundedPool(HTTPConnectionPool):
    """Keeps at most ``MOST_IDLE`` connections for what may be asked next, whatever their hosts: the oldest goes."""

    def _putConnection(self, key: object, connection: Any) -> None:  # noqa: ANN401, N802  (Twisted's own)
        super()._putConnection(key, connection)  # type: ignore[no-untyped-call]
        while len(self._timeouts) > MOST_IDLE:
            ends = next(iter(self._timeouts.values()))
            remove, what = ends.func, ends.args
            ends.cancel()
            remove(*what)


def spend(request: Request, seconds: float) -> None:
    """Take what was waited for from the patience that a request has left, if it has any limit."""
    left = request.meta.get(PATIENCE)
    if left is not None:
        request.meta[PATIENCE] = max(left - seconds, LEAST)


@implementer(IPolicyForHTTPS)
class NamesVerified:
    """TLS as Scrapy verifies it, and a certificate that names no host is refused.

    Twisted 26.10 catches everything that goes wrong while it compares the names, logs it and then takes the
    certificate: one without any name, or with one that cannot be read, was good for every host.
    """

    def __init__(self, policy: Any) -> None:  # noqa: ANN401  (Scrapy's class has no public name)
        self._policy = policy

    def creatorForNetloc(self, hostname: bytes, port: int) -> _Creator:  # noqa: N802  (Twisted's name)
        """Twisted asks for what makes the connections to a host."""
        return _Creator(self._policy.creatorForNetloc(hostname, port), hostname.decode("ascii"))


@implementer(IOpenSSLClientConnectionCreator)
class _Creator:
    def __init__(self, creator: Any, host: str) -> None:  # noqa: ANN401
        self._creator = creator
        self._host = host

    def clientConnectionForTLS(self, protocol: Any) -> Connection:  # noqa: ANN401, N802
        connection: Connection = self._creator.clientConnectionForTLS(protocol)
        connection.set_verify(VERIFY_PEER | VERIFY_FAIL_IF_NO_PEER_CERT, self._verified)
        return connection

    def _verified(self, _connection: Connection, certificate: X509, _error: int, depth: int, ok: int) -> bool:
        """OpenSSL's verdict on each certificate of a chain; the names of the first, the server's own, are ours."""
        return bool(ok) and (depth > 0 or names_host(certificate, self._host))


def names_host(certificate: X509, host: str) -> bool:
    """Whether a certificate is for this host (RFC 9525, by service_identity); no certificate is too strange."""
    try:
        verify_service_identity(extract_patterns(certificate), [_identity(host)], [])
    except Exception:  # noqa: BLE001  (a mismatch, no names at all, or names that cannot be read: all mean no)
        return False
    return True


def _identity(host: str) -> DNS_ID | IPAddress_ID:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return DNS_ID(host.encode("idna").decode("ascii"))
    return IPAddress_ID(host)

"""The server of the hostile web: one socket for all addresses of this machine, which knows a case by its address."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import ssl
import struct
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.hostile.case import SECRET, Case, Talk, feed, item

_HELLO = 0x16
"""The first byte of a TLS handshake (RFC 8446, section 5.1)."""
_OWN = ipaddress.ip_network("127.1.0.0/16")


class Certificates:
    """An authority of our own, which the program is told to trust, and what it signs: made at run time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Harbour authority")])
        authority = self._signed(self._name, self._key, [], ca=True)
        self.authority = folder / "authority.pem"
        self.authority.write_bytes(authority.public_bytes(serialization.Encoding.PEM))

    def context(self, kind: str, address: str) -> ssl.SSLContext:
        """A server's context: ``good``, ``expired``, ``future``, ``self-signed``, ``wrong-host`` or ``nameless``."""
        key = ec.generate_private_key(ec.SECP256R1())
        names: list[x509.GeneralName] = [x509.IPAddress(ipaddress.ip_address(address)), x509.DNSName(_tls_name(kind))]
        if kind == "wrong-host":
            names = [x509.DNSName("bank.example")]
        elif kind == "nameless":
            names = []
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _tls_name(kind))])
        shift = {"expired": timedelta(days=-400), "future": timedelta(days=400)}.get(kind, timedelta())
        signed = self._signed(subject, key, names, shift=shift, by_itself=kind == "self-signed")
        path = self._folder / f"{address}.pem"
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + signed.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context

    def _signed(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        names: list[x509.GeneralName],
        *,
        ca: bool = False,
        shift: timedelta = timedelta(),
        by_itself: bool = False,
    ) -> x509.Certificate:
        now = datetime.now(UTC) + shift
        built = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject if by_itself else self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=30))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )
        if names:
            built = built.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return built.sign(key if by_itself else self._key, hashes.SHA256())


def _tls_name(kind: str) -> str:
    return f"tls-{kind}.hostile.test"


class Web:
    """All cases, healthy sources and the canary, for as long as the ``with`` block lasts."""

    def __init__(self, cases: Iterable[Case], *, healthy: int = 20) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self.certificates = Certificates(Path(self._folder.name))
        self.cases: dict[str, Case] = {}
        self.address: dict[str, str] = {}
        self.contexts: dict[str, ssl.SSLContext] = {}
        self.healthy = [f"127.1.250.{number}" for number in range(1, healthy + 1)]
        self.canary: list[str] = []
        """Connections that must not be made: where to, and what was asked there."""
        self.asked: Counter[tuple[str, str]] = Counter()
        self.tokens: list[str] = []
        """Where a login or a cookie arrived."""
        self.spans: dict[str, tuple[float, float]] = {}
        """When the first connection to an address began in this run, and when the last one ended (monotonic)."""
        self.healthy_at: dict[str, float] = {}
        """When a healthy source was asked last in this run (monotonic)."""
        for number, case in enumerate(cases):
            address = f"127.1.{number // 200}.{number % 200 + 2}"
            self.cases[address] = case
            self.address[case.name] = address
            if case.tls and case.tls not in ("plain", "hang", "reset", "garbage"):
                self.contexts[address] = self.certificates.context(case.tls, address)
        self._stopping = threading.Event()
        self._socket = socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True, backlog=512)
        self.port = int(self._socket.getsockname()[1])
        threading.Thread(target=self._listen, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._socket.close()
        self._folder.cleanup()

    def begin(self) -> None:
        """A run begins: forget the times of the last one."""
        self.spans.clear()
        self.healthy_at.clear()

    def url(self, case: Case) -> str:
        """The address of a case's source."""
        filled = case.url.replace("{host}", self.address[case.name]).replace("{port}", str(self.port))
        return filled.replace("http://", "https://", 1) if case.tls else filled

    def healthy_urls(self) -> list[str]:
        """Sources that do nothing wrong."""
        return [f"http://{address}:{self.port}/feed" for address in self.healthy]

    def _listen(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        local = connection.getsockname()[0].removeprefix("::ffff:")
        with contextlib.suppress(OSError, ValueError), connection, self._span(local):
            connection.settimeout(60)
            case = self.cases.get(local)
            if case is None and local not in self.healthy:
                self._sing(connection, local)
                return
            if case is None:
                self._well(connection, local)
                return
            if case.tls:
                secured = self._secured(connection, case, local)
                if secured is not None:
                    with secured:
                        self._hostile(secured, case, local)
                return
            self._hostile(connection, case, local)

    @contextlib.contextmanager
    def _span(self, local: str) -> Iterator[None]:
        began = time.monotonic()
        self.spans.setdefault(local, (began, began))
        try:
            yield
        finally:
            self.spans[local] = (self.spans.get(local, (began, began))[0], time.monotonic())

    def _secured(self, connection: socket.socket, case: Case, local: str) -> socket.socket | None:
        first = connection.recv(1, socket.MSG_PEEK)
        if case.tls == "hang":
            connection.recv(65536)
            self._stopping.wait(60)
            return None
        if case.tls == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return None
        if case.tls == "garbage":
            connection.recv(65536)
            connection.sendall(b"\x16\x03\x03\x40\x00" + b"\xff" * 16384)
            return None
        if case.tls == "plain":
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
            return None
        if first != bytes([_HELLO]):
            return None
        return self.contexts[local].wrap_socket(connection, server_side=True)

    def _sing(self, connection: socket.socket, local: str) -> None:
        """Somebody is where nobody may be."""
        connection.settimeout(0.2)
        asked = b""
        with contextlib.suppress(OSError):
            asked = connection.recv(400)
        self.canary.append(f"{local}: {asked[:80]!r}")
        body = feed(item(666, title=SECRET)).encode()
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    def _well(self, connection: socket.socket, local: str) -> None:
        talk = self._read(connection, local, tls=False)
        if talk is None or talk.path != "/feed":
            connection.sendall(b"HTTP/1.1 404 None\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        self.healthy_at[local] = time.monotonic()
        number = int(local.rpartition(".")[2])
        talk.answer(feed(item(talk.nth * 1000 + number, title=f"Harbour {number} opens for the {talk.nth}. time")))

    def _hostile(self, connection: socket.socket, case: Case, local: str) -> None:
        talk = self._read(connection, local, tls=bool(case.tls))
        if talk is None:
            return
        answer = case.paths.get(talk.path) or case.paths.get("*")
        if answer is None:
            talk.answer(status=404)
        else:
            answer(talk)
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_WR)
            connection.settimeout(2)
            while connection.recv(65536):
                pass

    def _read(self, connection: socket.socket, local: str, *, tls: bool) -> Talk | None:
        data = b""
        while b"\r\n\r\n" not in data and len(data) < 65536:
            more = connection.recv(65536)
            if not more:
                return None
            data += more
        first, *lines = data.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
        method, path, _ = (*first.split(" "), "", "")[:3]
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        path = path.partition("?")[0]
        self.asked[local, path] += 1
        base = f"http{'s' if tls else ''}://{local}:{self.port}"
        if "authorization" in headers or "cookie" in headers:
            self.tokens.append(f"{local}{path}")
        return Talk(connection, method, path, headers, base, self.port, self.asked[local, path])

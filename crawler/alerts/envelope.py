"""A mail's bytes: headers folded by us, bodies encoded by us, and the result read again before anybody gets it.

``email.message.EmailMessage`` is not used to write. It drops blanks between encoded words (405 of 3000 mixed Cyrillic
subjects on Python 3.11; CPython issues 92081 and 144156), and before 3.11.10 a title such as
``=?utf-8?q?x=0D=0ABcc:…?=`` becomes a header of its own (CVE-2024-6923).
"""

from __future__ import annotations

import base64
import email
import hashlib
import quopri
import re
from dataclasses import dataclass
from email.errors import HeaderParseError, MessageError
from email.header import Header, decode_header, make_header
from email.message import Message
from email.policy import default

from crawler.alerts.lines import clean_line
from crawler.errors import PermanentDeliveryError

_LINE = 76
"""RFC 2047 §2: an encoded word's line has at most 76 characters."""
_PART_HEADERS = ("Content-Type", "Content-Transfer-Encoding")
# RFC 5321 §2.3.8 and §4.5.3.1.6: CR and LF only as a pair, no NUL, at most 998 octets a line. A bare one is where
# servers have differed on where a mail ends ("SMTP smuggling", 2023).
_BROKEN_LINE = re.compile(rb"\r(?!\n)|(?<!\r)\n|\0|[^\r\n]{999}")
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\\\"@]+@(?:[^\s<>()\[\],;:\\\"@]+|\[[0-9A-Fa-f:.]+\])")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")


@dataclass(frozen=True, slots=True)
class Part:
    """One alternative of the body."""

    subtype: str
    text: str


def mailbox(text: str, recipient: str) -> tuple[str, str]:
    """(display name, address) of exactly one mailbox.

    Raises:
        PermanentDeliveryError: ``text`` is not one mailbox; told for ``recipient``.
    """
    # Not email.utils.getaddresses: what it takes differs between Python 3.11 and 3.13.
    try:
        found = [(each.display_name, each.addr_spec) for each in default.header_factory("to", text).addresses]
    except (ValueError, IndexError, HeaderParseError):
        found = []
    if len(found) != 1 or not _ADDRESS.fullmatch(found[0][1]) or not text.isprintable():
        raise PermanentDeliveryError(
            recipient, f"{text!r} is not one mail address; write name@example.org or Name <name@example.org>"
        )
    local, _, domain = found[0][1].rpartition("@")
    try:
        # A domain in other letters has an ASCII form that every server knows (RFC 5891); a local part has none.
        ascii_domain = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise PermanentDeliveryError(recipient, f"{domain!r} is not a mail domain: {error}") from error
    return clean_line(found[0][0], 100), f"{local}@{ascii_domain}"


def mailbox_header(header: str, name: str, address: str) -> str:
    """``Name <address>`` ready for the wire; all of it as UTF-8 where the address is not ASCII (RFC 6532)."""
    if name and not address.isascii():
        return f'"{_escaped(name)}" <{address}>'
    return f"{phrase(header, name)} <{address}>" if name else address


def phrase(header: str, text: str) -> str:
    """A display name ready for the wire: bare, quoted or as encoded words (RFC 5322 §3.2.5, RFC 2047 §5)."""
    if not text.isascii():
        return folded(header, text)
    return text if _ATOMS.fullmatch(text) else f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    return re.sub(r'(["\\])', r"\\\1", text)


def folded(header: str, text: str) -> str:
    """``text`` ready for the wire, as encoded words where it is not ASCII, in lines of at most 76 characters."""
    # A word that is longer than a line would leave the first one blank, which no reader takes for the same text.
    room = _LINE - len(header) - len(": ")
    bare = text.isascii() and all(len(word) <= room for word in text.split(" "))
    charset = "us-ascii" if bare else "utf-8"
    return Header(text, charset, maxlinelen=_LINE, header_name=header).encode(linesep="\r\n")


def assemble(headers: list[tuple[str, str]], parts: list[Part]) -> bytes:
    """A multipart/alternative message (RFC 2046 §5.1.4) with CRLF line ends; ``headers`` are ready for the wire."""
    encoded = [_encode(part) for part in parts]
    # Derived, so that the same alert always makes the same bytes; base64 and quoted-printable cannot hold "=_".
    boundary = "=_" + hashlib.sha256(b"\0".join(encoded)).hexdigest()[:32]
    lines = [f"{name}: {value}" for name, value in headers]
    lines += ["MIME-Version: 1.0", "Content-Type: multipart/alternative;", f' boundary="{boundary}"', "", ""]
    out = "\r\n".join(lines).encode("utf-8")
    for body in encoded:
        out += b"--" + boundary.encode() + b"\r\n" + body
    return out + b"--" + boundary.encode() + b"--\r\n"


def check(message: bytes, headers: list[tuple[str, str]], parts: list[Part], recipient: str) -> None:
    """Read ``message`` as a mail program would; ``headers`` here are the texts that people are to see.

    Raises:
        PermanentDeliveryError: what would go out is not what was written.
    """
    try:
        parsed = email.message_from_bytes(message)
        seen = [(name, _decoded(value)) for name, value in parsed.raw_items()]
        found = [(_shape(part), _body(part)) for part in parsed.get_payload()] if parsed.is_multipart() else []
    except (MessageError, ValueError, LookupError, AttributeError) as error:
        raise PermanentDeliveryError(recipient, f"the mail that was put together cannot be read: {error}") from error
    names = [name for name, _ in headers]
    if [name for name, _ in seen] != [*names, "MIME-Version", "Content-Type"]:
        raise PermanentDeliveryError(recipient, "the mail that was put together has other headers than were set")
    for (name, wanted), (_, got) in zip(headers, seen, strict=False):
        if wanted != got:
            raise PermanentDeliveryError(recipient, f"the mail's {name} reads {got!r} and should read {wanted!r}")
    written = [([f"text/{part.subtype}", *_PART_HEADERS], part.text.replace("\n", "\r\n")) for part in parts]
    if found != written or parsed.get_content_type() != "multipart/alternative" or parsed.preamble or parsed.epilogue:
        raise PermanentDeliveryError(recipient, "the mail that was put together has another text than was written")
    if _BROKEN_LINE.search(message):
        raise PermanentDeliveryError(recipient, "the mail that was put together has a line that no server may carry")


def _encode(part: Part) -> bytes:
    """Headers and body of a part, in the shorter of the two encodings that every relay carries (RFC 2045 §6)."""
    raw = part.text.replace("\n", "\r\n").encode("utf-8")
    quoted = quopri.encodestring(part.text.encode("utf-8")).replace(b"\n", b"\r\n")
    based = base64.encodebytes(raw).replace(b"\n", b"\r\n")
    name, body = ("quoted-printable", quoted) if len(quoted) <= len(based) else ("base64", based)
    head = f"Content-Type: text/{part.subtype}; charset=utf-8\r\nContent-Transfer-Encoding: {name}\r\n\r\n"
    return head.encode() + body + b"\r\n"


def _decoded(value: str) -> str:
    line = re.sub(r"\r?\n(?=[ \t])", "", value)
    if not line.isascii():  # an address outside ASCII stands in the mail as UTF-8 (RFC 6532)
        return line.encode("ascii", "surrogateescape").decode("utf-8")
    return str(make_header(decode_header(line)))


def _shape(part: Message | str) -> list[str]:
    return [part.get_content_type(), *part.keys()] if isinstance(part, Message) else []


def _body(part: Message | str) -> str:
    payload = part.get_payload(decode=True) if isinstance(part, Message) else None
    if not isinstance(payload, bytes):
        raise ValueError("a part holds no text")  # noqa: TRY004
    return payload.decode("utf-8")

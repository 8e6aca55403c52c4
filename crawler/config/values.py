"""The values of settings that have a shape of their own: addresses, networks, mail servers, times.

Every function takes what stands in the settings and returns what the code uses, or raises ``ValueError`` with a
sentence that says what stands there and what may stand there. No sentence repeats a password.
"""

from __future__ import annotations

import ipaddress
import json
import re
import warnings
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.headerregistry import AddressHeader, BaseHeader
from email.policy import default as mail_policy
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, unquote, urlsplit
from zoneinfo import ZoneInfo

from pydantic import SecretStr
from tzlocal import get_localzone

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_USER = re.compile(r"[^/]*@")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_SECURITY: dict[str, tuple[Literal["plain", "starttls", "tls"], int]] = {
    "smtp": ("plain", 25),
    "smtp+starttls": ("starttls", 587),
    "smtps": ("tls", 465),
}
_IMAP_SECURITY: dict[str, tuple[Literal["plain", "starttls", "tls"], int]] = {
    "imap": ("plain", 143),
    "imap+starttls": ("starttls", 143),
    "imaps": ("tls", 993),
}
_IMAP_SHAPES = (
    'write "imaps://user@host", "imaps://user@host:993/Folder" or "imap+starttls://user@host:143"; "imap://" only for '
    "this machine; the password goes into password_file or TIDINGS_ANSWERS__PASSWORD"
)
_LISTEN_SHAPES = 'write "127.0.0.1:9464", another address and port of this machine alone, or "" for none'
_SMTP_SHAPES = (
    'write "smtp://host:25" (no encryption), "smtps://user@host:465" or "smtp+starttls://user@host:587"; '
    "the password goes into password_file or TIDINGS_MAIL__PASSWORD"
)
_LONGEST_URL = 4096  # Scrapy's URLLENGTH_LIMIT in crawler/settings.py: longer ones are dropped without a word
_LONGEST_ADDRESS = 254  # RFC 5321 4.5.3.1.3, less the angle brackets


def shown(value: object, longest: int = 60) -> str:
    """A value as it could stand in the file, cut to ``longest`` characters."""
    if isinstance(value, (str, bool, int, float, list, dict)):
        text = json.dumps(value, ensure_ascii=False, default=str)
    else:
        text = str(value)
    return text if len(text) <= longest else f"{text[:longest]}…"


def parse_line(value: object) -> str:
    """One line of text without blanks around it."""
    if not isinstance(value, str):
        raise ValueError(f"{shown(value)} is not text; put it in quotes")  # noqa: TRY004 - pydantic collects these
    if _CONTROL.search(value.strip()):
        raise ValueError(f"{shown(value)} holds a line break or another control character; write it on one line")
    return value.strip()


def in_home(text: str) -> Path:
    """A path with its ``~`` or ``~name`` replaced by that home folder; as it is written where nobody has one."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        return Path(text)


def parse_name(value: object) -> str:
    """One line of text that is not empty."""
    text = parse_line(value)
    if not text:
        raise ValueError("this is empty; write something to tell it by")
    return text


def parse_language(value: object) -> str:
    """A language tag of BCP 47, or empty for "find out"."""
    text = parse_line(value)
    if text and not _LANGUAGE.fullmatch(text):
        raise ValueError(f'{shown(text)} is not a language code; write one such as "en", "uk", "ru" or "pt-BR"')
    return text


def parse_url(value: object) -> str:
    """The address of a source: http or https, with a host, without a user name or password."""
    text = parse_line(value)
    hint = 'write the whole address, such as "https://example.org/rss"'
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:  # its text may repeat a password
        raise ValueError(f"this is not an address that can be fetched; {hint}") from None
    if parts.username is not None or parts.password is not None:
        raise ValueError(
            f"a user name or password may not stand in the address of {host}; leave out what stands before @"
        )
    if parts.scheme.lower() not in {"http", "https"}:
        raise ValueError(f"{shown(_USER.sub('…@', text))} does not begin with http:// or https://; {hint}")
    if not host or port == 0:
        raise ValueError(f"{shown(text)} names no host; {hint}")
    if len(text) > _LONGEST_URL:
        raise ValueError(f"{shown(text)} has {len(text)} characters; an address may have {_LONGEST_URL}")
    if re.search(r'[\s<>"\\]', text):
        raise ValueError(f"{shown(text)} holds a blank or another character that no address has; {hint}")
    return text


def parse_mailbox(value: object) -> str:
    """One mail address, with or without a name: ``Name <user@host>`` (RFC 5322 3.4)."""
    text = parse_line(value)
    hint = 'write one address, such as "you@example.org" or "Your Name <you@example.org>"'
    try:
        header = mail_policy.header_factory("to", text)
    except (HeaderParseError, IndexError, ValueError, AttributeError, TypeError):
        raise ValueError(f"{shown(text)} is not a mail address; {hint}") from None
    if (
        not isinstance(header, AddressHeader)
        or not isinstance(header, BaseHeader)
        or len(header.addresses) != 1
        or header.groups[0].display_name is not None
    ):
        raise ValueError(f"{shown(text)} is not one mail address; {hint}")
    address = header.addresses[0]
    if not address.addr_spec.isascii():
        raise ValueError(f"{shown(text)} has letters other than a-z in the address; {hint} (a domain as xn--…)")
    # As crawler.alerts.envelope takes it: what is let in here and refused there would fail every alert.
    strange = header.defects or not text.isprintable() or '"' in address.addr_spec
    if strange or not address.username or not address.domain or len(address.addr_spec) > _LONGEST_ADDRESS:
        raise ValueError(f"{shown(text)} is not a mail address; {hint}")
    return text


def parse_network(value: object) -> Network:
    """A network in CIDR notation, or one address."""
    text = parse_line(value)
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        pass
    try:
        meant = ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise ValueError(
            f'{shown(text)} is not a network; write one such as "127.0.0.0/8", "192.168.0.0/16" or "fd00::/8"'
        ) from None
    raise ValueError(f'{shown(text)} names one address inside a network; the network is "{meant}"')


@dataclass(frozen=True, slots=True)
class SmtpUrl:
    """A mail server, as ``[mail].smtp`` names it."""

    security: Literal["plain", "starttls", "tls"]
    host: str
    port: int
    user: str = ""


@dataclass(frozen=True, slots=True)
class ImapUrl:
    """A mailbox on a server, as ``[answers].imap`` names it."""

    security: Literal["plain", "starttls", "tls"]
    host: str
    port: int
    user: str
    folder: str = "INBOX"


@dataclass(frozen=True, slots=True)
class Listen:
    """Where the service answers, as ``[service].listen`` names it: an address of this machine alone, and a port."""

    host: str
    port: int


def parse_listen(value: object) -> Listen | None:
    """An address of this machine and a port; ``None`` for the empty text, which means that nothing listens."""
    text = parse_line(value)
    if not text:
        return None
    host, colon, number = text.rpartition(":")
    if not colon or not re.fullmatch(r"[0-9]{1,5}", number) or not 0 < int(number) < 2**16:
        raise ValueError(f"{shown(text)} is not an address and a port; {_LISTEN_SHAPES}")
    name = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    try:
        is_own = name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        raise ValueError(f"{shown(text)} is not an address and a port; {_LISTEN_SHAPES}") from None
    if not is_own:
        raise ValueError(
            f"{shown(text)} could be reached from other machines, and what answers there asks for no password; "
            f"{_LISTEN_SHAPES}, and put a web server (a reverse proxy) with a password before it"
        )
    return Listen(name, int(number))


def parse_address(value: object) -> str:
    """How browsers reach the endpoint: http or https, a host and perhaps a port and path; empty for not at all."""
    text = parse_line(value)
    if not text:
        return ""
    url = parse_url(text)
    parts = urlsplit(url)
    if parts.query or parts.fragment or not url.isascii():
        raise ValueError(f'{shown(text)} says more than a host and a path; write one such as "https://reports.example"')
    return url.rstrip("/")


def parse_smtp(value: object) -> SmtpUrl | None:
    """A mail server's address; ``None`` for the empty text, which means that mail goes to the Maildir."""
    text = parse_line(value)
    if not text:
        return None
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError(f"this is not a mail server's address; {_SMTP_SHAPES}") from None
    if parts.password is not None:
        raise ValueError(f"a password may not stand in the address of the mail server; {_SMTP_SHAPES}")
    if parts.scheme not in _SECURITY or not host:
        raise ValueError(f"{shown(_USER.sub('…@', text))} is not a mail server's address; {_SMTP_SHAPES}")
    if _has_more(parts) or port == 0:
        raise ValueError(f"{shown(text)} says more than server, port and user; {_SMTP_SHAPES}")
    security, usual = _SECURITY[parts.scheme]
    return SmtpUrl(security, host, port or usual, unquote(parts.username or ""))


def parse_imap(value: object) -> ImapUrl | None:
    """A mailbox's address (after RFC 5092); ``None`` for the empty text, which means that there is none."""
    text = parse_line(value)
    if not text:
        return None
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError(f"this is not a mailbox's address; {_IMAP_SHAPES}") from None
    if parts.password is not None:
        raise ValueError(f"a password may not stand in the address of the mailbox; {_IMAP_SHAPES}")
    if parts.scheme not in _IMAP_SECURITY or not host or not parts.username or port == 0:
        raise ValueError(f"{shown(_USER.sub('…@', text))} is not a mailbox's address with its user; {_IMAP_SHAPES}")
    security, usual = _IMAP_SECURITY[parts.scheme]
    here = host in {"localhost", "::1"} or host.startswith("127.")
    folder = unquote(parts.path.strip("/")) or "INBOX"
    if parts.query or parts.fragment or " " in parts.netloc or not (folder.isascii() and folder.isprintable()):
        raise ValueError(f"{shown(text)} says more than server, port, user and a folder in ASCII; {_IMAP_SHAPES}")
    if security == "plain" and not here:
        raise ValueError(f"the password would cross the network to {host} readable; {_IMAP_SHAPES}")
    return ImapUrl(security, host, port or usual, unquote(parts.username), folder)


def parse_answer_address(value: object) -> str:
    """The bare address that answers are sent to; empty for none."""
    text = parse_line(value)
    if not text:
        return ""
    address = parse_mailbox(text)
    if not re.fullmatch(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+", address):
        raise ValueError(f'{shown(text)} is not a bare address; write one such as "tidings@example.org"')
    return address


def _has_more(parts: SplitResult) -> bool:
    return parts.path not in {"", "/"} or bool(parts.query or parts.fragment) or " " in parts.netloc


def parse_secret(value: object) -> SecretStr | None:
    """A secret, hidden from ``repr`` and ``str``; ``None`` when empty."""
    if not isinstance(value, str):
        raise ValueError("what stands here is not text; put it in quotes")  # noqa: TRY004 - pydantic collects these
    return SecretStr(value) if value else None


def parse_timezone(value: object) -> ZoneInfo:
    """A time zone of the IANA database; the empty text means the system's."""
    text = parse_line(value)
    if not text:
        return local_timezone()
    try:
        return ZoneInfo(text)
    except (ValueError, OSError, LookupError):  # unknown keys, paths that lead out, folders of the database
        raise ValueError(
            f'{shown(text)} is not a time zone; write one such as "Europe/Kyiv" or "UTC", or "" for the system\'s'
        ) from None


def local_timezone() -> ZoneInfo:
    """The system's time zone; UTC where the system does not tell."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # tzlocal warns where it has to guess
        try:
            return get_localzone()
        except (ValueError, OSError, LookupError):
            return ZoneInfo("UTC")

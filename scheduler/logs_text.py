"""What may stand in a log line: nothing that steers a terminal or makes a line of its own, and no secret.

The last line of defence, applied to whole records when they are written: whoever made the text (a feed's title, a
server's answer, a traceback of ours) and whoever logged it (Tidings, Scrapy, Twisted).
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable
from urllib.parse import parse_qsl, quote, quote_plus, urlsplit

HIDDEN = "…"
"""What stands in a secret's place."""
_LEAST_SECRET = 4
"""Characters below which a secret is not looked for by itself: "abc" stands in too many words."""

# Controls, every kind of line break, what turns the direction of text (UAX #9) or cannot be seen, halves of letters.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)
_USERINFO = re.compile(r"(?<=://)[^\s/?#\"'<>]+@")
# Twisted quotes a host that it cannot ask with what stands before it.
_LOGIN_AT_HOST = re.compile(
    r"(?i)(?<![\w/])(?!(?:mailto|acct|xmpp|sip):)[^\s/:@\"'<>()\[\]{}]{1,100}:[^\s/@\"'<>]+@(?=[\w\[])"
)
_WORD = r"token|secret|passwd|password|passphrase|pwd|signature|apikey|credentials?|authorization|jwt|sessionid"
_PARAMETER = re.compile(
    rf"(?i)\b((?:[\w.-]{{0,40}}?(?:{_WORD})|(?:[\w.-]{{0,40}}[_.-])?(?:key|pass|auth|sig|session|sid))=)[^&#;\s\"'<>]+"
)
_NAMED = re.compile(rf"(?i)(?:.*(?:{_WORD})|(?:.*[_.-])?(?:key|pass|auth|sig|session|sid))")
_HEADER = re.compile(
    r"(?i)\b((?:proxy-)?authorization|(?:set-)?cookie|x-api-key|x-auth-token)(['\"]?\s*[:=,]\s*\[?\s*(?:b?['\"])?)"
    r"[^\r\n'\"\]]+"
)
_LOGIN = re.compile(r"(?i)\b(AUTH\s+(?:PLAIN|LOGIN|XOAUTH2)\s+|Bearer\s+)[A-Za-z0-9+/=._~-]{8,}")

# The signed word of an answer (crawler.alerts.replies): whoever has it can answer for the person.
_ANSWER = re.compile(r"\b[a-z]\.\d{1,18}\.\d{1,18}\.\d{5,6}\.[A-Za-z0-9_-]{22}")


def mask(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without what looks like a secret, nor any of the secrets that are known.

    What looks like one: user and password in an address, parameters named like a key (``?token=…``), the headers
    that log in, the commands that do so at a mail server.
    """
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    if "@" in text:  # most lines have neither, and there is one for every poll
        text = _USERINFO.sub(f"{HIDDEN}@", text)
        text = _LOGIN_AT_HOST.sub(f"{HIDDEN}@", text)
    text = _HEADER.sub(rf"\1\2{HIDDEN}", text)
    text = _LOGIN.sub(rf"\1{HIDDEN}", text)
    text = _ANSWER.sub(HIDDEN, text)
    return _PARAMETER.sub(rf"\1{HIDDEN}", text) if "=" in text else text


def spellings(secret: str) -> list[str]:
    """A secret as it may come up in a text: as it is, in an address, and in base64, as SMTP and HTTP send it."""
    if len(secret) < _LEAST_SECRET:
        return []
    encoded = base64.b64encode(secret.encode()).decode()
    found = {secret, quote(secret, safe=""), quote_plus(secret), repr(secret)[1:-1], encoded}
    return sorted(found, key=len, reverse=True)


def login_spellings(user: str, password: str) -> list[str]:
    """A login as ``AUTH PLAIN`` (RFC 4616) and Basic (RFC 7617) send it, and the password by itself."""
    pairs = (f"\0{user}\0{password}", f"{user}:{password}")
    return [*(base64.b64encode(pair.encode()).decode() for pair in pairs), *spellings(password)]


def key_spellings(key: bytes) -> list[str]:
    """A webhook's key in base64, as settings.toml and Standard Webhooks write it."""
    return [base64.b64encode(key).decode().rstrip("=")] if key else []


def secrets_in(url: str) -> list[str]:
    """The values of an address's parameters that are named like a secret."""
    try:
        pairs = parse_qsl(urlsplit(url).query)
    except ValueError:
        return []
    return [found for name, value in pairs if _NAMED.fullmatch(name) for found in spellings(value)]


def visible(text: str) -> str:
    r"""The text on one line: what could break it or steer a terminal stands as Python writes it, ``\n``, ``\u202e``."""
    return _UNSAFE.sub(lambda found: repr(found[0])[1:-1], text)


def visible_json(document: str) -> str:
    """A JSON text with the same characters escaped as JSON escapes them."""
    return _UNSAFE.sub(lambda found: json.dumps(found[0])[1:-1], document)

"""An alert → the bytes of a mail (RFC 5322), told the same in text and in HTML."""

from __future__ import annotations

import hashlib
import logging
import re
import unicodedata
from collections.abc import Callable
from datetime import datetime, tzinfo
from email.utils import format_datetime

from crawler.alerts.envelope import Part, assemble, check, folded, mailbox, mailbox_header, phrase
from crawler.alerts.pages import BUILT_IN, Pages
from crawler.alerts.plaintext import plain_text
from crawler.alerts.replies import Replies
from crawler.alerts.subject import subject
from crawler.alerts.view import OF_NO_ARTICLE, TOPIC_LIMIT, AlertView, Limits, topics_line, view
from crawler.alerts.wording import language_tag
from crawler.errors import PermanentDeliveryError
from crawler.model import Alert

_log = logging.getLogger(__name__)

HTML_LIMIT = 60_000
"""Bytes; Gmail shows no more than about 102 KB of a mail's HTML."""
_SMALLER = (
    Limits(), Limits(25, 3, 2, 1), Limits(25, 2, 1, 0), Limits(25, 1, 0, 0), Limits(25, 0, 0, 0),
    Limits(15, 3, 1, 0), Limits(8, 2, 1, 0), Limits(4, 1, 0, 0),
    Limits(1, 1, 0, 0), Limits(1, 0, 0, 0),
)  # fmt: skip
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,240}>")
_OVER_TOPICS = "Digest over topics"
"""What a digest over several topics is listed under (List-Id), whichever these are."""
_LANGUAGE_LIMIT = 8
_REFERENCES = 10
"""Message-IDs that a reply names: RFC 5322 bounds none, but a line of headers for each mail of a year helps nobody."""

_Headers = list[tuple[str, str, str]]
"""(name, as people read it, ready for the wire)."""


def compose(
    alert: Alert,
    *,
    sender: str,
    timezone: tzinfo,
    now: datetime,
    version: str,
    pages: Pages = BUILT_IN,
    replies: Replies | None = None,
) -> bytes:
    """The mail that tells ``alert``, with CRLF line ends; ``replies`` gives it links to answer by.

    The same arguments make the same bytes. Whatever the articles hold, a mail comes out; ``sender`` and the alert's
    recipient and Message-ID are ours and have to be right.

    Raises:
        PermanentDeliveryError: an address or the Message-ID cannot stand in a mail, or the finished bytes, read
            again, are not the mail that was written.
    """
    headers = _headers(alert, sender, now.astimezone(timezone), replies)

    def worded(limits: Limits) -> AlertView:
        return view(alert, timezone, version, limits, replies)

    if pages.any:
        try:
            return _written(alert, headers, worded, pages)
        except PermanentDeliveryError as error:
            _log.warning("your templates make no mail that can go out, the built-in ones are used: %s", error.says)
    return _written(alert, headers, worded, BUILT_IN)


def _written(alert: Alert, headers: _Headers, worded: Callable[[Limits], AlertView], pages: Pages) -> bytes:
    shown, html = _fitting(alert, worded, pages)
    text = pages.text(shown, subject(alert), plain_text(shown))
    parts = [Part("plain", text.replace("\r\n", "\n")), Part("html", html.replace("\r\n", "\n"))]
    message = assemble([(name, wire) for name, _, wire in headers], parts)
    check(message, [(name, text) for name, text, _ in headers], parts, alert.recipient)
    return message


def list_id(topic: str) -> str:
    """The topic's list id (RFC 2919), the same for life; under ``.localhost`` as §3 asks where no domain is owned."""
    plain = unicodedata.normalize("NFKD", topic).encode("ascii", "ignore").decode("ascii").lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain)[:40].strip("-") or "topic"
    digest = hashlib.sha256(topic.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{slug}.{digest}.tidings.localhost"


def _fitting(alert: Alert, worded: Callable[[Limits], AlertView], pages: Pages) -> tuple[AlertView, str]:
    """As much of the alert as fits into a mail that programs show whole."""
    title = subject(alert)
    for limits in _SMALLER:
        shown = worded(limits)
        html = pages.html(shown, title)
        if len(html.encode("utf-8")) <= HTML_LIMIT:
            break
    return shown, html


def _headers(alert: Alert, sender: str, now: datetime, replies: Replies | None) -> _Headers:
    if not _MESSAGE_ID.fullmatch(alert.message_id):
        raise PermanentDeliveryError(alert.recipient, f"{alert.message_id!r} cannot be a Message-ID")
    topic = topics_line(alert, TOPIC_LIMIT) or "(no name)"
    identity = f"<{list_id(_OVER_TOPICS if alert.sections else alert.topic)}>"
    title = subject(alert)
    return [
        _mailbox("From", sender, alert.recipient),
        _mailbox("To", alert.recipient, alert.recipient),
        ("Subject", title, folded("Subject", title)),
        _plain("Date", format_datetime(now)),
        _plain("Message-ID", alert.message_id),
        *_thread(alert),
        ("List-Id", f"{_ascii_phrase(topic)} {identity}", f"{phrase('List-Id', topic)}\r\n {identity}"),
        *_leaving(alert, replies),
        _plain("Auto-Submitted", "auto-generated"),
        ("X-Tidings-Topic", topic, folded("X-Tidings-Topic", topic)),
        _plain("X-Tidings-Alert", str(alert.id)),
        _plain("Content-Language", ", ".join(_languages(alert))),
    ]


def _thread(alert: Alert) -> _Headers:
    """In-Reply-To and References (RFC 5322 §3.6.4) of a mail that replies into its story's conversation.

    Of a long one References keeps the first and the latest: the first is what programs join by, and every one of its
    mails names it, so nothing falls out of the conversation (decision 0041).
    """
    before = alert.thread.messages if alert.thread else (alert.follows,)
    known = [each for each in before if _MESSAGE_ID.fullmatch(each)]
    if not known:
        return []
    named = known if len(known) <= _REFERENCES else [known[0], *known[1 - _REFERENCES :]]
    return [
        _plain("In-Reply-To", known[-1]),
        ("References", " ".join(named), "\r\n ".join(named)),
    ]


def _leaving(alert: Alert, replies: Replies | None) -> _Headers:
    """How a mail program ends the topic for its person (RFC 2369, 8058); a mail about sources alone is of no topic."""
    ways = replies.leaving(alert.id) if replies and alert.id and alert.kind not in OF_NO_ARTICLE else ()
    if not ways:
        return []
    listed = [f"<{way}>" for way in ways]
    found = [("List-Unsubscribe", ", ".join(listed), ",\r\n ".join(listed))]
    if replies and replies.one_click:
        found.append(_plain("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    return found


def _mailbox(header: str, text: str, recipient: str) -> tuple[str, str, str]:
    name, address = mailbox(text, recipient)
    wire = mailbox_header(header, name, address)
    if not address.isascii():
        return header, wire, wire
    return header, f"{_ascii_phrase(name)} <{address}>" if name else address, wire


def _ascii_phrase(name: str) -> str:
    """A display name as it reads once encoded words are decoded: only ASCII ones keep their quotation marks."""
    return phrase("", name) if name.isascii() else name


def _plain(header: str, text: str) -> tuple[str, str, str]:
    return header, text, text


def _languages(alert: Alert) -> list[str]:
    """The mail's own language, then those of its articles."""
    found = dict.fromkeys(language_tag(article.language) for article in alert.articles)
    return ["en", *[tag for tag in found if tag and tag != "en"][: _LANGUAGE_LIMIT - 1]]

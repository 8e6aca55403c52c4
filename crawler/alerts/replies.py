"""What a person can answer a mail with, as signed words that stand in links and subjects.

A word says what is asked, by which alert and of which article, until when; who and which topic is the alert's. It is
signed with a key that only this database has (HMAC-SHA256, 128 bits of it; RFC 2104 §5 allows no fewer), so that
nobody can ask what no mail of theirs offered. A link changes nothing by being opened: mail scanners open them all.
"""

from __future__ import annotations

import base64
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from urllib.parse import quote

VALID_FOR = timedelta(days=60)
MUTED_FOR = timedelta(days=7)
_SIGNED = 16
_TOKEN = re.compile(r"([a-z])\.(\d{1,18})\.(\d{1,18})\.(\d{5,6})\.([A-Za-z0-9_-]{22})")


class Reply(StrEnum):
    """What can be asked; the letter stands in the word."""

    YES = "y"
    NO = "n"
    STORY = "t"
    SOURCE = "s"
    LEAVE = "l"
    TAKE_BACK_ANSWER = "a"
    TAKE_BACK_STORY = "u"
    TAKE_BACK_SOURCE = "v"
    TAKE_BACK_LEAVING = "w"


LABELS = {
    Reply.YES: "more like this",
    Reply.NO: "not this",
    Reply.STORY: "mute the story for a week",
    Reply.SOURCE: "mute the source for a week",
    Reply.LEAVE: "unsubscribe",
}
"""What stands on the links of a mail."""
UNDO = {
    Reply.YES: Reply.TAKE_BACK_ANSWER,
    Reply.NO: Reply.TAKE_BACK_ANSWER,
    Reply.STORY: Reply.TAKE_BACK_STORY,
    Reply.SOURCE: Reply.TAKE_BACK_SOURCE,
    Reply.LEAVE: Reply.TAKE_BACK_LEAVING,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks, and by which mail."""

    reply: Reply
    alert: int
    article: int
    """0 where no article is meant."""
    until: date
    """The last day (UTC) on which it counts."""


class TokenError(ValueError):
    """A word that is not ours, or not any more; its text is a sentence for the person."""


def token(asked: Asked, key: bytes) -> str:
    """The signed word, of letters that need no quoting in addresses and subjects."""
    said = f"{asked.reply.value}.{asked.alert}.{asked.article}.{asked.until.toordinal()}"
    return f"{said}.{_signature(said, key)}"


def read(word: str, key: bytes, now: datetime) -> Asked:
    """What a word asks.

    Raises:
        TokenError: it was not signed here, or its time is over.
    """
    found = _TOKEN.fullmatch(word)
    said = word.rpartition(".")[0]
    if found is None or not hmac.compare_digest(found[5], _signature(said, key)):
        raise TokenError("This link is not whole, or was not made by this Tidings. Open it from the mail again.")
    try:
        asked = Asked(Reply(found[1]), int(found[2]), int(found[3]), date.fromordinal(int(found[4])))
    except (ValueError, OverflowError):
        raise TokenError("This link means nothing to this version of Tidings.") from None
    if now.astimezone(UTC).date() > asked.until:
        raise TokenError(f"This link could be used until {asked.until:%d %B %Y}. Newer mails have newer links.")
    return asked


def found_in(text: str) -> str:
    """The first word in a text, such as a mail's subject; empty when there is none."""
    found = _TOKEN.search(text)
    return found[0] if found else ""


def undone(asked: Asked) -> Asked | None:
    """What takes an answer back; ``None`` for what is a taking back itself."""
    back = UNDO.get(asked.reply)
    return None if back is None else Asked(back, asked.alert, asked.article, asked.until)


def _signature(said: str, key: bytes) -> str:
    whole = hmac.digest(key, b"tidings answer 1\0" + said.encode(), "sha256")
    return base64.urlsafe_b64encode(whole[:_SIGNED]).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Replies:
    """Makes the links of a mail: to the endpoint, or, without one, prepared mails."""

    key: bytes
    day: date
    """When the mail is made, UTC."""
    address: str = ""
    """Where the endpoint is reached, such as ``https://reports.example``; empty for none."""
    mailbox: str = ""
    """Who reads answers by mail; empty for nobody."""
    signed: bool = False
    """Whether the mail gets a DKIM signature of ours."""

    def of_article(self, alert: int, article: int) -> tuple[tuple[str, str], ...]:
        """(label, address) of each link below an article; none where nothing could take the answer."""
        asked = (Reply.YES, Reply.NO, Reply.STORY, Reply.SOURCE)
        links = ((LABELS[each], self._link(each, alert, article)) for each in asked)
        return tuple((label, link) for label, link in links if link)

    def leaving(self, alert: int) -> tuple[str, ...]:
        """Addresses that end a topic for the recipient, for List-Unsubscribe (RFC 2369 §3.2), the best first."""
        return tuple(link for link in (self._page(Reply.LEAVE, alert, 0), self._mail(Reply.LEAVE, alert, 0)) if link)

    @property
    def one_click(self) -> bool:
        """Whether a mail program may unsubscribe by itself: RFC 8058 §3 asks for https, and for a DKIM signature."""
        return self.signed and self.address.lower().startswith("https://")

    def _link(self, reply: Reply, alert: int, article: int) -> str:
        return self._page(reply, alert, article) or self._mail(reply, alert, article)

    def _page(self, reply: Reply, alert: int, article: int) -> str:
        return f"{self.address}/answer/{self._token(reply, alert, article)}" if self.address else ""

    def _mail(self, reply: Reply, alert: int, article: int) -> str:
        if not self.mailbox:
            return ""
        subject = f"{LABELS[reply]} [tidings {self._token(reply, alert, article)}]"
        return f"mailto:{quote(self.mailbox, safe='@')}?subject={quote(subject, safe='')}"

    def _token(self, reply: Reply, alert: int, article: int) -> str:
        return token(Asked(reply, alert, article, self.day + VALID_FOR), self.key)

"""Whatever strangers wrote, a mail has our headers once, our two parts, our tags, and links to the web alone."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage, Message
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.alerts.compose import compose
from crawler.alerts.envelope import Part, assemble, check, folded, mailbox
from crawler.alerts.lines import clean_line, safe_href
from crawler.config.values import parse_mailbox
from crawler.errors import PermanentDeliveryError
from crawler.model import AlertCopy, AlertKind, Condition, Coverage, CoverageNote, Evidence
from tests.strangers import ADDRESSES, LINKS, MARKUPS, TITLES
from tests.unit.alerts.conftest import MakeAlert, MakeArticle

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
HEADERS = ["From", "To", "Subject", "Date", "Message-ID", "List-Id", "Auto-Submitted", "X-Tidings-Topic",
           "X-Tidings-Alert", "Content-Language", "MIME-Version", "Content-Type"]  # fmt: skip
TAGS = {"html", "head", "meta", "title", "style", "body", "div", "table", "tr", "td", "h1", "h2", "p", "a", "b", "br",
        "code", "span"}  # fmt: skip
ATTRIBUTES = {"class", "style", "href", "lang", "dir", "role", "width", "cellpadding", "cellspacing", "border", "align",
              "charset", "name", "content"}  # fmt: skip
STEERING = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff]")
STRANGE = (*TITLES, *MARKUPS, *LINKS, *ADDRESSES)


class Marks(HTMLParser):
    """Every tag, attribute and link of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name == "href"]


def judge(message: bytes) -> None:
    """As two readers of mail see it: the old and the new policy of the standard library."""
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n|\0", message)
    assert max(map(len, message.split(b"\r\n"))) <= 998
    old: Message = email.message_from_bytes(message)
    new: EmailMessage = email.message_from_bytes(message, policy=email.policy.default)
    for read in (old, new):
        assert list(read.keys()) == HEADERS
        assert [part.get_content_type() for part in read.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert not STEERING.search(str(new["Subject"]))
    plain, page = (part.get_content().replace("\r\n", "\n") for part in new.iter_parts())
    assert not STEERING.search(plain + page)
    marks = Marks(page)
    assert marks.tags <= TAGS
    assert marks.attributes <= ATTRIBUTES
    for link in marks.links:
        assert re.fullmatch(r"https?://[A-Za-z0-9._:\[\]-]+([/?#][!#-;=?-\[\]_a-z~]*)?", link), link


@pytest.mark.parametrize("text", STRANGE, ids=lambda text: ascii(text[:30]))
def test_no_text_takes_over_a_mail(make_alert: MakeAlert, make_article: MakeArticle, text: str) -> None:
    article = make_article(
        title=text, text=text, source=text, language=text[:100], url=text, author=text,
        evidence=(Evidence("title", 0, 3, text, text), Evidence(text, 0, 2, text, text)),
        copies=(AlertCopy(text, text, None),),
    )  # fmt: skip
    linked = replace(article, url=f"https://x.example/{text}")
    alone = make_alert(replace(article, source="", copies=()), topic=text, recipient="a@x.example")
    judge(compose(alone, sender="Tidings <t@x.example>", timezone=UTC, now=NOW, version="1"))
    note = CoverageNote(text, Condition.BLOCKED, NOW, says=text, advice=text)
    coverage = Coverage(NOW, 3, ((Condition.BLOCKED, (text,), NOW),), (note,))
    for kind in AlertKind:
        alert = make_alert(article, linked, topic=text, kind=kind, coverage=coverage, recipient="a@x.example")
        judge(compose(alert, sender="Tidings <t@x.example>", timezone=UTC, now=NOW, version="1"))


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda text: ascii(text[:30]))
def test_what_the_settings_take_is_one_mailbox_and_the_rest_is_refused(
    make_alert: MakeAlert, make_article: MakeArticle, address: str
) -> None:
    try:
        taken = parse_mailbox(address)
    except (ValueError, UnicodeError):
        taken = ""
    alert = make_alert(make_article(), recipient=taken or address)
    if taken:
        assert mailbox(taken, taken)
    try:
        message = compose(alert, sender="t@x.example", timezone=UTC, now=NOW, version="1")
    except PermanentDeliveryError as error:
        assert not taken
        assert not STEERING.search(error.says)  # noqa: PT017 - an answer is as good
    else:
        judge(message)
        to = email.message_from_bytes(message, policy=email.policy.default)["To"]
        assert len(to.addresses) == 1


@pytest.mark.parametrize("link", LINKS, ids=lambda text: ascii(text[:30]))
def test_a_link_leads_to_the_web_or_nowhere(link: str) -> None:
    href = safe_href(link)
    assert not href or re.fullmatch(r"https?://[a-z0-9.-]+(/[!#-;=?-\[\]_a-z~]*)?", href), href


@pytest.mark.parametrize("host", ["[v1.x]", "x\u2025example", ".example"])
def test_a_host_that_nobody_serves_is_no_link(host: str) -> None:
    assert safe_href(f"https://{host}/") == ""


def test_brackets_stay_around_an_address() -> None:
    assert safe_href("https://[2001:db8::1]:8443/a") == "https://[2001:db8::1]:8443/a"


@settings(deadline=None, max_examples=200)
@given(st.lists(st.sampled_from(STRANGE) | st.text(st.characters(), max_size=20), max_size=4))
def test_pieces_put_together_stay_a_subject(pieces: list[str]) -> None:
    line = clean_line("".join(piece[:200] for piece in pieces), 100)
    wire = folded("Subject", line).encode()
    read = email.message_from_bytes(b"Subject: " + wire + b"\r\n\r\nbody\r\n", policy=email.policy.default)
    assert read.keys() == ["Subject"]
    assert "=?" not in line
    assert read.get_content().strip() == "body"


@pytest.mark.parametrize("length", [1, 50, 60, 61, 66, 67, 68, 69, 76, 77, 80, 100, 119])
@pytest.mark.parametrize("before", ["", "a ", "word " * 12])
def test_a_long_word_is_a_headline_too(
    make_alert: MakeAlert, make_article: MakeArticle, length: int, before: str
) -> None:
    title = f"{before}{'x' * length}"[:120]
    alert = make_alert(make_article(title=title, source=""), topic=title, recipient="a@x.example")
    judge(compose(alert, sender="Tidings <t@x.example>", timezone=UTC, now=NOW, version="1"))


PARTS = [Part("plain", "Hello\n"), Part("html", "<p>Hello</p>\n")]
GOOD = assemble([("Subject", "News")], PARTS)


@pytest.mark.parametrize(
    "spoiled",
    [
        GOOD.replace(b"Subject: News", b"Subject: News\r\nBcc: x@x.example"),
        GOOD.replace(b"Subject: News", b"Subject: News\r\n\r\nowned"),
        GOOD.replace(b"Subject: News", b"Subject: Old"),
        GOOD.replace(b"Subject: News", b"Subject: =?utf-8?q?News=0D=0ABcc:x?="),
        GOOD.replace(b"Subject: News", b"Subject: News\r\nSubject: News"),
        GOOD.replace(b"text/html", b"text/plain"),
        GOOD.replace(b"multipart/alternative", b"multipart/mixed"),
        GOOD.replace(b"text/html; charset=utf-8", b"text/html; charset=utf-8\r\nContent-Disposition: attachment"),
        GOOD.replace(b"\r\n\r\n--=_", b"\r\n\r\npreamble\r\n--=_", 1),
        GOOD + b"epilogue",
        GOOD.replace(b"Hello\r\n", b"Hello\n"),
        GOOD.replace(b"Hello\r\n", b"Hello\r"),
        GOOD.replace(b"Hello", b"Hello\0"),
        GOOD.replace(b"Hello", b"Hello" * 250),
        b"",
        b"Subject: News\r\n\r\n",
    ],
)
def test_a_mail_that_is_not_what_was_written_does_not_go_out(spoiled: bytes) -> None:
    check(GOOD, [("Subject", "News")], PARTS, "a@x.example")
    assert spoiled != GOOD
    with pytest.raises(PermanentDeliveryError):
        check(spoiled, [("Subject", "News")], PARTS, "a@x.example")

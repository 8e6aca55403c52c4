from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.alerts.compose import HTML_LIMIT, compose, list_id
from crawler.alerts.lines import clean_line
from crawler.errors import PermanentDeliveryError
from crawler.model import Alert, AlertArticle, AlertCopy, AlertKind, Evidence
from tests.unit.alerts.coverage import watched

MakeArticle = Callable[..., AlertArticle]
MakeAlert = Callable[..., Alert]

KYIV = ZoneInfo("Europe/Kyiv")
NOW = datetime(2025, 10, 10, 11, 20, tzinfo=UTC)
HEADERS = [
    "From", "To", "Subject", "Date", "Message-ID", "List-Id", "Auto-Submitted", "X-Tidings-Topic", "X-Tidings-Alert",
    "Content-Language", "MIME-Version", "Content-Type",
]  # fmt: skip
HOSTILE = [
    "=?utf-8?q?Storm=0D=0ABcc:_v@x=0D=0A=0D=0Aowned?=",
    "Storm\r\nBcc: v@x.example\r\n\r\nowned",
    "a\x0bb\x0cc\x85d\u2028e\u2029f",
    "lone \ud800 surrogate \udfff",
    "nul \x00 here",
    "\u202eright to left\u202c \u2066isolate",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "{{ 7 * 7 }} {% raw %} ${x} %s",
    "e" + "\u0301" * 400,
    "я" * 5000,
    "x" * 5000,
    ".",
    "",
    "   ",
    "From here",
    "заголовок, с запятыми; и «кавычками»: =?koi8-r?b?yQ==?=",
    "🇺🇦👨‍👩‍👧 emoji",
]


def read(alert: Alert) -> EmailMessage:
    return parsed(compose(alert, sender="Tidings <tidings@localhost>", timezone=KYIV, now=NOW, version="0.1.0"))


def parsed(message: bytes) -> EmailMessage:
    found = email.message_from_bytes(message, policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    return found


def bodies(message: EmailMessage) -> tuple[str, str]:
    text, html = list(message.iter_parts())
    assert isinstance(text, EmailMessage)
    assert isinstance(html, EmailMessage)
    return text.get_content().replace("\r\n", "\n"), html.get_content().replace("\r\n", "\n")


class Page(HTMLParser):
    """What a mail program would act on: tags, links, words in bold."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.bold: list[str] = []
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in {"href", "src", "background"}]
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] == "b":
            self.bold.append(data)


def test_headers_are_exactly_these(make_alert: MakeAlert, make_article: MakeArticle) -> None:
    message = read(make_alert(make_article()))
    assert message.keys() == HEADERS
    assert message["From"] == "Tidings <tidings@localhost>"
    assert message["To"] == '"Оля К." <olya@tidings.example>'
    assert message["Subject"] == "Eight children reunited with their families – Kyiv Courier (+2)"
    assert message["Date"] == "Fri, 10 Oct 2025 14:20:00 +0300"
    assert message["Message-ID"] == "<a1b2c3@tidings.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Tidings-Topic"] == "Return of deported Ukrainian children"
    assert message["X-Tidings-Alert"] == "7"
    assert message["Content-Language"] == "en"
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


def test_text_part_reads_like_this(make_alert: MakeAlert, make_article: MakeArticle) -> None:
    text, _ = bodies(read(make_alert(make_article(), coverage=watched("Голос громади", "North Wire"))))
    assert text == (
        "Eight children reunited with their families\n"
        "Kyiv Courier · 10 Oct 2025, 14:05 EEST · in English\n"
        "\n"
        "Eight children who had been deported came home on Friday, the ombudsman’s\n"
        "office said. Three of them had not seen their parents for more than two years.\n"
        "Mr. Bondar thanked the mediators.\n"
        "\n"
        "https://courier.example/2025/10/children?id=1&page=2\n"
        "\n"
        "Also carried by: Harbour Daily, Дніпровський вісник\n"
        "  https://harbour.example/x\n"
        "  https://dnipro.example/%D0%BD%D0%BE%D0%B2%D0%B8%D0%BD%D0%B8/1\n"
        "\n"
        "Why: “children” (title), “deport*” → deported (text)\n"
        "First seen: 10 Oct 2025, 14:19 EEST, 14 min after publication\n"
        "\n"
        "----------------------------------------\n"
        "Topic: Return of deported Ukrainian children\n"
        "You get this because settings.toml follows this topic for you; change or end\n"
        "it there.\n"
        "Coverage: 41 sources: 39 well, 2 blocked since Wednesday (Голос громади, North\n"
        "Wire).\n"
        "Tidings 0.1.0, alert 7\n"
    )


def test_both_parts_carry_the_same_links(make_alert: MakeAlert, make_article: MakeArticle) -> None:
    articles = [make_article(id=n, url=f"https://courier.example/{n}") for n in range(1, 6)]
    text, html = bodies(read(make_alert(*articles, kind=AlertKind.DIGEST)))
    assert set(re.findall(r"^ *(https?://\S+)$", text, re.MULTILINE)) == set(Page(html).links)
    assert len(set(Page(html).links)) == 7


def test_evidence_is_marked_where_it_stands(make_alert: MakeAlert, make_article: MakeArticle) -> None:
    _, html = bodies(read(make_alert(make_article())))
    assert Page(html).bold == ["children", "deported"]


def test_page_is_self_contained_and_names_its_languages(make_alert: MakeAlert, make_article: MakeArticle) -> None:
    _, html = bodies(read(make_alert(make_article(language="uk-UA", title="Вісім дітей удома", evidence=()))))
    page = Page(html)
    assert not page.tags & {"img", "script", "link", "iframe", "form", "object", "svg", "video"}
    assert not {name for name in page.attributes if name.startswith("on")}
    assert 'lang="uk-UA"' in html
    assert "prefers-color-scheme: dark" in html
    assert "@import" not in html
    assert "url(" not in html


def test_text_has_no_long_lines_beside_links(make_alert: MakeAlert, make_article: MakeArticle) -> None:
    long = make_article(title="слово " * 40 + "x" * 200, text="довге речення без кінця " * 60, source="y" * 500)
    text, _ = bodies(
        read(make_alert(long, long, kind=AlertKind.DIGEST, coverage=watched(*("назва " * 9 for _ in "12345"))))
    )
    assert [line for line in text.splitlines() if len(line) > 78 and not line.startswith("http")] == []


def test_archive_opens_with_its_one_line(make_alert: MakeAlert, make_article: MakeArticle) -> None:
    articles = [make_article(id=n, url=f"https://courier.example/{n}") for n in range(5)]
    message = read(make_alert(*articles, kind=AlertKind.ARCHIVE, total=12))
    text, html = bodies(message)
    line = (
        "12 articles that match were already there when you began to follow this; "
        "they are archived and will not be mailed one by one."
    )
    assert " ".join(text.split()).startswith(line)
    assert line in html
    assert "and 7 more" in text
    assert "Why:" not in text
    assert message["Subject"] == (
        "Now following “Return of deported Ukrainian children”: 12 articles were already there"
    )


def test_unsafe_link_is_shown_and_not_followed(make_alert: MakeAlert, make_article: MakeArticle) -> None:
    article = make_article(url="javascript:alert(1)", copies=(AlertCopy("Evil", "data:text/html,x", None),))
    text, html = bodies(read(make_alert(article)))
    assert Page(html).links == []
    assert "javascript:alert(1)" in text
    assert "Evil (data:text/html,x)" in html


def test_no_headline_no_date_no_text(make_alert: MakeAlert, make_article: MakeArticle) -> None:
    bare = make_article(title=" \u200b", text="", published=None, language="und", evidence=(), copies=())
    message = read(make_alert(bare))
    text, html = bodies(message)
    assert message["Subject"] == "(no headline) – Kyiv Courier"
    assert text.startswith("(no headline)\nKyiv Courier · seen 10 Oct 2025, 14:19 EEST\n\nhttps://")
    assert "after publication" not in text
    assert "(no headline)" in html


def test_long_digest_is_cut_in_both_parts(make_alert: MakeAlert, make_article: MakeArticle) -> None:
    articles = [make_article(id=n, url=f"https://courier.example/{n}") for n in range(40)]
    text, html = bodies(read(make_alert(*articles, kind=AlertKind.DIGEST)))
    assert len(html.encode()) <= HTML_LIMIT
    assert html.count("<h2") == 25
    assert "… and 15 more: tidings alerts show 7" in text
    assert "and 15 more" in html


def test_page_stays_small_whatever_comes(make_alert: MakeAlert, make_article: MakeArticle) -> None:
    copies = tuple(AlertCopy("&" * 60, f"https://e.example/?{'&' * 1900}", None) for _ in range(10))
    evidence = tuple(Evidence("text", n, n + 1, f"&{n}" * 20, "&" * 60) for n in range(50))
    worst = make_article(title="&" * 400, text="&" * 4000, source="&" * 90, copies=copies, evidence=evidence)
    text, html = bodies(read(make_alert(*[worst] * 25, kind=AlertKind.DIGEST)))
    assert len(html.encode()) <= HTML_LIMIT
    assert f"and {25 - html.count('<h2')} more" in text


def test_same_alert_makes_the_same_bytes(make_alert: MakeAlert, make_article: MakeArticle) -> None:
    alert = make_alert(make_article())
    first, second = (compose(alert, sender="t@x.example", timezone=KYIV, now=NOW, version="1") for _ in range(2))
    assert first == second
    assert b"\n" not in first.replace(b"\r\n", b"")
    assert max(len(line) for line in first.split(b"\r\n")) <= 78


@pytest.mark.parametrize("recipient", ["", "nobody", "a@x.example, b@x.example", "a@x.example\r\nBcc: b@x.example"])
def test_anything_but_one_recipient_is_refused(
    make_alert: MakeAlert, make_article: MakeArticle, recipient: str
) -> None:
    with pytest.raises(PermanentDeliveryError, match="is not one mail address"):
        read(make_alert(make_article(), recipient=recipient))


def test_broken_message_id_is_refused(make_alert: MakeAlert, make_article: MakeArticle) -> None:
    with pytest.raises(PermanentDeliveryError, match="cannot be a Message-ID"):
        read(make_alert(make_article(), message_id="<x@y>\r\nBcc: <z@y>"))


@pytest.mark.parametrize("recipient", ["Оля <оля@пошта.example>", '"Bond, James \\"007\\"" <jb@x.example>', "a@[::1]"])
def test_unusual_addresses_survive(make_alert: MakeAlert, make_article: MakeArticle, recipient: str) -> None:
    message = compose(
        make_alert(make_article(), recipient=recipient), sender="t@x.example", timezone=KYIV, now=NOW, version="1"
    )
    assert message.count(b"\r\nTo: ") == 1


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_strings_everywhere(make_alert: MakeAlert, make_article: MakeArticle, hostile: str) -> None:
    article = make_article(
        title=hostile, text=hostile, source=hostile, language=hostile, url=hostile,
        evidence=(Evidence(hostile, 0, 3, hostile, hostile), Evidence("text", 0, 2, hostile, hostile)),
        copies=(AlertCopy(hostile, hostile, None),),
    )  # fmt: skip
    for kind in AlertKind:
        message = read(make_alert(article, topic=hostile, kind=kind, coverage=watched(hostile)))
        assert message.keys() == HEADERS
        _, html = bodies(message)
        assert not Page(html).tags & {"script", "img"}


anything = st.text(st.characters(), max_size=200) | st.sampled_from(HOSTILE)
strangers = st.builds(
    AlertArticle,
    id=st.integers(1, 9),
    url=anything | st.from_regex(r"https?://[a-z.]{1,20}/\S{0,20}", fullmatch=True),
    title=anything,
    text=anything,
    language=anything | st.sampled_from(["uk", "ru-RU", "und"]),
    source=anything,
    author=anything,
    published=st.none() | st.datetimes(timezones=st.just(UTC)),
    first_seen=st.datetimes(timezones=st.just(UTC)),
    score=st.floats(0, 1),
    evidence=st.lists(
        st.builds(
            Evidence,
            field=st.sampled_from(["title", "text"]),
            start=st.integers(-3, 250),
            end=st.integers(-3, 250),
            form=anything,
            term=anything,
        ),
        max_size=5,
    ).map(tuple),
    copies=st.lists(st.builds(AlertCopy, anything, anything, st.none()), max_size=2).map(tuple),
)
WORDS = [
    "Меланія",
    "Трамп",
    "про",
    "повернення",
    "–",
    "in",
    "AI",
    "news",
    "3",
    "«Київ»",
    "🇺🇦",
    "Straße",
    "école",
    "США+ЄС",
]
TAGS = {"html", "head", "meta", "title", "style", "body", "div", "table", "tr", "td", "h1", "h2", "p", "a", "b", "br",
        "span"}  # fmt: skip


@settings(deadline=None, max_examples=120)
@given(articles=st.lists(strangers, max_size=3), topic=anything, kind=st.sampled_from(AlertKind))
def test_compose_never_raises_and_never_adds_a_header(
    make_alert: MakeAlert, articles: list[AlertArticle], topic: str, kind: AlertKind
) -> None:
    message = read(make_alert(*articles, topic=topic, kind=kind, coverage=watched(topic), total=len(articles)))
    assert message.keys() == HEADERS
    text, html = bodies(message)
    assert Page(html).tags <= TAGS
    assert all(link.startswith(("https://", "http://")) for link in Page(html).links)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text + html)
    assert len(message["Subject"]) <= 130


@settings(deadline=None, max_examples=150)
@given(words=st.lists(st.sampled_from(WORDS), min_size=1))
def test_subject_survives_both_decoders(make_alert: MakeAlert, make_article: MakeArticle, words: list[str]) -> None:
    alert = make_alert(make_article(title=" ".join(words), source="Вісник", copies=()))
    raw = compose(alert, sender="t@x.example", timezone=KYIV, now=NOW, version="1")
    subject = parsed(raw)["Subject"]
    old = email.message_from_bytes(raw)["Subject"].replace("\r\n", "")
    assert subject == str(make_header(decode_header(old)))
    whole = f"{' '.join(words)} – Вісник"
    assert subject == whole or (len(whole) > 110 and subject.endswith("… – Вісник") and len(subject) <= 110)


@given(title=anything)
def test_subject_is_what_was_cleaned(make_alert: MakeAlert, make_article: MakeArticle, title: str) -> None:
    message = read(make_alert(make_article(title=title, source="", copies=(), evidence=())))
    line = clean_line(title) or "(no headline)"
    assert message["Subject"] == line or message["Subject"].endswith("…")


@pytest.mark.parametrize(
    ("topic", "start"),
    [
        ("Melania & children", "melania-children."),
        ("Діти", "topic."),
        ("", "topic."),
        ("École à Kyïv", "ecole-a-kyiv."),
    ],
)
def test_list_id_is_ascii_and_for_life(topic: str, start: str) -> None:
    assert list_id(topic).startswith(start)
    assert list_id(topic) == list_id(topic)
    assert re.fullmatch(r"[a-z0-9-]{1,40}\.[0-9a-f]{12}\.tidings\.localhost", list_id(topic))
    assert list_id(topic) != list_id(topic + "!")


def test_articles_languages_follow_the_mails_own(make_alert: MakeAlert, make_article: MakeArticle) -> None:
    articles = [make_article(language=tag) for tag in ("uk", "ru", "uk", "und", "x\r\ny", "en")]
    assert read(make_alert(*articles, kind=AlertKind.DIGEST))["Content-Language"] == "en, uk, ru"


def test_colours_contrast_in_both_schemes(make_alert: MakeAlert, make_article: MakeArticle) -> None:
    _, html = bodies(read(make_alert(make_article())))
    light = [(ink, "#ffffff") for ink in ("#111827", "#1f2937", "#57606a", "#0b57d0")]
    dark = [(ink, "#1c2128") for ink in ("#e6edf3", "#adbac7", "#8ab4f8")]
    light += [("#1f2937", "#fff3bf"), ("#0b57d0", "#fff3bf")]
    dark += [("#e6edf3", "#4a3a10"), ("#8ab4f8", "#4a3a10")]
    for ink, ground in light + dark:
        assert ink in html
        assert ground in html
        assert contrast(ink, ground) >= 4.5
    colours = set(re.findall(r"(?<![-\w])color: ?(#[0-9a-f]{6})", html))
    assert colours == {ink for ink, _ in light + dark}


def contrast(ink: str, ground: str) -> float:
    """WCAG 2.2's contrast ratio."""

    def luminance(colour: str) -> float:
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    bright, dim = sorted((luminance(ink), luminance(ground)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def test_a_phrase_is_quoted_once_and_its_form_told_only_where_it_differs(
    make_alert: MakeAlert, make_article: MakeArticle
) -> None:
    evidence = (Evidence("title", 0, 5, "Eight", '"Eight"'), Evidence("title", 6, 14, "children", '"child home"'))
    text, _ = bodies(read(make_alert(make_article(evidence=evidence))))
    assert "Why: “Eight” (title), “child home” → children (title)\n" in text

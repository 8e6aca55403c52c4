"""Log lines: one for a record, in both formats, with nothing forged, nothing secret and nothing said for ever."""

from __future__ import annotations

import base64
import io
import json
import logging
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from crawler import context
from crawler.alerts.replies import Asked, Reply, token
from crawler.config import AnswersConfig, Config, ImapUrl, LogConfig, MailConfig, SmtpUrl, Way
from crawler.model import DueSource, Source
from scheduler import logs
from scheduler.logs import JsonFormatter, Once, TextFormatter, secrets_of
from scheduler.logs_text import login_spellings, mask, secrets_in, visible

PASSWORD = "korrekt-pferd-batterie"
EVIL = [
    "a\n2026-11-23T00:00:00.000Z CRITICAL scheduler.service: all is lost",
    "a\r\n<0>forged",
    "\x1b[2J\x1b[31mred\x1b]0;title\x07",
    "\x9b31m C1",
    "\u202egnp.exe\u2066",
    "\u2028next\u2029next\x85next\x0bnext\x0cnext",
    "lone \ud800 half",
    "invisible \u200b\ufeff\U000e0041",
    '", "level": "critical", "x": "',
    "%s %d %(name)s {0}",
    "\x00nul",
]


def due(name: str = "Paper", url: str = "https://paper.example/rss") -> DueSource:
    return DueSource(id=7, source=Source(url, name))


def record(says: str, *values: object, level: int = logging.WARNING, **extra: object) -> logging.LogRecord:
    made = logging.LogRecord("crawler.x", level, __file__, 1, says, values, None)
    made.__dict__.update(extra)
    return made


def failed(error: Exception) -> logging.LogRecord:
    try:
        raise error  # noqa: TRY301
    except Exception:  # noqa: BLE001
        made = record("it failed", level=logging.ERROR)
        made.exc_info = sys.exc_info()
        return made


class Written:
    """A handler on a text stream, with a clock that the test sets."""

    def __init__(self, formatter: logging.Formatter | None = None, *, journal: bool = False) -> None:
        self.stream = io.StringIO()
        self.now = 0.0
        self.handler = Once(self.stream, journal=journal, clock=lambda: self.now)
        self.handler.setFormatter(formatter or JsonFormatter())

    def say(self, *records: logging.LogRecord) -> Written:
        for each in records:
            self.handler.handle(each)
        return self

    @property
    def lines(self) -> list[str]:
        text = self.stream.getvalue()
        assert text.endswith("\n") or not text
        return text.splitlines()

    @property
    def json(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.lines]


@pytest.fixture
def polling() -> Iterator[DueSource]:
    now = due()
    context.bind(now)
    yield now
    context.bind(None)


# -- one record, one line -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("evil", EVIL)
@pytest.mark.parametrize("kind", [TextFormatter, JsonFormatter])
def test_a_strangers_text_stays_on_its_line(evil: str, kind: type[TextFormatter | JsonFormatter]) -> None:
    written = Written(kind()).say(record("%s: broken", evil))
    (line,) = written.stream.getvalue().removesuffix("\n").splitlines()
    assert line.isprintable()
    assert "broken" in line
    line.encode("utf-8")


@given(st.text(alphabet=st.characters(), max_size=60))
def test_whatever_is_said_json_lines_parse_and_say_it(text: str) -> None:
    (line,) = Written().say(record("%s", text)).json
    assert line["event"] == mask(text)


@given(st.text(alphabet=st.characters(), max_size=60))
def test_whatever_is_said_text_stays_one_harmless_line(text: str) -> None:
    lines = Written(TextFormatter()).say(record("%s", text)).lines
    assert len(lines) == 1
    assert not any(char < " " or "\u202a" <= char <= "\u202e" or "\x7f" <= char <= "\x9f" for char in lines[0])


@pytest.mark.parametrize("evil", EVIL)
def test_a_strangers_text_in_a_traceback_stays_behind_the_bar(evil: str) -> None:
    lines = Written(TextFormatter()).say(failed(ValueError(evil))).lines
    assert lines[0].endswith("crawler.x: it failed")
    assert len(lines) > 3
    assert all(line.startswith("  | ") for line in lines[1:])
    assert not any(char < " " for line in lines for char in line)
    (entry,) = Written().say(failed(ValueError(evil))).json
    assert entry["exception"].startswith("Traceback")
    assert "in failed" in entry["exception"]


@pytest.mark.parametrize("evil", EVIL)
def test_a_sources_own_name_cannot_forge_a_line(evil: str) -> None:
    context.bind(due(name=evil, url="https://x.example/" + evil))
    try:
        (line,) = Written(TextFormatter()).say(record("what")).lines
        (entry,) = Written().say(record("what")).json
    finally:
        context.bind(None)
    assert "[source 7: " in line
    assert entry["source"]["name"] == evil


def test_a_record_carries_its_source_without_being_told(polling: DueSource) -> None:
    (entry,) = Written().say(record("what", level=logging.INFO)).json
    assert entry["source"] == {"id": 7, "name": "Paper", "url": "https://paper.example/rss"}
    (line,) = Written(TextFormatter(clock=False)).say(record("what")).lines
    assert line == "WARNING crawler.x: what [source 7: Paper, https://paper.example/rss]"


def test_facts_are_fields_and_never_go_over_ours() -> None:
    (entry,) = Written().say(record("what", facts={"new": 3, "level": "forged", "odd": Path("x")})).json
    assert (entry["new"], entry["level"], entry["odd"]) == (3, "warning", "x")


def test_a_record_that_cannot_be_put_together_costs_itself() -> None:
    written = Written(TextFormatter()).say(record("%d", "no number"), record("next"))
    assert len(written.lines) == 2
    assert "could not be written" in written.lines[0]


def test_a_huge_text_is_cut() -> None:
    (entry,) = Written().say(record("%s", "x" * 1_000_000)).json
    assert len(entry["event"]) < 5_000


def test_the_journal_is_told_the_priority_of_every_line() -> None:
    lines = Written(TextFormatter(clock=False), journal=True).say(failed(ValueError("x"))).lines
    assert all(line.startswith("<3>") for line in lines)
    (info,) = Written(TextFormatter(clock=False), journal=True).say(record("x", level=logging.INFO)).lines
    assert info == "<6>INFO crawler.x: x"


def test_a_stream_that_nobody_reads_stops_nothing() -> None:
    written = Written()
    written.stream.close()
    written.say(record("what"))


# -- no secret ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("https://ann:hunter2@paper.example/rss failed", "https://…@paper.example/rss failed"),
        ("<GET http://ann:hunter2@paper.example>", "<GET http://…@paper.example>"),
        ("https://paper.example/rss?token=hunter2&x=1", "https://paper.example/rss?token=…&x=1"),
        ("https://paper.example/rss?x=1&api_key=hunter2", "https://paper.example/rss?x=1&api_key=…"),
        ("https://paper.example/?accessToken=hunter2#a", "https://paper.example/?accessToken=…#a"),
        ("invalid hostname: ann:hunter2@127.0.0.3", "invalid hostname: …@127.0.0.3"),
        ("Authorization: Basic aHVudGVyMg==", "Authorization: …"),
        ("{b'Authorization': [b'Bearer hunter2hunter2']}", "{b'Authorization': [b'…']}"),
        ("Cookie: a=hunter2; b=hunter2", "Cookie: …"),
        ("send: 'AUTH PLAIN AGFubgBodW50ZXIy'", "send: 'AUTH PLAIN …'"),
        ("Bearer hunter2hunter2 was refused", "Bearer … was refused"),
    ],
)
def test_what_looks_like_a_secret_is_hidden(text: str, kept: str) -> None:
    assert mask(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "https://paper.example/rss?keywords=ferry&monkey=1&page=2",
        "bearer of good news: the key = patience, the session was long",
        "mailto:ann@desk.example waits: ann@desk.example",
        "https://social.example/@ann/feed.rss",
    ],
)
def test_what_only_looks_a_bit_like_one_is_kept(text: str) -> None:
    assert mask(text) == text


def config() -> Config:
    server = SmtpUrl("tls", "mail.example", 465, "ann")
    return Config(
        path=Path("settings.toml"),
        mail=MailConfig(smtp=server, password=SecretStr(PASSWORD)),
        sources=(Source("https://paper.example/rss?feed_key=g3h31m&lang=en", "Paper"),),
    )


@pytest.mark.parametrize(
    "spelled",
    [
        PASSWORD,
        base64.b64encode(PASSWORD.encode()).decode(),
        base64.b64encode(f"\0ann\0{PASSWORD}".encode()).decode(),
        base64.b64encode(f"ann:{PASSWORD}".encode()).decode(),
        "g3h31m",
        "('feed_key', 'g3h31m')",
    ],
)
def test_a_secret_of_the_settings_is_hidden_however_it_is_spelled(spelled: str) -> None:
    for kind in (TextFormatter, JsonFormatter):
        written = Written(kind(secrets_of(config()))).say(record("said %s here", spelled), failed(ValueError(spelled)))
        assert PASSWORD not in written.stream.getvalue()
        assert "g3h31m" not in written.stream.getvalue()
        assert spelled not in written.stream.getvalue()
        assert "here" in written.stream.getvalue()


def test_secrets_with_odd_letters_are_found_as_they_come_up() -> None:
    odd = "p@ß w\"o'rd\\"
    for shown in (odd, repr(odd)[1:-1], "p%40%C3%9F%20w%22o%27rd%5C"):
        assert odd not in mask(f"x {shown} y", login_spellings("ann", odd))
        assert "ß w" not in mask(f"x {shown} y", login_spellings("ann", odd))
    assert secrets_in("https://[broken?key=1234567") == []


# -- no flood -----------------------------------------------------------------------------------------------------


def test_the_same_warning_is_told_once_then_counted() -> None:
    written = Written().say(*(record("the disk is full") for _ in range(50)), record("other"))
    assert [line["event"] for line in written.json] == ["the disk is full", "other"]
    written.now = 601
    written.say(record("on we go", level=logging.INFO))
    assert [(line["event"], line.get("repeated")) for line in written.json[2:]] == [
        ("the disk is full (told 49 more times since)", 49),
        ("on we go", None),
    ]
    written.say(record("the disk is full"))
    assert written.json[-1]["event"] == "the disk is full"


def test_the_same_warning_of_another_source_is_told(polling: DueSource) -> None:
    written = Written().say(record("timed out"))
    context.bind(None)
    written.say(record("timed out"))
    assert len(written.lines) == 2


def test_a_counted_warning_is_told_with_its_own_source(polling: DueSource) -> None:
    written = Written().say(record("timed out"), record("timed out"))
    context.bind(None)
    written.handler.close()
    assert [line["source"]["id"] for line in written.json] == [7, 7]


def test_information_is_never_held_back() -> None:
    assert len(Written().say(*(record("unchanged", level=logging.INFO) for _ in range(3))).lines) == 3


def test_the_memory_for_counting_has_an_end() -> None:
    written = Written().say(*(record("number %d", number) for number in range(3_000)))
    assert len(written.lines) == 3_000
    assert len(written.handler._told) <= 1_000


# -- set up -------------------------------------------------------------------------------------------------------


def test_tracebacks_are_not_kept_for_counting() -> None:
    written = Written().say(failed(ValueError("x")))
    (kept,) = written.handler._told.values()
    assert kept[2].exc_info is None


def test_levels_and_formats_are_what_the_settings_say(monkeypatch: pytest.MonkeyPatch) -> None:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    names = ("crawler", "scheduler", "scrapy", "trafilatura", "apscheduler")
    levels = {name: logging.getLogger(name).level for name in names}
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(logs, "_listen_to_the_rest", lambda: None)
    try:
        logs.set_up(Config(path=Path("x"), log=LogConfig(format="json", level="warning")))
        assert logs.speaks_json()
        assert logging.getLogger("crawler.x").level == logging.NOTSET
        assert logging.getLogger("crawler").level == logging.WARNING
        logs.set_up(Config(path=Path("x")), verbose=True)
        assert not logs.speaks_json()
        assert logging.getLogger("crawler").level == logging.DEBUG
    finally:
        monkeypatch.undo()
        root.handlers[:] = before
        root.setLevel(level)
        for name in names:
            logging.getLogger(name).setLevel(levels[name])


def test_visible_escapes_as_python_writes_it() -> None:
    assert visible("a\tb\x1b[0m\u202e") == "a\\tb\\x1b[0m\\u202e"


def test_ways_mailboxes_and_signed_links_are_hidden() -> None:
    key = b"0123456789abcdefghijklmnop"
    way = Way("desk", "ntfys://hidden-topic-of-ours", key)
    url = ImapUrl("tls", "mail.example", 993, "ann")
    answers = AnswersConfig(address="a@example.org", imap=url, password=SecretStr("imap-hunter"))
    known = secrets_of(replace(config(), ways=(way,), answers=answers))
    word = token(Asked(Reply.LEAVE, 1, 0, date(2026, 11, 1)), b"k" * 32)
    written = base64.b64encode(key).decode()
    for secret in (way.url, written, written.rstrip("="), "imap-hunter", word):
        assert secret not in mask(f"x {secret} y", known)
        assert "x " in mask(f"x {secret} y", known)

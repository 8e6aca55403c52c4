"""A feed full of hostile headlines, from the poll to the mails: each is told, and none takes over."""

from __future__ import annotations

import json
import re
import sys

import pytest

from scheduler.cli import invoke
from tests.feeds import story
from tests.program import Program
from tests.site import Site
from tests.strangers import MARKUPS, TITLES

HEADERS = ["From", "To", "Subject", "Date", "Message-ID", "List-Id", "Auto-Submitted", "X-Tidings-Topic",
           "X-Tidings-Alert", "Content-Language", "MIME-Version", "Content-Type"]  # fmt: skip
REPLY = [*HEADERS[:5], "In-Reply-To", "References", *HEADERS[5:]]
STEERING = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def feed(titles: list[str]) -> str:
    items = [
        {
            "id": f"n{n}",
            "url": f"https://paper.example/{n}",
            "title": title[:20_000],
            "content_text": story(f"ferry {n}"),
        }
        for n, title in enumerate(titles)
    ]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": TITLES[0], "items": items[::-1]})


def test_every_headline_is_told_and_none_takes_over(
    program: Program, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    host, titles = site.host(), ["Old", *TITLES, *MARKUPS]
    program.settings([host.url("/feed")], [{"name": "Ships", "query": "ferry"}])
    host.serve("/feed", feed(titles[:1]), headers={"Content-Type": "application/feed+json"})
    program.once()
    host.serve("/feed", feed(titles), headers={"Content-Type": "application/feed+json"})
    program.later(hours=1)
    program.once()
    program.later(hours=2)
    program.once()
    assert [dict(row) for row in program.rows("SELECT * FROM alerts WHERE state <> 'sent'")] == []
    told = program.one("SELECT count(DISTINCT article_id) FROM alert_articles JOIN alerts ON id = alert_id")[0]
    assert told == len(titles)
    mails = program.mails()
    assert len(mails) == program.count("alerts")
    ours = {mail["Message-ID"] for mail in mails}
    for mail in mails:
        assert mail.keys() == (REPLY if "References" in mail else HEADERS)
        assert {mail["In-Reply-To"], *str(mail["References"] or "").split()} <= {None, *ours}
    for verb in (["alerts", "list"], ["articles", "search", "ferry", "--limit", "200"], ["alerts", "show", "2"]):
        for as_json in ([], ["--json"]):
            assert invoke(["--settings", str(program.path), *verb, *as_json]) == 0
            said = capsys.readouterr()
            assert not STEERING.search(said.out + said.err), verb
    names = {path.name for path in (program.folder / "mail" / "new").iterdir()}
    assert all(re.fullmatch(r"[0-9a-f]{32}\.tidings", name) for name in names)


def test_an_alert_whose_mail_cannot_be_made_is_told_and_holds_up_nobody(
    program: Program, site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    composing = sys.modules["crawler.alerts.compose"]
    made = composing.plain_text

    def spoiled(shown: object) -> str:
        text = str(made(shown))
        if "Ships" in text:
            raise RecursionError("\x1b[31mtoo deep\nforged line")
        return text

    host = site.host()
    topics = [{"name": "Ships", "query": "ferry"}, {"name": "Boats", "query": "ferry"}]
    program.settings([host.url("/feed")], topics)
    host.serve("/feed", feed(["A"]), headers={"Content-Type": "application/feed+json"})
    monkeypatch.setattr(composing, "plain_text", spoiled)
    program.once()
    rows = {row["topic"]: row for row in program.rows("SELECT * FROM alerts")}
    assert (rows["Ships"]["state"], rows["Boats"]["state"]) == ("failed", "sent")
    assert "the mail cannot be put together" in rows["Ships"]["error"]
    assert rows["Ships"]["error"].isprintable()
    invoke(["--settings", str(program.path), "status"])
    assert "failed" in capsys.readouterr().out

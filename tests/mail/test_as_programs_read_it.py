"""Each sample, read as a mail program reads it: parsed, not compared as a string."""

from __future__ import annotations

import email
import email.policy
import json
import os
import re
import shutil
import subprocess
import time
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from lxml import html as lxml_html  # type: ignore[import-untyped]

from crawler.alerts import compose
from crawler.alerts.replies import Replies
from crawler.model import Alert, AlertKind, Section
from tests.mail.pictures import page
from tests.mail.samples import KYIV, NOW, alert, digest, mail, samples

SIZE = 60_000
"""Bytes of HTML for 25 articles; Gmail clips at about 102 KB."""
MILLISECONDS = 2.0
"""CPU time an article may cost."""
SPAM = 1.5
AXE = os.environ.get("TIDINGS_AXE", "")
"""A folder with node_modules of axe-core and playwright-core."""
NAMES = sorted(samples())


def parsed(alert: Alert) -> EmailMessage:
    found = email.message_from_bytes(mail(alert), policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    return found


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def tree_of(alert: Alert) -> lxml_html.HtmlElement:
    return lxml_html.document_fromstring(page(mail(alert)))


def in_order(text: str, *parts: str) -> bool:
    places = [text.find(part) for part in parts]
    return -1 not in places and places == sorted(places)


ORDER = (
    "New in this story", "children returned: 16, was 8 on 9 Oct 2025", "Eight of them travelled",
    "First reported by North Wire",
    "Sixteen children who had been deported", "Also carried by", "Also reported by", "in Polish", "Why:",
    "Story so far", "Topic:",
)  # fmt: skip


def test_a_follow_up_says_first_what_is_new_and_last_what_was() -> None:
    told = samples()["follow-up"]
    assert in_order(text_of(parsed(told)), *ORDER)
    for hidden in (tree := tree_of(told)).xpath("//div[contains(@style, 'display:none')]"):
        preheader = hidden.text_content()
        hidden.drop_tree()
    assert in_order(tree.body.text_content(), *ORDER)
    assert preheader.startswith("New: children returned: 16, was 8 on 9 Oct 2025 · Eight of them travelled")


def test_a_follow_up_is_in_the_conversation_of_the_first() -> None:
    message = parsed(samples()["follow-up"])
    assert message["In-Reply-To"] == message["References"] == "<tidings.3.77aa@paper.example>"
    assert message["Subject"] == "Eight children reunited with their families – Kyiv Courier"
    first = parsed(samples()["single"])
    assert first["In-Reply-To"] is first["References"] is None


def test_text_names_the_hour_in_the_readers_zone() -> None:
    assert "First reported by North Wire, 10 Oct 2025, 13:13 EEST." in text_of(parsed(samples()["follow-up"]))


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_loaded_from_anywhere(name: str) -> None:
    tree = tree_of(samples()[name])
    assert not tree.xpath("//img | //link | //script | //iframe | //object | //video | //@src | //@background")
    assert "url(" not in page(mail(samples()[name]))


@pytest.mark.parametrize("name", NAMES)
def test_both_parts_lead_to_the_same_places(name: str) -> None:
    told = samples()[name]
    in_text = re.findall(r"^ *https?://\S+$", text_of(parsed(told)), re.MULTILINE)
    assert {each.strip() for each in in_text} == set(tree_of(told).xpath("//a/@href"))


def test_every_text_names_its_language_and_side() -> None:
    hebrew = tree_of(samples()["right-to-left"])
    assert hebrew.xpath("//h1/@lang") == ["he"]
    assert hebrew.xpath("//h1/@dir") == ["rtl"]
    follow_up = tree_of(samples()["follow-up"])
    assert follow_up.xpath("//li//span/@lang") == ["uk", "pl", "en", "en", "uk"]
    assert tree_of(samples()["ukrainian"]).xpath("//h1/@lang") == ["uk"]


def test_a_digest_of_25_is_shown_whole_by_gmail() -> None:
    told = digest(25)
    assert len(page(mail(told)).encode()) < SIZE
    assert len(tree_of(told).xpath("//h2")) == 25


@pytest.mark.parametrize(("address", "mailbox"), [("https://reports.paper.example", ""), ("", "tidings@paper.example")])
def test_a_digest_of_25_that_can_be_answered_is_too(address: str, mailbox: str) -> None:
    replies = Replies(b"k" * 32, NOW.date(), address, mailbox)
    made = compose(digest(25), sender="t@paper.example", timezone=KYIV, now=NOW, version="0.1.0", replies=replies)
    assert len(page(made).encode()) < SIZE
    assert len(lxml_html.document_fromstring(page(made)).xpath("//h2")) == 25


def test_a_mail_costs_little() -> None:
    told = digest(10)
    mail(told)
    costs = []
    for _ in range(5):
        began = time.process_time()
        mail(told)
        costs.append((time.process_time() - began) * 1000 / 10)
    assert min(costs) <= MILLISECONDS


# What these need of a mail program, by caniemail.com: properties that Gmail, Outlook for Windows and Apple Mail show,
# and those of which one does not and what stands in for it.
SHOWN = {
    "background-color", "border-left", "border-top", "color", "font-family", "font-size", "font-weight", "line-height",
    "margin", "margin-bottom", "margin-top", "padding", "padding-left", "padding-top", "text-decoration",
    "mso-hide",
}  # fmt: skip
FALLBACKS = {
    "max-width": "Outlook for Windows takes the whole width, which is readable",
    "max-height": "of the preheader, which mso-hide hides there",
    "overflow": "of the preheader, which mso-hide hides there",
    "overflow-wrap": "word-break, which Gmail and Outlook know, breaks long words too",
    "word-break": "where overflow-wrap is known, that does it",
    "display": "of the preheader alone, which mso-hide hides there",
}


@pytest.mark.parametrize("name", NAMES)
def test_only_what_mail_programs_show_is_used(name: str) -> None:
    used = {
        declaration.partition(":")[0].strip()
        for style in tree_of(samples()[name]).xpath("//@style")
        for declaration in style.split(";")
        if declaration.strip()
    }
    assert used <= SHOWN | FALLBACKS.keys()


@pytest.mark.parametrize("name", [*NAMES, "digest of 25"])
@pytest.mark.skipif(shutil.which("spamassassin") is None, reason="SpamAssassin is not installed (Debian: spamassassin)")
def test_no_filter_takes_it_for_spam(name: str) -> None:
    message = mail(digest(25) if name == "digest of 25" else samples()[name])
    done = subprocess.run(["spamassassin", "-L", "-t"], input=message, capture_output=True, check=True, timeout=60)
    score = re.search(rb"^X-Spam-Status: \w+, score=(-?[\d.]+)", done.stdout, re.MULTILINE)
    assert score is not None
    assert float(score[1]) <= SPAM


@pytest.mark.skipif(not AXE, reason="TIDINGS_AXE names no folder with axe-core and playwright-core")
def test_axe_finds_nothing(tmp_path: Path) -> None:
    for name, told in samples().items():
        (tmp_path / f"{name}.html").write_text(page(mail(told)), encoding="utf-8")
    script = Path(__file__).with_name("axe.mjs")
    pages = sorted(str(each) for each in tmp_path.glob("*.html"))
    done = subprocess.run(["node", str(script), AXE, *pages], capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()


def test_a_digest_over_topics_has_a_section_for_each() -> None:
    told = samples()["over-topics"]
    names = [section.topic for section in told.sections]
    tree = tree_of(told)
    assert tree.xpath("//h1")[0].text_content() == "4 new articles in 3 topics"
    assert [each.text_content() for each in tree.xpath("//h2")] == names
    below = [
        [each.text_content() for each in tree.xpath("//h3") if each.xpath("preceding::h2[1]")[0].text_content() == name]
        for name in names
    ]
    by_topic = [[each.title for each in told.articles if each.topics[0] == name] for name in names]
    assert below == by_topic
    text = text_of(parsed(told))
    assert in_order(text, *(part for name, titles in zip(names, by_topic, strict=True) for part in (name, *titles)))
    assert "Burst: 31 articles in 24 hours, where 4 are usual" in text
    assert "Told together, because 12 mails went out in the hour before" in text
    assert f"also in “{names[0]}”" in " ".join(text.split()), "an article of two topics stands once and names the other"
    assert [text.count(each.url) for each in told.articles] == [1, 1, 1, 1]
    message = parsed(told)
    assert str(message["Subject"]).startswith("War crimes before the courts, Return of deported")
    assert "over-topics" in str(message["List-Id"])


def test_a_topic_of_many_articles_leaves_room_for_the_others() -> None:
    many = [replace(each, topics=("A",)) for each in digest(40).articles]
    few = [replace(each, id=100 + each.id, topics=("B",), score=0.1) for each in digest(2).articles]
    told = alert(*many, *few, kind=AlertKind.DIGEST, sections=(Section("A"), Section("B")))
    tree = tree_of(told)
    below = [len(tree.xpath(f"//h3[preceding::h2[1][. = '{name}']]")) for name in "AB"]
    assert below[1] == 2
    assert sum(below) >= 15
    assert len(page(mail(told)).encode()) < SIZE
    assert f"and {42 - sum(below)} more" in text_of(parsed(told))


def test_a_summary_says_what_was_told_and_watched_even_if_nothing_came() -> None:
    quiet = samples()["no-news"]
    message = parsed(quiet)
    assert message["Subject"] == "No news: 41 sources watched"
    assert message["List-Unsubscribe"] is None
    for part in (text_of(message), tree_of(quiet).body.text_content()):
        said = " ".join(part.split())
        assert (
            "Nothing came that your topics take since 9 Oct 2025, 14:20 EEST. 41 sources brought 312 articles." in said
        )
        assert "Coverage: 41 sources: 41 well." in said
    told = samples()["summary"]
    assert str(parsed(told)["Subject"]).startswith("Told: 4 articles – Return of deported Ukrainian children (3), War")
    assert [each.text_content() for each in tree_of(told).xpath("//li")] == [
        "Return of deported Ukrainian children: 3 articles", "War crimes before the courts: 1 article",
    ]  # fmt: skip
    assert "39 well, 2 blocked since Wednesday" in text_of(parsed(told))


CANIEMAIL = os.environ.get("TIDINGS_CANIEMAIL", "")
"""A folder with node_modules of caniemail."""
LACKING = {
    "@media": "dark colours and a phone's margins alone; without it the mail is light, and its margins are wider",
    "<style> element": "holds those alone; every other style stands on its element",
    "display:none": "of the preheader, which mso-hide, max-height and overflow hide too",
    "overflow": "of the preheader, which mso-hide hides there",
    "overflow-wrap": "word-break breaks long words too",
    "word-break": "overflow-wrap breaks long words too; without both a long word makes the line longer",
    "role attribute": "a screen reader there names a table",
    "<body> element": "its colour stands on the outer table too",
}
"""What one of Gmail, Outlook and Apple Mail does not show at all, and what stands in for it."""


@pytest.mark.skipif(not CANIEMAIL, reason="TIDINGS_CANIEMAIL names no folder with caniemail")
def test_what_a_program_does_not_show_has_something_that_stands_in_for_it(tmp_path: Path) -> None:
    for name, told in samples().items():
        (tmp_path / f"{name}.html").write_text(page(mail(told)), encoding="utf-8")
    script = Path(__file__).with_name("caniemail.mjs")
    pages = sorted(str(each) for each in tmp_path.glob("*.html"))
    done = subprocess.run(["node", str(script), CANIEMAIL, *pages], capture_output=True, check=True, timeout=120)
    found = json.loads(done.stdout)
    assert {title for title, lacks in found.items() if lacks["errors"]} <= LACKING.keys()
    assert {title for title, lacks in found.items() if lacks["errors"]}, "it looked at nothing"

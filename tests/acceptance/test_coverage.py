"""Sources that die, over simulated weeks: settings in, mail out, real HTTP."""

from __future__ import annotations

import os
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from scheduler.health import look
from tests.feeds import RSS, Item, rss, story
from tests.program import Program, plain
from tests.site import Host, Site

CHALLENGE = "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body></body></html>"
FRONT = "<!doctype html><html><head><title>Our news</title></head><body><p>Welcome</p></body></html>"
TOPIC: list[dict[str, Any]] = [{"name": "Ferries", "query": "ferry"}]


class Newsroom:
    """A source under test, a healthy one beside it, and a reader whose mails tell how they are."""

    def __init__(self, program: Program, site: Site, *, tested: str = "/rss") -> None:
        self.program = program
        self.host, self.healthy = site.host(), site.host()
        self.url = self.host.url(tested)
        self._number = 0
        self._mailed = 0
        self.publish()
        self.items = [self.item(f"Bridge {number}", hours=30 - number) for number in range(20)]
        self.serve()
        program.settings([{"url": self.url, "name": "Tested"}, {"url": self.healthy.url("/rss"), "name": "Healthy"}],
                         TOPIC)  # fmt: skip
        self.poll()
        program.once()

    def item(self, title: str, *, hours: float = 0.0) -> Item:
        self._number += 1
        when = self.program.now - timedelta(hours=hours)
        return Item(f"https://paper.example/{self._number}", title, story(f"{title} {self._number}"), published=when)

    def publish(self, *, match: bool = False) -> None:
        """The healthy source brings something, about a ferry if it should be mailed."""
        title = "The ferry is back" if match else "The road is open"
        items = [self.item(f"{title} {self._number}")]
        self.healthy.serve("/rss", rss(items), headers=RSS)

    def serve(self) -> None:
        self.host.serve("/rss", rss(self.items[-20:]), headers=RSS)

    def poll(self, times: int = 1, **span: float) -> None:
        """Poll both so many times, a span apart; the healthy one always brings news."""
        for _ in range(times):
            self.program.later(**(span or {"hours": 3}))
            self.publish()
            self.program.once()

    def mail(self) -> str:
        """The next alert mail's text."""
        self.program.later(minutes=1)
        self.publish(match=True)
        self.program.once()
        return plain(self.mails()[-1])

    def mails(self) -> list[EmailMessage]:
        return self.program.mails()

    def condition(self) -> str:
        found = self.program.rows("SELECT condition FROM conditions WHERE ended_at IS NULL AND certain_at IS NOT NULL")
        return str(found[0][0]) if found else "well"


@pytest.fixture
def newsroom(program: Program, site: Site) -> Newsroom:
    return Newsroom(program, site)


def refuse(host: Host) -> None:
    host.serve("/rss", status=403)


def challenge(host: Host) -> None:
    host.serve("/rss", CHALLENGE, headers={"Content-Type": "text/html"})


def challenge_503(host: Host) -> None:
    host.serve("/rss", CHALLENGE, status=503, headers={"Content-Type": "text/html"})


def vanish(host: Host) -> None:
    host.serve("/rss", status=404)


def break_down(host: Host) -> None:
    host.serve("/rss", status=502)


def close(host: Host) -> None:
    host.stop()


def page(host: Host) -> None:
    host.serve("/rss", FRONT, headers={"Content-Type": "text/html"})


def empty(host: Host) -> None:
    host.serve("/rss", rss([]), headers=RSS)


DEATHS = [
    (challenge, "blocked", "blocked since"),
    (vanish, "gone", "gone since"),
    (close, "failing", "failing since"),
    (empty, "empty", "empty since"),
    (refuse, "blocked", "blocked since"),
    (challenge_503, "blocked", "blocked since"),
    (break_down, "failing", "failing since"),
    (page, "page", "turned into a page since"),
]
SAMPLE = len(DEATHS) if os.environ.get("TIDINGS_ALL_DEATHS") else 3
"""The unit tests go through them all; here the rest is tried when ``TIDINGS_ALL_DEATHS`` is set."""


@pytest.mark.parametrize(("dies", "condition", "told"), DEATHS[:SAMPLE])
def test_a_source_that_dies_is_told_once(newsroom: Newsroom, dies: Any, condition: str, told: str) -> None:  # noqa: ANN401
    dies(newsroom.host)
    newsroom.poll()
    assert "Coverage" not in newsroom.mail(), "once is an accident"
    newsroom.poll(3, hours=9)
    assert newsroom.condition() == condition
    text = newsroom.mail()
    assert f"Coverage: 2 sources: 1 well, 1 {told}" in text
    assert "(Tested)" in text
    newsroom.poll()
    assert "Coverage" not in newsroom.mail(), "told already"
    assert len(newsroom.mails()) == 3, "no mail for an error"


def test_the_end_is_told_once_and_a_reminder_after_a_week(newsroom: Newsroom) -> None:
    refuse(newsroom.host)
    newsroom.poll(3)
    assert "1 blocked since" in newsroom.mail()
    newsroom.poll(2, days=4)
    assert "1 blocked since" in newsroom.mail(), "the reminder"
    assert "Coverage" not in newsroom.mail()
    for number in range(2):
        newsroom.items.append(newsroom.item(f"Tunnel {number}"))
        newsroom.serve()
        newsroom.poll()
    assert "Coverage: 2 sources: 2 well. Well again: Tested." in newsroom.mail()
    assert "Coverage" not in newsroom.mail()


def test_validators_and_articles_outlive_a_feed_that_turns_into_a_page(newsroom: Newsroom) -> None:
    newsroom.host.serve("/rss", rss(newsroom.items[-20:]), headers=RSS | {"ETag": '"1"'})
    newsroom.poll()
    query = "SELECT etag, last_modified, body_hash FROM sources WHERE name = 'Tested'"
    before = tuple(newsroom.program.one(query))
    page(newsroom.host)
    newsroom.poll(2)
    assert tuple(newsroom.program.one(query)) == before


def test_nobody_is_blamed_while_our_own_network_is_down(program: Program, site: Site) -> None:
    hosts = [site.host() for _ in range(5)]
    urls = [host.serve("/rss", rss([]), headers=RSS) for host in hosts]
    program.settings(urls, TOPIC)
    program.once()
    for host in hosts:
        host.stop()
    for _ in range(6):
        program.later(hours=20)
        program.once()
    assert program.rows("SELECT * FROM conditions WHERE certain_at IS NOT NULL") == []
    assert program.mails() == []


def test_a_source_that_rolled_over_is_told_with_what_was_missed_and_asked_sooner(newsroom: Newsroom) -> None:
    newsroom.poll(1, minutes=20)
    newsroom.program.later(hours=20)
    # Two entries an hour from now on: twenty cover ten hours of the twenty that nobody looked.
    newsroom.items = [newsroom.item(f"Bus {number}", hours=(20 - number) / 2) for number in range(20)]
    newsroom.serve()
    newsroom.program.once()
    text = newsroom.mail()
    assert "1 well, 1 rolled over: up to 27 entries unseen (Tested)" in text
    assert "Coverage" not in newsroom.mail()
    row = newsroom.program.one("SELECT interval FROM sources WHERE name = 'Tested'")
    assert row["interval"] <= 5 * 3600


def test_an_outlet_that_replaces_everything_once_a_day_is_told_once(newsroom: Newsroom) -> None:
    for day in range(3):
        newsroom.program.later(days=1)
        newsroom.items = [newsroom.item(f"Bus {day} {number}", hours=number / 60) for number in range(20)]
        newsroom.serve()
        newsroom.program.once()
    [row] = newsroom.program.rows("SELECT count(*) FROM conditions WHERE condition = 'rolled over'")
    assert row[0] == 1


def test_silence_beyond_a_sources_own_rhythm_is_told_and_a_304_that_lies_is_found_out(newsroom: Newsroom) -> None:
    body = rss(newsroom.items[-20:])
    newsroom.host.serve("/rss", body, headers=RSS | {"ETag": '"1"'})
    newsroom.poll(5, hours=18)
    assert newsroom.condition() == "silent"
    assert "1 silent since" in newsroom.mail()
    # A server that answers 304 whatever it has: nothing but a request without validators shows that.
    newsroom.items += [newsroom.item("Tram 1")]
    stale = newsroom.host.answers["/rss"]
    fresh = rss(newsroom.items[-20:])

    def lie(asked: Any) -> Any:  # noqa: ANN401
        from tests.site import Answer  # noqa: PLC0415

        if "if-none-match" in asked.headers:
            return stale
        return Answer(fresh.encode(), headers=RSS | {"ETag": '"1"'})

    newsroom.host.answers["/rss"] = lie
    newsroom.poll(2, hours=18)
    assert newsroom.program.one("SELECT count(*) FROM articles WHERE title = 'Tram 1'")[0] == 1
    assert newsroom.condition() == "well"


def test_a_document_that_is_written_anew_with_the_same_entries_is_frozen(newsroom: Newsroom) -> None:
    for number in range(4):
        newsroom.host.serve("/rss", rss(newsroom.items[-20:]) + f"<!-- {number} -->", headers=RSS)
        newsroom.poll(1, days=1)
    assert newsroom.condition() == "frozen"
    assert "1 frozen since" in newsroom.mail()


def test_without_alerts_one_mail_about_the_sources_is_sent_a_week_at_most(newsroom: Newsroom) -> None:
    refuse(newsroom.host)
    newsroom.poll(3, hours=8)  # it is noon then, and never night
    newsroom.poll(4, hours=96)
    mails = newsroom.mails()
    assert [str(mail["Subject"]) for mail in mails] == ["1 of 2 sources is not well: Tested"] * 2, "and a reminder"
    text = plain(mails[0])
    assert "Tested: blocked since" in text
    assert "HTTP 403" in text
    assert "What you can do: look for another feed" in text


def test_status_and_list_say_what_it_means_and_what_can_be_done(newsroom: Newsroom) -> None:
    from crawler.storage import Store  # noqa: PLC0415

    refuse(newsroom.host)
    newsroom.poll(3)
    with Store.reader(newsroom.program.folder / "tidings.db") as store:
        health = look(store, newsroom.program.runtime(store).config, newsroom.program.now)
    [record] = health.coverage
    assert (record["name"], record["condition"]) == ("Tested", "blocked")
    assert record["means"] == "it refuses programs, or asks for a browser or a login"
    assert record["advice"].startswith("look for another feed")

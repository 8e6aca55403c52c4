"""The service as a process: polls, mails, reads settings again, ends when told to, survives when it is not asked."""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.feeds import RSS, Item, page, rss, story
from tests.postoffice import PostOffice
from tests.program import Folder, plain, read_mail, tidings, wait_until
from tests.running import Running
from tests.site import Answer, Host, Site

SHIPS = {"name": "Ships", "query": "ferry"}
QUICK = {"every": "1s", "fastest": "1s", "slowest": "2s"}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.fixture
def start() -> Iterator[Callable[[Folder], Running]]:
    """Starts services, and leaves none behind."""
    started: list[Running] = []

    def begin(folder: Folder) -> Running:
        started.append(Running(folder))
        return started[-1]

    yield begin
    for running in started:
        running.process.kill()
        running.process.wait(10)


Start = Callable[[Folder], Running]


def article(name: str, subject: str = "ferry") -> Item:
    return Item(f"https://paper.example/{name}", f"{name.title()} and the {subject}", story(f"{name} {subject}"))


def publish(host: Host, *items: Item) -> str:
    return host.serve("/rss", rss(items), headers=RSS)


def titles(folder: Folder) -> list[str]:
    return [row["title"] for row in folder.rows("SELECT title FROM articles ORDER BY title")]


# -- serving ------------------------------------------------------------------------------------------------------


def test_it_polls_and_mails_until_sigterm(folder: Folder, site: Site, start: Start) -> None:
    host = site.host()
    folder.settings([publish(host, article("old", "swan"))], [SHIPS], crawl=QUICK)
    service = start(folder)
    wait_until(lambda: len(host.asked("/rss")) >= 2, "a second poll")
    publish(host, article("old", "swan"), article("new"))
    wait_until(folder.mails, "the mail")
    service.tell(signal.SIGTERM)
    assert service.ends(within=10) == 0
    (mail,) = folder.mails()
    assert "https://paper.example/new" in plain(mail)
    assert "Traceback" not in service.log
    assert folder.one("PRAGMA integrity_check")[0] == "ok"


def test_a_second_start_is_refused_and_sigint_ends_the_first(folder: Folder, site: Site, start: Start) -> None:
    folder.settings([publish(site.host())], crawl=QUICK)
    service = start(folder)
    service.ready()
    for verb in ("run", "once"):
        second = tidings("--settings", str(folder.path), verb)
        assert second.code == 1
        assert f"another Tidings (process {service.process.pid}) is using it" in second.err
        assert "Traceback" not in second.err
    assert service.process.poll() is None
    service.tell(signal.SIGINT)
    assert service.ends(within=10) == 0


def test_sighup_takes_new_settings_and_refuses_broken_ones(folder: Folder, site: Site, start: Start) -> None:
    one, two = site.host(), site.host()
    folder.settings([publish(one)], crawl=QUICK)
    service = start(folder)
    service.ready()
    wait_until(lambda: one.asked("/rss"), "the first source")
    folder.settings([one.url("/rss"), publish(two, article("new"))], crawl=QUICK)
    service.tell(signal.SIGHUP)
    wait_until(lambda: "new" in "".join(titles(folder)).lower(), "the new source's article")
    folder.path.write_text(folder.path.read_text("utf-8").replace('every = "1s"', 'every = "soon"'), "utf-8")
    service.tell(signal.SIGHUP)
    wait_until(lambda: "the old ones hold" in service.log, "the complaint")
    assert "soon" in service.log
    assert "settings.toml:" in service.log
    asked = len(two.asked("/rss"))
    wait_until(lambda: len(two.asked("/rss")) > asked, "another poll with the old settings")
    folder.settings([one.url("/rss")], crawl=QUICK)
    service.tell(signal.SIGHUP)
    wait_until(lambda: service.log.count("settings read again") == 2, "settings without the second source")
    left, others = len(two.asked("/rss")), len(one.asked("/rss"))
    wait_until(lambda: len(one.asked("/rss")) >= others + 2, "two more polls of the first")
    assert len(two.asked("/rss")) == left
    service.tell(signal.SIGTERM)
    assert service.ends(within=10) == 0


# -- ending -------------------------------------------------------------------------------------------------------


def test_sigterm_lets_what_runs_be_finished(folder: Folder, site: Site, start: Start) -> None:
    host, answers = site.host(), threading.Event()
    host.answers["/rss"] = Answer(rss([article("slow")]).encode(), headers=RSS, until=answers)
    folder.settings([host.url("/rss")], [SHIPS], crawl=QUICK)
    service = start(folder)
    wait_until(lambda: host.asked("/rss"), "the request")
    service.tell(signal.SIGTERM)
    wait_until(lambda: not answers.wait(0.3), "the signal to be taken")
    answers.set()
    assert service.ends(within=10) == 0
    assert titles(folder) == ["Slow and the ferry"]


def test_sigterm_cuts_off_what_hangs_and_loses_nothing(folder: Folder, site: Site, start: Start) -> None:
    """A feed, a page behind a teaser and a mail server, none of which ever answers."""
    slow, paged, told, quick = (site.host() for _ in range(4))
    never, desk = threading.Event(), Sleepy()
    with PostOffice(desk) as post:
        known = [publish(paged), publish(told)]
        options: dict[str, Any] = {
            "crawl": QUICK | {"timeout": "60s"},
            "mail": {"smtp": f"smtp://127.0.0.1:{post.port}"},
        }
        folder.settings(known, [SHIPS], **options)
        assert tidings("--settings", str(folder.path), "once").code == 0
        slow.answers["/rss"] = Answer(rss([article("slow")]).encode(), headers=RSS, until=never)
        paged.answers["/page"] = Answer(page("Paged", story("ferry")).encode(), until=never)
        publish(paged, Item(paged.url("/page"), "Paged and the ferry", summary="In short."))
        publish(told, article("told"))
        folder.settings([*known, slow.url("/rss"), publish(quick, article("quick"))], [SHIPS], **options)
        service = start(folder)
        wait_until(lambda: slow.asked("/rss") and paged.asked("/page") and desk.taken, "all three to hang")
        service.tell(signal.SIGTERM)
        assert service.ends(within=10) == 0
        assert "Traceback" not in service.log
        assert titles(folder) == ["Quick and the ferry", "Told and the ferry"]
        never.set()
        assert tidings("--settings", str(folder.path), "once", "--all").code == 0
    assert titles(folder) == [f"{name} and the ferry" for name in ("Paged", "Quick", "Slow", "Told")]
    assert folder.one("SELECT count(*) FROM alert_articles")[0] == 4
    assert len(desk.taken) == folder.count("alerts") + 1
    assert len({mail["Message-ID"] for mail in desk.taken}) == folder.count("alerts")


def test_sighup_does_not_wait_for_a_source_that_hangs(folder: Folder, site: Site, start: Start) -> None:
    slow, quick, never = site.host(), site.host(), threading.Event()
    crawl = QUICK | {"timeout": "60s"}
    slow.answers["/rss"] = Answer(rss([article("slow")]).encode(), headers=RSS, until=never)
    folder.settings([slow.url("/rss")], [SHIPS], crawl=crawl)
    service = start(folder)
    wait_until(lambda: slow.asked("/rss"), "the request")
    folder.settings([slow.url("/rss"), publish(quick, article("quick"))], [SHIPS], crawl=crawl)
    service.tell(signal.SIGHUP)
    wait_until(lambda: "Quick and the ferry" in titles(folder), "the new source's article")
    never.set()
    wait_until(lambda: "Slow and the ferry" in titles(folder), "the article of the one that hung")
    service.tell(signal.SIGTERM)
    assert service.ends(within=10) == 0
    assert titles(folder) == ["Quick and the ferry", "Slow and the ferry"]
    assert "Traceback" not in service.log


def test_sigterm_early_never_hangs(tmp_path: Path, site: Site, start: Start) -> None:
    """Scrapy's own stop hangs within a crawl's first milliseconds; ours must not, whenever it comes."""
    url = publish(site.host(), article("a"))

    def one(number: int, offset: float, *, from_ready: bool) -> int:
        path = tmp_path / str(number)
        path.mkdir()
        folder = Folder(path)
        folder.settings([url], crawl=QUICK)
        service = start(folder)
        if from_ready:
            service.ready()
        time.sleep(offset)  # what is tried, not a way to wait
        service.tell(signal.SIGTERM)
        return service.ends(within=10)

    offsets = (0.0, 0.003, 0.02, 0.1, 0.3, 0.9)
    with ThreadPoolExecutor(3) as pool:
        after = [pool.submit(one, number, offset, from_ready=True) for number, offset in enumerate(offsets)]
        # Before the program listens, the signal ends it the system's way.
        before = [pool.submit(one, 10 + number, offset, from_ready=False) for number, offset in enumerate((0.1, 0.7))]
        assert [future.result() for future in after] == [0] * len(offsets)
        assert {future.result() for future in before} <= {0, -signal.SIGTERM}


# -- not asked ----------------------------------------------------------------------------------------------------


def test_killed_again_and_again_it_loses_and_doubles_nothing(folder: Folder, site: Site, start: Start) -> None:
    hosts = [site.host() for _ in range(4)]
    for host in hosts:
        publish(host)
    folder.settings([host.url("/rss") for host in hosts], [SHIPS], crawl=QUICK)
    assert tidings("--settings", str(folder.path), "once").code == 0
    expected = []
    for number, host in enumerate(hosts):
        items = [article(f"n{number}x{count}") for count in range(5)]
        expected += [item.title for item in items]
        publish(host, *items)
    for polls in (1, 5):
        service = start(folder)
        before = folder.count("polls")
        wait_until(lambda before=before, polls=polls: folder.count("polls") >= before + polls, "some polls")  # type: ignore[misc]
        service.tell(signal.SIGKILL)
        service.ends(within=5)
    assert tidings("--settings", str(folder.path), "once", "--all").code in (0, 3)
    assert titles(folder) == sorted(expected)
    assert folder.one("SELECT count(*) FROM alert_articles")[0] == len(expected)
    assert folder.one("PRAGMA integrity_check")[0] == "ok"
    mails = folder.mails()
    assert len({mail["Message-ID"] for mail in mails}) == len(mails)


@dataclass
class Sleepy:
    """Takes the first mail's bytes and never says that it did; later ones it takes as usual."""

    taken: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Answer the mail itself."""
        assert isinstance(envelope.content, bytes)
        self.taken.append(read_mail(envelope.content))
        if len(self.taken) == 1:
            await asyncio.sleep(60)
        return "250 taken"


def test_killed_while_mailing_it_repeats_the_mail_with_the_same_message_id(
    folder: Folder, site: Site, start: Start
) -> None:
    desk = Sleepy()
    with PostOffice(desk) as post:
        folder.settings(
            [publish(site.host(), article("a"))], [SHIPS], crawl=QUICK, mail={"smtp": f"smtp://127.0.0.1:{post.port}"}
        )
        service = start(folder)
        wait_until(lambda: desk.taken, "the mail")
        service.tell(signal.SIGKILL)
        service.ends(within=5)
        assert folder.one("SELECT state, attempts FROM alerts")["state"] == "waiting"
        assert tidings("--settings", str(folder.path), "once").code == 0
    first, second = desk.taken
    assert first["Message-ID"] == second["Message-ID"]
    assert first.as_bytes() == second.as_bytes()
    assert folder.one("SELECT state FROM alerts")[0] == "sent"


def test_mail_that_waits_goes_out_at_the_next_start(folder: Folder, site: Site) -> None:
    """Exit code 3 says that mail waits; a later pass delivers it under the Message-ID it was given."""
    desk = Sleepy(taken=[EmailMessage()])
    url = publish(site.host(), article("a"))
    folder.settings([url], [SHIPS], mail={"smtp": "smtp://127.0.0.1:9"})
    assert tidings("--settings", str(folder.path), "once").code == 3
    waiting = folder.one("SELECT message_id FROM alerts")[0]
    with PostOffice(desk) as post:
        folder.settings([url], [SHIPS], mail={"smtp": f"smtp://127.0.0.1:{post.port}"})
        folder.make_due()
        assert tidings("--settings", str(folder.path), "once").code == 0
    assert [mail["Message-ID"] for mail in desk.taken[1:]] == [waiting]


def test_a_deleted_database_ends_it_and_is_told(folder: Folder, site: Site, start: Start) -> None:
    host = site.host()
    folder.settings([host.serve("/rss", rss([Item("/1", "A ferry sails")]), headers=RSS)], [SHIPS], crawl=QUICK)
    running = start(folder)
    running.ready()
    wait_until(lambda: folder.count("articles") == 1, "the first article")
    for path in folder.folder.glob("tidings.db*"):
        path.unlink()
    assert running.ends(within=20) == 1
    assert "was deleted or replaced while it was in use" in running.log
    assert "Traceback" not in running.log

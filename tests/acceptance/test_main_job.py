"""The main job from outside: settings and feeds in, mails out; the demo; and what is said without a network."""

from __future__ import annotations

import socket
import sqlite3
from contextlib import closing
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.feeds import RSS, Item, rss, story
from tests.program import Ended, Folder, plain, read_mail, tidings
from tests.site import Site

SHIPS = {"name": "Ships", "query": "ferry"}


def once(folder: Folder, *options: str) -> Ended:
    return tidings("--settings", str(folder.path), "once", *options)


def test_settings_and_feeds_in_mails_out(tmp_path: Path, site: Site) -> None:
    folder, host = Folder(tmp_path), site.host()
    swan = Item("https://paper.example/swan", "Swans return", story("swan"))
    folder.settings([{"url": host.serve("/rss", rss([swan]), headers=RSS), "name": "The Paper"}], [SHIPS])
    first = once(folder, "--json")
    assert (first.code, first.json["sources"]) == (0, {"polled": 1, "unchanged": 0, "failed": 0})
    ferry = Item("https://paper.example/ferry", "Night ferry stopped", story("ferry"))
    host.serve("/rss", rss([ferry, swan]), headers=RSS)
    second = once(folder, "--all", "--json")
    assert second.code == 0
    assert second.json["articles"] == {"new": 1, "updated": 0, "copies": 0}
    assert second.json["matches"] == 1
    assert second.json["alerts"] == {"planned": 1, "delivered": 1, "failed": 0, "waiting": 0}
    (mail,) = folder.mails()
    assert "Night ferry stopped" in str(mail["Subject"])
    assert "The Paper" in plain(mail)
    assert "https://paper.example/ferry" in plain(mail)
    assert parsedate_to_datetime(str(mail["Date"]))


def test_no_deliver_leaves_the_mail_for_later(tmp_path: Path, site: Site) -> None:
    folder, host = Folder(tmp_path), site.host()
    ferry = Item("https://paper.example/ferry", "Night ferry stopped", story("ferry"))
    folder.settings([host.serve("/rss", rss([ferry]), headers=RSS)], [SHIPS])
    assert once(folder, "--no-deliver").code == 0
    assert folder.mails() == []
    assert once(folder).code == 0
    assert len(folder.mails()) == 1


def test_without_a_network_it_says_who_could_not_be_reached(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.settings([{"url": f"http://{name}.invalid/rss", "name": name.title()} for name in ("paper", "courier")])
    done = once(folder, "--json")
    assert done.code == 1
    assert done.seconds < 20
    assert "Traceback" not in done.err
    assert done.json["sources"] == {"polled": 2, "unchanged": 0, "failed": 2}
    assert {each["source"] for each in done.json["errors"]} == {"Paper", "Courier"}
    for each in done.json["errors"]:
        assert "cannot be resolved" in each["error"]
    for name in ("Paper", "Courier"):
        assert name in done.err


def test_one_good_source_is_enough(tmp_path: Path, site: Site) -> None:
    folder, host = Folder(tmp_path), site.host()
    folder.settings(["http://paper.invalid/rss", host.serve("/rss", rss([]), headers=RSS)])
    done = once(folder, "--json")
    assert done.code == 0
    assert done.json["sources"] == {"polled": 2, "unchanged": 0, "failed": 1}


def test_wrong_settings_are_told_with_their_line(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.settings(["http://paper.invalid/rss"], [{"name": "Ships", "query": "ferry AND ("}], crawl={"every": "soon"})
    done = once(folder)
    assert done.code == 2
    assert "crawl.every" in done.err
    assert "topics" in done.err
    assert "settings.toml:" in done.err
    assert "Traceback" not in done.err


# -- the demo -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ended]:
    """The demo, played once for the tests below."""
    folder = tmp_path_factory.mktemp("demo") / "tidings-demo"
    return folder, tidings("demo", "--dir", str(folder), "--json", timeout=100)


def demo_rows(folder: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(f"file:{folder / 'tidings.db'}?mode=ro", uri=True)) as db:
        return db.execute(sql).fetchall()


def test_the_demo_ends_well_and_its_mails_can_be_read(played: tuple[Path, Ended]) -> None:
    folder, done = played
    assert done.code == 0, done.err
    assert "Traceback" not in done.err
    files = [path.read_bytes() for path in (folder / "mail" / "new").iterdir()]
    mails = [read_mail(data) for data in files]
    assert len(mails) == len(done.json["alerts"]["subjects"]) == done.json["alerts"]["delivered"]
    assert mails
    for mail in mails:
        assert not mail.defects
        assert mail["Subject"]
        assert mail["To"]
        assert "http" in plain(mail)
    assert len({mail["Message-ID"] for mail in mails}) == len(mails)


def test_the_demo_sent_every_alert_and_told_of_copies_once(played: tuple[Path, Ended]) -> None:
    folder, done = played
    states = demo_rows(folder, "SELECT state, count(*) FROM alerts GROUP BY state")
    assert states == [("sent", done.json["alerts"]["delivered"])]
    ((copies,),) = demo_rows(folder, "SELECT count(*) FROM articles WHERE copy_of IS NOT NULL")
    assert copies == done.json["articles"]["copies"]
    assert done.json["articles"]["copies"] > 0
    told_twice = """
        SELECT t.topic, t.recipient, coalesce(a.copy_of, a.id) AS origin FROM alert_articles t
        JOIN articles a ON a.id = t.article_id JOIN alerts m ON m.id = t.alert_id
        WHERE m.kind != 'archive' GROUP BY 1, 2, 3 HAVING count(*) > 1
    """
    assert demo_rows(folder, told_twice) == []
    assert demo_rows(folder, "SELECT id FROM polls WHERE new + updated + known != entries OR known < 0") == []
    assert demo_rows(folder, "PRAGMA integrity_check") == [("ok",)]


def test_the_demo_leaves_no_port_open_and_no_process(played: tuple[Path, Ended]) -> None:
    folder, _ = played
    ((url,), *_) = demo_rows(folder, "SELECT url FROM sources")
    parts = urlsplit(str(url))
    with socket.socket() as probe:
        probe.settimeout(2)
        assert probe.connect_ex((str(parts.hostname), parts.port or 80)) != 0
    # Where there is no /proc (macOS) the port alone has to do.
    commands = [_command(path) for path in Path("/proc").glob("[0-9]*/cmdline")]
    assert [command for command in commands if str(folder).encode() in command] == []


def _command(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def test_the_demo_touches_nobody_elses_folder(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    done = tidings("demo", "--dir", str(tmp_path))
    assert done.code == 1
    assert "not empty" in done.err
    assert (tmp_path / "thesis.txt").read_text("utf-8") == "mine"

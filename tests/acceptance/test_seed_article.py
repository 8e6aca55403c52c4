"""The article that the project began with: matched, stored once, mailed once, by the real program.

Its text lies beside the project and not in it; without it these tests skip and say so.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.feeds import RSS, Item, atom, rss, story
from tests.program import ROOT, Ended, Folder, plain, tidings
from tests.site import Host, Site

SEED = ROOT / ".." / "shared" / "data" / "seed-article.txt"
PUBLISHED = datetime(2025, 10, 10, 14, 30, tzinfo=UTC)
ADDRESS = "https://www.eurointegration.example/eng/news/2025/10/10/7222/"
UNRELATED = Item("https://www.eurointegration.example/eng/news/1/", "Harbour budget agreed", story("budget"))


@dataclass(frozen=True)
class Seed:
    """The article as its outlet prints it."""

    title: str
    text: str


@pytest.fixture(scope="module")
def seed() -> Seed:
    if not SEED.exists():
        pytest.skip("seed-article.txt is not there: the path of the first article was not tried")
    paragraphs = [line.strip() for line in SEED.read_text("utf-8").splitlines() if line.strip()]
    head, title, *rest = paragraphs
    return Seed(title, "\n\n".join([head.partition("2025-10-10 ")[2], *rest]))


@pytest.fixture
def desk(tmp_path: Path, site: Site) -> tuple[Folder, Host]:
    """A folder that follows three feeds with the shipped topic."""
    host, folder = site.host(), Folder(tmp_path)
    topic = tomllib.loads((ROOT / "settings.toml").read_text("utf-8"))["topics"][0]
    names = {"/full": "Full", "/tracked": "Tracked", "/atom": "Atom"}
    sources: list[dict[str, Any]] = [{"url": host.url(path), "name": name} for path, name in names.items()]
    folder.settings(sources, [topic], mail={"to": ["reporter@desk.example"]})
    return folder, host


def publish(host: Host, seed: Seed | None) -> None:
    """Let the three feeds carry an unrelated article, and the seed article each in its own way."""
    entries: dict[str, list[Item]] = {"/full": [UNRELATED], "/tracked": [UNRELATED], "/atom": [UNRELATED]}
    if seed is not None:
        addresses = {
            "/full": ADDRESS,
            "/tracked": ADDRESS.replace("www.", "m.") + "?utm_source=rss&utm_medium=feed",
            "/atom": ADDRESS.replace("https", "http") + "#comments",
        }
        for number, (path, link) in enumerate(addresses.items()):
            item = Item(link, seed.title, seed.text, guid=f"urn:seed:{number}", published=PUBLISHED)
            entries[path].insert(0, item)
    host.serve("/full", rss(entries["/full"], language="en"), headers=RSS)
    host.serve("/tracked", rss(entries["/tracked"], language="en"), headers=RSS)
    host.serve("/atom", atom(entries["/atom"], language="en"))


def once(folder: Folder) -> Ended:
    done = tidings("--settings", str(folder.path), "once", "--all", "--json")
    assert done.code == 0, done.err
    assert "Traceback" not in done.err
    return done


def stored_once(folder: Folder, seed: Seed) -> None:
    """One article, carried by three sources, matched once, with evidence that stands in its text."""
    article = folder.one("SELECT * FROM articles WHERE title = ?", seed.title)
    assert folder.one("SELECT count(*) FROM appearances WHERE article_id = ?", article["id"])[0] == 3
    match = folder.one("SELECT * FROM matches")
    assert (match["article_id"], match["topic"]) == (article["id"], "Return of deported Ukrainian children")
    evidence = json.loads(match["evidence"])
    assert evidence
    for piece in evidence:
        assert article[piece["field"]][piece["start"] : piece["end"]] == piece["form"]


def test_it_appears_later_and_is_mailed_once(desk: tuple[Folder, Host], seed: Seed) -> None:
    folder, host = desk
    publish(host, None)
    assert once(folder).json["articles"]["new"] == 1
    assert folder.mails() == []
    publish(host, seed)
    done = once(folder).json
    assert (done["articles"]["new"], done["articles"]["copies"], done["matches"]) == (1, 0, 1)
    assert done["alerts"] == {"planned": 1, "delivered": 1, "failed": 0, "waiting": 0}
    stored_once(folder, seed)
    assert once(folder).json["alerts"]["delivered"] == 0
    (mail,) = folder.mails()
    assert mail["To"] == "reporter@desk.example"
    assert seed.title[:40] in str(mail["Subject"])
    assert folder.one("SELECT url FROM articles WHERE title = ?", seed.title)[0] in plain(mail).replace(" ", "")
    assert "kidnapped" in plain(mail)
    assert folder.one("SELECT kind FROM alerts")[0] == "news"


def test_it_is_there_already_and_is_named_by_the_one_archive_mail(desk: tuple[Folder, Host], seed: Seed) -> None:
    folder, host = desk
    publish(host, seed)
    done = once(folder).json
    assert (done["articles"]["new"], done["matches"]) == (2, 1)
    assert done["alerts"]["delivered"] == 1
    stored_once(folder, seed)
    publish(host, seed)
    assert once(folder).json["alerts"]["delivered"] == 0
    (mail,) = folder.mails()
    assert seed.title in plain(mail)
    assert folder.one("SELECT kind FROM alerts")[0] == "archive"

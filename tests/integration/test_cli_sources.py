"""The verbs of ``tidings sources``: settings.toml edited with care, feeds fetched over real HTTP."""

from __future__ import annotations

import json
import signal
import subprocess
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from scheduler.cli import invoke
from tests.feeds import MORNING, RSS, Item, rss, story
from tests.program import ROOT, Ended, Program, tidings, wait_until
from tests.program import command as command_line
from tests.site import Answer, Site

HTML = {"Content-Type": "text/html; charset=utf-8"}
ENTRIES = [
    Item("https://paper.example/b", "The ferry is back", story("ferry"), published=MORNING + timedelta(hours=2)),
    Item("https://paper.example/a", "The bridge is open", story("timber")),
]
HEAD = """# My own notes stay.
[crawl]
pace = "0s"   # quick
allow_networks = ["127.0.0.0/8"]

[mail]
to = ["ann@desk.example"]
timezone = "UTC"
"""


def write(folder: Path, *sources: tuple[str, str]) -> Path:
    path = folder / "settings.toml"
    blocks = [f'\n# about {name}\n[[sources]]\nurl = "{url}"\nname = "{name}"\n' for url, name in sources]
    path.write_text(HEAD + "".join(blocks), encoding="utf-8")
    return path


def command(path: Path, *arguments: str) -> Ended:
    """In a process of its own, because a reactor runs once per process."""
    return tidings("--settings", str(path), "sources", *arguments)


def here(path: Path, *arguments: str) -> int:
    return invoke(["--settings", str(path), "sources", *arguments])


# -- add ------------------------------------------------------------------------------------------------------------


def test_a_feed_is_added_by_its_own_title_and_comments_stay(tmp_path: Path, site: Site) -> None:
    url = site.host().serve("/rss", rss(ENTRIES, title="The \x07Paper"), headers=RSS)
    path = write(tmp_path, ("https://other.example/rss", "Other"))
    before = path.read_text(encoding="utf-8")
    done = command(path, "add", url, "--json")
    assert (done.code, done.json["added"]) == (0, {"url": url, "name": "The Paper", "language": ""})
    assert done.json["entries"] == 2
    after = path.read_text(encoding="utf-8")
    assert after.startswith(before)
    assert f'url = "{url}"' in after.removeprefix(before)


def test_the_feed_behind_a_page_is_found(tmp_path: Path, site: Site) -> None:
    host = site.host()
    feed = host.serve("/feeds/news", rss(ENTRIES), headers=RSS)
    home = host.serve(
        "/",
        '<html><head><link rel="alternate" type="application/rss+xml" href="/feeds/news"></head></html>',
        headers=HTML,
    )
    path = write(tmp_path)
    done = command(path, "add", home, "--name", "Paper", "--language", "en")
    assert done.code == 0, done.err
    assert "reads its settings again" in done.out
    text = path.read_text(encoding="utf-8")
    assert f'url = "{feed}"\nname = "Paper"\nlanguage = "en"' in text


@pytest.mark.parametrize("yes", [True, False])
def test_several_feeds_are_listed_and_the_first_is_taken_only_with_yes(tmp_path: Path, site: Site, yes: bool) -> None:  # noqa: FBT001
    host = site.host()
    links = "".join(f'<link rel="alternate" type="application/rss+xml" href="/{n}">' for n in ("broken", "one", "two"))
    host.serve("/broken", "<p>no feed</p>", headers=HTML)
    feeds = [host.serve(f"/{name}", rss(ENTRIES, title=name), headers=RSS) for name in ("one", "two")]
    home = host.serve("/", f"<html><head>{links}</head></html>", headers=HTML)
    path = write(tmp_path)
    before = path.read_text(encoding="utf-8")
    done = command(path, "add", home, *(["--yes"] if yes else []))
    added = path.read_text(encoding="utf-8").removeprefix(before)
    if yes:
        assert done.code == 0
        assert feeds[0] in added
        assert feeds[1] not in added
    else:
        assert done.code == 1
        assert added == ""
        assert all(feed in done.err for feed in feeds)


def test_where_a_feed_moved_for_good_is_followed(tmp_path: Path, site: Site) -> None:
    host = site.host()
    new = host.serve("/new", rss(ENTRIES), headers=RSS)
    path = write(tmp_path)
    done = command(path, "add", host.redirect("/old", new, 301), "--json")
    assert done.json["added"]["url"] == new


@pytest.mark.parametrize(
    ("status", "says"),
    [(200, "names no feed"), (404, "nothing at this address")],
)
def test_what_is_no_feed_is_refused(tmp_path: Path, site: Site, status: int, says: str) -> None:
    settings = write(tmp_path)
    before = settings.read_text(encoding="utf-8")
    done = command(settings, "add", site.host().serve("/page", "<p>hello</p>", status=status, headers=HTML))
    assert done.code == 1
    assert says in done.err
    assert "Traceback" not in done.err
    assert settings.read_text(encoding="utf-8") == before


def test_robots_and_private_networks_hold_for_a_look_too(tmp_path: Path, site: Site) -> None:
    host = site.host()
    host.serve("/robots.txt", "User-agent: *\nDisallow: /\n")
    url = host.serve("/rss", rss(ENTRIES), headers=RSS)
    path = write(tmp_path)
    done = command(path, "check", url, "--json")
    assert (done.code, done.json["robots"]) == (1, "refused")
    assert host.asked("/rss") == []
    path.write_text(HEAD.replace('["127.0.0.0/8"]', "[]"), encoding="utf-8")
    done = command(path, "check", url)
    assert done.code == 1
    assert "private network" in done.out


def test_a_known_address_is_refused_without_asking_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, ("https://paper.example/rss", "Paper"))
    assert here(path, "add", "HTTPS://Paper.example/rss") == 1
    assert "followed already (Paper)" in capsys.readouterr().err


def test_no_check_writes_the_address_down(tmp_path: Path) -> None:
    path = write(tmp_path)
    assert here(path, "add", "https://paper.example/rss", "--no-check", "--name", 'The "Paper"') == 0
    assert 'url = "https://paper.example/rss"\nname = "The \\"Paper\\""\n' in path.read_text(encoding="utf-8")


def test_an_edit_that_would_break_the_settings_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path)
    before = path.read_text(encoding="utf-8")
    assert here(path, "add", "https://paper.example/rss", "--no-check", "--language", "Martian!") == 1
    assert "Martian!" in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == before
    assert [each.name for each in tmp_path.iterdir()] == ["settings.toml"]


def test_an_address_that_is_none_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert here(write(tmp_path), "add", "paper") == 2
    assert "http://" in capsys.readouterr().err


def test_ctrl_c_ends_a_look_at_a_silent_server(tmp_path: Path, site: Site) -> None:
    host = site.host()
    host.answers["/robots.txt"] = Answer(until=Event())
    path = write(tmp_path)
    arguments = ("--settings", str(path), "sources", "check", host.url("/rss"))
    looking = subprocess.Popen(command_line(*arguments), cwd=ROOT, stderr=subprocess.PIPE)
    wait_until(lambda: host.asked("/robots.txt"), "the first request")
    looking.send_signal(signal.SIGINT)
    _, err = looking.communicate(timeout=10)
    assert (looking.returncode, b"Traceback" in err) == (130, False)


# -- check ----------------------------------------------------------------------------------------------------------


def test_check_says_what_an_address_is_and_stores_nothing(tmp_path: Path, site: Site) -> None:
    url = site.host().serve("/rss", rss(ENTRIES, language="en"), headers=RSS | {"ETag": '"7"'})
    path = write(tmp_path, (url, "Paper"))
    done = command(path, "check", "paper", "--json")
    assert done.code == 0, done.err
    assert done.json | {"bytes": 0} == {
        "url": url,
        "final_url": url,
        "moved_to": "",
        "status": 200,
        "kind": "feed",
        "title": "A newspaper",
        "language": "en",
        "entries": 2,
        "newest": {
            "title": "The ferry is back",
            "published": "2026-03-02T10:00:00Z",
            "link": "https://paper.example/b",
        },
        "texts": "full",
        "bytes": 0,
        "etag": '"7"',
        "last_modified": "",
        "robots": "allowed",
        "problems": [],
        "error": "",
        "condition": "well",
        "advice": "",
        "feeds": [],
    }
    assert not (tmp_path / "tidings.db").exists()
    text = command(path, "check", url).out
    assert "2026-03-02 10:00 The ferry is back" in text
    assert "full texts" in text


# -- list, remove, pause, resume ------------------------------------------------------------------------------------


def listed(path: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    assert here(path, "list", "--json") == 0
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["sources"]
    return found


def test_list_shows_settings_and_database_together(
    program: Program, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    host = site.host()
    good = host.serve("/rss", rss(ENTRIES), headers=RSS)
    bad = host.url("/nothing")
    sources: list[dict[str, Any]] = [
        {"url": good, "name": "Газета"},
        {"url": bad, "name": "報紙"},
        {"url": "https://c.example/", "name": "C", "paused": True},
    ]
    program.settings(sources)
    states = [each["state"] for each in listed(program.path, capsys)]
    assert states == ["new", "new", "paused"]
    for _ in range(3):
        program.once()
    found = listed(program.path, capsys)
    assert [(each["state"], each["failures"], each["articles"]) for each in found] == [
        ("active", 0, 2), ("failing", 3, 0), ("paused", 0, 0),
    ]  # fmt: skip
    assert found[0]["last_ok"] == "2026-03-02T09:00:00Z"
    assert "404" in found[1]["last_error"]
    assert here(program.path, "list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["SOURCE", "STATE", "LANG", "LAST", "READ", "ARTICLES", "FAILURES", "LAST", "ERROR"]
    column = lines[0].index("STATE")
    assert lines[1][column:].startswith("active")
    assert lines[2][column - 2 :].startswith("failing"), "two wide letters take four columns"


def test_pause_resume_and_remove_by_name_or_address(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, ("https://a.example/rss", "A"), ("https://b.example/rss", "B"))
    before = path.read_text(encoding="utf-8")
    assert here(path, "pause", "a") == 0
    assert "paused = true" in path.read_text(encoding="utf-8")
    assert here(path, "resume", "https://a.example/rss") == 0
    assert here(path, "remove", "B", "--json") == 0
    capsys.readouterr()
    assert [each["name"] for each in listed(path, capsys)] == ["A"]
    assert path.read_text(encoding="utf-8").startswith(before.split("\n[[sources]]", 1)[0])


@pytest.mark.parametrize("verb", ["remove", "pause", "resume"])
def test_an_unknown_source_changes_nothing(tmp_path: Path, verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, ("https://a.example/rss", "Kyiv Paper"))
    before = path.read_text(encoding="utf-8")
    assert here(path, verb, "Kiev Paper") == 1
    assert "Kyiv Paper" in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == before


# -- OPML -----------------------------------------------------------------------------------------------------------


def test_export_and_import_are_one_round(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    first = write(tmp_path, ("https://a.example/rss?x=1&y=2", "Газета <A>"), ("https://b.example/rss", "B"))
    assert here(first, "export") == 0
    opml = tmp_path / "feeds.opml"
    opml.write_text(capfd.readouterr().out, encoding="utf-8")
    second = write(tmp_path, ("https://b.example/rss", "B"))
    assert here(second, "import", str(opml), "--json") == 0
    found = json.loads(capfd.readouterr().out)
    assert found["added"] == [{"url": "https://a.example/rss?x=1&y=2", "name": "Газета <A>"}]
    assert found["skipped"] == ["https://b.example/rss is followed already"]
    after = second.read_text(encoding="utf-8")
    assert here(second, "import", str(opml)) == 0
    assert capfd.readouterr().out.startswith("0 sources added, 2 left out")
    assert second.read_text(encoding="utf-8") == after


def test_what_is_no_opml_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path)
    wrong = tmp_path / "wrong.opml"
    wrong.write_text("<html/>", encoding="utf-8")
    assert here(path, "import", str(wrong)) == 1
    assert "<opml>" in capsys.readouterr().err
    assert here(path, "import", str(tmp_path / "none.opml")) == 2

"""``tidings topics follow`` and ``teach``: examples from files, the archive and the web; answers."""

from __future__ import annotations

import json
import sqlite3
import tomllib
from contextlib import closing
from typing import Any

import pytest

from crawler.topics import following
from scheduler.cli import invoke
from tests.feeds import RSS, Item, page, rss, story
from tests.integration.test_crawl_following import EXAMPLE, OTHER, SAME, UKRAINIAN
from tests.program import Program, tidings
from tests.site import Host, Site
from tests.unit.topics.test_suggesting import STORIES


@pytest.fixture
def archive(program: Program, site: Site, monkeypatch: pytest.MonkeyPatch) -> Host:
    """An archive of three articles that no topic follows, at the moment when it was made."""
    monkeypatch.setattr("crawler.runtime.utc_now", lambda: program.now)
    host = site.host()
    host.serve("/rss", rss([SAME, UKRAINIAN, OTHER]), headers=RSS)
    program.settings([host.url("/rss")])
    program.once()
    program.path.write_text(program.path.read_text("utf-8").replace("topics = []\n", ""), "utf-8")
    return host


def run(program: Program, capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> dict[str, Any]:
    capsys.readouterr()
    assert invoke(["--settings", str(program.path), "topics", *arguments, "--json"]) == code
    out = capsys.readouterr().out
    return dict(json.loads(out)) if out else {}


def topics(program: Program) -> list[dict[str, Any]]:
    return list(tomllib.loads(program.path.read_text("utf-8"))["topics"])


def test_a_file_makes_a_topic_and_comments_stay(
    program: Program, archive: Host, capsys: pytest.CaptureFixture[str]
) -> None:
    program.path.write_text("# my own words\n" + program.path.read_text("utf-8"), "utf-8")
    (program.folder / "doha.txt").write_text(EXAMPLE, "utf-8")
    found = run(program, capsys, "follow", "Children", str(program.folder / "doha.txt"))
    assert topics(program) == [{"name": "Children", "examples": ["doha.txt"]}]
    assert program.path.read_text("utf-8").startswith("# my own words\n")
    assert next(each["title"] for each in found["articles"]) == SAME.title
    assert OTHER.title not in {each["title"] for each in found["articles"]}


def test_an_article_of_the_archive_is_added_to_a_topic_that_is_there(
    program: Program, archive: Host, capsys: pytest.CaptureFixture[str]
) -> None:
    program.settings([archive.url("/rss")], [{"name": "Children", "query": "doha", "examples": ["a.txt"]}])
    found = run(program, capsys, "follow", "Children", SAME.link)
    assert found["title"] == SAME.title
    assert topics(program) == [{"name": "Children", "query": "doha", "examples": ["a.txt", SAME.link]}]
    assert program.one("SELECT title FROM examples")["title"] == SAME.title


def test_an_article_that_was_never_seen_is_fetched(program: Program, archive: Host) -> None:
    archive.serve("/story", page(SAME.title, story("children in Doha")), headers={"Content-Type": "text/html"})
    done = tidings("topics", "follow", "Children", archive.url("/story"), cwd=program.folder)
    assert done.code == 0, done.err
    assert program.one("SELECT title FROM examples")["title"] == SAME.title
    done = tidings("topics", "follow", "Children", archive.url("/nothing-there"), cwd=program.folder)
    assert done.code == 1
    assert "cannot be fetched" in done.err


def test_answers_move_the_line_and_take_nothing_back(
    program: Program, archive: Host, capsys: pytest.CaptureFixture[str]
) -> None:
    run(program, capsys, "follow", "Children", SAME.link)
    program.once()
    before = program.count("matches")
    said = run(program, capsys, "teach", "Children", "--no", SAME.link)
    assert said["answers"] == [{"url": SAME.link, "belongs": False, "score": said["answers"][0]["score"]}]
    assert said["line"]["after"] > said["line"]["before"]
    assert program.count("matches") == before
    run(program, capsys, "teach", "Children", "--yes", SAME.link)
    assert program.one("SELECT belongs FROM feedback")["belongs"] == 1


def test_a_query_ranks_what_was_refused_lower_and_goes_on_taking_it(
    program: Program, archive: Host, capsys: pytest.CaptureFixture[str]
) -> None:
    program.settings([archive.url("/rss")], [{"name": "T", "query": "ferry OR children"}])
    program.once()
    taken = program.count("matches")
    said = run(program, capsys, "teach", "T", "--no", OTHER.link)
    assert said["line"] is None
    assert [each["title"] for each in said["would_drop"]] == [OTHER.title]
    assert program.count("matches") == taken > 1


def test_what_cannot_be_taught_is_told(program: Program, archive: Host, capsys: pytest.CaptureFixture[str]) -> None:
    program.settings([archive.url("/rss")], [{"name": "T", "query": "ferry"}])
    assert invoke(["--settings", str(program.path), "topics", "teach", "T", "--no", "https://nowhere.example/1"]) == 1
    assert "there is no article https://nowhere.example/1 in the archive" in capsys.readouterr().err
    assert invoke(["--settings", str(program.path), "topics", "teach", "T"]) == 2


def test_a_topic_with_examples_is_tried_with_what_scores_below_its_line(
    program: Program, archive: Host, capsys: pytest.CaptureFixture[str]
) -> None:
    (program.folder / "doha.txt").write_text(EXAMPLE, "utf-8")
    program.settings([archive.url("/rss")], [{"name": "Children", "examples": ["doha.txt"], "follow": "wide"}])
    wide = run(program, capsys, "test", "Children")
    taken = {each["title"]: each for each in wide["newest"]}
    assert OTHER.title not in taken
    weights = [piece["weight"] for piece in taken[SAME.title]["evidence"]]
    assert weights == sorted(weights, reverse=True)
    assert 0.15 <= taken[SAME.title]["score"] <= 1
    assert program.count("examples") == 0, "a trial must not store anything"


def test_what_is_nearly_like_the_examples_says_its_score_and_what_it_shares(
    program: Program, archive: Host, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(following.LINES, "strict", 0.999)
    (program.folder / "doha.txt").write_text(EXAMPLE, "utf-8")
    program.settings([archive.url("/rss")], [{"name": "Children", "examples": ["doha.txt"], "follow": "strict"}])
    found = run(program, capsys, "test", "Children")
    assert found["articles"] == 0
    nearest = found["nearest"][0]
    assert nearest["title"] == SAME.title
    assert nearest["says"].startswith(f"scored {nearest['score']:.2f}, strict asks 1.00: shares ")
    assert nearest["evidence"]


def test_an_example_that_cannot_be_read_refuses_the_trial(
    program: Program, archive: Host, capsys: pytest.CaptureFixture[str]
) -> None:
    program.settings([archive.url("/rss")], [{"name": "Children", "examples": ["gone.txt"]}])
    assert invoke(["--settings", str(program.path), "topics", "test", "Children"]) == 1
    assert "gone.txt" in capsys.readouterr().err


def test_check_holds_examples_to_what_must_and_must_not_match(
    program: Program, archive: Host, capsys: pytest.CaptureFixture[str]
) -> None:
    (program.folder / "doha.txt").write_text(EXAMPLE, "utf-8")
    topic = {"name": "Children", "examples": ["doha.txt"], "follow": "wide"}
    program.settings([archive.url("/rss")], [{**topic, "must_match": [SAME.link], "must_not_match": [OTHER.link]}])
    invoke(["--settings", str(program.path), "check", "--json"])
    assert not [each for each in json.loads(capsys.readouterr().out)["problems"] if "must" in each]
    program.settings([archive.url("/rss")], [{**topic, "must_match": [OTHER.title], "must_not_match": [SAME.link]}])
    invoke(["--settings", str(program.path), "check", "--json"])
    wrong = [each for each in json.loads(capsys.readouterr().out)["problems"] if "must" in each]
    assert len(wrong) == 2, wrong
    assert "the examples do not take" in wrong[0]
    assert "wide asks 0.15" in wrong[0]
    assert "the topic takes" in wrong[1]


def test_diff_tells_what_examples_gain_and_lose(
    program: Program, archive: Host, capsys: pytest.CaptureFixture[str]
) -> None:
    (program.folder / "doha.txt").write_text(EXAMPLE, "utf-8")
    plain = {"name": "Children", "examples": ["doha.txt"]}
    program.settings([archive.url("/rss")], [plain])
    program.once()
    found = run(program, capsys, "diff", "Children")
    assert (found["gained"], found["lost"]) == ([], [])
    assert found["before"]["examples"] == found["after"]["examples"] == ["doha.txt"]
    assert found["kept"] == found["before"]["articles"] >= 1
    program.settings([archive.url("/rss")], [{**plain, "query": "ferry"}])
    found = run(program, capsys, "diff", "Children")
    assert [each["title"] for each in found["gained"]] == [OTHER.title]
    program.settings([archive.url("/rss")], [{"name": "Children", "query": "ferry"}])
    found = run(program, capsys, "diff", "Children")
    assert SAME.title in {each["title"] for each in found["lost"]}
    assert found["after"]["examples"] == []


def test_diff_says_what_a_lost_article_scores_now(
    program: Program, archive: Host, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(following.LINES, "strict", 0.999)
    (program.folder / "doha.txt").write_text(EXAMPLE, "utf-8")
    wide = {"name": "Children", "examples": ["doha.txt"], "follow": "wide"}
    program.settings([archive.url("/rss")], [wide])
    other = program.folder / "older.toml"
    other.write_text(program.path.read_text("utf-8"), "utf-8")
    program.settings([archive.url("/rss")], [{**wide, "follow": "strict", "query": "ferry"}])
    found = run(program, capsys, "diff", "Children", "--against", str(other))
    lost = next(each for each in found["lost"] if each["title"] == SAME.title)
    assert lost["says"].startswith(f"scored {lost['score']:.2f}, strict asks 1.00")
    assert lost["says"].endswith("; of the query: no ferry")
    assert lost["met"]
    typed = run(program, capsys, "diff", "Children", "--query", "ferry OR children")
    assert typed["before"]["examples"] == typed["after"]["examples"] == ["doha.txt"]
    assert SAME.title in {each["title"] for each in typed["gained"]}


def test_sub_queries_may_stand_in_a_query_that_is_tried(
    program: Program, archive: Host, capsys: pytest.CaptureFixture[str]
) -> None:
    program.settings([archive.url("/rss")], [{"name": "T", "query": "@boats"}], queries={"boats": "ferry OR ship"})
    assert [each["title"] for each in run(program, capsys, "test", "T", "--query", "@boats")["newest"]] == [OTHER.title]
    same = run(program, capsys, "diff", "T", "--query", "@boats")
    assert (same["gained"], same["lost"], same["kept"]) == ([], [], 1)
    assert same["after"]["query"] == "@boats"
    wider = run(program, capsys, "diff", "T", "--query", "@boats OR children")
    assert SAME.title in {each["title"] for each in wider["gained"]}
    assert invoke(["--settings", str(program.path), "topics", "diff", "T", "--query", "@cars"]) == 2
    assert "there is no sub-query @cars" in capsys.readouterr().err


def test_words_in_other_languages_are_suggested_and_never_added(
    program: Program, site: Site, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.runtime.utc_now", lambda: program.now)
    monkeypatch.setattr("crawler.text.embedding.available", lambda: False)
    host = site.host()
    items = [Item(host.url(f"/{title}"), title) for pair in STORIES for title in pair]
    host.serve("/rss", rss(items), headers=RSS)
    program.settings([host.url("/rss")], [{"name": "Children", "query": "children"}])
    program.once()
    with closing(sqlite3.connect(program.folder / "tidings.db")) as db, db:
        for number, pair in enumerate(STORIES, 1):
            db.executemany("UPDATE articles SET story_id = ? WHERE title = ?", [(number, title) for title in pair])
    settings = program.path.read_text("utf-8")
    found = run(program, capsys, "test", "Children")["suggested"]
    assert [(each["language"], each["word"], each["beside"], each["column"]) for each in found["words"]] == [
        ("uk", "дітей", "children", 1)
    ]
    assert (found["query"], found["gains"]) == ("(children OR дітей)", 4)
    assert program.path.read_text("utf-8") == settings
    assert invoke(["--settings", str(program.path), "topics", "test", "Children"]) == 0
    text = capsys.readouterr().out
    assert "  uk  beside children: дітей  (4 of 4 stories)\nwith all of them the query takes 4 articles more" in text
    assert "tidings topics diff Children --query '(children OR дітей)'" in text
    assert run(program, capsys, "test", "Children", "--no-suggest")["suggested"] is None
    assert run(program, capsys, "test", "Children", "--query", "(children OR дітей)")["suggested"] is None

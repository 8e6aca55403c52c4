"""The verbs of ``tidings articles`` and ``topics`` over a real archive."""

from __future__ import annotations

import json
import logging
import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crawler.storage import InstanceLock
from scheduler.cli import invoke
from tests.feeds import RSS, Item, rss, story
from tests.program import ROOT, Program, command
from tests.site import Site

TEXT = (
    "Seven children who had been deported from Kherson came home on Friday after months in Russia, the ombudsman said."
    " They were met by relatives at the border crossing in Volyn and taken to a centre near Kyiv for rest and checks."
)
NOW = datetime.now(UTC).replace(microsecond=0)
TOPICS = [{"name": "Children", "query": "(deported OR abducted) AND child*"}]


def days_ago(days: float) -> str:
    return (NOW - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def record(number: float, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    fields = {
        "url": f"https://paper{number}.example/news/{number}",
        "title": f"Title of number {number}",
        "text": story(f"subject{number}"),
        "published": days_ago(number),
    }
    return fields | more


def lines(*records: dict[str, Any] | str) -> str:
    return "".join(f"{each if isinstance(each, str) else json.dumps(each, ensure_ascii=False)}\n" for each in records)


class Desk:
    """A folder with settings in which verbs are called."""

    def __init__(self, program: Program, capfd: pytest.CaptureFixture[str]) -> None:
        self.program = program
        self._capfd = capfd
        program.settings([], TOPICS)

    def call(self, *arguments: str) -> tuple[int, str, str]:
        code = invoke(["--settings", str(self.program.path), *arguments])
        said = self._capfd.readouterr()
        assert "Traceback" not in said.err
        return code, said.out, said.err

    def json(self, *arguments: str) -> Any:  # noqa: ANN401
        code, out, err = self.call(*arguments, "--json")
        assert code == 0, err
        return json.loads(out)

    def bring(self, *records: dict[str, Any] | str, alert: bool = False) -> dict[str, int]:
        path = self.program.folder / "in.jsonl"
        path.write_text(lines(*records), encoding="utf-8")
        found: dict[str, int] = self.json("articles", "import", str(path), *(["--alert"] if alert else []))
        return found


@pytest.fixture
def desk(program: Program, capfd: pytest.CaptureFixture[str]) -> Iterator[Desk]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield Desk(program, capfd)
    # A verb sets up the process's log; the tests after it have their own.
    root.handlers[:] = handlers
    root.setLevel(level)


CHILDREN = record(2, title="Deported children come home", text=TEXT, source="Перша газета", author=["Ann", "Ben"])
COPY = record(1, title="Deported children come home", text=TEXT + " More on our site.", source="Copyist")


# -- import and export ----------------------------------------------------------------------------------------------


def test_import_runs_the_whole_path_and_tells_nobody(desk: Desk) -> None:
    # The copy stands before its origin: the dates decide, not the order.
    assert desk.bring(COPY, CHILDREN, record(3)) == {
        "lines": 3, "new": 3, "updated": 0, "known": 0, "skipped": 0, "copies": 1, "matches": 2, "alerts_planned": 0,
    }  # fmt: skip
    found = {row["url"]: row for row in desk.program.rows("SELECT * FROM articles")}
    origin, copy = found[CHILDREN["url"]], found[COPY["url"]]
    assert copy["copy_of"] == origin["id"]
    assert copy["story_id"] == origin["story_id"]
    assert (origin["first_seen"], origin["author"], origin["text_from"]) == (days_ago(2), "Ann, Ben", "import")
    assert {row["fate"] for row in desk.program.rows("SELECT fate FROM matches")} == {"import"}
    desk.program.now = NOW
    desk.program.once()
    assert desk.program.count("alerts") == 0, "a later run must not tell it either"


@pytest.mark.parametrize("files", [[COPY, CHILDREN], [CHILDREN, COPY]], ids=["copy-first", "origin-first"])
def test_a_copy_in_another_file_joins_the_story(desk: Desk, files: list[dict[str, Any]]) -> None:
    for each in files:
        desk.bring(each)
    rows = desk.program.rows("SELECT url, copy_of, story_id, id FROM articles")
    found = {row["url"]: row for row in rows}
    origin, copy = found[CHILDREN["url"]], found[COPY["url"]]
    assert (origin["copy_of"], copy["copy_of"]) == (None, origin["id"])
    assert origin["story_id"] == copy["story_id"]
    story_row = desk.program.one("SELECT first_seen, last_seen, articles FROM stories")
    assert tuple(story_row) == (days_ago(2), days_ago(1), 2)


def test_importing_twice_adds_nothing(desk: Desk) -> None:
    changed = record(4, text=story("subject4") + "\n\n" + story("another"))
    records = (CHILDREN, COPY, record(4), changed, record(4))
    first = desk.bring(*records)
    assert (first["new"], first["updated"], first["known"]) == (3, 1, 1)
    before = [tuple(row) for row in desk.program.rows("SELECT * FROM articles, versions")]
    again = desk.bring(*records)
    assert (again["new"], again["updated"], again["known"], again["matches"]) == (0, 0, 5, 0)
    assert [tuple(row) for row in desk.program.rows("SELECT * FROM articles, versions")] == before


def test_alerts_are_planned_when_asked_for(desk: Desk) -> None:
    done = desk.bring(CHILDREN, COPY, alert=True)
    assert (done["matches"], done["alerts_planned"]) == (2, 1), "the copy is told with its origin"
    assert desk.program.one("SELECT topic, recipient FROM alerts")["recipient"] == "ann@desk.example"


BAD = [
    ("nonsense", "not JSON"),
    ("[1]", "an object"),
    ('{"url": "https://a.example/1"}', '"title" is missing'),
    ('{"title": "T"}', '"url" is missing'),
    ('{"url": "ftp://a.example/1", "title": "T"}', "ftp://a.example/1"),
    ('{"url": "https://a.example/1", "title": 7}', '"title" is 7'),
    ('{"url": "https://a.example/1", "title": "T", "published": "yesterday"}', "yesterday"),
    ('{"url": "https://a.example/1", "title": "T", "categories": "x"}', "a list of texts"),
    ("[" * 100_000, "not JSON"),
]


@pytest.mark.parametrize(("line", "says"), BAD, ids=[says for _, says in BAD[:-1]] + ["deep"])
def test_a_bad_line_is_told_by_its_number_and_skipped(desk: Desk, line: str, says: str) -> None:
    path = desk.program.folder / "in.jsonl"
    path.write_text(lines(record(1), "", line, record(2)), encoding="utf-8")
    code, out, err = desk.call("articles", "import", str(path), "--json")
    assert code == 0
    assert err.startswith("line 3: ")
    assert says in err
    assert (json.loads(out)["new"], json.loads(out)["skipped"]) == (2, 1)


def test_a_file_without_one_usable_line_ends_with_1(desk: Desk) -> None:
    path = desk.program.folder / "in.jsonl"
    path.write_bytes(b"\xff\xfe\n")
    code, _, err = desk.call("articles", "import", str(path))
    assert (code, "UTF-8" in err) == (1, True)


def test_import_waits_for_no_running_service(desk: Desk) -> None:
    path = desk.program.folder / "in.jsonl"
    path.write_text(lines(CHILDREN), encoding="utf-8")
    with InstanceLock(desk.program.folder / "tidings.db"):
        code, _, err = desk.call("articles", "import", str(path))
    assert code == 1
    assert "another Tidings" in err


def test_export_and_import_are_one_round(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> None:
    enclosure = {"url": "https://paper2.example/p.jpg", "type": "image/jpeg", "length": 7}
    full = CHILDREN | {
        "summary": "A teaser", "guid": "g-1", "categories": ["World", "Діти"], "enclosures": [enclosure],
        "source_url": "https://paper2.example/rss", "updated": days_ago(1.5), "title": "Deported \x1b[31m\x9bchildren",
    }  # fmt: skip
    desk.bring(full, COPY, record(3))
    code, first, _ = desk.call("articles", "export")
    assert code == 0
    assert not {"\x1b", "\x9b"} & set(first)
    assert json.loads(first.splitlines()[1])["categories"] == ["World", "Діти"]
    other = Desk(Program(tmp_path_factory.mktemp("other"), desk.program.reactor), desk._capfd)
    assert other.bring(*first.splitlines())["new"] == 3
    assert other.call("articles", "export")[1] == first
    assert other.call("articles", "export", "--days", "1")[1].count("\n") == 0


def test_what_was_polled_comes_through_a_round_as_known(program: Program, site: Site, desk: Desk) -> None:
    item = Item("https://paper.example/a?utm_source=rss", "The bridge is open", story("timber"), guid="x1")
    program.settings([site.host().serve("/rss", rss([item]), headers=RSS)], TOPICS)
    program.once()
    exported = desk.call("articles", "export")[1]
    assert json.loads(exported)["source"] == "S1"
    assert desk.bring(*exported.splitlines())["known"] == 1
    assert program.count("articles") == program.count("versions") == 1


# -- search and show ------------------------------------------------------------------------------------------------


def test_search_finds_the_newest_first_with_the_evidence(desk: Desk) -> None:
    desk.bring(CHILDREN, COPY, record(3))
    found = desk.json("articles", "search", "child AND source:копіювальник OR children", "--limit", "1")
    assert [each["url"] for each in found["articles"]] == [COPY["url"]]
    assert found["more"] is True
    piece = found["articles"][0]["evidence"][0]
    assert (piece["field"], piece["form"], piece["term"]) == ("title", "children", "children")
    assert desk.json("articles", "search", 'source:"Перша газета"')["articles"][0]["source"] == "Перша газета"
    assert desk.json("articles", "search", "children", "--days", "1") == {
        "query": "children", "articles": [], "more": False,
    }  # fmt: skip
    text = desk.call("articles", "search", "children")[1]
    assert "children → children (title)" in text


def test_a_query_that_cannot_be_read_is_wrong_usage(desk: Desk) -> None:
    desk.bring(CHILDREN)
    code, _, err = desk.call("articles", "search", "(children")
    assert code == 2
    assert "column 1" in err


def test_show_tells_whose_a_text_is(desk: Desk) -> None:
    agency, paper = (each | {"text": f"KYIV (Reuters) – {each['text']}"} for each in (CHILDREN, COPY))
    desk.bring(agency, paper)
    found = desk.json("articles", "show", paper["url"])
    assert (found["credit"], found["credit_from"], found["origin"]["name"]) == ("Reuters", "dateline", "Reuters")
    assert found["origin"]["articles"] == sorted(
        [found["id"], found["copy_of"]], key=lambda number: number == found["id"]
    )
    text = desk.call("articles", "show", paper["url"])[1]
    assert "credited to Reuters (dateline)" in text
    assert "origin      Reuters: 2 outlets" in text


def test_show_tells_all_of_one_article(desk: Desk) -> None:
    longer = CHILDREN | {"text": TEXT + "\n\n" + story("longer")}
    desk.bring(CHILDREN, COPY)
    desk.bring(longer)
    found = desk.json("articles", "show", f"{CHILDREN['url']}?utm_source=mail")
    assert (found["title"], found["text"]) == (CHILDREN["title"], longer["text"])
    assert [version["text"] for version in found["versions"]] == [TEXT, longer["text"]]
    assert [kin["source"] for kin in found["kin"]] == ["Copyist"]
    assert found["carried_by"][0]["source"] == "Перша газета"
    assert found["matches"][0]["topic"] == "Children"
    code, text, _ = desk.call("articles", "show", str(found["id"]))
    assert code == 0
    for wanted in ("Перша газета", "copied by", "match       Children", "version", story("longer").splitlines()[0]):
        assert wanted in text
    told = text.partition("\n\n")[0]
    assert found["matches"][0]["matched_at"] not in told, "people's times are in their zone"
    assert found["carried_by"][0]["first_seen"] not in told
    mobile = CHILDREN["url"].replace("https://paper", "http://m.paper")
    assert desk.json("articles", "show", mobile)["id"] == found["id"]
    assert desk.call("articles", "show", "https://nowhere.example/")[0] == 1
    assert desk.call("articles", "show", str(1 << 80))[0] == 1


def test_strangers_cannot_steer_the_terminal(desk: Desk) -> None:
    desk.bring(record(1, title="A\u202ebc", text="one\u202e two\rthree", author="x\u2028y"))
    for arguments in (["articles", "show", "1"], ["articles", "search", "one"], ["articles", "show", "1", "--json"]):
        said = desk.call(*arguments)[1]
        assert not {"\u202e", "\r", "\u2028", "\x1b"} & set(said), arguments


# -- topics ---------------------------------------------------------------------------------------------------------


def test_topics_are_listed_with_what_they_took(desk: Desk) -> None:
    empty = desk.json("topics", "list")["topics"]
    assert [(each["name"], each["matches_30_days"], each["last_match"]) for each in empty] == [("Children", 0, None)]
    desk.bring(CHILDREN, record(9, title="Abducted child found", text=TEXT[:50]))
    (topic,) = desk.json("topics", "list")["topics"]
    assert (topic["matches_7_days"], topic["matches_30_days"], topic["last_match"]) == (1, 2, days_ago(2))
    assert topic["to"] == ["ann@desk.example"]
    assert "2 days ago" in desk.call("topics", "list")[1]


def test_topics_test_counts_articles_developments_and_alerts_a_day(desk: Desk) -> None:
    other = record(2.1, url="https://p.example/o", title="Abducted child found in Rostov", text=story("rostov"))
    desk.bring(CHILDREN, COPY, other, record(10))
    found = desk.json("topics", "test", "children", "--limit", "1")
    assert (found["articles"], found["developments"]) == (3, 2)
    assert found["alerts_a_day"] == pytest.approx(2 / 10, abs=0.01)
    assert found["busiest_day"]["alerts"] in (1, 2)
    assert [each["url"] for each in found["newest"]] == [COPY["url"]]
    tried = desk.json("topics", "test", "Children", "--query", "Rostov", "--days", "2")
    assert (tried["articles"], tried["busiest_day"]) == (0, None)
    assert "the archive goes back 10 of these 30 days" in desk.call("topics", "test", "Children")[1]
    assert desk.program.one("SELECT count(*) FROM matches")[0] == 3, "nothing is stored"


NEARLY = [
    record(1.5, title="Deported couple come home", text=story("couple")),
    record(1.6, title="Children play in Lviv", text=story("play")),
    record(1.7, title="Children of the deported", text="Another day.", url="https://paper8.example/film-1"),
    record(1.8, title="Children of every age", text=story("age")),
]


def test_topics_test_shows_what_is_nearest_below_the_line(desk: Desk) -> None:
    desk.bring(CHILDREN, COPY, *NEARLY, record(3))
    query = "(deported OR abducted) AND child* NOT age NOT day"
    found = desk.json("topics", "test", "Children", "--query", query, "--nearly", "3")
    assert found["articles"] == 2
    assert [(each["title"], each["says"]) for each in found["nearest"]] == [
        ("Children of the deported", "has child* (Children), deported; left out by NOT day: “day” in the text"),
        ("Deported couple come home", "has deported; no child*"),
        ("Children play in Lviv", "has child* (Children); none of deported, abducted"),
    ]
    assert found["nearly"] == 3
    nearest = found["nearest"][0]
    assert nearest["distance"] < found["nearest"][1]["distance"]
    assert [lack["kind"] for lack in nearest["lacks"]] == ["left out"]
    assert nearest["lacks"][0]["evidence"][0]["form"] == "day"
    text = desk.call("topics", "test", "Children", "--query", query, "--nearly", "2")[1]
    assert "nearly taken (the 2 nearest of 3):" in text
    assert "has deported; no child*" in text
    assert "nearly" not in desk.call("topics", "test", "Children", "--nearly", "0")[1]


def test_diff_tells_what_an_edited_query_gains_and_loses(desk: Desk) -> None:
    desk.bring(CHILDREN, COPY, *NEARLY)
    same = desk.call("topics", "diff", "Children")
    assert (same[0], "is the one that ran last" in same[2]) == (0, True)
    edited = "(deported OR abducted) AND (couple OR child*) NOT months"
    desk.program.settings([], [{"name": "Children", "query": edited}])
    found = desk.json("topics", "diff", "children")
    assert (found["before"]["from"], found["after"]["from"]) == ("last run", "settings")
    assert found["before"]["query"] == TOPICS[0]["query"]
    assert (found["before"]["articles"], found["after"]["articles"], found["kept"]) == (3, 2, 1)
    assert [each["title"] for each in found["gained"]] == ["Deported couple come home"]
    assert found["gained"][0]["evidence"][0]["form"] == "Deported"
    assert {each["url"] for each in found["lost"]} == {CHILDREN["url"], COPY["url"]}
    lost = found["lost"][0]
    assert lost["says"].endswith("left out by NOT months: “months” in the text")
    assert {piece["term"] for piece in lost["met"]} == {"deported", "child*"}
    text = desk.call("topics", "diff", "Children", "--limit", "1")[1]
    assert "before (the one that ran last): 3 articles" in text
    assert "gained: 1\n" in text
    assert "lost: 2, the latest 1 of them" in text
    assert desk.program.one("SELECT query FROM topics")[0] == TOPICS[0]["query"], "nothing is stored"


def test_diff_takes_a_typed_query_another_file_and_a_new_topic(desk: Desk) -> None:
    desk.bring(CHILDREN, *NEARLY)
    typed = desk.json("topics", "diff", "Children", "--query", "couple")
    assert (typed["before"]["from"], typed["after"]["from"]) == ("settings", "typed")
    assert (len(typed["gained"]), len(typed["lost"])) == (1, 2)
    other = desk.program.folder / "older.toml"
    other.write_text(desk.program.path.read_text("utf-8").replace("child*", "couple"), encoding="utf-8")
    against = desk.json("topics", "diff", "Children", "--against", str(other))
    assert (against["before"]["from"], len(against["gained"]), len(against["lost"])) == ("file", 2, 1)
    desk.program.settings([], [{"name": "New", "query": "couple"}])
    new = desk.json("topics", "diff", "New")
    assert (new["before"]["query"], new["before"]["articles"], len(new["gained"])) == ("", 0, 1)
    assert "no query ran for this topic yet" in desk.call("topics", "diff", "New")[1]
    assert desk.call("topics", "diff", "New", "--query", "couple", "--against", str(other))[0] == 2
    code, _, err = desk.call("topics", "diff", "New", "--query", "(couple")
    assert (code, "column 1" in err) == (2, True)


def test_an_unknown_topic_and_a_missing_database_are_told(desk: Desk) -> None:
    code, _, err = desk.call("topics", "test", "Children")
    assert (code, "no database yet" in err) == (1, True)
    code, _, err = desk.call("topics", "test", "Childern")
    assert (code, "there are: Children" in err) == (1, True)


def test_a_pipe_that_closes_early_is_no_trouble(desk: Desk) -> None:
    desk.bring(*(record(1, url=f"https://p.example/{number}", title=f"Title {number}") for number in range(200)))
    exporting = subprocess.Popen(
        command("--settings", str(desk.program.path), "articles", "export"),
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert exporting.stdout is not None
    exporting.stdout.readline()
    exporting.stdout.close()
    assert exporting.stderr is not None
    assert exporting.stderr.read() == b""
    exporting.stderr.close()
    assert exporting.wait(30) in (0, 1)


def test_a_file_comes_through_standard_input(desk: Desk) -> None:
    done = subprocess.run(
        command("--settings", str(desk.program.path), "articles", "import", "-", "--json"),
        cwd=ROOT, input=lines(CHILDREN).encode(), capture_output=True, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout)["new"] == 1


# click takes ASCII for a locale that was not set, and writes UTF-8.
@pytest.mark.parametrize(("charset", "written"), [("latin-1", "latin-1"), ("cp1251", "cp1251"), ("ascii", "utf-8")])
def test_a_terminal_of_another_character_set_costs_no_verb(desk: Desk, charset: str, written: str) -> None:
    article = record(1, title="Діти вдома ← café 🙂", text=TEXT)
    desk.program.folder.joinpath("in.jsonl").write_text(lines(article), encoding="utf-8")
    desk.call("articles", "import", str(desk.program.folder / "in.jsonl"))

    def said(*arguments: str) -> bytes:
        call = command("--settings", str(desk.program.path), *arguments)
        environ = {**os.environ, "PYTHONIOENCODING": charset}
        return subprocess.run(call, cwd=ROOT, env=environ, capture_output=True, timeout=60, check=True).stdout

    assert article["title"].encode(written, "backslashreplace") in said("articles", "search", "child")
    assert json.loads(said("articles", "search", "child", "--json"))["articles"][0]["title"] == article["title"]
    assert json.loads(said("articles", "export"))["title"] == article["title"]

"""Stories from an import to ``stories``, ``articles show`` and ``explain``: who joins, why, and what is new."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scheduler.cli import invoke
from tests.program import Program
from tests.quality.shared import OWN

TOPICS = [{"name": "Children", "query": "child* OR діти"}]
STREAM = [json.loads(line) for line in (OWN / "stories" / "stream.jsonl").read_text("utf-8").splitlines()]


def record(number: int, row: dict[str, Any], **more: Any) -> dict[str, Any]:  # noqa: ANN401
    fields = {key: row[key] for key in ("title", "text", "language")}
    return fields | {"url": f"https://paper{number}.example/{number}", "published": row["time"]} | more


class Desk:
    """Verbs in a folder of their own."""

    def __init__(self, program: Program, capfd: pytest.CaptureFixture[str]) -> None:
        self.program = program
        self._capfd = capfd
        program.settings([], TOPICS)

    def call(self, *arguments: str) -> str:
        code = invoke(["--settings", str(self.program.path), *arguments])
        said = self._capfd.readouterr()
        assert code == 0, said.err
        return said.out

    def json(self, *arguments: str) -> Any:  # noqa: ANN401
        return json.loads(self.call(*arguments, "--json"))

    def bring(self, *records: dict[str, Any]) -> None:
        path: Path = self.program.folder / "in.jsonl"
        path.write_text("".join(json.dumps(each) + "\n" for each in records), encoding="utf-8")
        self.call("articles", "import", str(path))


@pytest.fixture
def desk(program: Program, capfd: pytest.CaptureFixture[str]) -> Desk:
    return Desk(program, capfd)


def stories(desk: Desk) -> dict[str, int]:
    return {row["url"]: row["story_id"] for row in desk.program.rows("SELECT url, story_id FROM articles")}


def test_one_file_and_many_files_make_the_same_stories(desk: Desk) -> None:
    records = [record(number, row) for number, row in enumerate(STREAM)]
    desk.bring(*records[:12])
    for each in records[12:]:
        desk.bring(each)
    found = stories(desk)
    ferry = {found[each["url"]] for each, row in zip(records, STREAM, strict=True) if row["story"] == "ferry"}
    assert len(ferry) == 1
    others = [found[each["url"]] for each, row in zip(records, STREAM, strict=True) if row["story"].startswith("other")]
    assert len(set(others)) == 3
    assert not ferry & set(others)
    counted = desk.program.rows("SELECT id, articles FROM stories WHERE articles > 0")
    for row in counted:
        assert row["articles"] == desk.program.one("SELECT count(*) FROM articles WHERE story_id = ?", row["id"])[0]


def test_show_says_who_reported_and_what_is_new(desk: Desk) -> None:
    first, again = [row for row in STREAM if row["story"] == "children" and row["language"] == "en"][:2]
    later = again | {"text": again["text"] + " A ninth child, Olena Hrytsenko, still waits for papers in Minsk."}
    copy = record(3, later, published="2026-05-12T15:00:00Z")
    desk.bring(record(1, first), record(2, later), copy)
    shown = desk.json("articles", "show", "https://paper2.example/2")
    assert shown["story"]["articles"] == 3
    assert len(shown["story"]["outlets"]) == 3
    assert [origin["name"] for origin in shown["story"]["origins"]] == ["paper1.example", "paper2.example"]
    assert "Lubinets" in shown["joined"]["shared"]
    assert "ninth child" in shown["new"][0]["text"] or "brothers" in shown["new"][0]["text"]
    assert any("Hrytsenko" in fact["form"] for each in shown["new"] for fact in each["facts"])
    document = desk.json("stories", "show", str(shown["story_id"]))
    assert [member["new"] == [] for member in document["members"]] == [False, False, True]
    text = desk.call("stories", "show", str(shown["story_id"]))
    assert "3 articles, 3 outlets, 2 origins: paper1.example, paper2.example" in text
    assert "joined the story" in desk.call("explain", "https://paper2.example/2")
    assert "Lubinets" in desk.call("articles", "show", "https://paper2.example/2")


def test_show_says_what_was_counted_in_words(desk: Desk) -> None:
    reports = [row for row in STREAM if row["story"] == "children" and row["language"] == "en"][:2]
    for number, (row, count) in enumerate(zip(reports, ("1,620", "1,628"), strict=True), 1):
        text = f"{row['text']} A total of {count} children have been returned."
        desk.bring(record(number, row | {"text": text}))
    text = desk.call("stories", "show", "1")
    assert "children returned in all: 1,620 on 2026-05-12 (paper1.example), 1,628 on " in text


def test_list_shows_the_latest_first_and_by_topic(desk: Desk) -> None:
    desk.bring(*(record(number, row) for number, row in enumerate(STREAM)))
    listed = desk.json("stories", "list", "--limit", "50")["stories"]
    assert [each["last_seen"] for each in listed] == sorted((each["last_seen"] for each in listed), reverse=True)
    taken = {each["id"] for each in desk.json("stories", "list", "--topic", "Children")["stories"]}
    assert taken < {each["id"] for each in listed}
    assert "Eight children return" in desk.call("stories", "list", "--topic", "Children")
    assert invoke(["--settings", str(desk.program.path), "stories", "show", "999"]) != 0

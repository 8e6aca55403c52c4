"""``tidings explain`` over databases that real polls made: why an article came, or why not."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from crawler.storage import InstanceLock, Store
from scheduler.cli import invoke
from tests.feeds import RSS, Item, rss, story
from tests.program import Program
from tests.site import Host, Site

FERRIES = {"name": "Ferries", "query": "ferry AND (sink* OR =sank) NOT film"}
OLD = Item("https://paper.example/old", "Old news", story("old"), published=None)


def sinking(name: str, **changes: Any) -> Item:  # noqa: ANN401
    text = changes.pop("text", f"The ferry sank off {name}.\n\n{story(name)}")
    link = f"https://paper.example/2026/03/02/{name}"
    return Item(link, f"Ferry sinks off {name}", text, **changes)


class Desk:
    """A program whose verbs live in its own time."""

    def __init__(self, program: Program, capfd: pytest.CaptureFixture[str], host: Host) -> None:
        self.program, self.host, self._capfd = program, host, capfd
        self.items: list[Item] = [OLD]

    def follow(self, *topics: dict[str, Any], **settings: Any) -> None:  # noqa: ANN401
        self.program.settings(
            [{"url": self.host.url("/rss"), "name": "The Paper"}], list(topics) or [FERRIES], **settings
        )

    def poll(self, *items: Item, deliver: bool = True, **later: float) -> None:
        """A pass over the source after a while, which then carries these first."""
        self.program.later(**(later or {"minutes": 30}))
        self.items = [*items, *self.items]
        self.host.serve("/rss", rss(self.items), headers=RSS)
        self.program.once(deliver=deliver)

    def call(self, *arguments: str) -> tuple[int, str, str]:
        code = invoke(["--settings", str(self.program.path), "explain", *arguments])
        said = self._capfd.readouterr()
        assert "Traceback" not in said.err
        return code, said.out, said.err

    def text(self, *arguments: str) -> str:
        code, out, err = self.call(*arguments)
        assert code == 0, err
        return out

    def json(self, *arguments: str) -> Any:  # noqa: ANN401
        return json.loads(self.text(*arguments, "--json"))

    def topic(self, *arguments: str) -> Any:  # noqa: ANN401
        (topic,) = self.json(*arguments)["topics"]
        return topic


@pytest.fixture
def desk(program: Program, site: Site, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr("crawler.runtime.utc_now", lambda: program.now)
    made = Desk(program, capfd, site.host())
    made.follow()
    made.poll(minutes=1)
    return made


KEYS = ["asked", "seen", "answer", "says", "article", "others", "events", "topics", "sources"]

# -- it came --------------------------------------------------------------------------------------------------------


def test_an_article_that_was_mailed_is_told_in_the_order_of_time(desk: Desk) -> None:
    desk.poll(sinking("Skye"))
    text = [line.partition(", ferry →")[0] for line in desk.text("https://paper.example/2026/03/02/Skye").splitlines()]
    assert text == [
        "Ferry sinks off Skye",
        "https://paper.example/2026/03/02/Skye",
        "no 2, The Paper, in en",
        "",
        "2026-03-02 08:00  published, by its own word",
        "2026-03-02 09:31  first seen in The Paper",
        "2026-03-02 09:31  taken by Ferries: ferry → Ferry (title), sink* → sinks (title)",
        "2026-03-02 09:31  mailed to ann@desk.example: alert 1 for Ferries",
        "",
        "Ferries: mailed to ann@desk.example on 2026-03-02 09:31 (alert 1)",
    ]
    found = desk.json("2")
    assert list(found) == KEYS
    assert (found["seen"], found["answer"], found["article"]["id"]) == (True, "mailed", 2)
    assert [event["what"] for event in found["events"]] == ["published", "seen", "matched", "mailed"]
    assert found["events"][1]["at"] == "2026-03-02T09:31:00Z"
    assert found["topics"][0]["alerts"][0]["state"] == "sent"


@pytest.mark.parametrize(
    "address",
    [
        "https://paper.example/2026/03/02/Skye?utm_source=x&fbclid=1",
        "http://m.paper.example/2026/03/02/Skye",
        "https://www.paper.example/2026/03/02/Skye/amp/",
        "https://paper.example/2026/03/02/Skye/#comments",
        "tag:paper,2026:skye",
        "ferry SINKS off Skye",
        "off skye",
        "2",
    ],
)
def test_an_article_is_found_in_any_form_of_its_address(desk: Desk, address: str) -> None:
    desk.poll(sinking("Skye", guid="tag:paper,2026:skye"))
    assert desk.json(address)["article"]["id"] == 2


def test_words_of_several_titles_name_the_others(desk: Desk) -> None:
    desk.poll(sinking("Skye"), sinking("Mull"))
    found = desk.json("ferry sinks")
    assert len({found["article"]["id"], *(other["id"] for other in found["others"])}) == 2
    assert "further articles with these words:\n" in desk.text("ferry sinks")
    assert desk.json("submarine sinks")["says"].startswith("no article of the archive is called so")


def test_a_second_source_and_a_new_version_are_told(desk: Desk, site: Site) -> None:
    other = site.host()
    desk.poll(sinking("Skye"))
    first = {"url": desk.host.url("/rss"), "name": "The Paper"}
    desk.program.settings(
        [first, {"url": other.serve("/rss", rss([OLD, desk.items[0]]), headers=RSS), "name": "Other"}], [FERRIES]
    )
    desk.items[0] = sinking("Skye", text=f"Two drowned.\n\nThe ferry sank off Skye.\n\n{story('Skye')}")
    desk.poll()
    says = [event["says"] for event in desk.json("2")["events"]]
    assert "carried by Other too" in says
    assert "changed: this was added: “Two drowned.”" in says


# -- it was taken, and not mailed by itself ---------------------------------------------------------------------------


def test_what_was_there_before_is_counted_only(desk: Desk) -> None:
    desk.follow({"name": "Old", "query": "old"})
    desk.poll()
    answer = desk.topic("1")
    assert answer["answer"] == "archived"
    assert answer["says"].startswith(
        "it was in the archive before the query ran (2026-03-02 09:31), so it was only counted in"
    )
    assert "read for the first time" in desk.text("1")


def test_quiet_hours_hold_it_until_they_end(desk: Desk) -> None:
    desk.follow(FERRIES | {"quiet": "09:00-12:00"})
    desk.poll(sinking("Skye"))
    held = desk.topic("2")
    assert held["answer"] == "held"
    assert held["says"] == (
        "digest, alert 1 to ann@desk.example waits until 2026-03-02 12:00: held by the quiet hours 09:00-12:00"
    )
    desk.poll(hours=3)
    sent = desk.topic("2")
    assert sent["answer"] == "mailed"
    assert sent["says"].endswith("(digest, alert 1, held by the quiet hours 09:00-12:00)")


def test_a_digest_has_its_hour(desk: Desk) -> None:
    desk.follow(FERRIES | {"alert": "daily 18:00"})
    desk.poll(sinking("Skye"))
    assert desk.topic("2")["says"].endswith("waits until 2026-03-02 18:00: the topic is told daily 18:00")


def test_mail_that_cannot_go_out_says_what_the_server_said(desk: Desk) -> None:
    desk.follow(mail={"smtp": "smtp://127.0.0.1:9"})
    desk.poll(sinking("Skye"))
    answer = desk.topic("2")
    assert answer["answer"] == "delayed"
    assert answer["says"].startswith("alert 1 to ann@desk.example waits after 1 attempt: ")
    assert "tried again at 2026-03-02 09:" in answer["says"]


def test_mail_that_nobody_sends_points_to_the_service(desk: Desk) -> None:
    desk.poll(sinking("Skye"), deliver=False)
    desk.program.later(hours=1)
    answer = desk.topic("2")
    assert answer["answer"] == "delayed"
    assert "`tidings status` says whether the service runs" in answer["says"]


def test_a_mail_that_was_given_up_says_how_to_try_again(desk: Desk) -> None:
    desk.poll(sinking("Skye"), deliver=False)
    with Store.guest(desk.program.folder / "tidings.db") as store:
        store.outbox.mark_failed(1, error="550 no such user", now=desk.program.now)
    answer = desk.topic("2")
    assert answer["answer"] == "failed"
    assert "550 no such user; `tidings alerts resend 1` tries it again" in answer["says"]


def test_a_copy_names_what_was_told_instead(desk: Desk, site: Site) -> None:
    copyist = site.host()
    copyist.serve("/rss", rss([OLD]), headers=RSS)
    both = [{"url": desk.host.url("/rss"), "name": "The Paper"}, {"url": copyist.url("/rss"), "name": "Copyist"}]
    desk.program.settings(both, [FERRIES])
    text = f"The ferry sank off Skye.\n\n{story('Skye')}"
    desk.poll(sinking("Skye", text=text))
    copy = Item("https://copyist.example/7", "Ferry sank near Skye", text, published=None)
    copyist.serve("/rss", rss([copy, OLD]), headers=RSS)
    desk.poll()
    found = desk.json("https://copyist.example/7")
    assert found["answer"] == "copy"
    assert found["topics"][0]["says"] == (
        "it has the text of no 2, “Ferry sinks off Skye” in The Paper,"
        " which was mailed on 2026-03-02 09:31 instead (alert 1)"
    )
    assert any("found to be a copy of no 2" in event["says"] for event in found["events"])
    assert any("copied by no " in event["says"] for event in desk.json("2")["events"])


# -- no topic took it -------------------------------------------------------------------------------------------------


def test_a_miss_says_by_how_much(desk: Desk) -> None:
    film = Item("https://paper.example/film", "A film about a ferry that sank", story("film"))
    desk.follow(FERRIES, {"name": "Trains", "query": "train AND crash"})
    desk.poll(film, Item("https://paper.example/lamp", "The lamp", story("lamp")))
    found = desk.json("https://paper.example/film")
    assert (found["answer"], [topic["topic"] for topic in found["topics"]]) == ("missed", ["Ferries", "Trains"])
    nearest = found["topics"][0]
    assert (
        nearest["says"]
        == "missed by 0.15: has ferry, =sank; left out by NOT film: “film” in the title, “film” in the text"
    )
    assert nearest["miss"]["lacks"][0]["kind"] == "left out"
    assert found["says"].startswith("none of the 2 topics took it; the nearest, Ferries, missed by 0.15")


def test_an_edited_query_has_not_run_yet(desk: Desk) -> None:
    desk.poll(sinking("Skye"))
    desk.follow({"name": "Boats", "query": "ferry"}, FERRIES | {"query": "zeppelin"})
    answers = {topic["topic"]: topic for topic in desk.json("2")["topics"]}
    assert answers["Boats"]["answer"] == "not run"
    assert answers["Boats"]["says"].startswith("the topic is new and has not run yet")
    assert answers["Ferries"]["answer"] == "mailed", "it was told, whatever the query says now"
    desk.follow(FERRIES | {"query": "old"})
    assert desk.topic("1")["says"].startswith("its query was edited and has not run yet")


# -- it was never seen ------------------------------------------------------------------------------------------------


def never(desk: Desk, address: str, *more: str) -> Any:  # noqa: ANN401
    found = desk.json(address, *more)
    assert list(found) == KEYS
    assert (found["seen"], found["article"], found["events"]) == (False, None, [])
    return found


def test_an_outlet_that_no_source_covers(desk: Desk) -> None:
    found = never(desk, "https://else.example/1")
    assert (found["answer"], found["sources"]) == ("no source", [])
    assert "`tidings sources add https://else.example/`" in found["says"]


def test_a_source_that_was_read_and_did_not_have_it(desk: Desk) -> None:
    desk.poll(sinking("Skye"))
    found = never(desk, "https://paper.example/2026/03/02/Mull")
    assert found["answer"] == "never seen"
    (source,) = found["sources"]
    assert (source["name"], [why["reason"] for why in source["whys"]]) == ("The Paper", ["not carried"])
    assert "it was read 2 times, last on 2026-03-02 09:31 with 2 entries" in source["whys"][0]["says"]
    assert "looked at: 2026-03-01 00:00 to 2026-03-02 09:31\n" in desk.text("https://paper.example/2026/03/02/Mull")


def test_an_article_under_much_the_same_address_is_named(desk: Desk) -> None:
    desk.poll(Item("https://paper.example/news/ferry-sinks-off-skye", "Ferry sinks", story("x")))
    found = never(desk, "https://paper.example/world/ferry-sinks-off-skye")
    assert [other["url"] for other in found["others"]] == ["https://paper.example/news/ferry-sinks-off-skye"]


def whys(desk: Desk, *more: str) -> dict[str, str]:
    (source,) = never(desk, "https://paper.example/gone", *more)["sources"]
    return {why["reason"]: why["says"] for why in source["whys"]}


def test_a_feed_that_rolled_over_may_have_lost_it(desk: Desk) -> None:
    desk.poll(*(sinking(f"isle{number}") for number in range(5)))
    desk.items = []
    at = desk.program.now + timedelta(hours=20)
    fresh = [sinking(f"new{number}", published=at - timedelta(minutes=10 * number)) for number in range(6)]
    desk.poll(*fresh, hours=20)
    says = whys(desk)["rolled over"]
    assert says.startswith("between 2026-03-02 09:31 and 2026-03-03 05:31 its feed rolled over: up to ")
    assert "came and went unseen" in says


def test_a_source_that_fails_says_since_when_and_what_it_said(desk: Desk) -> None:
    desk.poll(sinking("Skye"))
    desk.host.serve("/rss", status=403)
    for _ in range(4):
        desk.program.later(hours=4)
        desk.program.once()
    says = whys(desk)["not well"]
    assert says.startswith("blocked since 2026-03-02 13:31: it refuses programs")
    assert "403" in says


def test_a_source_that_failed_now_and_then(desk: Desk) -> None:
    desk.poll(sinking("Skye"))
    desk.host.serve("/rss", status=500)
    desk.program.later(minutes=30)
    desk.program.once()
    desk.poll(sinking("Mull"))
    assert "1 of 4 polls failed, the last on 2026-03-02 10:01: " in whys(desk)["not well"]


def test_time_in_which_nothing_ran(desk: Desk) -> None:
    for name in ("a", "b", "c"):
        desk.poll(sinking(name))
    desk.poll(sinking("d"), hours=30)
    says = whys(desk)["not asked"]
    assert says.startswith("it was not asked between 2026-03-02 10:31 and 2026-03-03 16:31")
    assert "not asked" not in whys(desk, "--published", "2026-03-05")


def test_a_source_that_is_paused_removed_or_was_never_asked(desk: Desk) -> None:
    desk.poll(sinking("Skye"))
    paper = {"url": desk.host.url("/rss"), "name": "The Paper"}
    desk.program.settings([paper | {"paused": True}], [FERRIES])
    desk.program.once()
    assert "it is paused in settings.toml; it was last asked on 2026-03-02 09:31" in whys(desk)["paused"]
    desk.program.settings([], [FERRIES])
    desk.program.once()
    gone = never(desk, "https://paper.example/gone")
    assert gone["answer"] == "no source"
    assert gone["sources"][0]["whys"][0]["reason"] == "removed"


def test_a_date_before_the_source_was_followed(desk: Desk) -> None:
    says = whys(desk, "--published", "2026-02-01")["new"]
    assert says.startswith("it was read for the first time on 2026-03-02 09:01")


def test_what_was_deleted_is_known_still(desk: Desk) -> None:
    desk.poll(Item("https://paper.example/lamp", "The lamp", story("lamp")))
    desk.program.now += timedelta(days=500)
    assert desk.program.prune() > 0
    found = desk.json("https://paper.example/lamp")
    assert (found["seen"], found["answer"], found["article"]) == (True, "forgotten", None)
    assert "kept for 400d" in found["says"]


def test_strangers_cannot_steer_the_terminal(desk: Desk) -> None:
    desk.poll(sinking("Skye", text="The ferry sank\u202e off\x85 Skye. " + story("Skye")))
    for said in (desk.text("2"), desk.text("2", "--json"), desk.text("https://x\u202e.example/\x1b[31m")):
        assert not {"\u202e", "\x1b", "\x85"} & set(said)


def test_without_a_database_that_is_said(program: Program, capfd: pytest.CaptureFixture[str]) -> None:
    program.settings([], [FERRIES])
    assert invoke(["--settings", str(program.path), "explain", "https://a.example/1"]) == 1
    assert "there is no database yet" in capfd.readouterr().err


def test_it_reads_beside_a_service_that_writes(desk: Desk) -> None:
    desk.poll(sinking("Skye"))
    path = desk.program.folder / "tidings.db"
    before = path.read_bytes()
    with InstanceLock(path), Store.writer(path) as store:
        store._db.execute("BEGIN IMMEDIATE")
        assert desk.json("2")["answer"] == "mailed"
        store._db.execute("ROLLBACK")
    assert path.read_bytes() == before


def test_moments_are_in_the_zone_of_the_person(desk: Desk) -> None:
    desk.poll(sinking("Skye"))
    desk.follow(mail={"timezone": "Europe/Kyiv"})
    assert "2026-03-02 11:31  first seen" in desk.text("2")
    assert datetime.fromisoformat(desk.json("2")["events"][1]["at"]).hour == 9

"""Ten outlets, one development: who was told of it hears again only when something new is said, and can see why."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scheduler.cli import invoke
from tests.feeds import RSS, Item, rss
from tests.program import Program, plain
from tests.quality.novelty import rewrites
from tests.site import Host, Site

TOPIC = {"name": "Ships", "query": "ship*"}
FIRST = rewrites()[0].report
ADDED = (
    "Divers found a crack of two metres in the hull of the Meridian, which ran aground near the port of Izmail. Petro"
    " Hnatiuk, who heads the river authority, said the cargo ship will be unloaded of its 4,200 tonnes of fertiliser."
)
AGAIN = (
    "Izmail: the crew of 14 is safe, the ship will be unloaded. There is a crack of two metres in its hull, divers"
    " found. Traffic is stopped until Thursday. Petro Hnatiuk said two tugs from Galati were trying to pull free the"
    " Meridian."
)
LEAKS = "Fuel has leaked into the Danube from the Meridian, the cargo ship that ran aground on Tuesday near Izmail."


class Papers:
    """Outlets that report one after the other, and a reader with one topic."""

    def __init__(self, program: Program, site: Site, **topic: Any) -> None:  # noqa: ANN401
        self.program = program
        self.hosts: list[Host] = [site.host() for _ in range(3)]
        sources = [
            {"url": host.url("/rss"), "name": f"Paper {n}", "pages": "never"} for n, host in enumerate(self.hosts, 1)
        ]
        program.settings(sources, [TOPIC | topic])
        for number, host in enumerate(self.hosts, 1):
            old = Item(f"https://paper{number}.example/old", f"Old news {number}", published=None)
            host.serve("/rss", rss([old]), headers=RSS)
        program.once()

    def report(self, number: int, title: str, text: str) -> str:
        """An outlet's report, half an hour after whatever came before; its address."""
        link = f"https://paper{number}.example/{title.split(maxsplit=1)[0]}"
        item = Item(link, title, text, published=self.program.later(minutes=30))
        self.hosts[number - 1].serve("/rss", rss([item], language="en"), headers=RSS)
        self.program.once()
        return link


def story(papers: Papers) -> list[str]:
    return [
        papers.report(1, "Cargo ship runs aground near Izmail with 4,200 tonnes of fertiliser", FIRST),
        papers.report(2, "Divers find crack in ship aground near Izmail", ADDED),
        papers.report(3, "Ship aground near Izmail will be unloaded", AGAIN),
        papers.report(1, "Fuel leaks from ship aground near Izmail", LEAKS),
    ]


def test_who_was_told_hears_again_only_of_something_new(
    program: Program, site: Site, capfd: pytest.CaptureFixture[str]
) -> None:
    links = story(Papers(program, site))
    query = "SELECT url, fate, copy_of FROM articles a JOIN matches ON a.id = article_id ORDER BY a.id"
    assert [(row["url"], row["fate"], row["copy_of"]) for row in program.rows(query)] == [
        (links[0], "planned", None),
        (links[1], "planned", None),
        (links[2], "known", None),
        (links[3], "planned", None),
    ]
    last = plain(program.mails()[-1])
    assert "Fuel has leaked into the Danube" in last
    assert "Ship aground near Izmail will be unloaded" in last.partition("Also reported")[2]
    capfd.readouterr()
    assert invoke(["--settings", str(program.path), "explain", links[2], "--json"]) == 0
    explained = json.loads(capfd.readouterr().out)
    assert explained["answer"] == "known"
    assert "says nothing that was not told of its story: no 5, “Divers find" in explained["says"]
    assert "alert 2" in explained["says"]
    assert invoke(["--settings", str(program.path), "articles", "show", links[2]]) == 0
    shown = capfd.readouterr().out
    assert "Ships (known" in shown
    assert "nothing that the story had not said" in shown


def test_a_topic_may_ask_to_be_told_of_all(program: Program, site: Site) -> None:
    story(Papers(program, site, repeats="all"))
    assert len(program.mails()) == 4

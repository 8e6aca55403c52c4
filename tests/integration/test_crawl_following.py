"""Topics that follow by example: from settings and feeds to the mail, and from answers to the next pass."""

from __future__ import annotations

import json
from dataclasses import replace

from tests.feeds import RSS, Item, rss
from tests.program import Program, plain
from tests.site import Host, Site

EXAMPLE = """Eight children returned to Ukraine through Doha after talks mediated by Qatar
Eight Ukrainian children who had been taken to Russia were reunited with their families in Doha on Tuesday, the
Ukrainian ombudsman Dmytro Lubinets said. Qatar mediated the return.
"""
SAME = Item(
    "https://paper.example/qatar",
    "Qatar brings five more Ukrainian children home from Russia",
    "Five more children taken to Russia were reunited with their families, ombudsman Lubinets said in Doha. Qatar "
    "mediated the talks on their return.",
)
UKRAINIAN = Item(
    "https://paper.example/doha",
    "Лубінець: ще восьмеро українських дітей повернули додому за посередництва Катару",
    "Уповноважений Дмитро Лубінець повідомив, що діти, яких вивезли до Росії, прибули до Дохи, де їх зустріли родини. "
    "Посередником у переговорах був Катар.",
)
OTHER = Item(
    "https://paper.example/ferry",
    "The ferry of the island is repaired at last",
    "After three weeks in the dock the ferry sails again. Fares stay as they were, the harbour office said.",
)
TOPIC = {"name": "Children", "examples": ["example.txt"]}


def publish(host: Host, *items: Item) -> None:
    host.serve("/rss", rss(items), headers=RSS)


def followed(program: Program, host: Host, **topic: object) -> None:
    """A topic made of one example, and a host that carried nothing of it when it was first asked."""
    (program.folder / "example.txt").write_text(EXAMPLE, encoding="utf-8")
    publish(host, replace(OTHER, link="https://paper.example/old"))
    program.settings([host.url("/rss")], [TOPIC | topic])
    program.once()


def test_an_article_of_the_same_story_is_mailed_and_says_why(program: Program, site: Site) -> None:
    host = site.host()
    followed(program, host)
    publish(host, SAME, OTHER)
    program.once()
    found = program.one("SELECT * FROM matches")
    evidence = json.loads(found["evidence"])
    assert 0.5 <= found["score"] < 1
    assert {"name", "word"} <= {piece["kind"] for piece in evidence}
    assert [piece["weight"] for piece in evidence] == sorted((piece["weight"] for piece in evidence), reverse=True)
    for piece in evidence:
        article = program.one("SELECT title, text FROM articles WHERE id = ?", found["article_id"])
        assert article[piece["field"]][piece["start"] : piece["end"]] == piece["form"]
    mail = plain(program.mails()[-1])
    assert SAME.title in mail
    assert "like your examples: " in mail
    assert "Qatar" in mail.partition("like your examples: ")[2]


def test_an_article_in_another_language_is_found_by_names_and_figures(program: Program, site: Site) -> None:
    host = site.host()
    followed(program, host, follow="wide")
    publish(host, UKRAINIAN, OTHER)
    program.once()
    found = program.one("SELECT m.*, a.title FROM matches m JOIN articles a ON a.id = m.article_id")
    assert found["title"] == UKRAINIAN.title


def test_query_or_examples(program: Program, site: Site) -> None:
    host = site.host()
    followed(program, host, query="ferry AND dock")
    publish(host, SAME, replace(OTHER, title="A second ferry is repaired"))
    program.once()
    rows = program.rows("SELECT a.title FROM matches m JOIN articles a ON a.id = m.article_id")
    assert {SAME.title, "A second ferry is repaired"} <= {row["title"] for row in rows}

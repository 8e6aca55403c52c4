"""What becomes of an article that says otherwise later: versions, and mails in the thread of the first."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from tests.feeds import RSS, Item, rss, story
from tests.program import Program, plain, tidings
from tests.site import Host, Site

SHIPS = {"name": "Ships", "query": "ferry OR lighthouse"}
REPORT = (
    "Seven children were rescued from the ferry on Tuesday, the coast guard said. The youngest is 3 years old.\n\n"
    "“We will go on until everybody is found,” captain Anna Reyes told reporters at the harbour of Lisbon.\n\n"
    "The ferry left the island on 14 October with 120 people and sank after 31 minutes in a storm that nobody expected."
)
ENTRY = Item("https://paper.example/sinking", "Seven children rescued from ferry", REPORT)


def publish(host: Host, *items: Item) -> str:
    return host.serve("/rss", rss(items), headers=RSS)


def follow(program: Program, host: Host, **topic: object) -> None:
    """Follow a feed, and let its article be told."""
    publish(host, Item("https://paper.example/old", "Old news", story("copper")))
    program.settings([host.url("/rss")], [SHIPS | topic])
    program.once()
    publish(host, ENTRY)
    program.once()


def versions(program: Program) -> list[list[str]]:
    """The kinds of change of every version but the first."""
    return [json.loads(row[0]) for row in program.rows("SELECT kinds FROM changes ORDER BY version_id")]


def test_a_changed_figure_is_a_version_and_a_mail_in_the_same_thread(program: Program, site: Site) -> None:
    host = site.host()
    follow(program, host)
    publish(host, replace(ENTRY, title=ENTRY.title.replace("Seven", "Eight"), text=REPORT.replace("Seven", "Eight")))
    program.later(hours=1)
    program.once()
    program.once()
    assert versions(program) == [["figure"]]
    first, change = program.mails()
    assert change["Subject"] == first["Subject"] == "Seven children rescued from ferry – S1"
    assert change["In-Reply-To"] == change["References"] == first["Message-ID"]
    assert "Changed since you were told on 2 Mar 2026, 09:00 UTC:" in plain(change)
    assert "* in the headline “Seven children” is now “Eight children”" in plain(change)
    assert "[-Seven-] {+Eight+} children were rescued from the ferry" in plain(change)
    html = change.get_body(("html",))
    assert html is not None
    assert re.search(r"<del[^>]*>Seven</del> <ins[^>]*>Eight</ins> children", str(html.get_content()))


def test_a_cosmetic_change_is_no_version_and_no_mail(program: Program, site: Site) -> None:
    host = site.host()
    follow(program, host)
    for views in range(3):
        publish(host, replace(ENTRY, text=f"{REPORT}\n\nViews: {views}{views}"))
        program.later(minutes=20)
        program.once()
    publish(host, replace(ENTRY, text=REPORT.replace("“", '"').replace("”", '"').replace("reporters", "repotrers")))
    program.once()
    assert program.count("versions") == 2, "the old news and this one, each once"
    assert versions(program) == []
    assert len(program.mails()) == 1


def test_what_was_not_told_yet_is_told_as_it_stands_now(program: Program, site: Site) -> None:
    host = site.host()
    follow(program, host, alert="daily 18:00")
    publish(host, replace(ENTRY, text=REPORT.replace("120 people", "140 people")))
    program.once()
    assert versions(program) == [["figure"]]
    assert program.count("change_alerts") == 0
    program.later(hours=12)
    program.once()
    (digest,) = program.mails()
    assert "Changed" not in plain(digest)


def test_changes_of_one_day_are_told_a_few_times(program: Program, site: Site) -> None:
    host = site.host()
    follow(program, host)
    for people in range(121, 127):
        publish(host, replace(ENTRY, text=REPORT.replace("120 people", f"{people} people")))
        program.later(minutes=30)
        program.once()
    assert len(versions(program)) == 6
    assert len(program.mails()) == 1 + 3
    program.later(days=1)
    publish(host, replace(ENTRY, text=REPORT.replace("120 people", "99 people")))
    program.once()
    assert len(program.mails()) == 1 + 4


def test_changes_whose_mail_is_not_made_yet_are_told_together(program: Program, site: Site) -> None:
    host = site.host()
    follow(program, host)
    for people in (121, 122):
        publish(host, replace(ENTRY, text=REPORT.replace("120 people", f"{people} people")))
        program.once(deliver=False)
    program.once()
    _, change = program.mails()
    assert "“120 people” is now “121 people”" in plain(change)
    assert "“121 people” is now “122 people”" in plain(change)


def test_a_topic_that_gathers_tells_changes_at_its_hour(program: Program, site: Site) -> None:
    host = site.host()
    follow(program, host, alert="daily 18:00")
    program.later(hours=12)
    program.once()
    assert len(program.mails()) == 1
    publish(host, replace(ENTRY, text=REPORT.replace("120 people", "140 people")))
    program.once()
    assert len(program.mails()) == 1
    program.later(hours=23)
    program.once()
    assert len(program.mails()) == 2


def test_the_archive_of_a_new_topic_tells_no_changes(program: Program, site: Site) -> None:
    host = site.host()
    publish(host, ENTRY)
    program.settings([host.url("/rss")], [SHIPS])
    program.once()
    publish(host, replace(ENTRY, text=REPORT.replace("120 people", "140 people")))
    program.once()
    assert versions(program) == [["figure"]]
    assert len(program.mails()) == 1, "the one line about what was already there"


def test_the_command_shows_what_a_version_changed(program: Program, site: Site) -> None:
    host = site.host()
    follow(program, host)
    publish(host, replace(ENTRY, text=REPORT.replace("120 people", "140 people")))
    program.later(hours=1)
    program.once()
    asked = ("--settings", str(program.path))
    shown = tidings(*asked, "articles", "show", ENTRY.link)
    assert "* “120 people” is now “140 people”" in shown.out
    assert "with [-120-] {+140+} people" in " ".join(shown.out.split())
    first, second = tidings(*asked, "articles", "show", ENTRY.link, "--json").json["versions"]
    assert (first["changes"], first["difference"]) == ([], [])
    (change,) = second["changes"]
    assert (change["kind"], change["before"], change["after"]) == ("figure", "120 people", "140 people")
    assert {"kind": "added", "text": "140"} in second["difference"]
    explained = tidings(*asked, "explain", ENTRY.link)
    assert "changed: “120 people” is now “140 people”" in explained.out
    assert "mailed to ann@desk.example: what changed, alert 2 for Ships" in explained.out

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from crawler.alerts.storyline import differing, reported
from crawler.model import Reporting, Step

NOW = datetime(2026, 3, 17, 16, 0, tzinfo=UTC)
KYIV = ZoneInfo("Europe/Kyiv")


def step(title: str, hours: int = 1) -> Step:
    return Step(NOW - timedelta(hours=hours), "Courier", title)


def test_the_story_so_far_names_no_headline_twice() -> None:
    told = [
        step("Court issues arrest warrant for the president"),
        step("Court issues arrest warrant for president!", 2),
        step("Court issues an arrest warrant for the president", 3),
        step("Ombudsman hands over a list of forty names", 4),
        step("Eight children come home through Minsk", 5),
        step("Mediators to meet in Doha", 6),
    ]
    found = differing(told, "Arrest warrant for president: what comes next?", 3)
    assert [each.title for each in found] == [told[0].title, told[3].title, told[4].title]


def test_what_the_mail_has_as_its_headline_is_not_the_story_before_it() -> None:
    assert differing([step("Eight children come home"), step("Talks in Doha")], "Eight children come home", 3)[0].title
    assert not differing([step("Eight children come home")], "EIGHT CHILDREN COME HOME", 3)
    assert differing([step("!"), step("?")], "…", 3), "without words nothing is alike"


def test_of_an_agency_the_outlet_is_named_that_had_its_report_first() -> None:
    def said(first: str, carrier: str) -> str:
        return reported(Reporting(first, NOW, (first, "Ukrinform"), 9, carrier), KYIV)

    rest = "17 Mar 2026, 18:00 EET. 2 independent sources in 9 outlets"
    assert said("Reuters", "The Meridian") == f"First reported by Reuters, in The Meridian, {rest}: Reuters, Ukrinform"
    assert said("AP", "AP News") == f"First reported by AP, {rest}: AP, Ukrinform"
    assert said("Kyiv Courier", "") == f"First reported by Kyiv Courier, {rest}: Kyiv Courier, Ukrinform"

"""A server that says 304 when something is new is found out over real HTTP, and believed no more."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.storage import sources
from tests.feeds import MORNING, RSS, Item, rss, story
from tests.program import Program, tidings
from tests.site import Answer, Asked, Host, Site


def _item(number: int) -> Item:
    return Item(f"https://paper.example/{number}", f"Bridge {number}", story(f"bridge {number}"), published=MORNING)


class _Liar:
    """Answers 304 to whoever sends validators, whatever is new."""

    def __init__(self, host: Host, etag: str) -> None:
        self.host, self.etag, self.items = host, etag, [_item(1)]
        host.answers["/rss"] = self.answer

    def answer(self, asked: Asked) -> Answer:
        if "if-none-match" in asked.headers:
            return Answer(status=304)
        etag = self.etag.format(len(self.items))
        return Answer(rss(self.items).encode(), headers=RSS | {"ETag": etag})

    def sent_validators(self) -> list[bool]:
        return ["if-none-match" in asked.headers for asked in self.host.asked("/rss")]


@pytest.fixture
def in_full(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether the next polls ask for the whole document: chance, in the hand of the test."""
    chance = [False]
    monkeypatch.setattr(sources, "in_full", lambda *_: chance[0])
    return chance


@pytest.mark.parametrize(("etag", "needed"), [('"same"', 1), ('"v{}"', 2)], ids=["same", "new"])
def test_a_server_that_lies_is_found_out(
    program: Program, site: Site, in_full: list[bool], etag: str, needed: int
) -> None:
    liar = _Liar(site.host(), etag)
    program.settings([liar.host.url("/rss")])
    program.once()
    for found in range(1, needed + 1):
        liar.items.insert(0, _item(found + 1))
        in_full[0] = False
        program.later(hours=2)
        assert program.once().summary.unchanged == 1
        assert program.count("articles") == found, "hidden behind the 304"
        in_full[0] = True
        program.later(hours=2)
        program.once()
        assert program.count("articles") == found + 1
    in_full[0] = False
    liar.items.insert(0, _item(9))
    program.once()
    assert liar.sent_validators()[-1] is False
    assert program.count("articles") == needed + 2
    program.later(days=31)
    program.once()
    assert liar.sent_validators()[-1] is True, "after a month it is believed again"


def test_an_honest_server_is_believed(program: Program, site: Site, in_full: list[bool]) -> None:
    host = site.host()
    url = host.serve("/rss", rss([_item(1)]), headers=RSS | {"ETag": '"1"'})
    program.settings([url])
    for number in range(2, 6):
        in_full[0] = number % 2 == 0
        program.once()
        program.later(hours=2)
        late = Item("https://paper.example/" + str(number), "B", story(f"b {number}"), published=program.now)
        host.serve("/rss", rss([late, _item(1)]), headers=RSS | {"ETag": f'"{number}"'})
        program.later(minutes=5)
    assert program.rows("SELECT * FROM distrust") == []
    in_full[0] = False
    program.once()
    assert "if-none-match" in host.asked("/rss")[-1].headers


def test_sources_show_says_so(program: Program, site: Site, in_full: list[bool]) -> None:
    program.now = datetime.now(UTC)  # the command asks the machine's clock
    liar = _Liar(site.host(), '"same"')
    url = liar.host.url("/rss")
    program.settings([url])
    program.once()
    program.once()
    liar.items.insert(0, _item(2))
    in_full[0] = True
    program.once()
    shown = tidings("--settings", str(program.path), "sources", "show", url, "--json").json
    assert shown["distrusted"]
    assert any('said "unchanged" when it was not' in line for line in shown["pace"])

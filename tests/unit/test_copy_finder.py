"""Copies in a real database: found among stored and fresh articles, and pointed at the outlet that they credit."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path

from crawler.deciding import CopyFinder
from crawler.items import Draft
from crawler.model import Entry
from crawler.storage import ArticleIntent, Store
from tests.quality.edits import story
from tests.stored import HOUR, NOW, poll, rows, sources

TITLE, TEXT = story(random.Random(8), 20)


def article(outlet: str, text: str = TEXT, after: timedelta = timedelta(), **changes: object) -> Draft:
    made = ArticleIntent(TITLE, text, url=f"https://{outlet}/a", outlet=outlet, first_seen=NOW + after, **changes)  # type: ignore[arg-type]
    return Draft(Entry(), 0, made)


def come(store: Store, *drafts: Draft) -> None:
    """The articles come in one transaction."""
    finder = CopyFinder(store, NOW)
    for draft in drafts:
        finder.judge(draft)
    store.save_poll(poll(1, *(draft.article for draft in drafts)))


def pointing(folder: Path, *transactions: list[Draft]) -> dict[str, str | None]:
    """Outlet → the outlet whose article its own is a copy of."""
    with Store.writer(folder / "tidings.db") as store:
        store.sources.sync(sources(1), NOW)
        for drafts in transactions:
            come(store, *drafts)
        query = "SELECT a.outlet, o.outlet FROM articles a LEFT JOIN articles o ON o.id = a.copy_of"
        return dict(rows(store, query))


def test_copies_point_at_the_agency_that_they_credit_when_its_own_article_comes_last(tmp_path: Path) -> None:
    credited = f"KYIV (Reuters) - {TEXT}"
    paper, daily = article("paper.example", credited), article("daily.example", credited, HOUR)
    agency = article("reuters.com", after=2 * HOUR)
    assert pointing(tmp_path, [paper], [daily], [agency]) == {
        "paper.example": "reuters.com",
        "daily.example": "reuters.com",
        "reuters.com": None,
    }


def test_without_the_agency_the_earliest_represents_its_report(tmp_path: Path) -> None:
    credited = f"KYIV (Reuters) - {TEXT}"
    paper, daily = article("paper.example", credited), article("daily.example", credited, HOUR)
    assert pointing(tmp_path, [paper], [daily]) == {"paper.example": None, "daily.example": "paper.example"}
    with Store.reader(tmp_path / "tidings.db") as store:
        assert rows(store, "SELECT agency, found_in FROM credits") == [("Reuters", "dateline")] * 2


def test_in_one_transaction_no_text_is_told_twice_whoever_is_credited(tmp_path: Path) -> None:
    paper, agency = article("paper.example", f"KYIV (Reuters) - {TEXT}"), article("reuters.com", after=HOUR)
    assert pointing(tmp_path, [paper, agency]) == {"paper.example": None, "reuters.com": "paper.example"}


def test_a_copy_of_a_fresh_copy_leads_to_what_is_stored(tmp_path: Path) -> None:
    one, two, three = (article(f"paper{n}.example", after=n * HOUR) for n in (1, 2, 3))
    found = pointing(tmp_path, [one], [two, three])
    assert found == {"paper1.example": None, "paper2.example": "paper1.example", "paper3.example": "paper1.example"}

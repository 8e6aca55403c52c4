from __future__ import annotations

from datetime import timedelta

import pytest

from crawler.model import Enclosure, Evidence, Source
from crawler.storage import Sighting, Store
from tests.stored import ANNA, DAY, HOUR, NOW, news, poll, rows, save, sources, taken


def copies(store: Store) -> dict[int, int | None]:
    return dict(rows(store, "SELECT id, copy_of FROM articles ORDER BY id"))


def test_an_article_comes_back_as_it_was_stored(store: Store) -> None:
    photo = Enclosure("https://outlet1.example/p.jpg", "image/jpeg", 12)
    article = news(
        1, title="Повернення", author="O. K.", language="uk", published=NOW - HOUR, categories=("a", "ї"),
        enclosures=(photo,), summary="S", guid="g",
    )  # fmt: skip
    save(store, article)
    stored = store.articles.get([1])[1]
    assert (stored.title, stored.author, stored.language, stored.guid) == ("Повернення", "O. K.", "uk", "g")
    assert (stored.published, stored.updated, stored.first_seen) == (NOW - HOUR, None, NOW)
    assert (stored.categories, stored.enclosures) == (("a", "ї"), (photo,))
    assert (stored.source, stored.source_url) == ("Outlet 1", "https://outlet1.example/rss")
    assert article.stored_id == 1


def test_is_found_by_number_address_link_and_another_sources_link(store: Store) -> None:
    save(store, news(1))
    store.save_poll(poll(2, sightings=(Sighting(1, "https://t.example/short"),)))
    for asked in (
        "1",
        "https://outlet1.example/1",
        "https://outlet1.example/1?utm_source=rss",
        "https://t.example/short",
    ):
        found = store.articles.find(asked)
        assert found is not None, asked
        assert found.id == 1
    for asked in ("2", "https://outlet1.example/", ""):
        assert store.articles.find(asked) is None
    assert [name for name, _, _ in store.articles.carried_by(1)] == ["Outlet 1", "Outlet 2"]


def test_a_new_version_keeps_the_old_one(store: Store) -> None:
    save(store, news(1))
    save(store, news(1, title="Corrected", text="Other.", known_id=1, keys=(("guid", 5),)), at=NOW + HOUR)
    stored = store.articles.get([1])[1]
    assert (stored.title, stored.first_seen, stored.updated) == ("Corrected", NOW, NOW + HOUR)
    versions = store.articles.versions_of(1)
    assert [(each.seen_at, each.title) for each in versions] == [(NOW, "Article 1"), (NOW + HOUR, "Corrected")]
    assert store.articles.known([5, 1001]) == {5: 1, 1001: 1}
    assert store.articles.count() == 1


def test_reused_link_points_at_the_newest_and_a_sighting_takes_nothing_over(store: Store) -> None:
    save(store, news(1))
    save(store, news(2, keys=(("url", 1001),)))
    assert store.articles.known([1001]) == {1001: 2}
    store.save_poll(poll(1, sightings=(Sighting(1, "x", (("url", 1001), ("guid", 8))),)))
    assert store.articles.known([1001, 8]) == {1001: 2, 8: 1}


def test_a_copy_in_the_same_poll_points_at_its_origin_and_joins_its_story(store: Store) -> None:
    origin = news(1)
    saved = save(store, origin, news(2, 2, copy_of=origin, copy_score=0.9))
    assert saved.copies == 1
    assert copies(store) == {1: None, 2: 1}
    assert rows(store, "SELECT title, articles FROM stories") == [("Article 1", 2)]


def test_an_origin_that_comes_late_takes_its_copies_and_theirs(store: Store) -> None:
    save(store, news(1), news(2, 2, copy_of=1, copy_score=0.9, story_id=1), source_id=2)
    save(store, news(3, 3, copied_by=((1, 0.8),), story_id=1), source_id=3, at=NOW + HOUR)
    assert copies(store) == {1: 3, 2: 3, 3: None}
    found = store.articles.get([1, 2, 3])
    assert (found[1].copy_score, found[2].copy_score, found[3].copy_score) == (0.8, 0.9, None)
    assert rows(store, "SELECT first_seen, last_seen, articles FROM stories") == [
        ("2026-03-02T09:30:00Z", "2026-03-02T10:30:00Z", 3)
    ]
    for article in found.values():
        assert [kin.id for kin in store.articles.kin_of(article)] == sorted({1, 2, 3} - {article.id})
        assert sorted(store.articles.carrying(article.id)) == [1, 2, 3]


def test_an_article_without_kin_stands_alone(store: Store) -> None:
    save(store, news(1), news(2))
    assert store.articles.kin_of(store.articles.get([1])[1]) == []
    assert store.articles.carrying(1) == [1]


def test_sharing_ranks_by_what_is_shared(store: Store) -> None:
    save(store, news(1, shingles=(1, 2, 3)), news(2, shingles=(1, 2, 3, 4)), news(3, shingles=(4, 5)))
    assert store.articles.sharing([1, 2, 3, 4]) == [2, 1]
    assert store.articles.sharing([1, 2, 3, 4], most=1) == [2]
    assert store.articles.sharing([3], alone=3) == [1, 2]
    assert store.articles.sharing([3]) == []
    assert store.articles.sharing([]) == []


def test_of_a_phrase_that_hundreds_carry_the_newest_are_looked_at(store: Store) -> None:
    save(store, *(news(number, shingles=(7, 8)) for number in range(1, 151)))
    save(store, news(200, outlet=2, shingles=(7, 8, 9)), source_id=2)
    assert store.articles.sharing([7, 8, 9], most=2)[0] == 151
    assert store.articles.sharing([7, 8], outlet="outlet1.example") == [151]
    assert len(store.articles.sharing([7, 8], most=1000)) == 40


def test_a_match_is_stored_once_and_its_evidence_brought_up(store: Store) -> None:
    save(store, news(1, matches=[taken(ANNA)]))
    again = taken(ANNA, fate="archived")
    saved = save(store, news(1, known_id=1, matches=[again, taken(topic="U")]), at=NOW + HOUR)
    assert (saved.matches, saved.planned) == (1, 0)
    found = store.articles.matches_of([1])
    assert [(each.match.topic, each.matched_at, each.fate) for each in found] == [
        ("T", NOW, "planned"),
        ("U", NOW + HOUR, "planned"),
    ]
    assert found[0].match.evidence == (Evidence("title", 0, 7, "Article", "article*"),)
    assert [each.article_id for each in store.articles.matches_of_topic("T", NOW)] == [1]
    assert store.articles.matches_of_topic("T", NOW + timedelta(seconds=1)) == []


@pytest.mark.parametrize("number", [0, 1, 200, 201, 450])
def test_the_archive_is_walked_whole_in_either_direction(store: Store, number: int) -> None:
    save(store, *(news(n) for n in range(1, number + 1)))
    assert [each.id for each in store.articles.oldest_first()] == list(range(1, number + 1))
    assert [each.id for each in store.articles.newest_first()] == list(range(number, 0, -1))
    assert [each.id for each in store.articles.latest_first()] == list(range(number, 0, -1))
    assert store.articles.newest_id() == number


def test_the_archive_is_walked_from_and_to_a_point(store: Store) -> None:
    save(store, news(1), news(2), at=NOW - DAY)
    save(store, news(3), news(4))
    walk = store.articles.newest_first
    assert [each.id for each in walk(since=NOW)] == [4, 3]
    assert [each.id for each in walk(before_id=4, after_id=1)] == [3, 2]


def test_imported_articles_stand_where_their_date_puts_them(store: Store) -> None:
    save(store, news(1), at=NOW - DAY)
    store.save_imported([news(2, first_seen=NOW - 9 * DAY), news(3, first_seen=NOW)], NOW)
    assert [each.id for each in store.articles.latest_first()] == [3, 1, 2]
    assert [each.id for each in store.articles.latest_first(since=NOW - DAY)] == [3, 1]


def test_a_source_without_a_name_is_called_by_its_outlet(store: Store) -> None:
    store.sources.sync([*sources(3), Source("https://plain.example/feed")], NOW)
    save(store, news(1, 4), source_id=4)
    assert store.articles.get([1])[1].source == "outlet4.example"

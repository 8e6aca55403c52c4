from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from crawler.alerts.plan import MESSAGES_AN_HOUR
from crawler.model import AlertKind, Match
from crawler.planning import Planner
from crawler.runtime import Runtime
from crawler.storage import ArticleIntent, MatchIntent, Store
from tests.stored import ANNA, BORYS, HOUR, NOW, news, save, settings, topic

BARE = MatchIntent(Match("T", 1.0), fate="planned")


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[Runtime]:
    config = settings(tmp_path, topic(), topic("U", to=(ANNA, BORYS)))
    with Store.writer(config.storage.path) as store:
        store.sources.sync(config.sources, NOW)
        yield Runtime(config, store, clock=lambda: NOW)


def planned(planner: Planner, article: ArticleIntent, *, archived: bool = False) -> list[tuple[str, list[str]]]:
    """(fate, kinds of alerts) of each match, once planned."""
    article.matches = article.matches or [BARE]
    planner.plan(article, archived=archived)
    return [(match.fate, [alert.kind.value for alert in match.alerts]) for match in article.matches]


def store_told(runtime: Runtime, *articles: ArticleIntent) -> None:
    planner = Planner(runtime, NOW)
    for article in articles:
        planned(planner, article)
    save(runtime.store, *articles)


def test_news_are_planned_for_who_follows_the_topic(runtime: Runtime) -> None:
    article = news(1, matches=[BARE, MatchIntent(Match("U", 1.0), "planned")])
    assert planned(Planner(runtime, NOW), article) == [("planned", ["news"]), ("planned", ["news", "news"])]
    assert [alert.recipient for match in article.matches for alert in match.alerts] == [ANNA, ANNA, BORYS]


def test_what_was_already_there_is_archived(runtime: Runtime) -> None:
    planner = Planner(runtime, NOW)
    assert planned(planner, news(1), archived=True) == [("archived", ["archive"])]
    found = planner.backfill(Match("U", 1.0))
    assert (found.fate, [alert.recipient for alert in found.alerts]) == ("archived", [ANNA, BORYS])


def test_a_copy_of_what_was_told_is_not_told(runtime: Runtime) -> None:
    store_told(runtime, news(1))
    planner = Planner(runtime, NOW)
    assert planned(planner, news(2, 2, copy_of=1)) == [("copy", [])]
    assert planned(planner, news(3, 2, matches=[MatchIntent(Match("U", 1.0), "planned")], copy_of=1)) == [
        ("planned", ["news", "news"])
    ]


def test_the_origin_of_a_copy_that_was_told_is_not_told(runtime: Runtime) -> None:
    store_told(runtime, news(1))
    assert planned(Planner(runtime, NOW), news(2, 2, copied_by=((1, 0.9),))) == [("copy", [])]


def test_a_second_copy_of_what_was_told_through_the_first_is_not_told(runtime: Runtime) -> None:
    save(runtime.store, news(1))
    store_told(runtime, news(2, 2, copy_of=1))
    assert runtime.store.outbox.told("T", ANNA, [2])
    assert planned(Planner(runtime, NOW), news(3, 1, copy_of=1)) == [("copy", [])]


def test_copies_in_one_transaction_are_told_once(runtime: Runtime) -> None:
    save(runtime.store, news(9))
    planner = Planner(runtime, NOW)
    origin = news(1)
    assert planned(planner, origin) == [("planned", ["news"])]
    assert planned(planner, news(2, 2, copy_of=origin)) == [("copy", [])]
    assert planned(planner, news(3, copy_of=1)) == [("planned", ["news"])]
    assert planned(planner, news(4, 2, copy_of=1)) == [("copy", [])]
    assert planned(planner, news(5)) == [("planned", ["news"])]


def test_an_article_that_changed_is_told_only_if_it_was_not(runtime: Runtime) -> None:
    store_told(runtime, news(1))
    save(runtime.store, news(2))
    planner = Planner(runtime, NOW)
    assert planned(planner, news(1, known_id=1)) == [("copy", [])]
    assert planned(planner, news(2, known_id=2)) == [("planned", ["news"])]


def test_an_article_that_changed_is_not_told_when_its_copy_was(runtime: Runtime) -> None:
    save(runtime.store, news(1))
    store_told(runtime, news(2, 2, copy_of=1))
    assert planned(Planner(runtime, NOW), news(1, known_id=1)) == [("copy", [])]


def test_changes_of_what_was_told_are_no_flood(runtime: Runtime) -> None:
    many = [news(n) for n in range(1, MESSAGES_AN_HOUR + 1)]
    store_told(runtime, *many)
    planner = Planner(runtime, NOW + 2 * HOUR)
    for number in range(1, MESSAGES_AN_HOUR + 1):
        planned(planner, news(number, known_id=number))
    assert planned(planner, news(99)) == [("planned", ["news"])]


def test_a_flood_counts_what_is_stored_and_what_is_planned_here(runtime: Runtime) -> None:
    store_told(runtime, *(news(n) for n in range(1, 6)))
    planner = Planner(runtime, NOW)
    kinds = [planned(planner, news(n))[0][1] for n in range(6, MESSAGES_AN_HOUR + 3)]
    assert kinds == [["news"]] * (MESSAGES_AN_HOUR - 5) + [["digest"]] * 2
    assert planned(Planner(runtime, NOW + HOUR + timedelta(seconds=1)), news(50)) == [("planned", ["news"])]


def test_digests_do_not_count_as_flood(runtime: Runtime) -> None:
    runtime.follow(replace(runtime.config, topics=(topic(alert="hourly"),)))
    store_told(runtime, *(news(n) for n in range(1, 20)))
    runtime.follow(replace(runtime.config, topics=(topic(),)))
    assert planned(Planner(runtime, NOW), news(50)) == [("planned", [AlertKind.NEWS])]


def test_quiet_hours_are_those_of_the_persons_zone(runtime: Runtime) -> None:
    runtime.follow(replace(runtime.config, topics=(topic(quiet="10:00-11:00"),)))  # 09:30 UTC is 10:30 in Berlin
    article = news(1)
    assert planned(Planner(runtime, NOW), article) == [("planned", ["digest"])]
    assert article.matches[0].alerts[0].due_at == NOW + timedelta(minutes=30)


# -- repeats of what was told ---------------------------------------------------------------------------------------

SAID = (
    "The court in The Hague issued a warrant for Maria Lvova-Belova on Friday. It accuses her of deporting children"
    " from Ukraine. Moscow does not recognise the court."
)
AGAIN = (
    "Maria Lvova-Belova is accused of deporting children from Ukraine. The court in The Hague issued a warrant for her"
    " on Friday. Moscow does not recognise the court."
)
MORE = f"{AGAIN} The warrant names 16 orphanages."


def reported(number: int, text: str = AGAIN, **changes: object) -> ArticleIntent:
    """An article of story 1, in which the thread stage found nothing new unless it is told otherwise."""
    told: dict[str, object] = {"text": text, "language": "en", "story_id": 1, "news": [], "repeats": True}
    return news(number, 2, title="Warrant", **(told | changes))


def begun(runtime: Runtime, at: timedelta = timedelta()) -> None:
    article = news(1, title="Warrant", text=SAID, language="en")
    planner = Planner(runtime, NOW - at)
    assert planned(planner, article) == [("planned", ["news"])]
    save(runtime.store, article, at=NOW - at)


def test_an_article_that_says_nothing_new_is_not_told(runtime: Runtime) -> None:
    begun(runtime)
    assert planned(Planner(runtime, NOW), reported(2)) == [("known", [])]
    assert planned(Planner(runtime, NOW), reported(3, MORE, repeats=False)) == [("planned", ["news"])]
    assert planned(Planner(runtime, NOW), reported(4, MORE)) == [("planned", ["news"])]


def test_another_person_or_topic_that_was_not_told_is(runtime: Runtime) -> None:
    begun(runtime)
    article = reported(2, matches=[MatchIntent(Match("U", 1.0), "planned")])
    assert planned(Planner(runtime, NOW), article) == [("planned", ["news", "news"])]


def test_what_only_an_untold_article_said_is_told(runtime: Runtime) -> None:
    begun(runtime)
    save(runtime.store, reported(2, MORE, matches=[]))
    assert planned(Planner(runtime, NOW), reported(3, MORE)) == [("planned", ["news"])]


def test_what_was_told_long_ago_keeps_nothing_quiet(runtime: Runtime) -> None:
    begun(runtime, timedelta(days=4))
    assert planned(Planner(runtime, NOW), reported(2)) == [("planned", ["news"])]


def test_a_topic_may_ask_for_repeats(runtime: Runtime) -> None:
    runtime.follow(replace(runtime.config, topics=(topic(repeats="all"),)))
    begun(runtime)
    assert planned(Planner(runtime, NOW), reported(2)) == [("planned", ["news"])]


def test_repeats_in_one_transaction_are_told_once(runtime: Runtime) -> None:
    planner = Planner(runtime, NOW)
    first = news(1, title="Warrant", text=SAID, language="en")
    again = reported(2, story_id=None, begun_by=first)
    copy = reported(3, story_id=None, begun_by=first, copy_of=7, news=None, repeats=False)
    other = reported(4, story_id=None, begun_by=news(9))
    assert planned(planner, first) == [("planned", ["news"])]
    assert planned(planner, again) == [("known", [])]
    assert planned(planner, copy) == [("known", [])]
    assert planned(planner, other) == [("planned", ["news"])]


def test_a_copy_of_what_was_kept_quiet_is_quiet_too(runtime: Runtime) -> None:
    begun(runtime)
    article = reported(2)
    assert planned(Planner(runtime, NOW), article) == [("known", [])]
    save(runtime.store, article)
    copy = reported(3, copy_of=2, news=None, repeats=False)
    assert planned(Planner(runtime, NOW), copy) == [("known", [])]


def test_a_later_version_with_something_new_is_told_after_all(runtime: Runtime) -> None:
    begun(runtime)
    article = reported(2)
    planned(Planner(runtime, NOW), article)
    save(runtime.store, article)
    same, fuller = (
        news(2, 2, title="Warrant", text=text, language="en", known_id=2, story_id=None) for text in (AGAIN, MORE)
    )
    assert planned(Planner(runtime, NOW), same) == [("known", [])]
    assert save(runtime.store, same).planned == 0
    assert planned(Planner(runtime, NOW), fuller) == [("planned", ["news"])]
    assert save(runtime.store, fuller).planned == 1
    (stored,) = runtime.store.articles.matches_of([2])
    assert stored.fate == "planned"


def test_stories_that_are_merged_here_count_as_told(runtime: Runtime) -> None:
    begun(runtime)
    save(runtime.store, news(8))
    assert planned(Planner(runtime, NOW), reported(2, story_id=2, merges=(1,))) == [("known", [])]

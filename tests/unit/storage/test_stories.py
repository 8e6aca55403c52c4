"""Stories as stored: two that turn out to be one, what polls at once remember, and what is let go of."""

from __future__ import annotations

from datetime import timedelta

from crawler.items import Draft
from crawler.joining import Joiner
from crawler.model import Entry
from crawler.storage import ArticleIntent, Store
from crawler.stories.facts import read
from crawler.stories.memory import Memory
from crawler.stories.threading import SILENT
from crawler.text import Document
from tests.stored import ANNA, BORYS, DAY, HOUR, NOW, news, rows, save

FERRY = "A ferry with 212 passengers ran aground off Hvar in Croatia, captain Ante Marić said in Split on Monday."
AGAIN = "Captain Ante Marić said the ferry ran aground off Hvar in Croatia with 212 passengers on its way from Split."
LATER = f"{AGAIN} Divers found a hole in its hull."
SECOND = f"{AGAIN} The owner, Jadran, promised to pay."


def ferry(number: int, text: str) -> ArticleIntent:
    return news(number, number % 3 + 1, title=f"Ferry aground off Hvar {number}", text=text, language="en")


def join(store: Store, *articles: ArticleIntent) -> None:
    joiner = Joiner(store, NOW)
    for article in articles:
        joiner.join(Draft(Entry(), 0, article))


def said(store: Store, story: int, text: str) -> bool:
    """Whether a story's memory holds all the words of a text."""
    stored = store.stories.memory(story)
    assert stored is not None
    memory = Memory.load(stored)
    reading = read(Document("", text, "en"), NOW.date())
    index = memory.index(reading)
    return all(index.holding(unit) or memory.states(unit) for each in reading.sentences for unit in each.units)


def begin_two(store: Store) -> None:
    """Stories 1 and 2 of two articles each, told apart so far."""
    save(store, news(1), news(2))
    save(store, news(3, story_id=1), news(4, 2, story_id=2), news(5, 3, story_id=2))


def test_a_merged_storys_articles_come_along_and_its_number_leads_to_the_other(store: Store) -> None:
    begin_two(store)
    save(store, news(6, story_id=1, merges=(2,)), at=NOW + HOUR)
    assert store.stories.members(1) == [1, 2, 3, 4, 5, 6]
    merged = store.stories.get(2)
    assert merged is not None
    assert (merged.id, merged.articles, merged.last_seen) == (1, 6, NOW + HOUR)
    assert store.stories.merged_into(1) == [2]
    assert [story.id for story in store.stories.latest(None, 10)] == [1]


def test_stories_merged_one_after_the_other_all_lead_to_the_last(store: Store) -> None:
    save(store, news(1), news(2), news(3))
    save(store, news(4, story_id=2, merges=(3,)))
    save(store, news(5, story_id=1, merges=(2,)))
    assert store.stories.merged_into(1) == [2, 3]
    save(store, news(6, story_id=3))  # decided before the merging was stored
    assert store.stories.members(1) == [1, 2, 3, 4, 5, 6]


def test_a_merged_storys_row_is_let_go_of_and_its_number_still_leads_on(store: Store) -> None:
    begin_two(store)
    save(store, news(6, story_id=1, merges=(2,)))
    store.prune(NOW + DAY, 400 * 86_400.0)
    assert rows(store, "SELECT id, articles FROM stories") == [(1, 6)]
    save(store, news(7, story_id=2))  # decided before the merging was stored
    assert store.stories.members(1) == [1, 2, 3, 4, 5, 6, 7]
    merged = store.stories.get(2)
    assert merged is not None
    assert merged.id == 1


def test_who_asked_to_hear_nothing_of_a_merged_story_goes_on_to_hear_nothing(store: Store) -> None:
    begin_two(store)
    week, month = NOW + 7 * DAY, NOW + 30 * DAY
    store.wishes.mute(ANNA, "T", "story", 2, now=NOW, until=month)
    store.wishes.mute(ANNA, "T", "story", 1, now=NOW, until=week)
    store.wishes.mute(BORYS, "T", "story", 2, now=NOW, until=week)
    save(store, news(6, story_id=1, merges=(2,)))
    found = {mute.recipient: (mute.target, mute.until) for mute in store.wishes.mutes(NOW)}
    assert found == {ANNA: (1, "2026-04-01T09:30:00Z"), BORYS: (1, "2026-03-09T09:30:00Z")}
    assert len(store.wishes.mutes(NOW)) == 2


def test_a_story_that_two_polls_add_to_at_once_remembers_both(store: Store) -> None:
    first = ferry(1, FERRY)
    join(store, first)
    save(store, first)
    one, other = ferry(2, LATER), ferry(3, SECOND)
    join(store, one)
    join(store, other)  # decided before the other poll is stored
    save(store, one)
    save(store, other)
    assert {row[0] for row in rows(store, "SELECT story_id FROM articles")} == {1}
    assert said(store, 1, FERRY)
    assert said(store, 1, "Divers found a hole in its hull.")
    assert said(store, 1, "The owner, Jadran, promised to pay.")


def test_what_merged_stories_said_is_remembered_and_not_announced_again(store: Store) -> None:
    joiner = Joiner(store, NOW)
    for number, text in ((1, FERRY), (2, LATER)):
        article = ferry(number, text)
        join(store, article)
        save(store, article)
    stored = store.stories.memory(1)
    assert stored is not None
    save(store, news(8), news(9))
    save(store, news(10, story_id=2, memory=stored))
    again = ferry(4, SECOND)
    again.when, again.merges = NOW, (2,)
    joiner._news(again, 3)
    assert again.news is not None
    assert ["Jadran" in str(each["text"]) for each in again.news] == [True]


def test_what_an_outlet_prints_under_every_report_is_not_news(store: Store) -> None:
    motto = "The Harbour Times has told the truth about the sea since 1902."
    first = ferry(1, FERRY)
    join(store, first)
    save(store, first, *(news(number, 3, text=f"News {number}. {motto}") for number in (7, 8)))
    article = ferry(2, f"{AGAIN} Divers found a hole in its hull. {motto}")
    join(store, article)
    assert article.news is not None
    assert ["Divers" in str(each["text"]) for each in article.news] == [True]
    other = ferry(3, f"{AGAIN} {motto}")
    join(store, other)
    assert other.outlet == "outlet1.example"
    assert ["Harbour Times" in str(each["text"]) for each in other.news or []] == [True], "another outlet's is"


def test_a_memory_of_another_format_is_made_anew(store: Store) -> None:
    for number, text in ((1, FERRY), (2, LATER)):
        article = ferry(number, text)
        join(store, article)
        save(store, article)
    for broken in (b"", b"abc", b"\x07\0\0\0" * 4, b"\x01\0\0\0" + b"\xff" * 12, (store.stories.memory(1) or b"")[:-4]):
        store._db.execute("UPDATE memories SET said = ?", [broken])
        store._db.conn.commit()
        article = ferry(3, SECOND)
        join(store, article)
        assert article.news is not None
        assert ["Jadran" in str(each["text"]) for each in article.news] == [True], broken
        store.stories.thread(article, 2, 1, NOW)
        assert said(store, 1, LATER)


def test_silent_stories_are_let_go_of_however_many(store: Store) -> None:
    articles = [ferry(number, FERRY) for number in range(1, 4)]
    join(store, *articles[:1])
    save(store, articles[0])
    store._db.executescript(
        "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 1300)"
        " INSERT INTO stories (id, title, first_seen, last_seen, articles)"
        " SELECT i, 'old', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', 1 FROM n;"
        "INSERT INTO outlines (story_id, last_at, terms) SELECT id, last_seen, '{}' FROM stories WHERE title = 'old';"
        "INSERT INTO story_keys (key, story_id) SELECT 7, id FROM stories WHERE title = 'old';"
    )
    store.prune(NOW + timedelta(days=1), 86_400 * 400)
    assert [row[0] for row in rows(store, "SELECT story_id FROM outlines")] == [1]
    assert {row[0] for row in rows(store, "SELECT story_id FROM story_keys")} == {1}
    store.prune(NOW + SILENT + 2 * DAY, 86_400 * 400)
    assert not rows(store, "SELECT * FROM outlines")


def test_a_deleted_story_leaves_nothing_behind(store: Store) -> None:
    articles = [ferry(number, text) for number, text in ((1, FERRY), (2, LATER))]
    join(store, *articles)
    save(store, *articles)
    save(store, news(3))
    save(store, news(4, story_id=1, merges=(2,)))
    store.prune(NOW + 10 * DAY, 86_400.0)
    for table in ("stories WHERE articles > 0", "outlines", "story_keys", "memories", "joins", "news", "merges"):
        assert not rows(store, f"SELECT * FROM {table}"), table
    assert store.stories.get(1) is None

"""Articles join the story that they are most like, in one language or several, and begin one otherwise."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from crawler.stories.threading import SILENT, Joined, Meant, Outline, Place, are_one, faded, join, score
from crawler.text import Document
from crawler.topics.following import Features, Frequencies, features
from crawler.topics.following.weights import weigh

NOON = datetime(2026, 5, 12, 12, tzinfo=UTC)
DAY = timedelta(days=1)
CHILDREN = ("Eight children return from Kherson", "Ombudsman Dmytro Lubinets said that Qatar mediated.", "en")
AGAIN = ("Lubinets thanks Qatar for the return of eight children", "They are from Kherson, the ombudsman said.", "en")
TRANSLATED = ("Лубінець: з Херсона повернули вісьмох дітей", "Посередником був Катар, сказав Дмитро Лубінець.", "uk")
BANK = ("Norges Bank keeps its key rate", "Inflation in Norway remains above target, Ida Bache said in Oslo.", "en")
KNOWN = Frequencies({":": 1000, "en:": 500, "uk:": 500})


def read(article: tuple[str, str, str]) -> Features:
    title, text, language = article
    return features(Document(title, text, language))


def outline(*articles: tuple[str, str, str], when: datetime = NOON) -> Outline:
    found = Outline(when)
    for each in articles:
        found.add(weigh(read(each), KNOWN), when)
    return found


def joining(article: tuple[str, str, str], stories: dict[int, Outline], when: datetime = NOON) -> Joined | None:
    return join(read(article), weigh(read(article), KNOWN), when, stories)


def test_an_article_joins_the_story_that_it_is_like() -> None:
    found = joining(AGAIN, {3: outline(BANK), 7: outline(CHILDREN)})
    assert found is not None
    assert found.story == 7
    assert not found.merges
    assert {"Lubinets", "Qatar"} <= set(found.shared)


def test_an_article_like_none_begins_a_story() -> None:
    assert joining(BANK, {7: outline(CHILDREN)}) is None
    assert joining(BANK, {}) is None


def test_names_and_figures_carry_across_languages() -> None:
    found = joining(TRANSLATED, {3: outline(BANK), 7: outline(CHILDREN)})
    assert found is not None
    assert found.story == 7
    assert "Катар" in found.shared


def test_a_silent_story_fades_comes_back_for_much_and_is_gone_in_the_end() -> None:
    weighed = weigh(read(AGAIN), KNOWN)
    old = outline(CHILDREN)
    scores = [score(old, weighed, NOON + days * DAY) for days in (0, 1, 3, 10, 40)]
    assert scores == sorted(scores, reverse=True)
    assert joining(CHILDREN, {7: old}, NOON + 40 * DAY) is not None
    assert score(old, weighed, NOON + SILENT + DAY) == 0
    assert faded(NOON, NOON) == 1


def test_two_stories_that_are_alike_become_the_older_one() -> None:
    found = joining(AGAIN, {9: outline(CHILDREN), 4: outline(CHILDREN, AGAIN), 5: outline(BANK)})
    assert found is not None
    assert (found.story, found.merges) == (4, (9,))


def test_meaning_joins_what_shares_no_word_and_parts_what_shares_some() -> None:
    stories, east, north = {3: outline(BANK), 7: outline(CHILDREN)}, (1.0, 0.0), (0.0, 1.0)

    def found(article: tuple[str, str, str], place: Place, **places: Place) -> Joined | None:
        meant = Meant(place, {int(name[1:]): each for name, each in places.items()})
        return join(read(article), weigh(read(article), KNOWN), NOON, stories, meant)

    plain = ("Діти вже вдома", "Їх зустріли родичі.", "uk")
    assert found(plain, ()) is None
    near = found(plain, east, s3=north, s7=(0.8, 0.6))
    assert near is not None
    assert (near.story, near.merges) == (7, ())
    assert found(plain, east, s3=north, s7=north) is None
    assert found(TRANSLATED, east, s3=north, s7=north) is None
    assert found(TRANSLATED, east, s3=east) is not None, "a story without a place is compared by words"
    both = found(AGAIN, east, s3=(0.8, 0.6), s7=(0.9, 0.44))
    assert both is not None
    assert (both.story, both.merges) == (3, (7,))


def test_stories_that_are_told_days_apart_stay_two() -> None:
    assert are_one(outline(CHILDREN), outline(AGAIN, CHILDREN))
    assert not are_one(outline(CHILDREN), outline(AGAIN, CHILDREN, when=NOON + 3 * DAY))
    assert not are_one(outline(CHILDREN), outline(BANK))


def test_an_outline_survives_storage() -> None:
    kept = outline(CHILDREN, TRANSLATED)
    read_back = Outline.load(kept.dump(), kept.last)
    weighed = weigh(read(AGAIN), KNOWN)
    assert abs(score(read_back, weighed, NOON) - score(kept, weighed, NOON)) < 0.01


def test_a_merged_outline_knows_what_both_knew() -> None:
    both = outline(BANK)
    both.merge(outline(CHILDREN, when=NOON + DAY))
    assert both.last == NOON + DAY
    assert score(both, weigh(read(CHILDREN), KNOWN), NOON + DAY) > 0.5

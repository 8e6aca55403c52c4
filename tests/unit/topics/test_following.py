"""Following from examples: what likens articles, what a score means, and that no stream leads a topic away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.text import Document
from crawler.text.cognates import cognate_key
from crawler.topics.following import (
    LINES,
    Example,
    Features,
    Follower,
    Frequencies,
    Judgement,
    Profile,
    Taught,
    calibrated,
    counted,
    features,
    line_after,
)
from crawler.topics.following.profile import DRIFT, faded
from crawler.topics.following.weights import likeness, weigh

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
FLOOD = "Flood in Brenthaven: mayor Okoro orders 900 people out of the harbour quarter"
SAME = "Brenthaven flood: 900 people leave the harbour quarter as mayor Okoro warns of a second wave"
OTHER = "Central bank raises its key rate to 4 per cent in fight against inflation"


def read(title: str, language: str = "en", text: str = "") -> Features:
    return features(Document(title, text, language))


def follower(*titles: str, line: float = LINES["balanced"]) -> Follower:
    examples = tuple(Example(read(title), NOW) for title in titles)
    return Follower([Profile("T", line, examples)])


def score(topic: Follower, title: str, language: str = "en", after: timedelta = DAY) -> float:
    found = read(title, language)
    if not topic.near(found):
        return 0.0
    return topic.judge("T", found, Frequencies(), NOW + after).score


def test_the_same_story_scores_above_and_another_below() -> None:
    topic = follower(FLOOD)
    assert score(topic, SAME) > 0.5
    assert score(topic, OTHER) < 0.1


def test_another_language_is_met_by_names_figures_and_sounds() -> None:
    topic = follower("President Okoro: 900 people evacuated from Brenthaven")
    likened = score(topic, "Президент Окоро: 900 людей евакуювали з Брентгейвена", "uk")
    assert likened > score(topic, "Прем'єр Мельник: 40 шкіл отримали автобуси", "uk")
    assert likened > 0.05


def test_evidence_stands_where_it_says_and_the_weightiest_is_first() -> None:
    found = read(SAME)
    verdict = follower(FLOOD).judge("T", found, Frequencies(), NOW)
    assert verdict.taken
    for piece in verdict.evidence:
        assert SAME[piece.start : piece.end] == piece.form
    weights = [piece.weight for piece in verdict.evidence]
    assert weights == sorted(weights, reverse=True)
    assert {"name", "figure", "word"} == {piece.kind for piece in verdict.evidence}
    assert {"900", "Okoro"} <= {piece.form for piece in verdict.evidence}


def test_what_the_archive_is_full_of_weighs_little() -> None:
    full = Frequencies({":": 10_000, "en:": 10_000, "en:boat": 5_000})
    found = read("Boats of Tirnau")
    common, rare = weigh(found, full).whole, weigh(found, Frequencies()).whole
    assert common["boat"] < rare["boat"]
    assert Frequencies({":": 10, "en:": 10, "en:boat": 60}).idf("boat", "en") == 0


def test_terms_are_counted_by_language_unless_all_languages_share_them() -> None:
    terms = counted(read("Okoro hat 900 Boote", "de"))
    assert {":", "de:", "de:boot", "#900"} <= set(terms)
    assert not any(term.startswith("de:#") for term in terms)


@pytest.mark.parametrize(
    "words",
    ["president президент Президентом prezydent", "coronavirus коронавирус", "Ukraine Україна Ucrania Украина"],
)
def test_international_words_sound_alike(words: str) -> None:
    keys = {cognate_key(word) for word in words.split()}
    assert len(keys) == 1
    assert keys != {""}


@pytest.mark.parametrize("word", ["the", "2026", "東京", "ау", ""])
def test_of_some_words_no_sound_is_told(word: str) -> None:
    assert cognate_key(word) == ""


@settings(deadline=None)  # the first of them reads dictionaries
@given(st.text(max_size=40))
def test_a_sound_is_told_of_anything_without_failing(word: str) -> None:
    assert cognate_key(word) == cognate_key(word)


@settings(deadline=None)  # the first of them reads dictionaries
@given(st.text(max_size=200), st.sampled_from(["en", "uk", "de", "und", "xx"]))
def test_any_text_can_be_read_and_its_forms_stand_in_it(title: str, language: str) -> None:
    for where, start, end, _, form in read(title, language).places.values():
        assert (where, title[start:end]) == ("title", form)


def test_a_silent_story_fades_and_is_not_forgotten() -> None:
    assert faded(NOW, NOW - DAY) == faded(None, NOW) == 1
    assert 1 > faded(NOW, NOW + 3 * DAY) > faded(NOW, NOW + 300 * DAY) > 0.1


def test_calibration_says_half_in_the_middle_and_rises() -> None:
    scores = [calibrated(n / 100, by_meaning=False) for n in range(101)]
    assert scores == sorted(scores)
    assert scores[0] == 0
    assert scores[27] == pytest.approx(0.5)


# -- drift --------------------------------------------------------------------------------------------------------


def moved(topic: Follower, title: str) -> bool:
    """Let a topic see an article, as a stream does; whether it moved it."""
    found = read(title)
    verdict = topic.judge("T", found, Frequencies(), NOW)
    if verdict.moves:
        topic.move("T", Example(found, NOW), Frequencies())
    return verdict.moves


def test_a_topic_moves_with_its_story() -> None:
    topic, next_step = follower(FLOOD), "Second wave breaks the dike of Brenthaven, mayor Okoro calls the army"
    before = score(topic, next_step)
    assert moved(topic, SAME)
    assert score(topic, next_step) > before


def test_no_stream_leads_a_topic_away_from_its_examples() -> None:
    """Each headline keeps nine in ten words of the one before: the last has none of the first."""
    start = ["alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliet"]
    topic, words = follower(" ".join(start)), list(start)
    for number in range(200):
        words = [*words[1:], f"zz{number}q"]
        for _ in range(3):
            if topic.near(read(" ".join(words))):
                moved(topic, " ".join(words))
    profile = topic.profile("T")
    assert profile is not None
    assert 0 < len(profile.drifted) <= DRIFT
    first = weigh(read(" ".join(start)), Frequencies()).whole
    for each in profile.drifted:
        assert likeness(weigh(each.features, Frequencies()).whole, first) > 0.1
    assert score(topic, " ".join(words)) == 0
    assert score(topic, " ".join(start)) > 0.9


# -- answers ------------------------------------------------------------------------------------------------------


def test_the_line_moves_towards_answers_it_had_wrong_and_not_far() -> None:
    assert line_after(0.3, [Judgement(yes=True, score=0.9), Judgement(yes=False, score=0.1)]) == 0.3
    assert line_after(0.3, [Judgement(yes=False, score=0.4)]) == pytest.approx(0.35)
    assert line_after(0.3, [Judgement(yes=True, score=0.1)]) == pytest.approx(0.2)
    assert line_after(0.3, [Judgement(yes=False, score=1.0)] * 9) == pytest.approx(0.5)


def test_a_no_pushes_what_is_like_it_down_and_a_yes_up() -> None:
    near, example = "Flood in Tirnau: mayor Weiss orders people out", Example(read(FLOOD), NOW)
    plain = Follower([Profile("T", 0.3, (example,))])
    refused = Follower([Profile("T", 0.3, (example,), no=(Example(read(near), NOW),))])
    liked = Follower([Profile("T", 0.3, (example,), yes=(Example(read(near), NOW),))])
    later = "Tirnau flood: Weiss lets people back"
    assert score(refused, later) < score(plain, later) < score(liked, later)


def test_answers_rank_what_a_query_takes() -> None:
    taught = Taught(
        Profile("T", 0.3, (), no=(Example(read(FLOOD), NOW),), yes=(Example(read(OTHER), NOW),)), Frequencies()
    )
    assert taught.rank(read(SAME), Frequencies()) < 0.75
    assert taught.rank(read("Bank keeps its key rate"), Frequencies()) == 1


@settings(deadline=None)  # the first of them reads dictionaries
@given(st.lists(st.sampled_from([FLOOD, SAME, OTHER, "Mayor Okoro resigns", "Key rate"]), min_size=1, max_size=4))
def test_what_is_not_near_would_not_have_been_taken(titles: list[str]) -> None:
    topic = follower(*titles, line=LINES["wide"])
    for title in (FLOOD, SAME, OTHER, "Harbour fees rise", "900 boats"):
        found = read(title)
        if not topic.near(found):
            assert not topic.judge("T", found, Frequencies(), NOW).taken

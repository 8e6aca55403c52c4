"""Who had the text first: copies of every kind, and what only looks like one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.dedupe.copies import Copy, Piece, alike, judge, later_copies

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
SENTENCES = (
    "The ferry between Pereviz and the left bank of the river runs again after three weeks of repairs.",
    "The village council said on Monday morning that the hull had been welded in two places by the shipyard in Kaniv.",
    "Schoolchildren who had been taken to lessons by a fishing boat were the first passengers of the day.",
    "The ferryman, Petro Lysenko, said he had counted sixty people before breakfast and one very patient goat.",
    "A new pontoon is to be built in autumn with money from the regional budget, according to the head of the council.",
    "Until then the ferry carries no lorries, because the landing stage on the left bank gives way under heavy loads.",
    "Residents had written an open letter in which they asked for a timetable that fits the trains to the city.",
    "The council promised an answer within a fortnight and invited everybody to a meeting in the house of culture.",
    "Last year the crossing was closed for more than two months when the water stood too high for the chains.",
)
TEXT = " ".join(SENTENCES)
UKRAINIAN = (
    "Пором між Перевозом і лівим берегом річки знову ходить після трьох тижнів ремонту. Сільська рада повідомила, що "
    "корпус заварили у двох місцях на верфі. Першими пасажирами стали школярі, яких до школи возив рибальський човен."
)
REPORT = (
    "After repairs that took three weeks, passengers in Pereviz can take the ferry once more. Petro Lysenko steered it "
    "over on Monday with pupils aboard. In autumn the region wants to pay for another pontoon, the council's head told "
    "our correspondent, who watched goats, bicycles and a good deal of luggage being carried up the muddy slope. Heavy "
    "vehicles have to take the bridge at Kaniv, forty kilometres to the north, for the landing stage is weak."
)
TITLE = "Pereviz ferry runs again after three weeks of repairs"
AGENCY = Piece(1, "agency.example", TITLE, TEXT, NOON)
LATER = NOON + timedelta(hours=2)


def paper(**changes: object) -> Piece:
    return replace(Piece(2, "paper.example", TITLE, TEXT, LATER), **changes)  # type: ignore[arg-type]


BOILERPLATE = (
    f"By our own staff. Sign up for our morning letter. {TEXT} All rights reserved. Read more about rivers here."
)
SHORTENED = " ".join(SENTENCES[:5])
EDITED = TEXT.replace("three weeks", "21 days").replace("said on Monday", "told reporters").replace("goat", "sheep")
ENLARGED = f"{REPORT} {REPORT.upper()[:300]} {' '.join(SENTENCES[:4])}"


@pytest.mark.parametrize(
    "text",
    [TEXT, TEXT.upper(), BOILERPLATE, SHORTENED, EDITED, " ".join(reversed(SENTENCES))],
    ids=["word for word", "capitals", "boilerplate", "shortened", "edited", "turned round"],
)
@pytest.mark.parametrize("title", [TITLE, "Goat among first passengers as crossing reopens", ""])
def test_a_copy_is_found_whatever_was_done_to_it(text: str, title: str) -> None:
    found = judge(paper(text=text, title=title), [AGENCY])
    assert found is not None
    assert found.origin == 1
    assert found.score >= 0.6
    assert not found.additions


def test_a_cyrillic_copy_is_found() -> None:
    one = replace(AGENCY, title="Пором у Перевозі знову ходить", text=UKRAINIAN)
    assert judge(paper(title="У Перевозі запрацював пором", text=UKRAINIAN), [one]) is not None


def test_a_copy_with_additions_says_so() -> None:
    one = replace(AGENCY, text=" ".join(SENTENCES[:4]) + " " + " ".join(f"remark{n}" for n in range(60)))
    found = judge(paper(title="Ferry back in service", text=ENLARGED), [one])
    assert found is not None
    assert found.additions


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((TITLE, TEXT), ("Ferry sails once more", REPORT)),
        (("Situation on 3 May", TEXT), ("Situation on 4 May", " ".join(SENTENCES[:6]) + " " + REPORT)),
        (
            ("War in day 500: live updates and what we know", REPORT),
            ("War in day 500: live updates and what we know", TEXT),
        ),
        (
            ("Live updates: all the day's news from the region", ""),
            ("Live updates: all the day's news from the region", ""),
        ),
        (("Weather", "Sunny and dry."), ("Weather", "Sunny and dry.")),
        (("Ferry runs again", ""), ("Ferry runs again", "")),
        ((TITLE, REPORT), (TITLE, SENTENCES[6])),
        (
            ("Mayor resigns", "Read the full story, and much more, on our website, free of charge for a month."),
            ("Bridge closed", "Read the full story, and much more, on our website, free of charge for a month."),
        ),
        (("", ""), ("", "")),
    ],
    ids=[
        "report",
        "template",
        "live",
        "live headline",
        "weather",
        "short headline",
        "same headline",
        "phrase",
        "empty",
    ],
)
def test_what_is_no_copy(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert alike(replace(AGENCY, title=one[0], text=one[1]), paper(title=other[0], text=other[1])) is None


def test_other_figures_speak_against_a_copy_only_below_four_fifths() -> None:
    most = " ".join(SENTENCES[:6]) + " " + REPORT
    third, fourth = replace(AGENCY, title="Situation on 3 May"), paper(title="Situation on 4 May")
    assert alike(third, fourth) is not None
    assert alike(third, replace(fourth, text=most)) is None
    assert alike(third, replace(fourth, text=most, title="Situation")) is not None


def test_a_headline_of_seven_words_does_not_decide_alone() -> None:
    title = "Pereviz ferry runs again after three weeks"
    assert alike(replace(AGENCY, title=title, text=""), paper(title=title)) is None
    assert alike(replace(AGENCY, title=f"{title} ashore", text=""), paper(title=f"{title} ashore")) is not None


def test_a_repeated_copy_leads_to_its_origin() -> None:
    own = replace(AGENCY, id=5, outlet="paper.example", first_seen=NOON + timedelta(hours=1), copy_of=1)
    for others in ([own], [own, AGENCY]):
        found = judge(paper(), others)
        assert found is not None
        assert found.origin == 1


def test_a_short_text_needs_its_headline_or_nearly_all_its_words() -> None:
    teaser = SENTENCES[0]
    assert alike(replace(AGENCY, text=teaser), paper(text=teaser + " Read more")) is not None
    assert alike(replace(AGENCY, text=teaser), paper(title="Pereviz crossing open", text=teaser)) is not None
    half = "The ferry between Pereviz and the left bank carried a patient goat, two sheep and the postman."
    most = teaser.replace("three weeks of repairs", "months on the dry shore")
    for text in (half, most):
        assert alike(replace(AGENCY, text=teaser), paper(title="Pereviz crossing open", text=text)) is None


def test_a_headline_without_text_is_known_with_the_outlets_name_behind_it() -> None:
    assert alike(replace(AGENCY, text=""), paper(title=f"{TITLE} - The Paper")) is not None


def test_the_same_outlet_does_not_copy_itself() -> None:
    assert judge(paper(outlet=AGENCY.outlet), [AGENCY]) is None


def test_the_earlier_is_the_origin_and_a_future_date_is_no_date() -> None:
    early = paper(published=NOON - timedelta(hours=1))
    assert judge(early, [AGENCY]) is None
    assert [copy.origin for copy in later_copies(early, [AGENCY])] == [1]
    future = replace(AGENCY, published=NOON + timedelta(days=30))
    assert judge(paper(), [future]) == Copy(1, 1.0, additions=False)
    assert later_copies(paper(), [future]) == []


def test_copies_point_at_the_origin() -> None:
    copy = replace(AGENCY, id=5, outlet="copy.example", first_seen=NOON + timedelta(hours=1), copy_of=1)
    found = [judge(paper(), others) for others in ([copy], [copy, AGENCY], [AGENCY, copy])]
    assert [copy and copy.origin for copy in found] == [1, 1, 1]
    assert later_copies(paper(first_seen=NOON), [copy]) == []


def test_a_circle_of_copies_ends() -> None:
    one, two = replace(AGENCY, copy_of=5), replace(AGENCY, id=5, outlet="copy.example", copy_of=1)
    found = judge(paper(), [one, two])
    assert found is not None
    assert found.origin in (1, 5)


def test_an_outlet_that_gets_its_text_back_is_no_copy() -> None:
    copy = replace(AGENCY, id=5, outlet="copy.example", first_seen=NOON + timedelta(hours=1), copy_of=1)
    again = paper(outlet=AGENCY.outlet)
    assert judge(again, [AGENCY, copy]) is None


@given(st.text(), st.text(), st.text(), st.text())
def test_likeness_is_symmetric(title: str, text: str, other_title: str, other_text: str) -> None:
    one, other = replace(AGENCY, title=title, text=text), paper(title=other_title, text=other_text)
    assert alike(one, other) == alike(other, one)

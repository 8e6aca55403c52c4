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
        ((TITLE, REPORT), (TITLE, TEXT)),
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


def test_other_days_speak_against_a_copy_only_below_four_fifths() -> None:
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
    most = (
        "On the left bank of the river, Pereviz runs a ferry again and has a goat, two sheep and a postman aboard it."
    )
    for text in (half, most):
        assert alike(replace(AGENCY, text=teaser), paper(title="Pereviz crossing open", text=text)) is None


def test_a_teaser_with_words_changed_is_a_copy_with_additions() -> None:
    text = SENTENCES[0].replace("three weeks of repairs", "a storm that nobody on the shore will forget")
    found = alike(replace(AGENCY, text=SENTENCES[0]), paper(title="Pereviz crossing open", text=text))
    assert found is not None
    assert found.additions


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


def test_the_outlet_that_is_credited_had_it_first_whatever_the_clock_says() -> None:
    first = Piece(1, "paper.example", TITLE, TEXT, NOON, credit="Reuters")
    second = Piece(2, "daily.example", TITLE, TEXT, NOON + timedelta(hours=1), copy_of=1, credit="Reuters")
    agency = Piece(3, "reuters.com", TITLE, TEXT, LATER)
    assert judge(agency, [first, second]) is None
    assert [copy.origin for copy in later_copies(agency, [first, second])] == [1]
    late = Piece(4, "weekly.example", TITLE, TEXT, NOON - timedelta(hours=1), credit="Reuters")
    found = judge(late, [agency, replace(first, copy_of=3), replace(second, copy_of=3)])
    assert found is not None
    assert found.origin == 3
    assert later_copies(late, [agency]) == []


def test_a_credit_to_somebody_else_leaves_the_order_to_time() -> None:
    first = Piece(1, "paper.example", TITLE, TEXT, NOON, credit="AP")
    found = judge(Piece(3, "reuters.com", TITLE, TEXT, LATER), [first])
    assert found is not None
    assert found.origin == 1


FORM = (
    "{team} beat {other} {n} to {m} on {day} evening in the regional cup before a crowd that had waited in the rain. "
    "The first goal came in the opening minutes from a corner, and the second after a mistake in defence. "
    "The trainer said that his players had kept to the plan and that the next match would be harder. The visitors had "
    "more of the ball after the break but found no way through, and their captain was sent off. Tickets for the next "
    "round are on sale at the box office from Friday at ten, and children under twelve pay nothing at all. "
    "Best player was {one} of {team}, and {two} of {other} had the only shot that hit the post in the second half."
)


def test_a_form_filled_in_anew_is_no_copy() -> None:
    ours = {"team": "Lokva", "other": "Drumek", "n": 3, "m": 1, "day": "Saturday", "one": "Hrubin", "two": "Olsa"}
    theirs = {"team": "Sokovo", "other": "Brandel", "n": 2, "m": 0, "day": "Sunday", "one": "Marek", "two": "Tisza"}
    one = replace(AGENCY, title="Lokva reach the next round of the regional cup", text=FORM.format(**ours))
    other = paper(title="Sokovo reach the next round of the regional cup", text=FORM.format(**theirs))
    assert alike(one, other) is None
    assert alike(one, replace(other, title="A rainy evening")) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Situation on 3 May", "Situation on 4 May"),
        ("Обстановка на 3 мая", "Обстановка на 4 мая"),
        ("Ситуація на 03.05.2026", "Ситуація на 04.05.2026"),
        ("War, day 410", "War, day 411"),
        ("Monday's losses", "Tuesday's losses"),
        ("Погода на вторник, 3 мая", "Погода на среду, 4 мая"),
    ],
)
def test_another_day_of_a_running_report_is_no_copy(one: str, other: str) -> None:
    today, tomorrow = " ".join(SENTENCES[:8]), " ".join(SENTENCES[:6]) + " " + REPORT
    assert alike(replace(AGENCY, title=one, text=today), paper(title=other, text=tomorrow)) is None
    assert alike(replace(AGENCY, title="Ferry", text=today), paper(title="Ferry", text=tomorrow)) is not None


def test_updated_figures_in_a_headline_leave_a_copy_a_copy() -> None:
    text = TEXT.replace("sixty", "seventy").replace("two places", "three places")
    assert alike(replace(AGENCY, title="Ferry carries 60 passengers"), paper(title="Ferry carries 70", text=text))

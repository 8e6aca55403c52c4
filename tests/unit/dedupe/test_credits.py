"""Whose is a text? What its beginning, its end and its author's name say, and what only looks like it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.dedupe.agencies import AGENCIES, agency_of, beginnings, named_outlet, publishes
from crawler.dedupe.credits import Credit, credit_of, read_credits

BODY = (
    "The ferry between Pereviz and the left bank runs again after three weeks of repairs. The council said on Monday "
    "that the hull had been welded in two places. A new pontoon is to be built in autumn with money from the region. "
    "Residents had written an open letter in which they asked for a timetable that fits the trains to the city, and "
    "the council promised an answer within a fortnight. Until then the ferry carries no lorries, for the landing stage "
    "on the left bank gives way under heavy loads, said the head of the shipyard in Kaniv, who had come to look at it."
)


@pytest.mark.parametrize(
    ("text", "agency", "where"),
    [
        (f"KYIV (Reuters) – {BODY}", "Reuters", "dateline"),
        (f"WASHINGTON, May 4 (AP) - {BODY}", "AP", "dateline"),
        (f"LONDON (Thomson Reuters Foundation) - {BODY}", "", ""),
        (f"(AFP) {BODY}", "AFP", "dateline"),
        (f"Reuters - {BODY}", "Reuters", "dateline"),
        (f"Berlin (dpa) – {BODY}", "dpa", "dateline"),
        (f"Berlin (dpa/tmn) – {BODY}", "dpa", "dateline"),
        (f"ТАСС, 17 мая. {BODY}", "TASS", "dateline"),
        (f"МОСКВА, 4 мая. /ТАСС/. {BODY}", "TASS", "dateline"),
        (f"МОСКВА, 4 мая - РИА Новости. {BODY}", "RIA Novosti", "dateline"),
        (f"НЬЮ-ЙОРК, 6 мая (Рейтер) - {BODY}", "Reuters", "dateline"),
        (f"Київ. 4 травня. Інтерфакс-Україна – {BODY}", "Interfax-Ukraine", "dateline"),
        (f"Пором знову ходить, передає Укрінформ. {BODY}", "Ukrinform", "line"),
        (f"Паром снова ходит, как сообщает РИА Новости. {BODY}", "RIA Novosti", "line"),
        (f"Пором знову ходить, повідомляє «Інтерфакс-Україна». {BODY}", "Interfax-Ukraine", "line"),
        (f"{BODY}\n\nЗа матеріалами Укрінформу", "Ukrinform", "line"),
        (f"{BODY}\n\nПо материалам ТАСС.", "TASS", "line"),
        (f"{BODY} (AP)", "AP", "line"),
        (f"{BODY} (with AP)", "AP", "line"),
        (f"{BODY} — Reuters", "Reuters", "line"),
        (f"{BODY}\nReuters", "Reuters", "line"),
        (f"{BODY}\n\nQuelle: dpa", "dpa", "line"),
        (f"{BODY}\n\n(Quelle: dpa/lnw)", "dpa", "line"),
        (f"{BODY}\n\nźródło: PAP", "PAP", "line"),
        (f"{BODY}\n\nДжерело: УНІАН", "UNIAN", "line"),
        (f"{BODY} (Reporting by Jane Doe and John Roe; Editing by Mary Moe)", "Reuters", "line"),
        (f"{BODY}\n\nThis article was originally published by The Conversation.", "The Conversation", "line"),
        (f"{BODY}\n\nThis story was originally published on ProPublica.", "ProPublica", "line"),
        (f"{BODY}\n\nSource: https://www.reuters.com/world/europe/ferry-runs-again-2026-05-04/", "Reuters", "link"),
        (f"{BODY}\n\nRead the original: https://bank.example.org/2026/ferry-runs-again.", "example.org", "link"),
    ],
)  # fmt: skip
def test_a_credit_is_found(text: str, agency: str, where: str) -> None:
    found = credit_of(text)
    assert ((found.agency, found.found_in) if found else ("", "")) == (agency, where)


@pytest.mark.parametrize(
    ("author", "agency"),
    [
        ("Reuters", "Reuters"),
        ("By Jane Doe, Associated Press", "AP"),
        ("Jane Doe | AP", "AP"),
        ("JANE DOE and JOHN ROE, The Associated Press", "AP"),
        ("Jane Doe (AFP)", "AFP"),
        ("dpa", "dpa"),
        ("Укрінформ", "Ukrinform"),
        ("Jane Doe", ""),
        ("Ap Lee", ""),
        ("Reuters Jane", ""),
    ],
)
def test_an_author_names_the_agency(author: str, agency: str) -> None:
    found = credit_of(BODY, author)
    assert (found.agency if found else "") == agency


@pytest.mark.parametrize(
    "text",
    [
        BODY,
        f"{BODY} The minister told Reuters that more would follow. {BODY}",
        f"The ferry runs again, the council told AP on Monday. {BODY}",
        f"{BODY} According to Reuters, the ferry had been out of service since April, and nobody knew why it was.",
        f"Reuters shares fell on Monday. {BODY}",
        f"The app (AP) was not to blame and neither was the ferryman. {BODY}",
        f"{BODY} She once worked for the Associated Press.",
        f"{BODY}\n\nSource: https://fund.example.org/calls/fellowship-for-ferrymen",
        f"Как сообщал ранее Reuters, паром стоял. {BODY}",
        f"{BODY} The council's letter was seen by the BBC and by AFP, which sent it on.",
        "",
    ],
)
def test_a_citation_is_no_credit(text: str) -> None:
    assert credit_of(text) is None


def test_citations_are_kept_apart_with_their_places() -> None:
    text = f"KYIV (Reuters) – {BODY} The minister told AP that more would follow. {BODY}"
    found = read_credits(text)
    assert found.credit == Credit("Reuters", "dateline", "text", 6, 13)
    [cited] = found.cites
    assert (cited.agency, text[cited.start : cited.end]) == ("AP", "AP")


def test_the_author_is_trusted_more_than_the_text() -> None:
    found = credit_of(f"KYIV (AP) – {BODY}", "Reuters")
    assert found
    assert found.agency == "Reuters"


def test_no_name_is_passed_over_for_its_beginning() -> None:
    begun = beginnings()
    for name in ("Reuters", "The Associated Press", "Би-би-си", "АФП", "AA", "ČTK", "УНІАН"):
        words = re.findall(r"\w+", name.casefold())
        assert any(word[:3] in begun for word in words), name


def test_every_agency_is_known_by_its_own_name_and_has_its_outlets() -> None:
    for agency in AGENCIES:
        assert all(publishes(outlet, agency.name) and named_outlet(outlet) == agency.name for outlet in agency.outlets)
    assert agency_of("Укрінформу") == "Ukrinform"
    assert agency_of("Ap") == ""
    assert named_outlet("paper.example") == "paper.example"
    assert not publishes("paper.example", "")


@given(st.text(), st.text())
def test_any_text_is_read(text: str, author: str) -> None:
    read_credits(text, author)

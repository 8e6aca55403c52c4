"""Who made the reports of a story? Agencies named in copies and translations, outlets' own reports, their copies."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from crawler.stories.origins import Report, origins

NINE = datetime(2026, 5, 4, 9, 12, tzinfo=UTC)


def report(number: int, outlet: str, **changes: object) -> Report:
    made = Report(number, outlet, "en", NINE + timedelta(minutes=number - 1))
    return replace(made, **changes)  # type: ignore[arg-type]


def test_nine_outlets_two_origins() -> None:
    reuters = [report(n, f"paper{n}.example", copy_of=None if n == 1 else 1, credit="Reuters") for n in range(1, 6)]
    ukrinform = [
        report(6, "ukrinform.ua", publisher="Ukrinform", language="uk"),
        report(7, "news.example", copy_of=6, language="uk"),
        report(8, "translated.example", credit="Ukrinform"),
        report(9, "again.example", credit="Ukrinform", language="pl"),
    ]
    found = origins([*reversed(ukrinform), *reuters])
    assert found.outlets == 9
    assert found.first == NINE
    first, second = found.origins
    assert (first.name, first.representative, first.first, first.articles) == ("Reuters", 1, NINE, (1, 2, 3, 4, 5))
    assert (second.name, second.representative, second.articles) == ("Ukrinform", 6, (6, 7, 8, 9))
    assert second.languages == ("uk", "en", "pl")


def test_a_text_without_a_credit_is_the_outlets_that_had_it_first() -> None:
    [origin] = origins([report(1, "paper.example"), report(2, "daily.example", copy_of=1)]).origins
    assert (origin.name, origin.outlets) == ("paper.example", ("paper.example", "daily.example"))


def test_one_credit_among_copies_names_them_all() -> None:
    [origin] = origins([report(1, "paper.example"), report(2, "daily.example", copy_of=1, credit="AP")]).origins
    assert (origin.name, origin.representative) == ("AP", 1)


def test_the_agencys_own_article_stands_for_its_report_when_it_comes_last() -> None:
    [origin] = origins(
        [report(1, "paper.example", copy_of=2, credit="Reuters"), report(2, "reuters.com", publisher="Reuters")]
    ).origins
    assert (origin.representative, origin.first) == (2, NINE)


def test_copies_of_what_is_not_there_belong_together_and_a_circle_ends() -> None:
    assert len(origins([report(2, "a.example", copy_of=1), report(3, "b.example", copy_of=1)]).origins) == 1
    assert origins([report(1, "a.example", copy_of=2), report(2, "b.example", copy_of=1)]).outlets == 2
    assert origins([]).origins == ()
    assert origins([]).first is None


REPORTS = st.lists(
    st.builds(
        Report,
        id=st.integers(1, 30),
        outlet=st.sampled_from(["a.example", "b.example", "reuters.com"]),
        language=st.sampled_from(["en", "uk"]),
        published=st.datetimes(datetime(2026, 5, 1), datetime(2026, 5, 9), timezones=st.just(UTC)),  # noqa: DTZ001
        copy_of=st.none() | st.integers(1, 30),
        credit=st.sampled_from(["", "Reuters", "AP"]),
    ),
    unique_by=lambda each: each.id,
)


@given(REPORTS)
def test_every_article_has_one_origin_whatever_their_order(reports: list[Report]) -> None:
    found = origins(reports)
    assert sorted(number for origin in found.origins for number in origin.articles) == sorted(r.id for r in reports)
    assert len({origin.name for origin in found.origins}) == len(found.origins)

"""Tables that stay aligned, words that stay harmless, times as people say them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.model import Evidence
from scheduler import show

NOW = datetime(2026, 11, 22, 22, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "columns"),
    [("abc", 3), ("Київ", 4), ("報紙", 4), ("e\u0301", 1), ("", 0), ("Ａ", 2)],
)
def test_width_counts_columns(text: str, columns: int) -> None:
    assert show.width(text) == columns


@given(st.text(), st.integers(1, 40))
def test_what_is_fitted_never_takes_more_columns(text: str, columns: int) -> None:
    fitted = show.fit(text, columns)
    assert show.width(fitted) <= columns
    assert fitted == text or fitted.endswith("…")


@given(st.lists(st.tuples(st.text(), st.text(), st.text()), max_size=5))
def test_columns_of_a_table_begin_at_the_same_place(rows: list[tuple[str, str, str]]) -> None:
    text = show.table(("A", "B", "C"), [(one, "|", three) for one, _, three in rows], columns=0)
    lines = text.split("\n")
    assert len(lines) == len(rows) + 1
    assert len({show.width(line.split("|")[0]) for line in lines[1:] if line.count("|") == 1}) <= 1


def test_only_the_last_cell_is_cut_and_only_on_a_terminal() -> None:
    rows = [("name " * 5, "x" * 100)]
    assert show.table(("A", "B"), rows, columns=60).splitlines()[1] == f"{('name ' * 5).strip()}  {'x' * 33}…"
    assert show.table(("A", "B"), rows, columns=0).splitlines()[1].endswith("x" * 100)


def test_nothing_in_a_table_moves_the_cursor() -> None:
    text = show.table(("A", "B"), [("a\x1b[2J\n\r", "\x9b31m\u202eb")], columns=0)
    assert text.count("\n") == 1
    assert not {"\x1b", "\r", "\x9b", "\u202e"} & set(text)


def test_a_block_keeps_its_lines_and_nothing_else() -> None:
    assert show.block("one\r\ntwo\x1b[1m\rthree\x00\n\nfour") == "one\ntwo [1m\nthree\n\nfour"


@pytest.mark.parametrize(
    ("span", "says"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 min ago"),
        (timedelta(minutes=89), "89 min ago"),
        (timedelta(minutes=90), "1 h ago"),
        (timedelta(hours=47), "47 h ago"),
        (timedelta(days=2), "2 days ago"),
    ],
)
def test_how_long_ago(span: timedelta, says: str) -> None:
    assert show.ago(NOW - span, NOW) == says


def test_never_is_a_dash() -> None:
    assert show.ago(None, NOW) == show.moment(None, UTC) == "–"


def test_a_moment_is_told_in_the_persons_zone() -> None:
    assert show.moment(NOW, ZoneInfo("Europe/Kyiv")) == "2026-11-23 00:00"


def test_a_term_is_told_once_in_each_field() -> None:
    def piece(field: str, form: str) -> Evidence:
        return Evidence(field, 0, 1, form, "child*")

    met = [piece("title", "Children"), piece("text", "child"), piece("text", "children")]
    assert show.terms_met(met) == "child* → Children (title), child* → child (text)"
    assert show.terms_met(met, most=1) == "child* → Children (title) and 1 more"


@pytest.mark.parametrize(("number", "says"), [(0, "0 copies"), (1, "1 copy"), (2, "2 copies")])
def test_a_number_has_its_noun(number: int, says: str) -> None:
    assert show.count(number, "copy", "copies") == says
    assert show.count(number, "topic") == says.replace("copies", "topics").replace("copy", "topic")

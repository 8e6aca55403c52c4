from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crawler.alerts.snippets import LENGTH, Piece, snippet

TEXT = (
    "The council met on Monday. It spoke about roads for three hours. "
    "On Friday seven children came home, the ombudsman said. They were met at the border by doctors. "
    "Their names are not published."
)


def span(text: str, word: str) -> tuple[int, int]:
    return text.index(word), text.index(word) + len(word)


def shown(pieces: tuple[Piece, ...]) -> str:
    return "".join(piece.text for piece in pieces)


def test_sentence_of_the_evidence_and_what_follows() -> None:
    pieces = snippet(TEXT, [span(TEXT, "children")])
    assert shown(pieces) == (
        "On Friday seven children came home, the ombudsman said. They were met at the border by doctors. "
        "Their names are not published."
    )
    assert [piece.text for piece in pieces if piece.hit] == ["children"]


def test_last_sentence_takes_the_one_before() -> None:
    assert shown(snippet(TEXT, [span(TEXT, "names")])) == (
        "They were met at the border by doctors. Their names are not published."
    )


def test_lead_without_evidence_skips_a_repeated_headline() -> None:
    text = f"Council meets\n\n{TEXT}"
    assert shown(snippet(text, [], title="Council meets")).startswith("The council met on Monday. It spoke")
    assert snippet("Council meets", [], title="Council meets") == ()


def test_evidence_in_a_repeated_headline_is_not_the_anchor() -> None:
    text = f"Children return. {TEXT}"
    spans = [span(text, "Children"), span(text, "children")]
    assert shown(snippet(text, spans, title="Children return")).startswith("On Friday seven children")


def test_abbreviations_and_initials_end_no_sentence() -> None:
    text = "За даними ст. 5 закону й проф. О. Коваля, дітей чекають у м. Києві. Далі буде."
    assert shown(snippet(text, [span(text, "дітей")])) == text
    text = "First. " + "Mr. J. Smith met Gen. Hill on Oct. 10 about the children. " + "Then rain. " * 40
    assert shown(snippet(text, [span(text, "children")])).startswith("Mr. J. Smith met Gen. Hill on Oct. 10")


def test_long_sentence_is_cut_at_words_around_the_evidence() -> None:
    text = "слово " * 200 + "діти повернулися " + "слово " * 200
    pieces = snippet(text, [span(text, "діти")])
    line = shown(pieces)
    assert line.startswith("… слово")
    assert line.endswith("слово …")
    assert " діти повернулися " in line
    assert len(line) <= LENGTH + 20
    assert set(line.split()) == {"…", "слово", "діти", "повернулися"}


def test_all_forms_inside_are_marked_and_overlaps_are_not_doubled() -> None:
    text = "Deported children, deported again."
    pieces = snippet(text, [(0, 8), (0, 17), (9, 17), (19, 27), (5, 3), (-1, 2), (20, 99)])
    assert shown(pieces) == text
    assert [piece.text for piece in pieces if piece.hit] == ["Deported", "children", "deported"]


def test_blanks_and_controls_become_single_blanks() -> None:
    text = "One\t\ttwo\x00 \u202ethree  four"
    assert shown(snippet(text, [span(text, "three")])) == "One two three four"


@given(
    text=st.text(st.characters() | st.sampled_from(" .\n!аб"), max_size=1500),
    spans=st.lists(st.tuples(st.integers(-5, 1500), st.integers(-5, 1500)), max_size=6),
    title=st.text(max_size=5),
)
def test_any_text_gives_one_short_line_of_itself(text: str, spans: list[tuple[int, int]], title: str) -> None:
    pieces = snippet(text, spans, title=title)
    line = shown(pieces)
    assert line == line.strip()
    assert "  " not in line
    assert all(piece.text for piece in pieces)
    assert len(line) <= 2 * LENGTH + 10


def test_form_longer_than_a_snippet_is_cut() -> None:
    text = "х" * 100_000
    assert len(shown(snippet(text, [(0, 100_000)]))) <= 2 * LENGTH + 10

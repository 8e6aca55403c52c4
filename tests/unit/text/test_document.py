import time

import pytest

from crawler.text import GAP, MAX_WORDS, Document


def test_positions_lead_back_to_the_words() -> None:
    document = Document("Three children return", "The children came home. A child's drawing.", "en")
    found = document.positions["child"]
    assert [document.field_at(at) for at in found] == ["title", "text", "text"]
    assert [document.token_at(at).form for at in found] == ["children", "children", "child's"]
    token = document.token_at(found[2])
    assert document.text[token.start : token.end] == "child's"


def test_title_and_text_lie_apart() -> None:
    document = Document("one two", "three four", "en")
    assert document.text_starts == 2 + GAP
    assert document.words == ["three", "four"]
    assert document.folded_positions["three"] == [2 + GAP]
    with pytest.raises(IndexError):
        document.token_at(2)


def test_exact_positions_keep_accents() -> None:
    document = Document("", "Maß für Mass", "de")
    assert "für" in document.exact_positions
    assert "fur" not in document.exact_positions
    assert document.folded_words == ["fur", "mass"]


def test_a_giant_text_is_read_to_a_bound_and_quickly() -> None:
    document = Document("", "слово " * 300_000, "uk")
    started = time.process_time()
    assert len(document.words) == MAX_WORDS
    assert len(document.positions["слово"]) == MAX_WORDS
    unbroken = Document("", "ы" * 2_000_000, "ru")
    assert len(unbroken.words) == 1
    assert unbroken.positions
    assert time.process_time() - started < 2


def test_a_verb_whose_parts_stand_apart_is_put_together() -> None:
    document = Document("", "Die Kinder kehrten gestern nach Hause zurück, sagt er. Zurück bleibt sie.", "de")
    assert [document.token_at(at).form for at in document.positions["zuruckkehren"]] == ["kehrten"]
    assert "zuruckbleiben" not in document.positions
    assert "terugkeren" in Document("", "De kinderen keerden naar huis terug.", "nl").positions

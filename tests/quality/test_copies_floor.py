"""Floors under copies: by edits of texts of our own, and through the feeds' own text."""

from pathlib import Path

import pytest

from tests.quality.copies import by_tidings, edited, own_texts
from tests.quality.copies_in_feeds import TITLES, load, look
from tests.quality.floors import floors

EDITED, FEEDS = floors("copies.own"), floors("copies.feeds")


def test_edited_texts_are_found_and_no_others(tmp_path: Path) -> None:
    texts = own_texts(500)
    found = by_tidings(texts, edited(texts[:90]), tmp_path)
    assert found.recall() >= EDITED["all"]
    for edit, least in EDITED.items():
        if edit not in ("all", "false_in_a_million"):
            assert found.recall(edit) >= least, edit
    assert found.false_per_million <= EDITED["false_in_a_million"], found.false


@pytest.mark.parametrize("titles", FEEDS)
def test_copies_are_seen_through_the_feeds_own_text(titles: str) -> None:
    seen = look(TITLES[titles](load()))
    least_recall, least_precision = FEEDS[titles]
    assert seen.recall >= least_recall
    assert seen.precision >= least_precision

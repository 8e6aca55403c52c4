"""What the feed itself carries, and whether that is all."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.extractors import KINDS, Extracted, feed_body, is_teaser
from crawler.model import Entry

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
SENTENCE = "The ferry between Pereviz and the left bank runs again after three weeks of repairs. "
FULL = (SENTENCE * 20).strip()


def test_every_kind_is_registered() -> None:
    assert set(KINDS) == {"feed_body", "page"}


def test_the_richer_text_is_taken() -> None:
    entry = Entry(title="T", summary="Short.", content="Longer than that.", author="A", published=NOON, language="uk")
    assert feed_body.extract(entry) == Extracted("Longer than that.", "T", "A", NOON, "uk")
    assert feed_body.extract(Entry(summary="All there is.")).text == "All there is."


@pytest.mark.parametrize(
    "entry",
    [
        Entry(),
        Entry(summary=SENTENCE),
        Entry(content=SENTENCE),
        Entry(summary=SENTENCE * 10),
        Entry(content=FULL + " …"),
        Entry(content=FULL + " [...]"),
        Entry(content=FULL + "\n\nRead more »"),
        Entry(content=FULL + " Continue reading The ferry runs again"),
        Entry(content=FULL + " Читати далі"),
        Entry(content=FULL + " Читать далее →"),
        Entry(content=FULL + "... The post Ferry appeared first on Quay."),
        Entry(content=SENTENCE + "The post " + "Ferry " * 40 + "appeared first on Quay" + "y" * 90),
    ],
)
def test_a_teaser_is_told(entry: Entry) -> None:
    assert is_teaser(entry)


@pytest.mark.parametrize(
    "entry",
    [
        Entry(content=FULL),
        Entry(summary=FULL),
        Entry(summary=SENTENCE + "…", content=FULL),
        Entry(content=FULL + " The post Ferry appeared first on Quay."),
        Entry(content=FULL + " Nobody wanted to read more."),
    ],
)
def test_a_full_text_is_told(entry: Entry) -> None:
    assert not is_teaser(entry)

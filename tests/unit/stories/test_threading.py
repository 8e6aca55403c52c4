"""A copy joins its origin's story, everything else begins one."""

from __future__ import annotations

from datetime import UTC, datetime

from crawler.stories import KnownStory, NewStory, story_of

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def test_a_copy_joins_the_story_of_its_origin() -> None:
    assert story_of(KnownStory(7), title="Ferry runs again", first_seen=NOON) == KnownStory(7)


def test_an_original_begins_a_story() -> None:
    assert story_of(None, title="Ferry runs again", first_seen=NOON) == NewStory("Ferry runs again", NOON)

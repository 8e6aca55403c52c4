"""Articles and alerts to compose from: own writing, in the languages that people follow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crawler.model import Alert, AlertArticle, AlertCopy, AlertKind, Evidence

PUBLISHED = datetime(2025, 10, 10, 11, 5, tzinfo=UTC)
TITLE = "Eight children reunited with their families"
TEXT = (
    "Eight children who had been deported came home on Friday, the ombudsman’s office said. "
    "Three of them had not seen their parents for more than two years. Mr. Bondar thanked the mediators. "
    "Talks on further returns go on."
)

MakeArticle = Callable[..., AlertArticle]
MakeAlert = Callable[..., Alert]


def _article(**changes: object) -> AlertArticle:
    base = AlertArticle(
        id=1,
        url="https://courier.example/2025/10/children?id=1&page=2",
        title=TITLE,
        text=TEXT,
        language="en",
        source="Kyiv Courier",
        author="",
        published=PUBLISHED,
        first_seen=PUBLISHED + timedelta(minutes=14),
        score=1.0,
        evidence=(
            Evidence("title", 6, 14, "children", "children"),
            Evidence("text", 28, 36, "deported", "deport*"),
        ),
        copies=(
            AlertCopy("Harbour Daily", "https://harbour.example/x", PUBLISHED),
            AlertCopy("Дніпровський вісник", "https://dnipro.example/новини/1", None),
        ),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def _alert(*articles: AlertArticle, **changes: object) -> Alert:
    base = Alert(
        id=7,
        message_id="<a1b2c3@tidings.example>",
        recipient="Оля К. <olya@tidings.example>",
        topic="Return of deported Ukrainian children",
        kind=AlertKind.NEWS,
        planned_at=PUBLISHED + timedelta(minutes=14),
        articles=articles,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def make_article() -> MakeArticle:
    """An article with two copies and evidence in title and text; keywords change it."""
    return _article


@pytest.fixture(scope="session")
def make_alert() -> MakeAlert:
    """An alert about the given articles; keywords change it."""
    return _alert

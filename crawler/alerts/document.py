"""An alert as a JSON document, for a webhook: the facts of the mail, by keys that stay (docs/how-to/other-ways.md)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from crawler.model import Alert, AlertArticle, Coverage

_MOST_ARTICLES = 100
_MOST_TEXT = 2_000
"""Characters of an article's text; Standard Webhooks asks for small documents, and the article has its address."""


def document(alert: Alert, *, identity: str, now: datetime) -> bytes:
    """The document that tells ``alert``, as UTF-8; the same arguments make the same bytes.

    Args:
        alert: what to tell.
        identity: the alert's ``webhook-id``, the same for life.
        now: when it is made, UTC.
    """
    data = {
        "id": identity,
        "topic": alert.topic,
        "kind": alert.kind.value,
        "planned_at": _moment(alert.planned_at),
        "total": max(alert.total, len(alert.articles)),
        "articles": [_article(each) for each in alert.articles[:_MOST_ARTICLES]],
        "changes": [
            {"seen_at": _moment(each.seen_at), "kind": change.kind, "says": change.says}
            for each in alert.versions
            for change in each.changes
        ],
        "coverage": None if alert.coverage is None else _coverage(alert.coverage),
    }
    whole = {"type": f"tidings.{alert.kind.value}", "timestamp": _moment(now), "data": data}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _article(article: AlertArticle) -> dict[str, Any]:
    return {
        "id": article.id,
        "url": article.url,
        "title": article.title,
        "text": article.text[:_MOST_TEXT],
        "language": article.language,
        "source": article.source,
        "author": article.author,
        "published": _moment(article.published),
        "first_seen": _moment(article.first_seen),
        "score": round(article.score, 4),
        "matched": [
            {"field": each.field, "start": each.start, "end": each.end, "form": each.form, "term": each.term}
            for each in article.evidence
        ],
        "copies": [
            {"source": copy.source, "url": copy.url, "published": _moment(copy.published)} for copy in article.copies
        ],
    }


def _coverage(coverage: Coverage) -> dict[str, Any]:
    return {
        "sources": coverage.sources,
        "well": coverage.well,
        "notes": [
            {
                "source": note.source,
                "condition": note.condition.value,
                "since": _moment(note.since),
                "ended": _moment(note.ended_at),
                "missed": note.missed,
                "advice": note.advice,
            }
            for note in coverage.notes
        ],
    }


def _moment(moment: datetime | None) -> str | None:
    """RFC 3339, UTC."""
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")

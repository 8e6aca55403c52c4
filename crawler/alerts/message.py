"""An alert as a short message, for chats and phones: what is new and where it stands, in plain text.

What is left out stands in ``tidings alerts show``: chats cut long messages, and some services charge by length.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import tzinfo

from crawler.alerts.subject import subject
from crawler.alerts.view import AlertView, ArticleView, Limits, view
from crawler.model import Alert

LENGTH = 1_900
"""Characters of a whole message; Discord, among the narrowest chats, takes 2,000."""
_ARTICLES = 10
_MENTION = re.compile(r"[@#](?=\w)|<(?=[!@#&])")
"""What chats read as a call to people or channels, whoever wrote it (``@everyone``, ``<!channel>``)."""
_APART = "\u2060"


def message(alert: Alert, *, timezone: tzinfo, version: str) -> bytes:
    """``alert`` as JSON with ``title`` and ``body``, in UTF-8; the same arguments make the same bytes."""
    shown = view(alert, timezone, version, Limits(articles=_ARTICLES, so_far=0))
    # A chat has no threads of ours: what happened is told by the news' own words.
    title = subject(replace(alert, thread=None))
    whole = {"title": _harmless(title), "body": _harmless(_body(shown, title))}
    return json.dumps(whole, ensure_ascii=False).encode("utf-8", "replace")


def _body(shown: AlertView, title: str) -> str:
    front = [shown.intro] if shown.intro and not shown.single else []
    blocks = [_article(shown, each, title) for each in shown.articles]
    foot = [each for each in (shown.burst, shown.coverage, f"Topic: {shown.topic}" if shown.topic else "") if each]
    end, left_out = "\n".join(foot), shown.left_out
    while True:
        more = [f"… and {left_out} more: tidings alerts show {shown.id}"] if left_out else []
        text = "\n\n".join(each for each in (*front, *blocks, *shown.notes, *more, end) if each)
        if len(text) + len(title) <= LENGTH or len(blocks) <= 1:
            return text if len(text) <= LENGTH else f"{text[: LENGTH - 1]}…"
        del blocks[-1]
        left_out += 1


def _article(shown: AlertView, article: ArticleView, title: str) -> str:
    """Its headline, unless the title has it, what it adds, else its words, and its address on a line of its own."""
    told = [*(f"• {each}" for each in (*shown.changed, *article.new, *article.figures))]
    if not told and shown.single:
        told = ["".join(piece.text for piece in article.snippet)]
    headline = [] if shown.single and article.headline in title else [article.headline]
    return "\n".join(each for each in (*headline, article.meta, *told, article.link.href) if each)


def _harmless(text: str) -> str:
    return _MENTION.sub(lambda found: f"{found[0]}{_APART}", text)

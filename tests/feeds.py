"""Writes feeds for tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from random import Random

MORNING = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
RSS = {"Content-Type": "application/rss+xml; charset=utf-8"}


@dataclass(frozen=True)
class Item:
    """One entry of a feed."""

    link: str
    title: str
    text: str = ""
    """The full text (``content:encoded``), as plain paragraphs."""
    summary: str = ""
    guid: str = ""
    published: datetime | None = MORNING
    extra: str = ""
    """More elements, as markup."""


def rss(items: Sequence[Item], *, language: str = "", title: str = "A newspaper") -> str:
    """An RSS 2.0 document."""
    head = f"<title>{escape(title)}</title><link>https://paper.example/</link><description>News</description>"
    head += f"<language>{language}</language>" if language else ""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<channel>{head}{''.join(map(_rss_item, items))}</channel></rss>"
    )


def _rss_item(item: Item) -> str:
    parts = [f"<title>{escape(item.title)}</title>"] if item.title else []
    parts += [f"<link>{escape(item.link)}</link>"] if item.link else []
    parts += [f"<description>{escape(item.summary)}</description>"] if item.summary else []
    parts += [f"<content:encoded>{escape(_html(item.text))}</content:encoded>"] if item.text else []
    parts += [f'<guid isPermaLink="false">{escape(item.guid)}</guid>'] if item.guid else []
    parts += [f"<pubDate>{format_datetime(item.published)}</pubDate>"] if item.published else []
    return f"<item>{''.join(parts)}{item.extra}</item>\n"


def atom(items: Sequence[Item], *, language: str = "") -> str:
    """An Atom document."""
    lang = f' xml:lang="{language}"' if language else ""
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom"{lang}>'
        "<title>A newspaper</title><id>urn:paper</id><updated>2026-03-02T08:00:00Z</updated>"
        f"{''.join(map(_atom_entry, items))}</feed>"
    )


def _atom_entry(item: Item) -> str:
    moment = (item.published or MORNING).strftime("%Y-%m-%dT%H:%M:%SZ")
    summary = f"<summary>{escape(item.summary)}</summary>" if item.summary else ""
    content = f'<content type="html">{escape(_html(item.text))}</content>' if item.text else ""
    return (
        f'<entry><title>{escape(item.title)}</title><link href="{escape(item.link)}"/>'
        f"<id>{escape(item.guid or item.link)}</id><published>{moment}</published><updated>{moment}</updated>"
        f"{summary}{content}{item.extra}</entry>\n"
    )


def page(title: str, text: str) -> str:
    """An article's web page, with a menu and a footer around it."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title></head><body>'
        '<nav><a href="/">Home</a> <a href="/sport">Sport</a></nav>'
        f"<article><h1>{escape(title)}</h1>{_html(text)}</article><footer>All rights reserved</footer></body></html>"
    )


def _html(text: str) -> str:
    return "".join(f"<p>{escape(paragraph)}</p>" for paragraph in text.split("\n\n"))


def story(subject: str, *, sentences: int = 10) -> str:
    """A text of its own about a subject: over 600 characters, so no teaser, and no word sequence of another's."""
    dice = Random(subject)
    return "\n\n".join(
        f"The {subject} {' '.join(dice.choices(_WORDS, k=13))} in the {dice.choice(_WORDS)} of {subject}."
        for _ in range(sentences)
    )


_VOCABULARY = (
    "council repaired measured painted inspected closed reopened insured market school mayor clerk "
    "lamp winter summer garden with from under behind after before while because although without against between "
    "beside quarter harbour station baker teacher doctor painter miller quiet loud early late narrow wide old new "
    "yellow green wooden iron glass paper letter window cellar roof stairs corner square tower bell clock river "
    "island meadow asked answered counted carried opened borrowed promised refused watched followed and then "
    "again often never "
)
_WORDS = tuple(_VOCABULARY.split())

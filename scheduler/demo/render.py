"""Prints the demo's feeds and pages: an outlet and a time in, a document out.

RSS 2.0 with ``content:encoded`` or teasers only, Atom (RFC 4287), JSON Feed 1.1 and HTML pages with all that surrounds
a text on a real site: navigation, a cookie notice, related links, a line about the outlet.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape

from scheduler.demo.articles import Article, Feed, Outlet

PHOTO = bytes.fromhex("47494638396101000100800000ffffff00000021f90400000000002c00000000010001000002024401003b")
"""A white GIF of one pixel, which every enclosure leads to."""


@dataclass(frozen=True, slots=True)
class Document:
    """What an address answers."""

    body: bytes
    type: str
    modified: datetime


@dataclass(frozen=True, slots=True)
class Edition:
    """An outlet as it stands at one moment."""

    outlet: Outlet
    base: str
    """Its address, without a slash at the end."""
    start: datetime
    """The newsroom's first moment, from which articles count their hours."""
    now: datetime

    @property
    def hours(self) -> float:
        """Hours since the newsroom's first moment."""
        return (self.now - self.start) / timedelta(hours=1)

    def moment(self, hours: float) -> datetime:
        """The time that many hours after the newsroom's first moment, in whole seconds as HTTP has them."""
        return (self.start + timedelta(hours=hours)).replace(microsecond=0)

    def published(self, article: Article) -> datetime:
        """The date that goes with an article."""
        return self.now.replace(microsecond=0) if article.volatile else self.moment(article.hours)

    def modified(self, article: Article) -> datetime:
        """When an article last changed."""
        return self.published(article) if article.updated is None else self.moment(article.updated)

    def guid(self, article: Article, feed: Feed) -> str:
        """An article's name in a feed; each section of an outlet gives its own."""
        parts = [self.outlet.key, *([feed.section] if feed.section else []), article.id]
        if article.volatile:
            parts.append(str(int(self.now.timestamp())))
        return ":".join(parts)

    def link(self, article: Article, feed: Feed) -> str:
        """An article's address as a feed gives it: mobile variant and tracking parameters included."""
        variant = "/amp" if feed.amp else ""
        query = f"?{feed.tracking}" if feed.tracking else ""
        return f"{self.base}{article.path}{variant}{query}"


def feed_document(edition: Edition, feed: Feed) -> Document:
    """A feed as the outlet serves it at the edition's moment."""
    articles = edition.outlet.entries(feed, edition.hours)
    text, media = _KINDS[feed.kind](edition, feed, articles)
    encoding = "utf-8" if feed.kind == "json" else edition.outlet.encoding
    modified = max((edition.modified(article) for article in articles), default=edition.start.replace(microsecond=0))
    return Document(text.encode(encoding, "xmlcharrefreplace"), f"{media}; charset={encoding}", modified)


def _rss(edition: Edition, feed: Feed, articles: list[Article]) -> tuple[str, str]:
    items = "\n".join(_rss_item(edition, feed, article) for article in articles)
    text = f"""<?xml version="1.0" encoding="{edition.outlet.encoding}"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel>
<title>{escape(feed.name)}</title>
<link>{edition.base}/</link>
<description>{escape(edition.outlet.about)}</description>
<language>{feed.language}</language>
{items}
</channel>
</rss>
"""
    return text, "application/rss+xml"


def _rss_item(edition: Edition, feed: Feed, article: Article) -> str:
    title = _as_entities(article.title) if article.entities else article.title
    # Neither the tag nor the ampersand is closed: not well-formed XML, as careless outlets send it.
    teaser = f"<b>{article.teaser} <br> Photo & video" if article.broken else escape(f"<p>{escape(article.teaser)}</p>")
    lines = [
        f"<title>{escape(title)}</title>",
        f"<link>{escape(edition.link(article, feed))}</link>",
        f"<description>{teaser}</description>",
        *(f"<category>{escape(category)}</category>" for category in article.categories),
    ]
    if article.guid:
        lines.append(f'<guid isPermaLink="false">{edition.guid(article, feed)}</guid>')
    if article.dated:
        lines.append(f"<pubDate>{format_datetime(edition.published(article))}</pubDate>")
    if article.author:
        lines.append(f"<dc:creator>{escape(article.author)}</dc:creator>")
    if article.photo:
        url = f"{edition.base}/media/{article.id}.gif"
        lines.append(f'<enclosure url="{url}" type="image/gif" length="{len(PHOTO)}"/>')
    if feed.kind == "rss-full":
        lines.append(f"<content:encoded><![CDATA[{_paragraphs(article)}]]></content:encoded>")
    return "<item>\n" + "\n".join(lines) + "\n</item>"


def _as_entities(title: str) -> str:
    return escape(title).replace("«", "&laquo;").replace("»", "&raquo;")


def _atom(edition: Edition, feed: Feed, articles: list[Article]) -> tuple[str, str]:
    entries = "\n".join(_atom_entry(edition, feed, article) for article in articles)
    updated = max((edition.modified(article) for article in articles), default=edition.start)
    text = f"""<?xml version="1.0" encoding="{edition.outlet.encoding}"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{feed.language}">
<title>{escape(feed.name)}</title>
<id>{edition.base}/</id>
<link href="{edition.base}/"/>
<link rel="self" href="{edition.base}{feed.path}"/>
<updated>{updated.isoformat()}</updated>
{entries}
</feed>
"""
    return text, "application/atom+xml"


def _atom_entry(edition: Edition, feed: Feed, article: Article) -> str:
    lines = [
        f"<title>{escape(article.title)}</title>",
        f'<link rel="alternate" href="{escape(edition.link(article, feed))}"/>',
        f"<id>{edition.guid(article, feed)}</id>",
        f"<published>{edition.published(article).isoformat()}</published>",
        f"<updated>{edition.modified(article).isoformat()}</updated>",
        f"<author><name>{escape(article.author or edition.outlet.name)}</name></author>",
        *(f'<category term="{escape(category)}"/>' for category in article.categories),
        f"<summary>{escape(article.teaser)}</summary>",
        f'<content type="html">{escape(_paragraphs(article))}</content>',
    ]
    if article.photo:
        url = f"{edition.base}/media/{article.id}.gif"
        lines.append(f'<link rel="enclosure" href="{url}" type="image/gif" length="{len(PHOTO)}"/>')
    return "<entry>\n" + "\n".join(lines) + "\n</entry>"


def _json_feed(edition: Edition, feed: Feed, articles: list[Article]) -> tuple[str, str]:
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.name,
        "home_page_url": f"{edition.base}/",
        "feed_url": f"{edition.base}{feed.path}",
        "language": feed.language,
        "items": [_json_item(edition, feed, article) for article in articles],
    }
    return json.dumps(document, ensure_ascii=False, indent=1), "application/feed+json"


def _json_item(edition: Edition, feed: Feed, article: Article) -> dict[str, object]:
    item: dict[str, object] = {
        "id": edition.guid(article, feed),
        "url": edition.link(article, feed),
        "title": article.title,
        "summary": article.teaser,
        "content_html": _paragraphs(article),
        "date_published": edition.published(article).isoformat(),
        "date_modified": edition.modified(article).isoformat(),
        "authors": [{"name": article.author or edition.outlet.name}],
        "tags": list(article.categories),
        "language": article.language,
    }
    if article.photo:
        url = f"{edition.base}/media/{article.id}.gif"
        item["attachments"] = [{"url": url, "mime_type": "image/gif", "size_in_bytes": len(PHOTO)}]
    return item


_KINDS: dict[str, Callable[[Edition, Feed, list[Article]], tuple[str, str]]] = {
    "rss-full": _rss,
    "rss-teaser": _rss,
    "atom": _atom,
    "json": _json_feed,
}


def _paragraphs(article: Article) -> str:
    return "\n".join(f"<p>{escape(paragraph, quote=False)}</p>" for paragraph in article.paragraphs)


def article_page(edition: Edition, article: Article) -> Document:
    """An article's page, with all that stands around the text."""
    canonical = f"{edition.base}{article.path}"
    published = edition.published(article)
    head = f"""<link rel="canonical" href="{canonical}">
<meta property="og:type" content="article">
<meta property="og:title" content="{escape(article.title)}">
<meta property="og:url" content="{canonical}">
<meta property="article:published_time" content="{published.isoformat()}">
<meta property="article:modified_time" content="{edition.modified(article).isoformat()}">
<meta name="author" content="{escape(article.author or edition.outlet.name)}">"""
    related = [one for one in edition.outlet.published(edition.hours) if one.id != article.id][:3]
    main = f"""<main><article>
<h1>{escape(article.title)}</h1>
<p class="byline">{escape(article.author or edition.outlet.name)}
<time datetime="{published.isoformat()}">{published:%d.%m.%Y %H:%M}</time></p>
<div class="article-body">
{_paragraphs(article)}
</div>
</article></main>
<aside class="related"><ul>
{_links(edition, related)}
</ul></aside>"""
    text = _page(edition.outlet, edition.base, title=article.title, language=article.language, head=head, main=main)
    return _html(text, edition.outlet.encoding, edition.modified(article))


def front_page(edition: Edition) -> Document:
    """An outlet's front page: its newest headlines, and where its feeds are."""
    types = {"rss-full": "rss+xml", "rss-teaser": "rss+xml", "atom": "atom+xml", "json": "feed+json"}
    head = "\n".join(
        f'<link rel="alternate" type="application/{types[feed.kind]}" '
        f'title="{escape(feed.name)}" href="{edition.base}{feed.path}">'
        for feed in edition.outlet.feeds
    )
    out = edition.outlet.published(edition.hours)
    modified = max((edition.modified(article) for article in out), default=edition.moment(0))
    main = f"<main><h1>{escape(edition.outlet.name)}</h1><ul>\n{_links(edition, out[:20])}\n</ul></main>"
    outlet = edition.outlet
    text = _page(outlet, edition.base, title=outlet.about, language=outlet.language, head=head, main=main)
    return _html(text, outlet.encoding, modified)


def _links(edition: Edition, articles: list[Article]) -> str:
    return "\n".join(f'<li><a href="{edition.base}{one.path}">{escape(one.title)}</a></li>' for one in articles)


def _page(outlet: Outlet, base: str, *, title: str, language: str, head: str, main: str) -> str:
    sections = "".join(f'<li><a href="{base}/?section={number}">§ {number}</a></li>' for number in range(1, 6))
    return f"""<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="{outlet.encoding}">
<title>{escape(title)} | {escape(outlet.name)}</title>
{head}
</head>
<body>
<header><a href="{base}/">{escape(outlet.name)}</a>
<nav><ul>{sections}</ul></nav></header>
<div class="cookie-notice" role="dialog"><button>OK</button></div>
{main}
<footer><p>{escape(outlet.about)}</p></footer>
</body>
</html>
"""


def _html(text: str, encoding: str, modified: datetime) -> Document:
    return Document(text.encode(encoding, "xmlcharrefreplace"), f"text/html; charset={encoding}", modified)

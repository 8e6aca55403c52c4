"""Which feeds a page offers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crawler.sources import discover

PAGE = """<!DOCTYPE html><html><head>
<link rel="alternate" type="application/rss+xml" title="Усі новини" href="/rss.xml">
<link rel="Alternate feed" type="application/atom+xml; charset=utf-8" href="https://feeds.example.net/atom">
<link rel="alternate" type="application/feed+json" title="JSON" href="feed.json#top">
<link rel="alternate" hreflang="en" href="/en/">
<link rel="stylesheet" type="application/rss+xml" href="/style.css">
<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">
</head><body>
<a href="/politics/feed/">Politics <b>feed</b></a>
<a href="/rss.xml">RSS</a>
<a href="/front/feed/">This page itself</a>
<a href="/about-our-feed-policy">Policy</a>
</body></html>"""


def test_declared_feeds_come_before_plain_links() -> None:
    assert discover("https://news.example.org/front/feed/", PAGE.encode()) == [
        ("https://news.example.org/rss.xml", "Усі новини"),
        ("https://feeds.example.net/atom", ""),
        ("https://news.example.org/front/feed/feed.json", "JSON"),
        ("https://news.example.org/politics/feed/", "Politics feed"),
    ]


def test_the_base_of_the_page_counts() -> None:
    page = b'<base href="https://cdn.example.net/x/"><link rel="alternate" type="application/rss+xml" href="r.xml">'
    assert discover("https://news.example.org/", page) == [("https://cdn.example.net/x/r.xml", "")]


def test_a_page_in_another_encoding_is_read() -> None:
    page = '<meta charset="windows-1251"><link rel="alternate" type="application/rss+xml" title="Лента" href="/r">'
    assert discover("https://news.example.org/", page.encode("cp1251")) == [("https://news.example.org/r", "Лента")]


@given(st.binary(max_size=300))
def test_any_bytes_are_survived(body: bytes) -> None:
    assert discover("https://news.example.org/", body) == []


@given(st.text(max_size=60))
def test_any_address_is_survived(href: str) -> None:
    page = f'<link rel="alternate" type="application/rss+xml" href="{href}"><a href="{href}/feed/">x</a>'
    assert all(
        url.startswith(("http://", "https://"))
        for url, _ in discover("https://e.org/", page.encode("utf-8", "replace"))
    )

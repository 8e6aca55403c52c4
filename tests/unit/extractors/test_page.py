"""Pages to text: golden pairs, encodings, what the head says, and hostile bytes."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extractors import Extracted, page
from crawler.extractors.charset import decode

DATA = Path(__file__).parents[2] / "data" / "extractors" / "page"
URL = "https://news.example.org/2026/ferry"
PARAGRAPHS = "".join(
    f"<p>The ferry ran on day {day}, and {day * 3} passengers crossed the river before the school bell rang.</p>"
    for day in range(3, 9)
)


def html(head: str = "", lang: str = "en") -> str:
    return (
        f'<html lang="{lang}"><head><title>Ferry diary</title>{head}</head><body><article>{PARAGRAPHS}</article></body>'
    )


def extracted(head: str = "", lang: str = "en") -> Extracted:
    found = page.extract(URL, html(head, lang).encode())
    assert found is not None
    return found


@pytest.mark.parametrize("path", sorted(DATA.glob("*.html")), ids=lambda path: path.stem)
def test_a_page_is_read_as_its_golden_pair_says(path: Path) -> None:
    expected = json.loads(path.with_suffix(".json").read_text())
    found = page.extract(expected.pop("url"), path.read_bytes())
    assert found is not None
    assert asdict(found) == expected | {"published": datetime.fromisoformat(expected["published"])}


@pytest.mark.parametrize(
    ("declared", "header"),
    [("windows-1251", ""), ("", "text/html; charset=windows-1251"), ("windows-1251", "text/html; charset=no-such-one")],
)
def test_windows_1251_is_read(declared: str, header: str) -> None:
    text = (DATA / "visnyk.html").read_text().replace('charset="utf-8"', f'charset="{declared}"')
    body = text.replace("і", "и").encode("cp1251")
    found = page.extract("https://visnyk.example.org/news/porom", body, header)
    assert found is not None
    assert found.title == "Пором знову ходить"
    assert "Поромник Петро Лисенко" in found.text


@pytest.mark.parametrize("header", ["", "text/html; charset=iso-8859-1", "text/html; charset=windows-1251"])
def test_utf8_is_utf8_whatever_the_server_says(header: str) -> None:
    assert decode("Перевіз".encode(), header) == "Перевіз"


def test_other_encodings() -> None:
    assert decode("Fähre".encode("cp1252")) == "Fähre"
    assert decode("“Fähre”".encode("cp1252"), "text/html; charset=ISO-8859-1") == "“Fähre”"
    assert decode("Перевіз".encode("utf-16")) == "Перевіз"
    assert decode("Перевіз".encode("utf-8-sig")) == "Перевіз"
    assert decode("Перевіз і міст ".encode() * 9 + b"\xff", "text/html; charset=utf-8").startswith("Перевіз і міст")


@pytest.mark.parametrize(
    ("head", "published"),
    [
        (
            '<meta property="article:published_time" content="2026-05-04T10:00:00+02:00">',
            datetime(2026, 5, 4, 8, tzinfo=UTC),
        ),
        ('<meta itemprop="datePublished" content="2026-05-04T10:00:00Z">', datetime(2026, 5, 4, 10, tzinfo=UTC)),
        (
            '<script type="application/ld+json">[{"a": {"datePublished": "2026-05-04T10:00Z"}}]</script>',
            datetime(2026, 5, 4, 10, tzinfo=UTC),
        ),
        ('<meta property="article:published_time" content="2026-05-04">', None),
        ('<meta property="article:published_time" content="2026-05-04T10:00:00">', None),
        ('<meta property="article:published_time" content="0001-01-01T00:00:00+14:00">', None),
        ('<script type="application/ld+json">{"datePublished": </script>', None),
        ('<script type="application/ld+json">' + "[" * 5000 + "</script>", None),
    ],
)
def test_a_date_counts_with_its_time_and_zone(head: str, published: datetime | None) -> None:
    assert extracted(head).published == published


@pytest.mark.parametrize(
    ("href", "canonical"),
    [
        ("https://www.example.org/ferry", "https://www.example.org/ferry"),
        ("/ferry", "https://news.example.org/ferry"),
        ("https://example.org/", ""),
        ("https://example.com/ferry", ""),
        ("javascript:alert(1)", ""),
        ("http://[bad/", ""),
        ("", URL),
    ],
)
def test_a_canonical_address_stays_on_the_site(href: str, canonical: str) -> None:
    assert extracted(f'<link rel="canonical" href="{href}">').canonical == canonical


@pytest.mark.parametrize(("lang", "language"), [("en-GB", "en"), ("UA", "uk"), ("", ""), ("english", "")])
def test_the_language_is_the_pages_own(lang: str, language: str) -> None:
    assert extracted(lang=lang).language == language


@pytest.mark.parametrize("body", [b"", b"<html></html>", b"%PDF-1.7", b"{}", b"\xff\xfe"])
def test_nothing_readable_is_none(body: bytes) -> None:
    assert page.extract(URL, body) is None


@given(st.binary(max_size=300), st.text(max_size=60))
@settings(max_examples=60)
def test_any_bytes_are_survived(body: bytes, header: str) -> None:
    found = page.extract(URL, html().encode()[:200] + body, header)
    assert found is None or found.text


@given(st.text(max_size=80), st.binary(max_size=40))
def test_any_encoding_is_survived(header: str, noise: bytes) -> None:
    assert isinstance(decode(b"<meta charset=" + noise + b">" + noise, header), str)
    assert isinstance(decode(noise, "charset=" + header), str)

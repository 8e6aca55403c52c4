"""Golden pairs of every kind, and what a document must not be able to do."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.errors import SourceError
from crawler.model import SourceDocument
from crawler.sources import KINDS, read
from crawler.sources.fields import MAX_ENTRIES, MAX_TEXT, MAX_TITLE

DATA = Path(__file__).parents[2] / "data" / "sources"
PAIRS = sorted(DATA.glob("*/*.feed"))
URL = "https://feeds.example.net/news"


def rss(items: str, *, head: str = '<?xml version="1.0" encoding="utf-8"?>') -> bytes:
    return f'{head}<rss version="2.0"><channel><title>T</title>{items}</channel></rss>'.encode()


def item(title: str, rest: str = "") -> str:
    return f"<item><title>{title}</title><link>https://news.example.org/{len(title)}</link>{rest}</item>"


def as_json(document: SourceDocument) -> object:
    def plain(value: object) -> str:
        assert isinstance(value, datetime)
        return value.isoformat()

    return json.loads(json.dumps(asdict(document), default=plain))


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_has_a_golden_pair(kind: str) -> None:
    assert [path for path in PAIRS if path.parent.name == kind]


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_document_is_read_as_its_golden_pair_says(path: Path) -> None:
    expected = json.loads(path.with_suffix(".json").read_text())
    body = path.read_bytes()
    found = as_json(read(expected.pop("url"), body))
    assert found == expected
    assert next(name for name, kind in KINDS.items() if kind.recognises(body)) == path.parent.name


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "an empty document"),
        (b" \n", "an empty document"),
        (b"<!DOCTYPE html><html><body><p>Hello</p></body></html>", "a web page, not a feed"),
        (b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'/>", "a sitemap, not a feed"),
        (b"<opml version='2.0'><body/></opml>", "a list of feeds (OPML), not a feed"),
        (b'{"items": 3}', "JSON, but no JSON Feed"),
        (b"[1, 2]", "JSON, but no JSON Feed"),
        (b"%PDF-1.7 \x00\x01", "a PDF, not a feed"),
        (b"<catalogue/>", "XML, but no feed"),
    ],
)
def test_what_is_no_feed_is_named(body: bytes, says: str) -> None:
    with pytest.raises(SourceError) as caught:
        read(URL, body)
    assert caught.value.says == says
    assert caught.value.url == URL


@pytest.mark.parametrize(("body", "says"), [(b"just words", "not XML: "), (b'{"a": ', "not JSON: ")])
def test_what_cannot_be_parsed_gives_the_reason(body: bytes, says: str) -> None:
    with pytest.raises(SourceError, match=f"{says}.+"):
        read(URL, body)


def test_an_empty_feed_is_fine() -> None:
    assert read(URL, rss("")).entries == ()
    assert read(URL, b'{"version": "https://jsonfeed.org/version/1", "items": []}').entries == ()


def test_a_body_that_names_a_file_is_not_opened(tmp_path: Path) -> None:
    feed = tmp_path / "feed.xml"
    feed.write_bytes(rss(item("Secret")))
    with pytest.raises(SourceError, match="not XML"):
        read(URL, str(feed).encode())


def test_a_cut_off_feed_gives_the_entries_before_the_cut() -> None:
    document = read(URL, rss(item("One") + item("Three") + item("Never ends"))[:-60])
    assert [entry.title for entry in document.entries][:2] == ["One", "Three"]
    assert any("mended" in problem for problem in document.problems)


@pytest.mark.parametrize("reference", ["&#xD800;", "&#99999999999;", "&#0;", f"&#{'9' * 5000};"])
def test_impossible_characters_cost_no_feed(reference: str) -> None:
    document = read(URL, rss(item("First") + item(f"Second {reference}") + item("The third")))
    assert [entry.title.split()[0] for entry in document.entries] == ["First", "Second", "The"]


@pytest.mark.parametrize("codec", ["undefined", "punycode", "no-such-codec", "base64"])
def test_an_impossible_codec_costs_no_feed(codec: str) -> None:
    head = f'<?xml version="1.0" encoding="{codec}"?>'
    assert [entry.title for entry in read(URL, rss(item("Пором"), head=head)).entries] == ["Пором"]


@pytest.mark.parametrize(
    "content_type", ["", "text/xml", "text/html", "application/rss+xml; charset=iso-8859-1", "nonsense"]
)
def test_utf8_is_utf8_whatever_the_server_says(content_type: str) -> None:
    body = rss(item("Пором і міст"), head='<?xml version="1.0"?>')
    assert read(URL, body, content_type=content_type).entries[0].title == "Пором і міст"


@pytest.mark.parametrize(
    ("head", "content_type"),
    [
        ('<?xml version="1.0" encoding="windows-1251"?>', ""),
        ('<?xml version="1.0"?>', "text/xml; charset=windows-1251"),
    ],
)
def test_another_encoding_is_read_as_declared(head: str, content_type: str) -> None:
    body = rss(item("Паром і міст"), head=head).decode().encode("cp1251")
    assert read(URL, body, content_type=content_type).entries[0].title == "Паром і міст"


def test_utf16_is_read() -> None:
    head = '<?xml version="1.0" encoding="utf-16"?>'
    body = rss(item("«Пором» і міст"), head=head).decode().encode("utf-16")
    assert read(URL, body).entries[0].title == "«Пором» і міст"


def test_a_picture_is_no_text() -> None:
    picture = '<content type="image/png">iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ</content>'
    body = f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Ferry</title>{picture}</entry></feed>'
    assert read(URL, body.encode()).entries[0].content == ""


def test_one_broken_byte_does_not_garble_a_feed() -> None:
    body = rss(item("Пором і міст") + item("Новини селища щодня")).replace("щодня".encode(), b"\xd1odnya")
    document = read(URL, body)
    assert document.entries[0].title == "Пором і міст"
    assert document.problems == ("a few bytes are not UTF-8 and were replaced",)


def test_too_many_entries_and_too_long_texts_are_cut_and_told() -> None:
    long = f"<description>{'word ' * MAX_TEXT}</description>"
    items = [item("t" * MAX_TITLE * 2, long), *(f"<item><title>{n}</title></item>" for n in range(MAX_ENTRIES))]
    document = read(URL, rss("".join(items)))
    assert len(document.entries) == MAX_ENTRIES
    assert len(document.entries[0].title) == MAX_TITLE
    assert len(document.entries[0].summary) <= MAX_TEXT
    assert document.problems == (
        "entry 1 was shortened: a title or text longer than any article's",
        "entry 2001 was left out: only the first 2000 are read",
    )


def test_many_alike_problems_are_one_sentence() -> None:
    document = read(URL, rss(item("One") + "<item/>" * 8))
    assert document.problems == ("8 entries (2, 3, 4, 5, 6 …) were left out: empty, without title, link and text",)


@given(st.binary(max_size=300))
@settings(max_examples=150)
def test_any_bytes_give_a_document_or_a_source_error(body: bytes) -> None:
    with suppress(SourceError):
        assert isinstance(read(URL, body), SourceDocument)


@given(st.sampled_from(PAIRS), st.data())
@settings(max_examples=150)
def test_a_damaged_document_gives_a_document_or_a_source_error(path: Path, data: st.DataObject) -> None:
    body = bytearray(path.read_bytes())
    start = data.draw(st.integers(0, len(body)))
    noise = data.draw(
        st.one_of(st.binary(max_size=8), st.sampled_from([b"&#xD800;", b"&#x110000", b"<", b"]]>", b"&"]))
    )
    body[start : start + data.draw(st.integers(0, 40))] = noise
    try:
        document = read(URL, bytes(body))
    except SourceError:
        return
    for entry in document.entries:
        f"{entry}".encode()
        assert entry.link == "" or entry.link.startswith(("http://", "https://"))


def test_a_number_of_thousands_of_digits_costs_a_json_feed_nothing() -> None:
    items = b'{"id": %s, "title": "A"}, {"id": 2, "title": "B"}' % (b"9" * 5000)
    found = read(URL, b'{"version": "https://jsonfeed.org/version/1.1", "items": [%s]}' % items)
    assert [(entry.title, entry.guid[:3]) for entry in found.entries] == [("A", "999"), ("B", "2")]


@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
        lambda inner: st.one_of(
            st.lists(inner), st.dictionaries(st.sampled_from(["id", "url", "title", "authors"]), inner)
        ),
    )
)
@settings(max_examples=100)
def test_a_json_feed_may_hold_anything_anywhere(value: object) -> None:
    fields = (
        "id",
        "url",
        "title",
        "content_html",
        "date_published",
        "authors",
        "author",
        "tags",
        "attachments",
        "language",
    )
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": value,
        "items": [dict.fromkeys(fields, value), value],
    }
    found = read(URL, json.dumps(document).encode())
    f"{found}".encode()


_HUB, _SELF = "https://hub.example/", "https://paper.example/rss"


@pytest.mark.parametrize(
    "body",
    [
        (
            f'<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>T</title>'
            f'<atom:link rel="hub" href="{_HUB}"/><atom:link rel="self" href="{_SELF}"/>{item("One")}</channel></rss>'
        ),
        (
            f'<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><link rel="hub" href="{_HUB}"/>'
            f'<link rel="self" href="{_SELF}"/><link href="https://paper.example/"/></feed>'
        ),
        json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "title": "T",
                "items": [],
                "feed_url": _SELF,
                "hubs": [{"type": "rssCloud", "url": "https://cloud.example/"}, 7, {"type": "WebSub", "url": _HUB}],
            }
        ),
    ],
    ids=["rss", "atom", "jsonfeed"],
)
def test_the_hub_that_a_document_names(body: str) -> None:
    document = read(URL, body.encode())
    assert (document.hub, document.itself) == (_HUB, _SELF)


def test_most_documents_name_none() -> None:
    document = read(URL, rss(item("One")))
    assert (document.hub, document.itself) == ("", "")

"""A feed without the entries that are known gives the others as the whole feed does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import SourceError
from crawler.model import SourceDocument
from crawler.sources import read
from crawler.sources.pieces import cut

CORPUS = Path(__file__).parents[4] / "shared" / "data" / "feeds"
URL = "https://outlet.example/rss"
RSS = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>
<item><title>One</title><link>https://o.example/1</link></item>
<!-- <item> --><item><title>Two</title><description><![CDATA[</item><item>]]></description></item >
<item
 id="3"><title>Three</title></item><ttl>5</ttl></channel></rss>"""


def test_a_feed_is_cut_into_its_entries() -> None:
    pieces = cut(RSS)
    assert pieces is not None
    assert len(set(pieces.hashes)) == 3
    body, left_out = pieces.without(set(pieces.hashes[:2]))
    assert left_out == 2
    assert [entry.title for entry in read(URL, body).entries] == ["Three"]
    assert pieces.without(frozenset()) == (RSS, 0)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"<html><item>x</item></html>",
        b"<?php <rss><item></item>",
        b"<rss><channel></channel></rss>",
        b"<rss><item><item></item></item></rss>",
        b"<rss><item><title>cut off",
        b"<rss></item><item></item></rss>",
        b"<rss><item></entry></rss>",
        b"<rss><item></item><![CDATA[ no end <item></item></rss>",
        b"<rss><a:item></a:item></rss>",
        "<?xml version='1.0' encoding='windows-1251'?><rss><item>Вісті</item></rss>".encode("cp1251"),
        "<rss><item></item></rss>".encode("utf-16"),
        b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x "<item></item>">]><rss><item>&x;</item></rss>',
        b"<rss><?p <item> ?><item></item><?p </item> ?></rss>",
        b"<rss><?p <![CDATA[ ?><item></item><?p ]]> ?></rss>",
        b"<rss><item></item><?p no end <item></item></rss>",
        b"<rss><item><ITEM></item></rss>",
        b"<rss><item></item></ENTRY></rss>",
        b"<?xml version='1.0' encoding='utf-7'?><rss><item>+ADw-item+AD4-</item></rss>",
        b'<?xml version="1.0" encoding = "iso-2022-jp"?><rss>\x1b$B<item>\x1b(B</item></rss>',
    ],
)
def test_what_cannot_be_cut_with_certainty_is_left_whole(body: bytes) -> None:
    assert cut(body) is None


_PARTS = [b"<item>", b"</item>", b"<entry >", b"</entry>", b"<![CDATA[", b"]]>", b"<!--", b"-->", b"x", b"</item\n>"]


@given(st.lists(st.sampled_from(_PARTS), max_size=30))
def test_pieces_and_what_is_between_are_the_document(parts: list[bytes]) -> None:
    body = b"<rss>" + b"".join(parts)
    pieces = cut(body)
    if pieces is None:
        return
    assert all(body[start:end].startswith((b"<item", b"<entry")) for start, end in pieces.spans)
    assert pieces.without(set(pieces.hashes))[1] == len(pieces.spans)
    assert pieces.without(frozenset())[0] == body


def documents() -> list[Path]:
    index = CORPUS / "index.jsonl"
    return sorted(path for path in CORPUS.iterdir() if path != index and path.suffix != ".md") if index.exists() else []


def whole(body: bytes) -> SourceDocument | None:
    try:
        return read(URL, body)
    except SourceError:
        return None


@pytest.mark.skipif(not documents(), reason="the corpus of feeds lies beside the project and not in it")
@pytest.mark.timeout(600)
def test_every_real_document_reads_alike_in_pieces() -> None:
    """For each document, its middle entry alone; ``tests/bench/pieces_corpus.py`` tries every entry."""
    unlike, tried = [], 0
    for path in documents()[::4]:
        body = path.read_bytes()
        document, pieces = whole(body), cut(body)
        if document is None or pieces is None:
            continue
        hashes = pieces.hashes
        kept = hashes[len(hashes) // 2]
        found = read(URL, pieces.without(set(hashes) - {kept})[0])
        tried += 1
        same = [entry for entry, number in zip(document.entries, hashes, strict=False) if number == kept]
        if len(document.entries) != len(hashes):  # an empty entry is left out, with and without the others
            same = [entry for entry in found.entries if entry in document.entries]
        head = (found.title, found.link, found.language, found.fresh_for, found.closed_hours)
        if list(found.entries) != same or head != (
            document.title, document.link, document.language, document.fresh_for, document.closed_hours
        ):  # fmt: skip
            unlike.append(path.name)
    assert tried > 150
    assert unlike == [], json.dumps(unlike)

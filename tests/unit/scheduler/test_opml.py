"""OPML in and out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import SourceError
from crawler.model import Source
from scheduler.opml import DEEPEST, LARGEST, MOST, read_opml, write_opml


def opml(body: str, head: str = "") -> bytes:
    return f'<?xml version="1.0"?>{head}<opml version="1.0"><head/><body>{body}</body></opml>'.encode()


def test_nested_folders_are_flattened_in_order() -> None:
    data = opml(
        '<outline text="News"><outline text="Deep"><outline text="A" xmlUrl="https://a.test/" language="uk"/></outline>'
        '<outline title="Б &amp; В" XMLURL=" https://b.test/?x=1&amp;y=2 "/></outline>'
        '<outline text="https://c.test/" xmlUrl="https://c.test/" language="not a language"/>'
    )
    told: list[str] = []
    assert read_opml(data, told.append) == [
        Source("https://a.test/", "A", "uk"),
        Source("https://b.test/?x=1&y=2", "Б & В"),
        Source("https://c.test/"),
    ]
    assert told == []


def test_what_cannot_be_a_source_is_left_out_and_told() -> None:
    data = opml(
        '<outline text="No address"/>\n<outline text="Ftp" xmlUrl="ftp://a.test/"/>\n'
        '<outline xmlUrl="https://u:hunter2@a.test/"/>\n<outline text="Kept" xmlUrl="https://k.test/"/>\n'
        '<outline text="Again" xmlUrl="https://k.test/"/><outline text="Empty folder"></outline>'
    )
    told: list[str] = []
    assert read_opml(data, told.append) == [Source("https://k.test/", "Kept")]
    assert [line[:45] for line in told] == [
        "line 1: the outline “No address” has no xmlUr",
        "line 2: the outline “Ftp” was left out: \"ftp:",
        "line 3: the outline “https://…@a.test/” was l",
        "line 5: the outline “Again” was left out: htt",
        "line 5: the outline “Empty folder” has no xml",
    ]  # fmt: skip


def test_other_encodings_are_read() -> None:
    text = (
        '<?xml version="1.0" encoding="{}"?><opml><body><outline text="Новости" xmlUrl="http://n.test/"/></body></opml>'
    )
    for encoding in ("windows-1251", "koi8-r", "utf-16"):
        assert read_opml(text.format(encoding).encode(encoding)) == [Source("http://n.test/", "Новости")]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "line 1 is not well-formed XML: no element found"),
        (b"<opml><body>\n<outline></body></opml>", "line 2 is not well-formed XML: mismatched tag"),
        (b"<html><body/></html>", "begins with <html>, not with <opml>"),
        (opml('<outline text="&x;"/>', '<!DOCTYPE o [<!ENTITY x "y">]>'), "declares a document type"),
        (opml("", '<!DOCTYPE o SYSTEM "file:///etc/passwd">'), "declares a document type"),
        (opml('<outline text="&x;"/>'), "undefined entity"),
        (opml("<outline>" * DEEPEST + "</outline>" * DEEPEST), "nested more than 50 deep"),
        (opml("<outline/>" * (MOST + 1)), "more than 50,000 outlines"),
        (b" " * (LARGEST + 1), "10,000,001 bytes; at most 10,000,000"),
        (b'<?xml version="1.0" encoding="no-such"?><opml/>', "unknown encoding|cannot be read"),
        (b"\xff\xfe\x00", "line 1"),
    ],
)
def test_a_file_that_is_wrong_as_a_whole_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(SourceError, match=says):
        read_opml(data)


def test_what_is_written_says_opml_and_its_title() -> None:
    data = write_opml([Source("https://a.test/?a=1&b=2", "Q 'x' <y>", "en"), Source("https://b.test/")], "A & B\0")
    name = "\"Q 'x' &lt;y&gt;\""
    assert data.decode().splitlines()[1:6] == [
        '<opml version="2.0">',
        "  <head><title>A &amp; B</title></head>",
        "  <body>",
        f'    <outline type="rss" text={name} title={name} xmlUrl="https://a.test/?a=1&amp;b=2" language="en"/>',
        '    <outline type="rss" text="https://b.test/" title="https://b.test/" xmlUrl="https://b.test/"/>',
    ]


_NAMES = st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn", "Zs", "Zl", "Zp")), max_size=12).filter(
    # Tags (Unicode's block of invisible letters) are cleaned out of every name.
    lambda name: not any("\U000e0000" <= char <= "\U000e0fff" for char in name)
)
_SOURCES = st.builds(
    Source,
    st.integers(0, 99).map("https://x.test/{}?a=1&b=é'".format),
    st.lists(_NAMES.filter(bool), max_size=3).map(" ".join),
    st.sampled_from(["", "en", "pt-BR"]),
)


@given(st.lists(_SOURCES, unique_by=lambda source: source.url, max_size=5), st.text())
def test_what_is_written_is_read_again(sources: list[Source], title: str) -> None:
    assert read_opml(write_opml(sources, title)) == sources


@given(st.binary(max_size=200) | st.text('<>/="& opmlutinexU:!', max_size=80).map(str.encode))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    says = "read"
    try:
        read_opml(data)
    except SourceError as error:
        says = error.says
    assert says

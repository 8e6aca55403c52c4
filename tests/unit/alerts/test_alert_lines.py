from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.alerts.lines import clean_line, cut, safe_href, some


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        ("  Plain \t title\n", "Plain title"),
        ("a\r\nb\x0bc\x0cd\x85e\u2028f\u2029g\x00h", "a b c d e f g h"),
        ("кор\u200bот\u2060ко", "коротко"),
        ("\u202eevil\u202c \u2066x\u2069", "evil x"),
        ("\ud800lone\udfff", "\ufffdlone\ufffd"),
        ("=?utf-8?q?x?=", "= ?utf-8?q?x?="),
        ("=\u200b?utf-8?q?x?=", "= ?utf-8?q?x?="),
        ("e" + "\u0301" * 50 + "x", "e" + "\u0301" * 4 + "x"),
        ("نامه\u200cای", "نامه\u200cای"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("\u0457жак й ё", "їжак й ё"),
    ],
)
def test_clean_line(raw: str, line: str) -> None:
    assert clean_line(raw) == line


@given(st.text(st.characters()), st.integers(1, 400))
def test_clean_line_is_one_safe_short_line(raw: str, limit: int) -> None:
    line = clean_line(raw, limit)
    assert len(line) <= limit
    assert "=?" not in line
    assert line == " ".join(line.split())
    assert not {unicodedata.category(letter) for letter in line} & {"Cc", "Cs", "Zl", "Zp"}
    assert clean_line(line, limit) == line
    line.encode("utf-8")


def test_cut_ends_after_a_word() -> None:
    assert cut("Eight children reunited with their families", 25) == "Eight children reunited…"
    assert cut("Eight children", 14) == "Eight children"
    assert cut("Eight, children", 10) == "Eight…"
    assert cut("x" * 50, 10) == "x" * 9 + "…"


@pytest.mark.parametrize(
    ("url", "href"),
    [
        ("https://a.example/x?id=1&b=2#c", "https://a.example/x?id=1&b=2#c"),
        ("HTTP://A.example:8080/", "http://a.example:8080/"),
        ("https://новини.укр/діти?мова=укр", "https://xn--b1amarcd.xn--j1amh/%D0%B4%D1%96%D1%82%D0%B8?%D0%BC%D0%BE%D0%B2%D0%B0=%D1%83%D0%BA%D1%80"),
        ("https://a.example/%D0%B4", "https://a.example/%D0%B4"),
        ("http://[2001:db8::1]:80/x", "http://[2001:db8::1]:80/x"),
    ],
)  # fmt: skip
def test_links_that_may_be_followed(url: str, href: str) -> None:
    assert safe_href(url) == href
    assert safe_href(href) == href


@pytest.mark.parametrize(
    "url",
    [
        "", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "//a.example/", "/x", "a.example",
        "https://", "https:///x", "https://a.example/\r\nBcc:", "https://a.example/ x", 'https://a.example/"onclick=',
        "https://user@a.example/", "https://a.example@evil.example/", "https://a.example:99999/", "https://[::1/",
        "file:///etc/passwd", "https://a.example/" + "x" * 2000, "https://a.example/\ud800", "https://a..example/",
        "java\nscript:alert(1)", "https://a.example\\@evil.example", "https://" + "ї" * 80 + ".example/",
    ],
)  # fmt: skip
def test_links_that_may_not(url: str) -> None:
    assert safe_href(url) == ""


@given(st.text(st.characters()) | st.text(st.characters(), max_size=40).map("https://".__add__))
def test_a_link_is_ascii_and_web_or_nothing(url: str) -> None:
    href = safe_href(url)
    assert href == "" or (href.isascii() and href.startswith(("http://", "https://")))
    assert not set(href) & set("\"'<> \r\n")


def test_some() -> None:
    assert some(["A", "B"], 2) == "A, B"
    assert some(["A", "B", "C", "D"], 2) == "A, B and 2 more"
    assert some([], 2) == ""

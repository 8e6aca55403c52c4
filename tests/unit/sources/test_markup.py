"""What of HTML becomes text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.sources.markup import to_line, to_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("", ""),
        ("plain  words\nhere", "plain words\nhere"),
        ("one\n\n\n two", "one\n\ntwo"),
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("one<br>two<br/><br/>three", "one\ntwo\n\nthree"),
        ("a<b>b</b>c <i>d</i>", "abc d"),
        ("AT&amp;amp;T &amp;lt;b&amp;gt;bold&amp;lt;/b&amp;gt;", "AT&T bold"),
        ("&laquo;Паром&raquo;&nbsp;&#8212; новини", "«Паром» — новини"),
        ("3 < 4 and 5 > 2", "3 < 4 and 5 > 2"),
        ("I <3 ferries & boats", "I <3 ferries & boats"),
        ("<script>evil()</script>good<style>p{}</style><!-- no -->", "good"),
        ('before <iframe src="https://x.example/"/> after', "before after"),
        ('before <script src="https://x.example/"/> after', "before after"),
        ("<button><b>Subscribe</b> now</button>text", "text"),
        ("<div>text<noscript><img src=x></noscript> tail</div>", "text tail"),
        ("<p>unclosed <b>bold<p>next", "unclosed bold\n\nnext"),
        ("line\nbroken <b>in</b>\nmarkup", "line broken in markup"),
        ("soft\u00adhyphen zero\u200bwidth \u202eturned", "softhyphen zerowidth turned"),
        ("nul\x00 and \ud800 surrogate", "nul and surrogate"),
        ("i\u0306", "ĭ"),
    ],
)
def test_html_becomes_text(value: str, text: str) -> None:
    assert to_text(value) == text


def test_a_line_has_no_line_ends() -> None:
    assert to_line("<p>One</p>\n<p>two</p>") == "One two"


@given(st.text(st.sampled_from("<>/pbascriptdiv&lt;gt; \n\"'=!-"), max_size=80))
def test_no_markup_survives(value: str) -> None:
    assert not re.search(r"</?(?:p|b|a|i|s|div|script)(?:\s[^<>]*)?/?>", to_text(value))


@given(st.text(max_size=200))
def test_text_is_clean_for_any_input(value: str) -> None:
    text = to_text(value)
    text.encode()
    assert text == text.strip()
    assert "\n\n\n" not in text

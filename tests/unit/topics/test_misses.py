"""By how much a query missed an article, and how that is said."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.text import Document
from crawler.topics import Matcher, Miss, compile_topic, miss, parse
from crawler.topics.misses import Kind

WORDS = " ".join(f"word{number}" for number in range(21))
ENGLISH = Document(
    "A film about deported children",
    f"Ukraine wrote to the Élysée. The parents {WORDS} were arrested. A channel was left open.",
    "en",
)


def missed(query: str, document: Document = ENGLISH, *, source: str = "The Post", host: str = "post.example") -> Miss:
    found = miss(parse(query), document, source=source, host=host)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("deport* Ukraine orphan", "has deport* (deported), Ukraine; no orphan"),
        ("deport* AND (orphan OR girl)", "has deport* (deported); none of orphan, girl"),
        (
            "deport* (kidnap* OR girl OR boy OR orphan OR son)",
            "has deport* (deported); none of kidnap*, girl, boy and 2 more",
        ),
        ("child NOT film", "has child (children); left out by NOT film: “film” in the title"),
        ("child -title:film", "has child (children); left out by -title:film: “film” in the title"),
        (
            "parent NEAR/15 arrest",
            "has parent (parents), arrest (arrested); “parents” … “arrested” are 23 words apart, NEAR/15 asks for 15",
        ),
        (
            "child NEAR/5 parent",
            """has child (children), parent (parents); \
“children” is in the title and “parents” in the text, NEAR/5 joins words of one of them""",
        ),
        ('child "open channel"', 'has child (children); the words of "open channel" do not stand side by side'),
        ("title:ukraine child", "has child (children); “Ukraine” in the text, not in the title"),
        ("title:(orphan OR girl) child", "has child (children); none of orphan, girl in the title"),
        ("lang:uk child", "has child (children); it is written in en, not uk"),
        ("source:bbc child", "has child (children); it is not of source:bbc"),
        ("(child orphan) OR (girl boy)", "has child (children); no orphan"),
        ("child -source:post", "has child (children); left out by -source:post"),
        ("zeppelin", "no zeppelin"),
        ("parent NEAR/3 zeppelin", "has parent (parents); no zeppelin"),
    ],
)
def test_a_miss_says_what_held_and_what_was_lacking(query: str, says: str) -> None:
    assert missed(query).says == says


def test_a_missed_near_knows_how_far() -> None:
    (lack,) = missed("parent NEAR/15 arrest child").lacks
    assert (lack.kind, lack.apart, lack.asked, lack.column) == (Kind.APART, 23, 15, 1)
    assert [piece.form for piece in lack.evidence] == ["parents", "arrested"]
    assert miss(parse("parent NEAR/23 arrest"), ENGLISH, source="", host="") is None


def test_a_chain_tells_the_link_that_is_too_long() -> None:
    (lack,) = missed("deport* NEAR/1 child NEAR/1 film").lacks
    assert (lack.apart, lack.asked) == (2, 1)
    assert [piece.form for piece in lack.evidence] == ["film", "deported"]


def test_evidence_points_into_the_article() -> None:
    found = missed("deport* Ukraine orphan")
    assert [(piece.field, ENGLISH.title[piece.start : piece.end]) for piece in found.evidence[:1]] == [
        ("title", "deported")
    ]
    assert all(
        (ENGLISH.title if piece.field == "title" else ENGLISH.text)[piece.start : piece.end] == piece.form
        for piece in found.evidence
    )


NEARER_FIRST = [
    "(parent NEAR/20 arrest) child Ukraine",
    "child deport* Ukraine NOT film",
    "(parent NEAR/2 arrest) child Ukraine",
    "child deport* Ukraine orphan",
    "child deport* zeppelin",
    "child zeppelin",
    "child zeppelin orphan",
    "zeppelin orphan",
]


def test_the_nearer_costs_less() -> None:
    distances = [missed(query).distance for query in NEARER_FIRST]
    assert distances == sorted(set(distances))
    assert [missed(query).nearly for query in NEARER_FIRST] == [True] * 6 + [False] * 2


def test_a_field_alone_is_not_nearly() -> None:
    assert not missed("lang:en zeppelin").nearly
    assert not missed("zeppelin NOT girl").nearly


WORD = st.sampled_from(["child", "deport*", "orphan", "=Ukraine", '"open channel"', "title:film", "lang:uk", "parent"])
QUERIES = st.recursive(
    WORD,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda two: f"({two[0]} AND {two[1]})"),
        st.tuples(inner, inner).map(lambda two: f"({two[0]} OR {two[1]})"),
        st.tuples(inner, WORD).map(lambda two: f"({two[0]} NOT {two[1]})"),
    ),
    max_leaves=8,
)


@given(QUERIES)
@settings(max_examples=150)
def test_a_query_is_missed_exactly_when_it_does_not_take(query: str) -> None:
    taken = Matcher([compile_topic("t", query)]).match(ENGLISH, source="The Post", host="post.example")
    found = miss(parse(query), ENGLISH, source="The Post", host="post.example")
    assert (found is None) == bool(taken)
    if found is not None:
        assert 0 < found.distance <= 1
        assert found.lacks
        assert found.says

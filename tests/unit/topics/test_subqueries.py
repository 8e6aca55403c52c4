import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.errors import QueryError
from crawler.text import Document
from crawler.topics import Matcher, compile_topic, query_warnings, read_query

QUERIES = {
    "children": "child OR діти",
    "taken": "deport* OR (@children NEAR/3 transfer)",
    "Names": "=Putin\nOR Kiev",
    "ukraine": "lang:uk Kyiv",
    "a": "x OR @b",
    "b": "@c y",
    "c": "z @A",
    "broken": "child AND (dog",
    "uses-broken": "dog @broken",
}


def evidence(query: str, text: str) -> list[tuple[str, str]]:
    topic = compile_topic("t", read_query(query, QUERIES))
    return [
        (one.term, one.form)
        for match in Matcher([topic]).match(Document("", text, "en"), source="", host="")
        for one in match.evidence
    ]


@pytest.mark.parametrize(
    ("query", "whole"),
    [
        ("@children dog", "(child OR діти) dog"),
        ("-@CHILDREN dog", "-(child OR діти) dog"),
        ("title:@children", "title:(child OR діти)"),
        ("spelled:@names", "spelled:(=Putin\nOR Kiev)"),
        (
            "@taken NEAR/5 (dog @children)",
            "(deport* OR ((child OR діти) NEAR/3 transfer)) NEAR/5 (dog (child OR діти))",
        ),
        ('"@children" me@children.org /@children/ url:@children', None),
    ],
)
def test_a_reference_stands_for_the_text_in_parentheses(query: str, whole: str | None) -> None:
    assert read_query(query, QUERIES) == (whole or query)


def test_evidence_shows_the_terms_of_the_sub_query() -> None:
    assert evidence("@taken dog", "The children's transfer and a dog") == [
        ("child", "children's"),
        ("transfer", "transfer"),
        ("dog", "dog"),
    ]


@pytest.mark.parametrize(
    ("query", "column", "says", "suggestion"),
    [
        ("dog @childern", 5, "no sub-query @childern; there are @children, @taken", "did you mean @children?"),
        ("dog @zelenskyy", 5, "no sub-query @zelenskyy", 'put "@zelenskyy" in quotes'),
        ("dog @a", 5, "@a uses itself: @a → @b → @c → @a", "take one"),
        ("dog @broken", 5, "@broken cannot stand here: this ( is never closed", ""),
        ("dog NEAR/3 @ukraine", 12, "@ukraine cannot stand here: NEAR cannot measure", ""),
        ("@children AND", 11, "nothing to its right", ""),
        ("@children (dog AND)", 16, "nothing to its right", ""),
        ("NOT @children", 1, "only excludes", ""),
        ("@ dog", 1, "no letter", ""),
    ],
)
def test_what_cannot_be_followed_is_refused_where_it_stands(
    query: str, column: int, says: str, suggestion: str
) -> None:
    with pytest.raises(QueryError) as caught:
        read_query(query, QUERIES)
    assert (caught.value.column, caught.value.query) == (column, query)
    assert says in caught.value.says
    assert suggestion in caught.value.suggestion


def test_without_sub_queries_the_message_says_so() -> None:
    with pytest.raises(QueryError, match=r"settings\.toml has no \[queries\]"):
        read_query("@children", {})


def test_doubling_upon_doubling_is_refused_at_once() -> None:
    queries = {"a0": "x OR y"} | {f"a{n}": f"@a{n - 1} OR @a{n - 1} OR @a{n - 1} OR @a{n - 1}" for n in range(1, 10)}
    with pytest.raises(QueryError, match="more than 50,000 characters"):
        read_query("@a9", queries)


def test_a_chain_is_followed_ten_deep() -> None:
    queries = {"a0": "x"} | {f"a{n}": f"@a{n - 1}" for n in range(1, 12)}
    assert "x" in read_query("@a9", queries)
    with pytest.raises(QueryError, match="stand inside each other"):
        read_query("@a10", queries)


def test_warnings_count_columns_as_written_and_leave_the_sub_querys_own_out() -> None:
    queries = {"children": "child OR the OR kid"}
    assert query_warnings("@children the dog", queries) == [
        'column 11: "the" stands in nearly every article and decides nothing'
    ]
    assert len(query_warnings(queries["children"], queries)) == 1


@pytest.mark.parametrize(
    ("query", "languages", "expected"),
    [
        ("child діти", "en pl", ["column 7: діти can never be met: nothing in en, pl"]),
        ("child (діти OR викрад*)", "en", ["column 8: діти can", "column 16: викрад* can"]),
        ("child діти", "en uk", []),
        ("child діти", "", []),
        ("child Зеленський", "en", []),
        ("lang:en child діти", "en uk", ["column 15: діти can never be met: nothing in en"]),
        ("(lang:en OR lang:ru) child діти", "en", []),
        ("child", "uk", []),
        ("title:child NEAR/3 text:girl", "", ["column 1: title:child NEAR/3 text:girl can never hold"]),
    ],
)
def test_what_can_never_be_met_is_a_warning(query: str, languages: str, expected: list[str]) -> None:
    found = query_warnings(query, {}, frozenset(languages.split()))
    assert len(found) == len(expected)
    assert all(one.startswith(beginning) for one, beginning in zip(found, expected, strict=True)), found


TEXTS = st.lists(
    st.sampled_from(
        ["@a", "@b", "@children", "@broken", "-", "(", ")", "OR", "AND", "dog", "title:", "NEAR/2", '"', " "]
    )
).map("".join) | st.text(alphabet=string.printable + "@дії", max_size=30)


def refused(query: str, queries: dict[str, str]) -> QueryError | None:
    try:
        read_query(query, queries)
    except QueryError as error:
        return error
    return None


@given(TEXTS, st.dictionaries(st.sampled_from(["a", "b", "children"]), TEXTS))
@settings(deadline=None)
def test_any_text_is_read_or_refused_within_it(query: str, queries: dict[str, str]) -> None:
    if error := refused(query, queries):
        assert error.query == query
        assert 1 <= error.column <= max(len(query), 1)
        assert error.pointer()
    else:
        compile_topic("t", read_query(query, queries))

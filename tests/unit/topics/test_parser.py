import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.errors import QueryError
from crawler.topics import parse, warnings
from crawler.topics.nodes import (
    And,
    Author,
    Lang,
    Near,
    Node,
    Not,
    Or,
    Pattern,
    Phrase,
    Prefix,
    Site,
    Source,
    Url,
    Within,
    Word,
    walk,
)


def shape(node: Node) -> str:  # noqa: C901, PLR0912 - one line for each kind of node
    match node:
        case Word():
            return "=" * node.exact + "~" * node.spelled + node.form
        case Prefix():
            return f"{node.stem}*"
        case Phrase():
            return '"' + " ".join(map(shape, node.words)) + '"' + (f"~{node.slop}" if node.slop else "")
        case Pattern():
            return f"/{node.expression}/"
        case Near():
            signs = [">" * ordered + str(n) for ordered, n in zip(node.ordered, node.distances, strict=True)]
            return f"near({' '.join(map(shape, node.operands))} {' '.join(signs)})"
        case And() | Or():
            return type(node).__name__.lower() + "(" + " ".join(map(shape, node.operands)) + ")"
        case Not():
            return f"not({shape(node.operand)})"
        case Within():
            return f"{node.field}({shape(node.operand)})"
        case Lang():
            return f"lang:{node.code}"
        case Source():
            return f"source:{node.name}"
        case Site():
            return f"site:{node.host}"
        case Author():
            return f"author:{node.name}"
        case Url():
            return f"url:{node.piece}"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("a b", "and(a b)"),
        ("a AND b OR c d", "or(and(a b) and(c d))"),
        ("a NEAR/3 b c", "and(near(a b 3) c)"),
        ("a NEAR/3 b NEAR/5 c", "near(a b c 3 5)"),
        ("(a OR b) NEAR/10 (c d)", "near(or(a b) and(c d) 10)"),
        ("a NOT b", "and(a not(b))"),
        ("a AND NOT b OR c", "or(and(a not(b)) c)"),
        ("a -(b OR c)", "and(a not(or(b c)))"),
        ("COVID-19", '"COVID 19"'),
        ("Lvova-Bel*", '"Lvova bel*"'),
        ("Депорт*", "депорт*"),
        ('"deport* children"', '"deport* children"'),
        ("«Спасти Україну» “y z” „a b“", 'and("Спасти Україну" "y z" "a b")'),
        ("=Mass", "=Mass"),
        ('="to go"', '"=to =go"'),
        ('"one"', "one"),
        ("title:a b", "and(title(a) b)"),
        ("title:(a OR b)", "title(or(a b))"),
        ('-title:"a b" c', 'and(not(title("a b")) c)'),
        ("lang:uk-UA", "lang:uk"),
        ('source:"Ukrainska Pravda"', "source:ukrainska pravda"),
        ("source:www.BBC.co.uk", "source:bbc.co.uk"),
        ("a\n  OR\n  b", "or(a b)"),
        ("a PRE/3 b ONEAR/4 c W/5 d", "near(a b c d >3 >4 5)"),
        ("PRE W/Cdr a", 'and(PRE "W Cdr" a)'),
        ('"a b c"~4 ="a b"~2', 'and("a b c"~4 "=a =b"~2)'),
        ("text:(a OR lead:b)", "text(or(a lead(b)))"),
        ("site:www.BBC.co.uk a", "and(site:bbc.co.uk a)"),
        ('author:"Jane  O’Neil"', "author:jane o'neil"),
        ("url:https://www.bbc.co.uk/Sport/?a=b a", "and(url:bbc.co.uk/sport/?a=b a)"),
        (r"/\d+ child(?:ren)?\/kids/ a", r"and(/\d+ child(?:ren)?\/kids/ a)"),
        (r"title:/a b|c d/ -(/xyz/)", r"and(title(/a b|c d/) not(/xyz/))"),
        ("kilometres/hour", '"kilometres hour"'),
        ("spelled:Kiev a", "and(~Kiev a)"),
        ('-spelled:"Kiev a" b', 'and(not("~Kiev ~a") b)'),
        ("a spelled:(b OR title:=c) d", "and(a or(~b title(=~c)) d)"),
        ("and or", "and(and or)"),
        ("NEARBY", "NEARBY"),
        ("well- a", "and(well a)"),
    ],
)
def test_queries_are_read_as_people_mean_them(query: str, expected: str) -> None:
    assert shape(parse(query).root) == expected


MISTAKES = [
    ("", 1, "empty"),
    ("  \n ", 1, "empty"),
    ('a "b c', 3, "never closed"),
    ("a (b (c)", 3, "never closed"),
    ("a (", 3, "never closed"),
    ("a) b", 2, "closes nothing"),
    ("a AND", 3, "nothing to its right"),
    ("a AND OR b", 3, "nothing to its right"),
    ("a /b", 3, "never closed"),
    ("a /bcd/i", 8, "blank or a parenthesis"),
    ("a /b(cd/", 3, "cannot be read"),
    ("a /(?=bcd)e/", 3, "ahead or behind"),
    (r"a /(b)\1c/", 3, "cannot be read"),
    ("a /x*/", 3, "nothing at all"),
    (r"a /\w/", 3, "single common sign"),
    (r"/ab\bcd/", 1, "beginning and end"),
    (r"/\bab|cd\b/", 1, "one alternative only"),
    (r"/a[\W]b/", 1, "between brackets"),
    ("/" + "x" * 301 + "/", 1, "at most 300"),
    ("/x{900}y{900}/", 1, "too large"),
    ("/abc/ " * 11, 61, "number 11"),
    ("a @children", 3, "no sub-query @children"),
    ('"a b"~ c', 6, "how many other words"),
    ('"a b"~51', 6, "how many other words"),
    ('"a b"~0.8', 6, "how many other words"),
    ('"a"~5', 1, "two words"),
    ("a PRE/x b", 3, "how near"),
    ("a PRE/0 b", 3, "PRE/0 is out of range"),
    ("a W/99 b", 3, "W/99 is out of range"),
    ("2of(a b c)", 1, "does not count"),
    ("atleast/3 a", 1, "does not count"),
    ("wom?n", 4, "does not stand for a letter"),
    ("a|b", 2, "means nothing"),
    ("text:title:a", 6, "at once"),
    ("title:(a lead:b)", 10, "at once"),
    ("lead:site:bbc.co.uk", 6, "no place in a lead"),
    ("site:bbc/news", 6, "takes a host"),
    ("author:-", 8, "no name"),
    ("url:/", 5, "at least 3"),
    ('source:"a b"~3', 8, "not in a field"),
    ("a NEAR/3 url:/sport/", 10, "cannot measure"),
    ("(a OR) b", 4, "nothing to its right"),
    ("OR a", 1, "nothing to its left"),
    ("a ()", 3, "empty"),
    ("NOT a", 1, "only excludes"),
    ("-a -b", 1, "only excludes"),
    ("a OR NOT b", 6, "only excludes"),
    ("a OR (-b -c)", 7, "only excludes"),
    ("NOT NOT a", 5, "twice"),
    ("a de*", 3, "fewer than 3"),
    ("*", 1, "fewer than 3"),
    ("a d*port", 4, "end of a word"),
    ("=deport*", 8, "this form only"),
    ("a fo:bar", 3, "no field fo:"),
    ("http://example.org/a", 1, "address"),
    ("at 12:30", 6, "colon"),
    ("title:", 1, "nothing behind it"),
    ("title: a", 1, "nothing behind it"),
    ("title:-a b", 7, "before the field"),
    ("title:lang:uk", 7, "no place in a title"),
    ("spelled:lang:uk", 9, "no spellings"),
    ("spelled:(a source:b)", 12, "no spellings"),
    ("spelled:-a b", 9, "before the field"),
    ("spelled: a", 1, "nothing behind it"),
    ("a NEAR b", 3, "how near"),
    ("a NEAR5 b", 3, "how near"),
    ("a NEAR/51 b", 3, "out of range"),
    ("a NEAR/0 b", 3, "out of range"),
    ("a NEAR/99999999999999999999999 b", 3, "out of range"),
    ("a NEAR/5 NOT b", 10, "excluded"),
    ("a NEAR/5 (b -c)", 13, "excluded"),
    ("a NEAR/5 lang:uk", 10, "lang:uk"),
    ("lang:ua", 6, "no language code"),
    ("lang:(uk OR ru)", 1, "one word"),
    ("source:-", 8, "no name"),
    ("a & b", 3, "no letter"),
    ('"!!"', 1, "no word"),
    ("roam~0.8", 1, "only behind a phrase"),
    ("= a", 1, "no word behind it"),
]


@pytest.mark.parametrize(("query", "column", "says"), MISTAKES)
def test_a_mistake_is_refused_where_it_stands(query: str, column: int, says: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(query)
    assert (caught.value.column, says in caught.value.says) == (column, True), caught.value


@pytest.mark.parametrize(
    ("query", "suggestion"),
    [
        ("titel:a", "did you mean title:?"),
        ("headline:a", "did you mean title:?"),
        ("inurl:a", "did you mean url:?"),
        ("2of(a b c)", "(a b) OR (a c)"),
        ("a PRE/x b", "PRE/5"),
        ("@children", '"@children" in quotes'),
        ("lang:english", "did you mean lang:en?"),
        ("lang:ua", "did you mean lang:uk?"),
        ("https://www.bbc.co.uk/news", "source:bbc.co.uk"),
        ("a NEAR b", "NEAR/5"),
    ],
)
def test_suggestions_say_what_was_meant(query: str, suggestion: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(query)
    assert suggestion in caught.value.suggestion


def test_the_column_counts_over_all_lines() -> None:
    query = "children OR\nabduct* AND\n  d*port"
    with pytest.raises(QueryError) as caught:
        parse(query)
    assert caught.value.pointer() == "  d*port\n   ^"


def test_parts_keep_their_place_and_writing() -> None:
    query = 'title:(Діти OR "open channel") NEAR/5 =Putin -Lvova-Belova'
    for part in walk(parse(query).root):
        assert query[part.start : part.end] == part.written


@pytest.mark.parametrize(
    "query",
    ["(" * 60 + "a" + ")" * 60, "title:" * 60 + "a", "a " * 25_001, "a" + " NEAR/1 a" * 200, '"' + "a " * 60 + '"'],
)
def test_what_would_be_costly_is_refused(query: str) -> None:
    with pytest.raises(QueryError):
        parse(query)


def test_the_deepest_and_longest_query_is_read() -> None:
    deepest = "(b -title:(c OR " * 16 + "a" + "))" * 16
    assert parse(deepest)
    assert len(list(walk(parse("a " * 24_999).root))) == 25_000


FRAGMENTS = st.sampled_from(
    ['"', "(", ")", "AND", "OR", "NOT", "-", "=", "*", "NEAR/5", "NEAR", "title:", "lang:", "source:", "spelled:", "uk",
     "дітей", "child", "abduct*", " ", "\n", "«", "»", "”", "://", "~", "é", "COVID-19", "普京", "/", r"\b", "PRE/3",
     "W/2", "@x", "~3", "text:", "lead:", "site:", "author:", "url:", "|", "?", "[", "]", "{9}", "+"]
)  # fmt: skip


QUERIES = st.one_of(
    st.text(), st.lists(FRAGMENTS, max_size=30).map(" ".join), st.lists(FRAGMENTS, max_size=30).map("".join)
)


def refused(query: str) -> QueryError | None:
    try:
        parse(query)
    except QueryError as error:
        return error
    return None


@given(QUERIES)
@settings(deadline=None)
def test_any_text_is_read_or_refused_with_a_column(query: str) -> None:
    if error := refused(query):
        assert 1 <= error.column <= max(len(query), 1)
        assert error.pointer()
        assert error.says
        return
    read = parse(query)
    for part in walk(read.root):
        assert query[part.start : part.end] == part.written
    warnings(read)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("children and Putin", ['column 10: "and" is looked for']),
        ("children (the OR abduct*)", ['column 11: "the" stands in nearly every article']),
        ("дітей OR рoсія", ['column 10: "рoсія" mixes two alphabets (Latin o)']),
        ("child OR abduct* OR Child OR abduct*", ["column 21: Child stands twice", "column 30: abduct* stands twice"]),
        ('"bring and take" children', []),
        ("Children OR Kyiv", ['column 1: "Children" with a capital asks for a name']),
        ('"Return of Deported Children"', ['column 1: "Children" with', 'column 1: "Deported" with']),
        ("Росію AND Путіна", []),
        ("WHO AND Trump AND =Children AND Kinder AND KIDS", []),
    ],
)
def test_warnings_name_probable_slips(query: str, expected: list[str]) -> None:
    found = warnings(parse(query))
    assert len(found) == len(expected)
    assert all(says.startswith(beginning) for says, beginning in zip(found, expected, strict=True))

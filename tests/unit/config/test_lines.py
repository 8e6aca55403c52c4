"""Where each key of a TOML text stands."""

import tomllib

import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from crawler.config.lines import Loc, Places

TEXT = """\
# crawl = "no"
[crawl]
every = "15m"  # [mail]
"contact" = 'a#b = c'
allow_networks = [
  "127.0.0.1", # one, two ]
  "::1",
]
[mail]
smtp = "smtp://\\"x\\"=]"
[a.b]
c.d = 1
e = { f = "x, }", g = [1, 2] }

[[topics]]
name = "one"
query = '''
first = 1
[second]'''
must_match = ['''
x
''', "y"]
[[topics]]
name = \"\"\"two \\\"\"\" \"\"\"\"
query = 'x'
[topics.more]
deep = 2026-01-01 00:00:00
"""


def test_every_kind_of_key_has_its_line() -> None:
    tomllib.loads(TEXT)
    places = Places(TEXT)
    expected: dict[Loc, int] = {
        ("crawl",): 2,
        ("crawl", "every"): 3,
        ("crawl", "contact"): 4,
        ("crawl", "allow_networks"): 5,
        ("crawl", "allow_networks", 0): 6,
        ("crawl", "allow_networks", 1): 7,
        ("mail", "smtp"): 10,
        ("a", "b", "c", "d"): 12,
        ("a", "b", "e", "f"): 13,
        ("a", "b", "e", "g", 1): 13,
        ("topics", 0): 15,
        ("topics", 0, "query"): 17,
        ("topics", 0, "must_match", 0): 20,
        ("topics", 0, "must_match", 1): 22,
        ("topics", 1): 23,
        ("topics", 1, "name"): 24,
        ("topics", 1, "more", "deep"): 27,
    }
    assert {loc: places.line(loc) for loc in expected} == expected


def test_what_is_absent_stands_at_the_nearest_table_around_it() -> None:
    places = Places(TEXT)
    assert places.line(("topics", 1, "to", 3)) == 23
    assert places.line(("storage", "path")) == 1


def test_a_line_within_a_value_counts_from_its_first_line() -> None:
    places = Places(TEXT)
    query: Loc = ("topics", 0, "query")
    assert [places.line_within(query, n) for n in (0, 1, 2)] == [18, 19, 19]
    assert places.line_within(("topics", 1, "query"), 0) == 25
    assert Places("q = '''a\r\nb'''").line_within(("q",), 1) == 2
    assert Places("q = '''\r\na\r\nb'''").line_within(("q",), 1) == 3


_VALUES = st.recursive(
    st.text(max_size=8) | st.integers(-9, 9) | st.booleans() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


def _locs(value: object, at: Loc = ()) -> list[Loc]:
    if isinstance(value, dict):
        return [loc for key, item in value.items() for loc in [(*at, key), *_locs(item, (*at, key))]]
    if isinstance(value, list):
        return [loc for index, item in enumerate(value) for loc in [(*at, index), *_locs(item, (*at, index))]]
    return []


@given(st.dictionaries(st.text(max_size=5), _VALUES, max_size=5))
def test_every_place_of_any_toml_is_found(data: dict[str, object]) -> None:
    text = tomlkit.dumps(data)
    read = tomllib.loads(text)
    found = Places(text).found
    assert [loc for loc in _locs(read) if loc not in found] == []

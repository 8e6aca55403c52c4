import re
from pathlib import Path

import pytest

from crawler.errors import QueryError
from crawler.topics import parse

REFERENCE = (Path(__file__).parents[3] / "docs" / "reference" / "query-language.md").read_text("utf-8")
BLOCKS = re.findall(r"```query\n(.*?)```", REFERENCE, re.DOTALL)
GLANCE = re.findall(r"^\| (`.+?) \|", REFERENCE[: REFERENCE.index("## Operators")], re.MULTILINE)
REFUSED = re.findall(r"^\| `(.+?)` \| (\d+) \| (.+?) \|$", REFERENCE, re.MULTILINE)


def test_the_reference_has_examples() -> None:
    assert len(BLOCKS) == 2
    assert len(GLANCE) == 17
    assert len(REFUSED) == 24


@pytest.mark.parametrize("query", [*BLOCKS, *(query for cell in GLANCE for query in re.findall("`(.+?)`", cell))])
def test_examples_are_read(query: str) -> None:
    assert parse(query).root


@pytest.mark.parametrize(("query", "column", "says"), REFUSED)
def test_mistakes_are_refused_as_documented(query: str, column: str, says: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(query)
    assert caught.value.column == int(column)
    assert says in str(caught.value)

"""docs/how-to/follow-a-topic.md says which of seven headlines each step takes: so it is."""

import re
import tomllib
from pathlib import Path

import pytest

from crawler.text import Document, detect_language
from crawler.topics import Matcher, compile_topic

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "follow-a-topic.md").read_text("utf-8")
ROWS = re.findall(r"^\| ([✓✗]) \| (.+?) \| (.+?) \|$", PAGE, re.MULTILINE)
STEPS = re.findall(r"^```query\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def taken(query: str) -> list[int]:
    """The numbers of the page's headlines that a query takes, from 1."""
    matcher = Matcher([compile_topic("step", query)])
    documents = [Document(title, text, detect_language(f"{title}\n{text}")) for _, title, text in ROWS]
    return [
        number
        for number, document in enumerate(documents, 1)
        if matcher.match(document, source="Example", host="example.org")
    ]


@pytest.mark.parametrize(
    ("step", "expected"), [(1, [1, 5, 6]), (2, [1, 2, 3, 4, 5]), (3, [1, 2, 3, 4, 7]), (4, [1, 2, 3, 4])]
)
def test_each_step_takes_what_the_page_says(step: int, expected: list[int]) -> None:
    assert taken(STEPS[step - 1]) == expected


def test_the_last_step_takes_what_is_wanted_and_stands_in_the_settings() -> None:
    wanted = [number for number, (mark, _, _) in enumerate(ROWS, 1) if mark == "✓"]
    settings = next(block for block in re.findall(r"^```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
    query = tomllib.loads(settings)["topics"][0]["query"]

    assert taken(STEPS[-1]) == wanted
    assert query.split() == STEPS[-1].split()

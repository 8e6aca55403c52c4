"""The order of the stages stands in two places, which have to agree."""

import re
from importlib import import_module

import crawler
from crawler.settings import ITEM_PIPELINES


def told() -> list[str]:
    """The stages in the docstring, in its order."""
    assert crawler.__doc__ is not None
    return re.findall(r"^\d+\. (\w+)\??\s", crawler.__doc__, re.MULTILINE)


def executed() -> list[str]:
    """The modules of the pipelines, in the order in which Scrapy runs them."""
    in_order = sorted(ITEM_PIPELINES, key=lambda path: ITEM_PIPELINES[path])
    return [path.split(".")[-2] for path in in_order]


def test_the_pipelines_run_in_the_order_that_the_docstring_tells() -> None:
    stages = told()
    assert stages[stages.index("extract") : stages.index("deliver")] == executed()


def test_the_docstring_numbers_its_steps_without_a_gap() -> None:
    assert crawler.__doc__ is not None
    numbers = re.findall(r"^(\d+)\. ", crawler.__doc__, re.MULTILINE)
    assert numbers == [str(number) for number in range(1, len(told()) + 1)]


def test_every_pipeline_can_be_imported() -> None:
    for path in ITEM_PIPELINES:
        module, _, name = path.rpartition(".")
        assert hasattr(import_module(module), name)

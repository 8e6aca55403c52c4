"""Labelled data that lies beside the project and not in it: where it is missing, tests skip and say so."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"
OWN = ROOT / "tests" / "data"
SETTINGS = ROOT / "settings.toml"


def needed(path: Path) -> Path:
    """The path, if something is there; else the test that asks is skipped."""
    if not path.exists():
        pytest.skip(f"{path.name} is not there: the quality floors were not checked")
    return path


def table(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a table with tabs and a head line; lines that begin with ``#`` are left out."""
    with needed(path).open(encoding="utf-8", newline="") as file:
        told = (line for line in file if not line.startswith("#"))
        yield from csv.DictReader(told, delimiter="\t", quoting=csv.QUOTE_NONE)


def lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a file of JSON lines."""
    return [json.loads(line) for line in needed(path).read_text("utf-8").splitlines()]

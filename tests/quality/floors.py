"""The pinned floors: ``floors.toml``, a table per kind of figure."""

import tomllib
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("floors.toml")


def floors(table: str) -> dict[str, Any]:
    """What a table of the file holds; ``table`` is its name with dots, such as ``inflection.shared``."""
    found: Any = tomllib.loads(FILE.read_text("utf-8"))
    for name in table.split("."):
        found = found[name]
    return dict(found)

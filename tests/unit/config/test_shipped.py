"""The shipped settings.toml and the reference page show every key with its default, and the file loads."""

import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from crawler.config import load, settings_template
from crawler.config.schema import LISTS, SECTIONS, keys_of
from crawler.topics import read_query

ROOT = Path(__file__).parents[3]
KEYS = [
    (section, key, default) for section, model in SECTIONS.items() for key, default in keys_of(model).items()
]  # fmt: skip
IDS = [f"{section}.{key}" for section, key, _ in KEYS]


def shipped_section(section: str) -> dict[str, Any]:
    """The section as it would stand with every comment sign before a key taken away."""
    header = f"[[{section}]]" if section in LISTS else f"[{section}]"
    found: dict[str, Any] = {}
    for part in re.split(r"^(?:# )?(?=\[\[?\w+\]\]?$)", settings_template(), flags=re.MULTILINE):
        if not part.startswith(f"{header}\n"):
            continue
        body = re.sub(r"^# (?=\w+ = \S)", "", part, flags=re.MULTILINE)
        table = tomllib.loads(body)[section]
        found |= table[0] if isinstance(table, list) else table
    return found


@pytest.mark.parametrize(("section", "key", "default"), KEYS, ids=IDS)
def test_every_key_stands_in_the_shipped_file(section: str, key: str, default: object) -> None:
    shown = shipped_section(section)
    assert key in shown
    own = {("sources", "name"), ("sources", "language")}
    own |= {("topics", "query"), ("topics", "must_match"), ("topics", "must_not_match")}
    if default is not ... and (section, key) not in own:
        assert shown[key] == (list(default) if isinstance(default, tuple) else default)


@pytest.mark.parametrize(("section", "key", "default"), KEYS, ids=IDS)
def test_every_key_stands_in_the_reference_with_its_default(section: str, key: str, default: object) -> None:
    page = (ROOT / "docs/reference/settings.md").read_text(encoding="utf-8")
    header = f"## [[{section}]]" if section in LISTS else f"## [{section}]"
    part = page.split(f"\n{header}\n", 1)[1].split("\n## ", 1)[0]
    row = next(line for line in part.splitlines() if line.startswith(f"| `{key}` |"))
    cell = row.split("|")[2].strip()
    if default is ...:
        assert cell == "none, needed"
    else:
        value = tomllib.loads(f"v = {cell.strip('`')}")["v"]
        assert value == (list(default) if isinstance(default, tuple) else default)


def test_the_reference_knows_no_other_keys() -> None:
    page = (ROOT / "docs/reference/settings.md").read_text(encoding="utf-8").split("\n## The environment", 1)[0]
    rows = re.findall(r"^\| `(\w+)` \|", page, flags=re.MULTILINE)
    assert Counter(rows) == Counter(key for _, key, _ in KEYS)


def test_the_shipped_file_loads_and_follows_its_topic_in_three_languages(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(settings_template(), encoding="utf-8")
    config = load(path, {}, read_query)
    languages = Counter(source.language for source in config.sources)
    assert set(languages) == {"en", "uk", "ru"}
    assert len(config.sources) >= 40
    assert min(languages.values()) >= 10
    assert all(source.name for source in config.sources)
    assert len({source.name for source in config.sources}) == len(config.sources)
    assert [(topic.name, topic.alert) for topic in config.topics] == [("Return of deported Ukrainian children", "now")]
    assert config.mail.smtp is None
    assert [warning.split(": ")[1] for warning in config.warnings] == ["crawl.contact"]


def test_the_template_is_the_roots_file_and_goes_into_the_wheel() -> None:
    assert settings_template() == (ROOT / "settings.toml").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    included = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert included == {"settings.toml": "crawler/config/settings.toml"}

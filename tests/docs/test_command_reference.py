"""``docs/reference/command.md`` against the command itself: every verb and option, and no others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from scheduler.cli import tidings

PAGE = (Path(__file__).parents[2] / "docs/reference/command.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^### (tidings [a-z ]+)\n(.*?)(?=^##|\Z)", PAGE, flags=re.MULTILINE | re.DOTALL))


def verbs(group: click.Group, called: str) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from verbs(command, f"{called} {name}")
        else:
            yield f"{called} {name}", command


VERBS = dict(verbs(tidings, "tidings"))


def options_in(text: str) -> set[str]:
    """The long options that stand in the first cell of a table's row."""
    cells = re.findall(r"^\| ([^|]+) \|", text, flags=re.MULTILINE)
    return {option for cell in cells for option in re.findall(r"`(--[a-z-]+)", cell)}


def long_options(command: click.Command) -> set[str]:
    found = [option for option in command.params if isinstance(option, click.Option)]
    return {name for option in found for name in option.opts if name.startswith("--")} - {"--help"}


def test_the_page_has_every_verb_and_no_other() -> None:
    assert set(SECTIONS) == set(VERBS)


@pytest.mark.parametrize("name", VERBS)
def test_a_verb_is_described_with_every_option(name: str) -> None:
    assert options_in(SECTIONS[name]) == long_options(VERBS[name])


@pytest.mark.parametrize("name", VERBS)
def test_a_verb_is_described_with_its_arguments(name: str) -> None:
    wanted = [
        argument.make_metavar(click.Context(VERBS[name]))
        for argument in VERBS[name].params
        if isinstance(argument, click.Argument)
    ]
    assert f"`{' '.join([name, *wanted])}`" in SECTIONS[name]


def test_the_options_of_the_command_itself_are_described() -> None:
    assert options_in(PAGE.split("\n## ", 1)[0]) - {"--help"} == long_options(tidings)


@pytest.mark.parametrize("name", VERBS)
def test_help_is_a_sentence_and_every_option_has_one(name: str) -> None:
    command = VERBS[name]
    assert command.help is not None
    assert re.match(r"[A-Z].*[.?)]", command.help.split("\n\n", 1)[0], flags=re.DOTALL)
    assert all(option.help for option in command.params if isinstance(option, click.Option))


@pytest.mark.parametrize(
    "name", [name for name in VERBS if name not in {"tidings run", "tidings sources export", "tidings articles export"}]
)
def test_a_verb_that_prints_a_result_takes_json(name: str) -> None:
    assert "--json" in long_options(VERBS[name])

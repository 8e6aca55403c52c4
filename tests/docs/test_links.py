"""The documentation against the program: links lead somewhere, commands exist, settings load, queries are read."""

import re
import shlex
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import dropwhile
from pathlib import Path

import click
import pytest

from crawler.config import load
from crawler.config.schema import LISTS, SECTIONS
from crawler.errors import SettingsError
from crawler.topics import parse, read_query
from scheduler.cli import tidings

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])

FENCE = re.compile(r"^( *)```+ *([^\n`]*)\n(.*?)^\1```+ *$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+?)#*$", re.MULTILINE)
SHELLS = {"sh", "bash", "console", "shell"}
PLACEHOLDER = re.compile(r"[\[\]…<|·]")
"""In an argument: the line shows a form, of which only the verb is looked at."""


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of a page."""

    page: Path
    line: int
    info: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


@cache
def blocks() -> tuple[Block, ...]:
    found = []
    for page in PAGES:
        text = page.read_text("utf-8")
        found += [
            Block(page, text.count("\n", 0, met.start()) + 1, met[2].strip(), met[3]) for met in FENCE.finditer(text)
        ]
    return tuple(found)


def of_kind(*kinds: str) -> list[Block]:
    return [block for block in blocks() if block.info.split(" ")[0] in kinds]


# -- links -----------------------------------------------------------------------------------------------------------


def prose(page: Path) -> str:
    return INLINE.sub("", FENCE.sub("", page.read_text("utf-8")))


def anchors(page: Path) -> set[str]:
    """The anchors that a forge gives to a page's headings."""
    titles = HEADING.findall(FENCE.sub("", page.read_text("utf-8")))
    plain = (re.sub(r"[^\w\- ]", "", title.strip().lower()) for title in titles)
    return {title.replace(" ", "-") for title in plain}


def broken(page: Path) -> Iterator[str]:
    for target in LINK.findall(prose(page)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        meant = (page.parent / path).resolve() if path else page
        if not meant.exists():
            yield f"{target}: there is no such file"
        elif anchor and anchor not in anchors(meant):
            yield f"{target}: there is no such heading"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    assert list(broken(page)) == []


@pytest.mark.parametrize("index", ["docs/README.md", "docs/decisions/README.md"])
def test_an_index_names_every_page_beside_and_below_it(index: str) -> None:
    folder = (ROOT / index).parent
    linked = {(folder / target.partition("#")[0]).resolve() for target in LINK.findall(prose(ROOT / index))}
    below = {page for page in folder.rglob("*.md") if page.name != "README.md"}
    if folder.name == "docs":
        below = {page for page in below if page.parent.name != "decisions"}
    assert below - linked == set()


# -- commands --------------------------------------------------------------------------------------------------------


def command_lines(block: Block) -> Iterator[str]:
    for line in block.text.replace("\\\n", " ").splitlines():
        text = line.strip().removeprefix("$ ")
        if block.info == "cron":
            text = " ".join(text.split()[5:])
        if block.info == "ini":
            _, begins, text = text.partition("ExecStart=")
            text = text.replace("$$", "$").replace("%%", "%") if begins else ""
        yield text


def calls(line: str) -> Iterator[list[str]]:
    """The arguments of each call of ``tidings`` in a shell line."""
    words: list[str] = []
    line = re.sub(r"\$\([^)]*\)", "substituted", line)
    reader = shlex.shlex(line, posix=True, punctuation_chars=";|&><")
    reader.whitespace_split = True
    for word in [*reader, ";"]:
        if set(word) <= set(";|&"):
            yield from called(words)
            words = []
        else:
            words.append(word)


def called(words: list[str]) -> Iterator[list[str]]:
    words = [word for word in words if not re.fullmatch(r"[A-Z_]+=.*", word)]
    redirected = next((at for at, word in enumerate(words) if set(word) & set("<>")), len(words))
    words = words[:redirected]
    if words[:2] == ["/bin/sh", "-c"]:
        yield from calls(words[2])
        return
    if words[:1] == ["sudo"]:
        words = words[3:] if words[1] == "-u" else words[1:]
    if words[:2] == ["uv", "run"]:
        words = words[2:]
    if words[:1] == ["systemd-run"]:
        words = list(dropwhile(lambda word: word.startswith("-"), words[1:]))
    if words and words[0].rpartition("/")[2] == "tidings":
        yield words[1:]


def complaint(arguments: list[str], *, whole: bool = True) -> str:
    """What click has against a call; nothing is run. Not ``whole``: the verb and its options are looked at."""
    shown = [word for word in arguments if whole and PLACEHOLDER.search(word)]
    given = arguments[: arguments.index(shown[0])] if shown else arguments
    lenient = bool(shown) or not whole
    command: click.Command = tidings
    context, name = None, "tidings"
    try:
        while True:
            context = command.make_context(name, list(given), parent=context, resilient_parsing=lenient)
            if not isinstance(command, click.Group):
                return ""
            given = [*getattr(context, "_protected_args", ()), *context.args]
            if not given:
                return "" if lenient else "no verb is named"
            found, following, given = command.resolve_command(context, list(given))
            if following is None:
                return f"{given[0]} is no verb"
            name, command = found or "", following
    except click.exceptions.Exit:
        return ""
    except click.BadParameter as error:
        about_files = error.param is not None and isinstance(error.param.type, click.Path | click.File)
        missing = isinstance(error, click.MissingParameter)
        return "" if about_files and not missing else error.format_message()
    except click.UsageError as error:
        return error.format_message()


def test_commands_in_blocks_are_understood() -> None:
    refused = []
    seen = 0
    for block in of_kind(*SHELLS, "cron", "ini"):
        for line in command_lines(block):
            for arguments in calls(line):
                seen += 1
                if says := complaint(arguments):
                    refused.append(f"{block}: tidings {shlex.join(arguments)}: {says}")
    assert refused == []
    assert seen > 20, "the blocks' commands were not found"


def test_commands_in_sentences_exist() -> None:
    refused = []
    for page in PAGES:
        text = FENCE.sub("", page.read_text("utf-8"))
        for code in INLINE.findall(text):
            words = code.split()
            if words[:1] != ["tidings"] or len(words) == 1:
                continue
            stop = next((at for at, word in enumerate(words) if PLACEHOLDER.search(word)), len(words))
            if stop > 1 and (says := complaint(words[1:stop], whole=False)):
                refused.append(f"{page.relative_to(ROOT)}: {code}: {says}")
    assert refused == []


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("tidings statsu", "No such command"),
        ("sudo -u tidings tidings status --jsonn", "No such option"),
        ("cd /tmp && /opt/bin/tidings topics test >>log 2>&1", "Missing argument"),
        ("/bin/sh -c 'tidings backup'", "Missing argument"),
        ("tidings status extra", "unexpected extra argument"),
    ],
)
def test_a_slip_in_a_command_would_be_seen(line: str, says: str) -> None:
    (arguments,) = calls(line)
    assert says in complaint(arguments)


@pytest.mark.parametrize(
    "line",
    ["sudo systemctl reload tidings", "sudo chown root:tidings x", "sudo ln -s /opt/bin/tidings /usr/bin/tidings"],
)
def test_the_name_alone_is_no_call(line: str) -> None:
    assert list(calls(line)) == []


# -- settings and queries --------------------------------------------------------------------------------------------


def completed(block: Block) -> str:
    """A block's settings. ```` ```toml mail ```` marks keys of one section: its head and needed keys are added."""
    _, _, section = block.info.partition(" ")
    if not section:
        return block.text
    head = f"[[{section}]]" if section in LISTS else f"[{section}]"
    missing = [
        f'{key} = "{value}"'
        for key, value in {"sources": {"url": "https://example.org/rss"}, "topics": {"name": "Example"}}.get(
            section, {}
        ).items()
        if not re.search(rf"^{key} *=", block.text, re.MULTILINE)
    ]
    return "\n".join([head, *missing, block.text])


def mistakes(text: str, folder: Path) -> str:
    path = folder / "settings.toml"
    path.write_text(text, "utf-8")
    for name in ("smtp-password", "dkim.pem"):
        (folder / name).write_text("secret\n")
    try:
        load(path, {}, read_query)
    except SettingsError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("block", of_kind("toml"), ids=str)
def test_settings_in_blocks_load(block: Block, tmp_path: Path) -> None:
    text = completed(block)
    if tomllib.loads(text).keys() & {*SECTIONS, "queries"}:
        assert mistakes(text, tmp_path) == ""
    else:
        assert "=" not in text, f"{block}: write ```toml mail (or another section) above keys without a section"


def test_a_slip_in_settings_would_be_seen(tmp_path: Path) -> None:
    assert "smtpp" in mistakes('[mail]\nsmtpp = ""\n', tmp_path)
    assert "never closed" in mistakes('[[topics]]\nname = "x"\nquery = "(a OR b"\n', tmp_path)


@pytest.mark.parametrize("block", of_kind("query"), ids=str)
def test_queries_in_blocks_are_read(block: Block) -> None:
    assert parse(block.text).root.end <= len(block.text)

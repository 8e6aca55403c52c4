"""Edits of settings.toml that leave everything else as it is: comments, order, blanks, line endings.

tomlkit keeps comments too, but counts those below a table to that table: it would put a new source behind the heading
of the next section, and remove that heading together with a source. So the text is cut at the places of the keys, only
the new values are written by tomlkit, and the result is read again and compared before anybody sees it.
"""

from __future__ import annotations

import difflib
import os
import re
import stat
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import tomlkit

from crawler.config.faults import same_url, tables
from crawler.config.lines import Loc, Place, Places
from crawler.config.load import parse
from crawler.config.schema import SourceSettings, keys_of
from crawler.config.values import parse_url, shown
from crawler.errors import Mistake, SettingsError

FILE_NAME = "settings.toml"
_SURROGATE = re.compile("[\ud800-\udfff]")


def add_source(
    text: str,
    url: str,
    name: str = "",
    *,
    language: str = "",
    every: str = "",
    pages: str = "auto",
    paused: bool = False,
) -> str:
    """The settings' text with one more source behind the last; keys with their default are left out.

    Raises:
        SettingsError: when the address cannot be one, or is there already.
    """
    given = {"url": url, "name": name, "language": language, "every": every, "pages": pages, "paused": paused}
    return add_sources(text, [given])


def add_sources(text: str, sources: Iterable[Mapping[str, Any]]) -> str:
    """The settings' text with more sources behind the last, each as ``{"url": …, "name": …}``; read and written once.

    Raises:
        SettingsError: when an address cannot be one, or is there already.
    """
    data = parse(text, FILE_NAME)
    known = {same_url(str(source.get("url")).strip()) for _, source in tables(data, "sources")}
    defaults = keys_of(SourceSettings)
    wanted: list[dict[str, Any]] = []
    for given in sources:
        url = _checked(str(given["url"]))
        if _SURROGATE.search("".join(map(str, given.values()))):
            raise _refused(f"the name of {url} is not text that a file can hold; write it in UTF-8")
        if same_url(url) in known:
            raise _refused(f"{url} is among the sources already")
        known.add(same_url(url))
        wanted.append({key: value for key, value in {**given, "url": url}.items() if value != defaults[key]})
    if not wanted:
        return text
    added = _with_blocks(text, wanted)
    return _as_expected(added, data | {"sources": [*data.get("sources", []), *wanted]})


def _checked(url: str) -> str:
    try:
        return parse_url(url)
    except ValueError as error:
        raise _refused(str(error)) from error


def remove_source(text: str, url_or_name: str) -> str:
    """The settings' text without a source, and without the comments between its lines.

    Raises:
        SettingsError: when no source, or more than one, is called so.
    """
    data = parse(text, FILE_NAME)
    index = _index_of(data, url_or_name)
    places = Places(text)
    start = text.rfind("\n", 0, _table(places, index).start) + 1
    end = _block_end(text, _last_key(places, index).end)
    if _blank_before(text, start):
        if _is_blank_line(text, end):
            end = _next_line(text, end)
        elif end == len(text):
            start = text.rfind("\n", 0, max(start - 1, 0)) + 1
    left = [source for n, source in enumerate(data["sources"]) if n != index]
    rest = {key: value for key, value in data.items() if key != "sources"}
    return _as_expected(text[:start] + text[end:], rest | ({"sources": left} if left else {}))


def set_paused(text: str, url_or_name: str, paused: bool) -> str:  # noqa: FBT001 - the state is the whole argument
    """The settings' text with a source paused or running again.

    Raises:
        SettingsError: when no source, or more than one, is called so.
    """
    data = parse(text, FILE_NAME)
    index = _index_of(data, url_or_name)
    source = data["sources"][index]
    if source.get("paused", False) is paused:
        return text
    places = Places(text)
    _table(places, index)
    source["paused"] = paused
    value = "true" if paused else "false"
    if place := places.found.get(("sources", index, "paused")):
        return _as_expected(text[: place.value] + value + text[place.end :], data)
    last = _last_key(places, index)
    line = text[text.rfind("\n", 0, last.start) + 1 : last.start]
    at = _next_line(text, last.end)
    before = text[:at] if text[:at].endswith("\n") else text[:at] + _newline(text)
    return _as_expected(f"{before}{line}paused = {value}{_newline(text)}{text[at:]}", data)


def add_example(text: str, topic: str, reference: str) -> str:
    """The settings' text with one more example of a topic, or with a new topic of that name at its end.

    Raises:
        SettingsError: when the topics are written in one line, where no example can be put in.
    """
    data = parse(text, FILE_NAME)
    newline, value = _newline(text), tomlkit.item(reference).as_string()
    index = next((n for n, each in tables(data, "topics") if str(each.get("name", "")).strip() == topic), None)
    written = Places(text).found.get(("topics",))
    if written is not None and text[written.start] != "[":
        says = "topics are written as topics = […] here; edit them by hand, or write [[topics]] for each"
        raise SettingsError([Mistake(FILE_NAME, "topics", says)])
    if index is None:
        before = text if not text or text.endswith("\n") else text + newline
        name = tomlkit.item(topic).as_string()
        block = newline.join(["[[topics]]", f"name = {name}", f"examples = [{value}]", ""])
        data.setdefault("topics", []).append({"name": topic, "examples": [reference]})
        return _as_expected(f"{before}{newline if before else ''}{block}", data)
    known = data["topics"][index].setdefault("examples", [])
    if reference in known:
        return text
    known.append(reference)
    places = Places(text).found
    if last := places.get(("topics", index, "examples", len(known) - 2)):
        return _as_expected(f"{text[: last.end]}, {value}{text[last.end :]}", data)
    if empty := places.get(("topics", index, "examples")):
        return _as_expected(f"{text[: empty.value]}[{value}]{text[empty.end :]}", data)
    at = _next_line(text, places["topics", index, "name"].end)
    before = text[:at] if text[:at].endswith("\n") else text[:at] + newline
    return _as_expected(f"{before}examples = [{value}]{newline}{text[at:]}", data)


def write_settings(path: Path, text: str) -> None:
    """Replaces the file in one step: whoever reads it finds the old text or the new, and after a crash too.

    The mode, the owner where that is allowed, and a symbolic link are kept; a new file is for its owner alone, as it
    may come to hold a password.

    Raises:
        SettingsError: when it cannot be written.
    """
    target = path.resolve()
    temporary = ""
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        with os.fdopen(descriptor, "wb") as file:
            file.write(text.encode("utf-8"))
            _keep_mode(target, file.fileno())
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(target)
        _sync_folder(target.parent)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise SettingsError([Mistake(str(path), "", f"the settings cannot be written: {error.strerror}")]) from error


def _keep_mode(target: Path, descriptor: int) -> None:
    if not target.exists():
        return
    before = target.stat()
    with suppress(PermissionError):
        os.fchown(descriptor, before.st_uid, before.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(before.st_mode))


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _with_blocks(text: str, sources: list[dict[str, Any]]) -> str:
    newline = _newline(text)
    blocks = [
        ["[[sources]]", *(f"{key} = {tomlkit.item(value).as_string()}" for key, value in source.items()), ""]
        for source in sources
    ]
    block = newline.join(newline.join(lines) for lines in blocks)
    places = Places(text)
    count = sum(1 for loc in places.found if len(loc) == 2 and loc[0] == "sources")  # noqa: PLR2004 - (sources, index)
    if count:
        _table(places, count - 1)
        at = _block_end(text, _last_key(places, count - 1).end)
    else:
        if ("sources",) in places.found:
            raise _written_inline()
        at = len(text)
    before = text[:at]
    if before and not before.endswith("\n"):
        before += newline
    return before + (newline if before else "") + block + text[at:]


def _index_of(data: dict[str, Any], wanted: str) -> int:
    """The index of the source with this address or name."""
    sources = tables(data, "sources")
    wanted = wanted.strip()
    by_url = [n for n, source in sources if same_url(str(source.get("url")).strip()) == same_url(wanted)]
    found = by_url or [
        n for n, source in sources if str(source.get("name", "")).strip().casefold() == wanted.casefold()
    ]
    if len(found) == 1 and wanted:
        return found[0]
    if len(found) > 1 and wanted:
        urls = ", ".join(str(dict(sources)[n].get("url")) for n in found)
        raise _refused(f"{shown(wanted)} is the name of {len(found)} sources; say which by its address: {urls}")
    known = [str(value) for _, source in sources for key in ("name", "url") if (value := source.get(key))]
    raise _refused(f"no source has the address or name {shown(wanted)}{_nearest(wanted, known)}")


def _nearest(wanted: str, known: list[str]) -> str:
    """The known words that look like ``wanted``, or hold it."""
    folded = {word.casefold(): word for word in known}
    near = difflib.get_close_matches(wanted.casefold(), list(folded), n=3, cutoff=0.6)
    holding = [word for word in folded if wanted and wanted.casefold() in word and word not in near]
    words = [shown(folded[word]) for word in [*near, *holding][:3]]
    return f"; near to it: {', '.join(words)}" if words else "; `tidings sources list` shows them"


def _table(places: Places, index: int) -> Place:
    place = places.found[("sources", index)]
    if not places.text.startswith("[[", place.start):
        raise _written_inline()
    return place


def _last_key(places: Places, index: int) -> Place:
    """The place in a source's table that ends last."""

    def within() -> Iterator[Place]:
        loc: Loc
        for loc, place in places.found.items():
            if loc[:2] == ("sources", index) and len(loc) <= 3:  # noqa: PLR2004 - the table and its keys
                yield place

    return max(within(), key=lambda place: place.end)


def _block_end(text: str, offset: int) -> int:
    """Behind the line of ``offset`` and the comments that follow it closely, unless they head the next table."""
    end = at = _next_line(text, offset)
    while text.startswith("#", at):
        at = _next_line(text, at)
    return end if text.startswith("[", at) else at


def _next_line(text: str, offset: int) -> int:
    found = text.find("\n", offset)
    return len(text) if found < 0 else found + 1


def _is_blank_line(text: str, start: int) -> bool:
    return start < len(text) and not text[start : _next_line(text, start)].strip()


def _blank_before(text: str, start: int) -> bool:
    return start == 0 or _is_blank_line(text, text.rfind("\n", 0, start - 1) + 1)


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _as_expected(text: str, data: dict[str, Any]) -> str:
    """The text, when it says exactly what the edit meant."""
    try:
        same = tomllib.loads(text) == data
    except tomllib.TOMLDecodeError:
        same = False
    if not same:
        raise _refused("this edit would change more than it should; edit the file by hand")
    return text


def _written_inline() -> SettingsError:
    return _refused("sources are written as sources = […] here; edit them by hand, or write [[sources]] for each")


def _refused(says: str) -> SettingsError:
    return SettingsError([Mistake(FILE_NAME, "sources", says)])

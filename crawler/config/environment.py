"""Values from the environment: ``TIDINGS_<SECTION>__<KEY>`` goes over what settings.toml says.

A list is written with commas or as JSON; ``TIDINGS_SOURCES`` and ``TIDINGS_TOPICS`` take the whole list as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crawler.config.faults import suggestion
from crawler.config.lines import Loc
from crawler.config.schema import LISTS, SECTIONS, keys_of
from crawler.errors import Mistake

PREFIX = "TIDINGS_"
SETTINGS_VARIABLE = "TIDINGS_SETTINGS"


@dataclass(slots=True)
class Overlay:
    """What the environment says."""

    values: dict[Loc, Any] = field(default_factory=dict)
    variables: dict[Loc, str] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)


def known_variables() -> dict[str, Loc]:
    """Every variable that may be set, with the place it replaces."""
    known: dict[str, Loc] = {}
    for section, model in SECTIONS.items():
        if section in LISTS:
            known[f"{PREFIX}{section.upper()}"] = (section,)
        else:
            known |= {f"{PREFIX}{section.upper()}__{key.upper()}": (section, key) for key in keys_of(model)}
    return known


def read_environment(environ: Mapping[str, str]) -> Overlay:
    """The overlay of the variables that begin with ``TIDINGS_``."""
    overlay = Overlay()
    known = known_variables()
    for variable in sorted(name for name in environ if name.startswith(PREFIX) and name != SETTINGS_VARIABLE):
        loc = known.get(variable)
        if loc is None:
            overlay.mistakes.append(_unknown(variable, known))
            continue
        try:
            overlay.values[loc] = _value(loc, environ[variable])
            overlay.variables[loc] = variable
        except ValueError as error:
            overlay.mistakes.append(Mistake(variable, ".".join(map(str, loc)), str(error)))
    return overlay


def put_over(data: dict[str, Any], overlay: Overlay) -> dict[str, Any]:
    """The file's data with the environment's values in their places; the argument is left as it is."""
    merged = {name: dict(value) if isinstance(value, dict) else value for name, value in data.items()}
    for loc, value in overlay.values.items():
        section = str(loc[0])
        if len(loc) == 1:
            merged[section] = value
        elif isinstance(merged.setdefault(section, {}), dict):
            merged[section][loc[1]] = value
    _one_password(merged, overlay)
    return merged


def _one_password(merged: dict[str, Any], overlay: Overlay) -> None:
    """A password from the environment replaces the file's, whichever of the two keys either used."""
    keys = ("password", "password_file")
    for key, other in (keys, keys[::-1]):
        if overlay.values.get(("mail", key)) and ("mail", other) not in overlay.values:
            merged["mail"].pop(other, None) if isinstance(merged.get("mail"), dict) else None


def _value(loc: Loc, text: str) -> str | list[Any]:
    _writable(text)
    if len(loc) == 1:
        return _json_list(text, 'a JSON list of tables, such as [{"url": "https://example.org/rss"}]')
    default = keys_of(SECTIONS[str(loc[0])])[str(loc[1])]
    if not isinstance(default, (list, tuple)):
        return text
    if text.lstrip().startswith("["):
        return _json_list(text, 'a list with commas or in JSON, such as ["…", "…"]')
    return [part.strip() for part in text.split(",") if part.strip()]


def _json_list(text: str, wanted: str) -> list[Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError(f"this is not JSON; write {wanted}") from None
    if not isinstance(value, list):
        raise ValueError(f"this is no list; write {wanted}")  # noqa: TRY004 - told as a mistake
    _writable(json.dumps(value, ensure_ascii=False))
    return value


def _writable(text: str) -> None:
    """Raise ValueError for bytes that are no UTF-8, which come as halves of characters, and for such halves in JSON."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("this is not UTF-8 text; write it as UTF-8") from None


def _unknown(variable: str, known: Mapping[str, Loc]) -> Mistake:
    near = suggestion(variable.removeprefix(PREFIX).lower(), [name.removeprefix(PREFIX).lower() for name in known])
    if near:
        word = near.split('"')[1]
        near = f"did you mean {PREFIX}{word.upper()}? "
    shape = f"variables are named {PREFIX}<SECTION>__<KEY>, such as {PREFIX}MAIL__SMTP"
    return Mistake(variable, "", f"there is no such setting; {near}{shape}")

"""Where settings.toml is, and the one that ``tidings init`` starts from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from platformdirs import user_config_path

from crawler.config.environment import SETTINGS_VARIABLE
from crawler.config.values import in_home
from crawler.errors import Mistake, SettingsError

FILE_NAME = "settings.toml"
_INIT = "`tidings init` writes one to start from"


def find_settings(option: str | None, environ: Mapping[str, str], cwd: Path) -> Path:
    """The settings file: ``--settings``, ``$TIDINGS_SETTINGS``, ``./settings.toml``, the user configuration folder.

    Raises:
        SettingsError: when the named file is not there, or none is anywhere.
    """
    for place, named in (("--settings", option), (SETTINGS_VARIABLE, environ.get(SETTINGS_VARIABLE))):
        if not named:
            continue
        path = cwd / in_home(named)
        if not _is_file(path):
            raise SettingsError([Mistake(place, "", f"{path} is not a file; {_INIT}")])
        return path
    usual = (cwd / FILE_NAME, user_config_path("tidings", appauthor=False) / FILE_NAME)
    for path in usual:
        if _is_file(path):
            return path
    looked = f"neither --settings nor ${SETTINGS_VARIABLE} is given, and {usual[0]} and {usual[1]} are not there"
    raise SettingsError([Mistake(FILE_NAME, "", f"there are no settings: {looked}; {_INIT}")])


def _is_file(path: Path) -> bool:
    """Whether a file is there, as far as we may look: a name too long or a folder that is closed to us has none."""
    try:
        return path.is_file()
    except OSError:
        return False


def settings_template() -> str:
    """The commented settings.toml to start from: packed beside this module, in a checkout at the root."""
    packed = Path(__file__).with_name(FILE_NAME)
    path = packed if packed.is_file() else Path(__file__).parents[2] / FILE_NAME
    return path.read_text(encoding="utf-8")

"""Where settings.toml is looked for."""

from pathlib import Path

import pytest

from crawler.config import find_settings
from crawler.errors import SettingsError


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user configuration folder of our own."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path / "config" / "tidings"


def test_the_nearest_place_wins(home: Path, tmp_path: Path) -> None:
    cwd = tmp_path / "cwd"
    places = [home / "settings.toml", cwd / "settings.toml", tmp_path / "variable.toml", cwd / "option.toml"]
    environ = {"TIDINGS_SETTINGS": str(places[2])}
    for path in places:
        path.parent.mkdir(parents=True, exist_ok=True)
    places[0].touch()
    assert find_settings(None, {}, cwd) == places[0]
    places[1].touch()
    assert find_settings(None, {}, cwd) == places[1]
    places[2].touch()
    assert find_settings(None, environ, cwd) == places[2]
    places[3].touch()
    assert find_settings("option.toml", environ, cwd) == places[3]


def test_a_named_file_that_is_not_there_is_not_replaced_by_another(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").touch()
    with pytest.raises(SettingsError, match=r"--settings: .*other\.toml is not a file; `tidings init`"):
        find_settings("other.toml", {}, tmp_path)
    with pytest.raises(SettingsError, match=r"TIDINGS_SETTINGS: .*other\.toml is not a file"):
        find_settings(None, {"TIDINGS_SETTINGS": "other.toml"}, tmp_path)


def test_no_settings_names_every_place(home: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        find_settings(None, {}, tmp_path)
    told = str(caught.value)
    for place in ("--settings", "$TIDINGS_SETTINGS", str(tmp_path / "settings.toml"), str(home / "settings.toml")):
        assert place in told
    assert "tidings init" in told


@pytest.mark.parametrize("named", ["~nobody-of-that-name/settings.toml", "x" * 300, "x\0y"])
def test_a_name_that_no_file_can_have_is_told_as_one_that_is_not_there(tmp_path: Path, named: str) -> None:
    with pytest.raises(SettingsError, match="is not a file; `tidings init`"):
        find_settings(named, {}, tmp_path)

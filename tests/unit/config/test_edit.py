"""Edits of settings.toml that leave everything else as it is."""

import stat
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.config import add_source, add_sources, remove_source, set_paused, settings_template, write_settings
from crawler.errors import SettingsError

TEXT = """\
# my settings
[crawl]
every = "15m" # pace

# ── English ──
[[sources]]
url = "https://one.test/rss"  # the first
name = "One"
# language = "en"

[[sources]]
url = "https://two.test/rss"
name = "Two"
paused = true  # for now

# ── what I follow ──
[[topics]]
name = "T"
query = '''
x'''
"""


def refused(text: str, wanted: str) -> str:
    with pytest.raises(SettingsError) as caught:
        remove_source(text, wanted)
    return str(caught.value)


def test_a_source_is_added_behind_the_last_one() -> None:
    added = add_source(TEXT, " https://three.test/ї ", 'Th"ree', language="uk", paused=True)
    block = '\n[[sources]]\nurl = "https://three.test/ї"\nname = "Th\\"ree"\nlanguage = "uk"\npaused = true\n'
    assert added == TEXT.replace("paused = true  # for now\n", "paused = true  # for now\n" + block)


def test_a_source_is_added_to_a_file_without_any() -> None:
    assert add_source("", "https://a.test/") == '[[sources]]\nurl = "https://a.test/"\n'
    assert add_source("[mail]", "https://a.test/") == '[mail]\n\n[[sources]]\nurl = "https://a.test/"\n'


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("https://One.test/rss", "is among the sources already"),
        ("one.test/rss", "does not begin with http"),
    ],
)
def test_a_source_that_cannot_be_added_is_refused(url: str, says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        add_source(TEXT, url)


def test_a_source_is_removed_with_its_own_comments_only() -> None:
    one = '[[sources]]\nurl = "https://one.test/rss"  # the first\nname = "One"\n# language = "en"\n'
    two = '[[sources]]\nurl = "https://two.test/rss"\nname = "Two"\npaused = true  # for now\n\n'
    assert remove_source(TEXT, "https://one.test/rss") == TEXT.replace(one, "")
    assert remove_source(TEXT, "two") == TEXT.replace(two, "")
    assert remove_source('[[sources]]\nurl = "https://a.test/"', "https://a.test/") == ""


def test_a_comment_close_above_the_next_table_stays() -> None:
    text = '[[sources]]\nurl = "https://a.test/"\n# about b\n[[sources]]\nurl = "https://b.test/"\n'
    assert remove_source(text, "https://a.test/") == '# about b\n[[sources]]\nurl = "https://b.test/"\n'


def test_what_is_added_and_removed_again_leaves_the_file_as_it_was() -> None:
    for text in (TEXT, TEXT.replace("\n", "\r\n"), settings_template(), "[mail]\n"):
        assert remove_source(add_source(text, "https://new.test/rss"), "https://new.test/rss") == text


def test_a_source_is_paused_and_resumed_in_its_own_line() -> None:
    assert set_paused(TEXT, "One", paused=True) == TEXT.replace('name = "One"\n', 'name = "One"\npaused = true\n')
    assert set_paused(TEXT, "two", paused=False) == TEXT.replace("paused = true  #", "paused = false  #")
    assert set_paused(TEXT, "two", paused=True) == TEXT
    assert set_paused(TEXT, "one", paused=False) == TEXT
    last = '[[sources]]\n  url = "https://a.test/"'
    assert set_paused(last, "https://a.test/", paused=True) == f"{last}\n  paused = true\n"


def test_windows_line_ends_are_kept() -> None:
    text = TEXT.replace("\n", "\r\n")
    assert set_paused(text, "One", paused=True) == set_paused(TEXT, "One", paused=True).replace("\n", "\r\n")
    assert add_source(text, "https://c.test/") == add_source(TEXT, "https://c.test/").replace("\n", "\r\n")


def test_an_unknown_source_is_refused_with_the_nearest() -> None:
    assert '"https://two.test/rss"' in refused(TEXT, "https://twoo.test/rss")
    assert '"One"' in refused(TEXT, "onee")
    assert "https://one.test/rss" in refused(TEXT, "one.test")
    assert "`tidings sources list` shows them" in refused(TEXT, "quite different")
    assert "no source has" in refused("", "x")
    assert "no source has" in refused(TEXT, " ")
    twice = TEXT.replace('name = "Two"', 'name = "one"')
    assert "the name of 2 sources" in refused(twice, "One")


def test_sources_written_inline_are_left_to_the_person() -> None:
    text = 'sources = [{url = "https://a.test/"}]\n'
    assert "edit them by hand" in refused(text, "https://a.test/")
    with pytest.raises(SettingsError, match="edit them by hand"):
        add_source(text, "https://b.test/")
    with pytest.raises(SettingsError, match="edit them by hand"):
        add_source("sources = []", "https://b.test/")


_LINES = st.sampled_from(["", "# note", "  # note", "[mail]", 'to = ["x"]', "[[topics]]", 'name = "t"', "  "])
_BLOCKS = st.lists(
    st.tuples(st.lists(_LINES, max_size=3), st.lists(st.sampled_from(["# c", "", "language = 'en'"]), max_size=2))
)


@given(_BLOCKS, st.sampled_from(["\n", "\r\n"]))
def test_an_edit_changes_what_is_meant_and_no_other_line(
    blocks: list[tuple[list[str], list[str]]], newline: str
) -> None:
    lines = ["# top", ""]
    for number, (before, inside) in enumerate(blocks):
        lines += [*before, "[[sources]]", f'url = "https://{number}.test/"', *inside]
    text = newline.join(lines)
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:  # the lines in between do not go together
        return
    block = f'{newline}[[sources]]{newline}url = "https://new.test/"{newline}'
    assert add_source(text, "https://new.test/").replace(block, "") in {text, text + newline}
    for number in range(len(blocks)):
        url = f"https://{number}.test/"
        removed = Counter(lines) - Counter(remove_source(text, url).splitlines())
        own = {"[[sources]]", f'url = "{url}"', "language = 'en'", 'to = ["x"]', 'name = "t"'}
        assert set(removed) <= own | {"# c", "# note", "", "  ", "  # note"}
        assert removed["[[sources]]"] == removed[f'url = "{url}"'] == 1
        paused = set_paused(text, url, paused=True)
        assert [line for line in paused.splitlines() if line != "paused = true"] == text.splitlines()


def test_writing_replaces_the_file_and_keeps_mode_and_link(tmp_path: Path) -> None:
    target = tmp_path / "real.toml"
    target.write_text("old")
    target.chmod(0o640)
    link = tmp_path / "settings.toml"
    link.symlink_to(target)
    write_settings(link, "новий\r\n")
    assert link.is_symlink()
    assert target.read_bytes() == "новий\r\n".encode()
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["real.toml", "settings.toml"]


def test_a_new_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    write_settings(tmp_path / "settings.toml", "x")
    assert stat.S_IMODE((tmp_path / "settings.toml").stat().st_mode) == 0o600


def test_a_file_that_cannot_be_written_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be written: No such file"):
        write_settings(tmp_path / "nowhere" / "settings.toml", "x")
    (tmp_path / "settings.toml").mkdir()
    with pytest.raises(SettingsError, match="cannot be written"):
        write_settings(tmp_path / "settings.toml", "x")
    assert [path.name for path in tmp_path.iterdir()] == ["settings.toml"]


def test_many_sources_are_added_as_if_one_after_the_other() -> None:
    addresses = [f"https://outlet{number}.test/rss" for number in range(30)]
    one_by_one = TEXT
    for address in addresses:
        one_by_one = add_source(one_by_one, address, "Outlet", language="uk")
    at_once = add_sources(TEXT, [{"url": each, "name": "Outlet", "language": "uk"} for each in addresses])
    assert at_once == one_by_one
    assert add_sources(TEXT, []) == TEXT


def test_many_sources_are_refused_together_when_one_comes_twice() -> None:
    with pytest.raises(SettingsError, match=r"https://a\.test/rss is among the sources already"):
        add_sources("", [{"url": "https://a.test/rss"}, {"url": "https://a.test/rss"}])

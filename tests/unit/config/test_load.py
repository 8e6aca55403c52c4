"""settings.toml and the environment → Config, or every mistake at once."""

import os
import re
import sys
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.config import Config, CrawlConfig, MailConfig, SmtpUrl, StorageConfig, load
from crawler.config.schema import SECTIONS, keys_of
from crawler.errors import Mistake, QueryError, SettingsError
from crawler.model import Source, Topic
from crawler.topics import read_query

FULL = """\
[storage]
path = "data/news.db"
keep = "30d"
[crawl]
contact = "me@news.test"
every = "10m"
fastest = "1m"
slowest = "12h"
pace = "0s"
timeout = "5s"
allow_networks = ["127.0.0.0/8", "::1"]
[mail]
from = "Tidings <t@news.test>"
to = ["Оля <olia@news.test>"]
smtp = "smtp+starttls://us%40er@mail.news.test"
password = "hunter2"
maildir = "/var/mail/x"
timezone = "Europe/Kyiv"
[[sources]]
url = " https://news.test/rss "
name = "News"
language = "uk"
every = "1h30m"
pages = "never"
paused = true
[[sources]]
url = "http://other.test"
[[topics]]
name = "Children"
query = "children"
alert = "daily 08:00"
quiet = "22:00-07:00"
to = ["a@news.test"]
must_match = ["A title"]
must_not_match = ["https://news.test/1"]
[[topics]]
name = "Второй"
query = "дети"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "settings.toml"
    path.touch(mode=0o600)
    return path


def read(file: Path, text: str, **environ: str) -> Config:
    file.write_text(text, encoding="utf-8")
    return load(file, environ)


def mistakes(file: Path, text: str, **environ: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        read(file, text, **environ)
    return [str(mistake) for mistake in caught.value.mistakes]


def mistake(file: Path, text: str, **environ: str) -> str:
    found = mistakes(file, text, **environ)
    assert len(found) == 1, found
    return found[0]


def test_every_key_arrives_in_its_type(file: Path) -> None:
    config = read(file, FULL)
    assert config.path == file
    assert (config.storage.path, config.storage.keep) == (file.parent / "data/news.db", 30 * 86400)
    crawl = config.crawl
    assert (crawl.contact, crawl.every, crawl.fastest, crawl.slowest) == ("me@news.test", 600, 60, 43200)
    assert (crawl.pace, crawl.timeout) == (0, 5)
    assert crawl.allow_networks == (ip_network("127.0.0.0/8"), ip_network("::1"))
    mail = config.mail
    assert (mail.from_address, mail.to) == ("Tidings <t@news.test>", ("Оля <olia@news.test>",))
    assert mail.smtp == SmtpUrl("starttls", "mail.news.test", 587, "us@er")
    assert mail.password is not None
    assert mail.password.get_secret_value() == "hunter2"
    assert (mail.maildir, mail.timezone) == (Path("/var/mail/x"), ZoneInfo("Europe/Kyiv"))
    assert config.sources == (
        Source("https://news.test/rss", "News", "uk", 5400, "never", paused=True),
        Source("http://other.test"),
    )
    assert config.topics == (
        Topic(
            "Children",
            "children",
            "daily 08:00",
            "22:00-07:00",
            ("a@news.test",),
            ("A title",),
            ("https://news.test/1",),
        ),
        Topic("Второй", "дети", to=("Оля <olia@news.test>",)),
    )
    assert config.warnings == ()


def test_an_empty_file_has_every_default(file: Path) -> None:
    config = read(file, "")
    assert (config.storage.path, config.storage.keep) == (file.parent / "tidings.db", 400 * 86400)
    crawl = config.crawl
    assert (crawl.every, crawl.fastest, crawl.slowest, crawl.pace, crawl.timeout) == (900, 120, 86400, 1, 15)
    mail = config.mail
    assert (mail.smtp, mail.password, mail.maildir) == (None, None, file.parent / "mail")
    assert (mail.from_address, mail.to) == ("Tidings <tidings@localhost>", ("you@example.org",))
    assert isinstance(mail.timezone, ZoneInfo)
    assert (config.sources, config.topics) == ((), ())


def test_secrets_are_in_no_text_of_any_object(file: Path) -> None:
    config = read(file, FULL)
    assert "hunter2" not in f"{config!r} {config} {config.mail!r} {config.mail} {config.mail.password!r}"
    wrong = FULL.replace('"hunter2"', '["hunter2"]').replace("smtp+starttls://us%40er@", "smtps://u:hunter2@")
    assert "hunter2" not in "".join(mistakes(file, wrong))
    assert "hunter2" not in mistake(file, '[mail]\npassword = "hunter2')
    assert "hunter2" not in mistake(file, '[[sources]]\nurl = "https://u:hunter2@news.test/"')
    for address in ("smtps://u:hunter2@x.test:y", "smtps:u:hunter2@x.test", "//u:hunter2@x.test", "u:hunter2@x.test"):
        assert "hunter2" not in mistake(file, f"[mail]\nsmtp = '{address}'")
        assert "hunter2" not in mistake(file, f"[[sources]]\nurl = '{address}'")
    assert "hunter2" not in mistake(file, "[mail]\nsmtp = 'smtps://u:hunter2@x.test")


def test_all_mistakes_are_told_at_once_in_the_files_order(file: Path) -> None:
    text = """\
[storage]
kep = "400d"
[crawl]
every = 15
allow_networks = ["127.0.0.1/8",
  "foo"]
[[topics]]
name = "X"
query = "x"
alert = "daily 8"
[[sources]]
url = "ftp://news.test"
paused = "yes"
"""
    found = mistakes(file, text, TIDINGS_MAIL__SMTP="http://x", TIDINGS_CRAWL__PAC="1s")
    assert [re.sub("named .*", "named …", line).split(": ")[:2] for line in found] == [
        ["settings.toml:2", "storage.kep"],
        ["settings.toml:4", "crawl.every"],
        ["settings.toml:5", "crawl.allow_networks.0"],
        ["settings.toml:6", "crawl.allow_networks.1"],
        ["settings.toml:10", "topics.0.alert"],
        ["settings.toml:12", "sources.0.url"],
        ["settings.toml:13", "sources.0.paused"],
        ["TIDINGS_CRAWL__PAC", "there is no such setting; did you mean TIDINGS_CRAWL__PACE? variables are named …"],
        ["TIDINGS_MAIL__SMTP", "mail.smtp"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("[crawl]\ncontcat = 'x'", 2, 'did you mean "contact"? the keys of [crawl] are contact, every, fastest,'),
        (
            "[crwal]",
            1,
            (
                'did you mean "crawl"? the sections are storage, crawl, mail, answers, log, service, feeds, push, '
                "ways, sources, topics"
            ),
        ),
        ("every = '1m'", 1, "it belongs below [crawl]"),
        ("crawl = 3", 1, "write [crawl] and below it its keys"),
        ("[sources]\nurl = 'https://news.test'", 1, "write [[sources]] with two brackets"),
        ("[mail]\nto = 'a@news.test'", 2, 'write a list, such as to = ["…", "…"]'),
        ("[mail]\nto = ['a@b.test, c@d.test']", 2, "is not one mail address"),
        ("[mail]\nto = [\n'a@b.test',\n'nobody']", 4, '"nobody" is not a mail address'),
        ('[mail]\nfrom = "a\\nBcc: x@y.test"', 2, "line break"),
        ("[mail]\nsmtp = 'mail.test:25'", 2, '"smtps://user@host:465"'),
        ("[mail]\ntimezone = 'Kyiv'", 2, '"Europe/Kyiv"'),
        ("[mail]\ntimezone = '../../etc'", 2, "is not a time zone"),
        ("[mail]\npassword_file = 'nowhere'", 2, "cannot be read (No such file or directory)"),
        ("[mail]\npassword = 'x'\npassword_file = 'settings.toml'", 3, "give one of the two"),
        ("[mail]\nfrom = 'a@b.test'\ndkim_key_file = 'nowhere'", 3, "write a file that holds only the key in PEM"),
        ("[mail]\ndkim_key_file = 'settings.toml'", 2, '"localhost" can be nobody'),
        ("[mail]\ndkim_selector = 'a b'", 2, "is no selector"),
        ("[crawl]\nfastest = '20m'", 2, 'fastest = "20m" does not go with every = "15m"'),
        ("[crawl]\nslowest = '5m'", 2, 'slowest = "5m" does not go with every = "15m"'),
        ("[crawl]\npace = '11m'", 2, "from 0s to 10m can be"),
        ("[crawl]\ntimeout = '0s'", 2, "from 1s to 10m can be"),
        ("[crawl]\nevery = '15'", 2, 'such as "30s", "15m"'),
        ("[[sources]]\nname = 'x'", 1, "url is missing; every [[sources]] needs one"),
        ("[[sources]]\nurl = 'https://'", 2, "names no host"),
        (f"[[sources]]\nurl = 'https://a.test/{'x' * 4096}'", 2, "an address may have 4096"),
        ("[[sources]]\nurl = 'news.test'", 2, "does not begin with http"),
        ("[[sources]]\nurl = 'https://a.test:x/'", 2, "not an address that can be fetched"),
        ("[[sources]]\nurl = 'https://a.test/b c'", 2, "holds a blank"),
        ("[[sources]]\nurl = 'https://u@a.test/'", 2, "user name or password"),
        (
            "[[sources]]\nurl = 'https://a.test/'\n[[sources]]\nurl = ' https://A.test/'",
            4,
            "already the url of sources.0",
        ),
        ("[[sources]]\nurl = 'https://a.test/'\nlanguage = 'ukr_UA'", 3, "is not a language code"),
        ("[[sources]]\nurl = 'https://a.test/'\npages = 'some'", 3, 'has to be one of "auto", "never" or "always"'),
        ("[[topics]]\nname = 'a'\nquery = 'x'\n[[topics]]\nname = 'a'\nquery = 'y'", 5, "already the name of topics.0"),
        ("[[topics]]\nname = ' '\nquery = 'x'", 2, "this is empty"),
        ("[[topics]]\nname = 'a'", 1, "has no query"),
        ("[[topics]]\nname = 'a'\nquery = ' '", 3, "has no query"),
        ("[[topics]]\nname = 'a'\nexamples = ['x.txt']\nfollow = 'loose'", 4, '"strict", "balanced" or "wide"'),
        ("[[topics]]\nname = 'a'\nquery = 'x'\nquiet = '07:00-07:00'", 4, 'such as "22:00-07:00"'),
        ("[mail]\nto = []\n[[topics]]\nname = 'a'\nquery = 'x'", 3, "nobody would get its alerts"),
        ("a = 1\na = 2", 2, "not TOML"),
        pytest.param(f"[crawl]\nevery = {'9' * 5000}", 2, "not TOML", id="a number of 5000 digits"),
        pytest.param(f"[crawl]\nevery = {'[' * 50_000}", 1, "nested too deeply", id="50,000 brackets"),
        ("[crawl]\n\nevery = '15m", 3, "not TOML"),
        ("[crawl]\nevery = '''15m\n\n", 2, "not closed"),
        ("[mail]\nto = ['a@b.test',\n\n", 2, "not closed"),
    ],
)
def test_a_mistake_names_its_line_and_what_may_stand_there(file: Path, text: str, line: int, says: str) -> None:
    told = mistake(file, text)
    assert told.startswith(f"settings.toml:{line}: ")
    assert says in told


def test_a_file_that_is_no_text_names_the_line(file: Path) -> None:
    file.write_bytes(b"[crawl]\n# \xff")
    with pytest.raises(SettingsError, match=r"settings\.toml:2: this line is not UTF-8"):
        load(file, {})
    with pytest.raises(SettingsError, match="nowhere: the settings cannot be read"):
        load(file.with_name("nowhere"), {})


def test_a_byte_order_mark_and_windows_line_ends_are_read(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbf" + FULL.replace("\n", "\r\n").encode())
    assert load(file, {}).crawl.every == 600


def refuse_double_and(query: str, _queries: Mapping[str, str]) -> str:
    if "AND AND" in query:
        raise QueryError(query, query.index("AND AND") + 5, "AND stands twice", "leave one out")
    return query


def test_a_query_is_refused_at_its_own_line_beside_other_mistakes(file: Path) -> None:
    text = "[crawl]\nevery = 1\n[[topics]]\nname = 'a'\nquery = '''\n(a OR\n b AND AND c)'''\nalert = 'never'\n"
    file.write_text(text)
    with pytest.raises(SettingsError) as caught:
        load(file, {}, refuse_double_and)
    every, query, alert = caught.value.mistakes
    assert (every.where, alert.where) == ("settings.toml:2", "settings.toml:8")
    assert query == Mistake(
        "settings.toml:7",
        "topics.0.query",
        "column 8 of this line of the query: AND stands twice (leave one out)\n     b AND AND c)\n           ^",
    )


def test_a_query_on_one_line_is_refused_with_its_column(file: Path) -> None:
    file.write_text('[[topics]]\nname = "a"\nquery = "x AND AND y"')
    with pytest.raises(SettingsError, match=r"settings\.toml:3: topics\.0\.query: column 7 .*leave one out"):
        load(file, {}, refuse_double_and)


def test_the_environment_goes_over_the_file(file: Path) -> None:
    config = read(
        file,
        FULL,
        TIDINGS_STORAGE__PATH="other.db",
        TIDINGS_CRAWL__ALLOW_NETWORKS="10.0.0.0/8, ::1",
        TIDINGS_MAIL__TO='["a@b.test"]',
        TIDINGS_MAIL__SMTP="",
        TIDINGS_MAIL__FROM="x@y.test",
        TIDINGS_MAIL__PASSWORD="other",
        TIDINGS_SOURCES='[{"url": "https://only.test/"}]',
        TIDINGS_SETTINGS="ignored",
        HOME="/",
    )
    assert config.storage.path == file.parent / "other.db"
    assert config.crawl.allow_networks == (ip_network("10.0.0.0/8"), ip_network("::1"))
    assert (config.mail.to, config.mail.smtp, config.mail.from_address) == (("a@b.test",), None, "x@y.test")
    assert config.mail.password is not None
    assert config.mail.password.get_secret_value() == "other"
    assert config.sources == (Source("https://only.test/"),)


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("TIDINGS_MAIL__SMPT", "x", "did you mean TIDINGS_MAIL__SMTP?"),
        ("TIDINGS_CRAWL__EVERY", "15", 'crawl.every: "15" is not a length of time'),
        ("TIDINGS_MAIL__TO", "a@b.test,nobody", 'mail.to.1: "nobody" is not a mail address'),
        ("TIDINGS_MAIL__TO", '["a@b.test"', "mail.to: this is not JSON"),
        ("TIDINGS_TOPICS", "{}", "topics: this is no list"),
        ("TIDINGS_TOPICS", '[{"name": "a", "query": "b", "alert": "c"}]', "topics.0.alert"),
    ],
)
def test_a_mistake_in_the_environment_names_the_variable(file: Path, variable: str, value: str, says: str) -> None:
    told = mistake(file, "", **{variable: value})
    assert told.startswith(f"{variable}: ")
    assert says in told


def test_a_password_comes_from_a_file_or_a_credential(file: Path) -> None:
    (file.parent / "secret").write_text("pass word\n")
    config = read(file, "[mail]\npassword_file = 'secret'")
    assert config.mail.password is not None
    assert config.mail.password.get_secret_value() == "pass word"
    text = "[mail]\npassword_file = '${CREDENTIALS_DIRECTORY}/secret'"
    config = read(file, text, CREDENTIALS_DIRECTORY=str(file.parent))
    assert config.mail.password is not None
    config = read(file, text)
    assert config.mail.password is None
    assert "settings.toml:2: mail.password_file: CREDENTIALS_DIRECTORY is not set" in config.warnings[0]


def test_an_empty_password_file_is_a_mistake(file: Path) -> None:
    (file.parent / "secret").write_text("\n")
    assert "is empty; write the password into it" in mistake(file, "[mail]\npassword_file = 'secret'")


def test_a_password_in_the_environment_replaces_the_files_password_file(file: Path) -> None:
    config = read(file, "[mail]\npassword_file = 'nowhere'", TIDINGS_MAIL__PASSWORD="x")
    assert config.mail.password is not None


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_a_password_that_everybody_can_read_is_warned_of(file: Path) -> None:
    file.write_text(FULL)
    file.chmod(0o644)
    assert "run chmod 600" in load(file, {}).warnings[0]
    file.chmod(0o600)
    assert load(file, {}).warnings == ()


def test_a_topic_may_have_examples_and_no_query(file: Path) -> None:
    (topic,) = read(file, "[[topics]]\nname='a'\nexamples = ['c.txt', 'https://paper.test/1']\nfollow = 'wide'").topics
    assert (topic.query, topic.examples, topic.follow) == ("", ("c.txt", "https://paper.test/1"), "wide")


def test_meaning_without_the_extra_is_warned_of(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["crawler.config.load"], "find_spec", lambda _name: None)
    config = read(file, "[crawl]\ncontact = 'x'\n[[topics]]\nname='a'\nexamples=['b']\nsemantic = true")
    (warning,) = config.warnings
    assert warning.startswith("settings.toml:6: topics.0.semantic: the extra is not installed")


def test_placeholders_are_warned_of(file: Path) -> None:
    first, second, third = read(file, "[mail]\nsmtp = 'smtps://me@h.test'").warnings
    assert "crawl.contact: write your own address" in first
    assert "you@example.org is a placeholder" in second
    assert "no password is given" in third


def test_a_password_that_would_cross_the_network_readable_is_warned_of(file: Path) -> None:
    text = "[crawl]\ncontact='x'\n[mail]\npassword='x'\nto=['a@b.test']\nsmtp = 'smtp://me@{}'"
    assert "use smtps or smtp+starttls" in read(file, text.format("mail.test")).warnings[0]
    assert read(file, text.format("localhost")).warnings == ()


def test_sections_are_made_in_code_from_typed_values() -> None:
    crawl = CrawlConfig(fastest=0.5, allow_networks=(ip_network("127.0.0.0/8"),))
    assert (crawl.fastest, crawl.every, len(crawl.allow_networks)) == (0.5, 900, 1)
    mail = MailConfig(
        from_address="a@b.test", smtp=SmtpUrl("plain", "127.0.0.1", 2525), password=None, timezone=ZoneInfo("UTC")
    )
    assert (mail.from_address, mail.timezone.key) == ("a@b.test", "UTC")
    assert Config(Path("x"), StorageConfig(path=Path("/y"))).storage.path == Path("/y")


def test_the_file_does_not_know_the_names_of_the_code(file: Path) -> None:
    assert 'there is no "from_address"' in mistake(file, "[mail]\nfrom_address = 'a@b.test'")


@settings(max_examples=60)  # each example writes a file
@given(text=st.text(max_size=60) | st.lists(st.sampled_from(FULL.splitlines())).map("\n".join))
def test_any_text_is_read_or_refused_with_a_place(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_text(text, encoding="utf-8", newline="")
    found: tuple[Mistake, ...] = ()
    try:
        load(path, {})
    except SettingsError as error:
        found = error.mistakes or (Mistake("", "", "an error without a mistake"),)
    assert [one for one in found if not (one.where.startswith("any.toml:") and one.says)] == []


_KEYS = [(section, key) for section, model in SECTIONS.items() for key in keys_of(model)]
_SCALARS = st.text(max_size=5) | st.integers(-9, 9) | st.floats() | st.booleans() | st.dates() | st.datetimes()
_VALUES = _SCALARS | st.lists(_SCALARS, max_size=2) | st.dictionaries(st.text(max_size=3), _SCALARS, max_size=2)


@settings(max_examples=60)
@given(place=st.sampled_from(_KEYS), value=_VALUES, whole=st.sampled_from(["section", "key"]))
def test_any_value_of_any_key_is_taken_or_refused_at_its_place(
    place: tuple[str, str], value: object, whole: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    section, key = place
    needed = {"sources": {"url": "https://a.test/"}, "topics": {"name": "a", "query": "b"}}
    table: dict[str, object] = {**needed.get(section, {}), key: value}
    in_its_place = [table] if section in needed else table
    path = tmp_path_factory.getbasetemp() / "value.toml"
    text = tomlkit.dumps({section: value if whole == "section" else in_its_place})
    path.write_text(text, encoding="utf-8", newline="")
    found: tuple[Mistake, ...] = ()
    try:
        load(path, {})
    except SettingsError as error:
        found = error.mistakes
    assert [one for one in found if not (one.where.startswith("value.toml:") and one.key.startswith(section))] == []


@pytest.mark.parametrize("name", ["x" * 256, "\u0434" * 128, "folder/" + "x" * 256 + "/y"])
def test_a_path_that_no_file_system_takes_is_told(file: Path, name: str) -> None:
    says = mistake(file, f'[storage]\npath = "{name}"')
    assert "storage.path" in says
    assert "more than 255 bytes" in says
    assert "more than 255 bytes" in mistake(file, f'[mail]\nmaildir = "{name}"')


def test_a_home_that_nobody_has_is_told(file: Path) -> None:
    says = mistake(file, '[mail]\npassword_file = "~nobody-of-that-name/password"')
    assert "cannot be read (No such file or directory)" in says


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("TIDINGS_CRAWL__PACE", "\udcff"),
        ("TIDINGS_MAIL__TO", "a@b.test,\udcd0@b.test"),
        ("TIDINGS_TOPICS", r'[{"name": "A", "query": "\ud800"}]'),
        ("TIDINGS_SOURCES", r'[{"\ud800": 1}]'),
    ],
)
def test_a_variable_that_is_not_utf8_is_told(file: Path, variable: str, value: str) -> None:
    assert "is not UTF-8 text" in mistake(file, "", **{variable: value})


def with_queries(file: Path, queries: str, query: str) -> Config:
    file.write_text(f"[queries]\n{queries}\n[[topics]]\nname = 'a'\nquery = '''{query}'''\n", "utf-8")
    return load(file, {}, read_query)


def test_sub_queries_are_put_into_the_topics(file: Path) -> None:
    config = with_queries(file, "children = 'child OR діти'\n'діти' = '@children kid'", "@Діти\nAND dog")
    assert config.queries == {"children": "child OR діти", "діти": "@children kid"}
    assert config.topics[0].query == "((child OR діти) kid)\nAND dog"
    assert config.topics[0].written == "@Діти\nAND dog"
    assert not [warning for warning in config.warnings if "queries" in warning]


def test_a_sub_query_that_nobody_uses_is_a_warning(file: Path) -> None:
    config = with_queries(file, "children = 'child'\nkids = 'kid OR @kid'\nkid = 'x'", "@children dog")
    assert [warning for warning in config.warnings if "queries" in warning] == [
        "settings.toml:3: queries.kids: no topic uses @kids",
        "settings.toml:4: queries.kid: no topic uses @kid",
    ]


@pytest.mark.parametrize(
    ("queries", "query", "where", "says"),
    [
        ("a = '''\ndog\n AND (x'''", "dog", "settings.toml:4: queries.a", "column 6 of this line"),
        ("a = 'x'", "dog\n  @b", "settings.toml:6: topics.0.query", "@b; there are @a"),
        ("a = '@b'\nb = '@a'", "dog", "settings.toml:2: queries.a", "@b → @a → @b"),
        ("'a b' = 'x'", "dog", "settings.toml:2: queries.a b", "letters, digits"),
        ("a = 'x'\nA = 'y'", "dog @a", "settings.toml:3: queries.A", "the same name"),
        ("a = 5", "dog", "settings.toml:2: queries.a", "write text in quotes"),
        ("a = ''", "dog", "settings.toml:2: queries.a", "empty"),
    ],
)
def test_a_mistake_in_a_sub_query_is_told_at_its_line(
    file: Path, queries: str, query: str, where: str, says: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        with_queries(file, queries, query)
    told = [str(mistake) for mistake in caught.value.mistakes]
    assert any(one.startswith(where) and says in one for one in told), told


SECRET = "whsec_" + "A" * 43


@pytest.mark.parametrize(
    ("way", "says"),
    [
        ('url = "https://hooks.example/s3cret"', "a webhook is signed with a secret"),
        ('url = "https://hooks.example/s3cret"\nsecret = "s3cret"', "no secret of Standard Webhooks"),
        ('url = "https://me:s3cret@hooks.example/"\nsecret = "whsec_x"', "names no host, a user"),
        ('url = "s3cret"', "not the address of a way"),
        ('url = "tgram://s3cret /chat"', "not the address of a way"),
        (f'url = "tgram://s3cret/chat"\nsecret = "{SECRET}"', "only webhooks"),
        ("", "it leads nowhere"),
        ('url = "https://x.example"\nurl_file = "f"', "url stands beside it"),
        ('url_file = "missing"', "cannot be read"),
    ],
)
def test_a_way_that_cannot_be_used_is_told_without_its_secrets(tmp_path: Path, way: str, says: str) -> None:
    (tmp_path / "settings.toml").write_text(f'[[ways]]\nname = "desk"\n{way}\n')
    with pytest.raises(SettingsError) as told:
        load(tmp_path / "settings.toml", {})
    assert says in str(told.value)
    assert "s3cret" not in str(told.value)


def test_a_way_takes_its_secrets_from_files_and_never_shows_them(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("https://hooks.example/s3cret\n")
    (tmp_path / "key").write_text(f"{SECRET}\n")
    (tmp_path / "settings.toml").write_text(
        '[mail]\nto = ["@desk"]\n[[ways]]\nname = "desk"\nurl_file = "url"\nsecret_file = "key"\n'
    )
    config = load(tmp_path / "settings.toml", {})
    [way] = config.ways
    assert (way.url, way.key, way.is_webhook) == ("https://hooks.example/s3cret", bytes(32), True)
    assert config.mail.to == ("@desk",)
    assert "s3cret" not in repr(config)


def test_a_recipient_that_names_no_way_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('[mail]\nto = ["@dessk"]\n')
    with pytest.raises(SettingsError, match=r'"@dessk" is none of the \[\[ways\]\] \(there are: none\)'):
        load(tmp_path / "settings.toml", {})

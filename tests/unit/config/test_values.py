"""Addresses, networks, mail servers, times of alerts."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.config.schedules import parse_alert, parse_quiet
from crawler.config.values import (
    Listen,
    SmtpUrl,
    parse_language,
    parse_listen,
    parse_mailbox,
    parse_network,
    parse_smtp,
    parse_timezone,
    parse_url,
)


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("smtp://localhost", SmtpUrl("plain", "localhost", 25)),
        ("smtp://127.0.0.1:2525/", SmtpUrl("plain", "127.0.0.1", 2525)),
        ("SMTPS://me@mail.test", SmtpUrl("tls", "mail.test", 465, "me")),
        ("smtp+starttls://me%40x.test@mail.test:25", SmtpUrl("starttls", "mail.test", 25, "me@x.test")),
        ("smtp://[::1]:25", SmtpUrl("plain", "::1", 25)),
        ("", None),
    ],
)
def test_a_mail_server_is_read(text: str, server: SmtpUrl | None) -> None:
    assert parse_smtp(text) == server


@pytest.mark.parametrize(
    "text",
    ["localhost:25", "smtp://", "http://x", "smtp://u:p@x", "smtp://x:0", "smtp://x:99999", "smtp://x/y", "smtp://x?a"],
)
def test_other_shapes_are_refused_with_the_allowed_ones(text: str) -> None:
    with pytest.raises(ValueError, match=r'write "smtp://host:25" .* "smtp\+starttls://user@host:587"'):
        parse_smtp(text)


@pytest.mark.parametrize("text", ["a@b.test", "tidings@localhost", "Оля <a@b.test>", '"O, Lia" <a.b+c@d.test>'])
def test_one_mailbox_is_taken(text: str) -> None:
    assert parse_mailbox(f" {text} ") == text


@pytest.mark.parametrize(
    "text",
    ["", "a", "a@", "@b.test", "a@b.test, c@d.test", "a@b.test c", "x: a@b.test;", "<>", "a@b..test", "a b@c.test",
     "a@b.test\r\nBcc: c@d.test", "оля@b.test", "a@дім.test", f"{'a' * 250}@b.test"],
)  # fmt: skip
def test_anything_but_one_mailbox_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"address|line break"):
        parse_mailbox(text)


@pytest.mark.parametrize(
    "text",
    ["now", "hourly", "daily 00:00", "daily 23:59", "0 8 * * *", "*/15 0-6,22 1,15 jan-mar mon-fri", "0 0 29 2 *",
     "0 0 31 2 mon", "5/10 * * * 7"],
)  # fmt: skip
def test_a_time_to_alert_is_taken(text: str) -> None:
    assert parse_alert(f" {text} ") == text


@pytest.mark.parametrize(
    "text",
    ["", "never", "daily", "daily 8:00", "daily 24:00", "daily 08:60", "* * * *", "* * * * * *", "60 * * * *",
     "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8", "5-1 * * * *", "*/0 * * * *", "a * * * *", "0 0 30 2 *",
     "0 0 31 4,6 *", "1, * * * *", "* * * * mon-", "*- * * * *", "¹ * * * *"],
)  # fmt: skip
def test_other_times_to_alert_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"daily 08:00|never comes"):
        parse_alert(text)


def test_quiet_hours_may_go_over_midnight() -> None:
    assert parse_quiet("22:00 - 07:00") == "22:00-07:00"
    assert parse_quiet("") == ""
    for text in ("22-07", "22:00", "08:00-08:00", "25:00-01:00", "1:00-2:00"):
        with pytest.raises(ValueError, match="22:00-07:00"):
            parse_quiet(text)


def test_a_network_with_an_address_inside_is_told_the_network() -> None:
    with pytest.raises(ValueError, match=r'the network is "192\.168\.0\.0/16"'):
        parse_network("192.168.3.4/16")


PARSERS: list[Callable[[object], object]] = [
    parse_alert, parse_quiet, parse_mailbox, parse_network, parse_smtp, parse_url, parse_language, parse_timezone,
]  # fmt: skip


@given(
    st.sampled_from(PARSERS),
    st.text()
    | st.text(alphabet='ab@.<>,:;"()[]/%0\\ =?-*', max_size=30)
    | st.integers()
    | st.none()
    | st.lists(st.text()),
)
def test_any_value_is_taken_or_refused_with_a_sentence(parse: Callable[[object], object], value: object) -> None:
    says = "taken, without an error"
    try:
        parse(value)
    except ValueError as error:
        says = str(error)
    assert len(says) > 15


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", None),
        ("127.0.0.1:9464", Listen("127.0.0.1", 9464)),
        ("127.8.9.10:1", Listen("127.8.9.10", 1)),
        ("localhost:65535", Listen("localhost", 65535)),
        ("[::1]:9464", Listen("::1", 9464)),
    ],
)
def test_where_the_service_answers(text: str, found: Listen | None) -> None:
    assert parse_listen(text) == found


@pytest.mark.parametrize("text", ["0.0.0.0:9464", "[::]:9464", "192.168.0.7:9464", "8.8.8.8:80", "[fe80::1]:80"])
def test_the_service_answers_to_this_machine_alone(text: str) -> None:
    with pytest.raises(ValueError, match=r"could be reached from other machines.*put a web server"):
        parse_listen(text)


@pytest.mark.parametrize("text", ["9464", ":9464", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:99999", "here:9464", "[x]:1"])
def test_what_is_no_address_and_port_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="is not an address and a port; write "):
        parse_listen(text)

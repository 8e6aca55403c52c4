"""WebSub's rules, against the Recommendation: what a feed names, what a hub may ask back, what is signed."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.push import Offer, State, Subscription, Verdict, form, is_signed, judge, net, offered, refused
from tests.stored import DAY, HOUR, NOW

URL = "https://paper.example/rss"
OFFER = Offer("https://hub.example/", URL)
KNOWN = Subscription(7, OFFER, "https://me.example/push/w", "s3cret", State.ASKED)
PUSHED = replace(KNOWN, state=State.PUSHED, until=NOW + 10 * DAY)


@pytest.mark.parametrize(
    ("headers", "links", "found"),
    [
        ([], {}, None),
        ([], {"hub": "https://hub.example/"}, None),
        ([], {"self": URL}, None),
        ([], {"hub": "https://hub.example/", "self": URL}, OFFER),
        ([], {"hub": "//hub.example/", "self": "/rss"}, OFFER),
        ([], {"hub": "javascript:alert(1)", "self": URL}, None),
        ([], {"hub": "https://a:b@hub.example/", "self": URL}, None),
        ([], {"hub": "https://hub.example:x/", "self": URL}, None),
        ([], {"hub": "http://[::1/", "self": URL}, None),
        ([f'<https://hub.example/>; rel="hub", <{URL}>; rel="self"'], {}, OFFER),
        (["<https://hub.example/>; rel=hub", f"<{URL}>; type=x; rel=SELF"], {}, OFFER),
        ([f'<https://hub.example/>; rel="hub", <{URL}>; rel="self"'], {"hub": "https://b.example", "self": URL}, OFFER),
        (['<https://hub.example/>; rel="hub"'], {"hub": "https://hub.example/", "self": URL}, OFFER),
        ([f'<https://hub.example/>; rel="preload hub", <{URL}>; rel="alternate self"'], {}, OFFER),
        ([f'<https://hub.example/>; rel="hub", <https://b.example/>; rel="hub", <{URL}>; rel="self"'], {}, OFFER),
    ],
)
def test_what_a_feed_names(headers: list[str], links: dict[str, str], found: Offer | None) -> None:
    assert offered(URL, headers, links) == found


@given(st.text(), st.text(), st.text())
def test_nothing_that_a_server_writes_breaks_it(header: str, hub: str, itself: str) -> None:
    found = offered(URL, [header, f"<{hub}>; rel=hub"], {"hub": hub, "self": itself})
    assert found is None or (found.hub.startswith("http") and found.topic.startswith("http"))


def test_what_a_hub_is_asked() -> None:
    asked = parse_qs(form(OFFER, KNOWN.callback, "s3cret", leave=False).decode())
    assert asked == {
        "hub.mode": ["subscribe"],
        "hub.topic": [URL],
        "hub.callback": [KNOWN.callback],
        "hub.secret": ["s3cret"],
        "hub.lease_seconds": ["864000"],
    }
    left = parse_qs(form(OFFER, KNOWN.callback, "s3cret", leave=True).decode())
    assert left == {"hub.mode": ["unsubscribe"], "hub.topic": [URL], "hub.callback": [KNOWN.callback]}


@pytest.mark.parametrize(
    ("told", "lease"),
    [("3600", HOUR), ("864000", 10 * DAY), ("1", timedelta(minutes=5)), ("999999999", 30 * DAY),
     ("", timedelta(minutes=5)), ("-7", timedelta(minutes=5)), ("٣٦٠٠", timedelta(minutes=5))],
)  # fmt: skip
def test_a_lease_is_kept_within_bounds_and_renewed_before_its_end(told: str, lease: timedelta) -> None:
    asked = {"hub.mode": "subscribe", "hub.topic": URL, "hub.challenge": "c", "hub.lease_seconds": told}
    verdict = judge(KNOWN, asked, NOW)
    assert verdict == Verdict(State.PUSHED, NOW + lease, NOW + lease * 0.8)


@pytest.mark.parametrize("state", list(State))
def test_only_what_was_wished_is_confirmed(state: State) -> None:
    known = replace(KNOWN, state=state)
    subscribe = judge(known, {"hub.mode": "subscribe", "hub.topic": URL, "hub.lease_seconds": "99999"}, NOW)
    leave = judge(known, {"hub.mode": "unsubscribe", "hub.topic": URL}, NOW)
    assert (subscribe is None) == (state is State.LEAVING)
    assert (leave is None) == (state is not State.LEAVING)
    assert leave is None or leave.state is None
    for mode in ("subscribe", "unsubscribe", "denied"):
        assert judge(known, {"hub.mode": mode, "hub.topic": "https://paper.example/other"}, NOW) is None
        assert judge(known, {"hub.mode": mode}, NOW) is None


def test_a_hub_that_refuses_says_why() -> None:
    verdict = judge(KNOWN, {"hub.mode": "denied", "hub.topic": URL, "hub.reason": "no\nroom"}, NOW)
    assert verdict == Verdict(State.DENIED, None, NOW + DAY, "the hub refuses: no room")


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_a_signature_fits_its_body_and_secret_alone(method: str) -> None:
    digest = hmac.new(b"s3cret", b"news", method).hexdigest()
    assert is_signed(f"{method}={digest}", "s3cret", b"news")
    assert is_signed(f"{method.upper()}={digest.upper()}", "s3cret", b"news")
    assert not is_signed(f"{method}={digest}", "s3cret", b"other news")
    assert not is_signed(f"{method}={digest}", "secret", b"news")
    assert not is_signed(f"{method}={digest[:-1]}", "s3cret", b"news")
    assert not is_signed(digest, "s3cret", b"news")


def test_weak_and_unknown_signatures_are_none() -> None:
    weak = hashlib.new("md5", b"s3cret").hexdigest()
    for signature in ("", "=", "sha256=", f"md5={weak}", "none=", "sha256=é", "shake_128=00", "sha256"):
        assert not is_signed(signature, "s3cret", b"news")


def test_a_source_that_is_pushed_is_polled_seldom_and_one_that_is_not_as_ever() -> None:
    planned = NOW + HOUR
    slow = net(planned, PUSHED, NOW, 86_400, 7)
    assert NOW + 4.5 * HOUR <= slow <= NOW + 6 * HOUR
    assert net(planned, PUSHED, NOW, 7200, 7) <= NOW + 2 * HOUR
    assert net(NOW + DAY, PUSHED, NOW, 86_400, 7) == NOW + DAY
    assert net(planned, replace(PUSHED, until=NOW + 2 * HOUR), NOW, 86_400, 7) == NOW + 2 * HOUR
    for other in (
        None,
        KNOWN,
        replace(PUSHED, until=NOW - HOUR),
        replace(PUSHED, missed=2),
        replace(PUSHED, state=State.LEAVING),
    ):
        assert net(planned, other, NOW, 86_400, 7) == planned


def test_a_hub_that_fails_is_asked_less_and_less_often() -> None:
    waits = [refused(failures, NOW) - NOW for failures in range(1, 12)]
    assert waits[:3] == [HOUR, 2 * HOUR, 4 * HOUR]
    assert waits[-1] == DAY

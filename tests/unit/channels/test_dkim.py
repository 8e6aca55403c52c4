"""Signatures as receivers read them: by the library's own verifier, with the public key where DNS would have it."""

from __future__ import annotations

import sys

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from crawler.channels.dkim import SigningError, sign, trouble
from crawler.config import SigningKey
from tests.unit.channels.keys import pem, public_record

verifier = pytest.importorskip("dkim", reason="the extra dkim is not installed")

MAIL = (
    b"From: =?utf-8?q?=D0=9E?= <t@desk.example>\r\nTo: a@x.example\r\nSubject: News\r\n"
    b"Date: Fri, 10 Oct 2025 11:20:00 +0000\r\nMessage-ID: <1.2@desk.example>\r\n"
    b"List-Unsubscribe: <https://desk.example/answer/l.1>,\r\n <mailto:x@desk.example>\r\n"
    b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nX-Other: 1\r\n\r\nOne line \r\n\r\n..\r\n"
)
PEM = "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n"


@pytest.fixture(scope="module")
def private() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def key(private: rsa.RSAPrivateKey) -> SigningKey:
    return SigningKey("desk.example", "tidings", pem(private))


def is_right(mail: bytes, private: rsa.RSAPrivateKey) -> bool:
    asked: list[bytes] = []
    try:
        right = bool(verifier.verify(mail, dnsfunc=public_record(private, asked)))
    except verifier.DKIMException:
        return False
    return right and asked == [b"tidings._domainkey.desk.example."]


def test_receivers_find_it_right(key: SigningKey, private: rsa.RSAPrivateKey) -> None:
    signed = sign(MAIL, key)
    assert signed.endswith(MAIL)
    assert is_right(signed, private)
    covered = signed.split(b"\r\nFrom:", 1)[0].lower()
    assert b"list-unsubscribe-post" in covered
    assert b"x-other" not in covered
    assert not is_right(MAIL, private)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"Subject: News", b"Subject: Other"),
        (b"One line", b"Two lines"),
        (b"answer/l.1", b"answer/l.2"),
        (b"=One-Click", b"=Two-Click"),
        (b"X-Other: 1", b"From: evil@x.example\r\nX-Other: 1"),
        (b"X-Other: 1", b"Subject: Evil\r\nX-Other: 1"),
    ],
)
def test_what_is_changed_on_the_way_is_seen(
    before: bytes, after: bytes, key: SigningKey, private: rsa.RSAPrivateKey
) -> None:
    assert not is_right(sign(MAIL, key).replace(before, after, 1), private)


def test_what_servers_may_do_does_no_harm(key: SigningKey, private: rsa.RSAPrivateKey) -> None:
    signed = sign(MAIL, key)
    assert is_right(b"Received: by x.example\r\n" + signed.replace(b"Subject: News", b"Subject:   News"), private)
    assert is_right(signed.replace(b"X-Other: 1", b"X-Other: 2"), private)


@pytest.mark.parametrize(
    "text", ["", "nonsense", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "ключ"]
)
def test_a_key_that_cannot_sign_is_told_without_it(text: str) -> None:
    says = trouble(SigningKey("desk.example", "tidings", text))
    assert "no RSA key in PEM" in says
    assert not text or text not in says


def test_without_the_library_it_names_the_extra(key: SigningKey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dkim", None)
    with pytest.raises(SigningError, match=r"tidings\[dkim\]"):
        sign(MAIL, key)


def test_no_key_shows_in_a_repr(key: SigningKey) -> None:
    assert "PRIVATE" not in repr(key)

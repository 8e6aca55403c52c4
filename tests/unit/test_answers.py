from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import Request, Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.internet.error import ConnectionDone
from twisted.python.failure import Failure
from twisted.web.client import ResponseFailed

from crawler.answers import (
    NoNetworkError,
    explain_document,
    explain_failure,
    explain_status,
    fresh_for,
    moved_to,
    retry_after,
    trouble_of,
    trouble_of_failure,
)
from crawler.model import Trouble

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
URL = "https://example.org:8443/rss?key=secret"


def answer(status: int = 200, **headers: str) -> Response:
    named = {name.replace("_", "-"): value.encode("latin-1", "replace") for name, value in headers.items()}
    return Response(URL, status=status, headers=named)


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (401, "HTTP 401 Unauthorized: it asks for a login"),
        (403, "HTTP 403 Forbidden: it refuses us; many sites block programs that are no browser"),
        (404, "HTTP 404 Not Found: there is nothing at this address"),
        (410, "HTTP 410 Gone: it is gone for good"),
        (418, "HTTP 418 I'm a Teapot"),
        (429, "HTTP 429 Too Many Requests: it was asked too often"),
        (503, "HTTP 503 Service Unavailable: the server has a problem"),
        (521, "HTTP 521: the server has a problem"),
        (299, "HTTP 299"),
    ],
)
def test_each_status_is_a_sentence(status: int, says: str) -> None:
    assert explain_status(answer(status)) == says


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (IgnoreRequest("robots.txt forbids it"), "robots.txt forbids it"),
        (IgnoreRequest(), "the request was refused"),
        (
            CannotResolveHostError("DNS"),
            "the name example.org:8443 cannot be resolved (no network, or the host is gone)",
        ),
        (DownloadTimeoutError("20.0"), "example.org:8443 did not answer in time"),
        (DownloadConnectionRefusedError("111"), "example.org:8443 refuses connections"),
        (DownloadCancelledError("10 MB"), "the document is larger than we take, or was cut off: 10 MB"),
        (
            DownloadFailedError("[('SSL', 'certificate verify failed')]"),
            "the certificate of example.org:8443 cannot be trusted: [('SSL', 'certificate verify failed')]",
        ),
        (DownloadFailedError("reset\n  by\tpeer"), "no answer from example.org:8443: reset by peer"),
        (DownloadFailedError("tlsdate.example hung up"), "no answer from example.org:8443: tlsdate.example hung up"),
        (
            DownloadFailedError("An error occurred while connecting: ::1 is barred; crawl.allow_networks allows it."),
            "::1 is barred; crawl.allow_networks allows it",
        ),
        (ValueError(), "no answer from example.org:8443: ValueError"),
        (ResponseDataLossError(), "the answer of example.org:8443 broke off"),
        (HttpError(answer(302)), "HTTP 302 Found"),
    ],
)
def test_each_failure_is_a_sentence(error: Exception, says: str) -> None:
    assert explain_failure(error, URL) == says


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        (ConnectionDone(), "Connection was closed cleanly."),
        (ValueError("non-integer status code", b"HTTP/1.1 abc"), "non-integer status code: b'HTTP/1.1 abc'"),
    ],
)
def test_an_answer_that_is_no_http_gives_its_reason_and_no_code(reason: Exception, says: str) -> None:
    cause = ResponseFailed([Failure(OSError("first")), Failure(reason)])  # type: ignore[no-untyped-call]
    error = DownloadFailedError(str(cause))
    error.__cause__ = cause
    assert explain_failure(error, URL) == f"no answer from example.org:8443: {says}"


def test_no_failure_shows_a_traceback_or_goes_on_for_ever() -> None:
    said = explain_failure(RuntimeError("broken\n" * 500), URL)
    assert "Traceback" not in said
    assert "\n" not in said
    assert len(said) < 250


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Mon, 02 Mar 2026 09:32:00 GMT", 120.0),
        ("Monday, 02-Mar-26 09:32:00 GMT", 120.0),
        ("Mon, 02 Mar 2026 11:32:00 +0200", 120.0),
        ("Mon, 02 Mar 2026 09:32:00 -0000", 120.0),
        ("Mon, 02 Mar 2026 09:00:00 GMT", 0.0),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("Mon, 32 Mar 2026 25:00:00 GMT", None),
        ("\xb2\xb3", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(text: str, seconds: float | None) -> None:
    assert retry_after(answer(503, Retry_After=text), NOW) == seconds


def test_no_retry_after_asks_for_nothing() -> None:
    assert retry_after(answer(), NOW) is None
    assert fresh_for(answer()) is None


@given(st.text())
def test_no_retry_after_is_too_strange(text: str) -> None:
    seconds = retry_after(answer(503, Retry_After=text), NOW)
    assert seconds is None or seconds >= 0


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("max-age=600", 600.0),
        ("public, Max-Age=600, must-revalidate", 600.0),
        ('max-age="600"', 600.0),
        ("s-maxage=60", None),
        ("x-max-age=60", None),
        ("s-maxage=60,max-age=5", 5.0),
        ("max-age=-1", None),
        ("max-age=", None),
        ("no-store", None),
    ],
)
def test_max_age_says_how_long_it_stays_good(text: str, seconds: float | None) -> None:
    assert fresh_for(answer(Cache_Control=text)) == seconds


@pytest.mark.parametrize(
    ("reasons", "moved"), [([301], True), ([308, 301], True), ([302], False), ([301, 302], False), ([], False)]
)
def test_only_permanent_redirects_move_a_source(reasons: list[int], moved: bool) -> None:  # noqa: FBT001
    response = answer()
    response.request = Request(URL, meta={"redirect_reasons": reasons})
    assert moved_to(response) == (URL if moved else "")


# -- what kind of trouble -----------------------------------------------------------------------------------------

CLOUDFLARE = b"<!DOCTYPE html><html><head><title>Just a moment...</title><script>window._cf_chl_opt={}</script>"
DATADOME = b"<html><head><title>example.org</title></head><body><script src='https://geo.captcha-delivery.com/c.js'>"
FRONT = b"<!doctype html><html><head><title>News</title><script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'>"


@pytest.mark.parametrize(
    ("status", "body", "headers", "trouble"),
    [
        (401, b"", {}, Trouble.REFUSED),
        (403, b"", {}, Trouble.REFUSED),
        (429, b"", {}, Trouble.REFUSED),
        (451, b"", {}, Trouble.REFUSED),
        (403, CLOUDFLARE, {}, Trouble.CHALLENGE),
        (503, CLOUDFLARE, {}, Trouble.CHALLENGE),
        (200, CLOUDFLARE, {}, Trouble.CHALLENGE),
        (403, DATADOME, {}, Trouble.CHALLENGE),
        (403, b"", {"cf_mitigated": "challenge"}, Trouble.CHALLENGE),
        (200, b"<html><title>Security check - captcha</title>", {}, Trouble.CHALLENGE),
        (200, FRONT, {}, Trouble.PAGE),
        (200, b"<html><body>Newsletter <div class='g-recaptcha'>", {}, Trouble.PAGE),
        (200, b"<rss><item><title>Captcha solved</title>", {}, Trouble.UNREADABLE),
        (200, b"{}", {}, Trouble.UNREADABLE),
        (404, FRONT, {}, Trouble.MISSING),
        (410, b"", {}, Trouble.ENDED),
        (500, b"", {}, Trouble.SERVER),
        (503, b"", {}, Trouble.SERVER),
        (418, b"", {}, Trouble.SERVER),
    ],
)
def test_an_answer_is_of_one_kind_of_trouble(
    status: int, body: bytes, headers: dict[str, str], trouble: Trouble
) -> None:
    response = answer(status, **headers).replace(body=body)
    assert trouble_of(response) is trouble
    assert ("a browser or a human" in explain_status(response)) is (trouble is Trouble.CHALLENGE)
    assert (explain_document(response, "a web page") == "a web page") is (trouble is not Trouble.CHALLENGE)


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (NoNetworkError("there seems to be no network"), Trouble.NO_NETWORK),
        (IgnoreRequest("robots.txt of example.org does not allow it"), Trouble.REFUSED),
        (IgnoreRequest("over DOWNLOAD_MAXSIZE"), Trouble.UNREADABLE),
        (CannotResolveHostError("DNS"), Trouble.NO_NAME),
        (DownloadTimeoutError("late"), Trouble.NO_ANSWER),
        (DownloadConnectionRefusedError("refused"), Trouble.NO_ANSWER),
        (DownloadCancelledError("too large"), Trouble.UNREADABLE),
        (ResponseDataLossError("cut"), Trouble.NO_ANSWER),
        (DownloadFailedError("[('SSL routines', '', 'certificate verify failed')]"), Trouble.CERTIFICATE),
        (OSError("10.0.0.5 is in a private network; crawl.allow_networks in the settings"), Trouble.REFUSED),
        (HttpError(answer(410)), Trouble.ENDED),
        (OSError(), Trouble.NO_ANSWER),
    ],
)
def test_a_failure_is_of_one_kind_of_trouble(error: BaseException, trouble: Trouble) -> None:
    assert trouble_of_failure(error) is trouble


def test_a_step_from_https_to_http_is_no_move() -> None:
    request = Request("https://example.org/rss", meta={"redirect_reasons": [301, 301]})

    def led(*hops: str) -> str:
        request.meta["redirect_urls"] = list(hops[:-1])
        return moved_to(Response(hops[-1], request=request))

    assert led("http://a.example/", "https://a.example/", "https://b.example/") == "https://b.example/"
    assert led("https://a.example/", "http://a.example/", "https://b.example/") == ""
    assert led("https://a.example/", "https://b.example/", "http://b.example/") == ""

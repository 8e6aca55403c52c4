"""What a server's answer says, in values and in sentences for people."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from itertools import pairwise
from urllib.parse import urlsplit

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError

from crawler.model import Trouble

_PERMANENT = (301, 308)
_REFUSED = (401, 402, 403, 407, 429, 451)
_CHALLENGES = re.compile(
    rb"_cf_chl_opt|cf-chl-|captcha-delivery\.com|px-captcha|incapsula incident id|gokuprops|awswafcookiedomainlist"
    rb"|<title>[^<]*(just a moment|attention required|captcha|are you (a )?(robot|human)|verify you are|ddos-guard"
    rb"|security check|access denied|bot verification|checking your browser)",
    re.IGNORECASE,
)
"""What pages of Cloudflare, DataDome, HUMAN, Imperva and AWS WAF hold that ask for a browser or a human, and their
titles. Not the scripts that these services put into ordinary pages, such as /cdn-cgi/challenge-platform."""
_CHALLENGED = "a page that asks for a browser or a human (a captcha, a Cloudflare check) stands in the way"
_PLAIN: dict[type[BaseException], str] = {
    CannotResolveHostError: "the name {host} cannot be resolved (no network, or the host is gone)",
    DownloadTimeoutError: "{host} did not answer in time",
    DownloadConnectionRefusedError: "{host} refuses connections",
    ResponseDataLossError: "the answer of {host} broke off",
}
_BOMB = "DOWNLOAD_MAXSIZE"
"""In Scrapy's own words for a document that is too large only once it is unpacked."""
_CERTIFICATE = re.compile(r"\b(certificate|tls|ssl)\b", re.IGNORECASE)
_SNIFFED = 65_536
"""Bytes of a page that are looked at for signs of a challenge."""
_ADVICE = {
    304: "it says that nothing is new, though it was not asked that way",
    401: "it asks for a login",
    403: "it refuses us; many sites block programs that are no browser",
    404: "there is nothing at this address",
    410: "it is gone for good",
    429: "it was asked too often",
}


class NoNetworkError(IgnoreRequest):
    """Nothing was asked: no name can be resolved, so it is our own network that is away."""


class HostRestsError(Exception):
    """Nothing was asked: the host said not to come back before ``seconds`` are over."""

    def __init__(self, host: str, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"{host} asked to be left alone for another {seconds:.0f} s")


def explain_status(response: Response) -> str:
    """A sentence for an answer that is no document."""
    try:
        phrase = f" {HTTPStatus(response.status).phrase}"
    except ValueError:
        phrase = ""
    if _is_challenge(response):
        return f"HTTP {response.status}{phrase}: {_CHALLENGED}"
    advice = _ADVICE.get(response.status) or ("the server has a problem" if response.status >= 500 else "")  # noqa: PLR2004
    return f"HTTP {response.status}{phrase}{': ' + advice if advice else ''}"


def explain_failure(error: BaseException, url: str) -> str:
    """A sentence for a request that got no answer."""
    host = urlsplit(url).netloc.rpartition("@")[2]  # what stands before it is a secret
    if isinstance(error, HttpError):
        return explain_status(error.response)
    if isinstance(error, IgnoreRequest):
        bomb = _BOMB in str(error)
        return "the document is larger than we take, unpacked" if bomb else str(error) or "the request was refused"
    if isinstance(error, HostRestsError):
        return str(error)
    if isinstance(error, DownloadCancelledError):
        return f"the document is larger than we take, or was cut off: {error}"
    plain = next((says for kind, says in _PLAIN.items() if isinstance(error, kind)), None)
    if plain is not None:
        return plain.format(host=host)
    said = _said(error)
    if "crawl.allow_networks" in said:  # our own AddressGuard, in Twisted's wrapping
        return said.removeprefix("An error occurred while connecting: ").removesuffix(".")
    if _CERTIFICATE.search(said):
        return f"the certificate of {host} cannot be trusted: {said[:200]}"
    return f"no answer from {host}: {said[:200] or type(error).__name__}"


def explain_document(response: Response, says: str) -> str:
    """A sentence for a document that is no feed; ``says`` is what its reader made of it."""
    return _CHALLENGED if _is_challenge(response) else says


def trouble_of(response: Response) -> Trouble:
    """What kind of failure an answer is that is no feed."""
    if _is_challenge(response):
        return Trouble.CHALLENGE
    if response.status in _REFUSED:
        return Trouble.REFUSED
    if response.status == 404:  # noqa: PLR2004
        return Trouble.MISSING
    if response.status == 410:  # noqa: PLR2004
        return Trouble.ENDED
    if response.status != 200:  # noqa: PLR2004
        return Trouble.SERVER
    return Trouble.PAGE if _is_page(response) else Trouble.UNREADABLE


def _is_challenge(response: Response) -> bool:
    if b"challenge" in (response.headers.get("cf-mitigated") or b"").lower():
        return True
    if response.status not in (200, 202, *_REFUSED, 503) or not _is_page(response):
        return False
    return _CHALLENGES.search(response.body[:_SNIFFED]) is not None


def _is_page(response: Response) -> bool:
    return bool(re.search(rb"<!doctype html|<html[\s>]|<head[\s>]|<body[\s>]", response.body[:2048], re.IGNORECASE))


def trouble_of_failure(error: BaseException) -> Trouble:
    """What kind of failure a request is that got no answer."""
    if isinstance(error, HttpError):
        return trouble_of(error.response)
    if isinstance(error, CannotResolveHostError):
        return Trouble.NO_NAME
    if isinstance(error, NoNetworkError):
        return Trouble.NO_NETWORK
    if isinstance(error, IgnoreRequest):
        return Trouble.UNREADABLE if _BOMB in str(error) else Trouble.REFUSED
    if isinstance(error, DownloadCancelledError):
        return Trouble.UNREADABLE
    said = _said(error)
    if "crawl.allow_networks" in said:
        return Trouble.REFUSED
    return Trouble.CERTIFICATE if _CERTIFICATE.search(said) else Trouble.NO_ANSWER


def _said(error: BaseException) -> str:
    """An error's own words on one line; of an answer that failed, Twisted's last reason instead of them all as code."""
    reasons = getattr(error.__cause__, "reasons", None)
    last = reasons[-1].value if reasons else error
    said = ": ".join(map(str, last.args)) if reasons else str(error)
    return re.sub(r"\s+", " ", said or str(last)).strip()


def moved_to(response: Response) -> str:
    """Where permanent redirects alone led, or nothing."""
    reasons = response.meta.get("redirect_reasons", [])
    hops = [*response.meta.get("redirect_urls", []), response.url]
    secure = [hop.startswith("https:") for hop in hops]
    # A step from https to http is nobody's move, wherever it leads in the end.
    if not reasons or any(earlier and not later for earlier, later in pairwise(secure)):
        return ""
    return response.url if all(reason in _PERMANENT for reason in reasons) else ""


def retry_after(response: Response, now: datetime) -> float | None:
    """Seconds that Retry-After asks for (RFC 9110, section 10.2.3: seconds or a date), if it does."""
    text = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if re.fullmatch(r"\d{1,9}", text):
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def fresh_for(response: Response) -> float | None:
    """Seconds that Cache-Control's max-age says the document stays good, if it does."""
    text = (response.headers.get("Cache-Control") or b"").decode("latin-1").lower()
    found = re.search(r"(?:^|[,\s])max-age=\"?(\d{1,9})", text)
    return float(found[1]) if found else None

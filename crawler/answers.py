"""What a server's answer says, in values and in sentences for people."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
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

_PERMANENT = (301, 308)
_ADVICE = {
    304: "it says that nothing is new, though it was not asked that way",
    401: "it asks for a login",
    403: "it refuses us; many sites block programs that are no browser",
    404: "there is nothing at this address",
    410: "it is gone for good",
    429: "it was asked too often",
}


def explain_status(response: Response) -> str:
    """A sentence for an answer that is no document."""
    try:
        phrase = f" {HTTPStatus(response.status).phrase}"
    except ValueError:
        phrase = ""
    advice = _ADVICE.get(response.status) or ("the server has a problem" if response.status >= 500 else "")  # noqa: PLR2004
    return f"HTTP {response.status}{phrase}{': ' + advice if advice else ''}"


def explain_failure(error: BaseException, url: str) -> str:
    """A sentence for a request that got no answer."""
    host = urlsplit(url).netloc
    if isinstance(error, HttpError):
        return explain_status(error.response)
    if isinstance(error, IgnoreRequest):
        # Scrapy's own words for a document that is too large only once it is unpacked.
        bomb = "DOWNLOAD_MAXSIZE" in str(error)
        return "the document is larger than we take, unpacked" if bomb else str(error) or "the request was refused"
    if isinstance(error, CannotResolveHostError):
        return f"the name {host} cannot be resolved (no network, or the host is gone)"
    if isinstance(error, DownloadTimeoutError):
        return f"{host} did not answer in time"
    if isinstance(error, DownloadConnectionRefusedError):
        return f"{host} refuses connections"
    if isinstance(error, DownloadCancelledError):
        return f"the document is larger than we take, or was cut off: {error}"
    if isinstance(error, ResponseDataLossError):
        return f"the answer of {host} broke off"
    said = _said(error)
    if "crawl.allow_networks" in said:  # our own AddressGuard, in Twisted's wrapping
        return said.removeprefix("An error occurred while connecting: ").removesuffix(".")
    if re.search(r"\b(certificate|tls|ssl)\b", said, re.IGNORECASE):
        return f"the certificate of {host} cannot be trusted: {said[:200]}"
    return f"no answer from {host}: {said[:200] or type(error).__name__}"


def _said(error: BaseException) -> str:
    """An error's own words on one line; of an answer that failed, Twisted's last reason instead of them all as code."""
    reasons = getattr(error.__cause__, "reasons", None)
    last = reasons[-1].value if reasons else error
    said = ": ".join(map(str, last.args)) if reasons else str(error)
    return re.sub(r"\s+", " ", said or str(last)).strip()


def moved_to(response: Response) -> str:
    """Where permanent redirects alone led, or nothing."""
    reasons = response.meta.get("redirect_reasons", [])
    return response.url if reasons and all(reason in _PERMANENT for reason in reasons) else ""


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

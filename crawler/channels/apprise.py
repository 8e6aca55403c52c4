"""Apprise: one address for each of a hundred services (chats, phones, SMS), sent by the library of that name, blocking.

The library is the extra ``apprise`` and loaded when a way asks for it. Which services there are, and how each is
addressed, is its documentation's: https://appriseit.com. No sentence repeats an address, which holds its secrets, and
nothing that the library logs gets into our log, for the same reason.
"""

from __future__ import annotations

import importlib
import json
import logging
import re
import warnings
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from crawler.channels.base import Send
from crawler.errors import PermanentDeliveryError, TemporaryDeliveryError

DEADLINE = 30.0
"""Seconds for a whole message; Apprise's own are for each read."""
_STATUS = re.compile(r"\berror\s*[=:]\s*(\d{3})\b")
_LOGGERS = ("apprise", "urllib3", "requests_oauthlib")
"""Who would log addresses."""
_ABSENT = "this way needs the library Apprise: pip install 'tidings[apprise]'"


@dataclass(frozen=True, slots=True)
class AppriseOptions:
    """Where to; it does not show in the repr."""

    url: str = field(repr=False)
    deadline: float = DEADLINE


def open_apprise(options: AppriseOptions) -> Send:
    """The channel that sends to ``options.url`` what ``crawler.alerts.message`` wrote."""
    return lambda message, recipient: notify(message, recipient, options)


def trouble(url: str) -> str:
    """Why an address cannot be used: the library is absent or does not know it; empty where all is well."""
    try:
        return "" if _service(url) is not None else "Apprise knows no service of this address"
    except ImportError:
        return _ABSENT


def notify(message: bytes, recipient: str, options: AppriseOptions) -> None:
    """Send ``message``, JSON with ``title`` and ``body``. Blocks, for ``options.deadline`` seconds at the most.

    Raises:
        PermanentDeliveryError: the address is of no service, or the message was written for a webhook.
        TemporaryDeliveryError: the service did not take it, or the library is absent.
    """
    try:
        service = _service(options.url)
    except ImportError:
        raise TemporaryDeliveryError(recipient, _ABSENT) from None
    if service is None:
        raise PermanentDeliveryError(recipient, "Apprise knows no service of this way's address")
    written = json.loads(message)
    if "body" not in written:
        raise PermanentDeliveryError(recipient, "it was written for another kind of way, which this one was")
    sender = _library().Apprise()
    sender.add(service)
    try:
        found = sender.notify(
            title=written["title"],
            body=written["body"],
            body_format="text",
            interpret_escapes=False,
            timeout=options.deadline,
            log_level=logging.WARNING,
        )
    except Exception as error:  # noqa: BLE001 - a hundred services by as many hands
        says = f"the service's part of Apprise failed ({type(error).__name__})"
        raise TemporaryDeliveryError(recipient, says) from None
    if not found:
        raise TemporaryDeliveryError(recipient, _told(found, options))


@cache
def _library() -> Any:  # noqa: ANN401 - it may not be there
    """The library.

    Raises:
        ImportError: it is not installed.
    """
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        logger.propagate = False
        logger.addHandler(logging.NullHandler())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        found = importlib.import_module("apprise")
        found.Apprise.instantiate("json://localhost")  # loads what knows the services
    return found


def _service(url: str) -> Any:  # noqa: ANN401 - of the library
    service = _library().Apprise.instantiate(url, suppress_exceptions=True)
    if service is not None and "overflow=" not in url:
        service.overflow_mode = _library().OverflowMode.TRUNCATE  # a piece of a message is better than none
    return service


def _told(found: Any, options: AppriseOptions) -> str:  # noqa: ANN401 - of the library
    """Why it was not taken, as far as that can be said without the words of a log that holds addresses."""
    if getattr(getattr(found, "status", None), "name", "") == "TIMEOUT":
        return f"the service did not finish within {options.deadline:g} s"
    for result in getattr(found, "results", ()):
        for attempt in getattr(result, "attempts", ()):
            for line in attempt.logs:
                if met := _STATUS.search(line.message):
                    return f"the service does not take it now (HTTP {met[1]})"
    return "the service does not take it now; it cannot be reached, or its address is not right"

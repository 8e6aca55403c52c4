"""Apprise as its receivers see it: the real library, and a real HTTP server behind one of its hundred services."""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from crawler.channels import apprise
from crawler.channels.apprise import AppriseOptions, notify, trouble
from crawler.errors import DeliveryError, PermanentDeliveryError, TemporaryDeliveryError
from tests.unit.channels.test_webhook import Receiver, serving

SECRET = "s3cret-t0ken"
MESSAGE = json.dumps({"title": "Діти вдома", "body": "• Восьмеро\nhttps://a.example/1\\n"}).encode()

pytest.importorskip("apprise", reason="the extra apprise is not installed")


def address(url: str) -> str:
    return f"json://{urlsplit(url).netloc}/in/{SECRET}"


@pytest.fixture
def rest() -> Iterator[list[logging.LogRecord]]:
    """What reaches the root logger. (pytest's own caplog listens to loggers that do not propagate, too.)"""
    found: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = found.append  # type: ignore[method-assign, assignment]
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield found
    root.removeHandler(handler)
    root.setLevel(before)


def test_title_and_body_arrive_as_they_were_written() -> None:
    with serving(receiver := Receiver(200)) as url:
        notify(MESSAGE, "@phone", AppriseOptions(address(url)))
    [(path, _, body)] = receiver.got
    told = json.loads(body)
    assert path == f"/in/{SECRET}"
    assert told["title"] == "Діти вдома"
    assert told["message"] == "• Восьмеро\nhttps://a.example/1\\n"


@pytest.mark.parametrize("status", [500, 403, 404])
def test_a_refusal_waits_and_says_the_status_and_no_secret(
    status: int, rest: list[logging.LogRecord], capfd: pytest.CaptureFixture[str]
) -> None:
    with serving(Receiver(status)) as url, pytest.raises(TemporaryDeliveryError, match=f"HTTP {status}") as told:
        notify(MESSAGE, "@phone", AppriseOptions(address(url)))
    said = capfd.readouterr()
    assert SECRET not in f"{told.value} {told.value.says} {said.out} {said.err}"
    assert [record.name for record in rest if record.name.startswith(("apprise", "urllib3"))] == []


def test_nobody_there_waits() -> None:
    with serving(Receiver()) as url:
        pass
    with pytest.raises(TemporaryDeliveryError, match="cannot be reached"):
        notify(MESSAGE, "@phone", AppriseOptions(address(url)))


def test_a_service_that_does_not_finish_is_left() -> None:
    began = time.monotonic()
    with serving(Receiver(wait=2)) as url:
        with pytest.raises(TemporaryDeliveryError, match=r"within 0\.2 s"):
            notify(MESSAGE, "@phone", AppriseOptions(address(url), deadline=0.2))
        assert time.monotonic() - began < 1.5


def test_an_address_of_no_service_fails_for_good() -> None:
    with pytest.raises(PermanentDeliveryError, match="knows no service"):
        notify(MESSAGE, "@phone", AppriseOptions("nonsense://x"))
    assert "knows no service" in trouble("nonsense://x")


def test_what_was_written_for_a_webhook_fails_for_good() -> None:
    with pytest.raises(PermanentDeliveryError, match="another kind"):
        notify(b'{"type": "tidings.news", "data": {"id": "1"}}', "@phone", AppriseOptions("json://127.0.0.1:9"))


def test_without_the_library_it_waits_and_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    apprise._library.cache_clear()
    monkeypatch.setitem(sys.modules, "apprise", None)
    try:
        with pytest.raises(DeliveryError, match=r"tidings\[apprise\]") as told:
            notify(MESSAGE, "@phone", AppriseOptions("json://127.0.0.1:9"))
        assert isinstance(told.value, TemporaryDeliveryError)
        assert "tidings[apprise]" in trouble("json://x")
    finally:
        apprise._library.cache_clear()


def test_no_address_shows_in_a_repr() -> None:
    assert SECRET not in repr(AppriseOptions(f"json://{SECRET}@x"))

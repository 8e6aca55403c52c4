"""What can go wrong with a source: each trouble is a failed poll with a sentence, and the others go on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from tests.feeds import RSS, Item, rss, story
from tests.program import Program
from tests.site import Answer, Host, Site

FEED = rss([Item("https://paper.example/a", "The bridge is open", story("timber"))])
HTML = "<!doctype html><html><head><title>Sign in</title></head><body><p>Cookies?</p></body></html>"
TEN_MEGABYTES = 10 * 1024 * 1024

TROUBLES: dict[str, tuple[Answer, int | None, str]] = {
    "forbidden": (Answer(status=403), 403, "HTTP 403 Forbidden: it refuses us"),
    "missing": (Answer(status=404), 404, "HTTP 404 Not Found: there is nothing"),
    "gone": (Answer(status=410), 410, "HTTP 410 Gone"),
    "login": (Answer(status=401), 401, "asks for a login"),
    "too-often": (Answer(status=429), 429, "asked too often"),
    "broken": (Answer(b"Traceback", status=500), 500, "HTTP 500 Internal Server Error: the server has a problem"),
    "unknown": (Answer(status=599), 599, "HTTP 599: the server has a problem"),
    "no-content": (Answer(status=204), 204, "HTTP 204"),
    "late": (Answer(FEED.encode(), delay=1.4), None, "did not answer in time"),
    "reset": (Answer(reset=True), None, "no answer from"),
    "web-page": (Answer(HTML.encode(), headers={"Content-Type": "text/html"}), 200, "a web page, not a feed"),
    "empty": (Answer(b""), 200, "an empty document"),
    "blank": (Answer(b" \n\t "), 200, "an empty document"),
    "json": (Answer(b'{"articles": []}'), 200, "JSON, but no JSON Feed"),
    "huge": (Answer(b"<rss>" + b" " * TEN_MEGABYTES), None, "larger than we take"),
    "huge-unpacked": (Answer(b"<rss>" + b" " * TEN_MEGABYTES, gzip=True), None, "larger than we take"),
}


def source(program: Program, number: int = 1) -> dict[str, object]:
    return dict(program.one("SELECT * FROM sources WHERE id = ?", number))


@pytest.mark.parametrize("name", ["a..example", "x" * 64 + ".example"])
def test_a_name_that_no_host_can_have_is_not_waited_for(program: Program, site: Site, name: str) -> None:
    host = site.host()
    host.redirect("/rss", f"http://{name}/", 302)
    program.settings([host.url("/rss")], crawl={"timeout": "20s"})
    began = time.monotonic()
    assert program.once().summary.failed == 1
    assert time.monotonic() - began < 10
    assert program.one("SELECT error FROM polls")[0] == f"{name} cannot be the name of a host"


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_trouble_costs_its_own_poll_and_says_why(program: Program, site: Site, trouble: str) -> None:
    answer, status, says = TROUBLES[trouble]
    bad, good = site.host(), site.host()
    bad.answers["/rss"] = answer
    program.settings([bad.url("/rss"), good.serve("/rss", FEED, headers=RSS)], crawl={"timeout": "1s"})
    done = program.once()
    assert (done.summary.polled, done.summary.failed, done.summary.saved.new) == (2, 1, 1)
    poll = program.one("SELECT * FROM polls WHERE source_id = 1")
    assert (poll["outcome"], poll["status"]) == ("failed", status)
    assert says in poll["error"]
    assert "\n" not in poll["error"]
    assert len(poll["error"]) < 500
    assert source(program)["last_error"] == poll["error"]
    assert (source(program)["failures"], source(program)["last_ok"]) == (1, None)
    assert source(program, 2)["failures"] == 0
    # A connection kept from robots.txt may break at any time, so that one is tried once more (RFC 9112, 9.3.1).
    assert len(bad.asked("/rss")) <= (2 if trouble == "reset" else 1)


def test_a_failed_poll_of_a_new_source_reads_nothing_yet(program: Program, site: Site) -> None:
    host = site.host()
    program.settings([host.serve("/rss", status=500)])
    program.once()
    assert source(program)["first_read_at"] is None


def test_a_failure_keeps_the_validators_and_the_pace(program: Program, site: Site) -> None:
    host = site.host()
    program.settings([host.serve("/rss", FEED, headers=RSS | {"ETag": '"1"'})])
    program.once()
    before = source(program)
    host.serve("/rss", HTML, headers={"ETag": '"page"'})
    program.once()
    after = source(program)
    assert [after[key] for key in ("etag", "body_hash", "interval")] == [
        before[key] for key in ("etag", "body_hash", "interval")
    ]
    host.serve("/rss", FEED, headers=RSS | {"ETag": '"1"'})
    assert program.once().summary.unchanged == 1
    assert (source(program)["failures"], source(program)["last_error"]) == (0, "")
    assert source(program)["failing_since"] is None


def waits(program: Program, polls: int) -> list[float]:
    """Seconds to the next poll after each of some polls."""
    found = []
    for _ in range(polls):
        program.once()
        found.append((datetime.fromisoformat(str(source(program)["next_poll"])) - program.now).total_seconds())
        program.later(minutes=1)
    return found


def test_failures_back_off(program: Program, site: Site) -> None:
    program.settings([site.host().serve("/rss", status=500)], crawl={"every": "10m", "slowest": "1h"})
    found = waits(program, 5)
    assert found[0] == pytest.approx(600, rel=0.06)
    assert 0.75 * 1200 <= found[1] <= 1200
    assert 0.75 * 2400 <= found[2] <= 2400
    assert all(0.75 * 3600 <= wait <= 3600 for wait in found[3:])
    assert source(program)["failures"] == 5
    assert source(program)["failing_since"] < source(program)["last_poll"]  # type: ignore[operator]


def as_seconds(_: datetime) -> str:
    return "7200"


def as_date(now: datetime) -> str:
    return (now + timedelta(hours=2)).strftime("%a, %d %b %Y %H:%M:%S GMT")


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("written", [as_seconds, as_date])
def test_retry_after_is_kept_to(program: Program, site: Site, status: int, written: Callable[[datetime], str]) -> None:
    host = site.host()
    program.settings([host.serve("/rss", status=status, headers={"Retry-After": written(program.now)})])
    assert waits(program, 1)[0] >= 7200


def test_retry_after_is_not_believed_for_ever(program: Program, site: Site) -> None:
    program.settings([site.host().serve("/rss", status=429, headers={"Retry-After": "999999999"})])
    assert waits(program, 1)[0] <= 86_400 * 1.1


def test_what_is_not_due_is_left_alone(program: Program, site: Site) -> None:
    host = site.host()
    program.settings([host.serve("/rss", FEED, headers=RSS)], crawl={"every": "10m"})
    program.once(everything=False)
    program.later(minutes=5)
    program.once(everything=False)
    assert len(host.asked("/rss")) == 1
    program.later(minutes=6)
    program.once(everything=False)
    assert len(host.asked("/rss")) == 2


def test_a_paused_source_is_left_alone(program: Program, site: Site) -> None:
    host = site.host()
    program.settings([{"url": host.serve("/rss", FEED, headers=RSS), "paused": True}])
    assert program.once().summary.polled == 0
    assert host.requests == []


def test_a_server_that_drips_is_cut_off(program: Program, site: Site) -> None:
    never = threading.Event()
    host = site.host()
    host.answers["/rss"] = Answer(FEED.encode(), until=never)
    program.settings([host.url("/rss")], crawl={"timeout": "1s"})
    assert program.once().summary.failed == 1
    never.set()


def test_a_name_that_does_not_exist(program: Program, site: Site) -> None:
    good: Host = site.host()
    program.settings(["http://paper.invalid/rss", good.serve("/rss", FEED, headers=RSS)])
    done = program.once()
    assert (done.summary.polled, done.summary.failed) == (2, 1)
    assert "cannot be resolved" in str(source(program)["last_error"])

"""Answering a mail by its links, over the endpoint's real sockets."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest

from crawler.alerts.replies import Reply
from crawler.config import Listen, ServiceConfig
from crawler.planning import Planner
from crawler.runtime import Runtime
from crawler.storage import Store
from scheduler.answer_pages import AnswerPages
from scheduler.endpoint import Endpoint
from scheduler.metrics import Metrics
from tests.stored import ANNA, BORYS, DAY, NOW, news, rows, save, settings, taken, topic

TITLE = 'Title <script>alert("x")</script> & more'


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[Runtime]:
    service = ServiceConfig(listen=Listen("127.0.0.1", 1), address="http://reports.example:8080")
    config = replace(settings(tmp_path, topic(to=(ANNA, BORYS))), service=service)
    with Store.writer(config.storage.path) as store:
        store.sources.sync(config.sources, NOW)
        store.topics.sync(config.topics, NOW)
        save(store, news(1, title=TITLE, matches=[taken(ANNA), taken(BORYS, topic="U")]))
        yield Runtime(config, store, clock=lambda: NOW)


def link(runtime: Runtime, reply: Reply, alert: int = 1, article: int = 1) -> str:
    made = runtime.replies()
    assert made is not None
    links = dict(zip((Reply.YES, Reply.NO, Reply.STORY, Reply.SOURCE), made.of_article(alert, article), strict=True))
    address = made.leaving(alert)[0] if reply is Reply.LEAVE else links[reply][1]
    return address.removeprefix("http://reports.example:8080")


def ask(runtime: Runtime, *requests: tuple[str, str] | str) -> list[tuple[int, dict[str, str], str]]:
    """The answers to (method, path) or whole requests, one connection each."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = int(found.getsockname()[1])
    answers = []

    async def main() -> None:
        server = Endpoint(Metrics(runtime), None, AnswerPages(runtime))
        await server.follow(Listen("127.0.0.1", port), runtime.config.service.address)
        for request in requests:
            text = request if isinstance(request, str) else _request(*request)
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(text.encode())
            head, _, body = (await reader.read()).decode().partition("\r\n\r\n")
            writer.close()
            first, *lines = head.split("\r\n")
            answers.append((int(first.split()[1]), dict(line.lower().split(": ", 1) for line in lines), body))
        await server.follow(None)

    asyncio.run(main())
    return answers


def _request(method: str, path: str, body: str = "") -> str:
    length = f"Content-Length: {len(body)}\r\n" if method == "POST" else ""
    return f"{method} {path} HTTP/1.1\r\nHost: reports.example:8080\r\n{length}\r\n{body}"


class Form(HTMLParser):
    """The one form of a page, as a browser would find it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action, self.tags = "", []  # type: ignore[var-annotated]
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "form":
            assert dict(attrs)["method"] == "post"
            self.action = "/answer/" + (dict(attrs)["action"] or "")


def state(runtime: Runtime) -> list[tuple[object, ...]]:
    return [
        *rows(runtime.store, "SELECT topic, article_id, belongs FROM feedback"),
        *rows(runtime.store, "SELECT recipient, topic, kind, target FROM mutes ORDER BY kind"),
        *rows(runtime.store, "SELECT recipient, topic, reason FROM stops"),
    ]


EFFECTS = {
    Reply.YES: ("T", 1, 1),
    Reply.NO: ("T", 1, 0),
    Reply.STORY: (ANNA, "T", "story", 1),
    Reply.SOURCE: (ANNA, "T", "source", 1),
    Reply.LEAVE: (ANNA, "T", "unsubscribed"),
}


@pytest.mark.parametrize("reply", list(EFFECTS))
def test_looking_changes_nothing_the_button_does_and_the_next_takes_it_back(runtime: Runtime, reply: Reply) -> None:
    path = link(runtime, reply)
    [(status, _, page), (headed, _, _), (odd, _, _)] = ask(runtime, ("GET", path), ("HEAD", path), ("PUT", path))
    assert (status, headed, odd) == (200, 200, 405)
    assert state(runtime) == []
    assert Form(page).action == path
    [(first, _, done), (second, _, _)] = ask(runtime, ("POST", path), ("POST", path))
    assert (first, second) == (200, 200)
    assert state(runtime) == [EFFECTS[reply]]
    back = Form(done).action
    assert back != path
    assert ask(runtime, ("GET", back))[0][0] == 200
    assert state(runtime) == [EFFECTS[reply]]
    assert ask(runtime, ("POST", back))[0][0] == 200
    assert state(runtime) == []


def test_what_a_stranger_wrote_is_text(runtime: Runtime) -> None:
    [(_, headers, page)] = ask(runtime, ("GET", link(runtime, Reply.NO)))
    assert "script" not in Form(page).tags
    assert "&lt;script&gt;" in page
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert (headers["x-frame-options"], headers["referrer-policy"], headers["cache-control"]) == (
        "deny",
        "no-referrer",
        "no-store",
    )
    assert "set-cookie" not in headers


def test_one_persons_link_is_not_anothers_and_no_part_may_be_changed(runtime: Runtime) -> None:
    path = link(runtime, Reply.STORY)
    forged = [
        path.replace("/answer/t.1.", "/answer/t.2."),
        path.replace("/answer/t.", "/answer/l."),
        path.replace("t.1.1.", "t.1.2."),
        re.sub(r"\.(\d{6})\.", lambda day: f".{int(day[1]) + 1}.", path),
        path[:-1] + ("A" if path[-1] != "A" else "B"),
        path + "x",
        "/answer/",
        "/answer/t.1.1.999999." + "A" * 22,
    ]
    assert {status for status, _, _ in ask(runtime, *(("POST", each) for each in forged))} == {404}
    assert state(runtime) == []


def test_a_link_ends(runtime: Runtime) -> None:
    path = link(runtime, Reply.NO)
    runtime.clock = lambda: NOW + 60 * DAY
    assert ask(runtime, ("GET", path))[0][0] == 200
    runtime.clock = lambda: NOW + 61 * DAY
    [(status, _, page)] = ask(runtime, ("POST", path))
    assert status == 404
    assert "could be used until 01 May 2026" in page
    assert state(runtime) == []


def test_a_one_click_post_of_a_mail_program_unsubscribes(runtime: Runtime) -> None:
    path = link(runtime, Reply.LEAVE)
    assert ask(runtime, _request("POST", path, "List-Unsubscribe=One-Click"))[0][0] == 200
    assert state(runtime) == [EFFECTS[Reply.LEAVE]]
    assert runtime.recipients(runtime.config.topics[0]) == (BORYS,)


def test_other_bodies_and_hosts_are_not_answered(runtime: Runtime) -> None:
    path = link(runtime, Reply.NO)
    big = _request("POST", path, "x" * 2000)
    other = f"POST {path} HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 0\r\n\r\n"
    endless = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
    assert [status for status, _, _ in ask(runtime, big, other, endless)] == [413, 421, 400]
    assert state(runtime) == []


@pytest.mark.parametrize("reply", [Reply.STORY, Reply.SOURCE])
def test_what_is_mute_is_told_to_others_and_again_after_a_week(runtime: Runtime, reply: Reply) -> None:
    ask(runtime, ("POST", link(runtime, reply)))

    def told(after: timedelta, **changes: object) -> tuple[list[str], str]:
        article = news(9, 1, **({"story_id": 1, "matches": [taken()]} | changes))
        Planner(runtime, NOW + after).plan(article, archived=False, source=1)
        [match] = article.matches
        return [alert.recipient for alert in match.alerts], match.fate

    assert told(DAY) == ([BORYS], "planned")
    assert told(8 * DAY) == ([ANNA, BORYS], "planned")
    runtime.follow(replace(runtime.config, topics=(topic(to=(ANNA,)),)))
    assert told(DAY) == ([], "muted")
    [mute] = runtime.store.wishes.mutes(NOW)
    assert (mute.recipient, mute.kind, mute.until) == (ANNA, reply.name.lower(), "2026-03-09T09:30:00Z")

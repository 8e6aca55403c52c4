"""The endpoint over real sockets: what it answers, whom, and for how long it can be held up."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from crawler.alerts.feed import feed_name
from crawler.config import Listen
from crawler.model import Outcome
from crawler.runtime import Runtime
from crawler.storage import Store
from scheduler import endpoint
from scheduler.endpoint import Endpoint
from scheduler.feeds import Feeds
from scheduler.metrics import Metrics
from tests.stored import ANNA, NOW, fetched, news, save, settings, sources, taken, topic


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[Runtime]:
    config = settings(tmp_path, topic())
    with Store.writer(config.storage.path) as store:
        store.sources.sync(config.sources, NOW)
        yield Runtime(config, store, clock=lambda: NOW)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def serve(runtime: Runtime, client: Callable[[int], Awaitable[None]]) -> Metrics:
    """Let a client talk to the endpoint on its port."""
    metrics, port = Metrics(runtime), free_port()

    async def main() -> None:
        server = Endpoint(metrics, Feeds(runtime))
        await server.follow(Listen("127.0.0.1", port))
        try:
            await client(port)
        finally:
            await server.follow(None)

    asyncio.run(main())
    return metrics


async def send(port: int, request: str | bytes) -> tuple[int, dict[str, str], str]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request if isinstance(request, bytes) else request.encode())
    answer = (await reader.read()).decode()
    writer.close()
    if not answer:
        return 0, {}, ""
    head, _, body = answer.partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    return int(first.split()[1]), dict(line.lower().split(": ", 1) for line in lines), body


def ask(runtime: Runtime, *requests: str | bytes) -> list[tuple[int, dict[str, str], str]]:
    """The answers to requests, one connection each."""
    answers: list[tuple[int, dict[str, str], str]] = []

    async def client(port: int) -> None:
        for request in requests:
            answers.append(await send(port, request))  # noqa: PERF401  (one after the other)

    serve(runtime, client)
    return answers


def get(path: str, host: str = "localhost", method: str = "GET") -> str:
    return f"{method} {path} HTTP/1.1\r\nHost: {host}\r\n\r\n"


def poll_all(runtime: Runtime) -> None:
    for due in runtime.store.sources.due(NOW):
        runtime.store_poll(due, fetched(seconds=0.3))


def test_health_is_503_until_a_source_was_read_and_then_200(runtime: Runtime) -> None:
    [(status, headers, body)] = ask(runtime, get("/health"))
    assert status == 503
    assert headers["content-type"] == "application/json"
    assert json.loads(body)["problems"] == ["no source was ever asked; is the service running?"]
    poll_all(runtime)
    [(status, _, body)] = ask(runtime, get("/health?from=probe"))
    document = json.loads(body)
    assert (status, document["well"], document["last_good_poll"]) == (200, True, "2026-03-02T09:30:00Z")


def test_head_is_answered_without_a_body(runtime: Runtime) -> None:
    poll_all(runtime)
    (status, headers, body), (_, _, whole) = ask(runtime, get("/health", method="HEAD"), get("/health"))
    assert (status, body) == (200, "")
    assert int(headers["content-length"]) == len(whole.encode())


def test_every_answer_can_do_nothing_in_a_browser(runtime: Runtime) -> None:
    for _, headers, _ in ask(runtime, get("/health"), get("/metrics"), get("/"), get("/health", host="evil.example")):
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert headers["cache-control"] == "no-store"
        assert headers["connection"] == "close"
        assert "server" not in headers


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (get("/"), 404),
        (get("/health/"), 404),
        (get("/../settings.toml"), 404),
        (get("http://localhost/health"), 404),
        (get("/HEALTH"), 404),
        (get("/health", method="POST"), 405),
        (get("/metrics", method="DELETE"), 405),
        (get("/health", host="localhost:9464"), 503),
        (get("/health", host="127.0.0.1:1"), 503),
        (get("/health", host="LOCALHOST"), 503),
        (get("/health", host="[::1]:80"), 503),
        (get("/health", host="rebound.example:9464"), 421),
        (get("/health", host="localhost.evil.example"), 421),
        (get("/health", host="127.0.0.1.evil.example"), 421),
        (get("/health", host="evil.example@localhost"), 421),
        (get("/health", host=""), 421),
        ("GET /health HTTP/1.0\r\n\r\n", 421),
        ("GET /health HTTP/1.1\r\n\r\n", 400),
        ("GET /health HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n", 400),
        ("nonsense\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
        ("GET /health HTTP/1.1\r\nHost: localhost\r\nX: " + "x" * 20_000 + "\r\n\r\n", 431),
        ("GET /" + "x" * 20_000 + " HTTP/1.1\r\nHost: localhost\r\n\r\n", 431),
        ("GET /health HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc", 503),
    ],
)
def test_requests_are_answered_as_they_deserve(runtime: Runtime, request_: str | bytes, status: int) -> None:
    [(found, _, _)] = ask(runtime, request_)
    assert found == status


def test_who_sends_or_reads_slowly_is_cut_off_and_others_are_answered(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoint, "_WITHIN", 0.6)

    async def drip(port: int) -> float:
        """A header a byte at a time, for as long as it is let: how long that was."""
        loop = asyncio.get_running_loop()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        began = loop.time()
        while not reader.at_eof() and loop.time() - began < 5:
            writer.write(b"G")
            try:
                async with asyncio.timeout(0.05):
                    await reader.read(1)
            except TimeoutError:
                continue
            except ConnectionError:
                break
        writer.close()
        return loop.time() - began

    async def client(port: int) -> None:
        slow = [asyncio.ensure_future(drip(port)) for _ in range(endpoint._MOST_OPEN - 1)]
        await asyncio.sleep(0.2)
        assert (await send(port, get("/")))[0] == 404
        assert all(0.4 < seconds < 2 for seconds in await asyncio.gather(*slow))

    serve(runtime, client)


def test_more_connections_than_it_takes_are_closed_at_once(runtime: Runtime) -> None:
    async def client(port: int) -> None:
        held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(endpoint._MOST_OPEN)]
        await asyncio.sleep(0.1)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        with suppress(ConnectionError):
            assert await asyncio.wait_for(reader.read(), 1) == b""
        for _, each in [*held, (reader, writer)]:
            each.close()
        await asyncio.sleep(0.1)
        assert (await send(port, get("/")))[0] == 404

    serve(runtime, client)


def values(metrics: Metrics) -> dict[str, float]:
    return {
        sample.name + "".join(f"{{{value}}}" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(metrics.text())
        for sample in family.samples
    }


def test_metrics_are_what_prometheus_reads(runtime: Runtime) -> None:
    metrics = Metrics(runtime)
    [first, second] = runtime.store.sources.due(NOW)
    runtime.store_poll(first, fetched(seconds=0.3), articles=(news(1, matches=[taken(ANNA)]),), entries=1)
    runtime.store_poll(second, fetched(Outcome.FAILED, error="it is gone", seconds=7.0))
    found = values(metrics)
    assert found["tidings_polls_total{ok}"] == found["tidings_polls_total{failed}"] == 1
    assert found["tidings_polls_total{unchanged}"] == 0
    assert found["tidings_articles_total{new}"] == found["tidings_matches_total"] == 1
    assert found["tidings_alerts_planned_total"] == found["tidings_alerts{waiting}"] == 1
    assert found["tidings_sources{active}"] == 2
    assert (found["tidings_poll_seconds_count"], found["tidings_poll_seconds_sum"]) == (2, 7.3)
    assert found["tidings_poll_seconds_bucket{0.5}"] == 1
    assert found["tidings_last_good_poll_timestamp_seconds"] == NOW.timestamp()
    assert "tidings_last_delivery_timestamp_seconds" not in found
    assert found["tidings_database_readable"] == 1
    assert found["tidings_database_bytes"] > 0
    assert found["process_resident_memory_bytes"] > 2**20
    assert found["process_open_fds"] > 2
    assert any(name.startswith("tidings_build_info") for name in found)
    [(status, headers, _)] = ask(runtime, get("/metrics"))
    assert (status, headers["content-type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")


def test_how_late_the_loop_is_is_a_metric(runtime: Runtime) -> None:
    metrics = Metrics(runtime)
    assert values(metrics)["tidings_loop_lag_max_seconds"] == 0
    for seconds in (0.001, 0.04, 0.3):
        metrics.late(seconds)
    found = values(metrics)
    assert found["tidings_loop_lag_max_seconds"] == 0.3
    assert found["tidings_loop_lag_seconds_bucket{0.005}"] == 1
    assert found["tidings_loop_lag_seconds_bucket{0.05}"] == 2
    assert found["tidings_loop_lag_seconds_count"] == 3


def test_a_database_that_cannot_be_read_is_told_not_raised(runtime: Runtime) -> None:
    runtime.store.path.unlink()
    metrics = Metrics(runtime)
    well, document = metrics.health()
    assert not well
    assert "there is no database yet" in json.loads(document)["problems"][0]
    assert values(metrics)["tidings_database_readable"] == 0


def test_no_part_of_a_private_address_is_told(tmp_path: Path) -> None:
    config = settings(tmp_path, topic())
    secret = replace(sources(1)[0], url="https://desk.example/rss?token=s3cret", name="")
    config = replace(config, sources=(secret,))
    with Store.writer(config.storage.path) as store:
        store.sources.sync(config.sources, NOW)
        runtime = Runtime(config, store, clock=lambda: NOW)
        for _ in range(3):
            [due] = store.sources.due(NOW, everything=True)
            runtime.store_poll(due, fetched(Outcome.FAILED, error="HTTP 403 Forbidden", status=403))
        answers = ask(runtime, get("/health"), get("/metrics"))
    assert json.loads(answers[0][2])["failing"][0]["name"] == "desk.example"
    assert "s3cret" not in str(answers)


def test_a_port_that_is_taken_is_told_and_stops_nothing(runtime: Runtime, caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        with socket.socket() as taken_already:
            taken_already.bind(("127.0.0.1", 0))
            taken_already.listen()
            port = taken_already.getsockname()[1]
            await Endpoint(Metrics(runtime)).follow(Listen("127.0.0.1", port))
            assert f"nothing answers at 127.0.0.1:{port}" in caplog.text

    asyncio.run(main())


def test_a_feed_is_answered_and_not_sent_again_to_who_has_it(runtime: Runtime) -> None:
    runtime.store.topics.sync(runtime.config.topics, NOW)
    save(runtime.store, news(1, matches=[taken(ANNA)]))
    path = f"/topics/{feed_name('T')}.atom"
    [(status, headers, body), (_, _, listed)] = ask(runtime, get(path), get("/topics"))
    assert (status, headers["content-type"]) == (200, "application/atom+xml; charset=utf-8")
    assert "Article 1" in body
    assert path in listed
    assert headers["cache-control"] == "no-cache"
    tag, since = f'If-None-Match: W/{headers["etag"]}, "x"', "If-Modified-Since: Mon, 02 Mar 2026 09:30:00 GMT"
    old = "If-Modified-Since: Mon, 02 Mar 2026 09:00:00 GMT"
    answers = [
        (status, body)
        for status, _, body in ask(
            runtime,
            *(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{each}\r\n\r\n" for each in (tag, since, old)),
            f'GET {path} HTTP/1.1\r\nHost: localhost\r\n{since}\r\nIf-None-Match: "x"\r\n\r\n',
        )
    ]
    assert [status for status, _ in answers] == [304, 304, 200, 200]
    assert answers[0][1] == ""


@pytest.mark.parametrize("path", ["/topics/none.atom", "/topics/../health", "/topics/t", "/topicsx"])
def test_other_feeds_there_are_none(runtime: Runtime, path: str) -> None:
    assert [status for status, _, _ in ask(runtime, get(path))] == [404]

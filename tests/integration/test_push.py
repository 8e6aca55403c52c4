"""The real service and a hub on loopback: subscribed, confirmed, pushed, lied to, started again, left."""

from __future__ import annotations

import hmac
import signal
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlencode

import pytest
import tomlkit

from tests.feeds import RSS, Item, rss, story
from tests.program import Folder, tidings, wait_until
from tests.running import Running
from tests.site import Answer, Asked, Host, Site

TOPIC = {"name": "Ferries", "query": "ferry"}


class Hub:
    """A hub that takes every wish, and asks back or sends when the test says so."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.wishes: list[dict[str, str]] = []
        host.answers["/hub"] = self._take
        self.url = host.url("/hub")

    def _take(self, asked: Asked) -> Answer:
        self.wishes.append({name: values[0] for name, values in parse_qs(asked.body.decode()).items()})
        return Answer(status=202)

    def wished(self, mode: str, *, after: int = 0) -> dict[str, str]:
        """The next wish of a kind."""
        wait_until(
            lambda: any(wish["hub.mode"] == mode for wish in self.wishes[after:]), f"a wish to {mode}", within=40
        )
        return next(wish for wish in self.wishes[after:] if wish["hub.mode"] == mode)

    def ask_back(self, wish: dict[str, str], **changes: str) -> tuple[int, bytes]:
        fields = {"hub.mode": wish["hub.mode"], "hub.topic": wish["hub.topic"], "hub.challenge": "sesame"}
        fields |= {"hub.lease_seconds": "86400"} | {f"hub.{name}": value for name, value in changes.items()}
        return _open(urllib.request.Request(f"{wish['hub.callback']}?{urlencode(fields)}"))

    def send(self, wish: dict[str, str], body: str, *, secret: str | None = None) -> int:
        data = body.encode()
        key = wish["hub.secret"] if secret is None else secret
        signature = "sha512=" + hmac.new(key.encode(), data, "sha512").hexdigest()
        headers = {"Content-Type": "application/rss+xml", "X-Hub-Signature": signature}
        return _open(urllib.request.Request(wish["hub.callback"], data, headers))[0]


def _open(request: urllib.request.Request) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def _port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _settings(folder: Folder, sources: list[str], port: int) -> None:
    folder.settings(sources, [TOPIC], crawl={"every": "1h", "fastest": "1h", "slowest": "1d"})
    document = tomlkit.parse(folder.path.read_text())
    document["service"] = {"listen": f"127.0.0.1:{port}"}
    document["push"] = {"address": f"http://127.0.0.1:{port}"}
    folder.path.write_text(tomlkit.dumps(document))


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.fixture
def services(folder: Folder) -> Iterator[list[Running]]:
    started: list[Running] = []
    yield started
    for each in started:
        each.process.kill()
        each.process.wait(10)


def _item(host: Host, name: str) -> Item:
    return Item(host.url(f"/{name}"), f"The ferry {name}", story(f"ferry {name}"))


def test_a_feed_is_pushed_from_the_wish_to_the_farewell(folder: Folder, site: Site, services: list[Running]) -> None:
    host, hub, port = site.host(), Hub(site.host()), _port()
    other = site.host().serve("/rss", rss([_item(host, "other")]), headers=RSS)
    url = host.url("/rss")
    links = {"Link": f'<{hub.url}>; rel="hub", <{url}>; rel="self"'}
    host.serve("/rss", rss([_item(host, "one")]), headers={**RSS, **links})
    _settings(folder, [url, other], port)

    services.append(Running(folder))
    wish = hub.wished("subscribe")
    assert wish["hub.topic"] == url
    assert hub.ask_back(wish, topic="http://evil.example/") == (404, b"nobody here wished that\n")
    assert hub.ask_back(wish) == (200, b"sesame")
    shown = tidings("--settings", str(folder.path), "sources", "show", url)
    assert f"pushed by {hub.url} until" in shown.out

    assert hub.send(wish, rss([_item(host, "forged")]), secret="guessed") == 202
    assert hub.send(wish, rss([_item(host, "two")])) == 202
    wait_until(lambda: folder.count("articles") == 3, "what was pushed to be stored")
    told = "The ferry two"
    wait_until(lambda: any(told in str(mail["Subject"]) for mail in folder.mails()), "the mail about it", within=30)
    assert [row["title"] for row in folder.rows("SELECT title FROM articles WHERE title LIKE '%forged%'")] == []
    row = folder.one("SELECT * FROM polls WHERE status IS NULL")
    assert (row["outcome"], row["new"]) == ("ok", 1)
    assert len(host.asked("/rss")) == 1, "nobody asked for it"

    services[0].tell(signal.SIGTERM)
    assert services[0].ends(within=15) == 0
    services.append(Running(folder))
    services[1].ready()
    assert hub.send(wish, rss([_item(host, "three"), _item(host, "two")])) == 202
    wait_until(lambda: folder.count("articles") == 4, "what was pushed after a restart to be stored")
    assert folder.rows("SELECT * FROM conditions WHERE condition = 'rolled over'") == []

    before = len(hub.wishes)
    _settings(folder, [other], port)
    services[1].tell(signal.SIGHUP)
    farewell = hub.wished("unsubscribe", after=before)
    assert hub.ask_back(farewell) == (200, b"sesame")
    assert hub.send(wish, rss([_item(host, "four")])) in (202, 413)
    assert folder.count("pushes") == 0


def test_a_hub_in_a_private_network_is_out_of_reach(folder: Folder, site: Site, services: list[Running]) -> None:
    host, port = site.host(), _port()
    url = host.url("/rss")
    atom_links = '<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="hub" href="http://10.0.0.1/hub"/>'
    atom_links += f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="self" href="{url}"/>'
    host.serve("/rss", rss([_item(host, "one")]).replace("<channel>", f"<channel>{atom_links}"), headers=RSS)
    _settings(folder, [url], port)
    services.append(Running(folder))
    services[0].ready()
    wait_until(
        lambda: folder.rows("SELECT says FROM pushes WHERE says LIKE '%10.0.0.1 is in a private network%'"),
        "the hub to be refused", within=40,
    )  # fmt: skip
    shown = tidings("--settings", str(folder.path), "sources", "show", url, "--json")
    assert shown.json["hub"]["state"] == "offered"
    assert any("does not push it: 10.0.0.1 is in a private network" in line for line in shown.json["pace"])

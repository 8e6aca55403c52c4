"""What a case is: who answers what, and how it may end."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from html import escape

READ, FAILED, REFUSED = "read", "failed", "refused"
"""The document was read; the poll ended with a sentence; it ended with the sentence of the address guard."""
ENDED = frozenset({READ, FAILED})
"""Either will do: what counts is that it costs nothing else."""
SECRET = "CANARY-SECRET"
"""What the canary answers; it must never be found in the database."""


@dataclass
class Talk:
    """One request, and the connection to answer it on."""

    socket: socket.socket
    method: str
    path: str
    headers: dict[str, str]
    """By lower-case name."""
    base: str
    """This case's own origin, such as ``http://127.1.0.7:8123``."""
    port: int
    nth: int
    """How often this path was asked for, this time included."""

    def send(self, data: bytes) -> None:
        """Bytes as they are."""
        self.socket.sendall(data)

    def answer(
        self,
        body: bytes | str = b"",
        *,
        kind: str = "application/rss+xml",
        status: int = 200,
        headers: Iterable[tuple[str, str]] = (),
    ) -> None:
        """A well-formed answer."""
        data = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
        lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(data)}", "Connection: close"]
        lines += [f"Content-Type: {kind}"] if kind else []
        lines += [f"{name}: {value}" for name, value in headers]
        self.send("\r\n".join((*lines, "", "")).encode("utf-8") + data)


Answer = Callable[[Talk], None]


@dataclass(frozen=True)
class Case:
    """One thing that strangers may do."""

    name: str
    family: str
    paths: dict[str, Answer]
    """What answers which path; 404 otherwise."""
    outcomes: frozenset[str] = ENDED
    most: int = 2000
    """Articles that may come of it."""
    least: int = 0
    url: str = "http://{host}:{port}/feed"
    """The source's address; ``{host}`` is this case's own address."""
    tls: str = ""
    """Kind of certificate (``wire.Certificates``); empty for plain HTTP."""
    alone: bool = False
    """It takes much time or memory: a run of its own, so that neither hides in another's."""
    polls: int = 1
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Answers of the name server: one after the other, the last for ever; ``{host}`` is this case's own address."""
    forbidden: tuple[str, ...] = ()
    """Texts that may stand nowhere in the database."""
    in_sample: bool = False
    """It stands for its family in the normal suite."""


def item(number: int, *, title: str = "", link: str = "", extra: str = "") -> str:
    """One harmless entry of a feed."""
    link = link or f"https://paper.example/{number}"
    return (
        f"<item><title>{title or f'Report number {number} of the harbour'}</title><link>{escape(link)}</link>"
        f"<guid isPermaLink='false'>guid-{number}</guid>{extra}</item>"
    )


def feed(items: str = "", *, head: str = "", prologue: str = '<?xml version="1.0"?>') -> str:
    """An RSS document around items."""
    return f"{prologue}<rss version='2.0'><channel><title>A paper</title>{head}{items or item(1)}</channel></rss>"


def text(body: bytes | str, kind: str = "application/rss+xml", **more: str) -> Answer:
    """Always the same document."""
    return lambda talk: talk.answer(body, kind=kind, headers=[(k.replace("_", "-"), v) for k, v in more.items()])


def raw(data: bytes, *, close: bool = True) -> Answer:
    """These bytes and nothing else."""

    def answer(talk: Talk) -> None:
        talk.send(data)
        if not close:
            talk.socket.settimeout(60)
            talk.socket.recv(1)

    return answer


def redirect(to: str, status: int = 302) -> Answer:
    """To another address; ``{base}`` and ``{port}`` are filled in."""
    return lambda talk: talk.answer(
        status=status, headers=[("Location", to.replace("{base}", talk.base).replace("{port}", str(talk.port)))]
    )

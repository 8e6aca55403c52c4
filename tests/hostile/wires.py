"""Families of the wire: sizes, compression, slowness, headers, lengths, robots.txt, TLS."""

from __future__ import annotations

import functools
import gzip
import socket
import struct
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.hostile.case import ENDED, FAILED, READ, Answer, Case, Talk, feed, item, raw, redirect, text

MIB = 1 << 20
GOOD = text(feed(item(1)))
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"


def endless(chunk: bytes, *, total: int, head: bytes = _HEAD + b"\r\n", pause: float = 0.0) -> Answer:
    """A head and then a chunk over and over, up to so many bytes."""

    def answer(talk: Talk) -> None:
        talk.send(head)
        for _ in range(0, total, len(chunk)):
            talk.send(chunk)
            if pause:
                time.sleep(pause)

    return answer


def silent(talk: Talk) -> None:
    """Take the request and say nothing."""
    talk.socket.settimeout(70)
    talk.socket.recv(1)


def reset(after: bytes = b"") -> Answer:
    """Break the connection off with a reset."""

    def answer(talk: Talk) -> None:
        talk.send(after)
        talk.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        talk.socket.close()

    return answer


@functools.cache
def zeros_gzip(mib: int, rounds: int = 1) -> bytes:
    """A feed's beginning and so many MiB of blanks, compressed so often."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    out = [packer.compress(b"<rss version='2.0'><channel>")]
    out += [packer.compress(b" " * MIB) for _ in range(mib)]
    data = b"".join((*out, packer.flush()))
    for _ in range(rounds - 1):
        data = gzip.compress(data)
    return data


@functools.cache
def packed(kind: str, mib: int) -> bytes:
    """So many MiB of blanks."""
    if kind == "br":
        import brotli  # type: ignore[import-untyped]  # noqa: PLC0415

        packer = brotli.Compressor(quality=5)
        return b"".join(packer.process(b" " * MIB) for _ in range(mib)) + bytes(packer.finish())
    if kind == "zstd":
        from backports import zstd  # noqa: PLC0415

        press = zstd.ZstdCompressor()
        return b"".join(press.compress(b" " * MIB) for _ in range(mib)) + press.flush()
    flat = zlib.compressobj(9, zlib.DEFLATED, -15 if kind == "raw" else 15)
    return b"".join(flat.compress(b" " * MIB) for _ in range(mib)) + flat.flush()


@dataclass(frozen=True)
class encoded:  # noqa: N801  (used as the functions beside it are)
    """An answer whose body says how it is compressed; made before the run begins, since that takes us time."""

    kind: str
    prepare: Callable[[], bytes]

    def __call__(self, talk: Talk) -> None:
        talk.answer(self.prepare(), headers=[("Content-Encoding", self.kind)])


def sizes() -> Iterator[Case]:
    """Bodies that are too large, whether they say so or not."""
    no, big = frozenset({FAILED}), b"<a>" + b"x" * (MIB - 3)
    chunked = _HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    chunk = b"100000\r\n" + b"x" * MIB + b"\r\n"
    lying = _HEAD + b"Content-Length: %d\r\n\r\n"
    yield Case("body_2gb", "size", {"/feed": endless(big, total=2048 * MIB)}, no, alone=True)
    yield Case("body_2gb_chunked", "size", {"/feed": endless(chunk, total=2048 * MIB, head=chunked)}, no, alone=True)
    yield Case("body_500mb_xml", "size", {"/feed": endless(item(1).encode() * 9000, total=500 * MIB)}, no, alone=True)
    yield Case("body_20mb", "size", {"/feed": endless(big, total=20 * MIB)}, no, in_sample=True)
    for size in (11 * MIB, 1 << 32, (1 << 63) - 1, 1 << 64, 10**30):
        yield Case(f"length_{size:.0e}", "size", {"/feed": raw(lying % size + b"<rss/>", close=False)}, no)
    yield Case("body_empty", "size", {"/feed": text(b"")}, no)
    yield Case("body_blank", "size", {"/feed": text(b" " * MIB)}, no)
    yield Case("body_one_byte", "size", {"/feed": text(b"<")}, no)
    yield Case("body_nul", "size", {"/feed": text(b"\0" * MIB)}, no)
    yield Case("body_9mb_of_tags", "size", {"/feed": text(b"<rss>" + b"<a/>" * (9 * MIB // 4))}, alone=True)
    yield Case("body_9mb_one_line", "size", {"/feed": text(feed(item(1, title="x" * 9 * MIB)))}, alone=True)


def bombs() -> Iterator[Case]:
    """Little that becomes much."""
    no = frozenset({FAILED})
    yield Case("bomb_gzip", "bomb", {"/feed": encoded("gzip", lambda: zeros_gzip(1024))}, no, alone=True)
    yield Case("bomb_gzip_20", "bomb", {"/feed": encoded("gzip", lambda: zeros_gzip(20))}, no, in_sample=True)
    yield Case("bomb_xgzip", "bomb", {"/feed": encoded("x-gzip", lambda: zeros_gzip(64))}, no)
    for rounds in (2, 3, 5):
        said = ", ".join(["gzip"] * rounds)
        body = functools.partial(zeros_gzip, 256, rounds)
        yield Case(f"bomb_gzip_{rounds}_times", "bomb", {"/feed": encoded(said, body)}, no, alone=rounds == 3)
        yield Case(f"bomb_gzip_{rounds}_unsaid", "bomb", {"/feed": encoded("gzip", body)})
    for kind, said in (("zlib", "deflate"), ("raw", "deflate"), ("br", "br"), ("zstd", "zstd")):
        body = functools.partial(packed, kind, 512)
        yield Case(f"bomb_{kind}", "bomb", {"/feed": encoded(said, body)}, alone=kind in ("br", "zstd"))
    small = gzip.compress(feed().encode())
    yield Case("gzip_good", "bomb", {"/feed": encoded("gzip", lambda: small)}, frozenset({READ}), 1, 1)
    yield Case("gzip_cut", "bomb", {"/feed": encoded("gzip", lambda: small[:-20])})
    yield Case("gzip_bad_sum", "bomb", {"/feed": encoded("gzip", lambda: small[:-8] + b"\0" * 8)})
    yield Case("gzip_garbage_after", "bomb", {"/feed": encoded("gzip", lambda: small + b"garbage" * 1000)})
    yield Case("gzip_many_members", "bomb", {"/feed": encoded("gzip", lambda: small + gzip.compress(b"") * 200_000)})
    for said in ("gzip", "deflate", "br", "zstd", "compress", "identity", "bzip2", "x" * 1000, "gzip," * 500):
        whole = feed().encode
        yield Case(f"encoding_lie_{said[:9]}_{len(said)}", "bomb", {"/feed": encoded(said, whole)})


def slow() -> Iterator[Case]:
    """Answers that take for ever."""
    no = frozenset({FAILED})
    drip = functools.partial(endless, total=3000, pause=0.25)
    bodies: dict[str, Answer] = {
        "silent": silent,
        "status_drip": drip(b"H", head=b""),
        "header_drip": drip(b"X: a\r\n", head=b"HTTP/1.1 200 OK\r\n"),
        "header_byte_drip": drip(b"x", head=b"HTTP/1.1 200 OK\r\nX: "),
        "body_drip": drip(b"x", head=_HEAD + b"\r\n<rss>"),
        "body_drip_length": drip(b"x", head=_HEAD + b"Content-Length: 3000\r\n\r\n"),
        "chunk_drip": drip(b"1\r\nx\r\n", head=_HEAD + b"Transfer-Encoding: chunked\r\n\r\n"),
        "chunk_size_drip": drip(b"0", head=_HEAD + b"Transfer-Encoding: chunked\r\n\r\n"),
        "trailer_drip": drip(b"X: y\r\n", head=_HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n"),
        "continue_flood": endless(b"HTTP/1.1 100 Continue\r\n\r\n", total=10**9, head=b"", pause=0.01),
        "half_then_silence": raw(_HEAD + b"Content-Length: 5000\r\n\r\n<rss", close=False),
        "head_then_silence": raw(_HEAD + b"Content-Length: 5000\r\n\r\n", close=False),
        "switching": raw(b"HTTP/1.1 101 Switching Protocols\r\n\r\n", close=False),
        "keep_open": raw(_HEAD + b"\r\n" + feed().encode(), close=False),
    }
    for name, answer in bodies.items():
        yield Case(f"slow_{name}", "slow", {"/feed": answer}, no, in_sample=name in ("silent", "body_drip"))
    wait = {f"/{n}": slow_redirect(n) for n in range(12)}
    yield Case("slow_redirects", "slow", {"/feed": redirect("{base}/0"), **wait}, no, in_sample=True)
    yield Case("slow_then_good", "slow", {"/feed": later(1.0, GOOD)}, frozenset({READ}), 1, 1, in_sample=True)


def slow_redirect(number: int) -> Answer:
    """After three seconds, to the next one."""
    return later(3.0, redirect(f"{{base}}/{number + 1}"))


def later(seconds: float, then: Answer) -> Answer:
    """The same, but after a while."""

    def answer(talk: Talk) -> None:
        time.sleep(seconds)
        then(talk)

    return answer


def headers() -> Iterator[Case]:
    """Heads and lengths that no server should send."""
    body = feed().encode()
    ok = b"HTTP/1.1 200 OK\r\n"
    length = b"Content-Length: %d\r\n" % len(body)
    heads: dict[str, bytes] = {
        "many": ok + b"".join(b"X-%d: y\r\n" % n for n in range(100_000)) + length + b"\r\n" + body,
        "cookies": ok + b"Set-Cookie: a=b\r\n" * 50_000 + length + b"\r\n" + body,
        "folded": ok + b"X: a\r\n" + b" more\r\n" * 50_000 + length + b"\r\n" + body,
        "no_colon": ok + b"nonsense\r\n" + length + b"\r\n" + body,
        "empty_name": ok + b": x\r\n" + length + b"\r\n" + body,
        "nul": ok + b"X: a\0b\r\n" + length + b"\r\n" + body,
        "not_ascii": ok + 'X: ж\r\nETag: "ж"\r\n'.encode() + length + b"\r\n" + body,
        "bare_lf": b"HTTP/1.1 200 OK\nContent-Length: %d\n\n" % len(body) + body,
        "two_lengths": ok + length + b"Content-Length: 5\r\n\r\n" + body,
        "length_text": ok + b"Content-Length: many\r\n\r\n" + body,
        "length_negative": ok + b"Content-Length: -1\r\n\r\n" + body,
        "length_plus": ok + b"Content-Length: +5\r\n\r\n" + body,
        "length_short": ok + b"Content-Length: 20\r\n\r\n" + body,
        "length_long": ok + b"Content-Length: 90000\r\n\r\n" + body,
        "length_and_chunked": ok + length + b"Transfer-Encoding: chunked\r\n\r\n" + body,
        "chunk_size_bad": ok + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n",
        "chunk_size_negative": ok + b"Transfer-Encoding: chunked\r\n\r\n-5\r\nabc\r\n",
        "chunk_size_huge": ok + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 40 + b"\r\nabc\r\n",
        "chunk_no_end": ok + b"Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n",
        "chunk_extension": ok + b"Transfer-Encoding: chunked\r\n\r\n5;" + b"x" * 500_000 + b"\r\nabcde\r\n0\r\n\r\n",
        "te_unknown": ok + b"Transfer-Encoding: gzip, x\r\n\r\n" + body,
        "http_09": body,
        "http_2": b"HTTP/2 200\r\n\r\n" + body,
        "http_preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "status_none": b"HTTP/1.1\r\n\r\n" + body,
        "status_text": b"HTTP/1.1 OK OK\r\n\r\n" + body,
        "status_999": b"HTTP/1.1 999 Denied\r\n" + length + b"\r\n" + body,
        "status_000": b"HTTP/1.1 000 x\r\n" + length + b"\r\n" + body,
        "status_99999": b"HTTP/1.1 99999 x\r\n" + length + b"\r\n" + body,
        "status_204": b"HTTP/1.1 204 None\r\n\r\n",
        "status_205": b"HTTP/1.1 205 Reset\r\n" + length + b"\r\n" + body,
        "status_206": b"HTTP/1.1 206 Part\r\nContent-Range: bytes 0-5/100\r\n" + length + b"\r\n" + body,
        "status_304": b"HTTP/1.1 304 Not Modified\r\n\r\n",
        "ssh": b"SSH-2.0-OpenSSH_9.2\r\n",
        "smtp": b"220 mail.example ESMTP\r\n",
        "nothing": b"",
        "binary": bytes(range(256)) * 4000,
        "etag_long": ok + b'ETag: "' + b"e" * 12_000 + b'"\r\n' + length + b"\r\n" + body,
        "retry_after_text": b"HTTP/1.1 429 Slow\r\nRetry-After: " + b"9" * 400 + b"\r\nContent-Length: 0\r\n\r\n",
        "retry_after_far": b"HTTP/1.1 503 X\r\nRetry-After: Fri, 31 Dec 9999 23:59:59 -9999\r\n\r\n",
        "max_age_far": ok + b"Cache-Control: max-age=99999999999999999999\r\n" + length + b"\r\n" + body,
    }
    for name, data in heads.items():
        yield Case(f"head_{name}", "head", {"/feed": raw(data)}, in_sample=name in ("many", "binary", "http_09"))
    line = endless(b"x" * MIB, total=1024 * MIB, head=ok + b"X: ")
    yield Case("head_1gb_line", "head", {"/feed": line}, frozenset({FAILED}), alone=True)
    flood = endless(b"X-Flood: " + b"x" * 1000 + b"\r\n", total=1024 * MIB, head=ok)
    yield Case("head_1gb_of_headers", "head", {"/feed": flood}, frozenset({FAILED}), alone=True)
    yield Case("status_1gb_line", "head", {"/feed": endless(b"x" * MIB, total=1024 * MIB, head=b"HTTP/1.1 200 ")},
               frozenset({FAILED}), alone=True)  # fmt: skip
    flood = endless(b"HTTP/1.1 100 C\r\n\r\n" * 1000, total=1024 * MIB, head=b"")
    yield Case("continues_1gb", "head", {"/feed": flood}, frozenset({FAILED}), alone=True)
    ended = ok + b"Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n"
    flood = endless(b"X-Trailer: " + b"x" * 1000 + b"\r\n", total=1024 * MIB, head=ended)
    yield Case("trailers_1gb", "head", {"/feed": flood}, frozenset({FAILED}), alone=True)
    flood = endless(b"X: y\r\n" * 10_000, total=20 * MIB, head=ok)
    yield Case("head_20mb", "head", {"/feed": flood}, frozenset({FAILED}), in_sample=True)  # fmt: skip
    yield Case("reset_at_once", "head", {"/feed": reset()}, frozenset({FAILED}))
    yield Case("reset_in_head", "head", {"/feed": reset(b"HTTP/1.1 200 O")}, frozenset({FAILED}))
    yield Case("reset_in_body", "head", {"/feed": reset(_HEAD + b"Content-Length: 500\r\n\r\n<rss>")},
               frozenset({FAILED}), in_sample=True)  # fmt: skip


def robots() -> Iterator[Case]:
    """robots.txt that is no robots.txt."""
    lines = b"User-agent: *\nDisallow: /private\n"
    plain = functools.partial(text, kind="text/plain")
    answers: dict[str, Answer] = {
        "silent": silent,
        "drip": endless(b"x", total=3000, pause=0.25, head=b"HTTP/1.1 200 OK\r\n\r\n"),
        "bomb": encoded("gzip", lambda: zeros_gzip(512)),
        "binary": raw(b"HTTP/1.1 200 OK\r\n\r\n" + bytes(range(256)) * 3000),
        "rules_500k": plain(b"User-agent: *\n" + b"Disallow: /x\n" * 40_000),
        "agents_500k": plain(b"User-agent: a\n" * 36_000 + b"Disallow: /\n"),
        "wildcards": plain(b"User-agent: *\nDisallow: /" + b"*a" * 20_000 + b"$\n"),
        "wildcards_many": plain(b"User-agent: *\n" + b"Disallow: /*f*e*e*d*x*y*z$\n" * 15_000),
        "one_line": plain(b"Disallow: " + b"x" * 9_000_000),
        "sitemaps": plain(b"Sitemap: http://127.0.0.1:{port}/\n" * 10_000),
        "delay_endless": plain(b"User-agent: *\nCrawl-delay: 999999999\n"),
        "delay_inf": plain(b"User-agent: *\nCrawl-delay: inf\n"),
        "delay_nan": plain(b"User-agent: *\nCrawl-delay: nan\n"),
        "delay_negative": plain(b"User-agent: *\nCrawl-delay: -5\n"),
        "delay_text": plain(b"User-agent: *\nCrawl-delay: tomorrow\n"),
        "rate_endless": plain(b"User-agent: *\nRequest-rate: 1/999999999\n"),
        "loop": redirect("{base}/robots.txt"),
        "canary": redirect("http://127.0.0.1:{port}/canary-robots"),
        "file": redirect("file:///etc/passwd"),
        "html": text("<html>" + "<p>" * 100_000, "text/html"),
        "utf16": plain((lines.decode()).encode("utf-16")),
        "500": lambda talk: talk.answer(status=500),
        "429": lambda talk: talk.answer(status=429),
        "reset": reset(),
        "huge_path": plain(b"User-agent: *\nDisallow: /" + b"%2f" * 100_000 + b"\n"),
    }
    for name, answer in answers.items():
        yield Case(f"robots_{name}", "robots", {"/robots.txt": answer, "/feed": GOOD}, ENDED, 1,
                   in_sample=name in ("silent", "bomb", "delay_endless", "delay_nan", "canary"))  # fmt: skip
    big = endless(b"Disallow: /x\n" * 80_000, total=500 * MIB, head=b"HTTP/1.1 200 OK\r\n\r\n")
    yield Case("robots_500mb", "robots", {"/robots.txt": big, "/feed": GOOD}, ENDED, 1, alone=True)
    shut = plain(b"User-agent: *\nDisallow: /\n")
    yield Case("robots_forbids", "robots", {"/robots.txt": shut, "/feed": GOOD}, frozenset({FAILED}), 0)
    yield Case("robots_allows", "robots", {"/robots.txt": plain(lines), "/feed": GOOD}, frozenset({READ}), 1, 1,
               in_sample=True)  # fmt: skip


def tls() -> Iterator[Case]:
    """Certificates that prove nothing."""
    for kind in ("expired", "future", "self-signed", "wrong-host", "nameless", "plain", "hang", "reset", "garbage"):
        yield Case(f"tls_{kind}", "tls", {"/feed": GOOD}, frozenset({FAILED}), 0, tls=kind,
                   in_sample=kind in ("expired", "self-signed", "wrong-host", "nameless"))  # fmt: skip
    yield Case("tls_good", "tls", {"/feed": GOOD}, frozenset({READ}), 1, 1, tls="good", in_sample=True)
    name = "tls-good.hostile.test"
    yield Case("tls_good_name", "tls", {"/feed": GOOD}, frozenset({READ}), 1, 1, tls="good", in_sample=True,
               url=f"http://{name}:{{port}}/feed", names={name: ("{host}",)})  # fmt: skip
    for kind in ("expired", "self-signed", "wrong-host"):
        name = f"bad-{kind}.hostile.test"
        yield Case(f"tls_{kind}_name", "tls", {"/feed": GOOD}, frozenset({FAILED}), 0, tls=kind,
                   url=f"http://{name}:{{port}}/feed", names={name: ("{host}",)})  # fmt: skip

"""Families of the way: redirects, addresses, names, credentials that lead where nobody may go."""

from __future__ import annotations

from collections.abc import Iterator

from tests.hostile.case import ENDED, FAILED, READ, REFUSED, Answer, Case, Talk, feed, item, redirect, text

_GOOD = text(feed())
_NEVER = frozenset({FAILED, REFUSED})
CANARY = "127.66.0.1"
"""An address of this machine that no settings allow; the canary hears every other one too."""
SPELLINGS: dict[str, str] = {
    "dotted": "http://127.0.0.1:{port}/c",
    "canary": f"http://{CANARY}:{{port}}/c",
    "https": f"https://{CANARY}:{{port}}/c",
    "short": "http://127.1:{port}/c",
    "shorter": "http://127.0.1:{port}/c",
    "hex": "http://0x7f000001:{port}/c",
    "hex_dotted": "http://0x7f.0.0.0x1:{port}/c",
    "dword": "http://2130706433:{port}/c",
    "octal": "http://0177.0.0.1:{port}/c",
    "octal_long": "http://00000177.000.000.01:{port}/c",
    "zero": "http://0:{port}/c",
    "zeros": "http://0.0.0.0:{port}/c",
    "overflow": "http://4294967297:{port}/c",
    "v6": "http://[::1]:{port}/c",
    "v6_long": "http://[0:0:0:0:0:0:0:1]:{port}/c",
    "v6_any": "http://[::]:{port}/c",
    "v6_mapped": "http://[::ffff:127.0.0.1]:{port}/c",
    "v6_mapped_hex": "http://[::ffff:7f00:1]:{port}/c",
    "v6_compatible": "http://[::127.0.0.1]:{port}/c",
    "v6_nat64": "http://[64:ff9b::127.0.0.1]:{port}/c",
    "v6_6to4": "http://[2002:7f00:1::]:{port}/c",
    "v6_teredo": "http://[2001:0:7f00:1::]:{port}/c",
    "v6_zone": "http://[::1%25lo]:{port}/c",
    "v6_zone_plain": "http://[fe80::1%lo]:{port}/c",
    "full_width": "http://１２７.０.０.１:{port}/c",
    "circled": "http://①②⑦.⓪.⓪.①:{port}/c",
    "ideographic_dot": "http://127。0。0。1:{port}/c",
    "localhost": "http://localhost:{port}/c",
    "localhost_dot": "http://localhost.:{port}/c",
    "localhost_case": "http://LocalHost:{port}/c",
    "trailing_dot": "http://127.0.0.1.:{port}/c",
    "tab": "ht\ttp://127.0.0.1:{port}/c",
    "backslash": "http:\\\\127.0.0.1:{port}\\c",
    "hash_at": "http://127.0.0.1:{port}#@paper.example/c",
    "userinfo": "http://paper.example@127.0.0.1:{port}/c",
    "userinfo_pair": "http://paper.example:80@127.0.0.1:{port}/c",
    "userinfo_two": "http://a@paper.example@127.0.0.1:{port}/c",
    "upper": "HTTP://127.0.0.1:{port}/C",
    "schemeless": "//127.0.0.1:{port}/c",
    "three_slashes": "http:///127.0.0.1:{port}/c",
    "percent": "http://%31%32%37.0.0.1:{port}/c",
    "percent_dot": "http://127%2e0%2e0%2e1:{port}/c",
    "nul": "http://127.0.0.1%00.paper.example:{port}/c",
    "space_before": " http://127.0.0.1:{port}/c",
    "far_loopback": "http://127.255.255.254:{port}/c",
}
"""Ways to write an address of this machine, for redirects, feeds and links."""
PRIVATE: dict[str, str] = {
    "imds": "http://169.254.169.254/latest/meta-data/",
    "imds_v6": "http://[fd00:ec2::254]/latest/",
    "imds_dword": "http://2852039166/latest/",
    "rfc1918_10": "http://10.0.0.5/",
    "rfc1918_172": "http://172.16.0.1/",
    "rfc1918_192": "http://192.168.7.7/",
    "cgnat": "http://100.64.0.1/",
    "this_net": "http://0.0.0.1/",
    "protocol": "http://192.0.0.8/",
    "test_net": "http://192.0.2.1/",
    "benchmark": "http://198.18.0.1/",
    "multicast": "http://224.0.0.251/",
    "broadcast": "http://255.255.255.255/",
    "reserved": "http://240.0.0.1/",
    "ula": "http://[fd12::1]/",
    "link_local": "http://[fe80::1]/",
    "site_local": "http://[fec0::1]/",
    "doc_v6": "http://[2001:db8::1]/",
    "doc_v6_new": "http://[3fff::1]/",
    "nat64": "http://[64:ff9b::a00:1]/",
    "6to4": "http://[2002:a00:1::1]/",
    "srv6": "http://[5f00::1]/",
    "multicast_v6": "http://[ff02::1]/",
}
"""Networks that this machine may not even have: they must be refused, not merely not answer."""
_OTHER_SCHEMES = (
    "file:///etc/passwd", "file://localhost/etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1:{port}/_x",
    "dict://127.0.0.1:{port}/x", "data:application/rss+xml,<rss/>", "javascript:alert(1)", "jar:http://127.0.0.1!/x",
    "s3://bucket/key", "unix:/var/run/docker.sock", "ldap://127.0.0.1:{port}/", "blob:http://127.0.0.1/x",
    "view-source:http://127.0.0.1/", "about:blank", "ws://127.0.0.1:{port}/", "tel:1",
)  # fmt: skip


def refusals() -> Iterator[Case]:
    """Redirects to this machine and to private networks, in all their spellings."""
    for name, to in SPELLINGS.items():
        # The path says which case it was, should the canary ever be asked.
        there = redirect(to + "-" + name if "#" not in to else to)
        yield Case(f"to_{name}", "redirect to canary", {"/feed": there}, _NEVER, 0,
                   in_sample=name in ("dotted", "short", "dword", "v6_mapped", "localhost", "zero", "v6"))  # fmt: skip
    for name, to in PRIVATE.items():
        yield Case(f"to_{name}", "redirect to private", {"/feed": redirect(to)}, _NEVER, 0,
                   in_sample=name in ("imds", "rfc1918_10", "cgnat", "ula"))  # fmt: skip
    for number, to in enumerate(_OTHER_SCHEMES):
        name = to.partition(":")[0]
        yield Case(f"to_scheme_{number}_{name}", "redirect to scheme", {"/feed": redirect(to)}, _NEVER, 0,
                   in_sample=number in (0, 3))  # fmt: skip


def sources() -> Iterator[Case]:
    """The same as a source's own address."""
    for name in ("dotted", "canary", "https", "short", "hex", "dword", "octal", "zero", "v6", "v6_mapped", "localhost",
                 "full_width", "userinfo", "far_loopback", "trailing_dot", "percent"):  # fmt: skip
        yield Case(f"source_{name}", "source at canary", {}, _NEVER, 0, url=SPELLINGS[name].replace("/c", f"/s-{name}"))
    for name, url in PRIVATE.items():
        yield Case(f"source_{name}", "source in private", {}, frozenset({REFUSED}), 0, url=url,
                   in_sample=name in ("imds", "rfc1918_192"))  # fmt: skip


def names() -> Iterator[Case]:
    """Names whose addresses are not what they were."""
    answers: dict[str, tuple[str, ...]] = {
        "private": ("10.0.0.5",),
        "loop": (CANARY,),
        "loop_v6": ("::1",),
        "mixed": (f"10.0.0.5 {CANARY} ::1",),
        "mapped": (f"::ffff:{CANARY}",),
        "nat64": ("64:ff9b::7f00:1",),
        "6to4": ("2002:7f00:1::1",),
        "metadata": ("169.254.169.254",),
        "many": (" ".join(f"127.66.{n // 250}.{n % 250 + 1}" for n in range(2000)),),
        "none": ("",),
        "wait": ("wait12",),
    }
    for name, given in answers.items():
        host = f"{name}.hostile.test"
        yield Case(f"dns_{name}", "dns", {"*": _GOOD}, _NEVER, 0, url=f"http://{host}:{{port}}/feed",
                   names={host: given}, in_sample=name in ("loop", "mapped"))  # fmt: skip
    host = "rebinding.hostile.test"
    rebound: dict[str, Answer] = {"/feed": redirect(f"http://{host}:{{port}}/again"), "/again": _GOOD}
    yield Case("dns_rebinding", "dns", rebound, _NEVER, 0, url=f"http://{host}:{{port}}/feed",
               names={host: ("{host}", "{host}", CANARY)}, in_sample=True)  # fmt: skip
    host = "rebinding-robots.hostile.test"
    yield Case("dns_rebinding_after_robots", "dns", {"/feed": _GOOD}, ENDED | {REFUSED}, 1,
               url=f"http://{host}:{{port}}/feed", names={host: ("{host}", CANARY)})  # fmt: skip
    host = "good.hostile.test"
    yield Case("dns_good", "dns", {"/feed": _GOOD}, frozenset({READ}), 1, 1, url=f"http://{host}:{{port}}/feed",
               names={host: ("{host}",)}, in_sample=True)  # fmt: skip
    for name, url in {
        "long_label": "http://" + "a" * 80 + ".test:{port}/feed",
        "empty_label": "http://a..test:{port}/feed",
        "underscore": "http://_a_.test:{port}/feed",
        "cyrillic": "http://приклад.test:{port}/feed",
        "emoji": "http://💥.test:{port}/feed",
    }.items():
        yield Case(f"dns_{name}", "dns", {}, _NEVER, 0, url=url)


def loops() -> Iterator[Case]:
    """Redirects that lead nowhere, or too far."""
    no = frozenset({FAILED})
    on: dict[str, Answer] = {f"/{n}": redirect(f"{{base}}/{n + 1}") for n in range(30)}
    yield Case("loop_self", "loop", {"/feed": redirect("{base}/feed")}, no, in_sample=True)
    yield Case("loop_two", "loop", {"/feed": redirect("{base}/b", 301), "/b": redirect("{base}/feed", 308)}, no)
    yield Case("loop_chain_30", "loop", {"/feed": redirect("{base}/0"), **on}, no)
    yield Case("loop_growing", "loop", {"*": _growing}, no)
    yield Case("loop_no_location", "loop", {"/feed": lambda talk: talk.answer(status=302)}, no)
    for name, to in {
        "empty": "",
        "long": "{base}/" + "x" * 100_000,
        "binary": "\x7f\x80\xff",
        "port_bad": "http://127.1.0.9:99999/",
        "port_text": "http://127.1.0.9:http/",
        "port_zero": "http://127.1.0.9:0/",
        "bracket": "http://[::1/",
        "percent": "{base}/%zz%",
        "crlf": "{base}/%0d%0aX:%20y",
        "nothing": "http://",
        "only_at": "http://@/",
        "unicode": "{base}/ж?ж=ж#ж",
    }.items():
        yield Case(f"location_{name}", "loop", {"/feed": redirect(to)}, in_sample=name == "bracket")
    yield Case("refresh_header", "loop", {"/feed": lambda talk: talk.answer(
        feed(), headers=[("Refresh", f"0; url=http://127.0.0.1:{talk.port}/c-refresh")])}, most=1)  # fmt: skip
    yield Case("moved_good", "loop", {"/feed": redirect("{base}/new", 301), "/new": _GOOD}, frozenset({READ}), 1, 1)


def _growing(talk: Talk) -> None:
    talk.answer(status=302, headers=[("Location", talk.path + "/deeper" * 50)])


def credentials() -> Iterator[Case]:
    """What a source's address holds for its own host is for nobody else."""
    kept = "correct-horse"
    there = f"http://ann:{kept}@{{host}}:{{port}}/feed"
    elsewhere: Answer = redirect("http://other.hostile.test:{port}/elsewhere")
    yield Case("login_redirect_other", "credentials", {"/feed": elsewhere, "/elsewhere": _keep_out}, url=there, most=1,
               names={"other.hostile.test": ("{host}",)}, in_sample=True)  # fmt: skip
    there = f"http://eve:{kept}@other2.hostile.test:{{port}}/x"
    yield Case("login_in_location", "credentials", {"/feed": redirect(there), "/x": _keep_out}, most=1,
               names={"other2.hostile.test": ("{host}",)}, in_sample=True)  # fmt: skip
    yield Case("cookie_redirect_other", "credentials", {"/feed": lambda talk: talk.answer(
        status=302, headers=[("Set-Cookie", f"sid={kept}; Path=/"), ("Location", f"{talk.base}/two")]),
        "/two": _keep_out}, frozenset({READ}), 1, 1, in_sample=True)  # fmt: skip
    yield Case("login_asked", "credentials", {"/feed": lambda talk: talk.answer(
        status=401, headers=[("WWW-Authenticate", 'Basic realm="x"')])}, frozenset({FAILED}), 0)  # fmt: skip


def _keep_out(talk: Talk) -> None:
    told = any(name in talk.headers for name in ("authorization", "cookie", "referer"))
    talk.answer(feed(item(1, title="CANARY-SECRET" if told else "Nothing was told")))

"""Families of the document: XML, character sets, shapes of feeds, titles, links, pages."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from tests.hostile.case import ENDED, FAILED, READ, Answer, Case, Talk, feed, item, text
from tests.hostile.ways import SPELLINGS

_PAGE = "<html><head><title>t</title></head><body><article>{}</article></body></html>"


def xml() -> Iterator[Case]:
    """Documents that are more work, or reach further, than they look."""
    laughs = "<!DOCTYPE l [<!ENTITY a0 'lol'>" + "".join(
        f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10)) + "]>"  # fmt: skip
    blow = f"<!DOCTYPE l [<!ENTITY a '{'x' * 100_000}'>]>"
    shapes: dict[str, str | bytes] = {
        "laughs": feed(item(1, title="&a9;"), prologue=laughs),
        "laughs_utf16": feed(item(1, title="&a9;"), prologue=laughs).encode("utf-16"),
        "quadratic": feed(item(1, title="&a;" * 50_000), prologue=blow),
        "xxe_file": _entity("SYSTEM 'file:///etc/passwd'"),
        "xxe_canary": _entity("SYSTEM 'http://127.0.0.1:{port}/c-xxe'"),
        "xxe_public": _entity("PUBLIC 'x' 'http://127.0.0.1:{port}/c-xxe'"),
        "xxe_dtd": feed(prologue="<!DOCTYPE rss SYSTEM 'http://127.0.0.1:{port}/c-dtd'>"),
        "xxe_parameter": feed(
            prologue="<!DOCTYPE r [<!ENTITY % p SYSTEM 'http://127.0.0.1:{port}/c-par'> %p; %all;]>"),
        "xxe_stylesheet": feed(prologue="<?xml-stylesheet href='http://127.0.0.1:{port}/c-xsl'?>"),
        "xinclude": feed("<item xmlns:xi='http://www.w3.org/2001/XInclude'><title>x</title>"
                         "<xi:include href='file:///etc/passwd' parse='text'/></item>"),
        "deep_10k": feed("<a>" * 10_000 + "</a>" * 10_000),
        "deep_title": feed(item(1, title="<b>" * 50_000)),
        "deep_escaped": feed(item(1, title="&lt;b&gt;" * 50_000)),
        "open_only": "<rss>" * 100_000,
        "comment_open": feed() + "<!--" + "x" * 1_000_000,
        "comments": feed("<!-- -->" * 500_000 + item(1)),
        "cdata_open": feed("<item><title><![CDATA[" + "]" * 1_000_000),
        "cdata_nested": feed(item(1, title="<![CDATA[<![CDATA[x]]>]]>")),
        "instructions": feed("<?a b?>" * 200_000 + item(1)),
        "namespaces": feed("".join(f"<n{n}:a xmlns:n{n}='urn:{n}'/>" for n in range(20_000)) + item(1)),
        "attribute_long": feed(f"<item a='{'x' * 2_000_000}'><title>t</title></item>"),
        "name_long": feed(f"<{'x' * 1_000_000}/>" + item(1)),
        "twice": feed() + feed(item(2)),
        "leading_garbage": "garbage " * 1000 + feed(),
        "two_roots": feed() * 500,
        "cut": feed(item(1) + item(2))[:-40],
        "angle_flood": "<" * 2_000_000,
        "amp_flood": feed(item(1, title="&" * 500_000)),
        "entity_flood": feed(item(1, title="&nosuch;" * 100_000)),
        "doctype_flood": "<!DOCTYPE a [" + "<!ENTITY a 'b'>" * 200_000 + "]>" + feed(),
        "reference_surrogate": feed(item(1, title="a &#xD800; b")),
        "reference_huge": feed(item(1, title="a &#99999999999; b")),
        "reference_digits": feed(item(1, title="a &#" + "9" * 100_000 + "; b")),
        "reference_hex": feed(item(1, title="a &#x" + "F" * 100_000 + "; b")),
        "reference_nul": feed(item(1, title="a &#0; b")),
        "reference_negative": feed(item(1, title="a &#-1; b")),
        "json_deep": '{"version":"https://jsonfeed.org/version/1","items":' + "[" * 100_000,
        "json_digits": '{"version":"https://jsonfeed.org/version/1","items":[{"id":' + "9" * 1_000_000 + "}]}",
        "json_types": '{"version":[],"title":{},"items":[1,null,[],{"id":{},"url":[],"title":1,"tags":3}]}',
        "json_infinity": '{"version":"https://jsonfeed.org/version/1","items":[{"id":Infinity,"title":NaN}]}',
        "json_surrogate": '{"version":"https://jsonfeed.org/version/1","items":[{"id":"1","title":"\\ud800"}]}',
        "json_same_keys": '{"version":"https://jsonfeed.org/version/1",' + '"items":[],' * 50_000 + '"items":[]}',
    }  # fmt: skip
    for name, body in shapes.items():
        yield Case(f"xml_{name}", "xml", {"/feed": _ported(body)}, ENDED, 501, forbidden=("root:x:0:0",),
                   in_sample=name in ("laughs", "xxe_file", "xxe_canary", "reference_surrogate"))  # fmt: skip
    attributes = " ".join(f"a{n}='1'" for n in range(200_000))
    heavy = {
        "attributes_200k": feed(f"<item {attributes}><title>t</title></item>"),
        "deep_1m": feed("<a>" * 1_000_000),
        "author_redos": feed("".join(item(n, extra=f"<author>{'a@' * 8000}</author>") for n in range(5))),
        "author_spaces": feed(item(1, extra=f"<author>{' (' * 8000}</author>")),
        "date_redos": feed(item(1, extra=f"<pubDate>{'1' * 200_000}</pubDate><dc:date>{'2026-' * 50_000}</dc:date>")),
        "json_1m_items": '{"version":"https://jsonfeed.org/version/1","items":[' + "{}," * 1_000_000 + "{}]}",
        "json_1m_arrays": '{"version":"https://jsonfeed.org/version/1","items":[' + "[]," * 3_000_000 + "{}]}",
        "opml_deep": "<opml><body>" + "<outline>" * 200_000,
    }
    for name, body in heavy.items():
        yield Case(f"xml_{name}", "xml heavy", {"/feed": text(body)}, alone=True)


def _entity(what: str) -> str:
    return feed(item(1, title="a &x; b"), prologue=f"<!DOCTYPE rss [<!ENTITY x {what}>]>")


def _ported(body: str | bytes) -> Answer:
    """The document with the canary's port in it."""
    data = body.encode() if isinstance(body, str) else body
    return lambda talk: talk.answer(data.replace(b"{port}", str(talk.port).encode()))


def charsets() -> Iterator[Case]:
    """Declarations that are wrong or impossible."""
    words = "Міністр відвідав Харків і заявив про відбудову мосту"
    for codec in ("undefined", "punycode", "idna", "rot13", "zlib", "base64", "hex", "uu", "bz2", "utf-7", "utf-32",
                  "unicode_escape", "raw_unicode_escape", "mbcs", "oem", "nosuch", "x" * 5000, "../../etc/passwd",
                  "utf-8\r\nX: y", "cp037", "utf_16_be", "string-escape", "\0", "shift_jis"):  # fmt: skip
        shown = "".join(c for c in codec if c.isalnum())[:16] + str(len(codec))
        declared = f"<?xml version='1.0' encoding='{codec}'?>"
        body = feed(item(1, title=words), prologue=declared).encode()
        yield Case(f"codec_{shown}_declared", "charset", {"/feed": text(body)}, most=1,
                   in_sample=codec in ("undefined", "punycode"))  # fmt: skip
        safe = codec.replace("\r\n", " ").replace("\0", "")
        kind = f"application/rss+xml; charset={safe}"
        yield Case(f"codec_{shown}_header", "charset", {"/feed": text(feed(item(1, title=words)), kind)}, most=1)
    lies = {
        "utf16_as_utf8": feed(item(1, title=words)).encode("utf-16"),
        "utf16_cut": feed(item(1, title=words)).encode("utf-16")[:-1],
        "cp1251_as_utf8": feed(item(1, title=words)).encode("cp1251"),
        "bom_twice": b"\xef\xbb\xbf\xef\xbb\xbf" + feed().encode(),
        "overlong": feed(item(1, title="OVER")).encode().replace(b"OVER", b"\xc0\xbc\xc0\xbe\xe0\x80\xaf"),
        "surrogates": feed(item(1, title="SURR")).encode().replace(b"SURR", b"\xed\xa0\x80\xed\xb0\x80"),
        "beyond": feed(item(1, title="BEYO")).encode().replace(b"BEYO", b"\xf7\xbf\xbf\xbf"),
        "all_ff": b"\xff" * 1_000_000,
        "combining": feed(item(1, title="a" + "\u0301" * 100_000)).encode(),
        "ligature": feed(item(1, title="\ufdfa" * 100_000)).encode(),
    }
    for name, body in lies.items():
        yield Case(f"charset_{name}", "charset", {"/feed": text(body)}, most=1)


def shapes() -> Iterator[Case]:
    """Feeds of shapes that no feed should have."""
    read = frozenset({READ})
    same = "<item><title>Same</title><guid>same</guid></item>"
    answers: dict[str, tuple[Answer, frozenset[str], int, int]] = {
        "no_items": (text("<rss version='2.0'><channel><title>x</title></channel></rss>"), read, 0, 0),
        "empty_items": (text(feed("<item></item>" * 5000)), read, 0, 0),
        "blank_items": (text(feed("<item><title> </title><link> </link></item>" * 500)), read, 0, 0),
        "one_guid": (text(feed(same * 1000)), ENDED, 2000, 1),
        "one_link": (text(feed("".join(item(n, link="https://paper.example/x") for n in range(300)))), ENDED, 300, 1),
        "html": (text("<html><body><h1>Sorry</h1></body></html>", "text/html"), frozenset({FAILED}), 0, 0),
        "html_as_rss": (text("<!doctype html><html><body>x</body></html>"), frozenset({FAILED}), 0, 0),
        "challenge": (text("<html><title>Just a moment...</title><script>x()</script>", "text/html"),
                      frozenset({FAILED}), 0, 0),
        "challenge_403": (lambda talk: talk.answer("<html>Attention Required!", kind="text/html", status=403),
                          frozenset({FAILED}), 0, 0),
        "gone": (lambda talk: talk.answer(status=410), frozenset({FAILED}), 0, 0),
        "too_many": (lambda talk: talk.answer(status=429, headers=[("Retry-After", "999999999")]),
                     frozenset({FAILED}), 0, 0),
        "error_page": (lambda talk: talk.answer(feed(), status=500), frozenset({FAILED}), 0, 0),
        "pdf": (text(b"%PDF-1.7" + b"\0" * 100_000, "application/pdf"), frozenset({FAILED}), 0, 0),
        "zip": (text(b"PK\x03\x04" + b"\0" * 100_000, "application/zip"), frozenset({FAILED}), 0, 0),
        "elf": (text(b"\x7fELF" + b"\0" * 100_000, "application/octet-stream"), frozenset({FAILED}), 0, 0),
        "sitemap": (text("<urlset><url><loc>https://x.example/</loc></url></urlset>"), frozenset({FAILED}), 0, 0),
        "categories": (text(feed(item(1, extra="<category>c</category>" * 20_000))), ENDED, 1, 0),
        "enclosures": (text(feed(item(1, extra="<enclosure url='https://x.example/a' length='9'/>" * 20_000))),
                       ENDED, 1, 0),
        "enclosure_length": (text(feed(item(1, extra=f"<enclosure url='https://x.example/a' length='{'9' * 5000}'/>"))),
                             read, 1, 1),
        "languages": (text(feed(head=f"<language>{'xx-' * 5000}</language>")), read, 1, 1),
        "head_long": (text(feed(head=f"<description>{'x' * 2_000_000}</description>")), ENDED, 1, 0),
        "ttl_huge": (text(feed(head=f"<ttl>{'9' * 400}</ttl><skipHours><hour>-1</hour></skipHours>")), read, 1, 1),
        "hub_canary": (text(feed(head="<atom:link xmlns:atom='http://www.w3.org/2005/Atom' rel='hub' "
                                      "href='http://127.0.0.1:1/c'/><image><url>http://127.0.0.1:1/c</url></image>")),
                       read, 1, 1),
        "other_entries_survive": (text(feed(item(1) + "<item><title>&#xD800;</title></item>" + item(2))), read, 3, 2),
        "guid_long": (text(feed(f"<item><title>t</title><guid>{'g' * 1_000_000}</guid></item>")), ENDED, 1, 0),
        "text_1mb": (text(feed(item(1, extra=f"<description>{'word ' * 200_000}</description>"))), read, 1, 1),
    }  # fmt: skip
    for name, (answer, outcomes, most, least) in answers.items():
        yield Case(f"feed_{name}", "feed", {"/feed": answer}, outcomes, most, least,
                   in_sample=name in ("empty_items", "html_as_rss", "other_entries_survive", "one_guid"))  # fmt: skip
    many = {
        "1m_items": "<item><title>t</title></item>" * 330_000,
        "100k_items": "".join(f"<item><title>T {n}</title><guid>g{n}</guid></item>" for n in range(100_000)),
        "3k_items": "".join(item(n) for n in range(3000)),
        "texts_9mb": "".join(item(n, extra=f"<description>{f'word{n} ' * 600}</description>") for n in range(2000)),
    }
    for name, items in many.items():
        yield Case(f"feed_{name}", "feed heavy", {"/feed": text(feed(items))}, alone=True)
    yield Case("feed_all_change", "feed polls", {"/feed": _changing}, ENDED, 150, polls=3)
    yield Case("feed_shrinks", "feed polls", {"/feed": _shrinking}, ENDED, 30, polls=3)


def _changing(talk: Talk) -> None:
    talk.answer(feed("".join(item(talk.nth * 1000 + n, title=f"Report {n} of the harbour") for n in range(50))))


def _shrinking(talk: Talk) -> None:
    talk.answer(feed("".join(item(n) for n in range(30))) if talk.nth != 2 else feed("<x/>"))


def dates() -> Iterator[Case]:
    """Moments that are none."""
    written = ("0000-00-00T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "10000-01-01T00:00:00Z",
               "-2026-01-01T00:00:00Z", "2026-02-30T25:61:61Z", "Thu, 99 Foo 99999 99:99:99 +9999",
               "1970-01-01T00:00:00Z",
               "2026-11-22T10:00:00+99:99", "9" * 100_000, "2026-11-22T10:00:60Z", "２０２６-01-01T00:00:00Z", "\x00",
               "Mon, 01 Jan 2126 00:00:00 GMT", "NaN", "1e400", "2026-W53-7", "∞")  # fmt: skip
    for number, date in enumerate(written):
        extra = f"<pubDate>{date}</pubDate><dc:date xmlns:dc='http://purl.org/dc/elements/1.1/'>{date}</dc:date>"
        yield Case(f"date_{number}", "date", {"/feed": text(feed(item(1, extra=extra)))}, ENDED, 1,
                   in_sample=number in (0, 3))  # fmt: skip
        stamped = '{"version":"https://jsonfeed.org/version/1","items":[{"id":"1","title":"t","date_published":"%s"}]}'
        yield Case(f"date_{number}_json", "date", {"/feed": text(stamped % date)}, ENDED, 1)


TITLES: dict[str, str] = {
    "crlf": "Storm&#13;&#10;Bcc: v@x.example&#13;&#10;&#13;&#10;owned",
    "encoded_word": "=?utf-8?q?Storm=0D=0ABcc:_v@x=0D=0A=0D=0Aowned?=",
    "encoded_word_b": "=?utf-8?b?DQpCY2M6IHZAeA0KDQpvd25lZA==?=",
    "vertical_tab": "a&#11;b&#12;c",
    "nel": "a&#133;b",
    "line_separator": "a\u2028b\u2029c",
    "bidi": "\u202eexe.drowssap\u202c \u2066x\u2069",
    "zero_width": "S\u200bt\u200bo\u200brm",
    "escape": "&#27;[2J&#27;]0;owned&#7;x",
    "c1": "a&#155;31mb",
    "script": "&lt;script&gt;alert(1)&lt;/script&gt;x",
    "script_twice": "&amp;lt;script&amp;gt;alert(1)&amp;lt;/script&amp;gt;x",
    "img": "&lt;img src=x onerror=alert(1)&gt;x",
    "formula": "=cmd|' /C calc'!A0",
    "formula_plus": "+1+1",
    "formula_at": "@SUM(1)",
    "template": "{{7*7}} ${7*7} {% raw %} #{7*7}",
    "format": "%s%s%n {0} {x.__class__}",
    "sql": "'); DROP TABLE articles;--",
    "path": "../../../../etc/passwd",
    "long_word": "x" * 200_000,
    "long_words": "storm " * 40_000,
    "nul_reference": "a&#0;b",
    "astral": "\U0001f4a5" * 1000,
    "combining": "a" + "\u0301" * 5000,
    "private_use": "\ue000\uf8ff\U00100000",
    "noncharacter": "a\ufffeb",
    "tag_characters": "a\U000e0041\U000e0042b",
    "only_blanks": "\u00a0\u3000\u200b",
    "log": "x&#10;2026-01-01 ERROR crawler: everything is lost",
    "xss_attr": "&quot; onmouseover=&quot;alert(1)",
    "svg": "&lt;svg/onload=alert(1)&gt;x",
    "json": '{"a": "\\u0000"}',
    "csv": 'a,"b',
}
"""Titles as they stand in the XML."""


def titles() -> Iterator[Case]:
    """Headlines that want to be more than that."""
    unwanted = ("\r", "\x1b", "\x00", "\x0b", "\x85", "\u2028", "\u202e", "\u2066", "\x9b")
    for name, title in TITLES.items():
        yield Case(f"title_{name}", "title", {"/feed": text(feed(item(1, title=title) + item(2)))}, ENDED, 2,
                   forbidden=unwanted, in_sample=name in ("crlf", "encoded_word", "bidi", "escape"))  # fmt: skip


def links() -> Iterator[Case]:
    """Addresses of articles that nobody should open; pages are asked for, so the second poll would."""
    given = {
        **{f"canary_{name}": to for name, to in SPELLINGS.items()
           if name in ("dotted", "short", "dword", "octal", "v6_mapped", "localhost", "full_width", "userinfo")},
        "javascript": "javascript:alert(1)",
        "javascript_case": "JaVaScRiPt:alert(1)",
        "javascript_tab": "java\tscript:alert(1)",
        "data": "data:text/html,<script>alert(1)</script>",
        "file": "file:///etc/passwd",
        "vbscript": "vbscript:x",
        "port_big": "http://paper.example:99999/",
        "port_text": "http://paper.example:port/",
        "bracket": "http://[::1",
        "userinfo": "http://bank.example@evil.example/",
        "long": "http://paper.example/" + "x" * 10_000,
        "newline": "http://paper.example/\r\nX: y",
        "space": "http://paper .example/",
        "mailto": "mailto:a@b.example?bcc=v@x",
        "homograph": "http://аpple.example/",
        "imds": "http://169.254.169.254/latest/",
        "blank": "",
        "relative": "../../../x",
    }  # fmt: skip
    for name, to in given.items():
        yield Case(f"link_{name}", "link", {"/feed": _two_polls(to)}, ENDED, 2, polls=2,
                   in_sample=name in ("canary_dotted", "javascript", "imds"))  # fmt: skip


def _two_polls(link: str) -> Answer:
    """First something old, since a first poll opens no pages; then a teaser that points there."""

    def answer(talk: Talk) -> None:
        to = escape(link.replace("{port}", str(talk.port)).replace("{base}", talk.base))
        talk.answer(
            feed(item(1) if talk.nth == 1 else f"<item><title>Teaser {talk.base}</title><link>{to}</link></item>")
        )

    return answer


def pages() -> Iterator[Case]:
    """What stands behind a link."""
    canary = "http://127.0.0.1:{port}/c-page"
    bodies: dict[str, tuple[str | bytes, bool]] = {
        "paragraphs_1m": (_PAGE.format("<p>x" * 1_000_000), True),
        "deep_1m": (_PAGE.format("<div>" * 1_000_000), True),
        "table_deep": (_PAGE.format("<table><tr><td>" * 100_000), True),
        "attributes_200k": (f"<html><body {' '.join(f'a{n}=1' for n in range(200_000))}>x", True),
        "links_300k": (_PAGE.format("<a href=x>y</a>" * 300_000), True),
        "text_9mb": (_PAGE.format(f"<p>{'word ' * 1_800_000}</p>"), True),
        "inline_1m": (_PAGE.format("<b>x</b>" * 900_000), True),
        "jsonld_9mb": (_PAGE.format("<script type='application/ld+json'>" + "[" * 4_000_000 + "</script>"), True),
        "deep_5k": (_PAGE.format("<div>" * 5000 + "x"), False),
        "meta_refresh": (f"<html><head><meta http-equiv=refresh content='0;url={canary}'></head><body>x", False),
        "base_canary": (f"<html><head><base href='{canary}'></head><body><p>x <img src=c-img.png>", False),
        "iframe_canary": (_PAGE.format(f"<iframe src='{canary}'></iframe><img src='{canary}'><p>text"), False),
        "canonical_canary": (f"<html><head><link rel=canonical href='{canary}'></head><body><p>{'x ' * 500}", False),
        "xinclude": (_PAGE.format("<xi:include href='file:///etc/passwd' parse='text'/>"), False),
        "entity": ("<!DOCTYPE html [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><html><body><p>&x;", False),
        "binary": (bytes(range(256)) * 10_000, False),
        "empty": (b"", False),
        "svg": ("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>1</script></svg>", False),
        "unclosed": ("<html><body><p>" + "x <b" * 100_000, False),
        "comment": ("<html><body><!--" + "x" * 3_000_000, False),
        "codec": ("<html><head><meta charset=undefined></head><body><p>text", False),
        "surrogate": (_PAGE.format("<p>&#xD800; &#99999999999; text"), False),
        "title_long": (f"<html><head><title>{'x' * 3_000_000}</title></head><body><p>text", False),
        "date_long": (f"<head><meta property='article:published_time' content='{'9' * 500_000}'></head><p>x", False),
    }  # fmt: skip
    for name, (body, heavy) in bodies.items():
        yield Case(f"page_{name}", "page heavy" if heavy else "page",
                   {"/feed": _two_polls("{base}/page"), "/page": _html(body)}, ENDED, 2, polls=2, alone=heavy,
                   forbidden=("root:x:0:0",), in_sample=name in ("meta_refresh", "deep_5k"))  # fmt: skip


def page_wires() -> Iterator[Case]:
    """The wire's tricks where the page is fetched."""
    from tests.hostile.wires import bombs, headers, sizes, slow  # noqa: PLC0415  (that module's helpers are ours too)

    wanted = {"body_20mb", "bomb_gzip_20", "slow_silent", "slow_body_drip", "head_many", "bomb_br", "reset_in_body"}
    for case in (*sizes(), *bombs(), *slow(), *headers()):
        if case.name in wanted:
            paths = {"/feed": _two_polls("{base}/page"), "/page": case.paths["/feed"]}
            yield Case(f"page_{case.name}", "page wire", paths, ENDED, 2, polls=2,
                       in_sample=case.name in ("body_20mb", "bomb_gzip_20"))  # fmt: skip
    for name in ("dotted", "localhost", "v6_mapped", "dword"):
        to = SPELLINGS[name] + "-page"
        paths = {"/feed": _two_polls("{base}/page"), "/page": _to(to)}
        yield Case(f"page_to_{name}", "page wire", paths, ENDED, 2, polls=2, in_sample=name == "dotted")


def _to(to: str) -> Answer:
    return lambda talk: talk.answer(status=302, headers=[("Location", to.replace("{port}", str(talk.port)))])


def _html(body: str | bytes) -> Answer:
    data = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    return lambda talk: talk.answer(data.replace(b"{port}", str(talk.port).encode()), kind="text/html; charset=utf-8")

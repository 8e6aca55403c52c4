"""Addresses: the one to keep and show, the one that identifies, the outlet they belong to. No network, no cache.

Built from 150,000 links of real feeds: a third carries a query, most of it trackers, but ``id``, ``p`` and ``v`` name
the article. Hence a deny-list: what is unknown stays, for a parameter too many costs a repeated alert and one too few
costs an article.
"""

from __future__ import annotations

import functools
import ipaddress
import re
from collections.abc import Iterable
from urllib.parse import SplitResult, quote, urlsplit

import tldextract

_PORTS = {"http": 80, "https": 443}
_TRACKER = re.compile(
    r"(?:utm_\w+|at_(?:medium|campaign|custom\d|link\w*|ptr_name|bbc_team|format|creation|origin)|ns_\w+|mtm_\w+|pk_\w+"
    r"|hsa_\w+|_hs\w+|vero_\w+|guce_\w+|trk\w*|wt\.\w+|fb_\w+|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid"
    r"|ysclid|twclid|ttclid|igshid|igsh|mc_[ce]id|mkt_tok|_ga|_gl|ito|xtor|ocid|icid|ncid|cmp|cmpid|ftag|taid|srcref"
    r"|smid|smtyp|s_cid|sref|soc_src|soc_trk|traffic_source|guccounter|intcmp|int_cmp|ref_src|ref_url|feedtype|feedname"
    r"|rssfeed|__twitter_impression|__tn__|at_xt|spm|sr_share|share_id|partner_source|oly_(?:anon|enc)_id)",
    re.IGNORECASE,
)
"""Names that only ever say where the reader came from."""
_TRACKER_VALUES = re.compile(
    r"(?:ref|source|src|from|via|rss|feed|partner|cid|ref_source|medium|campaign)"
    r"=(?:rss|feed|feeds|atom|rss\d|rss[-_]?feed|feedburner|newsfeed|twitter|facebook|telegram|newsletter|email|1|true|)",
    re.IGNORECASE,
)
"""Names that mean something on some sites: dropped only with a value that says where the reader came from."""
_SHORT_FORM = re.compile(r"(?:amp|outputtype)=(?:1|true|amp|)", re.IGNORECASE)
_AMP_ENDS = {
    "/amp": "",
    "/amp/": "",
    "/amp.html": "",
    "/amp.htm": "",
    ".amp": "",
    ".amp.html": ".html",
    ".amp.htm": ".htm",
}
"""How the path of an AMP page ends, and how the plain page's does."""
MAX_LENGTH = 8192
"""Characters; longer ones are no addresses that a server takes (RFC 9110, section 4.1, asks for 8000 octets)."""
_AMP_PREFIX = re.compile(r"^/amp(?=/.)", re.IGNORECASE)
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?|jsp)$", re.IGNORECASE)
_DEVICE_LABELS = re.compile(r"^(?:(?:www\d?|m|mobile|amp)\.)+(?=[^.]+\.)")
_PERCENT = re.compile(r"%([0-9a-fA-F]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_KEPT = "/:@!$&'()*+,;=%~"
"""Signs that a path may hold as they are (RFC 3986, section 3.3); a query also ``?``."""
_HOSTS_OF_MANY = ("substack.com", "livejournal.com", "wordpress.com", "blogspot.com", "tumblr.com", "ghost.io")
"""Each of their subdomains is an outlet of its own, whatever the list says."""
_BLANKS = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\ud800-\udfff]+")


def is_web_url(url: str) -> bool:
    """An absolute http or https address of at most ``MAX_LENGTH`` with a host that can be asked. Never raises."""
    return _split(url) is not None


def canonical(url: str) -> str:
    """The address to keep, show and open: without trackers, fragment and default port, its spelling normalised.

    Scheme and host in lower case, the host in punycode, dot segments resolved, escapes normalised (RFC 3986, section
    6.2.2); AMP forms of the page lead to the plain one. Parameters keep their order. What is no web address comes back
    as it was, without blanks. Idempotent; never raises.
    """
    parts = _split(url)
    if parts is None:
        return _BLANKS.sub("", url)
    path = _without_amp(_path(parts.path)) or "/"
    query = "&".join(_parameters(parts.query))
    return f"{parts.scheme}://{_authority(parts)}{path}{'?' + query if query else ''}"


def key(url: str) -> str:
    """What two addresses of the same article share: :func:`canonical` without scheme, device labels, index and order.

    Never to be opened. Example: ``http://m.example.org/a/amp/?b=2&a=1`` and ``https://www.example.org/a?a=1&b=2``.
    """
    parts = _split(canonical(url))
    if parts is None:
        return _BLANKS.sub("", url)
    path = _AMP_PREFIX.sub("", re.sub(r"/{2,}", "/", parts.path))
    path = _INDEX.sub("", _without_amp(path.rstrip("/"))).rstrip("/")
    query = "&".join(sorted(parts.query.split("&"))) if parts.query else ""
    return f"{_DEVICE_LABELS.sub('', _authority(parts))}{path or '/'}{'?' + query if query else ''}"


def outlet(url: str) -> str:
    """The registrable domain, by the Public Suffix List that tldextract carries; an IP address or bare host as it is.

    The list's private part counts: ``a.co.ua`` and ``b.co.ua``, ``a.wordpress.com`` and ``b.wordpress.com`` are two
    outlets each. Empty for what is no web address.
    """
    parts = _split(url)
    return _registrable(_host(parts)) if parts is not None else ""


def is_home(url: str) -> bool:
    """The address is an outlet's front page, not an article's: no path and no parameters."""
    return key(url).partition("/")[2] == ""


@functools.cache
def _suffixes() -> tldextract.TLDExtract:
    """The bundled snapshot only: no network, no cache folder."""
    return tldextract.TLDExtract(
        suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True, extra_suffixes=_HOSTS_OF_MANY
    )


@functools.lru_cache(maxsize=10_000)
def _registrable(host: str) -> str:
    if host.startswith("["):
        return host
    return str(_suffixes()(host).top_domain_under_public_suffix) or host


def _split(url: str) -> SplitResult | None:
    """The parts of a web address; ``None`` where ``urlsplit`` raises or there is no host to ask."""
    if len(url) > MAX_LENGTH:
        return None
    try:
        parts = urlsplit(_BLANKS.sub("", url))
        if parts.scheme not in _PORTS or not parts.hostname or parts.port == 0:
            return None
        return parts if _host(parts) else None
    except ValueError:
        return None


def _host(parts: SplitResult) -> str:
    """The host in lower case and punycode, IPv6 in brackets; empty when it cannot be one. Raises ValueError."""
    host = (parts.hostname or "").rstrip(".")
    if ":" in host:
        return f"[{ipaddress.IPv6Address(host)}]"
    if host.isascii():
        return host if re.fullmatch(r"[a-z0-9_.-]+", host) and ".." not in host else ""
    try:
        return host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""


def _authority(parts: SplitResult) -> str:
    """Host and port; a user name is dropped, for it is no part of where the article stands."""
    port = parts.port
    return _host(parts) if port in (None, _PORTS[parts.scheme]) else f"{_host(parts)}:{port}"


def _path(path: str) -> str:
    """Dot segments resolved (RFC 3986, section 5.2.4) and escapes normalised."""
    kept: list[str] = []
    segments = _escapes(path, _KEPT).split("/")[1:]
    for segment in segments:
        if segment == "..":
            kept[-1:] = []
        elif segment != ".":
            kept.append(segment)
    if segments and segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def _without_amp(path: str) -> str:
    """The plain page's path: AMP suffixes go until none is left."""
    while end := next((end for end in _AMP_ENDS if path[-len(end) :].lower() == end), ""):
        path = path[: -len(end)] + _AMP_ENDS[end]
    return path


def _escapes(text: str, kept: str) -> str:
    """Escapes in upper case, needless ones undone, everything outside ``kept`` and the unreserved escaped."""
    return quote(_PERCENT.sub(_escape, re.sub(r"%(?![0-9a-fA-F]{2})", "%25", text)), safe=kept)


def _escape(match: re.Match[str]) -> str:
    char = chr(int(match[1], 16))
    return char if char in _UNRESERVED else match[0].upper()


def _parameters(query: str) -> Iterable[str]:
    """The parameters that are not trackers, in order, as they are written."""
    for parameter in query.split("&"):
        name = parameter.partition("=")[0]
        shaped = parameter if "=" in parameter else f"{parameter}="
        tracks = _TRACKER.fullmatch(name) or _TRACKER_VALUES.fullmatch(shaped) or _SHORT_FORM.fullmatch(shaped)
        if parameter and not tracks:
            yield _escapes(parameter, _KEPT + "?")

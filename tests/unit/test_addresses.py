from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.addresses import may_connect

PUBLIC = [
    "1.1.1.1", "8.8.8.8", "93.184.216.34", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.1",
    "192.0.1.1", "198.17.255.255", "198.20.0.1", "223.255.255.255",
    "2606:4700:4700::1111", "2a00:1450:4001:82b::200e", "2001:4860:4860::8888", "2003::1", "::ffff:8.8.8.8",
    "::FFFF:808:808",
]  # fmt: skip
REFUSED = {
    "this host": "0.0.0.0",
    "this network": "0.1.2.3",
    "private 10": "10.0.0.1",
    "carrier-grade NAT, first": "100.64.0.0",
    "carrier-grade NAT, last": "100.127.255.255",
    "loopback": "127.0.0.1",
    "loopback, far end": "127.255.255.254",
    "link-local": "169.254.1.1",
    "cloud metadata": "169.254.169.254",
    "private 172, first": "172.16.0.0",
    "private 172, last": "172.31.255.255",
    "protocol assignments": "192.0.0.8",
    "documentation 1": "192.0.2.1",
    "6to4 relay": "192.88.99.1",
    "private 192": "192.168.1.1",
    "benchmarking, last": "198.19.255.255",
    "documentation 2": "198.51.100.7",
    "documentation 3": "203.0.113.7",
    "multicast": "224.0.0.1",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
    "unspecified 6": "::",
    "loopback 6": "::1",
    "mapped loopback": "::ffff:127.0.0.1",
    "mapped private, in hex": "::ffff:c0a8:101",
    "IPv4-compatible": "::8.8.8.8",
    "translated": "::ffff:0:8.8.8.8",
    "NAT64": "64:ff9b::8.8.8.8",
    "local NAT64": "64:ff9b:1::a00:1",
    "discard": "100::1",
    "Teredo": "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "ORCHIDv2": "2001:20::1",
    "documentation 6": "2001:db8::1",
    "6to4 of a private address": "2002:a00:1::1",
    "6to4 of a public address": "2002:808:808::1",
    "documentation 6, new": "3fff::1",
    "segment routing": "5f00::1",
    "unique local": "fd12:3456:789a::1",
    "link-local 6": "fe80::1",
    "link-local 6 with zone": "fe80::1%eth0",
    "site-local": "fec0::1",
    "multicast 6": "ff02::1",
    "a name": "example.org",
    "a name that looks local": "localhost",
    "nothing": "",
    "decimal": "2130706433",
    "octal": "0177.0.0.1",
    "short": "127.1",
    "hexadecimal": "0x7f000001",
    "with port": "8.8.8.8:80",
    "in brackets": "[2606:4700:4700::1111]",
    "zone alone": "%eth0",
}


def networks(*texts: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    return [ipaddress.ip_network(text) for text in texts]


@pytest.mark.parametrize("address", PUBLIC)
def test_the_public_internet_may_be_fetched_from(address: str) -> None:
    assert may_connect(address)


@pytest.mark.parametrize("kind", REFUSED)
def test_everything_else_may_not(kind: str) -> None:
    assert not may_connect(REFUSED[kind])


def test_networks_that_the_settings_allow_may_and_their_neighbours_may_not() -> None:
    allowed = networks("192.168.7.0/24", "fd00:1::/32", "127.0.0.0/8")
    for address in ("192.168.7.9", "::ffff:192.168.7.9", "fd00:1::5", "fd00:1::5%3", "127.0.0.1", "8.8.8.8"):
        assert may_connect(address, allowed), address
    for address in ("192.168.8.9", "fd00:2::5", "::1", "10.0.0.1", "localhost"):
        assert not may_connect(address, allowed), address


def test_an_allowed_network_of_one_version_says_nothing_about_the_other() -> None:
    assert not may_connect("::1", networks("0.0.0.0/0"))
    assert not may_connect("127.0.0.1", networks("::/0"))


@given(st.ip_addresses())
def test_no_private_address_may(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    if address.is_private or address.is_loopback or address.is_link_local or address.is_multicast:
        assert not may_connect(str(address))


@given(st.ip_addresses(v=4))
def test_a_mapped_address_is_what_it_maps(address: ipaddress.IPv4Address) -> None:
    assert may_connect(f"::ffff:{address}") == may_connect(str(address))


@given(st.text())
def test_no_text_is_too_strange(text: str) -> None:
    assert may_connect(text) in (True, False)

"""Which addresses may be fetched from: the public internet, and the private networks that the settings allow.

The list is our own: ``ipaddress`` of Python 3.11.7 calls several of these global (reliability.md, rule 18). It is asked
where a connection is about to be made, after DNS, so that neither a redirect nor a name that changes its address gets
around it.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NOT_PUBLIC_4 = tuple(
    ipaddress.IPv4Network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/3",
    )
)  # fmt: skip
"""IANA IPv4 Special-Purpose Address Registry (RFC 6890), and multicast."""
_PUBLIC_6 = ipaddress.IPv6Network("2000::/3")
_NOT_PUBLIC_6 = tuple(ipaddress.IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"))
"""Inside 2000::/3: protocol assignments with Teredo, documentation, 6to4 (which can wrap any IPv4 address)."""


def may_connect(address: str, allowed: Sequence[Network] = ()) -> bool:
    """Whether a numeric address may be connected to. What is no number (a name) may not: it is asked after DNS."""
    try:
        number = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(number, ipaddress.IPv6Address) and number.ipv4_mapped is not None:
        number = number.ipv4_mapped
    if any(number.version == network.version and number in network for network in allowed):
        return True
    if isinstance(number, ipaddress.IPv4Address):
        return not any(number in network for network in _NOT_PUBLIC_4)
    return number in _PUBLIC_6 and not any(number in network for network in _NOT_PUBLIC_6)

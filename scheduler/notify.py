"""Tell systemd how it goes: the datagram protocol of sd_notify(3). Does nothing where nobody listens."""

from __future__ import annotations

import os
import socket


def notify(state: str) -> bool:
    """Send one state, such as ``READY=1``; whether anybody was there to hear it."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return False
    if address.startswith("@"):
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as wire:
            wire.settimeout(0)  # whoever does not read what it is told must not hold up the service
            wire.connect(address)
            wire.sendall(state.encode())
    except OSError:
        return False
    return True

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from scheduler.notify import notify


def test_nobody_is_told_where_nobody_listens(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    assert not notify("READY=1")
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))
    assert not notify("READY=1")
    monkeypatch.setenv("NOTIFY_SOCKET", "/" + "x" * 500)
    assert not notify("READY=1")


@pytest.mark.parametrize("abstract", [False, True])
def test_the_state_arrives_as_one_datagram(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, abstract: bool) -> None:
    name = f"\0tidings-test-{os.getpid()}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(name)
        listening.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", name.replace("\0", "@"))
        assert notify("STATUS=Zwölf Quellen\nREADY=1")
        assert listening.recv(1000).decode() == "STATUS=Zwölf Quellen\nREADY=1"


def test_who_does_not_listen_any_more_holds_nothing_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as deaf:
        deaf.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        assert not all(notify("WATCHDOG=1") for _ in range(10_000))

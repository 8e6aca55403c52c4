"""The service as a process of its own: started, listened to, told, ended."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.program import ROOT, Folder, command, wait_until

READY = "following"
"""What the log says when the service listens to signals."""


class Running:
    """One start of the service."""

    def __init__(self, folder: Folder, environ: Mapping[str, str] | None = None) -> None:
        self._log = folder.folder / f"log-{time.monotonic_ns()}"
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                command("--settings", str(folder.path), "run"),
                cwd=ROOT,
                stdout=log,
                stderr=log,
                env={**os.environ, **(environ or {})},
            )

    @property
    def log(self) -> str:
        """What it said so far."""
        return self._log.read_text("utf-8")

    def ready(self) -> None:
        """Wait until it listens to signals."""
        self.says(READY)

    def says(self, text: str, *, within: float = 15) -> None:
        """Wait until the log says something."""
        wait_until(lambda: text in self.log or self.process.poll() is not None, f"it to say {text!r}", within=within)
        assert text in self.log, self.log

    def tell(self, number: signal.Signals) -> None:
        """Send a signal."""
        self.process.send_signal(number)

    def ends(self, *, within: float) -> int:
        """Wait for its end; the exit code."""
        try:
            return self.process.wait(within)
        except subprocess.TimeoutExpired:
            pytest.fail(f"it still runs after {within} s:\n{self.log}")

    def memory(self) -> float:
        """Resident memory of the process, in MiB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text("ascii", "replace")
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024


class NotifySocket:
    """systemd's end of the line: what the service tells it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "notify"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(self.path))
        self._socket.settimeout(0)
        self._heard: list[str] = []

    def heard(self) -> list[str]:
        """Every message so far."""
        try:
            while True:
                self._heard.append(self._socket.recv(4096).decode())
        except BlockingIOError:
            return self._heard

    def close(self) -> None:
        """Listen no more."""
        self._socket.close()

"""Plays a fault to the real program: two people wait for a mail each, the server goes wrong, then it is mended."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import time
from base64 import b64encode
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.feeds import RSS, Item, rss, story
from tests.program import ROOT, Folder, command
from tests.site import Site
from tests.smtp.certificates import make_certificates
from tests.smtp.faults import Fault
from tests.smtp.server import PASSWORD, VICTIM, FaultServer

LONGEST_SESSION = 60.0
"""Seconds that were promised."""
_OTHER = "bob@desk.example"
_TOPIC = {"name": "Ships", "query": "ferry"}


@dataclass(frozen=True)
class Result:
    """What became of a fault."""

    fault: Fault
    words: str
    """What the alert's error said while the server was faulty."""
    session: float
    """Seconds of the longest session."""
    passed: float
    """Seconds of the whole pass, the program's start included."""
    wrong: tuple[str, ...]


class Bench:
    """The world of the faults: a paper, and a database in which two alerts wait."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self.certificates = make_certificates(self.folder / "certificates")
        site = self._stack.enter_context(Site()).host()
        body = rss([Item("https://paper.example/a", "The ferry is late", story("ferry"))])
        site.serve("/rss", body, headers=RSS | {"ETag": '"1"'})
        self.source = site.url("/rss")
        first = self._folder("template", {})
        self._run(first, "once", "--no-deliver")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def _folder(self, name: str, mail: dict[str, object]) -> Folder:
        place = self.folder / name
        place.mkdir(parents=True, exist_ok=True)
        folder = Folder(place)
        folder.settings([self.source], [_TOPIC], mail={"to": [VICTIM, _OTHER], **mail})
        return folder

    def _run(self, folder: Folder, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"SSL_CERT_FILE": str(self.certificates.authority), "PYTHONPATH": str(ROOT)}
        return subprocess.run(
            command(*arguments), cwd=folder.folder, env=environment, capture_output=True, text=True,
            timeout=240, check=False,
        )  # fmt: skip

    def play(self, fault: Fault) -> Result:
        """One pass with the fault, one after it was mended; and what is wrong with either."""
        name = "".join(letter if letter.isalnum() else "-" for letter in fault.name)
        with FaultServer(
            fault.steps, fault.act, security=fault.security, logins=fault.logins,
            certificates=self.certificates.by_name(fault.certificate),
        ) as server:  # fmt: skip
            folder = self._folder(name, self._mail(fault, server, mended=False))
            (folder.folder / "password").write_text(PASSWORD, encoding="utf-8")
            shutil.copyfile(self.folder / "template" / "tidings.db", folder.folder / "tidings.db")
            began = time.monotonic()
            done = self._run(folder, "once", "--all")
            passed = time.monotonic() - began
            rows = {row["recipient"]: row for row in folder.rows("SELECT * FROM alerts")}
            wrong = [*_wrong_output(done), *_wrong_states(fault, rows), *_wrong_source(folder)]
            session = max(server.taken.sessions, default=0.0)
            if session > LONGEST_SESSION:
                wrong.append(f"a session took {session:.0f} s")
            server.mended = True
            self._folder(name, self._mail(fault, server, mended=True))
            folder.make_due()
            self._run(folder, "once")
            wrong += [*_wrong_end(fault, folder, server), *_leaked(server)]
        words = str(rows[VICTIM]["error"]) if VICTIM in rows else ""
        return Result(fault, words, session, passed, tuple(wrong))

    def _mail(self, fault: Fault, server: FaultServer, *, mended: bool) -> dict[str, object]:
        user = "olya@" if fault.logins else ""
        host = "localhost" if mended else fault.host
        port = server.port if mended or fault.listens else 9
        mail: dict[str, object] = {"smtp": f"{fault.security}://{user}{host}:{port}"}
        return mail | ({"password_file": "password"} if fault.logins else {})


def _wrong_output(done: subprocess.CompletedProcess[str]) -> list[str]:
    said = done.stdout + done.stderr
    found = [f"exit code {done.returncode}: {said[-300:]}"] if done.returncode not in {0, 1, 3} else []
    found += ["a traceback"] if "Traceback" in said else []
    found += ["a control character in the output"] if any(c < " " and c != "\n" for c in said) else []
    return found + (["the password in the output"] if PASSWORD in said else [])


def _wrong_states(fault: Fault, rows: dict[str, sqlite3.Row]) -> list[str]:
    wanted = "sent" if fault.outcome == "delivered" else fault.outcome
    states = {VICTIM: wanted, _OTHER: wanted if fault.everybody else "sent"}
    found = [
        f"{person}: {rows[person]['state']}, not {state}: {rows[person]['error']}"
        for person, state in states.items()
        if rows[person]["state"] != state
    ]
    for person, row in rows.items():
        if row["state"] != "sent" and person == VICTIM:
            found += [] if fault.says in row["error"] else [f"{fault.says!r} is not told but {row['error']!r}"]
        if row["state"] == "waiting" and row["due_at"] <= row["planned_at"]:
            found.append(f"{person}: no next attempt")
    return found


def _wrong_source(folder: Folder) -> list[str]:
    source = folder.one("SELECT * FROM sources")
    return [] if source["failures"] == 0 and source["last_ok"] else ["the source suffered"]


def _wrong_end(fault: Fault, folder: Folder, server: FaultServer) -> list[str]:
    found = []
    for row in folder.rows("SELECT * FROM alerts"):
        state = "failed" if fault.outcome == "failed" and row["recipient"] == VICTIM else "sent"
        if row["state"] != state:
            found.append(f"{row['recipient']}: {row['state']} in the end: {row['error']}")
        copies = {mail for person, mail in server.taken.mails if person == row["recipient"]}
        if state == "sent" and copies != {bytes(row["message"])}:
            found.append(f"{row['recipient']}: {len(copies)} different mails, not the one that is stored")
    return found


def _leaked(server: FaultServer) -> list[str]:
    clear = server.taken.clear
    secrets = (PASSWORD.encode(), b64encode(PASSWORD.encode()), b64encode(f"\0olya\0{PASSWORD}".encode()))
    return ["the password went out in the clear"] if any(secret in clear for secret in secrets) else []

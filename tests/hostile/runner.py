"""Puts the real program through cases, as a process of its own, and judges what became of each."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from crawler.config import load
from crawler.errors import SettingsError
from tests.hostile.case import FAILED, READ, REFUSED, SECRET, Case
from tests.hostile.names import SITECUSTOMIZE
from tests.hostile.wire import Web
from tests.program import ROOT, Folder

MOST_MIB = 100.0
MOST_SECONDS = 30.0
_BATCH = 48
_TOPIC = {"name": "Harbour", "query": "harbour OR storm OR teaser"}


@dataclass(frozen=True)
class Verdict:
    """What became of a case."""

    case: str
    family: str
    outcome: str
    articles: int
    mib: float
    """Growth of the program's own process over an idle run; of the whole run, where cases share one."""
    seconds: float
    says: str
    faults: tuple[str, ...] = ()


@dataclass
class Run:
    """One process of the program, measured."""

    code: int = 0
    err: str = ""
    mib: float = 0.0
    """Most resident memory of the process itself."""
    worker: float = 0.0
    """Most resident memory of one of its parse workers, which have limits of their own."""
    seconds: float = 0.0
    healthy: float = 0.0
    """Seconds until the last healthy source was asked."""
    faults: list[str] = field(default_factory=list)


class Runner:
    """Runs cases against one web, in a folder of its own for each batch."""

    def __init__(self, web: Web, folder: Path, *, timeout: int = 15) -> None:
        self.web = web
        self.folder = folder
        self.timeout = timeout
        self._numbers = itertools.count()
        site = folder / "site"
        site.mkdir()
        (site / "sitecustomize.py").write_text(SITECUSTOMIZE)
        self.environment = {
            **os.environ,
            "PYTHONPATH": f"{site}{os.pathsep}{ROOT}",
            "SSL_CERT_FILE": str(web.certificates.authority),
            "HOSTILE_NAMES": str(self._names(folder / "names.json")),
        }
        self.idle = self._program(self._settings(()), 1)

    def judge(self, cases: Iterable[Case]) -> Iterator[Verdict]:
        """Verdicts, as they come."""
        for batch in _batches(list(cases)):
            yield from self._batch(batch)

    def _batch(self, batch: Sequence[Case]) -> Iterator[Verdict]:
        taken = [case for case in batch if self._settings_take(case)]
        for case in batch:
            if case not in taken:
                yield _refused_by_settings(case)
        if not taken:
            return
        for answer in (answer for case in taken for answer in case.paths.values()):
            getattr(answer, "prepare", bytes)()
        tokens, canary = len(self.web.tokens), len(self.web.canary)
        place = self._settings(taken)
        run = Run()
        for number in range(1, max(case.polls for case in taken) + 1):
            run = self._program(place, number)
        reached = [f"the canary was asked at {where}" for where in self.web.canary[canary:]]
        reached += [f"a login or cookie was sent to {where}" for where in self.web.tokens[tokens:]]
        for case in taken:
            yield self._verdict(case, place, run, [*run.faults, *reached])

    def _verdict(self, case: Case, place: Folder, run: Run, faults: list[str]) -> Verdict:
        if not (place.folder / "tidings.db").exists():
            return Verdict(case.name, case.family, "lost", 0, 0.0, 0.0, "", (*faults, "there is no database"))
        url = self.web.url(case)
        rows = place.rows(
            "SELECT outcome, error FROM polls WHERE source_id = (SELECT id FROM sources WHERE url = ?) ORDER BY id", url
        )
        outcome, says = (rows[-1]["outcome"], rows[-1]["error"]) if rows else ("lost", "the poll was never stored")
        kind = READ if outcome in ("ok", "unchanged") else outcome
        if kind == FAILED and "crawl.allow_networks" in says:
            kind = REFUSED
        found = place.rows(
            "SELECT title, text, summary, author, link, guid FROM articles"
            " WHERE id IN (SELECT article_id FROM appearances JOIN sources ON sources.id = source_id WHERE url = ?)",
            url,
        )  # fmt: skip
        faults = [*faults, *_faults(case, kind, len(rows), says, ["\n".join(map(str, row)) for row in found])]
        first, last = self.web.spans.get(self.web.address[case.name], (0.0, 0.0))
        seconds = run.seconds - self.idle.seconds if case.alone else last - first
        mib = run.mib - self.idle.mib
        if mib > MOST_MIB:
            faults.append(f"{mib:.0f} MiB more than an idle run")
        if run.seconds - self.idle.seconds > MOST_SECONDS:
            faults.append(f"{run.seconds - self.idle.seconds:.0f} s longer than an idle run")
        return Verdict(case.name, case.family, kind, len(found), mib, max(seconds, 0.0), says[:200], tuple(faults))

    def _settings(self, cases: Sequence[Case]) -> Folder:
        place = Folder(self.folder / f"run{next(self._numbers)}")
        place.folder.mkdir()
        hostile = [{"url": self.web.url(case), "name": case.name, "pages": "always"} for case in cases]
        healthy = [{"url": url, "name": f"healthy {n}"} for n, url in enumerate(self.web.healthy_urls(), 1)]
        crawl = {"allow_networks": ["127.1.0.0/16"], "timeout": f"{self.timeout}s", "contact": "ann@desk.example"}
        place.settings([*hostile, *healthy], [dict(_TOPIC)], crawl=crawl)
        return place

    def _settings_take(self, case: Case) -> bool:
        place = self._settings((case,))
        try:
            load(place.path, {})
        except SettingsError:
            return False
        return True

    def _names(self, path: Path) -> Path:
        names = {
            name: [answer.replace("{host}", self.web.address[case.name]) for answer in answers]
            for case in self.web.cases.values()
            for name, answers in case.names.items()
        }
        path.write_text(json.dumps(names))
        return path

    def _program(self, place: Folder, poll: int) -> Run:
        self.web.begin()
        began = time.monotonic()
        run = Run()
        command = [sys.executable, "-m", "scheduler", "--settings", str(place.path), "once", "--json", "--all"]
        with (place.folder / "err").open("wb") as err, (place.folder / "out").open("wb") as out:
            process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=out, stderr=err)
            watch = threading.Thread(target=_watch, args=(process, run))
            watch.start()
            try:
                process.wait(300)
            except subprocess.TimeoutExpired:
                process.kill()
                run.faults.append("the program did not end within 300 s")
            watch.join()
        run.seconds = time.monotonic() - began
        run.code, run.err = process.returncode, (place.folder / "err").read_text(errors="replace")
        run.healthy = max(self.web.healthy_at.values(), default=began) - began
        run.faults += self._well(place, run, poll)
        return run

    def _well(self, place: Folder, run: Run, poll: int) -> Iterator[str]:
        if run.code not in (0, 1):
            yield f"the program ended with {run.code}: {run.err[-300:]}"
        if "Traceback" in run.err:
            yield f"a traceback: {run.err[run.err.index('Traceback') :][-400:]}"
        if not (place.folder / "tidings.db").exists():
            return
        stored = place.one(
            "SELECT count(DISTINCT source_id) FROM polls WHERE outcome = 'ok' AND new = 1 AND source_id IN"
            " (SELECT id FROM sources WHERE name LIKE 'healthy %') AND id IN"
            " (SELECT max(id) FROM polls GROUP BY source_id)"
        )[0]
        if stored != len(self.web.healthy):
            yield f"only {stored} of {len(self.web.healthy)} healthy sources were read in poll {poll}"
        late = run.healthy - self.idle.healthy if hasattr(self, "idle") else 0.0
        if late > MOST_SECONDS / 2:
            yield f"the last healthy source was asked {late:.0f} s later than in an idle run"


def _faults(case: Case, kind: str, polls: int, says: str, found: list[str]) -> Iterator[str]:
    if kind not in case.outcomes and not (kind == REFUSED and FAILED in case.outcomes):
        yield f"ended as {kind}, not {' or '.join(sorted(case.outcomes))}"
    if polls < case.polls:
        yield f"{polls} of {case.polls} polls were stored"
    if not case.least <= len(found) <= case.most:
        yield f"{len(found)} articles, not {case.least} to {case.most}"
    if "error of Tidings itself" in says or "Traceback" in says:
        yield "an exception got out"
    for unwanted in (SECRET, *case.forbidden):
        if any(unwanted in article for article in found):
            yield f"{unwanted!r} is in the database"
    if any(sign in says for sign in "\r\n\x1b"):
        yield "the sentence has control characters"


def _refused_by_settings(case: Case) -> Verdict:
    fits = () if FAILED in case.outcomes or REFUSED in case.outcomes else ("settings.toml refused the address",)
    return Verdict(case.name, case.family, FAILED, 0, 0.0, 0.0, "refused as a setting", fits)


def _batches(cases: list[Case]) -> Iterator[list[Case]]:
    """Heavy ones by themselves, the others together by the number of their polls."""
    for polls in sorted({case.polls for case in cases}):
        shared = [case for case in cases if case.polls == polls and not case.alone]
        for start in range(0, len(shared), _BATCH):
            yield shared[start : start + _BATCH]
    for case in cases:
        if case.alone:
            yield [case]


def _watch(process: subprocess.Popen[bytes], run: Run) -> None:
    """Keep the most memory that the process and its workers had."""
    while process.poll() is None:
        run.mib = max(run.mib, _peak(process.pid))
        for child in _children(process.pid):
            run.worker = max(run.worker, _peak(child))
        time.sleep(0.05)


def _peak(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM")), 0.0)


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += map(int, task.read_text().split())
        except OSError:
            continue
    return found

"""`tidings once --all` over the real feed documents in shared/data/feeds, three times: is every entry accounted for?

A plain script: serves the documents on loopback, runs the real command in a process of its own for each pass, and reads
the database. Prints the figures and ends with 1 when a document's entries are not all accounted for, a source failed
that has entries, or a later pass stored anything.

    python tests/bench/store_corpus.py [--keep DIR]
"""

from __future__ import annotations

import argparse
import json
import resource
import sqlite3
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT.parent / "shared" / "data" / "feeds"
_HOSTS = 200
"""Loopback addresses the documents are spread over, so that the pace per host does not set the time."""
_TYPES = {".json": "application/feed+json", ".atom": "application/atom+xml"}


class _Corpus(BaseHTTPRequestHandler):
    """Serves the documents as files, without validators: the second pass has to recognise the bytes."""

    protocol_version = "HTTP/1.1"
    documents: ClassVar[dict[str, bytes]] = {}

    def do_GET(self) -> None:
        body = self.documents.get(self.path.lstrip("/"))
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Type", _TYPES.get(Path(self.path).suffix, "application/xml"))
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the library's own name)
        """Say nothing."""


def _settings(folder: Path, names: list[str], port: int) -> Path:
    sources = "".join(
        f'[[sources]]\nurl = "http://127.0.{1 + number % _HOSTS}.1:{port}/{name}"\nname = "{name}"\npages = "never"\n'
        for number, name in enumerate(names)
    )
    path = folder / "settings.toml"
    path.write_text(
        '[crawl]\npace = "0s"\nallow_networks = ["127.0.0.0/8"]\n[mail]\nto = ["bench@example.org"]\n'
        f"{sources}[[topics]]\nname = \"Children\"\nquery = 'child* AND Ukrain*'\n",
        encoding="utf-8",
    )
    return path


def _pass(settings: Path) -> tuple[dict[str, Any], float]:
    """One pass of the real command; its JSON document and its CPU seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "scheduler", "--settings", str(settings), "once", "--all", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0 or "Traceback" in done.stderr:
        print(done.stderr[-4000:])
        raise SystemExit(f"once ended with {done.returncode}")
    return json.loads(done.stdout), after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _judge(database: Path, expected: dict[str, int]) -> int:
    """Compare what the first pass accounted for with what feedparser finds; how many documents differ."""
    with sqlite3.connect(database) as db:
        rows = db.execute(
            "SELECT s.name, p.outcome, p.entries, p.new, p.updated, p.known, p.error FROM polls p"
            " JOIN sources s ON s.id = p.source_id GROUP BY s.id HAVING p.id = min(p.id)"
        ).fetchall()
    wrong = 0
    totals = dict.fromkeys(("entries", "new", "updated", "known"), 0)
    for name, outcome, entries, new, updated, known, error in rows:
        for key, value in zip(totals, (entries, new, updated, known), strict=True):
            totals[key] += value
        short = expected[name] - entries
        if entries != new + updated + known or (short > 0 and "left out" not in error) or short < 0:
            wrong += outcome == "ok" or expected[name] > 0
            print(f"  {name}: {expected[name]} expected, {entries} accounted for ({outcome}) {error[:150]}")
    print(f"first pass: {totals} of {sum(expected.values())} entries that feedparser finds")
    return wrong


def main() -> int:
    """Run the passes and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path, help="folder for the database, to look into afterwards")
    arguments = parser.parse_args()
    if not CORPUS.is_dir():
        print(f"no corpus at {CORPUS}")
        return 2
    expected = {
        row["file"]: row["entries"]
        for row in map(json.loads, (CORPUS / "index.jsonl").read_text(encoding="utf-8").splitlines())
    }
    _Corpus.documents = {name: (CORPUS / name).read_bytes() for name in expected}
    server = ThreadingHTTPServer(("0.0.0.0", 0), _Corpus)  # all of 127/8
    threading.Thread(target=server.serve_forever, daemon=True).start()
    folder = arguments.keep or Path(tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    settings = _settings(folder, list(expected), server.server_address[1])
    first, first_cpu = _pass(settings)
    wrong = _judge(folder / "tidings.db", expected)
    second, second_cpu = _pass(settings)
    # Other bytes, the same entries: now every document is read again, and nothing may come back.
    _Corpus.documents = {name: body + b"\n" * (b"\0" not in body) for name, body in _Corpus.documents.items()}
    third, third_cpu = _pass(settings)
    server.shutdown()
    passes = (("first", first, first_cpu), ("second", second, second_cpu), ("third", third, third_cpu))
    for name, document, cpu in passes:
        errors = document.pop("errors")
        print(f"{name} pass: {cpu:.1f} s CPU, {json.dumps(document)}, {len(errors)} errors")
    again = sum(document["articles"][key] for document in (second, third) for key in ("new", "updated"))
    print(f"{len(expected)} documents, {wrong} not accounted for, {again} stored again by later passes")
    return 1 if wrong or again else 0


if __name__ == "__main__":
    sys.exit(main())

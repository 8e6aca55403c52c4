"""``python -m tests.hostile [--list] [--alone | --shared] [WORD …]``: the program through all cases, or some.

A word picks the cases in whose name or family it stands; ``--alone`` those that have a run of their own.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.hostile.families import catalogue
from tests.hostile.runner import Runner, Verdict
from tests.hostile.wire import Web


def main(words: list[str]) -> int:
    """Print a line for each case, and how many passed; 1 when one did not."""
    alone = {"--alone": True, "--shared": False}
    kinds = [alone[word] for word in words if word in alone]
    words = [word for word in words if word not in alone]
    wanted = [word for word in words if word != "--list"]
    cases = [c for c in catalogue() if not wanted or any(word in c.name or word in c.family for word in wanted)]
    cases = [case for case in cases if not kinds or case.alone in kinds]
    if "--list" in words:
        print(*(f"{case.family:20} {case.name}" for case in catalogue()), sep="\n")
        return 0
    verdicts: list[Verdict] = []
    with tempfile.TemporaryDirectory() as folder, Web(cases) as web:
        runner = Runner(web, Path(folder))
        print(f"idle: {runner.idle.mib:.0f} MiB, {runner.idle.seconds:.1f} s; {len(cases)} cases")
        for verdict in runner.judge(cases):
            verdicts.append(verdict)
            print(_line(verdict), flush=True)
    failed = [verdict for verdict in verdicts if verdict.faults]
    print(f"\nmost: +{max(v.mib for v in verdicts):.0f} MiB, {max(v.seconds for v in verdicts):.1f} s;", end=" ")
    print(f"canary: {len(web.canary)} connections; logins to strangers: {len(web.tokens)}")
    print(f"{len(verdicts) - len(failed)} passed, {len(failed)} failed")
    for verdict in failed:
        print(f"  {verdict.case}: {'; '.join(verdict.faults)[:600]}")
    return 1 if failed else 0


def _line(verdict: Verdict) -> str:
    mark = "FAILED" if verdict.faults else "ok"
    cost = f"+{verdict.mib:4.0f} MiB {verdict.seconds:5.1f} s"
    what = f"{verdict.case:32} {verdict.outcome:8} {verdict.articles:5}"
    return f"{mark:6} {what} {cost}  {verdict.says[:90]!r}{_why(verdict)}"


def _why(verdict: Verdict) -> str:
    return f"  <- {'; '.join(verdict.faults)[:300]}" if verdict.faults else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

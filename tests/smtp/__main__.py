"""``python -m tests.smtp``: every fault of the catalogue through ``tidings once``, as a table.

Options: ``--only TEXT`` the faults whose name holds it, ``--width N`` so many at a time (they mostly wait).
"""

from __future__ import annotations

import argparse
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.smtp.faults import FAULTS
from tests.smtp.matrix import Bench, Result


def main() -> int:
    """Play what was asked for; 1 when anything came out otherwise than the catalogue says."""
    parser = argparse.ArgumentParser(prog="python -m tests.smtp", description=__doc__)
    parser.add_argument("--only", default="")
    parser.add_argument("--width", type=int, default=4)
    asked = parser.parse_args()
    chosen = [fault for name, fault in FAULTS.items() if asked.only in name]
    with tempfile.TemporaryDirectory(prefix="smtp-") as folder, Bench(Path(folder)) as bench:
        results = []
        with ThreadPoolExecutor(asked.width) as pool:
            for result in pool.map(bench.play, chosen):
                results.append(result)
                _tell(result)
    good = sum(not result.wrong for result in results)
    worst = max(results, key=lambda result: result.session)
    print(f"{good} of {len(results)} as they should be; longest session {worst.session:.1f} s ({worst.fault.name})")
    return int(good < len(results))


def _tell(result: Result) -> None:
    name, outcome = result.fault.name, result.fault.outcome
    print(f"{name:36} {outcome:10} {result.session:5.1f} s {result.passed:6.1f} s  {result.words[:90]}", flush=True)
    for wrong in result.wrong:
        print(f"    WRONG: {wrong}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())

"""Prints our figures beside the baselines': ``python -m tests.quality [NAME…]``.

A kind of figures is a module of this folder with a ``report()`` that yields lines; its name is the module's. Without a
name all are printed. Data that is not there is said to be missing.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from pathlib import Path

import pytest


def reports() -> list[str]:
    """The names of the modules that report."""
    found = sorted(one.name for one in pkgutil.iter_modules([str(Path(__file__).parent)]))
    named = [name for name in found if not name.startswith(("test_", "_"))]
    return [name for name in named if hasattr(importlib.import_module(f"tests.quality.{name}"), "report")]


def main(asked: list[str]) -> int:
    """Print the reports that were asked for; 2 when one of them does not exist."""
    known = reports()
    if unknown := [name for name in asked if name not in known]:
        print(f"{', '.join(unknown)}: no such report; there are {', '.join(known)}", file=sys.stderr)
        return 2
    for name in asked or known:
        module = importlib.import_module(f"tests.quality.{name}")
        print(f"== {name}: {(module.__doc__ or '').splitlines()[0]}")
        try:
            for line in module.report():
                print(line, flush=True)
        except pytest.skip.Exception as missing:
            print(f"  {missing}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""``python -m scheduler`` is the command ``tidings``."""

from scheduler.cli import main

main()

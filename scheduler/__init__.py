"""Tidings' scheduler: when it is done (``crawler`` knows what), and the command that people type."""

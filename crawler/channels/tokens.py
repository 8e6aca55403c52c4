"""Access tokens (OAuth 2.0) that a command of the person prints, and how XOAUTH2 says them."""

from __future__ import annotations

import shlex
import subprocess

_WITHIN = 20.0
"""Seconds that the command may take: it may have to ask the provider for a fresh one."""


def access_token(command: str, key: str) -> str:
    """The first line that the command prints; ``key`` is where settings.toml names it. Blocks.

    Raises:
        ValueError: it printed none; no sentence repeats what it printed.
    """
    try:
        ended = subprocess.run(  # noqa: S603 - the person's own command, run without a shell
            shlex.split(command), capture_output=True, check=False, timeout=_WITHIN, text=True
        )
    except subprocess.TimeoutExpired:
        raise ValueError(f"{key} did not end within {_WITHIN:g} s") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "its quotation marks do not match"
        raise ValueError(f"{key} cannot be run: {reason}") from None
    token = ended.stdout.strip().partition("\n")[0].strip()
    if ended.returncode or not token or not token.isprintable():
        raise ValueError(f"{key} printed no access token (it ended with {ended.returncode})")
    return token


def xoauth2(user: str, token: str) -> str:
    """What is said to the server, before base64 (developers.google.com/gmail/imap/xoauth2-protocol)."""
    return f"user={user}\1auth=Bearer {token}\1\1"

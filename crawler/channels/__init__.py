"""Ways out for a finished mail. A new kind is a file here and a line in ``KINDS``."""

from __future__ import annotations

from collections.abc import Callable

from crawler.channels.base import MailSettings, Send, ServerUnreachableError
from crawler.channels.maildir import open_maildir
from crawler.channels.smtp import open_smtp

__all__ = ["KINDS", "MailSettings", "Send", "ServerUnreachableError"]

KINDS: dict[str, Callable[[MailSettings], Send]] = {
    "maildir": open_maildir,
    "smtp": open_smtp,
}
"""Kind → what opens it."""

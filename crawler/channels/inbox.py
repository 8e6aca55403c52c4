"""Where answers by mail come in: a Maildir, or a folder on an IMAP server (RFC 9051). Blocking, bounded, and blind.

Of a mail only the head is read, and of that only the subject and what tells a program's mail from a person's
(RFC 3834): whatever else strangers write into it, attach to it or make it look like, is never looked at.
"""

from __future__ import annotations

import imaplib
import os
import re
import socket
import ssl
import stat
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from email.errors import MessageError
from email.header import decode_header, make_header
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Any

from crawler.channels.connection import Deadline, connect
from crawler.channels.tokens import access_token, xoauth2

MARK = "tidings"
"""Stands in the subject of every answer, so that a server can find them."""
_HEAD = 8192
"""Bytes of a mail that are read."""
_MOST = 200
"""Mails of one pass; what is left is read in the next."""
_MOST_FILES = 10_000
_MOST_SAID = 4_000_000
"""Bytes that an IMAP server may say in one session: 200 heads are 1.6 MB at most."""
_PARTS = "(BODY.PEEK[HEADER.FIELDS (SUBJECT AUTO-SUBMITTED PRECEDENCE RETURN-PATH)]<0.8192>)"
_BULK = frozenset({"bulk", "junk", "list", "auto_reply"})


class InboxError(Exception):
    """The mailbox cannot be read now; its text is a sentence for whoever keeps the settings."""


Take = Callable[[str], bool]
"""Takes the subject of a person's mail, and says whether the mail was an answer and is done with."""


@dataclass(frozen=True, slots=True)
class ImapOptions:
    """How to reach the server; the password never shows in its repr."""

    host: str
    port: int
    security: str
    """``plain``, ``starttls`` or ``tls``; nothing weaker is ever tried."""
    user: str
    password: str = field(default="", repr=False)
    token_command: str = ""
    folder: str = "INBOX"
    timeout: float = 20.0
    """Seconds for one answer of the server."""
    deadline: float = 60.0
    """Seconds for the whole session, the look-up of the server's name included."""
    context: ssl.SSLContext | None = field(default=None, repr=False)
    """``None`` takes ``ssl.create_default_context()``: certificates and names are verified."""

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def subject_of(head: bytes) -> str:
    """The decoded subject of a mail that a person wrote; empty for what a program sent, or nobody can read."""
    try:
        found = BytesHeaderParser().parsebytes(head)
        automatic = str(found.get("Auto-Submitted", "no")).partition(";")[0].strip().lower() != "no"
        bulk = str(found.get("Precedence", "")).strip().lower() in _BULK
        bounced = str(found.get("Return-Path", "")).strip() == "<>"
        raw = str(found.get("Subject", ""))
        subject = str(make_header(decode_header(re.sub(r"\r?\n(?=[ \t])", "", raw))))
    except (MessageError, ValueError, LookupError):
        return ""
    return "" if automatic or bulk or bounced else subject


def read_maildir(folder: Path, take: Take, known: set[str]) -> None:
    """Offer ``take`` what is unread in a Maildir; what it took is marked as seen, the rest stays as it is.

    ``known`` holds the names of mails that were no answers, so that none is opened twice; it is kept by the caller.

    Raises:
        InboxError: the folder cannot be read.
    """
    try:
        unread = [path for path in _unread(folder) if _name(path) not in known][:_MOST]
    except OSError as error:
        raise InboxError(f"the Maildir {folder} cannot be read: {error.strerror}") from error
    for path in unread:
        subject = subject_of(_head_of(path))
        if not (MARK in subject and take(subject)):
            known.add(_name(path))
            continue
        try:
            (folder / "cur").mkdir(mode=0o700, exist_ok=True)
            path.rename(folder / "cur" / f"{_name(path)}:2,{_with_seen(path)}")
        except FileNotFoundError:
            continue  # a mail program was quicker
        except OSError as error:
            raise InboxError(f"an answer in the Maildir {folder} cannot be marked: {error.strerror}") from error


def _unread(folder: Path) -> Iterable[Path]:
    """Files that no program marked as seen (``:2,…S``), those that nobody moved out of ``new`` first."""
    found: list[Path] = []
    for part in ("new", "cur"):
        with suppress(FileNotFoundError), os.scandir(folder / part) as entries:
            for entry in entries:
                if len(found) >= _MOST_FILES:
                    break
                if not entry.name.startswith(".") and "S" not in entry.name.partition(":2,")[2]:
                    found.append(Path(entry.path))
    if not found and not folder.is_dir():
        raise FileNotFoundError(2, "there is no such folder")
    return found


def _name(path: Path) -> str:
    return path.name.partition(":2,")[0]


def _with_seen(path: Path) -> str:
    return "".join(sorted(set(path.name.partition(":2,")[2]) | {"S"}))


def _head_of(path: Path) -> bytes:
    """The first bytes of a file; none of what is no file of its own, such as a pipe that nobody writes to."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return b""
    try:
        return os.read(handle, _HEAD) if stat.S_ISREG(os.fstat(handle).st_mode) else b""
    except OSError:
        return b""
    finally:
        os.close(handle)


def read_imap(options: ImapOptions, take: Take) -> None:
    """Offer ``take`` the unread mails whose subject holds ``MARK``; what it took is marked as seen.

    Raises:
        InboxError: no connection, no login, no such folder, or a server that says too much or takes too long.
    """
    with Deadline(options.deadline) as deadline:
        try:
            session = _Session(options, deadline)
            try:
                _log_in(session, options)
                _read(session, options, take)
            finally:
                session.leave()
        except InboxError:
            raise
        except (OSError, imaplib.IMAP4.error, ValueError) as error:
            raise InboxError(_told(error, options, expired=deadline.expired)) from None


class _Session(imaplib.IMAP4):
    """An ``imaplib`` session over a connection that ends, which stops listening to a server without end."""

    def __init__(self, options: ImapOptions, deadline: Deadline) -> None:
        self._options = options
        self._deadline = deadline
        self._said = 0
        super().__init__(options.host, options.port, options.timeout)
        if options.security == "starttls":
            try:
                self.starttls(self._context())
            except (OSError, imaplib.IMAP4.error):
                self.shutdown()
                raise

    def _context(self) -> ssl.SSLContext:
        return self._options.context or ssl.create_default_context()

    def _create_socket(self, timeout: float | None) -> socket.socket:
        options = self._options
        found = connect(options.host, options.port, self._deadline, timeout or options.timeout)
        return self._context().wrap_socket(found, server_hostname=options.host) if options.security == "tls" else found

    def leave(self) -> None:
        """Take leave, whatever the server makes of it; ``imaplib`` alone keeps the connection when that fails."""
        with suppress(OSError, imaplib.IMAP4.error):
            self.logout()
        with suppress(OSError):
            self.shutdown()

    def read(self, size: int) -> bytes:
        """A literal of the length that the server announced, if it is one that we take."""
        self._count(size)
        return super().read(size)

    def readline(self) -> bytes:
        line = super().readline()
        self._count(len(line))
        return line

    def _count(self, size: int) -> None:
        self._said += size
        if self._said > _MOST_SAID:
            raise OSError(f"it says more than {_MOST_SAID:,} bytes")


def _log_in(session: _Session, options: ImapOptions) -> None:
    """One attempt, one mechanism: a second after a refusal would count twice towards a lock."""
    try:
        if options.token_command:
            said = xoauth2(options.user, access_token(options.token_command, "[answers].token_command")).encode()
            # A refusal comes as a challenge with JSON in it, which is answered with nothing.
            session.authenticate("XOAUTH2", lambda challenge: b"" if challenge else said)
        else:
            session.login(options.user, options.password)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        raise InboxError(
            f"{options} refused the login of {options.user!r}; check the user in [answers].imap and the password"
        ) from error


def _read(session: _Session, options: ImapOptions, take: Take) -> None:
    folder = '"' + re.sub(r'(["\\])', r"\\\1", options.folder) + '"'
    answer, _ = session.select(folder)
    if answer != "OK":
        raise InboxError(f"{options} has no folder {options.folder!r}; write its name at the end of [answers].imap")
    answer, found = session.uid("SEARCH", "UNSEEN", "UNDELETED", "SUBJECT", f'"{MARK}"')
    numbers = (found[0] or b"").split()[:_MOST] if answer == "OK" and found else []
    for number in numbers:
        if not number.isdigit():
            raise ValueError("it answers outside its grammar")
        _, parts = session.uid("FETCH", number.decode(), _PARTS)
        take(subject_of(_literal(parts)))
        # Marked whatever it was: the server found our mark in its subject, and nothing else may be read twice.
        session.uid("STORE", number.decode(), "+FLAGS.SILENT", "(\\Seen)")
    with suppress(OSError, imaplib.IMAP4.error):
        session.close()


def _literal(parts: list[Any]) -> bytes:
    return next((each[1] for each in parts if isinstance(each, tuple)), b"")


def _told(error: Exception, options: ImapOptions, *, expired: bool) -> str:
    match error:
        case _ if expired:
            return f"{options} did not finish within {options.deadline:g} s"
        case TimeoutError():
            return f"{options} gave no answer within {options.timeout:g} s"
        case ssl.SSLCertVerificationError():
            return f"{options}: the certificate is not right: {error.verify_message}"
    reason = (isinstance(error, OSError) and error.strerror) or error
    return f"{options} cannot be read: {' '.join(str(reason).split())[:300]}"

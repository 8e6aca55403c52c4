"""Mail into a Maildir (https://cr.yp.to/proto/maildir.html): a folder that any mail program opens."""

from __future__ import annotations

import hashlib
import os
from email.parser import BytesHeaderParser
from pathlib import Path

from crawler.channels.base import MailSettings, Send, ServerUnreachableError

_FOLDERS = ("tmp", "new", "cur")


def open_maildir(mail: MailSettings) -> Send:
    """The channel that ``[mail].maildir`` describes; the folder is made when something is delivered."""
    folder = mail.maildir
    return lambda message, recipient: deliver(message, recipient, folder)


def deliver(message: bytes, recipient: str, folder: Path) -> None:
    """Put ``message`` into the Maildir ``folder``, on the disk before this returns. Blocks.

    A message whose Message-ID is there already, read or unread, is left as it is: a retry makes no second file.
    Recipients share the folder.

    Raises:
        ServerUnreachableError: the folder cannot be written.
    """
    name = file_name(message)
    try:
        for part in _FOLDERS:
            (folder / part).mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_there(folder, name):
            _write(folder, name, message.replace(b"\r\n", b"\n"))
    except OSError as error:
        raise ServerUnreachableError(recipient, f"the Maildir {folder} cannot be written: {error.strerror}") from error


def file_name(message: bytes) -> str:
    """A name made of the Message-ID alone, so that nothing a stranger wrote becomes a path."""
    identity = BytesHeaderParser().parsebytes(message).get("Message-ID")
    key = str(identity).strip().encode("utf-8", "surrogateescape") if identity else message
    return f"{hashlib.sha256(key).hexdigest()[:32]}.tidings"


def _is_there(folder: Path, name: str) -> bool:
    # A mail program that shows it moves it to cur and adds flags: name:2,S
    return (folder / "new" / name).exists() or any((folder / "cur").glob(f"{name}*"))


def _write(folder: Path, name: str, content: bytes) -> None:
    waiting = folder / "tmp" / f"{name}.{os.getpid()}"
    with waiting.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    waiting.replace(folder / "new" / name)
    _sync_folder(folder / "new")


def _sync_folder(folder: Path) -> None:
    """Make a new name survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

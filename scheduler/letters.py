"""Answers that come by mail: a job reads the mailbox in a thread, and does what signed subjects ask.

Nothing is ever sent in reply, so no loop can begin. Anybody may write there; only a word that was signed here acts.
"""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path

from crawler import answering
from crawler.alerts.replies import TokenError, found_in, read
from crawler.channels.base import reveal
from crawler.channels.inbox import ImapOptions, InboxError, read_imap, read_maildir
from crawler.config import AnswersConfig
from crawler.delivery import in_thread
from crawler.errors import StorageError
from crawler.runtime import Runtime
from crawler.storage import Store

_log = logging.getLogger(__name__)
_MOST_KNOWN = 50_000
_known: dict[Path, set[str]] = {}
"""Mails in Maildirs that were no answers."""


async def read_answers(runtime: Runtime) -> int:
    """Do what came in by mail since the last time; how many answers there were. Told once while it fails."""
    answers = runtime.config.answers
    if not answers.address:
        runtime.store.wishes.note_trouble("", runtime.clock())
        return 0
    desk = _Desk(runtime)
    trouble = ""
    try:
        await in_thread(lambda: read_mailbox(answers, desk), name="answers")
    except InboxError as error:
        trouble = str(error)
    async with runtime.turn.hold():
        is_new = runtime.store.wishes.note_trouble(trouble, runtime.clock())
    if trouble and is_new:
        _log.error("answers by mail are not read, and it is tried again: %s", trouble)
    return desk.done


def read_mailbox(answers: AnswersConfig, take: _Desk) -> None:
    """Offer what is unread in the mailbox that the settings name. Blocks.

    Raises:
        InboxError: it cannot be read, or an answer could not be stored; then it is still unread.
    """
    try:
        if answers.maildir is not None:
            known = _known.setdefault(answers.maildir, set())
            if len(known) > _MOST_KNOWN:
                known.clear()
            read_maildir(answers.maildir, take, known)
        elif answers.imap is not None:
            read_imap(imap_options(answers), take)
    except (StorageError, sqlite3.Error) as error:
        raise InboxError(f"an answer could not be stored: {error}") from error


def imap_options(answers: AnswersConfig) -> ImapOptions:
    """How ``[answers].imap`` is reached."""
    url = answers.imap
    if url is None:
        raise ValueError("[answers].imap is not set")
    return ImapOptions(
        url.host,
        url.port,
        url.security,
        url.user,
        password=reveal(answers.password),
        token_command=answers.token_command,
        folder=url.folder,
    )


class _Desk:
    """Takes subjects, in the thread that reads, by a connection to the database of its own."""

    def __init__(self, runtime: Runtime) -> None:
        self._key = runtime.answer_key
        self._path = runtime.config.storage.path
        self._clock = runtime.clock
        self.done = 0

    def __call__(self, subject: str) -> bool:
        """Do what a subject asks; whether it was an answer, good or not any more."""
        word = found_in(subject)
        if not word:
            return False
        try:
            asked = read(word, self._key, self._clock())
        except TokenError as error:
            _log.info("an answer by mail was left alone: %s", error)
            return True
        with Store.guest(self._path) as store:
            meant = answering.meant_by(store, asked)
            if meant is not None:
                answering.act(store, asked, meant, self._clock())
                self.done += 1
                _log.info("an answer by mail from whom alert %d went to: %s", asked.alert, asked.reply.name.lower())
        return True

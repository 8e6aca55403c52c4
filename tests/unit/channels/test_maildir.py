from __future__ import annotations

import mailbox
from pathlib import Path

import pytest

from crawler.channels.base import ServerUnreachableError
from crawler.channels.maildir import deliver, file_name

MESSAGE = b"From: a@x.example\r\nMessage-ID: <../../etc/passwd@x>\r\nSubject: News\r\n\r\nHello\r\n"


def test_mail_programs_read_it(tmp_path: Path) -> None:
    deliver(MESSAGE, "a@x.example", tmp_path / "a" / "mail")
    box = mailbox.Maildir(tmp_path / "a" / "mail", create=False)
    (message,) = list(box)
    assert message["Subject"] == "News"
    assert message.get_payload() == "Hello\n"
    assert message.get_subdir() == "new"
    assert list((tmp_path / "a" / "mail" / "tmp").iterdir()) == []


def test_same_message_id_makes_no_second_file(tmp_path: Path) -> None:
    for body in (MESSAGE, MESSAGE.replace(b"Hello", b"Hello again")):
        deliver(body, "a@x.example", tmp_path)
    (only,) = (tmp_path / "new").iterdir()
    assert b"again" not in only.read_bytes()
    only.rename(tmp_path / "cur" / f"{only.name}:2,S")
    deliver(MESSAGE, "a@x.example", tmp_path)
    assert list((tmp_path / "new").iterdir()) == []


def test_two_messages_are_two_files(tmp_path: Path) -> None:
    deliver(MESSAGE, "a@x.example", tmp_path)
    deliver(MESSAGE.replace(b"passwd", b"shadow"), "a@x.example", tmp_path)
    assert len(list((tmp_path / "new").iterdir())) == 2


def test_names_come_from_ids_alone(tmp_path: Path) -> None:
    name = file_name(MESSAGE)
    assert name == file_name(MESSAGE.replace(b"News", b"Other"))
    assert name.removesuffix(".tidings").isalnum()
    assert file_name(b"\xff\xfe no headers") != file_name(b"\xff other")


def test_leftover_of_a_crash_is_written_anew(tmp_path: Path) -> None:
    deliver(MESSAGE, "a@x.example", tmp_path)
    (delivered,) = (tmp_path / "new").iterdir()
    delivered.rename(tmp_path / "tmp" / delivered.name)
    deliver(MESSAGE, "a@x.example", tmp_path)
    assert len(list((tmp_path / "new").iterdir())) == 1


def test_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file")
    with pytest.raises(ServerUnreachableError, match=r"the Maildir .*mail cannot be written"):
        deliver(MESSAGE, "a@x.example", tmp_path / "mail")

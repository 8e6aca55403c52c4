"""Mails through a real Postfix into a real Dovecot mailbox, and back over IMAP; both with settings of their own.

    apt install postfix dovecot-imapd
    pytest tests/mail/test_postfix_dovecot.py        (as root: Postfix starts as nobody else)

Neither touches a mail system that the machine has: the queue, the settings, the ports and the mailboxes are the test's.
"""

from __future__ import annotations

import email
import email.policy
import imaplib
import os
import re
import shutil
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from email.message import EmailMessage
from pathlib import Path

import pytest

from crawler.channels.smtp import SmtpOptions, send
from crawler.model import Thread
from tests.mail.samples import TOPIC, mail, samples

OLENA, DESK = "olena@paper.example", "desk@paper.example"
PASSWORD = "sesame"
_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
_POSTFIX, _DOVECOT = (shutil.which(name, path=_PATH) for name in ("postfix", "dovecot"))
pytestmark = [
    pytest.mark.skipif(not (_POSTFIX and _DOVECOT), reason="Debian's postfix and dovecot-imapd are not installed"),
    pytest.mark.skipif(os.geteuid() != 0, reason="Postfix is started by root alone"),
]

_MAIN = """
compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/data
mail_owner = postfix
setgid_group = postdrop
maillog_file = {home}/mail.log
maillog_file_prefixes = {home}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = post.paper.example
mydestination =
alias_maps =
alias_database =
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_recipient_restrictions = permit_mynetworks, reject
default_transport = error:nothing leaves this machine
virtual_mailbox_domains = paper.example
virtual_mailbox_base = {home}/mail
virtual_mailbox_maps = inline:{{ {{ olena@paper.example = olena/ }} {{ desk@paper.example = desk/ }} }}
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
"""
_MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
postlog unix-dgram n - n - 1 postlogd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
"""
_DOVECOT_CONF = """
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
first_valid_uid = 100
mail_location = maildir:{home}/mail/%n
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid=65534 gid=65534 home={home}/mail/%n
}}
service imap-login {{
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
"""


@dataclass(frozen=True, slots=True)
class Post:
    """Where the two servers listen, and where their things are."""

    smtp: int
    imap: int
    home: Path

    @contextmanager
    def mailbox(self, person: str) -> Iterator[imaplib.IMAP4]:
        """A person's inbox."""
        with imaplib.IMAP4("127.0.0.1", self.imap, timeout=20) as box:
            box.login(person, PASSWORD)
            box.select("INBOX")
            yield box


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def wait_for(port: int, greeting: bytes, log: Path) -> None:
    for _ in range(200):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
                assert line.recv(200).startswith(greeting)
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"nothing answers on port {port}: {log.read_text(errors='replace') if log.exists() else 'no log'}")


@pytest.fixture(scope="module")
def post() -> Iterator[Post]:
    # pytest's own folders are closed to the users that the servers run as.
    home = Path(tempfile.mkdtemp(prefix="tidings-post-", dir="/tmp"))
    home.chmod(0o755)
    for name in ("etc", "queue", "data", "mail", "run", "state"):
        (home / name).mkdir()
    shutil.chown(home / "data", "postfix")
    shutil.chown(home / "mail", 65534, 65534)
    found = Post(free_port(), free_port(), home)
    (home / "etc" / "main.cf").write_text(_MAIN.format(home=home))
    (home / "etc" / "master.cf").write_text(_MASTER.format(port=found.smtp))
    conf = home / "dovecot.conf"
    conf.write_text(_DOVECOT_CONF.format(home=home, port=found.imap, password=PASSWORD))
    postfix = [str(_POSTFIX), "-c", str(home / "etc")]
    with (home / "said.log").open("wb") as said:
        dovecot = subprocess.Popen([str(_DOVECOT), "-F", "-c", str(conf)], stdout=said, stderr=said)
        try:
            subprocess.run([*postfix, "start"], check=True, timeout=60, stdout=said, stderr=said)
            wait_for(found.smtp, b"220 post.paper.example", home / "mail.log")
            wait_for(found.imap, b"* OK", home / "dovecot.log")
            yield found
        finally:
            subprocess.run([*postfix, "stop"], check=False, timeout=60, stdout=said, stderr=said)
            dovecot.terminate()
            dovecot.wait(30)
            shutil.rmtree(home, ignore_errors=True)


def deliver(post: Post, message: bytes, recipient: str) -> None:
    send(message, recipient, SmtpOptions("127.0.0.1", post.smtp, security="plain"))


def waited_for(post: Post, person: str, number: int) -> list[bytes]:
    """What lies in a person's inbox once there are so many mails, in order of arrival."""
    for _ in range(150):
        with post.mailbox(person) as box:
            numbers = box.search(None, "ALL")[1][0].split()
            if len(numbers) >= number:
                return [_fetched(box, each.decode()) for each in numbers]
        time.sleep(0.2)
    pytest.fail(
        f"{len(numbers)} of {number} mails came: {(post.home / 'mail.log').read_text(errors='replace')[-2000:]}"
    )


def _fetched(box: imaplib.IMAP4, number: str) -> bytes:
    found = box.fetch(number, "(BODY.PEEK[])")[1][0]
    assert isinstance(found, tuple)
    return bytes(found[1])


def as_sent(fetched: bytes) -> bytes:
    """A mail without what servers put on top of it."""
    return fetched[fetched.index(b"From: ") :]


@pytest.fixture(scope="module")
def delivered(post: Post) -> dict[str, bytes]:
    """Every sample, sent to Olena one after the other; what was sent, by name."""
    first = mail(samples()["single"])
    opened = email.message_from_bytes(first, policy=email.policy.default)
    told = samples()
    told["follow-up"] = replace(told["follow-up"], thread=Thread(str(opened["Subject"]), (str(opened["Message-ID"]),)))
    sent: dict[str, bytes] = {}
    for number, (name, alert) in enumerate(told.items(), 1):
        own = alert.message_id if name == "single" else f"<tidings.{number}@paper.example>"
        sent[name] = mail(replace(alert, message_id=own))
        deliver(post, sent[name], OLENA)
        waited_for(post, OLENA, number)
    return sent


def test_what_is_fetched_is_what_was_sent(post: Post, delivered: dict[str, bytes]) -> None:
    fetched = waited_for(post, OLENA, len(delivered))
    assert [as_sent(each) for each in fetched] == list(delivered.values())
    for each in fetched:
        message = email.message_from_bytes(each, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        assert not message.defects
        assert message["Delivered-To"] == OLENA
        assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


def test_the_server_joins_a_story_to_one_conversation(post: Post, delivered: dict[str, bytes]) -> None:
    names = list(delivered)
    single, follow_up = names.index("single") + 1, names.index("follow-up") + 1
    with post.mailbox(OLENA) as box:
        said = box.thread("REFERENCES", "UTF-8", "ALL")[1][0].decode()
    threads = [[int(number) for number in re.findall(r"\d+", each)] for each in re.findall(r"\(([^()]+)\)", said)]
    assert sorted([single, follow_up]) in threads
    assert len(threads) == len(names) - 1, "nothing else is a conversation"


def test_the_server_finds_a_mail_by_its_headers_and_its_words(post: Post, delivered: dict[str, bytes]) -> None:
    names = list(delivered)
    with post.mailbox(OLENA) as box:
        by_topic = box.search(None, "HEADER", "X-Tidings-Topic", f'"{TOPIC}"')[1][0].split()
        by_list = box.search(None, "HEADER", "List-Id", "digest-over-topics")[1][0].split()
        box.literal = "шістнадцятеро дітей".encode()  # type: ignore[assignment]  # bytes are sent
        by_words = box.search("UTF-8", "BODY")[1][0].split()
        box.literal = "שישה-עשר ילדים".encode()  # type: ignore[assignment]
        by_hebrew = box.search("UTF-8", "SUBJECT")[1][0].split()
    assert {names[int(each) - 1] for each in by_list} == {"over-topics"}
    assert {"single", "follow-up", "digest", "over-topics"} <= {names[int(each) - 1] for each in by_topic}
    assert {"follow-up", "ukrainian"} <= {names[int(each) - 1] for each in by_words}
    assert [names[int(each) - 1] for each in by_hebrew] == ["right-to-left"]


def test_each_gets_a_mail_of_their_own(post: Post) -> None:
    told = replace(samples()["digest"], recipient=DESK, message_id="<tidings.desk@paper.example>")
    deliver(post, mail(told), DESK)
    (only,) = waited_for(post, DESK, 1)
    message = email.message_from_bytes(only, policy=email.policy.default)
    assert (message["To"], message["Delivered-To"]) == (DESK, DESK)
    assert b"olena" not in only.lower()


def test_whom_the_server_does_not_know_it_refuses_at_once(post: Post) -> None:
    with smtplib.SMTP("127.0.0.1", post.smtp, timeout=20) as line, pytest.raises(smtplib.SMTPRecipientsRefused):
        line.sendmail("tidings@paper.example", ["nobody@paper.example"], b"Subject: x\r\n\r\nx\r\n")

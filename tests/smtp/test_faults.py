"""The catalogue of mail servers' faults: all of it at the channel with little patience, a sample through the program.

``python -m tests.smtp`` plays all of it through the program with the patience that people get.
"""

from __future__ import annotations

import ssl
import time
from base64 import b64encode
from collections.abc import Iterator

import pytest

from crawler.channels import ServerUnreachableError
from crawler.channels.smtp import SmtpOptions, send
from crawler.errors import DeliveryError, PermanentDeliveryError, TemporaryDeliveryError
from tests.smtp.certificates import Certificates, make_certificates
from tests.smtp.faults import FAULTS, Fault
from tests.smtp.matrix import Bench
from tests.smtp.server import PASSWORD, VICTIM, FaultServer

MESSAGE = b"From: t@x.example\r\nTo: a@x.example\r\nSubject: News\r\n\r\n.dot\r\n" + b"Hello\r\n" * 2000
QUICK, PATIENT = (0.5, 0.9), (15.0, 30.0)
"""(seconds for an answer, for the session): little for a server that uses up all of it."""
SAMPLE = ("answers injected before TLS", "one of two refused, 550", "drops after the dot: 250 lost")
SECURITIES = {"smtp": "plain", "smtps": "tls", "smtp+starttls": "starttls"}
KINDS: dict[str, type[DeliveryError]] = {"waiting": TemporaryDeliveryError, "failed": PermanentDeliveryError}


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with Bench(tmp_path_factory.mktemp("smtp")) as opened:
        yield opened


def options_for(fault: Fault, server: FaultServer, certificates: Certificates) -> SmtpOptions:
    timeout, deadline = QUICK if fault.slow and not server.mended else PATIENT
    return SmtpOptions(
        host=fault.host if not server.mended else "localhost",
        port=server.port if fault.listens or server.mended else 9,
        security=SECURITIES[fault.security],
        user="olya" if fault.logins else "",
        password=PASSWORD if fault.logins else "",
        timeout=timeout,
        deadline=deadline,
        context=ssl.create_default_context(cafile=str(certificates.authority)),
    )


def outcome(options: SmtpOptions) -> DeliveryError | None:
    try:
        send(MESSAGE, VICTIM, options)
    except DeliveryError as error:
        return error
    return None


@pytest.mark.parametrize("fault", FAULTS.values(), ids=lambda fault: fault.name)
def test_a_fault_ends_as_the_catalogue_says(fault: Fault, certificates: Certificates) -> None:
    pair = certificates.by_name(fault.certificate)
    with FaultServer(
        fault.steps, fault.act, security=fault.security, logins=fault.logins, certificates=pair, pace=0.0125
    ) as server:
        began = time.monotonic()
        error = outcome(options_for(fault, server, certificates))
        assert time.monotonic() - began < 5
        if fault.outcome == "delivered":
            assert error is None
        else:
            assert isinstance(error, KINDS[fault.outcome]), error
            assert fault.says in error.says
            assert error.says.isprintable()
            assert PASSWORD not in str(error)
            if fault.everybody and "530" not in fault.says and "MAIL FROM" not in fault.name:
                assert isinstance(error, ServerUnreachableError)
        server.mended = True
        assert error is None or outcome(options_for(fault, server, certificates)) is None
    assert {mail for _, mail in server.taken.mails} == {MESSAGE}
    for secret in (PASSWORD.encode(), b64encode(f"\0olya\0{PASSWORD}".encode()), b64encode(PASSWORD.encode())):
        assert secret not in server.taken.clear


def test_a_lost_answer_is_the_only_thing_that_repeats_a_mail(certificates: Certificates) -> None:
    fault = FAULTS["drops after the dot: 250 lost"]
    with FaultServer(fault.steps, fault.act) as server:
        assert outcome(options_for(fault, server, certificates)) is not None
        server.mended = True
        assert outcome(options_for(fault, server, certificates)) is None
    assert [mail for _, mail in server.taken.mails] == [MESSAGE, MESSAGE]


def test_the_login_is_used_where_it_is_safe(certificates: Certificates) -> None:
    with FaultServer(security="smtp+starttls", logins=True, certificates=certificates.by_name("good")) as server:
        send(MESSAGE, VICTIM, options_for(FAULTS["AUTH refused"], server, certificates))
    assert len(server.taken.mails) == 1
    assert b"AUTH" not in server.taken.clear


@pytest.mark.parametrize("name", SAMPLE)
def test_through_the_program(bench: Bench, name: str) -> None:
    result = bench.play(FAULTS[name])
    assert result.wrong == ()

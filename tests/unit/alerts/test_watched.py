from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from crawler.alerts.compose import compose
from crawler.alerts.watched import note_line, since, summary
from crawler.model import Alert, AlertKind, Condition, Coverage
from tests.unit.alerts.coverage import AT, note, watched

KYIV = ZoneInfo("Europe/Kyiv")
DAY = timedelta(days=1)


def test_the_line_counts_names_and_dates() -> None:
    began = AT - 2 * DAY
    found = Coverage(
        AT,
        41,
        ((Condition.BLOCKED, ("North Wire", "Kurier"), began), (Condition.ROLLED_OVER, ("Голос",), AT)),
        (note("Голос", Condition.ROLLED_OVER, missed=14),),
    )
    assert summary(found, KYIV) == (
        "41 sources: 38 well, 2 blocked since Wednesday (North Wire, Kurier), "
        "1 rolled over: up to 14 entries unseen (Голос)"
    )


def test_what_rolled_over_without_dates_has_no_number() -> None:
    found = Coverage(AT, 1, ((Condition.ROLLED_OVER, ("A",), AT),), (note("A", Condition.ROLLED_OVER),))
    assert summary(found, KYIV) == "1 source: 1 rolled over: some entries unseen (A)"


def test_what_is_well_again_is_named() -> None:
    found = Coverage(AT, 2, (), (note("A", ended_at=AT),))
    assert summary(found, KYIV) == "2 sources: 2 well. Well again: A"


@pytest.mark.parametrize(
    ("ago", "told"),
    [(timedelta(hours=1), "13:20"), (DAY, "Thursday"), (6 * DAY, "Saturday"), (7 * DAY, "3 Oct 2025")],
)
def test_a_beginning_is_told_as_people_say_it(ago: timedelta, told: str) -> None:
    assert since(AT - ago, AT, KYIV) == told


def test_a_source_is_told_with_what_it_said_and_what_can_be_done() -> None:
    assert note_line(note("A", advice="ask it"), AT, KYIV) == (
        "A: blocked since Wednesday. It says: HTTP 403 Forbidden. What you can do: ask it."
    )
    assert note_line(note("A", ended_at=AT), AT, KYIV) == "A: well again, was blocked since Wednesday."
    rolled = note("A", Condition.ROLLED_OVER, missed=1, advice="wait")
    assert note_line(rolled, AT, KYIV) == "A: rolled over, up to 1 entry unseen. What you can do: wait."


def mail_of(coverage: Coverage) -> tuple[str, str]:
    """(subject, text) of a mail about sources alone."""
    alert = Alert(9, "<a1@tidings.example>", "olya@tidings.example", "Coverage", AlertKind.COVERAGE, AT, ())
    data = compose(
        replace(alert, coverage=coverage), sender="t@tidings.example", timezone=KYIV, now=AT, version="0.1.0"
    )
    message = email.message_from_bytes(data, policy=email.policy.default)
    body = message.get_body(("plain",))
    assert body is not None
    return str(message["Subject"]), body.get_content().replace("\r\n", "\n")


def test_a_mail_about_sources_alone_reads_like_this() -> None:
    subject, text = mail_of(watched("North Wire", "Kurier"))
    assert subject == "2 of 41 sources are not well: North Wire, Kurier"
    assert text == (
        "No alert went out lately that could have told you how your sources are.\n"
        "\n"
        "North Wire: blocked since Wednesday. It says: HTTP 403 Forbidden. What you can\n"
        "do: ask it.\n"
        "\n"
        "Kurier: blocked since Wednesday. It says: HTTP 403 Forbidden. What you can do:\n"
        "ask it.\n"
        "\n"
        "----------------------------------------\n"
        "You get this, once a week at most, because settings.toml follows these sources\n"
        "for you.\n"
        "Coverage: 41 sources: 39 well, 2 blocked since Wednesday (North Wire, Kurier).\n"
        "Tidings 0.1.0, alert 9\n"
    )


def test_a_mail_that_only_tells_recoveries_says_so() -> None:
    subject, text = mail_of(Coverage(AT, 3, (), (note("A", ended_at=AT),)))
    assert subject == "Your sources are well again"
    assert "A: well again, was blocked since Wednesday." in text


def test_many_notes_are_counted_and_not_listed_without_end() -> None:
    _, text = mail_of(watched(*(f"Source {number}" for number in range(200))))
    assert "… and 160 more: tidings sources list" in text
    assert len(text) < 8000

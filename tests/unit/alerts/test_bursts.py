from __future__ import annotations

import pytest

from crawler.alerts.bursts import is_burst
from crawler.model import AlertKind, Rate
from tests.mail.samples import alert, article, digest, mail
from tests.unit.alerts.test_compose import bodies, parsed


@pytest.mark.parametrize(
    ("today", "usual", "burst"),
    [(31, 4.0, True), (5, 0.1, False), (6, 0.1, True), (11, 4.0, False), (12, 4.0, True), (250, 100.0, False)],
)
def test_a_burst_stands_out_of_what_is_usual(today: int, usual: float, *, burst: bool) -> None:
    assert is_burst(Rate(today, usual)) is burst


def test_the_mail_says_that_it_is_one_of_a_burst() -> None:
    says = "Burst: 31 articles in 24 hours, where 4 are usual"
    for part in bodies(parsed(mail(alert(article(), rate=Rate(31, 4.2))))):
        assert says in part
    for part in bodies(parsed(mail(alert(article(), rate=Rate(5, 4.2))))):
        assert "Burst" not in part


def test_a_flood_says_why_it_is_told_together() -> None:
    flood = alert(*digest(3).articles, kind=AlertKind.DIGEST, apart=12)
    for part in bodies(parsed(mail(flood))):
        assert "3 new articles, told together, because 12 mails went out in the hour before" in " ".join(part.split())

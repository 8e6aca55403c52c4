"""What strangers wrote reaches a mail's story lines too: sentences, figures, names, headlines, links."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crawler.model import Addition, Figure, Rate, Reporting, Step, Thread
from tests.mail.samples import NOW, alert, article, mail
from tests.strangers import ADDRESSES, LINKS, MARKUPS, TITLES
from tests.unit.alerts.test_compose import Page, bodies, parsed
from tests.unit.alerts.test_hostile_mail import ATTRIBUTES, STEERING, TAGS

STORY_TAGS = TAGS | {"ul", "li"}


@pytest.mark.parametrize("strange", [*TITLES, *MARKUPS, *LINKS, *ADDRESSES])
def test_strange_words_in_a_story_change_nothing_else(strange: str) -> None:
    step = Step(NOW, strange, strange, strange, strange)
    told = replace(
        article(),
        addition=Addition((strange, strange), (Figure(strange, strange, strange),)),
        reporting=Reporting(strange, NOW, (strange, "B"), 3),
        elsewhere=(step, step),
        so_far=(step,),
    )
    made = mail(alert(told, thread=Thread(strange, ("<a@b.example>",)), rate=Rate(40, 2.0)))
    message = parsed(made)
    text, html = bodies(message)
    page = Page(html)
    assert page.tags <= STORY_TAGS
    assert page.attributes <= ATTRIBUTES
    assert all(link.startswith(("https://", "http://")) for link in page.links)
    assert not STEERING.search(text)
    assert len(message["Subject"]) <= 310
    assert message["Bcc"] is None
    assert message["In-Reply-To"] == "<a@b.example>"

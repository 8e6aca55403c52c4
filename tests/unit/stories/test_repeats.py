"""An article is kept quiet only when it surely says nothing that was not said; every twist of a report is told."""

from __future__ import annotations

from datetime import date

import pytest

from crawler.stories.facts import read
from crawler.stories.happenings import Happenings, happenings
from crawler.stories.memory import Memory
from crawler.stories.novelty import news
from crawler.stories.repeats import repeats
from crawler.text import Document
from tests.quality.novelty import Rewrites, is_quiet, rewrites

DAY = date(2026, 4, 14)
OWN = rewrites()
SAID = (
    "The court in The Hague issued a warrant for Maria Lvova-Belova on Friday. "
    "It accuses her of deporting children from Ukraine. Moscow does not recognise the court."
)


def quiet(text: str, *said: str, language: str = "en", title: str = "") -> bool:
    memory = Memory()
    for number, each in enumerate(said):
        memory.remember(number, read(Document("", each, "en"), DAY))
    reading = read(Document(title, text, language), DAY)
    return repeats(reading, news(reading, memory), memory)


@pytest.mark.parametrize("own", OWN, ids=[f"{own.language} {own.day}" for own in OWN])
def test_no_twist_is_kept_quiet(own: Rewrites) -> None:
    assert len(own.twists) >= 2
    for twist in own.twists:
        assert not is_quiet([own.report], twist, own.language, own.day), twist


def test_a_headline_in_the_storys_own_words_is_quiet() -> None:
    assert quiet("", SAID, title="Court in The Hague issues warrant for Maria Lvova-Belova")
    assert quiet("It accuses her of deporting children from Ukraine.", SAID)


@pytest.mark.parametrize(
    "text",
    [
        "The court in The Hague issued a warrant for Vladimir Putin.",
        "The court in The Hague did not issue a warrant for Maria Lvova-Belova.",
        "The court in The Hague issued 2 warrants for Maria Lvova-Belova.",
        "Moscow does recognise the court in The Hague.",
        "Moscow recognised the court in The Hague, which accuses Maria Lvova-Belova of deporting children.",
        "The court in The Hague convicted Maria Lvova-Belova of deporting children from Ukraine.",
        "“Moscow does not recognise the court”, Maria Lvova-Belova said of it in Ukraine.",
        "Court.",
    ],
)
def test_whatever_turns_or_adds_one_thing_is_told(text: str) -> None:
    assert not quiet(text, SAID)


def test_nothing_is_quiet_before_anything_was_said() -> None:
    assert not quiet(SAID)


def test_other_languages_are_told_unless_their_facts_can_be_compared() -> None:
    french = "La cour de La Haye a émis un mandat d'arrêt contre Maria Lvova-Belova."
    assert not quiet(french, french, language="fr")
    assert not quiet("Суд у Гаазі видав ордер на арешт. Вона звинувачена у депортації дітей.", SAID, language="uk")


def test_what_happened_is_read_with_what_denies_it() -> None:
    def told(text: str) -> Happenings:
        return happenings(Document("", text, "en").text_tokens, len, {"has", "the"})

    assert told("The Kremlin confirmed it") == (("+confirmation",), ())
    assert told("The Kremlin has not yet confirmed it") == (("-confirmation",), ())
    assert told("One died and 3 were arrested") == (("+death", "+arrest"), ())
    assert told("No fuel has leaked") == ((), (len("leaked"),))
    assert told("It has not leaked from the barge") == ((), (len("leaked"),))

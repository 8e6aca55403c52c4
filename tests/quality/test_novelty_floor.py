"""Floors under what is called new: on updates of long events beside the project, and on our own parallel reports."""

import re
from datetime import date

import pytest

from crawler.stories.facts import read
from crawler.stories.memory import Memory
from crawler.stories.novelty import news
from crawler.text import Document
from tests.quality.floors import floors
from tests.quality.novelty import (
    LANGUAGES,
    Report,
    copies,
    cost,
    is_quiet,
    parallel_reports,
    quiet_copies,
    quiet_updates,
    rewrites,
    translated,
    update_curves,
)

UPDATES = floors("novelty.updates")
OWN = floors("novelty.own")
QUIET = floors("novelty.quiet")


@pytest.fixture(scope="module")
def reports() -> list[Report]:
    return parallel_reports()


def test_only_what_says_nothing_new_is_kept_quiet() -> None:
    own = rewrites()
    quiet = [is_quiet([each.report], each.rewrite, each.language, each.day) for each in own]
    assert sum(quiet) >= QUIET["rewrites"] * len(own)
    found = quiet_updates()
    assert found.of_updates > 1000
    assert found.false <= QUIET["updates"]
    assert found.right >= QUIET["restatements"]


def test_the_reports_are_parallel(reports: list[Report]) -> None:
    assert len(reports) >= 30
    assert all(set(report) == {"day", *LANGUAGES} for report in reports)


def test_new_sentences_of_updates_are_told_from_restatements() -> None:
    same, other = update_curves()
    assert same.auc >= UPDATES["same writer"]
    assert other.auc >= UPDATES["another writer"]


@pytest.mark.parametrize("kind", ["figure", "date", "name"])
def test_a_translation_adds_few_facts(kind: str, reports: list[Report]) -> None:
    found = translated(reports)
    assert found.stated[kind] > 100
    assert found.rate(kind) <= OWN[f"{kind}s of a translation"], found.named


@pytest.mark.parametrize("kind", ["figure", "date", "name"])
def test_another_report_adds_its_facts(kind: str, reports: list[Report]) -> None:
    assert translated(reports, apart=7).rate(kind) >= OWN[f"{kind}s of another report"]


def test_nothing_is_announced_of_a_copy(reports: list[Report]) -> None:
    seen, quiet, loud = quiet_copies(reports)
    assert seen == len(reports) * len(LANGUAGES) * len(copies(reports[0], "en"))
    assert quiet / seen >= OWN["quiet copies"], loud


def test_what_a_follow_up_adds_is_announced(reports: list[Report]) -> None:
    """A copy that ends in the first sentence of another report announces that sentence and no other."""
    right = 0
    for at, report in enumerate(reports):
        for language in LANGUAGES:
            day = date.fromisoformat(report["day"])
            memory = Memory()
            memory.remember(1, read(Document("", report[language], language), day))
            added = re.split(r"(?<=\.) (?=[A-ZА-ЯІЇЄ«])", reports[(at + 11) % len(reports)][language])[-1]
            text = f"{report[language]} {added}"
            told = news(read(Document("", text, language), day), memory).ranked()
            right += [text[one.start : one.end] for one in told] == [added]
    assert right / (len(reports) * len(LANGUAGES)) >= OWN["follow-ups"]


def test_it_is_cheap() -> None:
    assert min(cost(repeats=10)[1] for _ in range(3)) <= OWN["times finding words"]

"""What a later version says otherwise: figures always, typography never."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.dedupe.changes import difference, kinds, material, shrunk
from crawler.dedupe.furniture import is_furniture, is_sentence
from crawler.model import Change
from crawler.text import Document

TITLE = "Seven children brought home from Kherson"
TEXT = (
    "Seven children were brought home on Tuesday, said the governor, Oleksandr Prokudin. The youngest is 3 years old.\n"
    "“We will not stop before each child is home,” he told reporters. They crossed the border on 14 October at 11:40.\n"
    "A charity from Qatar paid $45,000 for the journey, which took 31 hours and led through Belarus."
)


def told(before: str, after: str, *, title: str = TITLE, was: str = TITLE, partial: bool = False) -> tuple[Change, ...]:
    return material(Document(was, before, "en"), Document(title, after, "en"), partial=partial)


def edited(find: str, put: str) -> tuple[Change, ...]:
    assert find in TEXT
    return told(TEXT, TEXT.replace(find, put))


def test_a_change_is_told_with_the_words_around_it_and_where_they_stand() -> None:
    (change,) = edited("took 31 hours", "took 35 hours")
    assert change.kind == "figure"
    assert change.says == "“31 hours” is now “35 hours”"
    assert TEXT[slice(*change.before_at)] == "31 hours"
    assert TEXT.replace("31", "35")[slice(*change.after_at)] == "35 hours"


@pytest.mark.parametrize(
    ("find", "put", "kind"),
    [
        ("14 October", "16 October", "date"),
        ("11:40", "12:10", "date"),
        ("$45,000", "€45,000", "figure"),
        ("Qatar", "Norway", "name"),
        ("We will not stop", "We will try to go on", "denial"),
        ("before each child is home", "before each soldier is home", "quote"),
        ("were brought home", "were reportedly brought home", "softened"),
    ],
)
def test_each_kind_of_fact_is_named(find: str, put: str, kind: str) -> None:
    assert kind in kinds(edited(find, put))


def test_a_softened_headline_shows_both_headlines() -> None:
    softened = "Seven children allegedly brought home from Kherson"
    (change,) = told(TEXT, TEXT, title=softened)
    assert change.kind == "softened"
    assert change.says == f"the headline was softened: “{TITLE}” is now “{softened}”"
    assert kinds(told(TEXT, TEXT, was=softened)) == ("hardened",)


def test_sentences_added_and_taken_out_are_told_whole() -> None:
    more = "One boy stays in hospital because his grandmother was not found."
    (added,) = told(TEXT, f"{TEXT}\n{more}")
    assert (added.kind, added.after) == ("added", more)
    (removed,) = told(f"{TEXT}\n{more}", TEXT)
    assert (removed.kind, removed.before, removed.after) == ("removed", more, "")


def test_what_an_excerpt_lacks_is_no_change_but_what_it_contradicts_is() -> None:
    first = TEXT.partition("\n")[0]
    assert told(TEXT, first, partial=True) == ()
    assert kinds(told(TEXT, first.replace("3 years", "5 years"), partial=True)) == ("figure",)


def test_a_correction_is_told_first() -> None:
    note = "Correction: an earlier version of this article gave a wrong age."
    found = told(TEXT, TEXT.replace("3 years", "5 years") + f"\n{note}")
    assert kinds(found) == ("correction", "figure")
    assert found[0].after == note


def test_the_same_change_in_headline_and_text_is_told_once() -> None:
    found = told(TEXT, TEXT.replace("Seven", "Eight"), title=TITLE.replace("Seven", "Eight"))
    assert [change.says for change in found] == ["in the headline “Seven children” is now “Eight children”"]


def test_a_text_that_is_cut_off_is_known_for_it() -> None:
    whole, first = Document(TITLE, TEXT, "en"), Document(TITLE, TEXT.partition(". ")[0] + ".", "en")
    assert shrunk(whole, first)
    assert not shrunk(whole, Document(TITLE, TEXT.rpartition("\n")[0], "en"))
    assert not shrunk(whole, Document(TITLE, "The charity has withdrawn its report.", "en"))


def test_the_difference_reads_as_words_that_went_and_came() -> None:
    found = difference(TEXT, TEXT.replace("took 31 hours", "took 35 hours"), "en")
    assert [(piece.kind, piece.text) for piece in found if piece.kind in ("removed", "added")] == [
        ("removed", "31"),
        ("added", "35"),
    ]
    assert difference(TEXT, TEXT, "en") == ()


@pytest.mark.parametrize(
    "line",
    ["Views: 1,204", "128 comments", "5 min read", "Updated 3 hours ago", "Переглядів: 12", "3 мин чтения",
     "Share this", "Фото: УНІАН", "Photo: Jane Doe / AFP", "Читайте также: Десять семей ждут", "© 2026 The Post"],
)  # fmt: skip
def test_counters_and_credits_are_no_part_of_an_article(line: str) -> None:
    assert is_furniture(line)
    assert told(TEXT, f"{TEXT}\n{line}") == ()
    assert told(f"{line}\n{TEXT}", TEXT) == ()


@pytest.mark.parametrize(
    "line", ["The video was viewed 3 million times in a day.", "He shared the news with 12 people."]
)
def test_a_sentence_about_views_is_a_sentence(line: str) -> None:
    assert is_sentence(line)
    assert not is_furniture(line)


DIGITS = [met.start() for met in re.finditer(r"\d", TEXT)]


@given(at=st.sampled_from(DIGITS), digit=st.sampled_from("123456789"))
def test_another_digit_is_always_material(at: int, digit: str) -> None:
    changed = TEXT[:at] + digit + TEXT[at + 1 :]
    assert bool(told(TEXT, changed)) == (changed != TEXT)
    assert bool(told(changed, TEXT)) == (changed != TEXT)


COSMETIC = st.sampled_from(
    [
        lambda text: text.replace("“", '"').replace("”", '"'),
        lambda text: text.replace("“", "«").replace("”", "»"),
        lambda text: text.replace("\n", "\n\n"),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace(", ", ",  "),
        lambda text: text.replace(" ", " "),
        lambda text: text.replace("reporters", "reporetrs"),
        lambda text: text.replace("journey", "jurney"),
        lambda text: text.replace("Seven", "7"),
        lambda text: text.replace("45,000", "45 000"),
        lambda text: text.replace("14 October", "October 14"),
        lambda text: "\n".join(text.split("\n")[::-1]),
        lambda text: f"{text}\nViews: 3,210",
        lambda text: f"12 min read\n{text}",
        lambda text: f"{text}\nRead also:\nMore families wait\nWhat we know",
        lambda text: f"{text}\nPhoto: AFP",
    ]
)


@settings(max_examples=60)
@given(st.lists(COSMETIC, min_size=1, max_size=4, unique=True))
def test_cosmetic_edits_are_never_material(edits: list) -> None:  # type: ignore[type-arg]
    changed = TEXT
    for edit in edits:
        changed = edit(changed)
    assert told(TEXT, changed) == ()
    assert told(changed, TEXT) == ()


@given(before=st.text(max_size=300), after=st.text(max_size=300))
def test_whatever_stands_there_is_compared(before: str, after: str) -> None:
    for change in told(before, after, was=before[:40], title=after[:40]):
        assert change.says
    assert told(before, before, was=after, title=after) == ()
    difference(before, after)


def test_a_text_of_ten_thousand_words_is_compared_in_a_moment() -> None:
    long = "\n".join(
        f"On day {n} the committee of region {n % 7} heard {n} people about the harvest." for n in range(800)
    )
    began = time.process_time()
    assert told(long, long.replace("day 400", "day 4")) != ()
    assert time.process_time() - began < 0.5, "ten times what it takes: nothing here may be quadratic"


@pytest.mark.parametrize(
    ("find", "put"),
    [("brought home on Tuesday", "brought home"), ("Seven children were", "LISBON (AP) — Seven children were")],
)
def test_a_weekday_or_dateline_that_is_said_besides_is_no_change(find: str, put: str) -> None:
    assert edited(find, put) == ()


@pytest.mark.parametrize("sentence", ["Two drowned.", "Both died.", "He was arrested."])
def test_a_short_sentence_with_a_new_fact_is_a_change(sentence: str) -> None:
    (change,) = told(TEXT, f"{TEXT}\n{sentence}")
    assert (change.kind, change.after) == ("added", sentence)


def test_another_weekday_is_another_date() -> None:
    assert kinds(edited("on Tuesday", "on Thursday")) == ("date",)

"""What an article adds to its story: sentences, figures, dates, names and quotes that were not there before."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.stories.facts import Reading, read
from crawler.stories.memory import MOST_SENTENCES, Memory
from crawler.stories.novelty import News, news
from crawler.text import Document

PUBLISHED = date(2025, 10, 10)
REPORT = (
    "Eight children returned to Ukraine on Thursday after months of talks, the ombudsman's office said. "
    "Dmytro Lubinets thanked the mediators in Qatar for their help with the transfer. "
    "The youngest of them, a girl from the Kherson region, had spent two years in a boarding school. "
    "More than 19,500 children have been identified as deported since the start of the invasion."
)


def named(language: str, form: str) -> tuple[str, ...]:
    """A stand-in for names that sound alike: their consonants."""
    table = str.maketrans("дмитролубнецькаршх", "dmytrolubneckaaršh")
    return ("".join(char for char in form.lower().translate(table) if char not in "aeiouyь'ієоуи"),)


def reading(text: str, language: str = "en", title: str = "") -> Reading:
    return read(Document(title, text, language), PUBLISHED, named)


def remembering(*texts: tuple[str, str]) -> Memory:
    memory = Memory()
    for number, (text, language) in enumerate(texts, 1):
        memory.remember(number, reading(text, language))
    return memory


def announced(text: str, memory: Memory, language: str = "en") -> list[str]:
    found = news(reading(text, language), memory)
    return [text[one.start : one.end] for one in found.ranked()]


def facts(text: str, memory: Memory, language: str = "en", kind: str = "") -> list[str]:
    found = news(reading(text, language), memory)
    return [text[fact.start : fact.end] for fact in found.facts if kind in ("", fact.kind)]


def test_the_first_article_of_a_story_is_all_new() -> None:
    found = news(reading(REPORT), Memory())
    assert [one.newness for one in found.sentences] == [1.0] * 4


def test_the_same_text_again_adds_nothing() -> None:
    memory = remembering((REPORT, "en"))
    assert announced(REPORT, memory) == []
    assert facts(REPORT, memory) == []


def test_the_one_new_sentence_is_announced_and_says_whose_is_closest() -> None:
    memory = remembering((REPORT, "en"))
    added = "A court in The Hague opened hearings against two officials accused of running the camps."
    found = news(reading(f"{REPORT} {added}"), memory)
    assert [one.newness > 0.6 for one in found.sentences] == [False] * 4 + [True]
    assert announced(f"{REPORT} {added}", memory) == [added]
    assert found.sentences[0].closest == 1


def test_a_changed_figure_is_news_in_a_sentence_that_is_not() -> None:
    memory = remembering((REPORT, "en"))
    later = REPORT.replace("Eight children", "Nine children")
    assert facts(later, memory) == ["Nine"]
    assert announced(later, memory) == [later.split(". ")[0] + "."]


def test_a_new_name_date_and_quote_are_marked() -> None:
    memory = remembering((REPORT, "en"))
    later = (
        'The next group will cross the border on 14 November, said Maksym Horbenko: "We have waited for this day for '
        'three long winters".'
    )
    assert facts(later, memory, kind="date") == ["14 November"]
    assert facts(later, memory, kind="name") == ["Maksym Horbenko"]
    assert facts(later, memory, kind="quote") == ["We have waited for this day for three long winters"]


def test_a_translation_adds_no_facts() -> None:
    memory = remembering((REPORT, "en"))
    translated = (
        "Восьмеро дітей повернулися в Україну у четвер після місяців переговорів. "
        "Понад 19,5 тис. дітей визнано депортованими."
    )
    assert facts(translated, memory, "uk") == []
    assert announced(translated, memory, "uk") == []


def test_a_rounded_figure_is_known() -> None:
    memory = remembering(("They have identified 19,546 children so far this year.", "en"))
    assert facts("More than 19,500 children are known by name.", memory) == []
    assert facts("More than 21,500 children are known by name.", memory) == ["21,500"]


@pytest.mark.parametrize(
    "line",
    [
        "Reporting by Jane Example and Paul Sample in Kyiv",
        "Subscribe to our newsletter for daily updates from Brussels",
        "Читайте також: у Харкові відкрили нову школу під землею",
    ],
)
def test_what_an_outlet_adds_to_every_report_is_no_news(line: str) -> None:
    memory = remembering((REPORT, "en"))
    assert announced(f"{REPORT}\n{line}", memory) == []
    assert facts(f"{REPORT}\n{line}", memory) == []


def test_an_outlets_recurring_sentence_is_no_news() -> None:
    memory = remembering((REPORT, "en"))
    habit = "Our correspondents in twelve countries bring the day's events to a million readers."
    once = reading(f"{REPORT}\n{habit}")
    recurring = {once.sentences[-1].fingerprint}
    assert news(once, memory).sentences[-1].announced
    found = news(once, memory, recurring=recurring)
    assert not found.sentences[-1].announced
    assert found.facts == ()


def test_a_title_in_capitals_names_nobody() -> None:
    memory = remembering((REPORT, "en"))
    found = news(reading(REPORT, title="Stolen Ukrainian Children Finally Brought Home"), memory)
    assert [fact for fact in found.facts if fact.field == "title"] == []


def test_demonyms_agencies_and_counters_are_no_facts() -> None:
    memory = remembering((REPORT, "en"))
    text = "On day 410 of the war a Belarusian official told Reuters that talks with American envoys went on."
    assert facts(text, memory) == []


def test_another_similarity_can_know_a_sentence() -> None:
    memory = remembering((REPORT, "en"))
    text = "Eight youngsters came back home this week following lengthy negotiations between the sides."
    assert news(reading(text), memory).sentences[0].announced
    assert not news(reading(text), memory, similarity=lambda spans: [0.9] * len(spans)).sentences[0].announced


def test_a_memory_comes_back_as_it_was_stored() -> None:
    memory = remembering((REPORT, "en"), ("Восьмеро дітей повернулися в Україну 9 жовтня.", "uk"))
    again = Memory.load(memory.dump())
    assert again.dump() == memory.dump()
    later = reading(REPORT + " A tenth child is expected in November.")
    assert news(later, again) == news(later, memory)


def test_bytes_of_another_format_are_refused() -> None:
    with pytest.raises(ValueError, match="format 9"):
        Memory.load(b"\x09\0\0\0" * 4)


def test_two_memories_become_one() -> None:
    one, other = remembering((REPORT, "en")), Memory()
    other.merge([one])
    assert announced(REPORT, other) == []
    assert other.count == one.count


def test_a_memory_is_bounded() -> None:
    memory = Memory()
    for number in range(MOST_SENTENCES + 50):
        memory.remember(
            number, reading(f"The {number} crews of sector alpha{number} reported beta{number} damage today.")
        )
    assert memory.count == MOST_SENTENCES
    last = MOST_SENTENCES + 49
    assert announced(f"The crews of sector alpha{last} reported beta{last} damage today.", memory) == []


def test_what_said_nothing_is_not_remembered() -> None:
    memory = remembering((REPORT, "en"))
    before = memory.count
    again = reading(REPORT)
    memory.remember(2, again, [one.newness for one in news(again, memory).sentences])
    assert memory.count == before


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=300), st.sampled_from(["en", "uk", "ru", "de", "und"]))
def test_no_text_breaks_it(text: str, language: str) -> None:
    memory = remembering((REPORT, "en"))
    found: News = news(reading(text, language), memory)
    assert all(0 <= one.newness <= 1 for one in found.sentences)
    memory.remember(2, reading(text, language), [one.newness for one in found.sentences])
    assert Memory.load(memory.dump()).dump() == memory.dump()

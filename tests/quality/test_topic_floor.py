"""Floors under the shipped topic and the telling of languages, on labelled headlines: our own, and those beside us."""

import pytest

from crawler.text import Document
from crawler.topics import Matcher, compile_topic, parse, warnings
from tests.quality import languages as telling
from tests.quality import topic
from tests.quality.floors import floors
from tests.quality.shared import DATA, needed

TOPIC = [(name, languages) for name in topic.FILES for languages in floors(f"topic.{name}")]
LANGUAGES = floors("languages.shared")


@pytest.mark.parametrize(("name", "languages"), TOPIC)
def test_the_shipped_topic_keeps_its_precision_and_recall(name: str, languages: str) -> None:
    score = topic.score(languages, name)
    least_precision, least_recall = floors(f"topic.{name}")[languages]
    assert score.precision >= least_precision, topic.wrong(languages, name)
    assert score.recall >= least_recall, topic.wrong(languages, name)


def test_the_shipped_topic_takes_the_article_it_began_with() -> None:
    text = needed(DATA / "seed-article.txt").read_text("utf-8")
    shipped = compile_topic("shipped", topic.shipped_query())
    (match,) = Matcher([shipped]).match(Document("", text, "en"), source="", host="")
    assert match.evidence


def test_the_shipped_topic_reads_without_a_warning() -> None:
    assert warnings(parse(topic.shipped_query())) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_languages_are_told_apart(language: str) -> None:
    assert telling.share(language) >= LANGUAGES[language]

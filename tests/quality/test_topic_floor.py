"""Floors under what was measured: the shipped topic on labelled headlines, inflection and languages on labelled pairs.

Lowering a floor needs a reason in the commit that does it. The labelled data lies beside the project and not in it:
without it the tests skip and say so.
"""

import csv
import json
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crawler.text import Document, detect_language, query_keys, text_keys, tokenize
from crawler.topics import Matcher, compile_topic, parse, warnings

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"
SETTINGS = ROOT / "settings.toml"

# Measured 2026-11: en .957/.940, uk .867/.929, ru .870/1.0, the three together .941/.945, all eight languages of the
# data .941/.846 (the topic has few words of fr, nl and it). Uk and ru have 14 and 20 positives, where one headline more
# or less is .05 to .07.
TOPIC_FLOORS = {
    "en": (0.93, 0.91),
    "uk": (0.80, 0.85),
    "ru": (0.80, 0.90),
    "en uk ru": (0.92, 0.92),
    "en uk ru pl de fr nl it": (0.92, 0.83),
}
"""Languages → precision, recall."""

# Measured 2026-11, recall / false rate: uk .962/.030 ru .971/.038 en .944/.055 pl .966/.025 de .826/.083 fr .968/.043
# es .844/.024. simplemma alone, asked in three spellings, reaches .778/.022 over all.
INFLECTION_FLOORS = {
    "uk": (0.95, 0.04),
    "ru": (0.96, 0.05),
    "en": (0.93, 0.06),
    "pl": (0.95, 0.03),
    "de": (0.81, 0.09),
    "fr": (0.95, 0.05),
    "es": (0.83, 0.03),
}
"""Language → least recall, greatest false rate."""

# Measured 2026-11 on title and description, nothing declared: en .990 uk .985 ru .975 pl 1 de .937 fr 1.
LANGUAGE_FLOORS = {"en": 0.98, "uk": 0.97, "ru": 0.96, "pl": 0.98, "de": 0.92, "fr": 0.94}


def needed(path: Path) -> Path:
    if not path.exists():
        pytest.skip(f"{path.name} is not there: the quality floors were not checked")
    return path


@pytest.fixture(scope="module")
def headlines() -> list[dict[str, Any]]:
    path = needed(DATA / "deported_children.dev.jsonl")
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def query() -> str:
    settings = tomllib.loads(needed(SETTINGS).read_text("utf-8"))
    return str(settings["topics"][0]["query"])


@pytest.fixture(scope="module")
def judged(headlines: list[dict[str, Any]], query: str) -> dict[str, Counter[str]]:
    matcher = Matcher([compile_topic("shipped", query)])
    counts = {languages: Counter[str]() for languages in TOPIC_FLOORS}
    for row in headlines:
        document = Document(row["title"], row["desc"], detect_language(f"{row['title']} {row['desc']}"))
        taken = bool(matcher.match(document, source=row["source"], host=row["source"]))
        verdict = ("true" if taken == bool(row["label"]) else "false") + ("+" if taken else "-")
        for languages, counted in counts.items():
            counted[verdict] += row["lang"] in languages.split()
    return counts


@pytest.mark.parametrize("languages", TOPIC_FLOORS)
def test_the_shipped_topic_keeps_its_precision_and_recall(languages: str, judged: dict[str, Counter[str]]) -> None:
    counts = judged[languages]
    precision = counts["true+"] / (counts["true+"] + counts["false+"])
    recall = counts["true+"] / (counts["true+"] + counts["false-"])
    least_precision, least_recall = TOPIC_FLOORS[languages]
    assert precision >= least_precision
    assert recall >= least_recall


def test_the_shipped_topic_takes_the_article_it_began_with(query: str) -> None:
    text = needed(DATA / "seed-article.txt").read_text("utf-8")
    (match,) = Matcher([compile_topic("shipped", query)]).match(Document("", text, "en"), source="", host="")
    assert match.evidence


def test_the_shipped_topic_reads_without_a_warning(query: str) -> None:
    assert warnings(parse(query)) == []


def pairs(language: str) -> Iterator[tuple[bool, bool]]:
    """Labelled as forms of one word, and taken for it."""
    with needed(DATA / "inflections.dev.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["lang"] == language:
                yield row["match"] == "1", meets(language, row["query"], row["form"])


def meets(language: str, query: str, form: str) -> bool:
    words = [set(text_keys(language, token.form)) for token in tokenize(form, language)]
    wanted = [set(query_keys(language, token.form)) for token in tokenize(query, language)]
    return all(any(one & word for word in words) for one in wanted)


@pytest.mark.parametrize("language", INFLECTION_FLOORS)
def test_inflection_keeps_its_recall_and_false_rate(language: str) -> None:
    counts = Counter(pairs(language))
    recall = counts[True, True] / (counts[True, True] + counts[True, False])
    false = counts[False, True] / (counts[False, True] + counts[False, False])
    least_recall, greatest_false = INFLECTION_FLOORS[language]
    assert recall >= least_recall
    assert false <= greatest_false


@pytest.mark.parametrize("language", LANGUAGE_FLOORS)
def test_languages_are_told_apart(language: str, headlines: list[dict[str, Any]]) -> None:
    texts = [f"{row['title']} {row['desc']}" for row in headlines if row["lang"] == language]
    told = sum(detect_language(text) == language for text in texts)
    assert told / len(texts) >= LANGUAGE_FLOORS[language]

"""Many topics asked about one article at once.

Every query gets anchors: words of which at least one is in every article that the query takes. An index from anchors
to topics leaves only a few topics to be asked; the others cost nothing. The method is that of stored queries in Luwak
(now Lucene Monitor) and the Elasticsearch percolator. Measured on news of 376
words with queries of the news' own words (``tests/bench/percolate.py``): 0.27 ms for 1,000 topics, 9 of which take the
article, and 3.0 ms for 10,000 and 89, evidence included (2026-11, one core).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter

from crawler.model import Evidence, Match
from crawler.text import Document, query_keys
from crawler.topics.anchors import Rarity, anchors, guess
from crawler.topics.nodes import Query, Word
from crawler.topics.parser import parse
from crawler.topics.places import Article, Place, Plan, make_plan

MOST_EVIDENCE = 20
"""Places kept per match: more would not help anybody to see why."""


@dataclass(frozen=True, slots=True)
class CompiledTopic:
    """A topic's name and its query, read."""

    name: str
    query: Query


def compile_topic(name: str, query: str) -> CompiledTopic:
    """Read a topic's query. Raises ``QueryError``."""
    return CompiledTopic(name, parse(query))


LEARNING = (64, 512)
"""After how many articles of a language the anchors are chosen anew, by how often their words came; then they stay."""
_WORTH_LEARNING = 200
"""Topics: for fewer, any anchors are good enough."""
_HEAD = 3
"""Letters by which beginnings of words are looked up: none is shorter (``parser.SHORTEST_STEM``)."""


class _Index:
    """The topics of one language by their anchors; numbers count topics."""

    def __init__(self, topics: Sequence[CompiledTopic], language: str) -> None:
        self.language = language
        self.topics = topics
        self.plans: dict[int, Plan] = {}
        self.read = 0
        """Articles, while still learning."""
        self.counts: Counter[str] = Counter()
        """How many of them had a key."""
        self._fill(guess)

    def _fill(self, rarity: Rarity) -> None:
        self.words: dict[str, list[int]] = {}
        self.prefixes: dict[str, list[tuple[str, list[int]]]] = {}
        self.always: list[int] = []
        prefixes: dict[str, list[int]] = {}
        for number, topic in enumerate(self.topics):
            found = anchors(topic.query.root, self.language, rarity)
            if found is None:
                self.always.append(number)
                continue
            for word in found.words:
                self.words.setdefault(word, []).append(number)
            for prefix in found.prefixes:
                prefixes.setdefault(prefix, []).append(number)
        for prefix, numbers in prefixes.items():
            self.prefixes.setdefault(prefix[:_HEAD], []).append((prefix, numbers))

    def candidates(self, document: Document) -> list[int]:
        """Topics that may take the document, in order."""
        found = set(self.always)
        for key in self.words.keys() & document.positions.keys():
            found.update(self.words[key])
        if self.prefixes:
            for word in document.folded_positions:
                for prefix, numbers in self.prefixes.get(word[:_HEAD], ()):
                    if word.startswith(prefix):
                        found.update(numbers)
        return sorted(found)

    def plan(self, number: int) -> Plan:
        """A topic's plan, made when it is first asked."""
        plan = self.plans.get(number)
        if plan is None:
            plan = self.plans[number] = make_plan(self.topics[number].query.root, self.language)
        return plan

    def learn(self, document: Document) -> None:
        """Count the words of one of the first articles; they tell better than a guess which anchors are rare."""
        if self.read >= LEARNING[-1] or len(self.topics) < _WORTH_LEARNING:
            return
        self.read += 1
        self.counts.update(document.positions.keys())
        if self.read in LEARNING:
            self._fill(self._rarity)
        if self.read == LEARNING[-1]:
            self.counts.clear()

    def _rarity(self, key: str) -> float:
        # What never came is told apart by the guess, and lies below what came once.
        return (self.counts[key] + min(guess(key), 0.9)) / self.read


class Matcher:
    """Topics, ready to be asked about articles."""

    def __init__(self, topics: Iterable[CompiledTopic]) -> None:
        self.topics = tuple(topics)
        self._indexes: dict[str, _Index] = {}

    def match(self, document: Document, *, source: str, host: str, author: str = "", url: str = "") -> list[Match]:
        """The topics that take an article, in their own order, each with its evidence.

        ``source`` is the outlet's name for people, ``host`` the host of the article's address, such as ``bbc.co.uk``;
        ``author`` and ``url`` are for the fields of these names, and may be empty.
        """
        article = Article(document, source, host, author, url)
        index = self._index(document.language)
        taken = []
        for number in index.candidates(document):
            plan = index.plan(number)
            if plan.holds(article):
                taken.append(_match(self.topics[number].name, plan, article))
        index.learn(document)
        return taken

    def _index(self, language: str) -> _Index:
        """A language's index, built when its first article comes: a word's normal forms depend on the language."""
        if language not in self._indexes:
            self._indexes[language] = _Index(self.topics, language)
        return self._indexes[language]


def _match(name: str, plan: Plan, article: Article) -> Match:
    found = _chosen(plan.evidence(article), article.document)
    return Match(name, 1.0, tuple([_evidence(place, article.document) for place in found]))


def _chosen(found: list[Place], document: Document) -> list[Place]:
    """At most ``MOST_EVIDENCE`` places by position, so that every term is shown before any is shown twice."""
    if len(found) == 1:
        return found
    unique = {(place.first, place.last, place.term.written): place for place in found}
    if len({(first, last) for first, last, _ in unique}) < len(unique):
        unique = _one_for_all(unique.values(), document)
    ordered = sorted(unique.items(), key=itemgetter(0))
    if len(ordered) <= MOST_EVIDENCE:
        return [place for _, place in ordered]
    shown: dict[str, int] = {}
    ranked = []
    for (first, last, written), place in ordered:
        shown[written] = shown.get(written, 0) + 1
        ranked.append((shown[written] > 1, first, last, written, place))
    best = sorted(ranked, key=lambda rank: rank[:4])[:MOST_EVIDENCE]
    return [rank[4] for rank in sorted(best, key=lambda rank: rank[1:4])]


def _one_for_all(found: Iterable[Place], document: Document) -> dict[tuple[int, int, str], Place]:
    """The places, each with one of the plain words that met it: Kiev, Kyiv and Київ all meet Києва.

    It is the word that is spelled so, else one of which it is a form, else the first of the query.
    """
    kept: dict[tuple[int, int, str], Place] = {}
    for place in found:
        term = place.term
        key = (place.first, place.last, "" if isinstance(term, Word) and not term.exact else term.written)
        other = kept.get(key)
        if other is None or _nearness(place, document) < _nearness(other, document):
            kept[key] = place
    return {(place.first, place.last, place.term.written): place for place in kept.values()}


def _nearness(place: Place, document: Document) -> tuple[int, int]:
    """How far a word of the query is from the word that it met, as it is written; then where it stands in the query."""
    term = place.term
    starts = document.text_starts
    tokens, offset = (document.title_tokens, 0) if place.first < starts else (document.text_tokens, starts)
    if not isinstance(term, Word) or tokens[place.first - offset].folded == term.folded:
        return 0, term.start
    own = query_keys(document.language, term.form, spelled=True)
    return 1 if any(place.first in document.positions.get(key, ()) for key in own) else 2, term.start


def _evidence(place: Place, document: Document) -> Evidence:
    first, last, term, characters = place
    starts = document.text_starts
    if first < starts:
        where, text, tokens, offset = "title", document.title, document.title_tokens, 0
    else:
        where, text, tokens, offset = "text", document.text, document.text_tokens, starts
    start, end = characters or (tokens[first - offset].start, tokens[last - offset].end)
    return Evidence(where, start, end, text[start:end], term.written)

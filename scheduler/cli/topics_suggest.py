"""Words in other languages that a query may lack, looked for in the archive and told; nothing is added."""

from __future__ import annotations

import shlex
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from crawler.storage import Store, StoredArticle
from crawler.text import Document, embedding
from crawler.topics import Suggestion, suggest, widened
from scheduler import show
from scheduler.cli.taking import ByQuery, compiled, document, watched

_MOST = 4_000
"""Articles of stories told in several languages that are read, the latest: 10 s of computing."""


@dataclass(frozen=True, slots=True)
class Lacking:
    """What a query may lack."""

    words: Sequence[Suggestion]
    query: str
    """The query with all of them."""
    gains: int
    """How many articles more that takes."""

    def as_json(self) -> dict[str, Any]:
        """As the JSON document of ``topics test`` gives it."""
        words = [
            {key: value for key, value in asdict(each).items() if key != "at"} | {"column": each.at[0] + 1}
            for each in self.words
        ]
        return {"words": words, "query": self.query, "gains": self.gains}

    def as_text(self, name: str, *, known: bool) -> str:
        """The words beside what they stand for, and how to try them; ``known`` is a topic of the settings."""
        rows: dict[tuple[str, str], list[Suggestion]] = defaultdict(list)
        for each in self.words:
            rows[each.language, each.beside].append(each)
        lines = [
            f"  {language}  beside {show.line(beside, 60)}: {' OR '.join(each.word for each in words)}"
            f"  ({', '.join(f'{each.stories} of {each.of}' for each in words)} stories)"
            for (language, beside), words in rows.items()
        ]
        verb = "diff" if known else "test"
        more = show.count(self.gains, "article")
        return "\n".join(
            [
                "words that reports of the same stories have in other languages; look at each, nothing was added:",
                *lines,
                f"with all of them the query takes {more} more; to see which:",
                f"  tidings topics {verb} {shlex.quote(name)} --query {shlex.quote(self.query)}",
            ]
        )


def look_for_words(
    store: Store, name: str, query: str, queries: Mapping[str, str], *, since: datetime
) -> Lacking | None:
    """What a query lacks in other languages, as far as the archive's stories tell; None where they tell nothing.

    Where the extra ``[semantic]`` is installed, meaning decides among what is likely, at 25 ms a word.
    """
    topic = compiled(name, query, queries)
    placed = embedding.embed if embedding.available() else None
    words = suggest(topic.query, _told_in_several(store, since), placed)
    if not words:
        return None
    wider = widened(topic.query.text, words)
    before, after = ByQuery(topic), ByQuery(compiled(name, wider))
    gains = 0
    for article in watched(store.articles.latest_first(since=since), store.articles.count(since)):
        read = document(article)
        gains += after.take(article, read) is not None and before.take(article, read) is None
    return Lacking(words, wider, gains)


def _told_in_several(store: Store, since: datetime) -> Iterator[tuple[int, Document]]:
    """(story, article) of the stories that are told in more than one language, copies left out."""
    members: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for article in store.articles.latest_first(since=since):
        if article.copy_of is None and article.story_id:
            members[article.story_id].append((article.id, article.language))
    several = [each for told in members.values() if len({own for _, own in told}) > 1 for each, _ in told][:_MOST]
    found: dict[int, StoredArticle] = store.articles.get(several)
    return ((found[number].story_id, document(found[number])) for number in several if number in found)

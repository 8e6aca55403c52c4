"""Whether a person who knows a story from what they were told of it lately would read anything new in an article.

Held against the texts that this person was told, not against all that the story said: a fact that only an article
outside the topic had is news to them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from crawler.storage import ArticleIntent, StoredArticle
from crawler.stories import novelty
from crawler.stories.facts import Reading, read
from crawler.stories.memory import Memory
from crawler.stories.repeats import repeats
from crawler.text import Document

LATELY = timedelta(days=3)
"""What was told longer ago does not keep an article quiet: "rebels retake the town" in March is another event than in
January, in the same words."""
MOST_TOLD = 12
"""Articles that are read again for one verdict, the latest …"""
_MOST_TEXT = 40_000
"""… and characters of them: about 30 ms of computing, for the few articles that look like repeats."""


def reading_of(article: ArticleIntent | StoredArticle, now: datetime) -> Reading:
    """An article as novelty reads it; one without a date, and not stored yet, is of ``now``."""
    document = Document(article.title, article.text, article.language)
    return read(document, (article.published or article.first_seen or now).date())


def said_before(article: ArticleIntent, told: Iterable[ArticleIntent | StoredArticle], now: datetime) -> bool:
    """Whether an article surely says nothing that these, the latest first, did not say."""
    memory, room = Memory(), _MOST_TEXT
    for number, each in enumerate(told):
        if number >= MOST_TOLD or room <= 0:
            break
        memory.remember(number, reading_of(each, now))
        room -= len(each.text)
    if not memory.count:
        return False
    reading = reading_of(article, now)
    return repeats(reading, novelty.news(reading, memory), memory)

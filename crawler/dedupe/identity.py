"""Is an entry a known article? By its address, its guid and its words; none of them is trusted alone.

Feeds reuse links for new articles, change guids at every poll, move articles to another address and print one article
in five sections; each of these is among the most reported troubles of feed readers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2b

from crawler.dedupe import urls
from crawler.dedupe.fingerprints import containment, shingles, signed, words
from crawler.model import Entry

ENOUGH_WORDS = 8
"""Words of text below which equal title and text may be chance ("Weather", "Sunny")."""
DIFFERENT_TITLE = 0.3
"""Share of common words (Jaccard) below which two titles are about different things."""
DIFFERENT_TEXT = 0.1
"""Containment of 3-word sequences below which two texts have nothing to do with each other."""
SAME_HERE = 0.5
"""Containment of 3-word sequences from which two items of one document are one, whatever their guids say."""
REPRINT = timedelta(days=3)
"""Between two addresses that one outlet gives the same article."""
LATER = timedelta(hours=12)
"""Between two articles that share an address and no word, where no guid tells them apart."""
TEASER = 0.6
"""A text of at most this share of the known one's words, and found in it, is an excerpt of it and no edit."""
_EXCERPT = 0.9


class Key(StrEnum):
    """What an article is known by; the order is the order of trust."""

    URL = "url"
    GUID = "guid"
    CONTENT = "content"


class Verdict(StrEnum):
    """What an entry is to what is known."""

    SAME = "same"
    """A known article, unchanged."""
    CHANGED = "changed"
    """A known article in other words: a new version."""
    NEW = "new"
    """An article of its own."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The hashes an article is known by (signed 64-bit); ``None`` where the entry has no usable one."""

    url: int | None
    guid: int | None
    content: int | None

    def pairs(self) -> tuple[tuple[str, int], ...]:
        """(kind, hash) of those there are, the most trusted first."""
        named = ((Key.URL, self.url), (Key.GUID, self.guid), (Key.CONTENT, self.content))
        return tuple((kind.value, value) for kind, value in named if value is not None)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry to be judged. Its ``text`` should come from where the known article's does: feed or page."""

    title: str
    text: str
    guid: str = ""
    published: datetime | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class KnownArticle(Candidate):
    """A stored article, with the words of its last version."""

    id: int = 0


def keys(entry: Entry, source_url: str, outlet: str) -> Identity:
    """The hashes an entry is looked up and remembered by.

    The address counts unless it is a front page. A guid counts within its source, and only when it says more than the
    address does. Title and text count within the outlet, when there is a title and ``ENOUGH_WORDS`` of text.
    """
    return Identity(_url_key(entry.link), _guid_key(entry, source_url), _content_key(entry, outlet))


def entry_hash(entry: Entry) -> int:
    """A hash of everything that could make an entry worth reading again (signed 64-bit); dates are not part of it.

    With a usable address the guid is left out: feeds that change it at every poll would never be seen twice.
    """
    name = urls.key(entry.link) if _is_article(entry.link) else f"{entry.link}\0{entry.guid}"
    return _hash("entry", name, entry.title, entry.summary, entry.content)


def _url_key(link: str) -> int | None:
    return _hash(Key.URL, urls.key(link)) if _is_article(link) else None


def _is_article(link: str) -> bool:
    return urls.is_web_url(link) and not urls.is_home(link)


def _guid_key(entry: Entry, source_url: str) -> int | None:
    return _hash(Key.GUID, source_url, entry.guid) if _says_more(entry.guid, entry.link) else None


def _says_more(guid: str, link: str) -> bool:
    """A guid that is not the address once more, with or without a fragment that counts editions."""
    return bool(guid) and (not link or urls.key(guid) != urls.key(link))


def _content_key(entry: Entry, outlet: str) -> int | None:
    title, text = words(entry.title), words(max(entry.content, entry.summary, key=len))
    if not title or len(text) < ENOUGH_WORDS:
        return None
    return _hash(Key.CONTENT, outlet, " ".join(title), " ".join(text))


def _hash(*fields: str) -> int:
    """Fields are told apart by their length, so that moving a word from one to the next changes the hash."""
    digest = blake2b(digest_size=8)
    for field in fields:
        data = field.encode("utf-8", "replace")
        digest.update(len(data).to_bytes(8, "big") + data)
    return signed(digest.digest())


def decide(known: KnownArticle | None, by: Key | None, candidate: Candidate) -> Verdict:
    """What an entry is, given the article that one of its keys found.

    ======================================  ===========================================================  =======
    found by                                and                                                          verdict
    ======================================  ===========================================================  =======
    nothing (``by`` is None)                                                                             NEW
    any key, the article deleted since      (``known`` is None): it must not come back                   SAME
    content                                 another address in the outlet, the same title and text       SAME
    url or guid                             the same words, or an excerpt of them under the same title   SAME
    url                                     other title, other text, another guid, not published before  NEW
    url                                     other title, other text, published ``LATER``                 NEW
    guid                                    other title, other text, another address                     NEW
    guid                                    other title, other text, published ``LATER``                 NEW
    url or guid                             anything else                                                CHANGED
    ======================================  ===========================================================  =======

    "Other" means below ``DIFFERENT_TITLE`` and ``DIFFERENT_TEXT``. Words are compared folded: a changed comma or
    quotation mark makes no version.
    """
    if by is None:
        return Verdict.NEW
    if known is None or by is Key.CONTENT:
        return Verdict.SAME
    old, new = _Words.of(known), _Words.of(candidate)
    if _unchanged(old, new):
        return Verdict.SAME
    if _unrelated(old, new) and _reused(known, by, candidate):
        return Verdict.NEW
    return Verdict.CHANGED


def reprinted(one: Candidate, other: Candidate) -> bool:
    """Whether an outlet gave one article two addresses: two sections, one with the text and one with its beginning.

    The same title, the shorter text in the longer but for a word or two, no figure that the longer lacks (yesterday's
    weather is not today's), and no more than ``REPRINT`` between them.
    """
    first, second = _Words.of(one), _Words.of(other)
    if first.title != second.title or min(len(first.text), len(second.text)) < ENOUGH_WORDS:
        return False
    if one.published and other.published and abs(one.published - other.published) > REPRINT:
        return False
    short, long = sorted((first.text, second.text), key=len)
    if not {word for word in short if any(map(str.isdigit, word))} <= set(long):
        return False
    return containment(shingles(short), shingles(long)) >= _EXCERPT


def twins(one: Candidate, other: Candidate) -> bool:
    """Whether two entries of one document that share a key are one article.

    They are, unless they share no words (anchors of one page), or have guids of their own and not ``SAME_HERE`` of
    their texts (a live blog whose items are headed alike).
    """
    first, second = _Words.of(one), _Words.of(other)
    if one.guid and other.guid and one.guid != other.guid and first.text and second.text:
        return _shared(first.text, second.text) >= SAME_HERE
    return not _unrelated(first, second)


@dataclass(frozen=True, slots=True)
class _Words:
    title: Sequence[str]
    text: Sequence[str]

    @classmethod
    def of(cls, article: Candidate) -> _Words:
        return cls(words(article.title), words(article.text))


def _unchanged(old: _Words, new: _Words) -> bool:
    if old.title != new.title:
        return False
    return old.text == new.text or _is_excerpt(new.text, old.text)


def _is_excerpt(text: Sequence[str], whole: Sequence[str]) -> bool:
    if len(text) > TEASER * len(whole):
        return False
    # Teasers are cut in the middle of a word, so the last one does not count.
    return not text[:-1] or containment(shingles(text[:-1]), shingles(whole)) >= _EXCERPT


def _unrelated(old: _Words, new: _Words) -> bool:
    return _jaccard(old.title, new.title) < DIFFERENT_TITLE and _shared(old.text, new.text) < DIFFERENT_TEXT


def _jaccard(one: Sequence[str], other: Sequence[str]) -> float:
    union = {*one, *other}
    return len({*one} & {*other}) / len(union) if union else 0.0


def _shared(one: Sequence[str], other: Sequence[str]) -> float:
    return containment(shingles(one, 3), shingles(other, 3))


def _reused(known: KnownArticle, by: Key, candidate: Candidate) -> bool:
    """The key was given to another article, to judge by the other key and the dates."""
    gap = candidate.published - known.published if candidate.published and known.published else None
    if gap is not None and gap >= LATER:
        return True
    if by is Key.URL:
        real = _says_more(known.guid, known.url) and _says_more(candidate.guid, candidate.url)
        return real and known.guid != candidate.guid and (gap is None or gap > timedelta(0))
    both = _is_article(known.url) and _is_article(candidate.url)
    return both and urls.key(known.url) != urls.key(candidate.url)

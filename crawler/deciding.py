"""How a draft becomes an article, for a poll and an import alike: is it known, is it a copy, which topics take it?

The decisions themselves are pure (``dedupe``, ``topics``); here stand the look-ups in storage around them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime

from crawler import following
from crawler.dedupe import copies
from crawler.dedupe.changes import difference, material, shrunk
from crawler.dedupe.copies import Piece, later_copies
from crawler.dedupe.credits import credit_of
from crawler.dedupe.identity import Candidate, Key, KnownArticle, Verdict, decide, reprinted, twins
from crawler.items import Draft
from crawler.model import Change
from crawler.runtime import Runtime
from crawler.storage import ArticleIntent, MatchIntent, Sighting, Store, StoredArticle
from crawler.text import Document, detect_language, embedding
from crawler.topics.following import features

_RICHER = 1.2
"""A text this much longer than the stored one is worth a version even from another source of the outlet; a different
teaser is not, or two sections' teasers would replace each other."""
_SHARED_SAMPLES = 2
"""As many sampled word sequences as ``Articles.sharing`` asks for: articles of one transaction are found alike."""


# -- is it known? -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Known:
    """The article that one of a draft's keys found; ``article`` is None when retention deleted it."""

    id: int
    by: Key
    article: StoredArticle | None


def look_up(store: Store, draft: Draft) -> Known | None:
    """Find a stored article by the most trusted of a draft's keys."""
    found = store.articles.known(key for _, key in draft.article.keys)
    for kind, key in draft.article.keys:
        if key in found:
            return Known(found[key], Key(kind), store.articles.get([found[key]]).get(found[key]))
    return None


def judge(known: Known, draft: Draft) -> Verdict:
    """Decide, comparing like with like: a teaser with the teaser that was there, a text with the text."""
    stored = known.article
    if stored is None:
        return decide(None, known.by, candidate(draft))
    as_teaser = draft.article.text_from == "teaser" and stored.text_from in ("teaser", "page") and bool(stored.summary)
    before = KnownArticle(
        title=stored.title,
        text=stored.summary if as_teaser else stored.text,
        guid=stored.guid,
        published=stored.published,
        url=stored.url,
        id=stored.id,
    )
    text = (draft.article.summary or draft.article.text) if as_teaser else draft.article.text
    return decide(before, known.by, candidate(draft, text))


def candidate(draft: Draft, text: str | None = None) -> Candidate:
    """A draft as ``dedupe.identity`` compares it."""
    article = draft.article
    return Candidate(
        article.title, article.text if text is None else text, article.guid, article.published, article.url
    )


class DocumentDrafts:
    """The drafts of one document that are kept so far, by their keys."""

    _NEAREST = 3
    """Drafts compared with: a page of 2,000 anchors shares its link with all of them, and comparing reads both."""

    def __init__(self) -> None:
        self._by_key: dict[int, list[Draft]] = {}

    def has(self, draft: Draft) -> bool:
        """Whether an entry is one of these once more: see ``identity.twins``."""
        return any(
            twins(candidate(draft), candidate(other))
            for _, key in draft.article.keys
            for other in self._by_key.get(key, ())[-self._NEAREST :]
        )

    def add(self, draft: Draft) -> None:
        """Keep a draft."""
        for _, key in draft.article.keys:
            self._by_key.setdefault(key, []).append(draft)


def identify(store: Store, draft: Draft, source_id: int | None) -> Sighting | None:
    """Tell whether a draft is an article that is stored already: then the sighting of it.

    ``None`` means that it is an article of its own or changes a stored one (``known_id`` names that then); its language
    is told and its text read, once for all that follows.
    """
    known = look_up(store, draft)
    verdict = Verdict.NEW if known is None else _judge_for(store, known, draft, source_id)
    if known is None and (known := _reprint(store, draft)) is not None:
        verdict = Verdict.CHANGED if _is_richer(draft, known) else Verdict.SAME
    if known is not None and verdict is Verdict.CHANGED and known.article is not None:
        _become_version(draft, known)
        _read(draft)
        if set_changes(draft.article, known.article, own=store.articles.version_source(known.id) == source_id):
            return None
        verdict = Verdict.SAME
    if known is not None and verdict is Verdict.SAME:
        return Sighting(known.id, draft.article.link, draft.article.keys)
    _read(draft)
    return None


def set_changes(article: ArticleIntent, before: StoredArticle, *, own: bool = True) -> bool:
    """Note on a new version what it says otherwise; False when that is nothing, and it is no version.

    Args:
        article: what is there now.
        before: what is stored.
        own: it came from where the stored one did. Another source's text, and a page's beside a feed's, may be more or
            less of the same article, so that only what contradicts counts.
    """
    old, new = _texts(article, before)
    alike = own and article.text_from == before.text_from and article.text_from != "teaser" and not shrunk(old, new)
    found = material(old, new, partial=not alike)
    if not found and _is_fuller(article, before):
        found = (Change("fuller", "text", "", "", "more of its text is there than before"),)
    article.changes = found
    article.difference = difference(old.text, new.text, new.language) if found and found[0].kind != "fuller" else ()
    return bool(found)


def _texts(article: ArticleIntent, before: StoredArticle) -> tuple[Document, Document]:
    """The two versions, teaser beside teaser where the text is the stored one."""
    teasers = article.text == before.text and article.summary and before.summary
    was, now = (before.summary, article.summary) if teasers else (before.text, article.text)
    return Document(before.title, was, before.language), Document(article.title, now, article.language)


def _is_fuller(article: ArticleIntent, before: StoredArticle) -> bool:
    return before.text_from == "teaser" != article.text_from or len(article.text) > _RICHER * len(before.text)


def _judge_for(store: Store, known: Known, draft: Draft, source_id: int | None) -> Verdict:
    verdict = judge(known, draft)
    if verdict is not Verdict.CHANGED or known.article is None:
        return verdict
    if store.articles.version_source(known.id) == source_id:
        return verdict
    return verdict if _is_richer(draft, known) else Verdict.SAME


def _is_richer(draft: Draft, known: Known) -> bool:
    return known.article is not None and len(draft.article.text) > _RICHER * len(known.article.text)


def _reprint(store: Store, draft: Draft) -> Known | None:
    """An article of the same outlet that this one is under another address; see ``identity.reprinted``."""
    article = draft.article
    if not article.outlet or not article.title:
        return None
    for other in store.articles.headed(article.outlet, article.title):
        stands = Candidate(other.title, other.text, other.guid, other.published, other.url)
        if reprinted(candidate(draft), stands):
            return Known(other.id, Key.CONTENT, other)
    return None


def _become_version(draft: Draft, known: Known) -> None:
    article = draft.article
    article.known_id = known.id
    if known.article is None or article.text_from != "teaser":
        return
    if known.article.text_from in ("page", "import"):
        # The page could not be read this time; the text that is there is better than the teaser.
        article.text, article.text_from = known.article.text, known.article.text_from


def _read(draft: Draft) -> None:
    article = draft.article
    article.language = detect_language(f"{article.title}\n{article.text}", article.language)
    draft.document = Document(article.title, article.text, article.language)


# -- is it a copy? ------------------------------------------------------------------------------------------------


class CopyFinder:
    """Finds origins for the drafts of one transaction, in the archive and among the drafts before."""

    def __init__(self, store: Store, now: datetime) -> None:
        self._articles = store.articles
        self._now = now
        # Articles of one transaction may copy each other; those that are not stored yet get numbers below 0.
        self._fresh: dict[int, tuple[Piece, ArticleIntent]] = {}
        self._sampled: dict[int, list[int]] = {}

    def judge(self, draft: Draft) -> None:
        """Let a new article point at its origin, or at the stored articles that turn out to be its copies."""
        article = draft.article
        if article.known_id is not None:
            return
        if credit := credit_of(article.text, article.author):
            article.credit, article.credit_from = credit.agency, credit.found_in
        piece = self._piece(article)
        article.shingles = piece.sample
        stored, fresh = self._stored(piece), self._alike(piece)
        found = copies.judge(piece, [*stored, *fresh])
        if found is not None:
            article.copy_of = found.origin if found.origin >= 0 else self._fresh[found.origin][1]
            article.copy_score = found.score
            piece = replace(piece, copy_of=found.origin)
        else:
            article.copied_by = tuple((copy.origin, copy.score) for copy in later_copies(piece, stored))
        self._remember(piece, article)

    def _piece(self, article: ArticleIntent) -> Piece:
        return Piece(
            id=-1 - len(self._fresh),
            outlet=article.outlet,
            title=article.title,
            text=article.text,
            first_seen=article.first_seen or self._now,
            published=article.published,
            credit=article.credit,
        )

    def _remember(self, piece: Piece, article: ArticleIntent) -> None:
        if piece.credit:
            # What is stored first can't point at what comes later in the same transaction: here time alone decides.
            piece = replace(piece, credit="")
        self._fresh[piece.id] = (piece, article)
        for shingle in article.shingles:
            self._sampled.setdefault(shingle, []).append(piece.id)

    def _alike(self, piece: Piece) -> list[Piece]:
        shared = Counter(number for shingle in piece.sample for number in self._sampled.get(shingle, ()))
        shared.update(self._sampled.get(piece.mark, ()) if piece.mark is not None else ())
        found = {number for number, count in shared.items() if count >= _SHARED_SAMPLES}
        origins = {self._fresh[number][0].copy_of for number in found}
        return [self._fresh[number][0] for number in sorted(self._fresh.keys() & (found | origins), reverse=True)]

    def _stored(self, piece: Piece) -> list[Piece]:
        sharing = self._articles.sharing(piece.sample, outlet=piece.outlet, alone=piece.mark)
        stored = self._articles.get(sharing)
        roots = {found.copy_of for found in stored.values() if found.copy_of is not None} - stored.keys()
        return [_stored_piece(found) for found in (stored | self._articles.get(roots)).values()]


def _stored_piece(article: StoredArticle) -> Piece:
    return Piece(
        id=article.id,
        outlet=article.outlet,
        title=article.title,
        text=article.text,
        first_seen=article.first_seen,
        published=article.published,
        copy_of=article.copy_of,
        credit=article.credit,
    )


# -- which topics take it? ----------------------------------------------------------------------------------------


def match_topics(runtime: Runtime, draft: Draft, source_name: str) -> None:
    """Ask every topic; what takes the draft is noted on its article, still without alerts."""
    assert draft.document is not None  # noqa: S101  (identify made it)
    article = draft.article
    draft.features = features(draft.document)
    asked = runtime.matcher.match(
        draft.document, source=source_name, host=article.outlet, author=article.author, url=article.url
    )
    followed = following.follow(runtime, draft)
    matches = following.together(asked, followed)
    article.matches = [MatchIntent(match, fate="planned") for match in matches]
    article.moves = tuple(topic for topic, verdict in followed.verdicts.items() if verdict.moves)
    article.terms, article.meaning = followed.terms, followed.meaning
    if article.meaning is None and draft.place:
        article.meaning = (embedding.MODEL, draft.place)
    draft.document = None  # its words take forty times the text's memory, and nothing later reads them

"""What a mail tells of its articles, and which conversation it belongs to, as the database knows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from email.parser import BytesHeaderParser
from email.policy import default

from sqlite_utils import Database

from crawler.alerts.plan import MESSAGES_AN_HOUR as FLOOD
from crawler.alerts.storyline import differing
from crawler.model import AlertArticle, AlertCopy, Match, Rate, Reporting, Step, Thread
from crawler.storage.articles import Articles
from crawler.storage.database import to_moment, to_text
from crawler.storage.stored import StoredArticle
from crawler.storage.stories import Stories
from crawler.stories.origins import origins

_WEEK = 6
"""Days a topic is followed before a usual day can be told, today left out."""
_SO_FAR = 3
_ELSEWHERE = 8
_STORY = 200
"""Articles of a story that are read for one mail, the newest: a story of a year has thousands."""
_THREAD = 12
"""Message-IDs of a conversation that are read: the first and the latest; a mail names no more (decision 0041)."""


class Telling:
    """Reads what the ``alerts`` tables and the archive hold for a mail, and joins mails of a story."""

    def __init__(self, db: Database, articles: Articles) -> None:
        self._db = db
        self._articles = articles
        self._stories = Stories(db, articles)

    # -- conversations ----------------------------------------------------------------------------------------

    def join_thread(self, alert_id: int, article_id: int, topic: str, recipient: str) -> None:
        """Let a new mail reply to the first one that told this person of the same story for this topic."""
        row = self._db.execute(
            "SELECT coalesce(t.first_id, a.id) AS first FROM articles me"
            " JOIN articles kin ON kin.story_id = me.story_id"
            " JOIN alert_articles m ON m.article_id = kin.id AND m.topic = :topic AND m.recipient = :recipient"
            " JOIN alerts a ON a.id = m.alert_id LEFT JOIN threads t ON t.alert_id = a.id"
            " WHERE me.id = :article AND a.kind = 'news' AND a.state != 'failed' AND a.id != :alert"
            " ORDER BY a.id LIMIT 1",
            {"article": article_id, "topic": topic, "recipient": recipient, "alert": alert_id},
        ).fetchone()
        if row is not None:
            self._db.execute("INSERT INTO threads (alert_id, first_id) VALUES (?, ?)", [alert_id, row["first"]])

    def thread(self, alert_id: int) -> Thread | None:
        """The mails before this one in its conversation that were made; None where there are none."""
        made = (
            "FROM alerts a LEFT JOIN threads t ON t.alert_id = a.id"
            " WHERE (a.id = :first OR t.first_id = :first) AND a.id < :alert"
            " AND a.message IS NOT NULL AND a.state != 'failed'"
        )
        found = self._db.execute("SELECT first_id FROM threads WHERE alert_id = ?", [alert_id]).fetchone()
        asked = {"first": found["first_id"] if found else 0, "alert": alert_id, "most": _THREAD - 1}
        first = self._db.execute(
            f"SELECT a.message_id, substr(a.message, 1, 8192) AS head {made} ORDER BY a.id LIMIT 1", asked
        ).fetchone()
        if first is None:
            return None
        latest = self._db.execute(f"SELECT a.message_id {made} ORDER BY a.id DESC LIMIT :most", asked).fetchall()
        messages = dict.fromkeys([first["message_id"], *(row["message_id"] for row in reversed(latest))])
        return Thread(subject_of(first["head"]), tuple(messages))

    # -- how much ---------------------------------------------------------------------------------------------

    def mails_apart(self, topic: str, recipient: str, begun: datetime) -> int:
        """How many mails of their own made one person's digest of a topic: none where it is one by its rhythm."""
        row = self._db.execute(
            "SELECT count(*) FROM alerts WHERE topic = ? AND recipient = ? AND kind = 'news'"
            " AND planned_at > ? AND planned_at <= ?",
            [topic, recipient, to_text(begun - timedelta(hours=1)), to_text(begun)],
        ).fetchone()
        return int(row[0]) if row[0] >= FLOOD else 0

    def rate(self, topic: str, at: datetime) -> Rate | None:
        """How many articles a topic took in the last day, and in a usual one; None in its first week."""
        day, weeks = at - timedelta(days=1), at - timedelta(days=29)
        row = self._db.execute(
            "SELECT coalesce(sum(matched_at > :day), 0) AS today, coalesce(sum(matched_at <= :day), 0) AS before,"
            " (SELECT added_at FROM topics WHERE name = :topic) AS added FROM matches"
            " WHERE topic = :topic AND matched_at > :weeks AND matched_at <= :at AND fate = 'planned'",
            {"topic": topic, "day": to_text(day), "weeks": to_text(weeks), "at": to_text(at)},
        ).fetchone()
        added = to_moment(row["added"])
        days = 0.0 if added is None else (day - max(added, weeks)) / timedelta(days=1)
        return Rate(row["today"], row["before"] / days) if days >= _WEEK else None

    # -- articles ---------------------------------------------------------------------------------------------

    def articles(
        self, ids: list[int], topic: str, *, told_to: str, before: int | None = None, shown: Iterable[int] = ()
    ) -> tuple[AlertArticle, ...]:
        """Articles as a mail to ``told_to`` tells them; ``before`` is the mail's number, once it has one.

        ``shown`` are others that stand in the same mail.
        """
        stored = self._articles.get(ids)
        matches = {
            found.article_id: found.match for found in self._articles.matches_of(ids) if found.match.topic == topic
        }
        return tuple(
            self._article(article, matches.get(article.id), {*ids, *shown}, (topic, told_to, before))
            for article in (stored[number] for number in ids if number in stored)
        )

    def together(self, members: Mapping[str, Sequence[int]], *, told_to: str, before: int) -> tuple[AlertArticle, ...]:
        """The articles of a mail for each topic, one that several topics took under the first of them."""
        if len(members) == 1:
            topic, ids = next(iter(members.items()))
            return self.articles(list(ids), topic, told_to=told_to, before=before)
        topics: dict[int, list[str]] = {}
        for topic, ids in members.items():
            for number in ids:
                topics.setdefault(number, []).append(topic)
        return tuple(
            replace(article, topics=tuple(topics[article.id]))
            for topic in members
            for article in self.articles(
                [number for number, all_of in topics.items() if all_of[0] == topic],
                topic, told_to=told_to, before=before, shown=topics,
            )
        )  # fmt: skip

    def _article(
        self, article: StoredArticle, match: Match | None, shown: set[int], to: tuple[str, str, int | None]
    ) -> AlertArticle:
        numbers = self._db.execute(
            "SELECT id FROM articles WHERE story_id = ? ORDER BY id DESC LIMIT ?", [article.story_id, _STORY]
        )
        story = list(self._articles.get([row["id"] for row in numbers]).values())
        others = [kin for kin in story if kin.id not in shown]
        told = self._told([kin.id for kin in others], *to)
        # What a later mail tells, or told, is no news beside this one.
        ever = self._told([kin.id for kin in others], *to[:2], None)
        own = [kin for kin in others if kin.copy_of is None and kin.id != article.copy_of and kin.id not in ever]
        return AlertArticle(
            id=article.id,
            url=article.url,
            title=article.title,
            text=article.text,
            language=article.language,
            source=article.source,
            author=article.author,
            published=article.published,
            first_seen=article.first_seen,
            score=match.score if match else 0.0,
            evidence=match.evidence if match else (),
            copies=tuple(
                AlertCopy(kin.source, kin.url, kin.published, kin.language)
                for kin in self._articles.kin_of(article)
                if kin.id not in shown
            ),
            addition=self._stories.addition(article),
            reporting=_reporting(story),
            elsewhere=tuple(_step(kin) for kin in _latest(own)[:_ELSEWHERE]),
            so_far=differing(map(_step, _latest(kin for kin in others if kin.id in told)), article.title, _SO_FAR),
        )

    def _told(self, ids: list[int], topic: str, recipient: str, before: int | None) -> set[int]:
        """Which of these articles a person was told of for a topic, in mails before the given one."""
        marks = ", ".join("?" * len(ids))
        return {
            row["article_id"]
            for row in self._db.execute(
                f"SELECT article_id FROM alert_articles WHERE article_id IN ({marks}) AND topic = ? AND recipient = ?"
                " AND alert_id < ?",
                [*ids, topic, recipient, before or (1 << 62)],
            )
        }


def subject_of(head: bytes | None) -> str:
    """The subject in a mail's first bytes, as it was sent; empty where no mail was made."""
    return "" if head is None else str(BytesHeaderParser(policy=default).parsebytes(head)["Subject"] or "")


def _latest(articles: Iterable[StoredArticle]) -> list[StoredArticle]:
    return sorted(articles, key=_when, reverse=True)


def _when(article: StoredArticle) -> datetime:
    return article.published or article.first_seen


def _step(article: StoredArticle) -> Step:
    return Step(_when(article), article.source, article.title, article.language, article.url)


def _reporting(story: list[StoredArticle]) -> Reporting | None:
    """None for a story of one outlet: the article's own line says all there is."""
    names = {kin.outlet: kin.source for kin in reversed(story)}
    found = origins(kin.report() for kin in story)
    if found.first is None or found.outlets < 2:  # noqa: PLR2004  (one outlet is no company)
        return None
    called = tuple(names.get(origin.name, origin.name) for origin in found.origins)
    carrier = names[found.origins[0].outlets[0]]
    return Reporting(called[0], found.first, called, found.outlets, "" if carrier == called[0] else carrier)

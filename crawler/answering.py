"""Doing what a person answered a mail with: teach a topic, leave it, mute a story or source, or take that back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from crawler.alerts.replies import MUTED_FOR, Asked, Reply
from crawler.storage import Meant, Store, StoredJudgement


@dataclass(frozen=True, slots=True)
class Told:
    """What is asked, in words for the person; what stands in them that strangers wrote is not made harmless."""

    ask: str
    """``Mute the story of “…” for a week?``"""
    done: str
    """``You hear nothing of … for a week.``"""


def meant_by(store: Store, asked: Asked) -> Meant | None:
    """Whom and what an answer is about; ``None`` when the mail or the article is not there any more."""
    return store.wishes.meant(asked.alert, asked.article)


def words(asked: Asked, meant: Meant) -> Told:
    """What the person is asked before, and told after."""
    title, topic = f"“{meant.title}”", " and ".join(f"“{each}”" for each in meant.topics or (meant.topic,))
    source = meant.source or "this source"
    match asked.reply:
        case Reply.YES:
            return Told(f"Does {title} belong to {topic}?", f"Noted: {title} belongs to {topic}.")
        case Reply.NO:
            return Told(f"Does {title} not belong to {topic}?", f"Noted: {title} does not belong to {topic}.")
        case Reply.STORY:
            return Told(
                f"Mute the story of {title} for a week?", f"You hear nothing of this story in {topic} for a week."
            )
        case Reply.SOURCE:
            return Told(f"Mute {source} for a week?", f"You hear nothing from {source} in {topic} for a week.")
        case Reply.LEAVE:
            return Told(f"Get no more mails about {topic}?", f"You get no more mails about {topic}.")
        case Reply.TAKE_BACK_ANSWER:
            return Told(f"Take back what you said of {title}?", f"Taken back: nothing is said of {title} now.")
        case Reply.TAKE_BACK_STORY:
            return Told(f"Hear of the story of {title} again?", f"You hear of this story in {topic} again.")
        case Reply.TAKE_BACK_SOURCE:
            return Told(f"Hear from {source} again?", f"You hear from {source} in {topic} again.")
    return Told(f"Get mails about {topic} again?", f"You get mails about {topic} again.")


def act(store: Store, asked: Asked, meant: Meant, now: datetime) -> None:
    """Do it; once or many times is the same."""
    person, topic, wishes = meant.recipient, meant.topic, store.wishes
    match asked.reply:
        case Reply.YES | Reply.NO:
            said = StoredJudgement(asked.article, asked.reply is Reply.YES, meant.score)
            store.following.judge(topic, [said], now)
        case Reply.TAKE_BACK_ANSWER:
            store.following.take_back(topic, asked.article)
        case Reply.STORY:
            wishes.mute(person, topic, "story", meant.story, now=now, until=now + MUTED_FOR)
        case Reply.TAKE_BACK_STORY:
            wishes.unmute(person, topic, "story", meant.story)
        case Reply.SOURCE if meant.source_id is not None:
            wishes.mute(person, topic, "source", meant.source_id, now=now, until=now + MUTED_FOR)
        case Reply.TAKE_BACK_SOURCE if meant.source_id is not None:
            wishes.unmute(person, topic, "source", meant.source_id)
        case Reply.LEAVE:
            _leave(store, meant, now)
        case Reply.TAKE_BACK_LEAVING:
            for each in meant.topics or (topic,):
                wishes.resume(person, each)


def _leave(store: Store, meant: Meant, now: datetime) -> None:
    """A digest over several topics is left with all that it told of."""
    for each in meant.topics or (meant.topic,):
        store.wishes.stop(meant.recipient, each, "unsubscribed", now)

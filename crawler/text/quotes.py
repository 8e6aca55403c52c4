"""What a text quotes, and who is said to have said it.

Read are quotation marks of all our languages and the words of saying beside them. Titles of films and single words in
marks are no quotes: one has at least four words.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Quote(NamedTuple):
    """Quoted words, ``text[start:end]`` without the marks, and the speaker's name where it is told."""

    start: int
    end: int
    speaker: str
    """As it stands in the text, perhaps inflected; empty where no name stands beside a word of saying."""


_QUOTED = re.compile(
    r"“([^“”\n]{15,600})[”“]|„([^„“”\n]{15,600})[“”]|«([^«»\n]{15,600})»|(?<!\w)\"(\S[^\"\n]{14,600})\"(?!\w)"
)
_LEAST_WORDS = 4
_SAID = (
    "said|says|told|added|stated|wrote|noted|announced|stressed|explained|warned|according to|"
    "сказав|сказала|заявив|заявила|повідомив|повідомила|зазначив|зазначила|написав|написала|додав|додала|"
    "наголосив|наголосила|підкреслив|підкреслила|розповів|розповіла|пояснив|пояснила|каже|за словами|"
    "сказал|сказала|заявил|заявила|сообщил|сообщила|отметил|отметила|написал|добавил|добавила|подчеркнул|подчеркнула|"
    "рассказал|рассказала|объяснил|говорит|по словам|"
    "powiedział|powiedziała|oświadczył|dodał|sagte|erklärte|teilte|a déclaré|a dit|dijo|declaró|ha detto|zei"
)
_NAME = (
    r"[A-ZÀ-ÞА-ЯІЇЄҐЁŁŚŻ][\w'’ʼ-]+(?:[ \u00a0](?:(?:de|von|van|der|al|bin)[ \u00a0])?[A-ZÀ-ÞА-ЯІЇЄҐЁŁŚŻ][\w'’ʼ-]+){0,3}"
)
_BEHIND = re.compile(
    rf"^[\s,.—–-]*(?:{_SAID})\b[^.!?\n]{{0,60}}?(?P<name>{_NAME})|^[\s,.—–-]*(?P<first>{_NAME})[^.!?\n]{{0,30}}?\b(?:{_SAID})\b"
)
_BEFORE = re.compile(rf"(?P<name>{_NAME})[^.!?\n«»“”\"]{{0,60}}?\b(?:{_SAID})\b[^.!?\n]{{0,40}}$")
_REACH = 110  # characters beside a quote where its speaker is looked for
_MARKS = '“„«"'


def quotes(text: str) -> list[Quote]:
    """The quotes of a text in order."""
    if not any(mark in text for mark in _MARKS):
        return []
    return [
        Quote(met.start(group), met.end(group), _speaker(text, met))
        for met in _QUOTED.finditer(text)
        if (group := met.lastindex or 0) and met[group].count(" ") >= _LEAST_WORDS - 1
    ]


def _speaker(text: str, met: re.Match[str]) -> str:
    behind = _BEHIND.match(text[met.end() : met.end() + _REACH])
    if behind:
        return behind["name"] or behind["first"]
    before = _BEFORE.search(text[max(0, met.start() - _REACH) : met.start()])
    return before["name"] if before else ""

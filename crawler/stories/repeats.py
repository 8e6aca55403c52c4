"""Whether an article surely says nothing that was not said: then nobody who knows that need be mailed.

Wrong silence costs more than one mail too many, so that whatever cannot be judged counts as new: languages that the
rules for facts do not cover, translations that share too few facts with what was said. Pure.
"""

from __future__ import annotations

from crawler.stories.facts import Reading, Said, denial
from crawler.stories.memory import Memory
from crawler.stories.novelty import News

LANGUAGES = frozenset({"en", "uk", "ru"})
"""Those whose figures, dates, names and happenings are read; see decision 0037."""
_LEAST = 4
"""Words without function words: of fewer nothing can be said."""
_UNKNOWN = 0.25
"""The greatest share of words that were never said: who says the same says it in part in other words."""
_COMPARED = 0.8
"""Share of a translation's sentences that have to hold facts by which they can be compared."""
_LEAST_FREE = 2
_FEW = 0.15


def repeats(reading: Reading, found: News, memory: Memory) -> bool:
    """Whether an article says nothing new.

    Args:
        reading: the article.
        found: what ``novelty.news`` says of it.
        memory: what was said before it, as it stood when ``found`` was made.
    """
    if reading.language not in LANGUAGES or found.facts:
        return False
    if any(one.announced for one in found.sentences):
        return False
    if not all(memory.states(key) for key in reading.happenings) or _turns(reading, memory):
        return False
    told = [said for said in reading.sentences if said.told]
    if memory.share(reading.language) < _FEW:
        return _is_comparable(reading, told)
    return _is_worded_alike(reading, told, memory)


def _turns(reading: Reading, memory: Memory) -> bool:
    """Whether it denies a word that was not denied, or states one that was."""
    stated = {unit for said in reading.sentences for unit in said.units}.difference(reading.denied)
    return not all(memory.states(denial(unit)) for unit in reading.denied) or any(
        memory.states(denial(unit)) for unit in stated
    )


def _is_worded_alike(reading: Reading, told: list[Said], memory: Memory) -> bool:
    """Whether most words were said before, in whatever sentence; of a sentence such as "The ship sank" all."""
    index = memory.index(reading)

    def unknown(said: Said) -> int:
        return sum(not index.holding(unit) and not memory.states(unit) for unit in said.units)

    words = sum(len(said.units) for said in told)
    brief = [said for said in reading.sentences if not said.told and not said.credit]
    if words < _LEAST or any(unknown(said) for said in brief):
        return False
    return sum(map(unknown, told)) <= _UNKNOWN * words


def _is_comparable(reading: Reading, told: list[Said]) -> bool:
    """Whether a text in another language than what was said can be judged: by facts, and it quotes nobody."""
    if any(fact.kind == "quote" for fact in reading.facts):
        return False
    return bool(told) and sum(len(said.free) >= _LEAST_FREE for said in told) >= _COMPARED * len(told)

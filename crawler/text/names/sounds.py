"""One way of writing down how a name sounds, whatever it was spelled in.

A reading is a rough transcription in ASCII: a letter a sound, where ``c`` is ц, ``x`` is х, ``S`` ш, ``Z`` ж, ``C`` ч,
``Q`` щ and ``j`` й. What spellings of one name disagree about is levelled here; what tells two names apart is kept,
vowels included.
"""

from __future__ import annotations

import re

LEAST_SOUNDS = 3
"""A shorter reading tells names and particles apart no longer (Li, Но, Ми)."""

_LEVELLED = (
    (re.compile(r"ts"), "c"),
    (re.compile(r"SC"), "Q"),
    (re.compile(r"ngk"), "nk"),
    (re.compile(r"([^eo])\1+"), r"\1"),
    # й between vowels is written y, j, i, ï; before a consonant and at the end it is an i like any other.
    (re.compile(r"(?<=[aeou])i(?=[aeou])|^i(?=[aeou])"), "j"),
    (re.compile(r"(?<=i)j|j(?=[ei])|j(?=j)"), ""),
    (re.compile(r"j(?![aou])"), "i"),
    (re.compile(r"ii+"), "i"),
    # Хрущёв, Хрущев, Chruszczow: after these the stressed е is an о, and nobody agrees on how to write it.
    (re.compile(r"(?<=[SZCQ])j?o"), "e"),
    (re.compile(r"(?<=[SZCQ])j(?=[au])"), ""),
    # Навальная and Навальна, Захарская and Захарська: the long ending of Russian, the short one of Ukrainian.
    (re.compile(r"(?<=[^aeiou]{2})aja$|(?<=[nvk])aja$"), "a"),
)
_PALATAL = re.compile(r"(?<=[^aeiouj])i(?=[aeou])")


def levelled(reading: str) -> str:
    """A reading without what spellings disagree about: ``Tsoy`` and ``Цой``, both read, become one."""
    for pattern, replacement in _LEVELLED:
        reading = pattern.sub(replacement, reading)
    return reading


def palatal(reading: str) -> str:
    """A reading whose ``i`` before a vowel only softens the consonant before it: Polish ``Miedwiediew``."""
    return _PALATAL.sub("j", reading)

"""How a name in Cyrillic letters sounds: Ukrainian, Russian, Belarusian, Bulgarian, Serbian and Macedonian."""

from __future__ import annotations

import re

_LETTERS = str.maketrans(
    {
        **dict(zip("абвгґдежзийклмнопрстуфхцчшщ", "abvggdeZzijklmnoprstufxcCSQ", strict=True)),
        **dict.fromkeys("ьъ'", ""),
        **dict.fromkeys("іы", "i"),
        **dict.fromkeys("єэѐ", "e"),
        **dict(zip("їюяўјљњѓќћѕѝ", ("ji", "ju", "ja", "v", "j", "l", "n", "dZ", "C", "C", "dz", "i"), strict=True)),
        **dict.fromkeys("ђџ", "dZ"),
    }
)
# Western names begin with W: Уиткофф beside Віткофф.
_INITIAL_W = re.compile(r"^у(?=[аеєиіоэ])")
_VOWELS = "аеёиоуыэюяєії"


def read(word: str) -> tuple[str, ...]:
    """The readings of a name in lower-case Cyrillic, as raw sounds: two where ё stands, which most print as е."""
    written = _INITIAL_W.sub("в", word).replace("ьо", "ё")
    if "ё" not in written:
        return (written.translate(_LETTERS),)
    return (written.replace("ё", "е").translate(_LETTERS), re.sub("ё", "jo", written).translate(_LETTERS))


def soft(letter: str) -> bool:
    """Whether a letter is a vowel, behind which й stands rather than ь."""
    return letter in _VOWELS

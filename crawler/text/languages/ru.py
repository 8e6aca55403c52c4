"""Russian: simplemma's dictionary, and Snowball's stems for names, participles and words that it does not know."""

from __future__ import annotations

import re

from crawler.text.folding import is_cyrillic
from crawler.text.languages.base import Language, snowball

_snowball = snowball("russian")
# Case endings of surnames in -ов, -ев, -ин, which Snowball takes for those of nouns and cuts together with the suffix.
_SURNAME = re.compile("(?<=..[оеи][вн])(?:ым|ой|ых|ыми|а|у|е|ы)$")
_NAME_CASE = re.compile("(?<=...[^оеи])(?:ом|ем)$")
_FLEETING = re.compile("(?<=..)е(?=ц$)")  # Лубинец, Лубинца
_PARTICIPLE = re.compile("(?P<root>.{2,})(?P<vowel>[аяеё])н(?:н(?:ый|ая|ое|ые|ого|ой|ому|ых|ым|ыми|ую|ом))?[аоы]?$")
_SOFTENED = {"щ": "т", "жд": "д", "ж": "д", "ш": "с", "ч": "т", "пл": "п", "бл": "б", "вл": "в", "мл": "м"}


def bases(form: str) -> list[str]:
    """Verbs that a passive participle may come from: ``депортирован`` → ``депортировать``, ``похищен`` → …тить."""
    if not (met := _PARTICIPLE.match(form)):
        return []
    root, vowel = met["root"], met["vowel"]
    if vowel in "ая":
        return [f"{root}{vowel}ть"]
    softened = [root[: -len(end)] + base for end, base in _SOFTENED.items() if root.endswith(end)]
    return [f"{one}ить" for one in (root, *softened)] + [f"{root}еть"]


def stem(word: str) -> str:
    """Snowball's stem, with participles and surnames brought to what they share."""
    bare = _SURNAME.sub("", word)
    bare = _NAME_CASE.sub("", bare)
    return _FLEETING.sub("", _snowball(bare))


LANGUAGE = Language(
    code="ru",
    stem=stem,
    writes=is_cyrillic,
    bases=bases,
    stem_also=re.compile("(?:[оеё]в|ин|ова|ева|ина|[нт]+(?:ый|ий|ой|ого|ому|ых|ым|ыми|ая|ую|ые|ое|о|а|ы))$"),
    irregular={"имени": "имя", "именем": "имя", "имена": "имя", "имен": "имя", "именам": "имя", "судов": "суд"},
)

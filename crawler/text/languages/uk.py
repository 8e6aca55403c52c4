"""Ukrainian: simplemma's dictionary, and an own ending rule for words that it does not know (Snowball has none)."""

from __future__ import annotations

import re

from crawler.text.folding import is_cyrillic
from crawler.text.languages.base import Language

# Endings of nouns, adjectives and surnames in all cases, longest first.
_ENDINGS = re.compile(
    "(?:ями|ами|ими|іми|ого|ому|ові|еві|єві|ах|ях|ам|ям|ий|ій|их|іх|ої|ою|ею|єю|ем|єм|ом|ів|їв|им|ім|ая|яя"
    "|а|я|о|е|є|у|ю|и|і|ї|ь|й)$"
)
# Verbs in -увати, among them nearly all that come from other languages, with their participles.
_VERB = re.compile(
    "(?<=...)(?:ува(?:ти|в|вся|ла|ло|ли|вши|тись|тися|лись|лися)|у(?:ю|є|єш|ємо|єте|ють|ючи|ється|ються)"
    "|ован(?:ий|ого|ому|им|ім|а|ої|ій|у|ою|е|і|их|ими|о))$"
)
_SHORTEST_STEM = 3
_PARTICIPLE = re.compile("(?P<root>.{2,})(?P<vowel>[аяе])н(?:ий|ого|ому|им|ім|а|ої|ій|у|ою|е|і|их|ими|о)$")
_SOFTENED = {"щ": "ст", "дж": "д", "ч": "т", "ш": "с", "ж": "з", "пл": "п", "бл": "б", "вл": "в", "мл": "м"}


def stem(word: str) -> str:
    """A word's stem: ``зеленського`` and ``зеленський`` → ``зеленськ``, ``лубінця`` and ``лубінець`` → ``лубінц``."""
    bare = word.replace("'", "")
    if verb := _VERB.search(bare):
        return bare[: verb.start()] + "ува"
    cut = _ENDINGS.search(bare)
    while cut and cut.start() < _SHORTEST_STEM:
        cut = _ENDINGS.search(bare, cut.start() + 1)
    if cut:
        bare = bare[: cut.start()]
    bare = re.sub("(?<=..)е(?=[цк]$)", "", bare)  # fleeting е: Лубінець, Лубінця
    bare = re.sub("(?<=..)(?:ов|єв|ев|ів|їв)$", "в", bare)  # Харків, Харкова
    return re.sub("(?<=..)[іо](?=[бвгджзклмнпрстфхцчшщ]$)", "о", bare)  # closed syllable: Канів, рік


def bases(form: str) -> list[str]:
    """Verbs that a passive participle may come from: ``депортовано`` → ``депортувати``, ``звільнений`` → …нити."""
    if not (met := _PARTICIPLE.match(form)):
        return []
    root, vowel = met["root"], met["vowel"]
    if vowel in "ая":
        return [f"{root}{vowel}ти", *([f"{root[:-2]}увати"] if root.endswith("ов") else [])]
    softened = [root[: -len(end)] + base for end, base in _SOFTENED.items() if root.endswith(end)]
    return [f"{one}ити" for one in (root, *softened)]


LANGUAGE = Language(
    code="uk",
    stem=stem,
    writes=is_cyrillic,
    bases=bases,
    stem_also=re.compile("(?:[оеєії]в|[иії]н|[нт]+(?:ий|ого|ому|их|ім|ими|а|у|і|о|е|ої|ій|ою))$"),
    # simplemma has the oblique cases under дитина, but not the plural itself.
    irregular=dict.fromkeys(("діти", "дітей", "дітям", "дітьми", "дітях"), "дитина"),
)

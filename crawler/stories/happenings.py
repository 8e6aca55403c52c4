"""What an article says happened or did not happen, as keys that stand for any words of it, in whatever language.

"Confirmed" after "did not confirm" changes one small word, and "rejected" after "accepted" one word of ten: too little
for a measure of words. Whether an article may be kept from a person is asked of these too (``repeats``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Sequence
from functools import lru_cache
from typing import NamedTuple

from crawler.dedupe import claims
from crawler.text import Token

_CLASSES = {
    "agreement": r"agree[sd]?|agreements?|accept(?:s|ed)?|sign(?:s|ed)|deals?|угод\w+|домови\w+|погод\w+|підпис\w+|"
    r"прийн[ят]\w+|соглас\w+|договори\w+|сделк\w+|подпис\w+",
    "resignation": r"resign\w*|quits?|step(?:s|ped)|відстав\w+|звільн\w+|отстав\w+|уволен\w*|уволил\w*",
    "dismissal": r"dismiss\w*|sack(?:ed|s)|fired|oust\w*|усун\w+|зняли|снят\w*|отстран\w+",
    "appointment": r"appoint\w*|nominat\w*|elect(?:ed|s)|призначен\w*|призначи\w+|обран\w*|обрали|"
    r"назначен\w*|назначил\w*|избран\w*|избрал\w*",
    "ceasefire": r"ceasefire|truce|перемир\w+|припинен\w+|прекращен\w+",
    "ban": r"bann?(?:s|ed)?|prohibit\w*|заборон\w+|запрет\w+|запрещ\w+",
    "permission": r"allow(?:s|ed)?|permit(?:s|ted)?|дозвол\w+|разреш\w+",
    "beginning": r"launch\w*|beg[aiu]n\w*|start(?:s|ed)?|почал\w*|розпоча\w+|начал\w*|запусти\w+",
    "end": r"end(?:s|ed)|stop(?:s|ped)?|halt(?:s|ed)?|clos(?:e[sd]|ure)|завершен\w*|завершил\w*|зупин\w+|закри\w+|"
    r"закончил\w*|останов\w+|закры\w+",
    "opening": r"open(?:s|ed)?|reopen\w*|відкри\w+|откры\w+",
    "withdrawal": r"withdr[ae]w\w*|retreat\w*|виведен\w*|виве[лд]\w+|відступ\w+|вывод\w*|выве[лд]\w+|отступ\w+",
    "discovery": r"found|discover\w*|recover(?:s|ed)|знайш\w+|знайден\w*|виявл\w+|наш[её]?л\w*|найден\w*|обнаруж\w+",
    "fire": r"explo(?:de|sion)\w*|blast\w*|fires?|blaze|вибух\w*|пожеж\w+|взрыв\w*|пожар\w*",
    "threat": r"threat\w*|warn(?:s|ed|ing)?|погро[жз]\w+|застере\w+|угро[жз]\w+|предупре\w+",
    "promise": r"promis\w*|pledg\w*|vow\w*|обіця\w+|обеща\w+",
    "demand": r"demand\w*|urg(?:e[sd]?|ing)|вимаг\w+|заклик\w+|треб[уо]\w+|призва\w+",
    "charge": r"accus(?:es?|ing|ations?)|звинувачу\w+|обвиня\w+",
    "apology": r"apologi\w*|вибач\w+|извин\w+",
    "failure": r"fail(?:s|ed|ures?)?|collaps\w*|провал\w*|зрив\w*|зірва\w*|срыв\w*|сорва\w*|рухнул\w*",
    "success": r"succe(?:ss|ed)\w*|manag(?:e[sd]?|ing)|вдал\w+|удал(?:ось|ся|ась)",
    "sinking": r"s[aiu]nk\w*|capsiz\w*|затону\w*|потону\w*",
    "escape": r"escap\w*|fle[de]\w*|втек\w*|втік\w*|сбеж\w*|бежал\w*",
    "survival": r"surviv\w*|alive|вижи\w+|вціл\w+|выжи\w+|уцеле\w+",
    "crash": r"crash\w*|collid\w*|collision\w*|зіткн\w+|столкн\w+",
    "extension": r"extend\w*|extension\w*|prolong\w*|продовж\w+|продл\w+",
    "cut": r"cuts?|reduc\w*|скоро[тч]\w+|сокра[тщ]\w+",
    "raise": r"rais(?:e[sd]?|ing)|підвищ\w+|повы[сш]\w+",
    "transfer": r"transfer\w*|handed|moved|переда\w+|перевез\w+|перев[её]л\w*",
    "meeting": r"met|meets?|meetings?|зустр\w+|встре[тч]\w+",
    "vote": r"vot(?:e[sd]?|ing)|голосу\w+|голосов\w+",
    "condemnation": r"condemn\w*|criticis\w*|criticiz\w*|blam(?:e[sd]?|ing)|засуди\w+|критик\w+|осуди\w+",
    "welcome": r"welcom\w*|prais\w*|hail(?:s|ed)|вітає|привітав\w*|приветств\w+|похвал\w+",
    "sanction": r"sanction\w*|санкц\w+",
    "identification": r"identif\w*|recogni[sz]ed|опізна\w+|опозна\w+",
    "appeal": r"appeal\w*|оскарж\w+|апеляц\w+|обжал\w+|апелляц\w+",
    "mistake": r"mistake\w*|wrong\w*|помил\w+|ошиб\w+",
    "turn": r"revers(?:e[sd]?|ing|al)|overturn\w*|chang(?:e[sd]?|ing)|змін\w+|измен\w+",
    "win": r"w[io]ns?|victor\w*|перем[іо]\w+|виграл\w*|побед\w+|выигра\w+",
    "loss": r"los[est]\w*|defeat\w*|програ\w+|поразк\w+|проигра\w+|поражен\w+",
}
_CLASS = re.compile("|".join(rf"(?P<{name}>(?:{words}))" for name, words in _CLASSES.items()))
_REACH = 4
"""Words behind a denial in which it turns what happened: "not yet been confirmed"."""
_NONE = frozenset(["no", "none", "neither", "nor", "жодного", "жодної", "жодних", "ні", "ни", "немає", "нема", "нет"])
"""Denials of a thing, whose verb comes behind it: "no fuel has leaked"."""
_CACHED = 65_536


class Happenings(NamedTuple):
    """What a sentence says happened, and what did not."""

    classes: tuple[str, ...]
    """``+death``, or ``-confirmation`` where it is denied."""
    denied: tuple[int, ...]
    """Units of words that are denied and of no class: of "no fuel has leaked" that of "leaked"."""


def happenings(words: Sequence[Token], unit: Callable[[str], int], empty: Container[str]) -> Happenings:
    """What a sentence's words say; ``empty`` has the folded function words."""
    classes: list[str] = []
    denied: list[int] = []
    reach = 0
    for at, token in enumerate(words):
        if claims.denies(token.folded):
            reach = _REACH
            denied += _turned(token, words[at + 1 : at + 1 + _REACH], unit, empty)
            continue
        classes += [f"{'-' if reach else '+'}{kind}" for kind in _classes(token.folded)]
        reach -= reach > 0
    return Happenings(tuple(classes), tuple(denied))


def _turned(token: Token, behind: Sequence[Token], unit: Callable[[str], int], empty: Container[str]) -> Sequence[int]:
    told = [each for each in behind if each.folded not in empty]
    if not told or any(_classes(each.folded) for each in told):
        return ()
    return (unit(told[-1 if token.folded in _NONE else 0].form),)


@lru_cache(maxsize=_CACHED)
def _classes(folded: str) -> frozenset[str]:
    met = _CLASS.fullmatch(folded)
    found = claims.happenings(folded)
    return found | {str(met.lastgroup)} if met else found

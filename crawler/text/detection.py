"""Which language a text is written in: script, then letters that decide, then function words.

A rule of our own rather than a model: it decides between the languages that matter here by the letters each alone has
(і ї є ґ against ы э ъ ё), costs no memory, and knows when it does not know. What the feed declares is believed as long
as the text does not contradict it.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from crawler.text.folding import is_cyrillic

UNDETERMINED = "und"
"""BCP 47 for a language that cannot be told."""

_SAMPLE = 4_000
"""Characters looked at."""

FUNCTION_WORDS: dict[str, frozenset[str]] = {
    language: frozenset(words.split())
    for language, words in {
        "en": "the of and to in is for on with that by at from as are was has have been who his her their"
        " its will after it be not an this but they were we you says said over about more how why what"
        " new against up into out would",
        "de": "der die das und ist im den von zu mit für auf des dem nicht ein eine einen als auch bei nach"
        " aus sich wie sind hat haben wird werden wurde vor über gegen um am zum zur noch nur kein"
        " keine es er sie wir oder aber in an dass einer seine sein ihr ihre dürfen kann soll unter"
        " bis mehr nächste erst diese dieser",
        "fr": "le la les de des du et est en un une que qui dans pour sur au aux par avec pas ce cette son"
        " sa ses sont ont il elle ils nous vous ne se plus après contre leur leurs mais ou où été être"
        " fait entre à selon",
        "es": "el la los las de del y en que un una por para con no es al lo se su sus como más este esta"
        " pero han ha son fue ser sobre tras entre contra según desde hasta ante ya hay muy también"
        " año años",
        "it": "il lo la gli le di del della dei delle e è in un una che per con non si al alla da dal nel"
        " nella sono ha hanno come più anche dopo contro ma su sul sulla questo questa tra essere"
        " stato suo i a ai un dal agli dall nell",
        "pl": "w i z na do nie się że to jest o od po za jak dla przez przed ze są był była było przy już"
        " ale czy tym co który która które ich jego oraz będzie ma też tak roku we nad pod został być"
        " może",
        "nl": "de het een en van in is op te dat die voor met zijn aan niet er om door als bij naar uit ook"
        " heeft worden wordt over na tegen maar werd hij zij deze dit nog hebben meer geen ze wel kan",
        "pt": "o a os as de do da dos das e em no na nos nas um uma que por para com não é ao se mais como"
        " foi são seu sua mas após sobre contra entre pelo pela já está também ser tem até",
        "cs": "a v na se je že s z do o k pro ve za to by po jako od ale si jsou byl bylo podle při který"
        " která které už jeho před nebo také jen být bude",
        "sv": "och i att det som en på är av för med till den har de inte om ett var från men efter sig så"
        " vid han hon kan mot eller när nu också över under ska",
        "ro": "și de în la a cu pe din că nu o pentru un care mai este ca fost sunt se după prin dar au ale"
        " lui sau într despre către fi al",
        "tr": "ve bir bu için ile da de olarak olan çok daha en gibi kadar sonra ne var ama her ya ise"
        " olduğu göre eden",
        "ru": "и в не на что с как по из к это от за для о у же но его был была было были он она они бы или"
        " при ее так также после до еще об которые который со чтобы во",
        "uk": "і в не на що з як по із до це від за для про у та але його був була було були він вона вони"
        " би або при її так також після й щоб які який зі над під через",
        "be": "і ў не на што з як па да гэта ад за для пра у але яго быў была было яны або пры яе так"
        " таксама пасля каб",
        "bg": "и в не на че с как по от за до е са се да ще това които който като при във със след беше няма но или му",
        "sr": "и у не на да са као по од за до је су се ће то који која које при након није али или му би што",
    }.items()
}
"""Language → its commonest words, which news of any subject holds; Latin ones with their accents."""

_SCRIPTS = re.compile(
    "(?P<Latin>[A-Za-z\u00c0-\u024f\u1e00-\u1eff])|(?P<Cyrillic>[\u0400-\u052f])|(?P<el>[\u0370-\u03ff])"
    "|(?P<he>[\u0590-\u05ff])|(?P<ar>[\u0600-\u06ff])|(?P<hi>[\u0900-\u097f])|(?P<th>[\u0e00-\u0e7f])"
    "|(?P<ka>[\u10a0-\u10ff])|(?P<hy>[\u0530-\u058f])|(?P<ko>[\uac00-\ud7af])|(?P<ja>[\u3040-\u30ff])"
    "|(?P<zh>[\u4e00-\u9fff])"
)
_SHARED_SCRIPTS = {
    "ar": frozenset({"ar", "fa", "ur", "ps", "ckb", "ug", "sd", "ku"}),
    "he": frozenset({"he", "yi"}),
    "hi": frozenset({"hi", "mr", "ne", "sa"}),
    "zh": frozenset({"zh", "ja"}),
}
"""Script → languages that may be declared for it; the script's key itself is what is guessed."""

_CYRILLIC_LANGUAGES = frozenset("ru uk be bg sr mk kk ky tg mn tt ba uz az cv os ce ab sah rue bs".split())  # noqa: SIM905
_ONLY_UKRAINIAN = re.compile("[їєґ]")
_UKRAINIAN = re.compile("[іїєґ]")
_RUSSIAN = re.compile("[ыэъё]")
_BELARUSIAN = re.compile("ў")
_SERBIAN = re.compile("[ђјљњћџ]")
_MACEDONIAN = re.compile("[ѓќѕ]")
_TURKIC = re.compile("[әғқңөұүһҡҙҫ]")
_WORD = re.compile(r"[^\W\d_]+")
_LATIN_LETTERS = {
    "pl": re.compile("[ąęłśźżńć]"),
    "de": re.compile("[äöüß]"),
    "fr": re.compile("[çèêàœùû]"),
    "es": re.compile("[ñ¿¡]"),
    "cs": re.compile("[ěřůčž]"),
    "ro": re.compile("[șțăâî]"),
    "tr": re.compile("[ışğ]"),
    "sv": re.compile("[åäö]"),
    "pt": re.compile("[ãõç]"),
}
_LETTER_WEIGHT = 0.5
"""A telling letter against a function word: ä or ç also stands in a foreign name."""
_TELLING_LENGTH = 25
"""Cyrillic letters after which the absence of Ukrainian ones speaks for Russian: 0.92 to the 25th is 0.12."""


def detect_language(text: str, declared: str = "") -> str:
    """The BCP 47 primary language of a text, or ``und``.

    ``declared`` is what the feed or page says (``uk``, ``ru-RU``). It is believed when script and letters allow it and
    the function words do not clearly speak for another language.
    """
    sample = text[:_SAMPLE].lower()
    primary = declared.strip().lower().replace("_", "-").split("-")[0]
    return _detect(sample, primary if primary.isascii() and primary.isalpha() else "")


@lru_cache(maxsize=256)
def _detect(sample: str, declared: str) -> str:
    scripts = Counter(match.lastgroup or "" for match in _SCRIPTS.finditer(sample))
    if not scripts:
        return declared or UNDETERMINED
    script = "ja" if scripts["ja"] and scripts["ja"] * 4 > scripts["zh"] else max(scripts, key=lambda s: scripts[s])
    if script == "Cyrillic":
        return _cyrillic(sample, declared)
    if script == "Latin":
        return _latin(sample, declared)
    return declared if declared in _SHARED_SCRIPTS.get(script, ()) else script


def _cyrillic(sample: str, declared: str) -> str:
    ukrainian, russian = len(_UKRAINIAN.findall(sample)), len(_RUSSIAN.findall(sample))
    if other := _other_cyrillic(sample, declared, ukrainian, russian):
        return other
    if ukrainian != russian:
        return "uk" if ukrainian > russian else "ru"
    by_words = _by_function_words(sample, ("uk", "ru"))
    if by_words["uk"] != by_words["ru"]:
        return "uk" if by_words["uk"] > by_words["ru"] else "ru"
    # Every thirteenth letter of Ukrainian news is one of іїєґ, every fortieth of Russian one of ыэъё: a text with
    # neither is Russian unless it is very short.
    letters = sum(map(is_cyrillic, sample))
    if letters >= _TELLING_LENGTH:
        return "ru"
    return declared if declared in _CYRILLIC_LANGUAGES else UNDETERMINED


def _other_cyrillic(sample: str, declared: str, ukrainian: int, russian: int) -> str:
    """A Cyrillic language other than Ukrainian and Russian, by letters those two do not have; else empty."""
    if len(_TURKIC.findall(sample)) > 1:
        return declared if declared in _CYRILLIC_LANGUAGES - {"ru", "uk", "be", "bg", "sr", "mk"} else "kk"
    if _BELARUSIAN.search(sample) and not _ONLY_UKRAINIAN.search(sample) and ukrainian > sample.count("и"):
        return "be"
    if len(_MACEDONIAN.findall(sample)) > russian + ukrainian:
        return "mk"
    if len(_SERBIAN.findall(sample)) > russian + ukrainian:
        return "mk" if declared == "mk" else "sr"
    if not ukrainian and russian == sample.count("ъ"):  # no ы, э, ё: Bulgarian, or a very short Russian text
        scores = _by_function_words(sample, ("bg", "ru"))
        if scores["bg"] > scores["ru"] + (0 if russian or declared == "bg" else 2):
            return "bg"
    return ""


def _latin(sample: str, declared: str) -> str:
    scores = _by_function_words(sample, tuple(lang for lang in FUNCTION_WORDS if lang not in _CYRILLIC_LANGUAGES))
    for language, letters in _LATIN_LETTERS.items():
        scores[language] += _LETTER_WEIGHT * len(letters.findall(sample))
    best = max(scores, key=lambda language: scores[language])
    if declared in scores:
        # Half as good as the best is good enough for what was declared: short texts hold few function words.
        return declared if scores[declared] * 2 >= scores[best] else best
    words = len(_WORD.findall(sample))
    if declared and declared not in _CYRILLIC_LANGUAGES and scores[best] < words * 0.25:
        return declared
    return best if scores[best] > 0 else UNDETERMINED


def _by_function_words(sample: str, languages: tuple[str, ...]) -> dict[str, float]:
    counts = Counter(_WORD.findall(sample))
    return {lang: float(sum(counts[word] for word in FUNCTION_WORDS[lang] & counts.keys())) for lang in languages}

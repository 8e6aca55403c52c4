"""Ukrainian: a dictionary, own endings for words that it does not know (Snowball has none), names by paradigm."""

from __future__ import annotations

import re
from collections.abc import Iterable

from crawler.text.folding import is_cyrillic
from crawler.text.languages.base import Language, replaced, rules
from crawler.text.languages.slavic import Best, Declensions, endings

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
_AGENT = re.compile("(?P<base>.{3,}(?:іст|ист|ент|ант|тор|лог|ер|ат|ар))(?:ка|ки|ці|ку|кою|ок|кам|ками|ках)$")
_TEACHER = re.compile("(?P<base>.{3,}тель)(?:ка|ки|ці|ку|кою|ок|кам|ками|ках)$")
_MEMBER = re.compile("(?P<base>.{3,})ниц(?:я|і|ю|ею|ь|ям|ями|ях)$")
_HISSED = {"зі": "г", "ці": "к", "сі": "х"}

# Imperfective → perfective by ending; what comes out counts only if it is in the dictionary.
_ASPECT = rules(
    "лювати>ити влювати>вити плювати>пити блювати>бити млювати>мити ювати>яти ювати>ити ювати>ти увати>ати "
    "увати>ити увати>ути "
    "овувати>увати ликати>ликнути лювати>лити нювати>нити рювати>рити влювати>вати "
    "ічати>іти вляти>вити пляти>пити бляти>бити мляти>мити яти>ити ати>ити ати>нути їти>ти "
    "ивати>ити ивати>ати івати>іти "
    "скати>стити щати>стити чати>тити чувати>тити чувати>чити шати>сити шувати>сити шувати>шити жувати>дити "
    "джувати>дити жати>зити жувати>зити жувати>жити щувати>стити щувати>тити щувати>щити "
    "ирати>ерти ирати>рати инати>ати ймати>йняти имати>яти имати>няти илати>лати авати>ати агати>ягти адати>асти "
    "ертати>ернути икати>икнути гати>гнути кати>кнути хати>хнути магати>могти тікати>текти рікати>ректи "
    "ходити>йти їжджати>їхати возити>везти водити>вести носити>нести ікати>екти "
)
# Cases of nouns that the dictionary often lacks, and participles in -т-.
_NOUNS = rules("ки>ко ків>ко кам>ко ками>ко ках>ко ці>ка зі>га сі>ха ів>ь ям>ь ями>ь ях>ь і>ь ів> ам> ами> ах> и>")
_PASSIVES = rules("то>ти тий>ти того>ти та>ти ті>ти тих>ти тими>ти ту>ти тої>ти тим>ти")
_PAIRS = """
говорити сказати; казати сказати; брати взяти; ловити піймати; ловити спіймати; класти покласти; сідати сісти; ставати
стати; давати дати; робити зробити; писати написати; читати прочитати; будувати збудувати; будувати побудувати; бачити
побачити; чути почути; просити попросити; вимагати зажадати; обіцяти пообіцяти; дякувати подякувати; гинути загинути;
помирати померти; вмирати вмерти; втрачати втратити; красти вкрасти; платити заплатити; готувати підготувати; йти
піти; їхати поїхати; шукати знайти; дзвонити подзвонити; повертати повернути; повертатися повернутися; убивати убити;
вбивати вбити;
нищити знищити; руйнувати зруйнувати; грабувати пограбувати; ранити поранити; катувати закатувати; карати покарати
"""
_PARTNERS: dict[str, list[str]] = {}
for _pair in _PAIRS.split(";"):
    _one, _other = _pair.split()
    _PARTNERS.setdefault(_one, []).append(_other)

_IRREGULAR = {
    "дитина": "діти дітей дітям дітьми дітях",
    "людина": "люди людей людям людьми людях",
    "дівчина": "дівчата дівчат дівчатам дівчатами дівчатах",
    "померти": "помер померла померло померли",
    "день": "дні днів дням днями днях",
    "ім'я": "імені іменем імена імен іменам іменами іменах",
}


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
    """Verbs of a passive participle, ``депортовано`` → ``депортувати``, and men of a woman's name, ``депутатка``."""
    found = [*replaced(form, _NOUNS), *replaced(form, _PASSIVES), *_plural_without_ending(form)]
    found += [met["base"] for met in (_AGENT.match(form), _TEACHER.match(form)) if met]
    found += [f"{met['base']}ник" for met in [_MEMBER.match(form)] if met]
    if not (participle := _PARTICIPLE.match(form)):
        return found
    root, vowel = participle["root"], participle["vowel"]
    if vowel in "ая":
        return [*found, f"{root}{vowel}ти", *([f"{root[:-2]}увати"] if root.endswith("ов") else [])]
    softened = [root[: -len(end)] + base for end, base in _SOFTENED.items() if root.endswith(end)]
    return [*found, *(f"{one}ити" for one in (root, *softened)), f"{root}ти"]


def _plural_without_ending(form: str) -> list[str]:
    """Nouns whose genitive plural a form may be: ``сіл`` → ``село``, ``шкіл`` → ``школа``."""
    if not (met := re.search("і(?=[бвгджзклмнпрстфхцчшщ]$)", form)):
        return []
    return [f"{form[: met.start()]}{vowel}{form[met.end() :]}{ending}" for vowel in "ое" for ending in "оа"]


def partners(lemma: str) -> list[str]:
    """The perfective of an imperfective verb, as far as its ending tells: ``захоплювати`` → ``захопити``."""
    met = re.search("с[яь]$", lemma)
    verb = lemma[: met.start()] if met else lemma
    found = [*_PARTNERS.get(lemma, ())]
    if verb.endswith(("ати", "яти", "ити")):
        found += [f"{other}{met[0] if met else ''}" for one in _opened(verb) for other in replaced(one, _ASPECT)]
    return found


def _opened(verb: str) -> Iterable[str]:
    """The verb, and with the vowel it may have in the perfective: ``допомагати`` and ``допомогти``."""
    yield verb
    if met := re.search("(?<=.)[аі](?=[^аеиіоуюяєї]{1,2}[юу]?[ваи]+ти$|[^аеиіоуюяєї]{1,2}яти$)", verb):
        yield f"{verb[: met.start()]}о{verb[met.end() :]}"


def spellings(form: str) -> list[str]:
    """The form with ґ, which many write as г: ``грунт`` and ``ґрунт``, ``грати`` and ``ґрати``."""
    if "ґ" in form:
        return [form.replace("ґ", "г")]
    return [f"ґ{form[1:]}"] if form.startswith("гр") else []


def roots(root: str, mark: str) -> list[str]:
    """A name's root as it is in other cases: fleeting vowels, closed syllables, к and ц."""
    bare = root.removesuffix("ь")
    if mark == "s":
        return [re.sub("(?:ів|їв|єв)$", lambda met: "ов" if met[0] == "ів" else "ев", bare)]
    found = [bare]
    if mark == "c":
        if bare.endswith("й"):
            found.append(bare[:-1])
        elif met := re.search("(?<=..)[еоє](?=[цкнлр]$)", bare):
            found.append(bare[: met.start()] + bare[met.end() :])
        if met := re.search("і(?=[бвгджзклмнпрстфхцчшщ]$)", bare):
            found += [f"{bare[: met.start()]}{vowel}{bare[met.end() :]}" for vowel in "ое"]
    return found


def names(form: str, asked: bool) -> list[str]:  # noqa: FBT001 - the signature of Language.names
    """The readings of a name, with its г, к, х where the case has made them з, ц, с: ``Сибізі`` → ``Сибіга``."""
    found = DECLENSIONS.keys(form, asked)
    if hard := _HISSED.get(form[-2:]):
        found += [f"{mark}{form[:-2]}{hard}" for mark in "ac"]
    if form.endswith("розі"):  # Кривому Розі: Ріг
        found.append(f"c{form[:-2]}г")
    return found


DECLENSIONS = Declensions(
    endings=(
        endings("c", "- а я у ю ові еві єві ом ем єм і ї"),
        endings("a", "а я и і ї у ю ою ею єю"),
        endings("o", "о е а я у ю ом ем ові і"),
        endings("p", "и і ї - ів їв ей ам ям ами ями ах ях"),
        endings("j", "ий ій ого ього ому ьому им ім"),
        endings("i", "а я ої ьої ій у ю ою"),
        endings("j", "і их іх ими іми"),
    ),
    possessive=re.compile("(?P<root>.{2,}(?:ов|ев|єв|ів|їв|ин|ін|їн))(?P<ending>|а|у|і|и|им|ом|ові|ої|ій|ою|их|ими)$"),
    masculine=frozenset({"", "им", "ом", "ові"}),
    feminine=frozenset({"ої", "ій", "ою"}),
    roots=roots,
)

LANGUAGE = Language(
    code="uk",
    lexicon=Best("uk"),
    stem=stem,
    writes=is_cyrillic,
    bases=bases,
    spellings=spellings,
    partners=partners,
    names=names,
    surname=re.compile(".{2,}(?:ов|ев|єв|ів|їв)(?:|а|у|і|и|им|ом|ові|ої|ій|ою|их|ими)$"),
    stem_also=re.compile("(?:[оеєії]в|[иії]н|[нт]+(?:ий|ого|ому|их|ім|ими|а|у|і|о|е|ої|ій|ою))$"),
    # simplemma has the oblique cases under дитина, but not the plural itself.
    irregular={form: lemma for lemma, forms in _IRREGULAR.items() for form in forms.split()},
)

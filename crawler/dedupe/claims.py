"""Words that decide what a sentence claims: hedges, denials, notices of correction, and what happened to somebody."""

from __future__ import annotations

import re

_HEDGE = re.compile(
    r"\b(?:alleged(?:ly)?|reported(?:ly)?(?! (?:by|from|on|the|a|an|to|in|its|his|her|that)\b)|purported(?:ly)?|"
    r"apparent(?:ly)?|suspected|supposed(?:ly)?|unconfirmed|unverified|may have|might have|could have|"
    r"claims? (?:that|to)|"
    r"is said to|are said to|possib(?:ly|le)|seemingly|"
    r"нібито|начебто|неначе|ймовірн\w*|імовірн\w*|за непідтвердженими|непідтверджен\w*|можливо|можлив\w*|ніби|"
    r"за попередніми даними|за попередньою інформацією|підозрюван\w*|як стверджу\w*|"
    r"якобы|вроде бы|предположительн\w*|вероятн\w*|возможн\w*|неподтвержд[её]нн\w*|по неподтвержд[её]нным|"
    r"по предварительным данным|по предварительной информации|подозреваем\w*|как утвержда\w*)\b",
    re.IGNORECASE,
)
_DENYING = (
    "not no never none neither nor cannot without denied denies deny refuted false "
    "не ні немає нема ніколи жодного жодної жодних без спростував спростувала спростували заперечив заперечила "
    "нет никогда ни опроверг опровергла опровергли отрицает отрицают"
)
_DENIAL = frozenset(_DENYING.split())
_CONTRACTED = re.compile(r"n['’`]t$")
_CORRECTION = re.compile(
    r"^\W*(?:correction|clarification|editor['’]s note|corrects|corrected|correcting|"
    r"update[ds]?\s*(?:and correction|to correct)|"
    r"an earlier version|a previous version|this (?:article|story|report|piece|headline|post) "
    r"(?:was|has been|is being) (?:amended|corrected|updated to (?:correct|clarify|reflect|remove)|changed|edited|"
    r"retracted|withdrawn)|we apologi[sz]e|retraction|"
    r"виправлен\w*|уточнен\w*|спростування|редакція (?:виправила|уточнила|вибачається|перепрошує)|від редакції|"
    r"у (?:попередній|початковій|першій) версії|у матеріалі (?:виправлено|уточнено)|"
    r"(?:матеріал|текст|заголовок|новину) (?:виправлено|уточнено|змінено|оновлено й виправлено)|просимо вибачення|"
    r"исправлен\w*|уточнени\w*|опровержение|редакция (?:исправила|уточнила|приносит|извиняется)|от редакции|"
    r"в (?:предыдущей|первоначальной|ранней|первой) версии|в материале (?:исправлен\w*|уточнен\w*)|"
    r"(?:материал|текст|заголовок|новость) (?:исправлен\w*|уточн[её]н\w*|измен[её]н\w*)|приносим извинения)",
    re.IGNORECASE,
)
_WITHIN = re.compile(
    r"\b(?:(?:article|story|report|headline|text|piece) (?:was|has been) (?:amended|corrected|retracted|withdrawn)|"
    r"(?:earlier|previous|original) version (?:of this|said|stated|misstated|incorrectly|gave|wrongly)|"
    r"(?:попередня|початкова|перша) версія|помилково (?:вказа|зазнач|назва)\w+|"
    r"(?:предыдущая|первоначальная|первая) версия|ошибочно (?:указа|назва)\w+)",
    re.IGNORECASE,
)

# What happened, by class: two words of one class say the same, words of two classes do not.
_CLASSES = {
    "death": r"kill(?:ed|s|ing)?|dead|die[sd]?|deaths?|murder\w*|fatalit\w+|загин\w+|вбит\w*|убит\w*|загибл\w*|"
    r"помер\w*|смерт\w*|погиб\w*|умер\w*",
    "injury": r"injur\w+|wound\w+|hurt|hospitali[sz]ed|поранен\w*|травмован\w*|постражда\w*|госпіталізован\w*|ранен\w*|"
    r"травмирован\w*|пострада\w*|госпитализирован\w*",
    "missing": r"missing|disappeared|зник\w*|пропав\w*|безвісти|исчез\w*|пропал\w*",
    "arrest": r"arrest\w*|detain\w*|заарештован\w*|затриман\w*|затримали|арестован\w*|задержан\w*|задержали",
    "charge": r"charged|indicted|accused|звинувачен\w*|обвинувачен\w*|обвин[её]н\w*|обвиняем\w*",
    "suspicion": r"questioned|suspects?|підозр\w*|допитан\w*|подозр\w*|допрошен\w*",
    "conviction": r"convicted|sentenced|guilty|засуджен\w*|винн\w+|осужд[её]н\w*|виновн\w+|приговор[её]н\w*",
    "acquittal": r"acquitted|cleared|released|виправдан\w*|звільнен\w*|оправдан\w*|освобожд[её]н\w*",
    "return": r"return(?:ed|s|ing)?|reunited|поверн\w+|возвра\w+|вернул\w*|вернут\w*",
    "taking": r"deported|abducted|kidnapped|taken|evacuated|депортован\w*|викраден\w*|вивезен\w*|евакуйован\w*|"
    r"депортирован\w*|похищен\w*|вывезен\w*|эвакуирован\w*",
    "confirmation": r"confirm(?:s|ed)?|підтверд\w+|подтверд\w+",
    "denial": r"den(?:y|ied|ies)|reject(?:s|ed)?|refus(?:e|ed|es)|спросту\w+|запереч\w+|відхил\w+|відмов\w+|"
    r"опроверг\w*|отриц\w+|отклон\w+|отказ\w+",
    "approval": r"approv(?:e|ed|es)|adopt(?:s|ed)|pass(?:es|ed)|backed|"
    r"схвал\w+|ухвал\w+|підтрима\w+|одобр\w+|принял\w*|поддержа\w+",
    "delay": r"postpone[sd]?|delayed|cancel(?:s|led|ed)|suspended|"
    r"відкла\w+|скасу\w+|призупин\w+|отлож\w+|отмен\w+|приостанов\w+",
    "rise": r"rose|rise[sn]?|increase[sd]?|grew|growth|зрос\w+|збільш\w+|вирос\w*|увелич\w+",
    "fall": r"fell|falls?|fallen|decrease[sd]?|dropped|declined|зменш\w+|впал\w*|знизи\w+|скороти\w+|уменьш\w+|упал\w*|"
    r"сниз\w+|сократи\w+",
    "accident": r"accident\w*|негод\w+|нещасн\w+|авар\w+|несчастн\w+",
    "attack": r"attack\w*|assault\w*|атак\w+|напад\w*|удар\w*|обстріл\w*|обстрел\w*",
}
_CLASS = re.compile("|".join(rf"(?P<{name}>\b(?:{words})\b)" for name, words in _CLASSES.items()), re.IGNORECASE)


def hedges(text: str) -> tuple[str, ...]:
    """The words with which a text says that something is not sure, in order."""
    return tuple(met[0] for met in _HEDGE.finditer(text))


def denies(folded: str) -> bool:
    """Whether a folded word turns what stands beside it into its opposite."""
    return folded in _DENIAL or bool(_CONTRACTED.search(folded))


def is_correction(sentence: str) -> bool:
    """Whether a sentence tells that the text was corrected."""
    return bool(_CORRECTION.match(sentence) or _WITHIN.search(sentence))


def happenings(text: str) -> frozenset[str]:
    """What a text says happened, as classes of words that mean the same, such as ``death``, ``injury``, ``return``."""
    return frozenset(str(met.lastgroup) for met in _CLASS.finditer(text))

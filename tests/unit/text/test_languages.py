import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crawler.text import KINDS, fold, query_keys, text_keys

# Golden pairs, one list for every language in KINDS: forms of one word, and a word that only looks alike.
SAME = {
    "en": [("child", "children"), ("children", "child's"), ("deport", "deported"), ("kidnap", "kidnapping")],
    "uk": [
        ("діти", "дітей"),
        ("дитина", "діти"),
        ("людина", "люди"),
        ("Лубінець", "Лубінця"),
        ("викрасти", "викрали"),
        ("звільнити", "звільнених"),
        ("обстріляти", "обстріляно"),
        ("депортувати", "депортовано"),
        ("Зеленський", "Зеленського"),
        ("Рим", "Риму"),
    ],
    "ru": [
        ("ребёнок", "дети"),
        ("дети", "детей"),
        ("Лубинец", "Лубинца"),
        ("вернуть", "вернули"),
        ("похитить", "похищены"),
        ("освободить", "освобождён"),
        ("депортировать", "депортированы"),
        ("Путин", "Путиным"),
    ],
    "pl": [("dziecko", "dzieci"), ("człowiek", "ludzie"), ("Tusk", "Tuskiem")],
    "de": [("Kind", "Kindern"), ("Haus", "Häuser"), ("entführen", "entführt")],
    "fr": [("enfant", "enfants"), ("déporter", "déportés"), ("Ukraine", "l’Ukraine")],
    "es": [("niño", "niños"), ("deportar", "deportaron"), ("decir", "dijo")],
    "nl": [("kind", "kinderen"), ("huis", "huizen"), ("ontvoeren", "ontvoerde")],
    "it": [("bambino", "bambini"), ("deportare", "deportati"), ("dire", "disse")],
}
DIFFERENT = {
    "en": ("deport", "depot"),
    "uk": ("діти", "дія"),
    "ru": ("вернуть", "веранда"),
    "pl": ("dziecko", "dziura"),
    "de": ("Kind", "Kino"),
    "fr": ("enfant", "enfer"),
    "es": ("niño", "nido"),
    "nl": ("kind", "kin"),
    "it": ("bambino", "bamboccio"),
}


def same(language: str, one: str, other: str) -> bool:
    return bool(set(query_keys(language, one)) & set(text_keys(language, other)))


@pytest.mark.parametrize("language", KINDS)
def test_every_language_knows_its_golden_pairs(language: str) -> None:
    assert [pair for pair in SAME[language] if not same(language, *pair)] == []
    assert not same(language, *DIFFERENT[language])


@pytest.mark.parametrize("language", KINDS)
def test_case_and_accents_do_not_matter(language: str) -> None:
    for one, other in SAME[language]:
        assert same(language, one, other.upper())
    assert same("fr", "deporte", "déporté")
    assert same("es", "nacion", "nación")


def test_a_word_in_another_script_stays_as_it_is() -> None:
    assert text_keys("uk", "children") == ("children",)
    assert text_keys("en", "дітей") == ("дітей",)


def test_an_unknown_language_is_matched_by_folded_words() -> None:
    assert text_keys("hu", "Gyerekek")[:2] == ("gyerekek", "^gyerekek")
    assert query_keys("hu", "gyerekek") == ("gyerekek",)


@given(st.sampled_from(sorted(KINDS)), st.text(min_size=1, max_size=60))
@example("fr", "ß`0")
@example("en", "x'ŝ")
@settings(deadline=None)  # the first word of a language loads its dictionary
def test_any_word_has_keys_and_the_folded_one_is_its_own(language: str, word: str) -> None:
    assert same(language, word, word)
    assert same(language, fold(word), word)


@pytest.mark.parametrize(
    ("language", "query", "form", "met"),
    [
        ("uk", "Маск", "Маска", True),
        ("uk", "Маск", "МАСКА", True),
        ("uk", "Маск", "маска", False),
        ("uk", "маск", "МАСКА", True),
        ("uk", "росія", "Росією", True),
        ("uk", "Путін", "путіна", True),
        ("ru", "Белова", "Беловой", True),
        ("ru", "Белова", "Белов", False),
        ("en", "Apple", "apple", False),
        ("en", "apple", "Apple's", True),
        ("en", "WHO", "who", False),
        ("en", "CHILD", "children", True),
        ("en", "labour", "labor", True),
        ("pl", "sąd", "sad", False),
        ("pl", "sad", "sąd", True),
        ("pl", "sąd", "SAD", True),
        ("fr", "réseau", "reseaux", True),
        ("fr", "Ukraine", "l’Ukraine", True),
        ("de", "Wahl", "Bundestagswahl", True),
        ("de", "Wahl", "Wahlkreis", False),
        ("de", "Köln", "Koeln", True),
        ("de", "Bürger", "Burger", False),
        ("de", "Tote", "Toten", True),
        ("nl", "kind", "schoolkinderen", True),
        ("it", "Italia", "dell'Italia", True),
    ],
)
def test_a_query_asks_for_as_little_as_it_can(language: str, query: str, form: str, *, met: bool) -> None:
    assert same(language, query, form) is met

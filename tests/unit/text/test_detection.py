import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.text import detect_language

SENTENCES = {
    "en": "The ombudsman said that three children were brought back from the occupied town.",
    "uk": "Омбудсман повідомив, що трьох дітей повернули з окупованого міста.",
    "ru": "Омбудсмен сообщил, что троих детей вернули из занятого города, и это были не все.",
    "pl": "Rzecznik poinformował, że troje dzieci wróciło z okupowanego miasta.",
    "de": "Der Beauftragte sagte, dass drei Kinder aus der besetzten Stadt zurück sind.",
    "fr": "Le médiateur a dit que trois enfants sont revenus de la ville occupée.",
    "es": "El defensor dijo que tres niños volvieron de la ciudad ocupada.",
    "it": "Il garante ha detto che tre bambini sono tornati dalla città occupata.",
    "nl": "De ombudsman zei dat drie kinderen uit de bezette stad zijn teruggekeerd.",
    "be": "Праваабаронца паведаміў, што траіх дзяцей вярнулі з горада, які быў заняты ўвосень.",
    "bg": "Омбудсманът съобщи, че три деца са върнати от града и ще се приберат у дома.",
    "sr": "Омбудсман је рекао да су деца враћена из града који је био под окупацијом, љубазно.",
    "kk": "Балалар үйге қайтты, бұл туралы өкіл айтты.",
    "mk": "Децата се вратени од градот, рече ќерката на пратеникот, и ѓак.",
    "el": "Τρία παιδιά επέστρεψαν από την πόλη.",
    "ja": "三人の子どもが町から戻りました。",
    "zh": "三名儿童从城市返回。",
    "ko": "어린이 세 명이 돌아왔다.",
}


@pytest.mark.parametrize(("language", "sentence"), SENTENCES.items())
def test_a_sentence_is_enough(language: str, sentence: str) -> None:
    assert detect_language(sentence) == language


@pytest.mark.parametrize(("language", "sentence"), SENTENCES.items())
@pytest.mark.parametrize("declared", ["uk", "ru", "en-GB"])
def test_a_declaration_that_the_text_contradicts_is_overruled(language: str, sentence: str, declared: str) -> None:
    assert detect_language(sentence, declared) == language


def test_a_consistent_declaration_is_believed() -> None:
    assert detect_language("Budapest", "hu-HU") == "hu"
    assert detect_language("Харків", "uk") == "uk"
    assert detect_language("Донецк", "ru_RU") == "ru"
    assert detect_language("Путин", "bg") == "bg"
    assert detect_language("12:30", "pl") == "pl"
    assert detect_language("Балалар үйгә кайтты, өй", "tt") == "tt"
    assert detect_language("Љубав и мир", "mk") == "mk"
    assert detect_language("کودکان به خانه بازگشتند", "fa") == "fa"


def test_nothing_to_go_by_is_undetermined() -> None:
    assert detect_language("") == "und"
    assert detect_language("!!! 12", "") == "und"
    assert detect_language("Kyiv") == "und"


@given(st.text(), st.text(max_size=8))
def test_any_text_has_an_answer(text: str, declared: str) -> None:
    assert detect_language(text, declared).isalpha()

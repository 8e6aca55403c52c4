"""Language codes that ``lang:`` takes, and what people write instead of them."""

from __future__ import annotations

_CODES = (
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da"
    " de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz"
    " ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln"
    " lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi"
    " pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti"
    " tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu und"
)
LANGUAGE_CODES = frozenset(_CODES.split())
"""ISO 639-1, and BCP 47's ``und`` for a language that could not be told."""

LANGUAGE_NAMES = {
    "english": "en",
    "eng": "en",
    "gb": "en",
    "us": "en",
    "ukrainian": "uk",
    "ukr": "uk",
    "ua": "uk",
    "українська": "uk",
    "russian": "ru",
    "rus": "ru",
    "русский": "ru",
    "polish": "pl",
    "pol": "pl",
    "polski": "pl",
    "german": "de",
    "deu": "de",
    "ger": "de",
    "deutsch": "de",
    "french": "fr",
    "fra": "fr",
    "français": "fr",
    "spanish": "es",
    "spa": "es",
    "español": "es",
    "cz": "cs",
    "dk": "da",
    "jp": "ja",
    "cn": "zh",
    "by": "be",
}
"""Names, three-letter codes and country codes → the code that was meant."""

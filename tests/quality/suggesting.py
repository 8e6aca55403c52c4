"""Words in other languages that are suggested for an English query, from stories told in several; judged by hand."""

from __future__ import annotations

from collections.abc import Iterator

from crawler.text import Document, embedding
from crawler.topics import parse, suggest
from tests.quality.following import shared_stream

# Words of that summer, and what counts as right for each: chosen by hand, with the suggestions in view.
MEANS = {
    "spectators": "espectadores público spectateurs public zuschauer publikum зрителей зрители публика",
    "athlete OR athletes": "atletas atleta deportistas deportista athlètes sportifs sportler athleten спортсмены",
    "village": "villa aldea village dorf деревня деревне посёлок",
    "flag": "bandera abanderado drapeau flagge fahne флаг знаменосец",
    "opening": "apertura inauguración inaugural ouverture eröffnung eröffnungsfeier открытия открытие",
    "ceremony": "ceremonia cérémonie zeremonie feier eröffnungsfeier церемония церемонии",
    "team": "equipo selección équipe mannschaft команда команды сборная",
    "football": "fútbol football fußball футбол",
    "protest": "protesta protestation manifestation протест",
    "coach": "entrenador entraîneur trainer тренер",
    "refugee": "refugiados refugiado réfugié réfugiés flüchtling refugiadas беженец беженцы",
    "infected": "infectado contagio infecté contaminé infiziert заражения заражённых заразились",
    "fans": "aficionados público espectadores hinchas supporters fans zuschauer болельщики зрителей",
    "withdraw": "retira retirarse renuncia baja renonce retire forfait verzichtet absage отказалась снялась",
    "emergency": "emergencia urgence notstand чрезвычайное чрезвычайного",
    "doping": "dopaje dopage doping допинг",
    "resign": "dimite renuncia démissionne zurücktreten rücktritt отставка отказалась",
    "hotel": "hotel hôtel отель",
    "journalist": "periodista journaliste journalist журналист",
    "children": "niños hijos enfants bébés kinder дети детей",
    "bear": "oso ours bär медведь",
    "final": "final finale finale финал",
}  # fmt: skip


def report() -> Iterator[str]:
    """What is suggested on the shared titles, and how much of it is right."""
    numbers: dict[str, int] = {}
    stories: dict[int, list[Document]] = {}
    for piece in shared_stream():
        stories.setdefault(numbers.setdefault(piece.story, len(numbers)), []).append(piece.document)
    several = {number: told for number, told in stories.items() if len({each.language for each in told}) > 1}
    reports = [(number, each) for number, told in several.items() for each in told]
    query = parse(" AND ".join(f"({each})" for each in MEANS))
    yield f"shared/data, {len(reports)} titles of {len(several)} stories in several languages, {len(MEANS)} words"
    for name, placed in (("without a model", None), ("with [semantic]", embedding.embed)):
        if placed is not None and not embedding.available():
            continue
        found = suggest(query, reports, placed)
        right = [each for each in found if each.word.casefold() in MEANS[each.beside].split()]
        wrong = ", ".join(f"{each.beside} {each.word}" for each in found if each not in right)
        yield f"  {name}: {len(right)} of {len(found)} right; not: {wrong}"

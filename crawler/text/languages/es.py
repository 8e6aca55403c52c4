"""Spanish: simplemma's dictionary with regular endings beside it, for it has one reading of a form alone."""

from __future__ import annotations

import re

from crawler.text.folding import is_latin
from crawler.text.languages.base import Language, Simplemma, by_form, rules, snowball, words

_FEMININE = re.compile("(?:ad|id|tor|dor|sor|uest|iert|uelt|ari|an|ic|ian|es|er|in|ist|os|iv)as?$")
_ENDINGS = rules(
    "as>a os>o es>e es> s> ces>z "
    "ada>ado adas>ado ida>ido idas>ido ados>ado idos>ido "
    "ora>or oras>or ores>or esa>és esas>és eses>és onas>ón ona>ón ones>ón inas>ín ina>ín ines>ín anas>án anes>án "
    "esa>e esas>e enta>ente entas>ente anta>ante antas>ante triz>tor trices>tor inas>e ina>e "
)
_VERBS = {
    "ar": (
        "as a amos áis an é aste ó asteis aron aba abas ábamos aban aré arás ará aremos arán aría arías "
        "aríamos arían emos en ara aras áramos aran ase ases asen ando ado ada ados adas ad arse arlo "
        "arla arlos arlas arle arles ándose ándolo"
    ),
    "er": (
        "es e emos éis en í iste ió imos isteis ieron ía ías íamos ían eré erás erá eremos erán ería erían "
        "amos an iera ieran iese iesen iendo ido ida idos idas erse erlo erla erlos erlas erle erles "
        "iéndose"
    ),
    "ir": (
        "es e imos ís en í iste ió isteis ieron ía ías íamos ían iré irás irá iremos irán iría irían "
        "amos an iera ieran iese iesen iendo ido ida idos idas irse irlo irla irlos irlas irle irles iéndose"
    ),
}
_BY_ENDING: dict[str, list[str]] = {}
for _infinitive, _forms in _VERBS.items():
    for _form in _forms.split():
        _BY_ENDING.setdefault(_form, []).append(_infinitive)
_LONGEST_ENDING = max(map(len, _BY_ENDING))
_SHORTEST_ROOT = 3
_CHANGED = rules("ie>e ue>o i>e u>o qu>c gu>g c>z zc>c j>g y> ue>u")

_IRREGULAR = {
    "ir": "voy vas va vamos van fui fuiste fue fuimos fueron iba ibas ibamos iban iré irá iremos vaya vayan yendo ido"
    " fuera fueran",
    "ser": (
        "soy eres es somos son fui fue fuimos fueron era eran será serán sería serían sea sean sido siendo fuera fueran"
    ),
    "decir": "dicho dicha dichos dichas digo dice dicen dije dijo dijeron diga digan diciendo dirá dirán",
    "hacer": "hecho hecha hechos hechas hago hace hacen hizo hicieron haga hagan haciendo hará harán haría",
    "morir": "muerto muerta muertos muertas murio murieron muere mueren muera mueran muriendo",
    "muerto": "muerta muertos muertas",
    "ver": "visto vista vistos vistas veo ve ven vio vieron vea vean viendo verá verán",
    "poner": "puesto puesta puestos puestas pongo pone puso pusieron ponga pongan pondra pondran",
    "volver": "vuelto vuelta vueltos vueltas vuelve vuelven volvio volvieron vuelva vuelvan",
    "devolver": "devuelto devuelta devueltos devueltas devuelve devuelven",
    "escribir": "escrito escrita escritos escritas",
    "abrir": "abierto abierta abiertos abiertas",
    "romper": "roto rota rotos rotas",
    "cubrir": "cubierto cubierta cubiertos cubiertas",
    "descubrir": "descubierto descubierta descubiertos descubiertas",
    "resolver": "resuelto resuelta resueltos resueltas resuelve resuelven",
    "detener": "detuvo detuvieron detiene detienen detenga detengan detendra",
    "tener": "tuvo tuvieron tiene tienen tenga tengan tendra tendran tengo",
    "mantener": "mantuvo mantuvieron mantiene mantienen mantenga mantendra",
    "obtener": "obtuvo obtuvieron obtiene obtienen obtenga obtendra",
    "venir": "vino vinieron viene vienen venga vengan vendra vendran",
    "estar": "estuvo estuvieron está están esté estén",
    "poder": "pudo pudieron puede pueden pueda puedan podra podran podria",
    "querer": "quiso quisieron quiere quieren quiera quieran querra",
    "saber": "supo supieron sabe saben sepa sepan sabra",
    "traer": "trajo trajeron trae traen traiga traigan",
    "dar": "dio dieron da dan dé den doy",
    "caer": "cayo cayeron cae caen caiga caigan",
    "oir": "oyo oyeron oye oyen",
    "huir": "huyo huyeron huye huyen huya huyan",
    "salir": "salgo sale salen salga salgan saldra saldran",
    "elegir": "electo electa electos electas",
    "imprimir": "impreso impresa impresos impresas",
    "preso": "presa presos presas",
    "prender": "preso presa presos presas",
    "producir": "produjo produjeron produzca produce",
    "conducir": "condujo condujeron conduzca",
    "reducir": "redujo redujeron reduzca",
    "introducir": "introdujo introdujeron introduzca",
    "rey": "reina reinas reyes",
    **{
        f"{root}o": f"{root}a {root}os {root}as"
        for root in words(
            "niñ hij ministr herman ti abuel chic muchach amig novi espos vecin alumn maestr sobrin niet prim viud "
            "huérfan suegr dueñ soci reclus buen mal primer segund tercer mism médic"
        )
    },
    "alcalde": "alcaldesa alcaldesas alcaldes",
    "méxico": "méjico mejico",
    "mexicano": "mejicano mejicana mejicanos mejicanas",
}


def bases(form: str) -> list[str]:
    """Words that a form may belong to by its ending: ``mata`` → ``matar``, ``heridas`` → ``herido``."""
    found = []
    for ending, other in _ENDINGS:
        if form.endswith(ending) and len(form) - len(ending) >= _SHORTEST_ROOT:
            found.append(form.removesuffix(ending) + other)
    if _FEMININE.search(form):
        found.append(re.sub("as?$", "o", form))
    for length in range(1, _LONGEST_ENDING + 1):
        root = form[:-length]
        if len(root) >= _SHORTEST_ROOT:
            for infinitive in _BY_ENDING.get(form[-length:], ()):
                found += [one + infinitive for one in _roots(root)]
    return list(dict.fromkeys(found))


def _roots(root: str) -> list[str]:
    """The root, and what it is in the infinitive: ``vuelv`` → ``volv``, ``busqu`` → ``busc``."""
    found = [root]
    for changed, original in _CHANGED:
        at = root.rfind(changed)
        near_the_end = at > 0 and len(root) - at - len(changed) <= 3  # noqa: PLR2004
        if near_the_end and (changed[0] not in "qgczjy" or at + len(changed) == len(root)):
            found.append(root[:at] + original + root[at + len(changed) :])
    return found


LANGUAGE = Language(
    code="es",
    lexicon=Simplemma("es"),
    stem=snowball("spanish"),
    writes=is_latin,
    bases=bases,
    irregular=by_form(_IRREGULAR),
)

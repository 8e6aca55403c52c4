"""Italian: simplemma's dictionary with regular endings beside it, Snowball's stems for words it does not know."""

from __future__ import annotations

import re

from crawler.text.folding import is_latin
from crawler.text.languages.base import Language, Simplemma, by_form, rules, snowball, words

_ENDINGS = rules(
    "i>o i>e e>a chi>co ghi>go che>ca ghe>ga ci>co ci>cia gi>go gi>gia ie>ia "
    "trice>tore trici>tore essa>e esse>e essa>a a>o e>o ina>ino ine>ino iera>iere iere>iere ora>ore "
    "ato>are ata>are ati>are ate>are ito>ire ita>ire iti>ire ite>ire uto>ere uta>ere uti>ere ute>ere "
    "ano>are a>are ava>are avano>are ando>are erà>are eranno>are ò>are arono>are ino>are "
    "e>ere ono>ere eva>ere evano>ere endo>ere ette>ere ettero>ere "
    "isce>ire iscono>ire iva>ire ivano>ire endo>ire ì>ire irono>ire irà>ire iranno>ire e>ire ono>ire "
    "arsi>are ersi>ere irsi>ire andosi>are endosi>ere arlo>are arla>are arli>are arle>are erlo>ere erla>ere "
    "erli>ere erle>ere"
)
_FEMININE = re.compile("(?:at|it|ut|ist|an|in|ic|iv|os|ar|er)[ae]$")
_SHORTEST_ROOT = 3
_VERBS = {
    "andare": "vado va vanno vada vadano andrà andranno",
    "essere": "è sono sei siamo siete era erano sarà saranno fu furono sia siano stato stata stati state fosse fossero",
    "avere": "ho hai ha hanno avrà avranno ebbe ebbero abbia abbiano",
    "fare": "faccio fa fanno fece fecero fatto fatta fatti fatte faceva facevano faccia facciano facendo farà faranno",
    "dire": "dico dice dicono disse dissero detto detta detti dette diceva dicevano dica dicano dicendo dirà diranno",
    "venire": "viene vengono venne vennero venuto venuta venuti venute venga vengano verrà verranno",
    "tenere": "tiene tengono tenne tennero tenuto tenga terrà",
    "prendere": "prese presero preso presa presi",
    "mettere": "mise misero messo messa messi messe",
    "uccidere": "uccise uccisero ucciso uccisa uccisi",
    "decidere": "decise decisero deciso decisa decisi",
    "chiedere": "chiese chiesero chiesto chiesta chiesti chieste",
    "chiudere": "chiuse chiusero chiuso chiusa chiusi",
    "perdere": "perse persero perso persa persi perduto",
    "vincere": "vinse vinsero vinto vinta vinti vinte",
    "scrivere": "scrisse scrissero scritto scritta scritti scritte",
    "leggere": "lesse lessero letto letta letti lette",
    "vedere": "vide videro visto vista visti viste vedrà vedranno",
    "morire": "muore muoiono morì morirono morto morta morti morte muoia",
    "nascere": "nacque nacquero nato nata nati nate",
    "aprire": "aperto aperta aperti aperte",
    "offrire": "offerto offerta offerti offerte",
    "rimanere": "rimane rimangono rimase rimasero rimasto rimasta rimasti rimaste",
    "correre": "corse corsero corso",
    "condurre": "conduce condusse condotto condotta",
    "produrre": "produce produsse prodotto prodotta prodotti prodotte",
    "porre": "pone pose posero posto posta posti poste",
    "proporre": "propone propose proposto proposta",
    "dare": "dà danno diede diedero dato data dia diano",
    "stare": "sta stanno stette stia stiano",
    "sapere": "so sa sanno seppe seppero saputo sappia saprà",
    "potere": "può possono poté potuto possa possano potrà potranno potrebbe",
    "volere": "vuole vogliono volle vollero voluto voglia vorrà vorrebbe",
    "dovere": "deve devono dovette dovuto debba dovrà dovranno dovrebbe",
    "uscire": "esce escono uscito uscita usciti",
    "salire": "sale salgono salito",
    "rapire": "rapito rapita rapiti rapite rapisce",
    "eleggere": "elesse eletto eletta eletti elette",
    "rompere": "ruppe rotto rotta rotti rotte",
    "distruggere": "distrusse distrutto distrutta distrutti distrutte",
    "sconfiggere": "sconfisse sconfitto sconfitta sconfitti",
    "accogliere": "accolse accolto accolta accolti",
    "raccogliere": "raccolse raccolto raccolta raccolti",
    "togliere": "tolse tolto tolta tolti",
    "rispondere": "rispose risposero risposto",
    "nascondere": "nascose nascosto nascosta nascosti",
    "trascorrere": "trascorse trascorso",
    **{
        f"{root}o": f"{root}a {root}i {root}e"
        for root in words("ragazz figli zi nonn cugin cognat spos maestr ministr sindac bambin soldat")
    },
    "uomo": "uomini",
    "dio": "dei",
    "re": "regina",
    "uovo": "uova",
    "dito": "dita",
    "braccio": "braccia",
}


def bases(form: str) -> list[str]:
    """Words that a form may belong to by its ending: ``bambine`` → ``bambino``, ``deportati`` → ``deportare``."""
    found = []
    for ending, other in _ENDINGS:
        feminine = ending in {"a", "e"} and other == "o"
        if (
            form.endswith(ending)
            and len(form) - len(ending) >= _SHORTEST_ROOT
            and (not feminine or _FEMININE.search(form))
        ):
            found.append(form.removesuffix(ending) + other)
    return list(dict.fromkeys(found))


LANGUAGE = Language(
    code="it",
    lexicon=Simplemma("it"),
    stem=snowball("italian"),
    writes=is_latin,
    bases=bases,
    irregular=by_form(_VERBS),
    elision=re.compile(
        "(?:l|d|un|c|s|m|t|v|n|gl|all|dall|dell|nell|sull|coll|quest|quell|bell|sant|tutt|mezz|senz|anch|com|dov|quand)"
        "'(?=.)"
    ),
)

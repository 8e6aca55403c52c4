"""French: simplemma's dictionary with regular endings beside it, Snowball's stems for words it does not know."""

from __future__ import annotations

import re

from crawler.text.folding import is_latin
from crawler.text.languages.base import Language, Simplemma, by_form, rules, snowball

_ENDINGS = rules(
    "s> x> aux>al aux>ail es> e> "
    "trice>teur trices>teur euse>eur euses>eur euse>eux euses>eux eresse>eur esse>e esses>e "
    "ienne>ien iennes>ien enne>en ennes>en onne>on onnes>on ane>an anes>an elle>el elles>el ette>et ettes>et "
    "ère>er ères>er ière>ier ières>ier ve>f ves>f che>c ches>c ète>et ètes>et ille>il "
    "é>er ée>er és>er ées>er i>ir ie>ir is>ir ies>ir "
    "e>er es>er ent>er ons>er ez>er ais>er ait>er aient>er a>er as>er èrent>er âmes>er erai>er era>er eront>er "
    "erait>er "
    "eraient>er ant>er ât>er ai>er "
    "it>ir issent>ir issait>ir issaient>ir issant>ir ira>ir iront>ir irait>ir irent>ir "
    "d>dre dent>dre du>dre due>dre dus>dre dues>dre dait>dre dirent>dre dra>dre dront>dre dant>dre dit>dre"
)
_SHORTEST_ROOT = 3
_LONG_ENDING = 5
_VERBS = {
    "aller": "vais vas va vont allons allez irai iras ira irons iront irait iraient aille aillent alla allerent allait",
    "voir": "vu vue vus vues voit voient voyait voyaient verra verront verrait vit virent voie voient voyant",
    "prévoir": "prevu prevue prevus prevues prevoit prevoient",
    "avoir": (
        "ai as a ont avons avez eu eue eus eues aura auront aurait auraient avait avaient eut eurent ait aient ayant"
    ),
    "être": "suis es est sommes etes sont etait etaient sera seront serait seraient fut furent soit soient ete etant",
    "faire": "fais fait faite faits faites font faisait faisaient fera feront ferait fit firent fasse fassent faisant",
    "dire": "dis dit dite dits dites disent disait disaient dira diront dirait dirent dise disant",
    "venir": "viens vient viennent venu venue venus venues viendra viendront viendrait vint vinrent vienne venait",
    "revenir": "revient reviennent revenu revenue revenus revenues reviendra reviendront revint revinrent revienne",
    "devenir": "devient deviennent devenu devenue devenus devenues deviendra deviendront devint devinrent devienne",
    "tenir": "tient tiennent tenu tenue tenus tenues tiendra tiendront tint tinrent tienne",
    "détenir": "detient detiennent detenu detenue detenus detenues detiendra detenait detenaient",
    "obtenir": "obtient obtiennent obtenu obtenue obtenus obtenues obtiendra obtint obtinrent",
    "soutenir": "soutient soutiennent soutenu soutenue soutenus soutenues soutiendra soutint",
    "maintenir": "maintient maintiennent maintenu maintenue maintenus maintenues maintiendra maintint",
    "retenir": "retient retiennent retenu retenue retenus retenues retiendra retint",
    "prendre": "prends prend prennent pris prise prises prit prirent prendra prendront prenne prenait",
    "apprendre": "apprend apprennent appris apprise apprises apprit apprendra",
    "comprendre": "comprend comprennent compris comprise comprises comprit comprendra",
    "reprendre": "reprend reprennent repris reprise reprises reprit reprendra",
    "mettre": "met mettent mis mise mises mit mirent mettra mettront mette mettait",
    "promettre": "promet promettent promis promise promises promit promirent promettra",
    "permettre": "permet permettent permis permise permises permit permettra",
    "remettre": "remet remettent remis remise remises remit remettra",
    "commettre": "commet commettent commis commise commises commit",
    "admettre": "admet admettent admis admise admises admit",
    "soumettre": "soumet soumettent soumis soumise soumises",
    "pouvoir": "peux peut peuvent pu pourra pourront pourrait pourraient put purent puisse pouvait",
    "vouloir": "veut veulent voulu voudra voudrait voulut veuille voulait",
    "devoir": "doit doivent du due dus dues devra devront devrait dut doive devait",
    "savoir": "sait savent su sue saura sauront sut sache savait",
    "recevoir": "recoit recoivent recu recue recus recues recevra recut",
    "croire": "croit croient cru crue croira crut",
    "écrire": "ecrit ecrite ecrits ecrites ecrivent ecrivait ecrira ecrivit",
    "lire": "lit lisent lu lue lus lues lira lut",
    "élire": "elit elisent elu elue elus elues elira",
    "vivre": "vit vivent vecu vecue vivra vecut vivait",
    "mourir": "meurt meurent mort morte morts mortes mourra mourut moururent mourait",
    "naître": "nait naissent ne nee nes nees naquit",
    "connaître": "connait connaissent connu connue connus connues connut",
    "ouvrir": "ouvre ouvrent ouvert ouverte ouverts ouvertes ouvrit",
    "offrir": "offre offrent offert offerte offerts offertes offrit",
    "couvrir": "couvre couvert couverte couverts couvertes",
    "découvrir": "decouvre decouvert decouverte decouverts decouvertes",
    "courir": "court courent couru courut courra",
    "conduire": "conduit conduite conduits conduites conduisent conduisit",
    "produire": "produit produite produits produites produisent produisit",
    "détruire": "detruit detruite detruits detruites detruisent detruisit",
    "construire": "construit construite construits construites construisent",
    "battre": "bat battent battu battue battus battues battra",
    "perdre": "perd perdent perdu perdue perdus perdues perdra perdit",
    "craindre": "craint craignent crainte craints",
    "atteindre": "atteint atteignent atteinte atteints atteintes atteignit",
    "boire": "boit boivent bu bue but",
    "fuir": "fuit fuient fui fuyait fuyant",
    "conquérir": "conquis conquise conquises conquiert",
    "tuer": "tué tuée tués tuées tuent tua tuait",
    "partir": "part pars partent",
    "sortir": "sort sors sortent",
    "sentir": "sent sens sentent",
    "servir": "sert sers servent",
    "dormir": "dort dors dorment",
    "suivre": "suit suivent suivi suivie suivis suivies",
    "vaincre": "vainc vainquent vaincu vaincue vaincus vaincues",
    "convaincre": "convaincu convaincue convaincus convaincues",
    "nouveau": "nouvel nouvelle nouvelles nouveaux",
    "beau": "bel belle belles beaux",
    "vieux": "vieil vieille vieilles",
    "fou": "fol folle folles",
    "blanc": "blanche blanches",
    "œil": "yeux",
    "ciel": "cieux",
    "roi": "reine reines",
}


def bases(form: str) -> list[str]:
    """Words that a form may belong to by its ending: ``actrice`` → ``acteur``, ``arrêtées`` → ``arrêter``."""
    found = []
    for ending, other in _ENDINGS:
        if form.endswith(ending) and len(form) - len(ending) >= (_SHORTEST_ROOT if len(ending) < _LONG_ENDING else 2):
            found.append(form.removesuffix(ending) + other)
    return list(dict.fromkeys(found))


def spellings(form: str) -> list[str]:
    """The form with its œ and æ written out, or written together: ``œuvre`` and ``oeuvre``."""
    other = form.replace("œ", "oe").replace("æ", "ae")
    other = form.replace("oeu", "œu").replace("oei", "œi") if other == form else other
    return [other] if other != form else []


LANGUAGE = Language(
    code="fr",
    lexicon=Simplemma("fr"),
    stem=snowball("french"),
    writes=is_latin,
    bases=bases,
    spellings=spellings,
    irregular=by_form(_VERBS),
    elision=re.compile("(?:l|d|j|m|t|s|c|n|qu|jusqu|lorsqu|puisqu|quoiqu)'(?=.)"),
)

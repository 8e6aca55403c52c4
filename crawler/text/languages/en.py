"""English: simplemma's dictionary, Snowball's stems for words that it does not know, British and American spelling."""

from __future__ import annotations

import re

from crawler.text.folding import is_latin
from crawler.text.languages.base import Language, Simplemma, by_form, replaced, rules, snowball

_ING = re.compile("(?P<stem>.{2,}?)(?P<doubled>[bdfgklmnprtvz])?ing$")

# British → American, behind what stays; the American spelling is the one that both answer to.
_AMERICAN = (
    (re.compile("(?<=[a-z]{2}[bdlmnprtv])our(?=s$|$|ed|ing|er|ite|hood|ful|able|less)"), "or"),
    (re.compile("(?<=[a-z]{2})isation(?=s?$|al)"), "ization"),
    (re.compile("(?<=[a-z]{3}[lnrtdmvcg])is(?=e[sdr]?$|ing$|ers$)"), "iz"),
    (re.compile("(?<=[a-z]{2})ys(?=e[sdr]?$|ing$)"), "yz"),
    (re.compile("(?<=cent|heat|libr|alib)re(?=s?$|d$)"), "er"),
    (re.compile("(?:(?<=defen)|(?<=offen)|(?<=preten))ce(?=s?$)"), "se"),
    (re.compile("(?<=[aeiou])ll(?=ed$|ing$|ers?$|ation)"), "l"),
    (re.compile("ogue(?=s?$)"), "og"),
    (re.compile("(?<=progra)mme(?=s?$)"), "m"),
    (re.compile("^paed"), "ped"),
    (re.compile("aem"), "em"),
    (re.compile("oeuv"), "euv"),
    (re.compile("^oes(?=[ot])"), "es"),
    (re.compile("^grey"), "gray"),
    (re.compile("^tyre"), "tire"),
    (re.compile("^chequ"), "check"),
    (re.compile("^plough"), "plow"),
    (re.compile("^jewell"), "jewel"),
    (re.compile("^skilful"), "skillful"),
    (re.compile("^fulfil(?=s$|$|ment)"), "fulfill"),
    (re.compile("^enrol(?=s$|$|ment)"), "enroll"),
    (re.compile("^licence"), "license"),
    (re.compile("(?<=^met|^lit)re(?=s?$)"), "er"),
    (re.compile("(?<=kilomet)re(?=s?$)"), "er"),
    (re.compile("^sceptic"), "skeptic"),
    (re.compile("^mould"), "mold"),
    (re.compile("^aluminium"), "aluminum"),
    (re.compile("^kerb(?=s?$)"), "curb"),
    (re.compile("^sulph"), "sulf"),
    (re.compile("^storey"), "story"),
    (re.compile("^judgement"), "judgment"),
)

# Past forms that are also other words, so that the dictionary gives another lemma or none.
_PAST = """
rise rose; shoot shot; win won; find found; leave left; feel felt; see saw seen; bind bound; wind wound; grind ground;
lie lay lain; bear bore borne; think thought; mean meant; lend lent; lead led; feed fed; breed bred; hang hung; hold
held; send sent; spend spent; build built; deal dealt; fight fought; strike struck stricken; shed shed; break broke
broken; speak spoke spoken; wake woke woken; wear wore worn; tear tore torn; swear swore sworn; drive drove driven;
ride rode ridden; write wrote written; fall fell fallen; sit sat; spit spat; stand stood; understand understood;
withstand withstood; take took taken; shake shook shaken; forsake forsook forsaken; mistake mistook mistaken; give
gave given; forgive forgave forgiven; forbid forbade forbidden; bid bade bidden; eat ate eaten; beat beaten; bite bit
bitten; hide hid hidden; light lit; slide slid; make made; pay paid; say said; lay laid; hear heard; flee fled; bleed
bled; speed sped; meet met; get got gotten; forget forgot forgotten; tell told; sell sold; sleep slept; keep kept;
creep crept; weep wept; sweep swept; kneel knelt; dream dreamt; burn burnt; learn learnt; spell spelt; spill spilt;
spoil spoilt; smell smelt; lose lost; bring brought; buy bought; catch caught; seek sought; teach taught; begin began
begun; drink drank drunk; ring rang rung; sing sang sung; sink sank sunk; spring sprang sprung; swim swam swum; shrink
shrank shrunk; stink stank stunk; run ran; come came; become became; overcome overcame; blow blew blown; fly flew
flown; grow grew grown; know knew known; throw threw thrown; draw drew drawn; withdraw withdrew withdrawn; show shown;
choose chose chosen; freeze froze frozen; steal stole stolen; weave wove woven; swell swollen; go went gone; undergo
underwent undergone; do did done; have had; dig dug; stick stuck; sting stung; swing swung; cling clung; fling flung;
spin spun; string strung; overthrow overthrew overthrown; undertake undertook undertaken; overtake overtook overtaken;
slay slew slain; strive strove striven; arise arose arisen; awake awoke awoken; mislead misled; uphold upheld;
withhold withheld; rebuild rebuilt; foresee foresaw foreseen; oversee oversaw overseen; shine shone; abide abode;
strew strewn; prove proven
"""
_NOUNS = """
child children; person people; man men; woman women; foot feet; tooth teeth; goose geese; mouse mice; die dice; ox
oxen; life lives; wife wives; knife knives; wolf wolves; leaf leaves; half halves; thief thieves; crisis crises;
analysis analyses; datum data; medium media; criterion criteria; phenomenon phenomena; penny pence; staff staffs
"""


def _table(text: str) -> dict[str, str]:
    return by_form(dict(row.split(maxsplit=1) for row in text.split(";")))


_IRREGULAR = _table(f"{_PAST};{_NOUNS}")
_REGULAR = rules("ies>y ied>y ves>f ves>fe es> es>e ed> ed>e s>")


def bases(form: str) -> list[str]:
    """Words that a form may come from by the rules: ``kidnapping`` → ``kidnap``, which the dictionary has as a noun."""
    found = [] if len(form) < 5 or form.endswith(("ss", "us", "is")) else replaced(form, _REGULAR)  # noqa: PLR2004
    found += _IRREGULAR.get(form, "").split()
    if not (met := _ING.match(form)):
        return found
    root, doubled = met["stem"], met["doubled"] or ""
    return [*found, root + doubled, root + doubled + "e", *([root] if root.endswith(doubled or " ") else [])]


def spellings(form: str) -> list[str]:
    """The American spelling of a form, where there is one: ``organisations`` → ``organizations``."""
    other = form
    for british, american in _AMERICAN:
        other = british.sub(american, other)
    return [other] if other != form else []


LANGUAGE = Language(
    code="en",
    lexicon=Simplemma("en"),
    stem=snowball("english"),
    writes=is_latin,
    bases=bases,
    spellings=spellings,
    ending=re.compile("'s?$"),
)

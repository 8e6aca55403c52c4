"""Figures in running text, with keys that no language decides: ``19,5 тис.``, ``19,500`` and ``19 500`` are one.

Read are numbers in digits and in words (``восьмеро``, ``eight``), with multipliers, as percentages, money, ordinals,
ages and the ends of ranges. No figures are dates and years, times of day, scores, phone numbers, versions, numbers
that are part of a name (``F-16``, ``COVID-19``), and counters that rise by themselves ("day 410").
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from crawler.text.counted import counted
from crawler.text.dates import DateMention, dates
from crawler.text.folding import fold
from crawler.text.numerals import Numeral, compound_value, compounds, numerals
from crawler.text.tokens import Token, tokenize


class Figure(NamedTuple):
    """A number that a text states: ``text[start:end]``, with its multiplier, percent sign or currency."""

    value: float
    kind: str
    """``count``, ``percent``, ``money``, ``ordinal`` or ``age``."""
    unit: str
    """The currency (``usd``) of money, else empty."""
    bound: str
    """``more`` (more than, at least), ``less`` (under, up to), ``about``, or empty."""
    start: int
    end: int

    @property
    def key(self) -> str:
        """What the same figure has in every language: ``19500``, ``45%``, ``5000000 usd``, ``3.``."""
        mark = {"percent": "%", "money": f" {self.unit}", "ordinal": "."}.get(self.kind, "")
        return f"{self.value:.15g}{mark}"


_GROUP = r"[   .,'’]"
_NUMBER = rf"\d{{1,3}}(?:{_GROUP}\d{{3}})+(?!\d)(?:[.,]\d{{1,2}}(?![\d.,]\d|\d))?|\d+(?:[.,]\d+)?"
_FIGURE = re.compile(
    rf"(?P<low>{_NUMBER})(?:(?:-|\s?[–—]\s?|(?P<word>\s(?:to|до|do|bis)\s))(?P<high>{_NUMBER})(?![\d:]))?"
)
_SPACED = re.compile(r"\d{1,3}(?:[  ]\d{3})+")  # no-break spaces stay: nobody writes these between two numbers
_PHONE = re.compile(r"(?<=\+)\d{1,4}[\d ()-]{6,}\d|0?\d{2,3}\)?[ -]\d{2,3}[ -]\d{2}[ -]?\d{2}(?!\d)")
_NOT_A_FIGURE = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?|\d{1,3}:\d{1,3}|\d+/\d+|v?\d+(?:\.\d+){2,}(?!\d)")
_GROUPED = re.compile(rf"[1-9]\d{{0,2}}(?:{_GROUP}\d{{3}})+(?!\d)")
_TIME_BEHIND = re.compile(
    r"\s?(?:[ap]\.?\s?m\b|uhr\b|o'clock|годин[иі]\b|часов (?:утра|вечера|дня|ночи))", re.IGNORECASE
)
_TIME_BEFORE = re.compile(r"\b(?:о|об|at|um|à|alle|ore|godz\.)\s$", re.IGNORECASE)
_NAME_BEFORE = re.compile(r"(?:[^\W\d_]-|[\w#№_@]|№\s|\bNo\.\s|\bNr\.?\s)$")
_COUNTER_BEFORE = re.compile(
    r"(?:\bday|\bweek|\bдень|\bдоба|\bдобу|\bсутки|\bdzień|\btag|\bjour|\bgiorno|\bdía|\bdag)\s$", re.IGNORECASE
)
_COUNTER_BEHIND = re.compile(r"\s(?:день|дня|доб|сут|day|dzień|tag\b|jour\b|week\b|тиж|недел)", re.IGNORECASE)
_PERCENT = re.compile(
    r"\s?(?:%|(?:percent(?:age points?)?|per cent|pct|відсот\w*|процент\w*|проц\.|prozent|pour cent|por ciento"
    r"|per cento|procent\w*)\b)",
    re.IGNORECASE,
)
_AGE = re.compile(
    r"\s?-?\s?(?:years?[- ]old|річн\w+|летн\w+|letni\w*|latk\w*|latek|jährig\w*|jarig\w*|enn[ei])\b", re.IGNORECASE
)
_ORDINAL = re.compile(
    r"(?:st|nd|rd|th|ème|er|re|e|º|ª)\b|-(?:й|я|є|е|го|му|м|та|те|ту|ої|ій|ою|им|их|ша|ша|га|шої|ая|ое|ую|ый|ий|ого|ому|ем)\b",
    re.IGNORECASE,
)
_CASE_ENDING = re.compile(r"-(?:ти|ма|ми|х|ох|ьох|ом|ро|ть|и)\b")
_JOINED_WORD = re.compile(r"-[^\W\d_]{2,}")
_UNIT_BEHIND = re.compile(
    r"(?:km|kg|m|cm|mm|g|t|ha|mph|kph|kw|mw|gw|gb|mb|tb|км|кг|м|см|мм|га|т|кв|квт|мвт|гвт)\b", re.IGNORECASE
)
_SHORT_SCALE = re.compile(r"(?:(?P<k>k)|(?P<m>m)|(?P<bn>bn?)|(?P<tn>tn))\b", re.IGNORECASE)
_SHORT_SCALES = {"k": 1e3, "m": 1e6, "bn": 1e9, "tn": 1e12}

_SIGNS = {"$": "usd", "€": "eur", "£": "gbp", "₴": "uah", "₽": "rub", "¥": "jpy", "₹": "inr"}
_CURRENCIES = {
    "usd": r"us\$|\$|(?:us |u\.s\. |американськ\w+ |американск\w+ )?"
    r"(?:dollars?\b|долар\w*|доллар\w*|dolar\w*|dólar\w*|dollari\b|usd\b)",
    "eur": r"€|euros?\b|євро\b|евро\b|eur\b",
    "gbp": r"£|pounds?\b(?! of)|фунт\w* стерлінг\w*|фунт\w* стерлинг\w*",
    "uah": r"₴|hryvnias?\b|hryvnyas?\b|грив\w*|грн\b|uah\b|hrywi\w*",
    "rub": r"₽|roubles?\b|rubles?\b|рубл\w*|руб\b|rubl\w*",
    "pln": r"zł\b|zlotys?\b|złot\w*|злот\w*|pln\b",
    "jpy": r"¥|yen\b|єн\w?\b|иен\w?\b",
    "cny": r"yuan\b|юан\w*",
    "chf": r"francs?\b|франк\w*|franken\b",
}
_CURRENCY = re.compile(
    rf"\s?(?:de |di |d['’])?(?:{'|'.join(f'(?P<{code}>{words})' for code, words in _CURRENCIES.items())})",
    re.IGNORECASE,
)
_SIGN_BEFORE = re.compile(r"[$€£₴₽¥₹]\s?$")
_BOUNDS = {
    "more": "more than|over|at least|above|no fewer than|no less than|exceeding|понад|більше ніж|більш ніж|більше|"
    "щонайменше|не менше ніж|не менше|принаймні|более чем|более|больше|свыше|не менее|как минимум|"
    "по меньшей мере|ponad|"
    "co najmniej|więcej niż|mehr als|über|mindestens|plus de|au moins|más de|al menos|oltre|più di|almeno|meer dan|"
    "ruim|minstens",
    "less": "less than|fewer than|under|up to|at most|below|менше ніж|менше|до|менее|меньше|не более|не більше|"
    "mniej niż|"
    "weniger als|bis zu|unter|höchstens|moins de|jusqu'à|menos de|hasta|meno di|fino a|minder dan|tot",
    "about": "about|around|some|nearly|almost|roughly|approximately|close to|an estimated|близько|майже|приблизно|"
    "орієнтовно|около|почти|примерно|порядка|około|prawie|niemal|etwa|rund|fast|knapp|ungefähr|environ|près de|presque|"
    "unos|unas|cerca de|casi|circa|quasi|ongeveer|bijna|zo'n",
}
_BOUND = re.compile(
    rf"\b(?:{'|'.join(f'(?P<{name}>{words})' for name, words in _BOUNDS.items())})\s+(?:[$€£]\s?)?$", re.IGNORECASE
)
_HALF = re.compile(
    r"(?:half (?:of|the)\b|половин[аиуі]\b(?! (?:дня|доби|ночі|місяця|року|століття|месяца|года|века)))", re.IGNORECASE
)
_AFTER_ORDINAL = re.compile(r"(?:перш\w+|друг\w+|перв\w+|втор\w+|first|second|other)\s$", re.IGNORECASE)
_LOWER_PART = re.compile(r"\.?\s(\d{1,3})(?=\s[^\W\d_])")
_OF_YEARS = re.compile("річн|летн")
_THOUSAND = 1000
_HOURS = 25
_LOOK_BACK = 24  # characters: the longest bound and a sign


class _Read(NamedTuple):
    """A number as read from digits or words, before what stands around it is looked at."""

    values: tuple[tuple[float, int, int], ...]
    """Value, start, end: one, or the two ends of a range."""
    end: int
    """Where it ends, in characters."""
    written: bool


def figures(
    text: str,
    language: str,
    tokens: Sequence[Token] | None = None,
    *,
    mentions: Sequence[DateMention] | None = None,
    ones: bool = False,
) -> list[Figure]:
    """The figures that a text states, in order.

    Args:
        text: What to read.
        language: BCP 47 primary language of the text; in one without a table only figures in digits are found.
        tokens: The text's words where they are known already.
        mentions: The text's dates where they are known already.
        ones: Whether to take a lone "one" (``один``, ``eine``) too, which is more often an article or a pronoun.
    """
    tokens = tokenize(text, language) if tokens is None else tokens
    table, joined = numerals(language), compounds(language)
    found: list[Figure] = []
    taken: set[int] | None = None
    past = 0
    for at, token in enumerate(tokens):
        if token.start < past:
            continue
        digits = "0" <= token.folded[0] <= "9"
        if not digits and token.folded not in table and token.folded not in _HALVES:
            if joined and token.folded[:2] in joined[0] and (met := joined[1].fullmatch(token.folded)):
                value = compound_value(language, met[1])
                found.append(
                    Figure(value, "age" if _OF_YEARS.search(token.folded) else "count", "", "", token.start, token.end)
                )
            continue
        if taken is None:
            taken = _dated(text, language, dates(text, language, tokens=tokens) if mentions is None else mentions)
        if token.start in taken:
            continue
        read = _digits(text, language, token) if digits else _words(text, language, tokens, at, ones=ones)
        if read is None:
            past = max(past, _skipped(text, token)) if digits else past
            continue
        past, made = _completed(text, language, read)
        found += made
    return found


_ABOUT_ONE = frozenset({"тисячі", "тысячи", "мільйона", "миллиона", "мільярда", "миллиарда"})
"""Genitives that are one behind a bound (``близько тисячі``) and any number otherwise."""
_HALVES = frozenset({"half", "пів", "половина", "половини", "половину", "половині", "половины"})


def _dated(text: str, language: str, mentions: Sequence[DateMention]) -> set[int]:
    """Positions of characters that belong to dates; a year stays a figure where it counts something."""
    found: set[int] = set()
    for mention in mentions:
        if mention.month is None and _counts_behind(text, language, mention.end):
            continue
        found.update(range(mention.start, mention.end))
    return found


_NEXT_WORD = re.compile(r"[   ]([^\W\d_]+(?:['’ʼ][^\W\d_]+)?)")


def _counts_behind(text: str, language: str, end: int) -> bool:
    met = _NEXT_WORD.match(text, end)
    concept = counted(language, fold(met[1])) if met else None
    return concept is not None and concept not in ("year", "killed", "wounded")


def _skipped(text: str, token: Token) -> int:
    """Where reading goes on behind digits that are no figure."""
    met = _PHONE.match(text, token.start) or _NOT_A_FIGURE.match(text, token.start) or _FIGURE.match(text, token.start)
    return max(met.end() if met else 0, token.end)


def _digits(text: str, language: str, token: Token) -> _Read | None:
    start = token.start
    before = text[max(0, start - _LOOK_BACK) : start]
    if _NAME_BEFORE.search(before):
        return None
    grouped = _GROUPED.match(text, start)
    if _PHONE.match(text, start) or (not grouped and _NOT_A_FIGURE.match(text, start)):
        return None
    met = _FIGURE.match(text, start)
    if met is None:
        return None
    end = met.end()
    spaced = _SPACED.match(text, start)
    if language == "en" and spaced and " " in spaced[0]:
        end = start + spaced[0].index(" ")  # English writes 1,600: "on May 12 300 people" has two numbers
        return _not_a_time(text, before, _Read(((float(text[start:end]), start, end),), end, written=False))
    low = _valued(met["low"], language)
    if met["word"] and low >= _valued(met["high"], language):
        end = met.end("low")
    if met["high"] is None or end < met.end():
        return _not_a_time(text, before, _Read(((low, start, end),), end, written=False))
    high = _valued(met["high"], language)
    if low >= high or (high < _HOURS and _TIME_BEHIND.match(text, end)):
        return None  # 3-1 is a score, and 6 to 10 p.m. are times
    return _Read(((low, start, met.end("low")), (high, met.start("high"), end)), end, written=False)


def _not_a_time(text: str, before: str, read: _Read) -> _Read | None:
    value, start, end = read.values[0]
    if _COUNTER_BEFORE.search(before) and _TIME_BEHIND.match(text, end) is None:
        return None
    hour = value < _HOURS and _TIME_BEHIND.match(text, end)
    if hour and (_TIME_BEFORE.search(before) or text[end:].lstrip()[:1] in "apAPuUo"):
        return None
    if _TIME_BEFORE.search(before) and re.fullmatch(r"[012]?\d[.][0-5]\d", text[start:end]):
        return None
    return read


def _valued(number: str, language: str) -> float:
    """The value of digits with marks: which of point and comma parts thousands depends on language and place."""
    bare = re.sub("[   '’]", "", number)
    if "." in bare and "," in bare:
        decimal = max(bare.rfind("."), bare.rfind(","))
        return float(re.sub("[.,]", "", bare[:decimal]) + "." + bare[decimal + 1 :])
    mark = "." if "." in bare else ","
    parts = bare.split(mark)
    thousands = len(parts) > 1 and all(len(part) == 3 for part in parts[1:]) and parts[0] != "0"  # noqa: PLR2004
    if thousands and not (language == "en" and mark == "." and len(parts) == 2):  # noqa: PLR2004
        return float("".join(parts))
    return float(bare.replace(",", "."))


def _words(text: str, language: str, tokens: Sequence[Token], at: int, *, ones: bool) -> _Read | None:
    start = tokens[at].start
    if (half := _HALF.match(text, start)) and not _AFTER_ORDINAL.search(text[max(0, start - 16) : start]):
        return _Read(((50, start, half.end()),), half.end(), written=True)
    if tokens[at].folded in ("half", "пів"):
        return _half_a(language, tokens, at)
    if tokens[at].folded in _HALVES or _NAME_BEFORE.search(text[max(0, start - 2) : start]):
        return None
    first = numerals(language)[tokens[at].folded]
    about_one = tokens[at].folded in _ABOUT_ONE and _BOUND.search(text[max(0, start - _LOOK_BACK) : start])
    if not (first.alone or about_one) or (first.role != "add" and language == "en" and not _article_before(tokens, at)):
        return None
    value, last = _summed(text, numerals(language), tokens, at)
    if value == 1 and not ones and not _PERCENT.match(text, tokens[last].end):
        return None
    end = tokens[last].end
    return _Read(((value, start, end),), end, written=True)


def _half_a(language: str, tokens: Sequence[Token], at: int) -> _Read | None:
    last = at + (2 if tokens[at].folded == "half" else 1)
    if last >= len(tokens) or (last > at + 1 and tokens[at + 1].folded != "a"):
        return None
    scale = numerals(language).get(tokens[last].folded)
    if scale is None or scale.role != "scale":
        return None
    return _Read(((scale.value / 2, tokens[at].start, tokens[last].end),), tokens[last].end, written=True)


def _article_before(tokens: Sequence[Token], at: int) -> bool:
    return at > 0 and tokens[at - 1].folded in ("a", "an", "one")


def _summed(text: str, known: Mapping[str, Numeral], tokens: Sequence[Token], at: int) -> tuple[float, int]:
    """The value of the number words from a word on, and the last word that belongs to them."""
    total = current = greatest = 0.0
    last, position = at - 1, at
    while position < len(tokens) and (position == at or _joined(text, tokens[position - 1], tokens[position])):
        numeral = known.get(tokens[position].folded)
        if numeral is None:
            if position == at or not _links(tokens, position, known, current or total):
                break
        elif numeral.role == "scale":
            amount = (total + current if numeral.value > greatest else current) or 1
            total = amount * numeral.value + (0 if numeral.value > greatest else total)
            current, greatest, last = 0, max(greatest, numeral.value), position
        elif (grown := _grown(current, numeral, tokens[position].folded)) is not None:
            current, last = grown, position
        else:
            break
        position += 1
    return total + current, last


def _grown(current: float, numeral: Numeral, folded: str) -> float | None:
    """A number below a thousand with one more word to it; ``None`` where the word begins another number."""
    if numeral.role == "hundred":
        return (current or 1) * 100
    if current == 4 and folded in ("vingt", "vingts"):  # noqa: PLR2004
        return 80
    return current + numeral.value if _fits(current, numeral.value) else None


def _joined(text: str, left: Token, right: Token) -> bool:
    return text[left.end : right.start] in (" ", "-", "\N{NO-BREAK SPACE}", "\N{NON-BREAKING HYPHEN}", "‑", ". ")


def _links(tokens: Sequence[Token], at: int, known: Mapping[str, Numeral], value: float) -> bool:
    """Whether a word such as "and" stands inside a number: two hundred and five, treinta y cinco, vingt et un."""
    if at + 1 >= len(tokens) or (behind := known.get(tokens[at + 1].folded)) is None or behind.role != "add":
        return False
    word = tokens[at].folded
    if word == "and":
        return value >= 100 and behind.value < 100 and not value % 100  # noqa: PLR2004
    return word in ("y", "et") and 20 <= value % 100 < 100 and not value % 10 and behind.value < 12  # noqa: PLR2004


def _fits(current: float, value: float) -> bool:
    """Whether a number goes on with a further word: twenty + five, двісті + сорок, soixante + dix."""
    if not current:
        return True
    if current % 100 == 0:
        return value < 100  # noqa: PLR2004
    return current % 10 == 0 and current % 100 >= 20 and (value < 10 or (current % 100 in (60, 80) and value < 20))  # noqa: PLR2004


def _completed(text: str, language: str, read: _Read) -> tuple[int, list[Figure]]:
    """Where reading goes on, and a number's figures with what stands behind it; none for a part of a name."""
    end, factor, kind, unit = read.end, 1.0, "count", ""
    start = read.values[0][1]
    before = text[max(0, start - _LOOK_BACK) : start]
    sign = _SIGN_BEFORE.search(before)
    if not read.written:
        tail = _tail(text, end, money=bool(sign))
        if tail is None:
            return end, []
        end, factor, kind = tail
        if kind == "count":
            end, factor = _scaled(text, language, end, factor)
            read, end, factor = _continued(text, language, read, end, factor)
    if sign:
        kind, unit, start = "money", _SIGNS[sign[0][0]], start - len(sign[0])
    elif kind == "count" and (met := _PERCENT.match(text, end)):
        kind, end = "percent", met.end()
    elif kind == "count" and (met := _CURRENCY.match(text, end)):
        kind, unit, end = "money", met.lastgroup or "", met.end()
    elif read.written and _HALF.match(text, start):
        kind = "percent"
    bound = met.lastgroup or "" if (met := _BOUND.search(before)) else ""
    made = []
    for value, low, high in read.values:
        final = value is read.values[-1][0]
        times = factor if final or value * factor < read.values[-1][0] * factor else 1
        made.append(
            Figure(value * times, kind, unit, bound, start if low == read.values[0][1] else low, end if final else high)
        )
    return end, made


def _tail(text: str, end: int, *, money: bool) -> tuple[int, float, str] | None:
    """Where the letters behind digits end, what they multiply by, and the kind; ``None`` when they make a name."""
    if met := _AGE.match(text, end):
        return met.end(), 1, "age"
    if end >= len(text) or text[end] in " \n.,;:)!?%":
        return end, 1, "count"
    if met := _CASE_ENDING.match(text, end):
        return met.end(), 1, "count"
    if met := _ORDINAL.match(text, end):
        return None if _COUNTER_BEHIND.match(text, met.end()) else (met.end(), 1, "ordinal")
    if (met := _SHORT_SCALE.match(text, end)) and (money or len(met[0]) > 1 or met[0] in "kKM"):
        return met.end(), _SHORT_SCALES[met.lastgroup or ""], "count"
    if (met := _UNIT_BEHIND.match(text, end)) or (met := _JOINED_WORD.match(text, end)):
        return end, 1, "count"
    return None if text[end].isalnum() else (end, 1, "count")


_BEHIND = re.compile(r"[   -]?([^\W\d_]+)\.?")


def _scaled(text: str, language: str, end: int, factor: float) -> tuple[int, float]:
    """Where the words that multiply a number end, and what they multiply it by: ``тис.``, ``mil millones``."""
    table = numerals(language)
    while (met := _BEHIND.match(text, end)) and (numeral := table.get(fold(met[1]))):
        if numeral.role == "add":
            break
        factor *= numeral.value
        end = met.end() if not numeral.alone and text[met.end() - 1] == "." and len(met[1]) < 5 else met.end(1)  # noqa: PLR2004
    return end, factor


def _continued(text: str, language: str, read: _Read, end: int, factor: float) -> tuple[_Read, int, float]:
    """A number whose lower part follows with a smaller multiplier: ``1 млн 200 тис.`` is one."""
    met = _LOWER_PART.match(text, end)
    if met is None or factor < _THOUSAND or len(read.values) > 1:
        return read, end, factor
    lower_end, lower = _scaled(text, language, met.end(), 1)
    if not 1 < lower < factor:
        return read, end, factor
    value, start, _ = read.values[0]
    whole = value * factor + float(met[1]) * lower
    return _Read(((whole, start, lower_end),), lower_end, written=False), lower_end, 1

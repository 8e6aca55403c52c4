"""What stands in a page's text and is not the article: counters, dates of updating, credits of photos, links, footers.

Such a line changes by itself at every look. Only lines that are short and have the form of one are taken for it: a
sentence about page views is a sentence.
"""

from __future__ import annotations

import re

_MOST_WORDS = 14
"""Words of a line that may be one."""

_COUNTER = (
    r"views?|reads?|shares?|likes?|comments?|reactions?|claps?|followers|people (?:are )?reading|"
    r"перегляд\w*|коментар\w*|вподоба\w*|поширен\w*|прочитан\w*|реакці\w*|"
    r"просмотр\w*|комментари\w*|лайк\w*|репост\w*|прочтен\w*|реакци\w*"
)
_TIME = (
    r"(?:min(?:ute)?s?\.?|мин\w*\.?|хв\w*\.?)(?:\s+(?:to\s+)?(?:read|читання|чтения|на (?:читання|чтение)))|"
    r"(?:reading time|read time|time to read|час читання|время чтения|час на читання)"
)
_UPDATED = (
    r"(?:last |first )?(?:updated|published|modified|posted)|as of|оновлено|опубліковано|останнє оновлення|"
    r"дата публікації|обновлено|опубликовано|последнее обновление|дата публикации"
)
_AGO = (
    r"\d+\s+(?:seconds?|minutes?|mins?|hours?|days?|секунд\w*|хвилин\w*|годин\w*|дн\w*|ден\w*|минут\w*|час\w*)"
    r"\s+(?:ago|тому|назад)"
)
_CREDIT = (
    r"(?:photos?|pictures?|images?|video|graphics?|illustration|фото\w*|зображення|ілюстрація|відео|скріншот\w*|"
    r"изображение|иллюстрация|видео|скриншот\w*)"
    r"(?:\s+(?:by|courtesy(?: of)?|credit|source|з|із|з архіву|из|из архива|автора|автор))?\s*[:—–©/]|©|\(c\)|"
    r"(?:photo|picture|image) (?:by|credit|courtesy)"
)
_LINKS = (
    r"(?:read|see|watch) (?:also|more|next|too)|also read|related(?: \w+)?|more (?:on|from|about) (?:this|the)|"
    r"most (?:read|popular|viewed)|recommended|you may (?:also )?like|latest news|top stories|what to read next|"
    r"читайте (?:також|ще|больше|также|ещё|еще)|читати (?:також|більше)|дивіться також|за темою|по темі|схожі новини|"
    r"популярн\w+|головне за добу|останні новини|рекомендуємо|також читайте|смотрите также|по теме|похожие новости|"
    r"самое читаемое|последние новости|рекомендуем|также читайте|читать (?:также|далее)|новини партнерів|"
    r"новости партн[её]ров|tags?\b|topics?\b|теги\b|мітки\b|теми\b|метки\b|темы\b|ключові слова|ключевые слова"
)
_FOOTER = (
    r"all rights reserved|copyright|terms of (?:use|service)|privacy policy|cookies?\b|sign up|subscribe|newsletter|"
    r"follow us|join us on|download (?:our|the) app|support (?:our|us)|donate|share (?:this|on|via)|share$|"
    r"advertisement|"
    r"this (?:article|story|report) (?:was |has been )?(?:first|originally|previously) (?:published|appeared)|"
    r"вперше опублікован\w+|впервые опубликован\w+|click here|send us|contact us|"
    r"усі права захищ\w+|всі права захищ\w+|передрук|підпи(?:шіться|суйтес\w+|сатися)|поділи(?:тися|тись|ться)|"
    r"реклама$|стежте за|долучайтес\w+|підтримайте|надішліть|завантаж\w+ застосунок|наш(?:ому)? (?:телеграм|telegram)|"
    r"все права защищ\w+|перепечатка|подпи(?:шитесь|сывайтес\w+|саться)|подели(?:ться|тесь)|следите за|"
    r"присоединяйтес\w+|поддержите|скачай\w+ приложение|наш(?:ем)? (?:телеграм|telegram)|материалы партн[её]ров|"
    r"натисніть ctrl|нажмите ctrl|виділіть її|выделите е[её]|знайшли помилку|нашли ошибку|found (?:a typo|an error)"
)
_BYLINE = (
    r"(?:by|автор\w*|текст|журналіст\w*|журналист\w*|редактор\w*|editor|reporting by|editing by|writing by)\s*:?\s"
)

_ALONE = re.compile(
    rf"(?:{_COUNTER})\s*[:—–-]?\s*\(?[\d\s.,]+[kкmмтис.]*\)?|\(?[\d.,]+\s?(?:k|m|тис\.?|тыс\.?|к)?\)?\s+(?:{_COUNTER})|"
    rf"\d+\s*-?\s*(?:{_TIME})|(?:{_TIME})\b|{_AGO}",
    re.IGNORECASE,
)
_BEGINS = re.compile(rf"^\W*(?:{_UPDATED}|{_CREDIT}|{_LINKS}|{_FOOTER}|{_BYLINE})", re.IGNORECASE)
_LIST_FOLLOWS = re.compile(rf"^\W*(?:{_LINKS})\W*$", re.IGNORECASE)
_INSIDE = re.compile(rf"\s*[(\[](?:{_CREDIT})[^()\[\]\n]{{0,80}}[)\]]", re.IGNORECASE)
_DATELINE = re.compile(
    r"^[^\W\d_][\w .,'’/-]{0,60}\([\w /.]{2,30}\)\s*[—–-]+\s+|"
    r"^[A-ZА-ЯІЇЄҐ]{3,}[A-ZА-ЯІЇЄҐ ,.'’-]*(?:, [\w .]{2,20})?\s[—–-]+\s+"
)
_PLEA = re.compile(rf"\b(?:{_FOOTER})", re.IGNORECASE)
_MOST_PLEA = 30
_TELLS = re.compile(r"[.!?…:][\"”»’')\]]*$")


def is_furniture(line: str) -> bool:
    """Whether a line or sentence is a counter, a credit, a link, a plea to subscribe or the like."""
    words = line.split()
    if not words:
        return True
    if len(words) <= _MOST_WORDS and (_BEGINS.match(line) or _counts(line, len(words))):
        return True
    return len(words) <= _MOST_PLEA and bool(_PLEA.match(line.lstrip(" *•-—–>→")))


def opens_list(line: str) -> bool:
    """Whether a line heads a box of links, whose lines are no sentences: "Read also:", "Теги"."""
    return bool(_LIST_FOLLOWS.match(line))


def is_sentence(line: str) -> bool:
    """Whether a line ends as sentences do; headings, links and captions do not."""
    return bool(_TELLS.search(line.rstrip()))


def without_credits(line: str) -> str:
    """A line with blanks in the place of its dateline and of photo credits, so that all else stands where it stood."""
    return _INSIDE.sub(_blanked, _DATELINE.sub(_blanked, line))


def _blanked(met: re.Match[str]) -> str:
    return " " * len(met[0])


def _counts(line: str, words: int) -> bool:
    """A line that is little more than a counter."""
    left = _ALONE.sub(" ", line)
    return left != line and len(left.split()) <= max(2, words // 3)

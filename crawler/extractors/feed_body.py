"""Kind ``feed_body``: the text that the feed itself carries."""

from __future__ import annotations

import re

from crawler.extractors.extracted import Extracted
from crawler.model import Entry

FULL_CONTENT = 600
"""Characters from which an entry's full-text field is taken for the article."""
FULL_SUMMARY = 1500
"""… and from which a description is: feeds without a full-text field rarely print more of a teaser."""
_END = 200
_SIGNED = 600
"""Characters at a text's end in which an invitation or a signature is looked for."""
_SIGNATURE = re.compile(
    r"\s*(?:The post .{1,300} appeared first on .{1,100}|Запис .{1,300} (?:з['’]явився|вперше з['’]явився) .{1,100}"
    r"|Сообщение .{1,300} (?:появились сначала|появился сначала) на .{1,100})$",
    re.DOTALL,
)
"""What WordPress puts under every entry of its feeds, in the languages it was met in."""
_CUT = re.compile(
    r"(?:…|\.\.\.|\[…\]|\[\.\.\.\]|(?<!\w)(?=(?-i:[A-ZА-ЯЄІЇҐ]))(?:read (?:more|on|the (?:full|rest).{0,40})"
    r"|continue reading.{0,120}|full story|more|читати (?:далі|більше|повністю)|детальніше|докладніше"
    r"|читать (?:далее|дальше|полностью)|подробнее|далее|weiterlesen|mehr lesen|lire (?:la suite|plus)|leer más"
    r"|seguir leyendo|czytaj (?:więcej|dalej)|leia mais|continua a leggere|leggi tutto|devamını oku)\s*[.…»›>→]*)$",
    re.IGNORECASE,
)
"""How a text ends that goes on elsewhere; an invitation begins with a capital, unlike the same words in a sentence."""


def extract(entry: Entry) -> Extracted:
    """The richer of the entry's content and summary, with what else the feed says."""
    return Extracted(
        text=max(entry.content, entry.summary, key=len),
        title=entry.title,
        author=entry.author,
        published=entry.published,
        language=entry.language,
    )


def is_teaser(entry: Entry) -> bool:
    """The feed carries only the beginning, so that the page has to be fetched for the text.

    True when the text is short for an article or ends like one that goes on: an ellipsis, "Read more", "Читати далі".
    """
    content, summary = _unsigned(entry.content), _unsigned(entry.summary)
    if len(content) < FULL_CONTENT and len(summary) < FULL_SUMMARY:
        return True
    return bool(_CUT.search(max(content, summary, key=len)[-_END:]))


def _unsigned(text: str) -> str:
    """The text without the signature; only its end is searched, for the pattern is slow on hostile texts."""
    return (text[:-_SIGNED] + _SIGNATURE.sub("", text[-_SIGNED:])).rstrip()

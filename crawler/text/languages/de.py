"""German: simplemma's dictionary, and Snowball's stems for words that it does not know."""

from __future__ import annotations

import re

from crawler.text.folding import is_latin
from crawler.text.languages.base import Language, snowball

_PARTICIPLE = re.compile("((?:be|ent|er|ge|ver|zer).{2,}?)e?t(?:e[nmrs]?)?$")


def bases(form: str) -> list[str]:
    """The verb of a participle without ge-: ``entführt`` → ``entführen``, which the dictionary has as an adjective."""
    met = _PARTICIPLE.match(form)
    return [f"{met[1]}en"] if met else []


LANGUAGE = Language(code="de", stem=snowball("german"), writes=is_latin, bases=bases)

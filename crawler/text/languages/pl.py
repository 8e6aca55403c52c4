"""Polish: simplemma's dictionary and Snowball's stems together; stems add names and plurals, and no strangers."""

from __future__ import annotations

import re

from crawler.text.folding import is_latin
from crawler.text.languages.base import Language, snowball

LANGUAGE = Language(
    code="pl",
    stem=snowball("polish"),
    writes=is_latin,
    stem_also=re.compile("$"),
)

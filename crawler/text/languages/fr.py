"""French: simplemma's dictionary and Snowball's stems together; each has participles that the other lacks."""

from __future__ import annotations

import re

from crawler.text.folding import is_latin
from crawler.text.languages.base import Language, snowball

LANGUAGE = Language(
    code="fr",
    stem=snowball("french"),
    writes=is_latin,
    stem_also=re.compile("$"),
    elision=re.compile("(?:l|d|j|m|t|s|c|n|qu|jusqu|lorsqu|puisqu|quoiqu)['’`‘´′](?=.)", re.IGNORECASE),
)

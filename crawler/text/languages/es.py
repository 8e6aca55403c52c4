"""Spanish: simplemma's dictionary, and Snowball's stems for words that it does not know."""

from crawler.text.folding import is_latin
from crawler.text.languages.base import Language, snowball

LANGUAGE = Language(code="es", stem=snowball("spanish"), writes=is_latin)

"""What every stage needs to know about a text: its language, its words, their folded and normal forms.

Pure: strings in, records out. ``Document`` is built once per article and shared by the stages, so that an article is
read once however many topics look at it.
"""

from crawler.text.detection import detect_language
from crawler.text.document import GAP, MAX_WORDS, Document
from crawler.text.folding import exact_form, fold
from crawler.text.forms import query_keys, text_keys
from crawler.text.languages import KINDS
from crawler.text.names import name_keys
from crawler.text.names.places import place_keys
from crawler.text.tokens import Token, folded_words, tokenize

__all__ = [
    "GAP",
    "KINDS",
    "MAX_WORDS",
    "Document",
    "Token",
    "detect_language",
    "exact_form",
    "fold",
    "folded_words",
    "name_keys",
    "place_keys",
    "query_keys",
    "text_keys",
    "tokenize",
]

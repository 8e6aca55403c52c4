"""Topics: the query language, and which articles a topic takes, with the evidence.

``parse`` reads a query, ``read_query`` one that uses sub-queries, ``compile_topic`` binds it to a name, ``Matcher``
asks many topics about one article at once, ``warnings`` says what is allowed but probably not meant, ``miss`` by how
much a query did not take an article. ``docs/reference/query-language.md`` is the language's description for people.
Pure: knows no storage and no clock.
"""

from crawler.topics.advice import warnings
from crawler.topics.matcher import CompiledTopic, Matcher, compile_topic
from crawler.topics.misses import Lack, Miss, miss
from crawler.topics.nodes import Query
from crawler.topics.parser import parse
from crawler.topics.subqueries import query_warnings, read_query
from crawler.topics.suggesting import Suggestion, suggest, widened

__all__ = [
    "CompiledTopic",
    "Lack",
    "Matcher",
    "Miss",
    "Query",
    "Suggestion",
    "compile_topic",
    "miss",
    "parse",
    "query_warnings",
    "read_query",
    "suggest",
    "warnings",
    "widened",
]

"""Following stories from examples: articles like those that a person chose, across languages.

``features`` reads an article, a ``Profile`` is what a topic's examples have in common and what has become of them,
``Follower`` compares an article with many profiles at once. Words count within a language; names, figures and the rough
sound of international words across all. Pure: term frequencies, moments and meanings come in as data.
"""

from crawler.topics.following.features import Features, features
from crawler.topics.following.feedback import Judgement, Taught, line_after
from crawler.topics.following.follower import LINES, Follower, Verdict, calibrated
from crawler.topics.following.profile import DRIFT, Example, Profile
from crawler.topics.following.weights import Frequencies, counted

__all__ = [
    "DRIFT",
    "LINES",
    "Example",
    "Features",
    "Follower",
    "Frequencies",
    "Judgement",
    "Profile",
    "Taught",
    "Verdict",
    "calibrated",
    "counted",
    "features",
    "line_after",
]

"""The words everybody shares, as frozen records: no I/O, no clock.

Times are aware ``datetime`` values in UTC. Texts are plain text: what came as HTML was turned into text where it was
parsed (``sources``, ``extractors``), so nothing behind that point ever holds markup.
"""

from crawler.model.alerts import (
    Addition,
    Alert,
    AlertArticle,
    AlertCopy,
    AlertKind,
    AlertVersion,
    Change,
    Figure,
    NewFact,
    Rate,
    Reporting,
    Section,
    Segment,
    Step,
    Tally,
    Thread,
)
from crawler.model.coverage import (
    Condition,
    Coverage,
    CoverageNote,
    Episode,
)
from crawler.model.sources import (
    Due,
    DueHub,
    DueLook,
    DueSource,
    Enclosure,
    Entry,
    Fetched,
    Outcome,
    Pushed,
    Source,
    SourceDocument,
    Trouble,
)
from crawler.model.topics import (
    Evidence,
    Match,
    Topic,
)

__all__ = [
    "Addition",
    "Alert",
    "AlertArticle",
    "AlertCopy",
    "AlertKind",
    "AlertVersion",
    "Change",
    "Condition",
    "Coverage",
    "CoverageNote",
    "Due",
    "DueHub",
    "DueLook",
    "DueSource",
    "Enclosure",
    "Entry",
    "Episode",
    "Evidence",
    "Fetched",
    "Figure",
    "Match",
    "NewFact",
    "Outcome",
    "Pushed",
    "Rate",
    "Reporting",
    "Section",
    "Segment",
    "Source",
    "SourceDocument",
    "Step",
    "Tally",
    "Thread",
    "Topic",
    "Trouble",
]

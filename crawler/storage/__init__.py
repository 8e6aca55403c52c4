"""The only door to the database."""

from crawler.storage.articles import Reach as Reach
from crawler.storage.articles import StoredArticle as StoredArticle
from crawler.storage.articles import StoredMatch as StoredMatch
from crawler.storage.articles import StoredVersion as StoredVersion
from crawler.storage.database import InstanceLock as InstanceLock
from crawler.storage.outbox import AlertRow as AlertRow
from crawler.storage.outbox import Outbox as Outbox
from crawler.storage.records import AlertIntent as AlertIntent
from crawler.storage.records import ArticleIntent as ArticleIntent
from crawler.storage.records import MatchIntent as MatchIntent
from crawler.storage.records import PollIntent as PollIntent
from crawler.storage.records import Saved as Saved
from crawler.storage.records import Sighting as Sighting
from crawler.storage.sources import SourceStatus as SourceStatus
from crawler.storage.store import IMPORTED as IMPORTED
from crawler.storage.store import Store as Store

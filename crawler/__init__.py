"""Tidings' crawler: what is done (``scheduler`` knows when).

The path of one article; ``crawler.settings.ITEM_PIPELINES`` is the executable order of the stages from *extract* on:

1. due?      ``polling`` decides, a scheduler job asks storage and hands the sources to the spider
2. fetch     Scrapy's downloader and thin middlewares
3. parse     ``sources``: bytes → entries, in a worker process of ``parsing``
4. extract   ``extractors``: page → text, for entries not seen before
5. identify  ``dedupe``: canonical URL, identity: is it a known article?
6. copies    ``dedupe``: fingerprints: did another outlet publish this text before?
7. match     ``topics``: article × topics → matches with evidence
8. thread    ``stories``: which story
9. plan      ``alerts``: whom to tell, when
10. store    ``storage``: one transaction: articles, matches, alerts, the source's validators and next poll
11. deliver  ``delivery`` and ``channels``, by a scheduler job
"""

__version__ = "0.1.0"

"""Scrapy's pipelines: a file per stage of an article's path, in the order of ``crawler.settings.ITEM_PIPELINES``.

Each takes a :class:`~crawler.items.PollItem` and hands it on. Only *extract* waits for the network; from *identify* to
*store* a poll has its turn (``crawler.turn``): the loop goes on between two articles, but no other poll comes in,
so that what was decided still holds when it is stored.
"""

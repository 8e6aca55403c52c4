"""Scrapy's pipelines: a file per stage of an article's path, in the order of ``crawler.settings.ITEM_PIPELINES``.

Each takes a :class:`~crawler.items.PollItem` and hands it on. Only *extract* waits for the network; from *identify* to
*store* nothing waits for anything, so that no other poll comes in between and what was decided still holds when it is
stored.
"""

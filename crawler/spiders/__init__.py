"""Scrapy's spiders: a file per spider."""

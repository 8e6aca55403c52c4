"""Scrapy's settings; the user's own file is settings.toml, which ``addon`` lays over these.

Every default of Scrapy 2.19 that does not suit a program left alone for months is named here with its reason
(``performance.md`` section 2 and ``reliability.md`` rules 16–17 measured them).
"""

from __future__ import annotations

BOT_NAME = "Tidings"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"

ADDONS = {"crawler.addon.SettingsToml": 100}

# The path of one article, in order; `crawler/__init__.py` tells it and a test keeps the two the same.
ITEM_PIPELINES = {
    "crawler.pipelines.extract.Extract": 100,
    "crawler.pipelines.identify.Identify": 200,
    "crawler.pipelines.copies.Copies": 300,
    "crawler.pipelines.match.MatchTopics": 400,
    "crawler.pipelines.thread.Thread": 500,
    "crawler.pipelines.plan.Plan": 600,
    "crawler.pipelines.store.StorePoll": 700,
}
DOWNLOADER_MIDDLEWARES = {
    "crawler.middlewares.HubSent": 20,
    "crawler.middlewares.Network": 50,
    "crawler.middlewares.Robots": 100,
    # Not needed, and each had its advisories: cookies, login, proxies from the environment, meta refresh, offsite.
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
}
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
}
EXTENSIONS = {
    "crawler.extensions.AddressGuard": 0,
    "scrapy.extensions.memusage.MemoryUsage": None,
    "scrapy.extensions.logstats.LogStats": None,
}
DOWNLOAD_HANDLERS = {
    "http": "crawler.handlers.Http",
    "https": "crawler.handlers.Http",
    "data": None,
    "file": None,
    "s3": None,
    "ftp": None,
}
KEEP_ALIVE = 10  # seconds: for the next page of the same host, not for the feed's next poll; see crawler.handlers

# One request at a time to a host, with a pause (settings.toml's crawl.pace) between them; many hosts at once.
CONCURRENT_REQUESTS = 32
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY_JITTER = 0.0
CONCURRENT_ITEMS = 1  # the default of 100 makes 100 tasks for every response
SCHEDULER_MEMORY_QUEUE = "scrapy.squeues.FifoMemoryQueue"  # due first, asked first
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"  # a source is asked again and again

# Above this sum of documents in work Scrapy asks for nothing more; its 5 MB are one large feed waiting for its pages.
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 256 * 1024 * 1024
DOWNLOAD_MAXSIZE = 10 * 1024 * 1024  # the default is 1 GiB
DOWNLOAD_WARNSIZE = 0
REDIRECT_MAX_TIMES = 5
URLLENGTH_LIMIT = 4096
DOWNLOAD_VERIFY_CERTIFICATES = True  # off by default
DNSCACHE_ENABLED = False  # it never forgets, and a host that moved would be lost
HTTPCACHE_ENABLED = False

TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False  # an HTTP server that runs what it is sent
LOG_LEVEL = "WARNING"
STATS_DUMP = False

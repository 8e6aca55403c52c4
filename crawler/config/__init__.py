"""settings.toml → ``Config``: the keys and their defaults, every mistake with its line, edits that keep comments."""

from crawler.config.durations import parse_duration, show_duration
from crawler.config.edit import add_source, add_sources, remove_source, set_paused, write_settings
from crawler.config.find import find_settings, settings_template
from crawler.config.load import Config, load, read_settings
from crawler.config.recipients import SigningKey, Way, way_named
from crawler.config.schema import (
    AnswersConfig,
    CrawlConfig,
    FeedsConfig,
    LogConfig,
    MailConfig,
    PushConfig,
    ServiceConfig,
    StorageConfig,
)
from crawler.config.values import ImapUrl, Listen, Network, SmtpUrl

__all__ = [
    "AnswersConfig",
    "Config",
    "CrawlConfig",
    "FeedsConfig",
    "ImapUrl",
    "Listen",
    "LogConfig",
    "MailConfig",
    "Network",
    "PushConfig",
    "ServiceConfig",
    "SigningKey",
    "SmtpUrl",
    "StorageConfig",
    "Way",
    "add_source",
    "add_sources",
    "find_settings",
    "load",
    "parse_duration",
    "read_settings",
    "remove_source",
    "set_paused",
    "settings_template",
    "show_duration",
    "way_named",
    "write_settings",
]

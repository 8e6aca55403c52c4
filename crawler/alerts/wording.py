"""How an alert names times, waits and languages: English words, the person's time zone."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# RFC 5646 §2.1 without the exotic: what a feed may declare and an HTML lang attribute may hold.
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
_LANGUAGES = {
    "ar": "Arabic", "az": "Azerbaijani", "be": "Belarusian", "bg": "Bulgarian", "bn": "Bengali", "bs": "Bosnian",
    "ca": "Catalan", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek", "en": "English", "es": "Spanish",
    "et": "Estonian", "fa": "Persian", "fi": "Finnish", "fr": "French", "ga": "Irish", "he": "Hebrew", "hi": "Hindi",
    "hr": "Croatian", "hu": "Hungarian", "hy": "Armenian", "id": "Indonesian", "is": "Icelandic", "it": "Italian",
    "ja": "Japanese", "ka": "Georgian", "kk": "Kazakh", "ko": "Korean", "ky": "Kyrgyz", "lt": "Lithuanian",
    "lv": "Latvian", "mk": "Macedonian", "ms": "Malay", "nb": "Norwegian", "nl": "Dutch", "nn": "Norwegian",
    "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sk": "Slovak",
    "sl": "Slovenian", "sq": "Albanian", "sr": "Serbian", "sv": "Swedish", "sw": "Swahili", "th": "Thai",
    "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu", "uz": "Uzbek", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip


def moment(when: datetime, timezone: tzinfo) -> str:
    """``10 Oct 2025, 14:05 EEST``."""
    try:
        local = when.astimezone(timezone)
    except (OverflowError, ValueError):  # the first and the last day that a datetime can hold
        local = when.astimezone(UTC) if when.tzinfo is None else when
    zone = local.tzname() or "UTC"
    zone = f"UTC{zone}" if zone[:1] in "+-" else zone
    return f"{day(local)}, {local:%H:%M} {zone}"


def day(local: date) -> str:
    """``10 Oct 2025``."""
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year}"


def lag(published: datetime | None, seen: datetime) -> str:
    """How long after publication something was seen (``14 min``); empty when that cannot be said."""
    if published is None or (wait := seen - published) < timedelta(0):
        return ""
    minutes = int(wait.total_seconds() // 60)
    if minutes < 1:
        return "less than a minute"
    if minutes < 90:  # noqa: PLR2004
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours >= 48:  # noqa: PLR2004
        return f"{hours // 24} days"
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def language_tag(declared: str) -> str:
    """``declared`` when it is a language tag that says something, otherwise an empty text."""
    return declared if _TAG.fullmatch(declared) and declared.lower() != "und" else ""


_RIGHT_TO_LEFT = frozenset(["ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"])


def runs_right_to_left(tag: str) -> bool:
    """Whether a language is written from right to left, as far as its tag tells; a script in the tag is believed."""
    parts = tag.lower().split("-")
    return "arab" in parts or "hebr" in parts or (parts[0] in _RIGHT_TO_LEFT and "latn" not in parts)


def language_name(tag: str) -> str:
    """``Ukrainian`` for ``uk`` and ``uk-UA``; the tag itself for a language that has no name here."""
    return _LANGUAGES.get(tag.split("-", maxsplit=1)[0].lower(), tag)


def count(number: int, one: str, many: str) -> str:
    """``1 article``, ``12 articles``."""
    return f"{number} {one if number == 1 else many}"

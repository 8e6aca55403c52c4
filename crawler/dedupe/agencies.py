"""News agencies and outlets whose texts others carry: how they are written, and where they publish themselves."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Agency:
    """One that texts are credited to."""

    name: str
    """As people read it."""
    outlets: tuple[str, ...]
    """Registrable domains it publishes under."""
    spellings: tuple[str, ...]
    """Names in the languages of those who credit it, a regular expression each, matched without regard to case."""
    marks: tuple[str, ...] = ()
    """Abbreviations, that are names in capitals only: AP is an agency, "ap" is not."""


AGENCIES = (
    Agency(
        "Reuters",
        ("reuters.com", "reutersagency.com"),
        ("thomson reuters", "reuters(?:a|ie)?", "ройтерс[ауе]?", "рейтер(?:с|а|у)?"),
    ),
    Agency(
        "AP", ("apnews.com", "ap.org"), ("(?:the )?associated press", "ассошиэйтед пресс", "ассошіейтед прес"), ("AP",)
    ),
    Agency("AFP", ("afp.com",), ("agence france[- ]presse?", "франс[- ]прес[се]?"), ("AFP", "АФП")),
    Agency("dpa", ("dpa.com", "dpa-international.com"), ("dpa", "deutsche presse-agentur"), ("ДПА",)),
    Agency("UPI", ("upi.com",), ("united press international",), ("UPI",)),
    Agency("PA Media", ("pamediagroup.com",), ("pa media", "press association")),
    Agency("Bloomberg", ("bloomberg.com",), ("bloomberg(?: news)?", "блумберг[ау]?")),
    Agency("EFE", ("efe.com",), ("agencia efe",), ("EFE",)),
    Agency("ANSA", ("ansa.it",), (), ("ANSA", "АНСА")),
    Agency("APA", ("apa.at",), ("austria presse agentur",), ("APA",)),
    Agency("Keystone-SDA", ("keystone-sda.ch",), ("keystone-sda", "keystone-ats")),
    Agency("PAP", ("pap.pl",), ("polsk(?:a|iej) agencj[ai] prasow(?:a|ej)",), ("PAP", "ПАП")),
    Agency("ČTK", ("ctk.cz", "ceskenoviny.cz"), (), ("ČTK", "CTK")),
    Agency("BTA", ("bta.bg",), (), ("БТА",)),
    Agency("Kyodo", ("kyodonews.net", "kyodonews.jp"), ("kyodo(?: news)?", "киодо", "кіодо")),
    Agency("Xinhua", ("xinhuanet.com", "news.cn"), ("xinhua(?: news agency)?", "синьхуа", "сіньхуа")),
    Agency("Yonhap", ("yna.co.kr",), ("yonhap(?: news agency)?", "ренхап", "ёнхап", "йонхап")),
    Agency("Anadolu", ("aa.com.tr",), ("anadolu(?: agency| ajansı)?", "анадолу"), ("AA",)),
    Agency("PTI", ("ptinews.com",), ("press trust of india",), ("PTI",)),
    Agency("ANI", ("aninews.in",), ("asian news international",), ("ANI",)),
    Agency("IANS", ("ians.in",), ("indo-asian news service",), ("IANS",)),
    Agency("AAP", ("aap.com.au",), ("australian associated press",), ("AAP",)),
    Agency("The Canadian Press", ("thecanadianpress.com",), ("(?:the )?canadian press",)),
    Agency(
        "Ukrinform",
        ("ukrinform.ua", "ukrinform.net", "ukrinform.ru"),
        ("ukrinform", "укрінформ[ауі]?", "укринформ[ауе]?"),
    ),
    Agency(
        "Interfax-Ukraine",
        ("interfax.com.ua",),
        ("interfax[- ]ukraine", "інтерфакс[- ]україн[аиу]", "интерфакс[- ]украин[аыу]"),
    ),
    Agency("UNIAN", ("unian.ua", "unian.net", "unian.info"), ("уніан", "униан", "unian")),
    Agency(
        "UNN", ("unn.ua", "unn.com.ua"), ("українські національні новини", "украинские национальные новости"), ("УНН",)
    ),
    Agency("RBC-Ukraine", ("rbc.ua",), ("рбк[- ]україн[аиу]", "рбк[- ]украин[аыу]", "rbc[- ]ukraine")),
    Agency("TASS", ("tass.ru", "tass.com"), ("итар-тасс",), ("ТАСС", "ТАРС", "TASS")),
    Agency("RIA Novosti", ("ria.ru",), ("ria novosti", "риа новости", "ріа новості"), ("РИА", "РІА")),
    Agency("Interfax", ("interfax.ru", "interfax.com"), ("interfax", "интерфакс[ауе]?", "інтерфакс[ауі]?")),
    Agency(
        "RFE/RL",
        ("rferl.org", "radiosvoboda.org", "svoboda.org"),
        ("rfe/rl", "радіо свобода", "радио свобода", "radio free europe(?:/radio liberty)?"),
    ),
    Agency("Meduza", ("meduza.io",), ("meduza", "медуз[аыеу]")),
    Agency("BelTA", ("belta.by",), ("белта", "belta")),
    Agency("Kazinform", ("inform.kz",), ("казинформ[ау]?", "kazinform")),
    Agency("The Conversation", ("theconversation.com",), ("the conversation",)),
    Agency("The New York Times", ("nytimes.com",), ("(?:the )?new york times(?: news service)?",)),
    Agency("The Washington Post", ("washingtonpost.com",), ("(?:the )?washington post",)),
    Agency("The Guardian", ("theguardian.com",), ("the guardian",)),
    Agency("BBC", ("bbc.co.uk", "bbc.com"), ("bbc(?: news)?", "би-би-си", "бі-бі-сі")),
    Agency("CNN", ("cnn.com",), ("cnn(?: newsource| wire)?",)),
    Agency("Tribune News Service", (), ("tribune news service",)),
    Agency("KFF Health News", ("kffhealthnews.org", "khn.org"), ("kff health news", "kaiser health news")),
    Agency("ProPublica", ("propublica.org",), ("propublica",)),
    Agency("Deutsche Welle", ("dw.com",), ("deutsche welle", "немецкая волна", "німецька хвиля")),
)
"""The table; a line more is all that another agency needs. The longer of two names that overlap stands first."""

_BY_OUTLET = {outlet: agency.name for agency in AGENCIES for outlet in agency.outlets}


def publishes(outlet: str, credit: str) -> bool:
    """Whether an outlet is the one that a text is credited to."""
    return bool(credit) and _BY_OUTLET.get(outlet, outlet) == credit


def named_outlet(outlet: str) -> str:
    """The agency that publishes under a domain, or the domain itself: the name of an independent source."""
    return _BY_OUTLET.get(outlet, outlet)


@lru_cache(maxsize=1)
def pattern() -> str:
    """One regular expression for all names, without groups of its own; abbreviations hold in capitals only."""
    names = sorted((f"(?i:{one})" for agency in AGENCIES for one in agency.spellings), key=len, reverse=True)
    capitals = sorted((mark for agency in AGENCIES for mark in agency.marks), key=len, reverse=True)
    return rf"(?:{'|'.join([*names, *capitals])})(?!\w)"


@lru_cache(maxsize=512)
def agency_of(form: str) -> str:
    """The agency that a name in a text means; empty when it is none."""
    for agency in AGENCIES:
        if form in agency.marks or any(re.fullmatch(one, form, re.IGNORECASE) for one in agency.spellings):
            return agency.name
    return ""


@lru_cache(maxsize=1)
def beginnings() -> frozenset[str]:
    """The first three letters, folded, of every name (without an article): no text without them has one."""
    names = [re.sub(r"^\(\?:the \)\?", "", one) for agency in AGENCIES for one in (*agency.spellings, *agency.marks)]
    words = [name.casefold().split(" ")[0].split("-")[0] for name in names]
    return frozenset(word[:3] for word in words)

"""Mails to look at and to measure: own writing, one of each kind that a person gets."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from crawler.alerts import compose
from crawler.model import (
    Addition,
    Alert,
    AlertArticle,
    AlertCopy,
    AlertKind,
    Evidence,
    Figure,
    Rate,
    Reporting,
    Section,
    Step,
    Tally,
    Thread,
)
from tests.unit.alerts.coverage import note, watched

KYIV = ZoneInfo("Europe/Kyiv")
NOW = datetime(2025, 10, 10, 11, 20, tzinfo=UTC)
AT = NOW - timedelta(minutes=15)
TOPIC = "Return of deported Ukrainian children"
_ENGLISH = (
    "Sixteen children who had been deported came home on Friday, the ombudsman’s office said. "
    "Eight of them travelled through Minsk, where a Qatari mission had arranged their papers. "
    "Three had not seen their parents for more than two years. Mediators expect another group before winter."
)
_UKRAINIAN = (
    "Шістнадцятеро дітей, яких примусово вивезли з окупованих територій, повернулися додому, каже омбудсман. "
    "Серед них – двоє братів із Херсонщини, які не бачили матері понад два роки. "
    "Наймолодшій дівчинці чотири роки. Діти проходять обстеження й отримують допомогу психологів."
)
_HEADLINES = (
    "Court extends inquiry into forced adoptions",
    "Ombudsman: names of forty more children confirmed",
    "Qatar hosts third round of talks on family reunions",
    "Foster families near the border await their wards",
    "Parliament debates help for children who came back",
)
_HEBREW = (
    "שישה-עשר ילדים שגורשו חזרו ביום שישי הביתה, כך מסר משרד נציבת זכויות האדם. "
    "שמונה מהם עברו דרך מינסק, שם סידרה משלחת קטארית את המסמכים."
)


def _found(text: str, field: str, *words: str) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(field, text.index(word), text.index(word) + len(word), word, word.lower()[:6] + "*")
        for word in words
        if word in text
    )


_AID = "На відбудову шкіл і лікарень виділили ще сорок мільйонів"
_AID_TEXT = (
    "Ще сорок мільйонів гривень на відбудову шкіл і лікарень у трьох громадах виділила обласна рада. "
    "Першими відкриють дві початкові школи, каже голова ради."
)


def article(number: int = 1, **changes: object) -> AlertArticle:
    """An English report with evidence and two copies."""
    title = "Sixteen deported children return home through Minsk"
    base = AlertArticle(
        id=number,
        url=f"https://courier.example/2025/10/10/children-return-{number}",
        title=title,
        text=_ENGLISH,
        language="en",
        source="Kyiv Courier",
        author="",
        published=AT - timedelta(minutes=14),
        first_seen=AT,
        score=1.0,
        evidence=(*_found(title, "title", "deported", "children"), *_found(_ENGLISH, "text", "deported", "children")),
        copies=(
            AlertCopy("Harbour Daily", "https://harbour.example/news/4711", AT, "en"),
            AlertCopy("The Meridian", "https://meridian.example/a/children", AT, "en"),
        ),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def ukrainian(**changes: object) -> AlertArticle:
    """A long report in Ukrainian."""
    title = "Додому повернулися ще шістнадцятеро дітей, яких Росія примусово вивезла з окупованих територій Херсонщини"
    fields: dict[str, object] = {
        "url": "https://visnyk.example/2025/10/10/dity",
        "title": title,
        "text": " ".join([_UKRAINIAN] * 6),
        "language": "uk",
        "source": "Дніпровський вісник",
        "evidence": (*_found(title, "title", "дітей", "вивезла"), *_found(_UKRAINIAN, "text", "дітей", "вивезли")),
    }
    return article(9, **(fields | changes))


def _told(changes: AlertArticle) -> AlertArticle:
    """The article as it continues a story that was told before."""
    return replace(
        changes,
        addition=Addition(
            ("Eight of them travelled through Minsk, where a Qatari mission had arranged their papers.",),
            (Figure("children returned", "16", "8", (AT - timedelta(days=1)).date()),),
        ),
        reporting=Reporting("North Wire", AT - timedelta(minutes=52), ("North Wire", "Ombudsman’s office"), 5),
        elsewhere=(
            Step(AT - timedelta(minutes=5), "Дніпровський вісник", "Додому повернулися ще шістнадцятеро дітей", "uk",
                 "https://visnyk.example/2025/10/10/dity"),
            Step(AT - timedelta(minutes=9), "Gazeta Nadwiślańska", "Szesnaścioro dzieci wróciło na Ukrainę", "pl",
                 "https://gazeta.example/dzieci"),
        ),
        so_far=(
            Step(AT - timedelta(days=1), "Kyiv Courier", "Eight children reunited with their families", "en"),
            Step(AT - timedelta(days=3), "North Wire", "Mediators say a new list of names was handed over", "en"),
            Step(AT - timedelta(days=6), "Голос громади", "Омбудсман: у списку ще сорок імен", "uk"),
        ),
    )  # fmt: skip


def alert(*articles: AlertArticle, **changes: object) -> Alert:
    """An alert for one person about these articles."""
    base = Alert(
        id=7,
        message_id="<tidings.7.0f3a@paper.example>",
        recipient="Olena <olena@paper.example>",
        topic=TOPIC,
        kind=AlertKind.NEWS,
        planned_at=NOW,
        articles=articles,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def digest(number: int = 25) -> Alert:
    """A digest of so many developments, every fourth in Ukrainian."""
    told = [
        ukrainian(id=each)
        if each % 4 == 0
        else _told(article(each))
        if each == 1
        else article(each, title=_HEADLINES[each % 5], evidence=_found(_ENGLISH, "text", "deported", "children"))
        for each in range(1, number + 1)
    ]
    return alert(*told, kind=AlertKind.DIGEST)


def over_topics() -> Alert:
    """One person's digest over three topics, one of them in a burst."""
    court, aid = "War crimes before the courts", "Відбудова міст на сході України"
    told = [
        replace(_told(article(1)), topics=(TOPIC, court)),
        article(2, title=_HEADLINES[1], evidence=_found(_ENGLISH, "text", "deported"), topics=(TOPIC,)),
        article(3, title=_HEADLINES[0], evidence=_found(_ENGLISH, "text", "children"), copies=(), topics=(court,)),
        ukrainian(
            id=4,
            url="https://visnyk.example/2025/10/10/shkoly",
            title=_AID,
            text=_AID_TEXT,
            evidence=(*_found(_AID, "title", "відбудову"), *_found(_AID_TEXT, "text", "відбудову")),
            topics=(aid,),
        ),
    ]
    sections = (Section(court), Section(TOPIC, rate=Rate(31, 4.2)), Section(aid, apart=12))
    return alert(*told, kind=AlertKind.DIGEST, topic=court, sections=sections)


def samples() -> dict[str, Alert]:
    """One of each kind, by the name that its picture bears."""
    thread = Thread("Eight children reunited with their families – Kyiv Courier", ("<tidings.3.77aa@paper.example>",))
    sick = watched("Голос громади", "North Wire")
    return {
        "single": alert(article()),
        "follow-up": alert(_told(article()), thread=thread),
        "digest": digest(6),
        "over-topics": over_topics(),
        "burst": replace(digest(3), rate=Rate(31, 4.2)),
        "flood": replace(digest(5), apart=12),
        "summary": alert(kind=AlertKind.SUMMARY, topic="Summary", coverage=replace(sick, notes=()),
                         tally=Tally(NOW - timedelta(days=1), ((TOPIC, 3), ("War crimes before the courts", 1)), 312)),
        "no-news": alert(kind=AlertKind.SUMMARY, topic="Summary", tally=Tally(NOW - timedelta(days=1), (), 312),
                         coverage=watched()),
        "coverage": alert(kind=AlertKind.COVERAGE, topic="Coverage", coverage=replace(
            sick, notes=(note("Голос громади"), note("North Wire")))),
        "ukrainian": alert(ukrainian(), coverage=sick),
        "right-to-left": alert(article(
            title="שישה-עשר ילדים שגורשו חזרו הביתה דרך מינסק", text=_HEBREW, language="he", source="קול הנמל",
            evidence=_found(_HEBREW, "text", "ילדים"), copies=())),
    }  # fmt: skip


def mail(told: Alert) -> bytes:
    """The bytes that go out for an alert."""
    return compose(told, sender="Tidings <tidings@paper.example>", timezone=KYIV, now=NOW, version="0.1.0")

"""``tidings alerts``: what was sent, what waits, what would go, and sending once more."""

from __future__ import annotations

import email
import email.policy
import json
import sys
from dataclasses import asdict, replace
from email.message import EmailMessage
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scheduler.cli.session import DONE, NOTHING_DONE, Refused, Session, emit, json_option, tell

if TYPE_CHECKING:
    from crawler.config import Config
    from crawler.model import Alert, Topic
    from crawler.storage import Store
    from scheduler.cli.taking import Taken

_EXAMPLES = """\b
Examples:
  tidings alerts list --state waiting
  tidings alerts show 12
  tidings alerts preview "Return of deported Ukrainian children"
  tidings alerts resend 12
"""
_HEADERS = ("From", "To", "Subject", "Date", "Message-ID")
_DIGEST = 10
"""Developments in the preview of a topic that is told in digests."""

html_option = click.option("--html", "as_html", is_flag=True, help="Print the mail's HTML part.")
raw_option = click.option("--raw", is_flag=True, help="Print the mail's bytes as they go out.")


@click.group(epilog=_EXAMPLES, short_help="The mails: sent, waiting, to come.")
def alerts() -> None:
    """The mails: what was sent, what waits, what would go now; send one again."""


@alerts.command("list", short_help="Show the alerts, the newest first.")
@click.option("--state", type=click.Choice(["waiting", "sent", "failed"]), help="Only alerts in this state.")
@click.option("--topic", default="", help="Only alerts of this topic.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="How many alerts to show.")
@json_option
@click.pass_obj
def list_alerts(session: Session, *, state: str | None, topic: str, limit: int, as_json: bool) -> int:
    """Show the alerts, the newest first: their state, who gets them, and why they did not go out."""
    from crawler.storage import Store  # noqa: PLC0415

    config = session.config()
    with Store.reader(config.storage.path) as store:
        found = store.outbox.rows(limit=limit, state=state or "", topic=topic)
    emit({"alerts": [asdict(row) for row in found]}, as_json=as_json, text=_table(found, config))
    return DONE


def _table(found: list[Any], config: Config) -> str:
    from datetime import datetime  # noqa: PLC0415

    from scheduler import show  # noqa: PLC0415

    rows = []
    for row in found:
        when = datetime.fromisoformat(row.sent_at or row.planned_at)
        trouble = f" ({row.error})" if row.error else ""
        what = row.subject or (row.title if row.articles == 1 else f"{row.title} (+{row.articles - 1})")
        rows.append(
            (
                row.id,
                row.state,
                row.kind,
                show.moment(when, config.mail.timezone),
                row.recipient,
                row.topic,
                what + trouble,
            )
        )
    if not rows:
        return "there are no such alerts"
    return show.table(("NO", "STATE", "KIND", "SENT/PLANNED", "TO", "TOPIC", "WHAT"), rows)


@alerts.command("show", short_help="Show the mail of an alert.")
@click.argument("number", metavar="ID", type=click.IntRange(1, (1 << 63) - 1))
@html_option
@raw_option
@json_option
@click.pass_obj
def show_alert(session: Session, *, number: int, as_html: bool, raw: bool, as_json: bool) -> int:
    """Show the mail of an alert, by the number that `tidings alerts list` gives it."""
    from crawler.storage import Store  # noqa: PLC0415

    config = session.config()
    with Store.reader(config.storage.path) as store:
        found = store.outbox.message(number)
        if found is None:
            raise Refused(f"there is no alert {number}; `tidings alerts list` shows those there are")
        row, message = found
        if message is None:
            tell("this mail was not made yet; this is how it would be now")
            message = _compose(store.outbox.load_alert(number), config)
    _print(message, as_html=as_html, raw=raw, as_json=as_json, facts=asdict(row))
    return DONE


@alerts.command(short_help="Write the mail that would go now.")
@click.argument("topic", required=False)
@click.option(
    "--open/--no-open", "opens", default=None, help="Open it in the browser; so it is on a terminal, unless told not."
)
@html_option
@raw_option
@json_option
@click.pass_obj
def preview(session: Session, *, topic: str | None, opens: bool | None, as_html: bool, raw: bool, as_json: bool) -> int:
    """Write the mail that would go now for what TOPIC took last, and open it; nothing is stored or sent.

    Without TOPIC it is the first topic of settings.toml that takes anything. To be opened it is written into a new
    folder as mail.eml and mail.html.
    """
    wanted = opens if opens is not None else not (as_html or raw or as_json) and sys.stdout.isatty()
    from crawler.storage import Store  # noqa: PLC0415

    config = session.config()
    asked = [session.topic(config, topic)] if topic is not None else [each for each in config.topics if each.query]
    with Store.reader(config.storage.path) as store:
        for each in asked:
            taken = _newest(store, each)
            if taken:
                message = _compose(_as_alert(store, each, taken), config)
                _print(message, as_html=as_html, raw=raw, as_json=as_json, facts={"topic": each.name})
                if wanted:
                    _open(message)
                return DONE
    names = ", ".join(each.name for each in asked) or "(no topic)"
    tell(f"tidings: nothing in the archive matches: {names}")
    return NOTHING_DONE


def _open(message: bytes) -> None:
    """Write a mail as two files that only the person may read, and show the page; say where they are."""
    import tempfile  # noqa: PLC0415
    import webbrowser  # noqa: PLC0415

    folder = Path(tempfile.mkdtemp(prefix="tidings-preview-"))
    page = folder / "mail.html"
    (folder / "mail.eml").write_bytes(message)
    page.write_text(_part(email.message_from_bytes(message, policy=email.policy.default), "html"), encoding="utf-8")
    opened = webbrowser.open(page.as_uri())
    tell(f"{folder} holds mail.eml and mail.html" + ("" if opened else "; no browser could be opened"))


def _newest(store: Store, topic: Topic) -> list[Taken]:
    """The newest development, or for a digest the newest few; of copies only the origin is told."""
    from scheduler.cli.taking import take  # noqa: PLC0415

    if not topic.query.strip():
        return []
    originals = (each for each in take(store, topic.query, name=topic.name) if each.article.copy_of is None)
    return list(islice(originals, 1 if topic.alert == "now" else _DIGEST))


def _as_alert(store: Store, topic: Topic, taken: list[Taken]) -> Alert:
    """The alert with the evidence of the query as it stands now, whatever is stored."""
    from crawler.model import AlertKind  # noqa: PLC0415
    from crawler.runtime import utc_now  # noqa: PLC0415

    matches = {each.article.id: each.match for each in taken}
    kind = AlertKind.NEWS if topic.alert == "now" else AlertKind.DIGEST
    person = next((each for each in topic.to if not each.startswith("@")), "you@example.org")
    alert = store.outbox.preview(topic.name, sorted(matches), person, kind, utc_now())
    told = tuple(
        replace(article, score=matches[article.id].score, evidence=matches[article.id].evidence)
        for article in alert.articles
    )
    return replace(alert, articles=told)


def _compose(alert: Alert, config: Config) -> bytes:
    from crawler import __version__  # noqa: PLC0415
    from crawler.alerts import Pages, compose  # noqa: PLC0415
    from crawler.runtime import utc_now  # noqa: PLC0415

    mail = config.mail
    return compose(
        alert,
        sender=mail.from_address,
        timezone=mail.timezone,
        now=utc_now(),
        version=__version__,
        pages=Pages.of(mail.templates),
    )


@alerts.command(short_help="Let an alert go out once more.")
@click.argument("number", metavar="ID", type=click.IntRange(1, (1 << 63) - 1))
@json_option
@click.pass_obj
def resend(session: Session, *, number: int, as_json: bool) -> int:
    """Let a sent or failed alert go out once more, at the next delivery and with the same Message-ID."""
    from crawler.runtime import utc_now  # noqa: PLC0415
    from crawler.storage import Store  # noqa: PLC0415

    config = session.config()
    with Store.guest(config.storage.path) as store:
        found = store.outbox.message(number)
        if found is None:
            raise Refused(f"there is no alert {number}; `tidings alerts list` shows those there are")
        row, _ = found
        if row.state != "waiting":
            store.outbox.send_again(number, utc_now())
    says = f"alert {number} goes to {row.recipient} again at the next delivery (the running service, or `tidings once`)"
    emit(
        {"id": number, "message_id": row.message_id, "recipient": row.recipient, "was": row.state, "state": "waiting"},
        as_json=as_json,
        text=f"alert {number} waits already" if row.state == "waiting" else says,
    )
    return DONE


@alerts.command(short_help="Show what people asked not to be told.")
@json_option
@click.pass_obj
def mutes(session: Session, *, as_json: bool) -> int:
    """Show the stories and sources that are mute, until when and for whom, and the topics that people left."""
    from crawler.runtime import utc_now  # noqa: PLC0415
    from crawler.storage import Store  # noqa: PLC0415

    config = session.config()
    with Store.reader(config.storage.path) as store:
        mute, left = store.wishes.mutes(utc_now()), store.wishes.stops()
    document = {"mutes": [asdict(each) for each in mute], "stops": [asdict(each) for each in left]}
    emit(document, as_json=as_json, text=_wishes(document, config))
    return DONE


def _wishes(document: dict[str, Any], config: Config) -> str:
    from datetime import datetime  # noqa: PLC0415

    from scheduler import show  # noqa: PLC0415

    zone = config.mail.timezone
    rows = [
        (each["id"], each["recipient"], each["topic"], f"{each['kind']} {each['target']}",
         f"until {show.moment(datetime.fromisoformat(each['until']), zone)}")
        for each in document["mutes"]
    ]  # fmt: skip
    rows += [
        ("-", each["recipient"], each["topic"] or "(every topic)", "all", each["reason"]) for each in document["stops"]
    ]
    return show.table(("NO", "WHO", "TOPIC", "WHAT", "HOW LONG"), rows) if rows else "nobody asked to hear less"


@alerts.command(short_help="Tell people again what they asked not to be told.")
@click.argument("number", metavar="[NO]", type=click.IntRange(1, (1 << 63) - 1), required=False)
@click.option("--to", "recipient", default="", metavar="WHO", help="Who left a topic, or @name of a way out.")
@click.option("--topic", default="", help="The topic that WHO left; every topic without.")
@json_option
@click.pass_obj
def unmute(session: Session, *, number: int | None, recipient: str, topic: str, as_json: bool) -> int:
    """End a mute by the number that `tidings alerts mutes` gives it, or take back that somebody left a topic."""
    from crawler.storage import Store  # noqa: PLC0415

    config = session.config()
    if (number is None) == (not recipient):
        raise click.UsageError("say the number of a mute, or --to WHO")
    with Store.guest(config.storage.path) as store:
        found = store.wishes.resume(recipient, topic) if number is None else store.wishes.remove(number)
    if not found:
        raise Refused("there is nothing like that; `tidings alerts mutes` shows what there is")
    emit({"ended": True}, as_json=as_json, text="done; it is told again from the next article on")
    return DONE


def _print(message: bytes, *, as_html: bool, raw: bool, as_json: bool, facts: dict[str, Any]) -> None:
    if raw and not as_json:
        click.echo(message, nl=False)
        return
    if str(facts.get("recipient", "")).startswith("@"):  # a way out that is told by a document of JSON
        document = json.loads(message)
        emit(facts | {"document": document}, as_json=as_json, text=json.dumps(document, ensure_ascii=False, indent=2))
        return
    mail = email.message_from_bytes(message, policy=email.policy.default)
    headers = {name: str(mail[name]) for name in _HEADERS}
    parts = {kind: _part(mail, kind) for kind in ("plain", "html")}
    if as_json:
        shown = {"headers": headers, "text": parts["plain"], "html": parts["html"]}
        emit(facts | shown | ({"raw": message.decode("utf-8", "replace")} if raw else {}), as_json=True)
        return
    _print_part(headers, parts, as_html=as_html)


def _print_part(headers: dict[str, str], parts: dict[str, str], *, as_html: bool) -> None:
    from scheduler import show  # noqa: PLC0415

    if as_html:
        click.echo(parts["html"])
        return
    lines = [f"{name}: {show.line(value, 1000)}" for name, value in headers.items()]
    click.echo("\n".join([*lines, "", show.block(parts["plain"])]))


def _part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    return "" if body is None else str(body.get_content())

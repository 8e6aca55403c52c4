"""``tidings sources``: the list of feeds, in settings.toml where the comments survive."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from scheduler.cli.session import DONE, NOTHING_DONE, Session, emit, json_option, log_to_stderr, tell

if TYPE_CHECKING:
    from crawler.config import Config
    from crawler.model import Source
    from crawler.push import Subscription
    from crawler.storage import SourceStatus
    from scheduler.feedlook import Answer, Feed

_EXAMPLES = """\b
Examples:
  tidings sources list
  tidings sources show "Example"
  tidings sources add https://example.org --name "Example"
  tidings sources check https://example.org/rss
  tidings sources pause "Example"
  tidings sources import feeds.opml
  tidings sources export > feeds.opml
"""
_TAKEN_UP = (
    "a running service takes it up when it reads its settings again (SIGHUP; systemctl reload) or at its next start"
)
_FAILING = 3


@click.group(epilog=_EXAMPLES, short_help="Where Tidings looks: feeds, OPML.")
def sources() -> None:
    """Where Tidings looks: list, add, remove, pause and check feeds; OPML in and out."""


@sources.command("list", short_help="Show every source and how it is.")
@json_option
@click.pass_obj
def list_sources(session: Session, as_json: bool) -> int:  # noqa: FBT001  (click hands options over by name)
    """Show every source: how it is, when it was last read, and what is wrong with it."""
    from crawler.runtime import utc_now  # noqa: PLC0415
    from scheduler import show  # noqa: PLC0415

    config, now = session.config(), utc_now()
    statuses: dict[str, SourceStatus] = {}
    if store := session.reader_if_there(config):
        with store:
            statuses = {status.url: status for status in store.sources.statuses(now)}
    listed = [_listed(source, statuses.get(source.url)) for source in config.sources]
    rows = [
        (
            each["name"] or each["url"],
            _shown_state(each),
            each["language"] or "–",
            show.ago(statuses[each["url"]].last_ok if each["url"] in statuses else None, now),
            each["articles"],
            each["failures"] or "–",
            each["last_error"] or "–",
        )
        for each in listed
    ]
    headings = ("SOURCE", "STATE", "LANG", "LAST READ", "ARTICLES", "FAILURES", "LAST ERROR")
    text = show.table(headings, rows) if rows else "no source is followed; `tidings sources add URL` adds one"
    text += "".join(f"\n{says}" for says in _advice(listed))
    emit({"sources": listed}, as_json=as_json, text=text)
    return DONE


@sources.command("show", short_help="Show one source, and why it is asked when it is.")
@click.argument("source")
@json_option
@click.pass_obj
def show_source(session: Session, source: str, as_json: bool) -> int:  # noqa: FBT001
    """Show the source with this address or name: how it is, when it is asked next, and what its pace follows from."""
    from crawler.polling import Pace  # noqa: PLC0415
    from crawler.runtime import utc_now  # noqa: PLC0415
    from scheduler import pace, show  # noqa: PLC0415
    from scheduler.cli.taking import iso  # noqa: PLC0415

    config, now = session.config(), utc_now()
    found = _known(config, source) or next((each for each in config.sources if each.name == source), None)
    if found is None:
        tell(f"tidings: no source has the address or name {_clean(source)}; `tidings sources list` names them")
        return NOTHING_DONE
    status, habits, hub, lied = None, None, None, None
    if store := session.reader_if_there(config):
        with store:
            status = next((each for each in store.sources.statuses(now) if each.url == found.url), None)
            habits = store.rhythms.of(status.id) if status else None
            hub = store.pushes.of(status.id, config.push.address) if status else None
            lied = store.sources.distrusted(status.id, now) if status else None
    limits = Pace(config.crawl.every, config.crawl.fastest, config.crawl.slowest)
    zone = config.mail.timezone
    why = pace.explain(habits, limits, found.every, now, zone)
    why += pace.of_hub(hub, now, zone)
    why += pace.of_server(lied, zone)
    listed = {**_listed(found, status), "pace": why, "hub": _hub(hub, now), "distrusted": iso(lied)}
    lines = [f"{found.name or found.url}: {_shown_state(listed)}", found.url, ""]
    if status and status.last_poll:
        lines += [f"asked {show.ago(status.last_poll, now)}, next {show.moment(status.next_poll, zone)}"]
    text = "\n".join([*map(_clean, lines), *why, *_advice([listed])])
    emit(listed, as_json=as_json, text=text)
    return DONE


def _hub(known: Subscription | None, now: datetime) -> dict[str, Any] | None:
    from scheduler.cli.taking import iso  # noqa: PLC0415

    if known is None:
        return None
    until = iso(known.until) if known.holds(now) else None
    return {"url": known.offer.hub, "state": known.state.value, "until": until, "error": known.says}


def _shown_state(listed: dict[str, Any]) -> str:
    return str(listed["state"] if listed["condition"] == "well" or listed["state"] == "paused" else listed["condition"])


def _advice(listed: list[dict[str, Any]]) -> list[str]:
    """A line for each condition that a source is in, and for each address that moved: what one can do about it."""
    ill = {each["condition"]: each for each in listed if each["condition"] != "well" and each["state"] != "paused"}
    told = [f"{each['condition']}: {each['means']}; {each['advice']}" for each in ill.values()]
    moved = [each for each in listed if each["followed_at"]]
    told += [f"{_clean(each['name'] or each['url'])}: moved for good to {_clean(each['moved_to'])}, where it is read; "
             "settings.toml still has the old address" for each in moved]  # fmt: skip
    return ["", *told] if told else []


def _listed(source: Source, status: SourceStatus | None) -> dict[str, Any]:
    from crawler.coverage import ADVICE, MEANS  # noqa: PLC0415
    from crawler.model import Condition  # noqa: PLC0415
    from scheduler.cli.taking import iso  # noqa: PLC0415

    condition = status.condition if status else Condition.WELL

    return {
        "url": source.url,
        "name": source.name,
        "language": source.language,
        "state": _state(source, status),
        "last_ok": iso(status.last_ok) if status else None,
        "last_poll": iso(status.last_poll) if status else None,
        "next_poll": iso(status.next_poll) if status and not status.ended else None,
        "failures": status.failures if status else 0,
        "failing_since": iso(status.failing_since) if status else None,
        "last_error": status.last_error if status else "",
        "moved_to": status.moved_to if status else "",
        "followed_at": iso(status.followed_at) if status else None,
        "articles": status.articles if status else 0,
        "condition": condition.value,
        "since": iso(status.condition_since) if status else None,
        "missed": status.missed if status else 0,
        "ended": status.ended if status else False,
        "means": MEANS[condition],
        "advice": ADVICE[condition],
    }


def _state(source: Source, status: SourceStatus | None) -> str:
    if source.paused:
        return "paused"
    if status is None or status.last_poll is None:
        return "new"
    return "failing" if status.failures >= _FAILING else "active"


@sources.command(short_help="Follow a feed, or the one behind a site.")
@click.argument("url")
@click.option("--name", default="", help="How mails call it; the feed's own title when left out.")
@click.option("--language", default="", help="The language it writes in (en, uk, ru, …); found out when left out.")
@click.option("--yes", is_flag=True, help="When a site has several feeds, take the first without asking.")
@click.option("--no-check", is_flag=True, help="Write the address down as it is, without looking at it.")
@json_option
@click.pass_obj
def add(session: Session, *, url: str, name: str, language: str, yes: bool, no_check: bool, as_json: bool) -> int:
    """Follow the feed at URL, or the feed behind a site's URL, and write it into settings.toml.

    Nothing else in settings.toml changes; your comments stay.
    """
    config = session.config()
    if known := _known(config, url):
        tell(f"tidings: {known.url} is followed already{f' ({known.name})' if known.name else ''}")
        return NOTHING_DONE
    if no_check:
        return _add(session, url, name, language, {}, as_json=as_json)
    _web_address(url)
    from scheduler.feedlook import find_feeds  # noqa: PLC0415

    log_to_stderr(config, verbose=False)
    answer = find_feeds(config, url, tell)
    feed = _chosen(config, url, answer, yes=yes)
    if feed is None:
        return NOTHING_DONE
    others = [other.as_json() for other in answer.feeds if other is not feed]
    found = {"title": feed.document.title, "entries": len(feed.document.entries), "others": others}
    return _add(session, feed.url, name or _title(feed), language, found, as_json=as_json)


def _known(config: Config, url: str) -> Source | None:
    from crawler.config.faults import same_url  # noqa: PLC0415

    return next((source for source in config.sources if same_url(source.url) == same_url(url.strip())), None)


def _web_address(url: str) -> str:
    from crawler.config.values import parse_url  # noqa: PLC0415

    try:
        return parse_url(url)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="URL") from error


def _title(feed: Feed) -> str:
    from scheduler import show  # noqa: PLC0415

    return show.line(feed.document.title, 80)


def _chosen(config: Config, url: str, answer: Answer, *, yes: bool) -> Feed | None:
    """The feed to add; None when there is none or the person has to say which."""
    from scheduler import show  # noqa: PLC0415

    feeds = [answer.feed] if answer.feed else list(answer.feeds)
    new = [feed for feed in feeds if _known(config, feed.url) is None]
    if not new:
        if feeds:
            tell(f"tidings: {show.line(feeds[0].url)}, the feed behind {url}, is followed already")
        else:
            tell(f"tidings: {url}: {show.line(answer.says)}")
            for address, says in answer.failed.items():
                tell(f"  {show.line(address)}: {show.line(says)}")
        return None
    if len(new) == 1 or yes:
        return new[0]
    return _asked(new)


def _asked(feeds: list[Feed]) -> Feed | None:
    from scheduler import show  # noqa: PLC0415

    tell("several feeds are there:")
    for number, feed in enumerate(feeds, 1):
        tell(f"  {number}. {show.line(feed.url)}  {_title(feed)} ({_entries(len(feed.document.entries))})")
    if not sys.stdin.isatty():
        tell("tidings: say which by its own address, or take the first with --yes")
        return None
    picked: int = click.prompt("Which one", type=click.IntRange(1, len(feeds)), default=1, err=True)
    return feeds[picked - 1]


def _add(session: Session, url: str, name: str, language: str, found: dict[str, Any], *, as_json: bool) -> int:
    from crawler.config import add_source  # noqa: PLC0415
    from scheduler import show  # noqa: PLC0415

    if not _edit(session, lambda text: add_source(text, url, name, language=language)):
        return NOTHING_DONE
    called = f" ({show.line(name)})" if name else ""
    entries = f", {_entries(found['entries'])}" if found else ""
    text = f"added {show.line(url)}{called}{entries}\n{_TAKEN_UP}"
    emit({"added": {"url": url, "name": name, "language": language}, **found}, as_json=as_json, text=text)
    return DONE


def _edit(session: Session, change: Callable[[str], str]) -> bool:
    """Change settings.toml; False, and the reason told, when the change is refused."""
    from crawler.config import read_settings, write_settings  # noqa: PLC0415
    from crawler.errors import SettingsError  # noqa: PLC0415

    path = session.path()
    before = read_settings(path)
    try:
        after = change(before)
        _check_edited(session, after)
        write_settings(path, after)
    except SettingsError as error:
        for mistake in error.mistakes:
            tell(f"tidings: {mistake.says}")
        return False
    except OSError as error:
        tell(f"tidings: {path} cannot be changed: {error.strerror}")
        return False
    return True


def _check_edited(session: Session, text: str) -> None:
    """Refuse an edit that would leave settings which cannot be used, such as a language that is none."""
    import os  # noqa: PLC0415
    import tempfile  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    from crawler.config import load  # noqa: PLC0415

    with tempfile.NamedTemporaryFile("wb", dir=session.path().parent, prefix=".settings.", suffix=".toml") as file:
        file.write(text.encode("utf-8"))
        file.flush()
        load(Path(file.name), os.environ)


def _named(session: Session, url_or_name: str, change: Callable[[str], str], done: str, *, as_json: bool) -> int:
    """Change one source of settings.toml and say so."""
    session.config()
    if not _edit(session, change):
        return NOTHING_DONE
    emit({done: url_or_name}, as_json=as_json, text=f"{done} {url_or_name}\n{_TAKEN_UP}")
    return DONE


@sources.command(short_help="Follow a source no longer.")
@click.argument("url_or_name")
@json_option
@click.pass_obj
def remove(session: Session, url_or_name: str, as_json: bool) -> int:  # noqa: FBT001
    """Follow a source no longer, by its address or name; the articles it brought stay in the archive."""
    from crawler.config import remove_source  # noqa: PLC0415

    return _named(session, url_or_name, lambda text: remove_source(text, url_or_name), "removed", as_json=as_json)


@sources.command(short_help="Leave a source alone for a while.")
@click.argument("url_or_name")
@json_option
@click.pass_obj
def pause(session: Session, url_or_name: str, as_json: bool) -> int:  # noqa: FBT001
    """Leave a source alone for a while, by its address or name; it stays in settings.toml."""
    from crawler.config import set_paused  # noqa: PLC0415

    return _named(session, url_or_name, lambda text: set_paused(text, url_or_name, True), "paused", as_json=as_json)  # noqa: FBT003


@sources.command(short_help="Read a paused source again.")
@click.argument("url_or_name")
@json_option
@click.pass_obj
def resume(session: Session, url_or_name: str, as_json: bool) -> int:  # noqa: FBT001
    """Read a paused source again, by its address or name."""
    from crawler.config import set_paused  # noqa: PLC0415

    return _named(session, url_or_name, lambda text: set_paused(text, url_or_name, False), "resumed", as_json=as_json)  # noqa: FBT003


@sources.command(short_help="Ask an address once; say what it is.")
@click.argument("url")
@json_option
@click.pass_obj
def check(session: Session, url: str, as_json: bool) -> int:  # noqa: FBT001
    """Ask URL (or a source's name) once and say what it is; nothing is stored.

    Ends with 0 when it is a feed that can be read, with 1 when it is not.
    """
    from scheduler.feedlook import find_feeds  # noqa: PLC0415

    config = session.config()
    by_name = next((source.url for source in config.sources if source.name.casefold() == url.casefold()), url)
    _web_address(by_name)
    log_to_stderr(config, verbose=False)
    answer = find_feeds(config, by_name, tell)
    document = _checked(answer)
    emit(document, as_json=as_json, text=_checked_text(document, config))
    return DONE if answer.feed is not None else NOTHING_DONE


def _checked(answer: Answer) -> dict[str, Any]:
    from crawler.coverage import ADVICE, condition_of  # noqa: PLC0415
    from crawler.model import Condition  # noqa: PLC0415
    from scheduler.cli.taking import iso  # noqa: PLC0415

    looked, feed = answer.looked, answer.feed
    condition = Condition.WELL if feed or answer.feeds else condition_of(looked.trouble)
    newest = feed.newest if feed else None
    return {
        "url": looked.asked,
        "final_url": looked.url,
        "moved_to": looked.moved_to,
        "status": looked.status,
        "kind": feed.kind if feed else "",
        "title": feed.document.title if feed else "",
        "language": feed.document.language if feed else "",
        "entries": len(feed.document.entries) if feed else 0,
        "newest": {"title": newest.title, "published": iso(newest.published), "link": newest.link} if newest else None,
        "texts": feed.texts if feed else "",
        "bytes": len(looked.body),
        "etag": looked.etag,
        "last_modified": looked.last_modified,
        "robots": "refused" if looked.error.startswith("robots.txt") else "allowed" if looked.status else "unknown",
        "problems": list(feed.document.problems) if feed else [],
        "error": "" if feed else answer.says,
        "condition": condition.value,
        "advice": ADVICE[condition],
        "feeds": [each.as_json() for each in answer.feeds],
    }


_KINDS = {"feed": "an RSS or Atom feed", "jsonfeed": "a JSON Feed"}
_TEXTS = {
    "full": "the feed carries the full texts",
    "teasers": "the feed carries teasers; the pages behind its links are read for the texts",
    "mixed": "some entries carry the full text, others a teaser",
    "": "–",
}


def _checked_text(document: dict[str, Any], config: Config) -> str:
    from scheduler import show  # noqa: PLC0415

    newest = document["newest"] or {}
    when = datetime.fromisoformat(newest["published"]) if newest.get("published") else None
    facts = {
        "address": document["final_url"],
        "moved to": document["moved_to"],
        "answer": f"HTTP {document['status']}, {document['bytes']:,} bytes" if document["status"] else "none",
        "robots.txt": document["robots"],
        "what it is": _KINDS[document["kind"]] if document["kind"] else document["error"],
        "title": document["title"],
        "language": document["language"],
        "entries": document["entries"] if document["kind"] else "",
        "newest": f"{show.moment(when, config.mail.timezone)}  {newest['title']}" if newest else "",
        "texts": _TEXTS[document["texts"]] if document["kind"] else "",
        "ETag": document["etag"],
        "Last-Modified": document["last_modified"],
        "mended": "; ".join(document["problems"]),
        "you can": document["advice"],
    }
    lines = [f"{name:<14} {show.line(str(value), 500)}" for name, value in facts.items() if value != ""]
    lines += [f"{'feed':<14} {show.line(f['url'], 500)}  {show.line(f['title'], 80)}" for f in document["feeds"]]
    return "\n".join(lines)


@sources.command("import", short_help="Follow every feed of an OPML file.")
@click.argument("file", type=click.File("rb"))
@json_option
@click.pass_obj
def import_sources(session: Session, file: BinaryIO, as_json: bool) -> int:  # noqa: FBT001
    """Follow every feed of an OPML FILE (- for standard input) that is not followed yet."""
    from crawler.config import add_sources  # noqa: PLC0415
    from scheduler import show  # noqa: PLC0415
    from scheduler.opml import LARGEST, read_opml  # noqa: PLC0415

    config = session.config()
    skipped: list[str] = []
    new: list[Source] = []
    for source in read_opml(file.read(LARGEST + 1), skipped.append):
        if _known(config, source.url):
            skipped.append(f"{source.url} is followed already")
        else:
            new.append(source)

    def change(text: str) -> str:
        return add_sources(text, ({"url": each.url, "name": each.name, "language": each.language} for each in new))

    if new and not _edit(session, change):
        return NOTHING_DONE
    document = {"added": [{"url": source.url, "name": source.name} for source in new], "skipped": skipped}
    lines = [
        f"{show.count(len(new), 'source')} added, {len(skipped)} left out",
        *(f"  {_clean(says)}" for says in skipped),
    ]
    emit(document, as_json=as_json, text="\n".join([*lines, *([_TAKEN_UP] if new else [])]))
    return DONE


def _entries(number: int) -> str:
    return "1 entry" if number == 1 else f"{number} entries"


def _clean(says: str) -> str:
    from scheduler import show  # noqa: PLC0415

    return show.line(says, 500)


@sources.command("export", short_help="Write the sources as OPML.")
@click.pass_obj
def export_sources(session: Session) -> int:
    """Write the sources to standard output as OPML 2.0, which every feed reader takes."""
    from scheduler.opml import write_opml  # noqa: PLC0415

    click.echo(write_opml(session.config().sources, "Tidings"), nl=False)
    return DONE

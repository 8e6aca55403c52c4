"""``tidings articles``: search the archive, look at one article, bring archives in and out."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta, tzinfo
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from scheduler.cli.session import (
    DONE,
    NOTHING_DONE,
    Refused,
    Session,
    emit,
    json_option,
    log_to_stderr,
    tell,
    to_json,
)
from scheduler.cli.stories import joined_json, news_lines, story_json, story_lines

if TYPE_CHECKING:
    from crawler.importing import Imported
    from crawler.storage import Store, StoredArticle
    from crawler.stories.origins import Origin

_EXAMPLES = """\b
Examples:
  tidings articles search '"Save Ukraine" AND child*' --days 14
  tidings articles show https://example.org/news/1
  tidings articles export > archive.jsonl
  tidings articles import archive.jsonl
"""


@click.group(epilog=_EXAMPLES, short_help="The archive: search, show, in and out.")
def articles() -> None:
    """The archive of everything that was read: search it, look at one article, bring articles in and out."""


@articles.command(short_help="Search the archive with a query.")
@click.argument("query")
@click.option("--days", type=click.IntRange(1, 36_500), help="Only articles of the last so many days.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many articles to show.")
@json_option
@click.pass_obj
def search(session: Session, query: str, days: int | None, limit: int, as_json: bool) -> int:  # noqa: FBT001
    """Search the archive with a QUERY as topics have it; the newest come first, with the words that were met."""
    from crawler.runtime import utc_now  # noqa: PLC0415
    from crawler.storage import Store  # noqa: PLC0415
    from scheduler.cli.taking import latest, take  # noqa: PLC0415

    config = session.config()
    since = None if days is None else utc_now() - timedelta(days=days)
    with Store.reader(config.storage.path) as store:
        found = list(islice(take(store, query, since=since), limit + 1))
    shown = latest(found[:limit])
    document = {"query": query, "articles": [each.as_json() for each in shown], "more": len(found) > limit}
    lines = [each.as_text(config.mail.timezone) for each in shown] or ["this query takes no article of the archive"]
    if len(found) > limit:
        lines.append(f"there are more; --limit shows more than {limit}")
    emit(document, as_json=as_json, text="\n\n".join(lines))
    return DONE


@articles.command("show", short_help="Show everything known of one article.")
@click.argument("url_or_id")
@json_option
@click.pass_obj
def show_article(session: Session, url_or_id: str, as_json: bool) -> int:  # noqa: FBT001
    """Show everything known of one article, by its address or its number: sources, copies, matches, versions, text."""
    from crawler.storage import Store  # noqa: PLC0415

    config = session.config()
    with Store.reader(config.storage.path) as store:
        article = _find(store, url_or_id)
        document = _document(store, article)
    emit(document, as_json=as_json, text=_as_text(document, article, config.mail.timezone))
    return DONE


def _find(store: Store, url_or_id: str) -> StoredArticle:
    from scheduler.lookup import stored_article  # noqa: PLC0415

    article = stored_article(store, url_or_id)
    if article is None:
        raise Refused(f"there is no article {url_or_id} in the archive")
    return article


def _document(store: Store, article: StoredArticle) -> dict[str, Any]:
    from scheduler.cli.taking import iso  # noqa: PLC0415

    facts = asdict(article) | {
        "published": iso(article.published),
        "updated": iso(article.updated),
        "first_seen": iso(article.first_seen),
    }
    facts.pop("source_id")
    origin = _origin(store, article)
    return facts | {
        "story": story_json(store, article.story_id),
        "joined": joined_json(store, article.id),
        "new": store.stories.news(article.id),
        "origin": asdict(origin) | {"first": iso(origin.first)},
        "carried_by": [
            {"source": name, "link": link, "first_seen": iso(when)}
            for name, link, when in store.articles.carried_by(article.id)
        ],
        "kin": [
            {"id": kin.id, "url": kin.url, "source": kin.source, "title": kin.title, "copy_of": kin.copy_of}
            for kin in store.articles.kin_of(article)
        ],
        "matches": [
            {
                "topic": found.match.topic,
                "score": found.match.score,
                "fate": found.fate,
                "matched_at": iso(found.matched_at),
                "evidence": [asdict(piece) for piece in found.match.evidence],
            }
            for found in store.articles.matches_of([article.id])
        ],
        "versions": _told_versions(store, article.id),
    }


def _told_versions(store: Store, article_id: int) -> list[dict[str, Any]]:
    """Every version, with what it says otherwise than the one before."""
    from scheduler.cli.taking import iso  # noqa: PLC0415

    changed = store.changes.of(article_id)
    return [
        {
            "seen_at": iso(version.seen_at),
            "source": version.source,
            "title": version.title,
            "text": version.text,
            "changes": [asdict(change) for change in changed[version.id].changes] if version.id in changed else [],
            "difference": [asdict(piece) for piece in changed[version.id].difference] if version.id in changed else [],
        }
        for version in store.articles.versions_of(article_id)
    ]


def _origin(store: Store, article: StoredArticle) -> Origin:
    """Whose the article's text is, told from all that carry it."""
    from crawler.stories.origins import origins  # noqa: PLC0415

    carriers = (article, *store.articles.kin_of(article))
    return origins(each.report() for each in carriers).origins[0]


def _as_text(document: dict[str, Any], article: StoredArticle, zone: tzinfo) -> str:
    from scheduler import show  # noqa: PLC0415

    enclosures = ", ".join(enclosure.url for enclosure in article.enclosures)
    fields = {
        "number": article.id,
        "title": article.title,
        "address": article.url,
        "link": article.link if article.link != article.url else "",
        "source": article.source,
        "author": article.author,
        "language": article.language,
        "published": show.moment(article.published, zone),
        "updated": show.moment(article.updated, zone) if article.updated else "",
        "first seen": show.moment(article.first_seen, zone),
        "text from": article.text_from,
        "page error": article.page_error,
        "guid": article.guid,
        "categories": ", ".join(article.categories),
        "files": enclosures,
    }
    lines = [f"{name:<11} {show.line(str(value), 1000)}" for name, value in fields.items() if value != ""]
    lines += [*story_lines(document["story"], zone), *_joined(document), *news_lines(document["new"])]
    lines += [*_relations(document, article, zone), *_matches(document, zone), *_versions(document, zone)]
    return "\n".join([*lines, "", show.block(article.text) or "(no text)"])


def _joined(document: dict[str, Any]) -> list[str]:
    from scheduler import show  # noqa: PLC0415

    joined = document["joined"]
    return (
        [f"{'joined by':<11} {show.line(', '.join(joined['shared']), 200)} ({joined['score']:.0%})"] if joined else []
    )


def _relations(document: dict[str, Any], article: StoredArticle, zone: tzinfo) -> list[str]:
    from scheduler import show  # noqa: PLC0415

    lines = [
        f"{'carried by':<11} {show.line(each['source'], 80)}, {_moment(each['first_seen'], zone)}: "
        + show.line(each["link"], 500)
        for each in document["carried_by"]
    ]
    for kin in document["kin"]:
        word = (
            "copy of" if kin["id"] == article.copy_of else "copied by" if kin["copy_of"] == article.id else "same text"
        )
        lines.append(f"{word:<11} {kin['id']} {show.line(kin['source'], 80)}: {show.line(kin['url'], 500)}")
    if article.copy_of is not None and article.copy_score is not None:
        lines.append(f"{'likeness':<11} {article.copy_score:.0%} of the shorter text")
    if article.credit:
        lines.append(f"{'credited to':<11} {show.line(article.credit, 80)} ({article.credit_from})")
    origin = document["origin"]
    if document["kin"]:
        carried = f"{len(origin['outlets'])} outlets, first {_moment(origin['first'], zone)}"
        lines.append(f"{'origin':<11} {show.line(origin['name'], 80)}: {carried}")
    return lines


def _matches(document: dict[str, Any], zone: tzinfo) -> list[str]:
    from crawler.model import Evidence  # noqa: PLC0415
    from scheduler import show  # noqa: PLC0415

    return [
        f"{'match':<11} {show.line(each['topic'], 80)} ({each['fate']}, {_moment(each['matched_at'], zone)}): "
        + show.terms_met([Evidence(**piece) for piece in each["evidence"]])
        for each in document["matches"]
    ]


def _moment(stored: str, zone: tzinfo) -> str:
    from scheduler import show  # noqa: PLC0415

    return show.moment(datetime.fromisoformat(stored), zone)


def _versions(document: dict[str, Any], zone: tzinfo) -> list[str]:
    if len(document["versions"]) < 2:  # noqa: PLR2004
        return []
    return [line for each in document["versions"] for line in _version(each, _moment(each["seen_at"], zone))]


def _version(version: dict[str, Any], when: str) -> list[str]:
    """A version's line, and below it what it says otherwise, with the words that went and came."""
    from crawler.alerts.plaintext import word_diff  # noqa: PLC0415
    from crawler.model import Segment  # noqa: PLC0415
    from scheduler import show  # noqa: PLC0415

    lines = [f"{'version':<11} {when} {show.line(version['title'])} ({len(version['text'])} characters)"]
    lines += [f"{'':<11} * {show.line(change['says'], 500)}" for change in version["changes"]]
    pieces = [Segment(**piece) for piece in version["difference"]]
    return [*lines, *(f"{'':<11} {line}" for line in show.wrapped(word_diff(pieces)))]


@articles.command("import", short_help="Take articles in from JSON Lines.")
@click.argument("file", type=click.File("rb"))
@click.option("--alert", is_flag=True, help="Plan alerts for what matches, as if it came just now.")
@json_option
@click.pass_obj
def import_articles(session: Session, file: BinaryIO, alert: bool, as_json: bool) -> int:  # noqa: FBT001
    """Take articles from FILE (JSON Lines; - for standard input) into the archive.

    Every line is an object with at least url and title; text, published, language, source, author and more may be
    there (docs/reference/command.md). Copies are found and topics matched as always, dated as the articles say. What is
    there already is left as it is, so importing twice adds nothing. Nobody is mailed unless you say --alert.
    """
    from crawler.importing import Importer  # noqa: PLC0415
    from crawler.run import sync  # noqa: PLC0415
    from crawler.runtime import Runtime  # noqa: PLC0415
    from crawler.storage import InstanceLock, Store  # noqa: PLC0415

    config = session.config()
    log_to_stderr(config, verbose=False)
    with InstanceLock(config.storage.path), Store.writer(config.storage.path) as store:
        runtime = Runtime(config, store)
        sync(runtime)
        done = Importer(runtime, alert=alert, tell=tell).run(file, _progress if sys.stderr.isatty() else None)
    emit(_imported(done), as_json=as_json, text=_imported_text(done))
    return NOTHING_DONE if done.lines and done.skipped == done.lines else DONE


def _progress(lines: int) -> None:
    click.echo(f"\r{lines} lines", err=True, nl=False)


def _imported(done: Imported) -> dict[str, int]:
    saved = done.saved
    return {
        "lines": done.lines,
        "new": saved.new,
        "updated": saved.updated,
        "known": done.known,
        "skipped": done.skipped,
        "copies": saved.copies,
        "matches": saved.matches,
        "alerts_planned": saved.planned,
    }


def _imported_text(done: Imported) -> str:
    from scheduler.show import count  # noqa: PLC0415

    saved = done.saved
    return (
        f"{count(done.lines, 'line')}: {count(saved.new, 'article')} new ({count(saved.copies, 'copy', 'copies')}), "
        f"{saved.updated} updated, {done.known} known, {done.skipped} left out\n"
        f"{count(saved.matches, 'match', 'matches')}, {count(saved.planned, 'alert')} planned"
    )


@articles.command("export", short_help="Write the archive as JSON Lines.")
@click.option("--days", type=click.IntRange(1, 36_500), help="Only articles first seen in the last so many days.")
@click.pass_obj
def export_articles(session: Session, days: int | None) -> int:
    """Write the archive to standard output as JSON Lines, one article a line; import takes them again."""
    from crawler.importing import as_record  # noqa: PLC0415
    from crawler.runtime import utc_now  # noqa: PLC0415
    from crawler.storage import Store  # noqa: PLC0415

    config = session.config()
    since = None if days is None else utc_now() - timedelta(days=days)
    with Store.reader(config.storage.path) as store:
        for article in _since(store.articles.oldest_first(), since):
            click.echo(to_json(as_record(article)))
    return DONE


def _since(found: Iterable[StoredArticle], since: datetime | None) -> Iterable[StoredArticle]:
    return found if since is None else (article for article in found if article.first_seen >= since)

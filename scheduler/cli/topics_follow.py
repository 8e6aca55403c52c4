"""``tidings topics follow`` and ``teach``: topics made of examples, and what you say of what they took."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scheduler.cli.session import DONE, Refused, Session, emit, json_option

if TYPE_CHECKING:
    from crawler.config import Config
    from crawler.following import Trial
    from crawler.model import Match, Topic
    from crawler.storage import Store, StoredArticle, StoredExample

_LOOK_BACK = 30
"""Days of the archive that are tried."""
_SHOWN = 10


@click.command("follow", short_help="Follow stories like an article.")
@click.argument("name")
@click.argument("file_or_url")
@json_option
@click.pass_obj
def follow(session: Session, name: str, file_or_url: str, as_json: bool) -> int:  # noqa: FBT001
    """Add an example to the topic NAME, which is made if there is none: a text FILE or the URL of an article.

    The first line of a file is the title. An article that is not in the archive is fetched once. Says what the topic
    now takes of the last 30 days; the service follows at once, a new topic when it reads its settings again.
    """
    from crawler.config.edit import add_example, write_settings  # noqa: PLC0415
    from crawler.runtime import utc_now  # noqa: PLC0415
    from crawler.storage import Store  # noqa: PLC0415

    config = session.config()
    name, reference = name.strip(), _reference(config, file_or_url.strip())
    example = _read(config, name, reference)
    text = config.path.read_bytes().decode("utf-8")
    write_settings(config.path, add_example(text, name, reference))
    config = session.config()
    topic = session.topic(config, name)
    way_in = Store.guest if config.storage.path.exists() else Store.writer
    with way_in(config.storage.path) as store:
        store.following.keep_example(example, utc_now())
        taken = _taken(store, topic)
    document = {"topic": name, "example": reference, "title": example.title, "days": _LOOK_BACK, **_listed(taken)}
    head = f"{name} follows {example.title!r}; it takes {len(taken)} of the last {_LOOK_BACK} days"
    emit(document, as_json=as_json, text="\n".join([head, *_lines(taken)]))
    return DONE


def _reference(config: Config, asked: str) -> str:
    """An address as it is, a file as settings.toml names it: from its own folder."""
    from crawler.dedupe import urls  # noqa: PLC0415

    if urls.is_web_url(asked):
        return asked
    path, folder = Path(asked).expanduser().absolute(), config.path.parent.absolute()
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)


def _read(config: Config, name: str, reference: str) -> StoredExample:
    from crawler import following  # noqa: PLC0415
    from crawler.dedupe import urls  # noqa: PLC0415
    from crawler.storage import Store  # noqa: PLC0415
    from scheduler.lookup import stored_article  # noqa: PLC0415

    if not urls.is_web_url(reference):
        return following.read_file(name, reference, config.path.parent / reference)
    if config.storage.path.exists():
        with Store.reader(config.storage.path) as store:
            article = stored_article(store, reference)
            if article is not None:
                return following.example_of(name, reference, article)
    return _fetched(config, name, reference)


def _fetched(config: Config, name: str, url: str) -> StoredExample:
    from crawler.extractors import page  # noqa: PLC0415
    from crawler.lookup import look  # noqa: PLC0415
    from crawler.storage import StoredExample  # noqa: PLC0415
    from crawler.text import detect_language  # noqa: PLC0415

    (looked,) = look(config, [url])
    if looked.error:
        raise Refused(f"{url} is not in the archive, and cannot be fetched: {looked.error}")
    found = page.extract(looked.url, looked.body, looked.content_type)
    if found is None or not found.title:
        raise Refused(f"{url} is not in the archive, and no article can be read on its page; save its text as a file")
    language = detect_language(f"{found.title}\n{found.text}", found.language)
    return StoredExample(name, url, found.title, found.text, language, found.published)


def _taken(store: Store, topic: Topic) -> list[tuple[StoredArticle, Match]]:
    """What a topic takes of the archive's last days, the likest first."""
    from crawler.following import Trial, count_archive  # noqa: PLC0415
    from crawler.runtime import utc_now  # noqa: PLC0415
    from scheduler.cli.taking import watched  # noqa: PLC0415

    for _ in count_archive(store):
        pass
    since, trial = utc_now() - timedelta(days=_LOOK_BACK), Trial(store, topic)
    articles = watched(store.articles.latest_first(since=since), store.articles.count(since))
    found = [(article, match) for article in articles if (match := trial.match(article)) is not None]
    return sorted(found, key=lambda each: -each[1].score)


def _listed(taken: Sequence[tuple[StoredArticle, Match]]) -> dict[str, Any]:
    from scheduler.cli.taking import in_short  # noqa: PLC0415

    return {"takes": len(taken), "articles": [in_short(article) | {"score": match.score} for article, match in taken]}


def _lines(taken: Sequence[tuple[StoredArticle, Match]]) -> list[str]:
    from scheduler import show  # noqa: PLC0415

    lines = [
        f"  {match.score:.2f}  {show.line(article.title, 120)} ({show.line(article.source, 40)})"
        for article, match in taken[:_SHOWN]
    ]
    return [*lines, f"  … and {len(taken) - _SHOWN} more"] if len(taken) > _SHOWN else lines


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the person says of one article."""

    article: StoredArticle
    belongs: bool
    score: float


@click.command("teach", short_help="Say which articles belong to a topic.")
@click.argument("name")
@click.option("--yes", "belong", multiple=True, metavar="URL", help="An article that belongs; may be repeated.")
@click.option("--no", "foreign", multiple=True, metavar="URL", help="An article that does not; may be repeated.")
@json_option
@click.pass_obj
def teach(session: Session, *, name: str, belong: tuple[str, ...], foreign: tuple[str, ...], as_json: bool) -> int:
    """Say which articles of the archive belong to the topic NAME and which do not, by address or number.

    The topic's ranking moves, and with examples its line. Nothing that was taken is taken back: what would not be taken
    now is listed. A query goes on to take what it takes.
    """
    from crawler import following  # noqa: PLC0415
    from crawler.runtime import utc_now  # noqa: PLC0415
    from crawler.storage import Store, StoredJudgement  # noqa: PLC0415

    config = session.config()
    topic = session.topic(config, name)
    if not belong and not foreign:
        raise click.UsageError("say --yes URL, --no URL or both")
    with Store.guest(config.storage.path) as store:
        before, trial = following.profile(store, topic).line, following.Trial(store, topic)
        answers = [_answer(store, trial, asked, belongs=True) for asked in belong]
        answers += [_answer(store, trial, asked, belongs=False) for asked in foreign]
        said = [StoredJudgement(each.article.id, each.belongs, each.score) for each in answers]
        store.following.judge(topic.name, said, utc_now())
        line, dropped = following.profile(store, topic).line, following.would_drop(store, topic)
    line_moves = bool(topic.examples)
    document = {
        "topic": topic.name,
        "answers": [{"url": each.article.url, "belongs": each.belongs, "score": each.score} for each in answers],
        "line": {"before": before, "after": line} if line_moves else None,
        "would_drop": _listed(dropped)["articles"],
    }
    head = f"{topic.name}: {len(belong)} belong, {len(foreign)} do not"
    moved = f"; articles are taken from {line:.2f} on, before from {before:.2f}" if line_moves else ""
    would = "would no longer be taken" if line_moves else "would go, if answers could drop what a query takes"
    last = f"{len(dropped)} of what it took {would}; nothing is taken back" if dropped else "it keeps all that it took"
    emit(document, as_json=as_json, text="\n".join([head + moved, last, *_lines(dropped)]))
    return DONE


def _answer(store: Store, trial: Trial, asked: str, *, belongs: bool) -> _Answer:
    from scheduler.lookup import stored_article  # noqa: PLC0415

    article = stored_article(store, asked)
    if article is None:
        raise Refused(f"there is no article {asked} in the archive")
    match, verdict = trial.match(article), trial.verdict(article)
    score = verdict.score if verdict is not None else 0.0 if match is None else match.score
    return _Answer(article, belongs, round(score, 3))

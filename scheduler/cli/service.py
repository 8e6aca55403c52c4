"""``tidings run``, ``once``, ``demo`` and ``status``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from scheduler.cli.session import DONE, MAIL_WAITS, NOTHING_DONE, Session, emit, json_option, log_to_stderr, tell

if TYPE_CHECKING:
    from crawler.config import Config


@click.command(short_help="The service: poll and mail until stopped.")
@click.option("--verbose", "-v", is_flag=True, help="Log every decision, not only what happened.")
@click.pass_obj
def run(session: Session, verbose: bool) -> int:  # noqa: FBT001  (click hands options over by name)
    """Poll, match and mail until told to stop (SIGTERM or Ctrl-C); SIGHUP reads settings.toml again."""
    from scheduler.service import serve  # noqa: PLC0415

    config = session.config()
    log_to_stderr(config, verbose=verbose)
    for warning in config.warnings:
        tell(f"warning: {warning}")

    def reload() -> Config:
        new = session.config()
        log_to_stderr(new, verbose=verbose)
        return new

    serve(config, reload, bar=_terminal(config))
    return DONE


def _terminal(config: Config) -> IO[str] | None:
    """Where a bar may be drawn, if there is such a place."""
    from scheduler.progress import is_wanted  # noqa: PLC0415

    return sys.stderr if is_wanted(config, sys.stderr) else None


@click.command(short_help="One pass now over what is due.")
@click.option("--all", "everything", is_flag=True, help="Ask every source, not only those that are due.")
@click.option("--no-deliver", is_flag=True, help="Plan alerts but leave them in the outbox.")
@click.option("--verbose", "-v", is_flag=True, help="Log every decision, not only what happened.")
@json_option
@click.pass_obj
def once(session: Session, everything: bool, no_deliver: bool, verbose: bool, as_json: bool) -> int:  # noqa: FBT001
    """Make one pass now: poll what is due, match, deliver, end."""
    from scheduler.once import once as make_pass  # noqa: PLC0415

    config = session.config()
    log_to_stderr(config, verbose=verbose)
    for warning in config.warnings:
        tell(f"warning: {warning}")
    bar = None if as_json else _terminal(config)
    made = make_pass(config, everything=everything, with_delivery=not no_deliver, bar=bar)
    document = made.as_json()
    emit(document, as_json=as_json, text=_pass_text(document))
    if not config.sources and not made.delivered.delivered:
        tell("no source is followed; `tidings sources add URL` adds one")
        return NOTHING_DONE
    if 0 < document["sources"]["polled"] == document["sources"]["failed"]:
        return NOTHING_DONE
    return MAIL_WAITS if made.delivered.waiting and not no_deliver else DONE


def _pass_text(document: dict[str, dict[str, int]]) -> str:
    from scheduler.show import count  # noqa: PLC0415

    sources, articles, alerts = document["sources"], document["articles"], document["alerts"]
    copies = count(articles["copies"], "copy", "copies")
    return "\n".join(
        (
            f"sources   {sources['polled']} polled: {sources['unchanged']} unchanged, {sources['failed']} failed",
            f"articles  {articles['new']} new ({copies}), {articles['updated']} updated",
            f"matches   {document['matches']}",
            f"alerts    {alerts['planned']} planned, {alerts['delivered']} delivered, {alerts['waiting']} waiting",
        )
    )


@click.command(short_help="See the whole main job, with no network.")
@click.option(
    "--dir",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("tidings-demo"),
    show_default=True,
    help="Where the demo's database and mails go; it must not exist yet or be an earlier demo's.",
)
@json_option
def demo(folder: Path, as_json: bool) -> int:  # noqa: FBT001
    """Show the whole main job with no network and no account: a small newsroom on loopback, five days, real mails."""
    from scheduler.demo.play import play, report  # noqa: PLC0415

    result = play(folder, tell)
    emit(result.as_json(), as_json=as_json, text=report(result, _called()))
    return DONE


def _called() -> str:
    """The command as it was typed: in a fresh environment it is not on the path."""
    return sys.argv[0] if Path(sys.argv[0]).name == "tidings" else "tidings"


@click.command(short_help="Is it well? Polls, delivery, outbox.")
@json_option
@click.pass_obj
def status(session: Session, as_json: bool) -> int:  # noqa: FBT001
    """Is it well? The service, last good poll and delivery, due and failing sources, the outbox, the clock."""
    from crawler.runtime import utc_now  # noqa: PLC0415
    from scheduler.health import look, report  # noqa: PLC0415
    from scheduler.watchdog import read_beat  # noqa: PLC0415

    config = session.config()
    with session.reader() as store:
        health = look(store, config, utc_now(), read_beat(config.storage.path))
    emit(health.as_json(), as_json=as_json, text=report(health))
    return DONE if health.well else NOTHING_DONE

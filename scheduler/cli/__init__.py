"""The one command, ``tidings``.

Every verb is a thin translation: it reads what was typed, calls ``crawler`` or ``scheduler``, and says what came of it.
Results go to standard output, everything else to standard error. Heavy modules are imported inside the verbs, so that
``tidings --help`` answers at once.
"""

from __future__ import annotations

import io
import sqlite3
import sys

import click

from crawler import __version__
from crawler.errors import SettingsError, TidingsError
from scheduler.cli.alerts import alerts
from scheduler.cli.articles import articles
from scheduler.cli.explain import explain
from scheduler.cli.service import demo, once, run, status
from scheduler.cli.session import NOTHING_DONE, WRONG, Session, tell
from scheduler.cli.setup import backup, check, init
from scheduler.cli.sources import sources
from scheduler.cli.stories import stories
from scheduler.cli.topics import topics
from scheduler.cli.topics_diff import diff
from scheduler.cli.topics_follow import follow, teach


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--settings", metavar="FILE", help="settings.toml to use instead of the one that is found.")
@click.version_option(__version__, prog_name="tidings")
@click.pass_context
def tidings(context: click.Context, settings: str | None) -> None:
    """Follow topics across the world's news feeds; be mailed once per development."""
    context.obj = Session(settings)


topics.add_command(diff)
topics.add_command(follow)
topics.add_command(teach)
for verb in (run, once, demo, init, check, status, sources, topics, articles, stories, explain, alerts, backup):
    tidings.add_command(verb)


def main() -> None:
    """Run the command and end the process with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        # Titles come in every script: a terminal without one of its letters shows its number, not a traceback.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    sys.exit(invoke(sys.argv[1:]))


def invoke(arguments: list[str]) -> int:
    """Run the command with these arguments; its exit code."""
    try:
        result = tidings.main(arguments, prog_name="tidings", standalone_mode=False)
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.Abort:
        return 130
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except SettingsError as error:
        tell(str(error))
        return WRONG
    except TidingsError as error:
        tell(f"tidings: {error}")
        return NOTHING_DONE
    except sqlite3.Error as error:
        tell(f"tidings: the database could not be read or written: {error}")
        return NOTHING_DONE
    return result if isinstance(result, int) else 0

"""``tidings init``, ``check`` and ``backup``."""

from __future__ import annotations

from pathlib import Path

import click

from scheduler.cli.session import DONE, NOTHING_DONE, WRONG, Session, emit, json_option, tell


@click.command(short_help="Write a settings.toml to start from.")
@click.argument("folder", metavar="[DIR]", type=click.Path(file_okay=False, path_type=Path), default=Path())
@json_option
def init(folder: Path, as_json: bool) -> int:  # noqa: FBT001  (click hands options over by name)
    """Write a commented settings.toml into DIR (here when left out) to start from; never overwrites one."""
    from crawler.config import settings_template, write_settings  # noqa: PLC0415
    from crawler.errors import SettingsError  # noqa: PLC0415

    path = folder / "settings.toml"
    if path.exists() or path.is_symlink():
        tell(f"tidings: {path} is there already and was left as it is")
        return NOTHING_DONE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_settings(path, settings_template())
    except SettingsError as error:
        tell(f"tidings: {error}")
        return NOTHING_DONE
    except OSError as error:
        tell(f"tidings: {folder} cannot be made: {error.strerror}")
        return NOTHING_DONE
    following = (
        f"{path} is written. Next:\n"
        "  1. open it; write your address, your topics and, when you are ready, your mail server\n"
        "  2. tidings check    says what is wrong, with the line\n"
        "  3. tidings once     one pass: reads the sources, writes the first mails\n"
        "  4. tidings run      goes on until it is stopped"
    )
    emit({"settings": str(path)}, as_json=as_json, text=following)
    return DONE


@click.command(short_help="Say all that is wrong; send nothing unless asked.")
@click.option("--send", "sends", is_flag=True, help="Send everybody a mail that says it is a test.")
@json_option
@click.pass_obj
def check(session: Session, sends: bool, as_json: bool) -> int:  # noqa: FBT001
    """Say all that is wrong with settings, topics, database and mail, with the line; sends nothing without --send.

    Ends with 0 when all is well, 1 when something is not, 2 when the settings cannot be used.
    """
    from crawler.errors import SettingsError  # noqa: PLC0415
    from scheduler.checkup import look_over, send_test  # noqa: PLC0415
    from scheduler.show import count  # noqa: PLC0415

    try:
        config = session.config()
    except SettingsError as error:
        mistakes = [{"where": each.where, "key": each.key, "says": each.says} for each in error.mistakes]
        nothing: list[str] = []
        document = {"usable": False, "well": False, "mistakes": mistakes}
        emit(
            document | {"problems": nothing, "warnings": nothing, "notes": nothing},
            as_json=as_json,
            text="\n".join(f"wrong    {each}" for each in error.mistakes),
        )
        return WRONG
    found = look_over(config)
    if sends and not found.problems:
        send_test(config, found)
    lines = [
        *(f"problem  {each}" for each in found.problems),
        *(f"warning  {each}" for each in found.warnings),
        *(f"ok       {each}" for each in found.notes),
        f"{config.path}: {count(len(config.sources), 'source')}, {count(len(config.topics), 'topic')}: "
        + ("not well" if found.problems else "well"),
    ]
    emit({"settings": str(config.path), **found.as_json()}, as_json=as_json, text="\n".join(lines))
    return NOTHING_DONE if found.problems else DONE


@click.command(short_help="Copy the database to a file.")
@click.argument("file", type=click.Path(path_type=Path))
@json_option
@click.pass_obj
def backup(session: Session, file: Path, as_json: bool) -> int:  # noqa: FBT001
    """Write a consistent copy of the database to FILE, while the service runs or not; never overwrites."""
    with session.reader() as store:
        store.back_up(file)
    size = file.stat().st_size
    emit({"backup": str(file), "bytes": size}, as_json=as_json, text=f"{file}: {size:,} bytes")
    return DONE

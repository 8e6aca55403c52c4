"""The templates of a mail: the built-in ones, or the person's own where they have some that work.

A person's template runs in Jinja's sandbox, for mistakes rather than malice, and gets the same ``AlertView``. One that
cannot be read or rendered never costs a mail: the built-in one stands in, and the log and ``tidings check`` say why.
"""

from __future__ import annotations

import logging
from functools import lru_cache
from pathlib import Path
from traceback import extract_tb

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from crawler.alerts.view import AlertView

_log = logging.getLogger(__name__)
_HTML, _TEXT = "alert.html.j2", "alert.txt.j2"
NAMES = (_HTML, _TEXT)
"""Files of a folder of templates. Both get ``alert`` and ``title``; the text's also ``text``, the built-in's."""
_MOST = 100_000
"""Characters of a template or of what it makes; the built-in has 8,000."""


class Pages:
    """What lays a mail out."""

    def __init__(self, own: dict[str, str] | None = None) -> None:
        self._own = own or {}

    @classmethod
    def of(cls, folder: Path | None) -> Pages:
        """The pages of a folder, as its files stand now; a file that cannot be read is told and left out."""
        own: dict[str, str] = {}
        for name in NAMES if folder is not None else ():
            try:
                own[name] = (folder / name).read_text(encoding="utf-8")  # type: ignore[operator]
            except FileNotFoundError:
                continue
            except (OSError, UnicodeDecodeError) as error:
                _log.warning("the template %s cannot be read, the built-in one is used: %s", name, error)
        return cls(own)

    @property
    def any(self) -> bool:
        """There are templates of the person's own."""
        return bool(self._own)

    def html(self, shown: AlertView, title: str) -> str:
        """The HTML part of a mail whose subject is ``title``."""
        return self._made(_HTML, alert=shown, title=title) or _built_in().render(alert=shown, title=title)

    def text(self, shown: AlertView, title: str, built_in: str) -> str:
        """The text part; ``built_in`` is what it would be without a template."""
        return self._made(_TEXT, alert=shown, title=title, text=built_in) or built_in

    def trouble(self, shown: AlertView) -> list[str]:
        """What is wrong with the person's templates, each as a sentence, found by laying ``shown`` out."""
        return [says for name in self._own if (says := self._tried(name, alert=shown, title="Test", text="")[1])]

    def _made(self, name: str, **values: object) -> str:
        if name not in self._own:
            return ""
        made, says = self._tried(name, **values)
        if says:
            _log.warning("%s; the built-in one is used", says)
        return made

    def _tried(self, name: str, **values: object) -> tuple[str, str]:
        """(what the template makes, empty where it cannot; why it cannot)."""
        if len(self._own[name]) > _MOST:
            return "", f"the template {name} is longer than {_MOST} characters"
        try:
            made = _compiled(self._own[name], html=name == _HTML).render(**values)
            made.encode()
        except Exception as error:  # noqa: BLE001  (whatever a template does wrong, the mail goes out)
            line = _line(error)
            where = f", line {line}" if line else ""
            return "", f"the template {name}{where} does not work: {type(error).__name__}: {error}"
        if not made.strip() or len(made) > _MOST:
            return "", f"the template {name} makes {'nothing' if not made.strip() else 'more than a mail holds'}"
        return made, ""


def _line(error: Exception) -> int | None:
    """Where in the template it went wrong: Jinja makes the traceback tell the template's own lines."""
    lines = [frame.lineno for frame in extract_tb(error.__traceback__) if frame.filename == "<template>"]
    return getattr(error, "lineno", None) or (lines[-1] if lines else None)


BUILT_IN = Pages()


@lru_cache(maxsize=1)
def _built_in() -> Template:
    loader = PackageLoader("crawler.alerts", "templates")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template(_HTML)


@lru_cache(maxsize=4)
def _compiled(source: str, *, html: bool) -> Template:
    environment = ImmutableSandboxedEnvironment(
        autoescape=html, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    return environment.from_string(source)

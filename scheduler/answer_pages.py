"""The pages behind the links of a mail: GET asks, POST does, both say what; nothing is remembered of who came.

There is no cookie and no session, so no other page can borrow a right that a browser has: whoever has the link may do
what it says, and that is what a mail's link is for. No script, no picture, no style from elsewhere, and no frame.
"""

from __future__ import annotations

import base64
import hashlib
import sqlite3
from functools import cache

from jinja2 import Environment, StrictUndefined, Template

from crawler import answering
from crawler.alerts.replies import Asked, TokenError, read, token, undone
from crawler.errors import StorageError
from crawler.runtime import Runtime
from crawler.storage import Meant, Store
from scheduler.reply import Reply

_STYLE = (
    ":root{color-scheme:light dark}body{font:1.125rem/1.5 system-ui,sans-serif;max-width:34rem;margin:3rem auto;"
    "padding:0 1rem;overflow-wrap:anywhere}button{font:inherit;padding:.6rem 1.2rem;min-height:44px}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = (
    ("Content-Security-Policy", _POLICY),
    ("X-Frame-Options", "DENY"),
    ("X-Robots-Tag", "noindex"),
)
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }} · Tidings</title>
<style>{{ style }}</style>
</head>
<body>
<main>
<h1 dir="auto">{{ title }}</h1>
{% if says %}<p dir="auto">{{ says }}</p>{% endif %}
{% if button %}<form method="post" action="{{ action }}"><button type="submit">{{ button }}</button></form>{% endif %}
</main>
</body>
</html>
"""
PREFIX = "/answer/"


class AnswerPages:
    """What the endpoint answers below ``/answer/``; asked in a thread, by a connection of its own."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._key = runtime.answer_key

    def answer(self, word: str, *, posted: bool) -> Reply:
        """The page of a link; ``posted`` does what it asks."""
        try:
            asked = read(word, self._key, self._runtime.clock())
        except TokenError as error:
            return _page(404, "This link cannot be used", str(error))
        try:
            return self._answer(asked, posted=posted)
        except (StorageError, sqlite3.Error):
            return _page(503, "Not now", "The archive cannot be used at this moment. Try again in a minute.")

    def _answer(self, asked: Asked, *, posted: bool) -> Reply:
        path = self._runtime.config.storage.path
        with (Store.guest if posted else Store.reader)(path) as store:
            meant = answering.meant_by(store, asked)
            if meant is None:
                return _page(404, "This link cannot be used", "What it is about is not in the archive any more.")
            if not posted:
                return _page(200, answering.words(asked, meant).ask, "", button="Yes", action=self._path(asked))
            answering.act(store, asked, meant, self._runtime.clock())
            return self._done(asked, meant)

    def _done(self, asked: Asked, meant: Meant) -> Reply:
        done = answering.words(asked, meant).done
        back = undone(asked)
        if back is None:
            return _page(200, done, "You can close this page.")
        says = "You can close this page, or take it back."
        return _page(200, done, says, button="Take it back", action=self._path(back))

    def _path(self, asked: Asked) -> str:
        """Beside the page itself, whatever path a web server before us put in front."""
        return token(asked, self._key)


@cache
def _template() -> Template:
    return Environment(autoescape=True, undefined=StrictUndefined).from_string(_PAGE)


def _page(status: int, title: str, says: str, *, button: str = "", action: str = "") -> Reply:
    body = _template().render(title=title, says=says, button=button, action=action, style=_STYLE)
    return Reply(status, body, "text/html; charset=utf-8", _HEADERS)

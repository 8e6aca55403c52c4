"""Which source the work of the moment is about, so that every log record can say so and no call has to.

Scrapy makes a task for each download, each callback and each item, out of whatever task happens to be at work: what a
task inherits may be another source's. So the source is bound anew at each of these doors (`middlewares.Network`,
`handlers.Http`, the spider's callbacks); from there on tasks that come of it inherit the right one.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any, Concatenate, ParamSpec, TypeVar

from crawler.model import Due

P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S")
T = TypeVar("T")

META = "about"
"""The key of ``Request.meta`` under which a request carries its source; redirects keep it."""

PUSHED = "pushed"
"""The key of ``Request.meta`` under which a request carries the document itself: a hub sent it (``model.Pushed``)."""

_ABOUT: ContextVar[Due | None] = ContextVar("about", default=None)


def current() -> Due | None:
    """The source that the work of the moment is about; ``None`` between polls."""
    return _ABOUT.get()


def bind(due: Due | None) -> None:
    """Let the running task, and the tasks that it makes, be about a source; ``None``: about none."""
    _ABOUT.set(due)


def bind_from(meta: Mapping[str, Any]) -> None:
    """As :func:`bind`, with the source that a request carries in its ``meta``; robots.txt is about none."""
    bind(meta.get(META))


def binds(method: Callable[Concatenate[S, T, P], R]) -> Callable[Concatenate[S, T, P], R]:
    """Decorate a spider's callback or errback: bind the source of the request before anything of it runs.

    A generator's body runs later, and in another task, which inherits from the one that calls.
    """

    @functools.wraps(method)
    def call(spider: S, answer: T, /, *args: P.args, **named: P.kwargs) -> R:
        request = getattr(answer, "request", None)
        bind_from(getattr(request, "meta", {}))
        return method(spider, answer, *args, **named)

    return call

"""A real SMTP server on a free port of loopback, in a thread, for as long as a test needs it."""

from __future__ import annotations

import asyncio
import ssl
import threading
from contextlib import suppress
from typing import Self

from aiosmtpd.smtp import SMTP


class PostOffice:
    """Serves aiosmtpd's ``SMTP`` with ``handler`` while the ``with`` block lasts; ``port`` says where.

    aiosmtpd's own Controller connects to the port it was asked for, which a free port (0) is not.
    """

    def __init__(self, handler: object, *, tls: ssl.SSLContext | None = None, **settings: object) -> None:
        self._handler = handler
        self._tls = tls
        self._settings: dict[str, object] = {"hostname": "post.example", "ident": "post", **settings}
        self._loop = asyncio.new_event_loop()
        self._open: set[asyncio.BaseTransport] = set()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._ready = threading.Event()
        self.port = 0

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10), "the mail server did not start"
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        assert not self._thread.is_alive()

    def _serve(self) -> None:
        server = self._loop.run_until_complete(self._loop.create_server(self._session, "127.0.0.1", 0, ssl=self._tls))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        self._loop.run_until_complete(self._close())
        self._loop.close()

    def _session(self) -> SMTP:
        return SMTP(self._handler, loop=self._loop, **self._settings)  # type: ignore[arg-type]

    async def _close(self) -> None:
        running = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in running:
            task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*running, return_exceptions=True)
        await asyncio.sleep(0.01)  # lets the transports close

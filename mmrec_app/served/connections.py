"""Connections that ask for nothing are closed: else anybody could hold as many as there may be.

uvicorn has a limit of time for a connection that was answered, and none before
(https://uvicorn.dev/settings/#timeouts).
"""

from asyncio import TimerHandle, Transport

import uvicorn.config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 20.0
"""Until a request's head must be there, from the connection or its first byte on."""

SILENT_SECONDS = 60.0
"""Between two pieces of a request's body."""

LARGEST_HEAD = 64 * 1024
"""Bytes of a request's head."""


class Connection(HttpToolsProtocol):
    """A connection that is closed where its request does not come, or its head does not end."""

    _timer: TimerHandle | None = None
    _unread = 0  # bytes of a head that has not ended

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Wait for a request."""
        super().connection_made(transport)
        self._wait(HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._wait(None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on."""
        if self.cycle is None or self.cycle.response_complete:
            if self._timer is None:
                self._wait(HEAD_SECONDS)
            if self._unread > LARGEST_HEAD:
                self.send_400_response("The head of this request is too large.")
                return
            self._unread += len(data)
        super().data_received(data)

    def on_headers_complete(self) -> None:
        """Wait for the body."""
        self._unread = 0
        self._wait(SILENT_SECONDS)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Wait for more of it."""
        self._wait(SILENT_SECONDS)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Wait no more: the answer takes its time."""
        self._wait(None)
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """Wait no more: WebSockets have pings."""
        self._wait(None)
        super().handle_websocket_upgrade()

    def _wait(self, seconds: float | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None
        if seconds is not None:
            self._timer = self.loop.call_later(seconds, self.timeout_keep_alive_handler)


def use() -> None:
    """Let the server that starts next in this process take such connections."""
    uvicorn.config.HTTP_PROTOCOLS["auto"] = f"{__name__}:{Connection.__name__}"

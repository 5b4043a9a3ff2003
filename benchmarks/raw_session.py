"""A visitor without a browser: Streamlit's WebSocket, and the pictures that a page names.

The server cannot tell it from a browser that shows every page in full. It draws nothing, so that
many fit beside the server on one machine.
"""

import re
from time import perf_counter
from typing import Self
from urllib.parse import urlsplit

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect
from websockets.typing import Origin, Subprotocol

_PICTURE = re.compile(rb"thumbnails/[0-9a-f]+/\d+\.webp")
_RED_BOX = "exception"


class RawSession:
    """One visitor, from the first page to the last; each page is a script run of the server."""

    def __init__(self, url: str, http: httpx.AsyncClient):
        self._url, self._http = url, http
        self._seen: set[bytes] = set()  # pictures that a browser would have kept

    async def __aenter__(self) -> Self:
        parts = urlsplit(self._url)
        await self._http.get(f"{self._url}/healthz")  # of several processes one is ours by a cookie
        cookies = "; ".join(f"{name}={value}" for name, value in self._http.cookies.items())
        self._socket = await connect(
            f"ws://{parts.netloc}{parts.path}/_stcore/stream",
            origin=Origin(self._url),
            additional_headers={"Cookie": cookies},
            subprotocols=[Subprotocol("streamlit")],
            max_size=None,
            open_timeout=None,
            ping_interval=None,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._socket.close()

    async def show(self, page: str, query: str = "") -> float:
        """Go to a page, and return the seconds until all of it is there.

        Raises
        ------
        RuntimeError
            If the page failed, or a picture did not come.
        """
        asked = BackMsg()
        state = asked.rerun_script
        state.query_string = query
        state.page_name = page
        state.context_info.locale = "en-US"
        state.context_info.url = f"{self._url}/{page}?{query}"
        start = perf_counter()
        await self._socket.send(asked.SerializeToString())
        pictures = await self._drawn(page)
        for picture in pictures - self._seen:
            answer = await self._http.get(f"{self._url}/{picture.decode()}")
            if answer.status_code != 200:
                raise RuntimeError(f"{picture.decode()}: {answer.status_code}")
        taken = perf_counter() - start
        self._seen |= pictures
        return taken

    async def _drawn(self, page: str) -> set[bytes]:
        """Read until the script has run; return the pictures that its messages name."""
        pictures: set[bytes] = set()
        while True:
            data = await self._socket.recv()
            assert isinstance(data, bytes)
            pictures |= set(_PICTURE.findall(data))
            message = ForwardMsg.FromString(data)
            kind = message.WhichOneof("type")
            if kind == "delta" and message.delta.new_element.WhichOneof("type") == _RED_BOX:
                raise RuntimeError(f"{page}: {message.delta.new_element.exception.message}")
            elif kind == "script_finished":
                if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                    raise RuntimeError(f"{page}: its script failed")
                if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                    return pictures

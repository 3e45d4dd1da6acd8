"""A loopback proxy that lets a request through and cuts the connection before its answer."""

import asyncio
from collections.abc import Callable
from urllib.parse import urlsplit

CHUNK = 65_536


class CuttingProxy:
    """Between a driver and its store. `cut_after` decides by a request's bytes whose answer is lost."""

    def __init__(self, url: str) -> None:
        self.cuts = 0
        self.cut_after: Callable[[bytes], bool] = lambda _: False
        parts = urlsplit(url)
        self._connections: set[asyncio.Task[None]] = set()
        self._directions: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._host, self._port = parts.hostname or "", parts.port or 0

    async def listen(self) -> int:
        """Begins to serve; returns the port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Cuts all connections and serves no more."""
        if self._server:
            self._server.close()
        while self._connections:  # one that was still being opened has no directions to cancel yet
            for direction in tuple(self._directions):
                direction.cancel()
            await asyncio.wait(self._connections, timeout=0.05)

    def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = asyncio.create_task(self._relay(reader, writer))
        self._connections.add(connection)
        connection.add_done_callback(self._connections.discard)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        store_reader, store_writer = await asyncio.open_connection(self._host, self._port)
        doomed = asyncio.Event()
        directions = {
            asyncio.create_task(self._requests(reader, store_writer, doomed)),
            asyncio.create_task(self._answers(store_reader, writer, doomed)),
        }
        self._directions |= directions
        await asyncio.wait(directions, return_when=asyncio.FIRST_COMPLETED)
        for each in (writer, store_writer):
            each.close()
        await asyncio.gather(*directions, return_exceptions=True)
        self._directions -= directions

    async def _requests(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, doomed: asyncio.Event
    ) -> None:
        while chunk := await reader.read(CHUNK):
            if self.cut_after(chunk):
                doomed.set()
            writer.write(chunk)

    async def _answers(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, doomed: asyncio.Event) -> None:
        while chunk := await reader.read(CHUNK):
            if doomed.is_set():
                self.cuts += 1
                return
            writer.write(chunk)

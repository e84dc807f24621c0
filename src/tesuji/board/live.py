"""Pages that follow what is recorded: one stream of server-sent events for each that is looked at.

A stream looks at most twice a second whether anything was recorded (`PRAGMA data_version`: no table
is read, and a run that writes is never held up). Then the parts of its page are made anew, and
those that came out otherwise are sent. Making them may take a tenth of the time at most.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tesuji.errors import TesujiError

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

TICK = 0.5  # seconds between two looks
MOST = 16  # streams at once: a browser has six connections to one host
_SHARE = 10  # of ten seconds, one is for making parts
_SIGN = 15.0  # seconds without a word, after which a stream shows that it is there


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a page that changes as a run goes on."""

    html: str
    digest: str


def make_part(html: str) -> Part:
    """The part with this content."""
    return Part(html, hashlib.blake2b(html.encode("utf-8", "replace"), digest_size=8).hexdigest())


class Live:
    """The streams of a board."""

    def __init__(self) -> None:
        self.open = 0
        self._ended = asyncio.Event()

    def end(self) -> None:
        """End all streams: the board is about to close."""
        self._ended.set()

    def answer(
        self, request: Request, stamp: Callable[[], Awaitable[str]],
        make: Callable[[], Awaitable[Mapping[str, Part]]],
    ) -> Response:  # fmt: skip
        """The stream of a page: `make` makes its parts, and need not be asked while `stamp` stays
        the same. `since` in the address, or the browser's Last-Event-ID, is the stamp of what the
        page shows already."""
        from starlette.responses import PlainTextResponse, StreamingResponse

        if not _from_own_page(request):
            return PlainTextResponse("only a page of the board may follow it\n", 403)
        if request.method == "HEAD":
            return PlainTextResponse("", media_type="text/event-stream")
        if self.open >= MOST or self._ended.is_set():
            return PlainTextResponse("too many pages follow the board\n", 503)
        return StreamingResponse(self._events(request, stamp, make), media_type="text/event-stream")

    async def _events(
        self, request: Request, stamp: Callable[[], Awaitable[str]],
        make: Callable[[], Awaitable[Mapping[str, Part]]],
    ) -> AsyncIterator[bytes]:  # fmt: skip
        known = request.headers.get("last-event-id") or request.query_params.get("since")
        sent: dict[str, str] = {}
        self.open += 1
        try:
            yield b"retry: 3000\n\n"
            spoken = time.monotonic()
            while not self._ended.is_set() and not await request.is_disconnected():
                pause = TICK
                if (now := await stamp()) != known:
                    began = time.monotonic()
                    parts = await make()
                    new = {name: one for name, one in parts.items()
                           if sent.get(name) != one.digest}  # fmt: skip
                    sent |= {name: one.digest for name, one in new.items()}
                    known, spoken = now, time.monotonic()
                    pause = max(pause, _SHARE * (spoken - began))
                    yield _event(now, new)
                elif time.monotonic() - spoken > _SIGN:
                    spoken = time.monotonic()
                    yield b":\n\n"
                await self._sleep(pause)
        except TesujiError:
            return  # the ledger is gone, or cannot be read: the browser asks again
        finally:
            self.open -= 1

    async def _sleep(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._ended.wait(), seconds)
        except TimeoutError:
            return


def _event(stamp: str, parts: Mapping[str, Part]) -> bytes:
    """All on one line, in ASCII: nothing in a name can end the event or begin another."""
    data = json.dumps({name: [one.digest, one.html] for name, one in parts.items()})
    return f"id: {stamp}\ndata: {data}\n\n".encode("ascii")


def _from_own_page(request: Request) -> bool:
    """Whether the browser says of itself that another site asks: that one could not read the
    stream, but it could take the places of those that can."""
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    return site in (None, "same-origin", "none") and origin in (
        None, f"http://{request.headers.get('host')}",
    )  # fmt: skip

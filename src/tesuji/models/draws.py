"""Repeated draws of one prompt, asked for in one call, so that the prompt is paid once.

Requests that ask for the same with `n > 1` and arrive in the same tick of the event loop go as
one call with `n` = their number. A server may ignore `n` or refuse it: then the rest is fetched
one by one, it is said once, and no call with `n` is tried again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace

from tesuji.models.base import Output, Request
from tesuji.models.transport import BadRequestError

_MOST = 128  # the largest n that OpenAI's own server takes
_log = logging.getLogger("tesuji")


class Draws:
    """Collects draws of one prompt. `call(request, n)` must send it once."""

    def __init__(self, where: str, call: Callable[[Request, int], Awaitable[list[Output]]]) -> None:
        self._where = where
        self._call = call
        self._waiting: dict[Request, list[tuple[Request, asyncio.Future[Output]]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.together = True

    def fits(self, request: Request) -> bool:
        """Whether a request is one of several draws that may go together.

        Draws with a seed go one by one, each with its own: together they could not be repeated.
        """
        return self.together and request.n > 1 and request.sampling.seed is None

    async def draw(self, request: Request) -> Output:
        """One draw of `request`, fetched together with its siblings of this tick."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Output] = loop.create_future()
        key = replace(request, n=1, index=0)
        siblings = self._waiting.setdefault(key, [])
        siblings.append((request, future))
        if len(siblings) == 1:
            loop.call_soon(self._send, key)
        elif len(siblings) == _MOST:
            self._send(key)
        return await future

    def _send(self, key: Request) -> None:
        siblings = self._waiting.pop(key, None)
        if siblings is None:
            return
        task = asyncio.get_running_loop().create_task(self._fetch(siblings))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        for _, future in siblings:
            future.add_done_callback(lambda _: _stop_if_unwanted(task, siblings))

    async def _fetch(self, siblings: list[tuple[Request, asyncio.Future[Output]]]) -> None:
        try:
            outputs = await self._outputs([request for request, _ in siblings])
        except asyncio.CancelledError:
            _cancel(siblings)
            raise
        except Exception as error:
            for _, future in siblings:
                if not future.done():
                    future.set_exception(error)
            return
        for (_, future), output in zip(siblings, outputs, strict=True):
            if future.done():
                continue
            if isinstance(output, Output):
                future.set_result(output)
            else:
                future.set_exception(output)

    async def _outputs(self, requests: list[Request]) -> list[Output | BaseException]:
        if len(requests) == 1:
            return list((await self._call(requests[0], 1))[:1])
        try:
            got: list[Output] = await self._call(requests[0], len(requests))
            refusal = None
        except BadRequestError as error:
            got, refusal = [], error
        missing = requests[len(got) :]
        if refusal is not None:
            # Is it `n` that is refused, or the request itself? One draw alone tells.
            got = await self._call(missing[0], 1)
            missing = missing[1:]
        if missing and self.together:
            self.together = False
            _log.warning(
                "%s does not give several answers in one call: asking one by one", self._where
            )
        rest = await asyncio.gather(
            *(self._call(request, 1) for request in missing), return_exceptions=True
        )
        singles = [one if isinstance(one, BaseException) else one[0] for one in rest]
        return [*got[: len(requests)], *singles]

    def close(self) -> None:
        """Give up what is under way."""
        for siblings in self._waiting.values():
            _cancel(siblings)
        self._waiting.clear()
        for task in list(self._tasks):
            task.cancel()


def _stop_if_unwanted(
    task: asyncio.Task[None], siblings: list[tuple[Request, asyncio.Future[Output]]]
) -> None:
    if all(future.cancelled() for _, future in siblings):
        task.cancel()


def _cancel(siblings: list[tuple[Request, asyncio.Future[Output]]]) -> None:
    for _, future in siblings:
        future.cancel()

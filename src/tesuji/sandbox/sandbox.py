"""The sandbox: a warm process from which workers are forked."""

from __future__ import annotations

import asyncio
import atexit
import os
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict

from tesuji.errors import TesujiError
from tesuji.sandbox.helper import Ends, Helper
from tesuji.sandbox.layers import Layer, described, holes
from tesuji.sandbox.limits import Limits
from tesuji.sandbox.session import Session

PRELOAD = ("numpy", "sympy", "mpmath", "fractions", "statistics", "decimal", "itertools", "heapq")


class Sandbox:
    """Runs Python that a model wrote: `async with Sandbox() as sandbox`, then `open()`.

    Its server loads numpy and sympy once, where they are installed, and forks a worker for each
    session. It belongs to no event loop and to no thread: sessions may be opened from any.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        unsafe: bool = False,
        preload: Sequence[str] = PRELOAD,
        _without: Collection[str] = (),
    ) -> None:
        """`unsafe` runs code even where nothing keeps it from files or the network.

        `preload` are packages and modules that the server loads before it forks; those that aren't
        installed are left out. `_without` names layers that are left off, for tests.
        """
        self.limits = limits or Limits()
        self._unsafe, self._without = unsafe, frozenset(_without)
        self._preload = tuple(preload)
        self._helper: Helper | None = None
        self._starting = threading.Lock()

    async def open(self, limits: Limits | None = None) -> Session:
        """A session with a worker of its own, which has seen nothing of other sessions.

        Starts the server if there is none, which takes a second. TesujiError where it can't be,
        or where files or the network would be open to the code and `unsafe` wasn't said.
        """
        await asyncio.to_thread(self._ready)
        return Session(lambda: self._worker(limits or self.limits), limits or self.limits)

    async def layers(self) -> tuple[Layer, ...]:
        """What this sandbox's workers are locked in by."""
        return described((await asyncio.to_thread(self._ready)).missing)

    async def close(self) -> None:
        """End the server and all its workers; sessions that are open end as killed."""
        await asyncio.to_thread(self.shut)

    def shut(self) -> None:
        """`close`, where no event loop runs."""
        with self._starting:
            helper, self._helper = self._helper, None
        if helper is not None:
            helper.close()

    async def __aenter__(self) -> Sandbox:
        await asyncio.to_thread(self._ready)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def _ready(self) -> Helper:
        with self._starting:
            if self._helper is None or not self._helper.alive:
                if self._helper is not None:
                    self._helper.close()
                self._helper = Helper(without=tuple(self._without), preload=self._preload)
                open_to = holes(self._helper.missing)
                if open_to and not self._unsafe:
                    self._helper.close()
                    missing, self._helper = self._helper.missing, None
                    raise TesujiError(_refusal(open_to, missing))
            return self._helper

    def _worker(self, limits: Limits) -> Ends:
        amounts = {k: v for k, v in asdict(limits).items() if k not in ("seconds", "output")}
        for _ in range(2):  # the second time with a new server, if the first was killed
            if self._helper is None:
                raise TesujiError("the sandbox of this session is closed")
            helper = self._ready()
            try:
                return helper.worker(amounts)
            except ConnectionError as error:
                problem = error
                helper.close()
        raise TesujiError(f"the sandbox has no worker to give: {problem}") from problem


def _refusal(open_to: Collection[str], gone: Mapping[str, str]) -> str:
    needed = [name for name in ("mount namespace", "network namespace", "landlock", "seccomp")
              if name in gone]  # fmt: skip
    why = "; ".join(f"no {name} ({gone[name]})" for name in needed)
    return (
        f"code of a model could reach {' and '.join(open_to)} here: {why}. "
        "Say unsafe=True to run it all the same"
    )


_shared: dict[int, Sandbox] = {}
_sharing = threading.Lock()


def shared() -> Sandbox:
    """The one sandbox of this process, with the default limits; ended when the process ends."""
    with _sharing:
        process = os.getpid()
        if process not in _shared:  # a fork of another process has its own
            _shared[process] = Sandbox()
            atexit.register(_end_shared, process)
        return _shared[process]


def _end_shared(process: int) -> None:
    sandbox = _shared.get(process) if process == os.getpid() else None
    if sandbox is not None:
        sandbox.shut()

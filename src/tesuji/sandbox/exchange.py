"""One piece of code sent to a worker, and all that comes back, with nothing of it believed.

The worker may be hostile: bytes on its pipes are counted, bounded and decoded, never evaluated.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time

from tesuji.errors import TesujiError
from tesuji.sandbox.helper import Ends
from tesuji.sandbox.inside import wire
from tesuji.sandbox.limits import Limits
from tesuji.sandbox.outcome import End

_STARTING = 60.0  # seconds for a worker to be forked, after those that were asked for earlier
_GRACE = 0.5  # seconds for code to end by itself once it is interrupted
_PART = 1 << 16  # bytes at a time; what a pipe holds
_WIDEST = 4  # bytes of a character
_ENDS: dict[str, End] = {"ok": "ok", "error": "error", "memory": "memory", "time": "error"}


class Exchange:
    """One run while it goes on. Afterwards: `end`, `value`, `error`, `printed()`, `lost`."""

    def __init__(self, ends: Ends, number: int, code: bytes, limits: Limits) -> None:
        self._ends, self._number, self._limits = ends, number, limits
        self._waiting = wire.HEADER.pack(len(code)) + code
        self._answer = bytearray()
        self._head, self._tail, self._count = bytearray(), bytearray(), 0
        self._answered = False
        self._done = asyncio.get_running_loop().create_future()
        self._locked = asyncio.get_running_loop().create_future()  # the worker has said that it is
        if number > 1:
            self._locked.set_result(None)
        self.end: End | None = None
        self.value: str | None = None
        self.error: str | None = None
        self.seconds = 0.0
        self.lost = False  # the worker is dead or must die

    async def go(self) -> None:
        """Until there is an answer, the worker is dead, or its time is over."""
        with contextlib.suppress(OSError):  # dead already: found as soon as it is listened to
            self._ends.line.send(wire.BEGIN)
        self._listen()
        try:
            await asyncio.wait({self._locked, self._done}, timeout=_STARTING,
                               return_when=asyncio.FIRST_COMPLETED)  # fmt: skip
            start = time.monotonic()
            if not await _within(self._done, self._limits.seconds):
                self.end = "time"
                with contextlib.suppress(OSError):
                    self._ends.line.send(wire.INTERRUPT)
                self.lost = not await _within(self._done, _GRACE)
            self.seconds = time.monotonic() - start
        finally:
            self._stop_listening()
        self._read_rest()
        if self.end == "time":
            self._say_stopped(f"stopped after {self._limits.seconds:g} s")

    def printed(self) -> str:
        """What it wrote to stdout and stderr, within the limit, cut in the middle."""
        limit = self._limits.printed
        if self._count <= limit * _WIDEST:
            return wire.cut(self._head.decode("utf-8", "replace"), limit)
        note = f"\n[… of {self._count:,} bytes …]\n"
        room = max(0, limit - len(note))
        head = self._head.decode("utf-8", "replace")[: room // 2]
        tail = self._tail.decode("utf-8", "replace")
        return (head + note + tail[len(tail) - (room - room // 2) :])[:limit]

    def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        loop.add_writer(self._ends.code, self._write)
        loop.add_reader(self._ends.result, self._read_answer)
        loop.add_reader(self._ends.output, self._read_output)
        loop.add_reader(self._ends.line.fileno(), self._read_line)

    def _stop_listening(self) -> None:
        loop = asyncio.get_running_loop()
        loop.remove_writer(self._ends.code)
        for reader in (self._ends.result, self._ends.output, self._ends.line.fileno()):
            loop.remove_reader(reader)

    def _finish(self) -> None:
        if not self._done.done():
            self._done.set_result(None)

    def _give_up(self, end: End, why: str) -> None:
        self.end, self.error, self.lost = end, why, True
        self._finish()

    def _say_stopped(self, note: str) -> None:
        self.error = f"{self.error}\n{note}" if self.error else note

    def _write(self) -> None:
        try:
            self._waiting = self._waiting[os.write(self._ends.code, self._waiting) :]
        except BlockingIOError:
            return
        except OSError:
            self._waiting = b""
        if not self._waiting:
            asyncio.get_running_loop().remove_writer(self._ends.code)

    def _read_answer(self) -> None:
        part = _read(self._ends.result)
        if part is None:
            return
        if not part:  # closed: the line will say how the worker ended, if it did
            asyncio.get_running_loop().remove_reader(self._ends.result)
            return
        self._answer += part
        while len(self._answer) >= wire.ANSWER.size and not self._answered:
            number, end, value, error = wire.ANSWER.unpack_from(self._answer)
            most = self._limits.printed * _WIDEST * 3 + 1  # an escaped surrogate has 6 bytes
            if end >= len(wire.ENDS) or value > most or error > most:
                self._give_up("killed", "the code wrote to the sandbox's own pipe")
                return
            start = wire.ANSWER.size
            stop = start + max(0, value - 1) + max(0, error - 1)
            if len(self._answer) < stop:
                return
            middle = start + max(0, value - 1)
            if not self._locked.done():  # its first word, before it has any code
                self._locked.set_result(None)
            if number == self._number:  # else it was forged, or belongs to an earlier run
                self._take(wire.ENDS[end], self._text(value, start, middle),
                           self._text(error, middle, stop))  # fmt: skip
            del self._answer[:stop]

    def _text(self, given: int, start: int, stop: int) -> str | None:
        if not given:
            return None
        return wire.cut(self._answer[start:stop].decode("utf-8", "replace"), self._limits.printed)

    def _take(self, end: str, value: str | None, error: str | None) -> None:
        self._answered = True
        self.value, self.error = value, error
        self.end = self.end or _ENDS[end]
        self._finish()

    def _read_output(self) -> None:
        part = _read(self._ends.output)
        if part:
            self._keep(part)
        elif part is not None:
            asyncio.get_running_loop().remove_reader(self._ends.output)
        if self._count > self._limits.output:
            self._give_up("output", f"stopped after {self._count:,} bytes of output")

    def _keep(self, part: bytes) -> None:
        room = self._limits.printed * _WIDEST
        self._count += len(part)
        self._head += part[: max(0, room - len(self._head))]
        self._tail = (self._tail + part)[-room:]

    def _read_line(self) -> None:
        """The worker is dead; the server says how, or is dead too."""
        try:
            said = self._ends.line.recv(wire.ENDED.size)
        except BlockingIOError:
            return
        except OSError:
            said = b""
        self.lost = True
        self._read_rest()
        self._read_answer()
        if not self._answered and self.end is None:
            self.end, self.error = self._how(said)
        self._finish()

    def _how(self, said: bytes) -> tuple[End, str]:
        if len(said) != wire.ENDED.size:
            return "killed", "the sandbox's server ended, or could start no worker"
        why, status = wire.ENDED.unpack(said)
        if why == wire.CPU:
            return "time", f"stopped after {self._limits.cpu:g} s of CPU time"
        if why == wire.DISK:
            most = f"{self._limits.disk:,} bytes or {self._limits.files:,} files"
            return "killed", f"stopped: more than {most} in its folder"
        if os.WIFSIGNALED(status):
            number = os.WTERMSIG(status)
            known = {one.value for one in signal.Signals}
            name = signal.Signals(number).name if number in known else f"signal {number}"
            return "killed", f"the process was ended by {name}"
        if not self._locked.done() and not self._done.done():
            told = self.printed().strip() or "the sandbox's worker does not start"
            self._done.set_exception(TesujiError(told))
        return "killed", f"the process ended itself (exit status {os.WEXITSTATUS(status)})"

    def _read_rest(self) -> None:
        """What is in the output's pipe still; never more than pipes hold, it may be refilled."""
        for _ in range(4):
            part = _read(self._ends.output)
            if not part:
                return
            self._keep(part)


def _read(pipe: int) -> bytes | None:
    try:
        return os.read(pipe, _PART)
    except BlockingIOError:
        return None
    except OSError:
        return b""


async def _within(done: asyncio.Future[None], seconds: float) -> bool:
    finished, _ = await asyncio.wait({done}, timeout=seconds)
    if finished:
        done.result()
    return bool(finished)

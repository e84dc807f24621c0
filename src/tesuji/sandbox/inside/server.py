"""The server: loads the libraries once, then forks a worker for each session that is asked for.

It listens on one socket. A message is a session's limits as JSON, and with it four file
descriptors: the worker's code, result and output pipes, and the session's *line*, a socket on
which the server is told that a run begins (`r`), that the code is to be interrupted (`i`), or by
its closing that the session is over; and on which it says how the worker ended. Nothing that a
worker writes is read here.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import folder, kernel, namespaces, worker
from .libraries import load_all, readable
from .namespaces import Missing
from .warming import warm
from .wire import BEGIN, CPU, DISK, ENDED, INTERRUPT, NOT_LOCKED, OF_ITSELF

_NO_FOLDER = "nothing here could keep the code inside one, so it may open no file"
_TICK = 100  # ms between looks at the CPU time and folders of workers


@dataclass(slots=True)
class Session:
    """A worker that lives."""

    process: int
    watch: int | None  # its pidfd
    line: socket.socket
    folder: str | None
    limits: dict[str, Any]
    ceiling: float | None = None  # CPU seconds that it may come to
    why: bytes = OF_ITSELF
    over: bool = False  # the other end of the line is closed


class Server:
    """All that the process keeps."""

    def __init__(self, settings: dict[str, Any], users: int, missing: Missing, proc: int) -> None:
        self.control = socket.socket(fileno=settings["control"])
        self.base = settings["base"]
        self.missing = missing
        self.users = users
        self.root: bool = settings["root"]
        self.readable: list[str] = []
        self.proc = proc
        self.processes: int | None = None  # its own process namespace, to come back to
        self.sessions: dict[int, Session] = {}  # by the line's descriptor
        self.count = 0
        self.poll = select.poll()

    def prepare(self, preload: list[str], libraries: list[str]) -> dict[str, Any]:
        """Load the libraries, go where workers live, try every layer; what to tell the parent."""
        versions = {}
        sys.path += [path for path in libraries if path not in sys.path]
        for name in preload:
            with contextlib.suppress(ImportError):
                versions[name] = str(getattr(importlib.import_module(name), "__version__", ""))
        warm(versions)
        self.readable = readable(libraries)
        if "pid namespace" not in self.missing:
            try:
                self.processes = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
            except OSError as error:
                self.missing["pid namespace"] = error.strerror or str(error)
        if "mount namespace" not in self.missing:
            try:
                namespaces.change_root(self.base, self.readable)
            except OSError as error:
                self.missing["mount namespace"] = error.strerror or str(error)
        self._try_layers()
        if "mount namespace" in self.missing:
            folder.sweep(f"{self.base}/0")
        if {"mount namespace", "landlock"} <= self.missing.keys() and "seccomp" not in self.missing:
            self.missing.setdefault("own folder", _NO_FOLDER)
            if preload:
                load_all(preload)
        gc.collect()
        gc.freeze()
        return {"missing": self.missing, "loaded": versions}

    def _try_layers(self) -> None:
        """Trial workers, which only lock themselves in and say what they could not do."""
        if self.processes is not None:
            try:
                os.waitpid(self._trial(), 0)
            except OSError as error:
                self.missing["pid namespace"] = error.strerror or str(error)
                self.processes = None
        while "unprivileged user" in self._tried():
            pass  # what a worker of that user was refused, another may get

    def _tried(self) -> set[str]:
        """What one more trial found missing."""
        come, go = os.pipe()
        child = self._trial(go)
        os.close(go)
        os.waitpid(child, 0)
        told = os.read(come, 1 << 16)
        os.close(come)
        if not told:
            raise RuntimeError("a worker does not get through its layers")
        found = {k: v for k, v in json.loads(told).items() if k not in self.missing}
        if "unprivileged user" in found:
            found = {"unprivileged user": found["unprivileged user"]}
        self.missing.update(found)
        return set(found)

    def _trial(self, go: int | None = None) -> int:
        limits = {"cpu": 5, "memory": 1 << 28, "disk": 1 << 20, "files": 64, "open_files": 64}
        limits |= {"processes": 16, "printed": 100}
        place = self._folder()
        cell = self._cell(limits, place)
        child = self._fork()
        if child == 0:
            if go is not None:
                worker.lock(cell, self.missing, trial=True)
                os.write(go, json.dumps(self.missing).encode())
            os._exit(0)
        return child

    def _cell(self, limits: dict[str, Any], place: str | None) -> worker.Cell:
        server = 0 if self.processes is not None else os.getpid()
        return worker.Cell(
            self.count, self.users, self.root, place, self.readable, self._size(), server, limits
        )

    def _size(self) -> int:
        """Bytes of address space in use."""
        statm = os.open("self/statm", os.O_RDONLY, dir_fd=self.proc)
        try:
            return int(os.read(statm, 200).split()[0]) * os.sysconf("SC_PAGE_SIZE")
        finally:
            os.close(statm)

    def _folder(self) -> str | None:
        """A folder on disk for the next session, where it can't have a file system of its own.

        None too where nothing would keep the code inside it.
        """
        if "mount namespace" not in self.missing or "own folder" in self.missing:
            return None
        place = Path(self.base) / str(self.count)
        place.mkdir(mode=0o700, exist_ok=self.count == 0)  # trials share one
        return str(place)

    def _fork(self) -> int:
        """Like os.fork; the child is the first process of a namespace of its own."""
        if self.processes is None:
            return os.fork()
        kernel.call("unshare", kernel.NEWPID)
        child = -1
        try:
            child = os.fork()
        finally:
            if child:
                kernel.call("setns", self.processes, kernel.NEWPID)
        return child

    def serve(self) -> None:
        """Until the parent closes the socket."""
        self.poll.register(self.control, select.POLLIN)
        while True:
            for descriptor, _ in self.poll.poll(_TICK if self.sessions else None):
                if descriptor == self.control.fileno():
                    message, pipes, _, _ = socket.recv_fds(self.control, 1 << 16, 4)
                    if not message:
                        return
                    try:
                        self._open(json.loads(message), pipes)
                    except OSError:  # no more processes: the session learns it from its line
                        for pipe in pipes:
                            os.close(pipe)
                elif descriptor in self.sessions:
                    self._told(descriptor)
            for descriptor, session in list(self.sessions.items()):
                self._look(descriptor, session)

    def _open(self, limits: dict[str, Any], pipes: list[int]) -> None:
        if len(pipes) != 4:
            raise OSError("not all pipes came through: too many are open")
        self.count += 1
        place = self._folder()
        cell = self._cell(limits, place)
        code, result, output, line = pipes
        child = self._fork()
        if child == 0:
            self._be_worker(cell, (code, result, output))
        for pipe in (code, result, output):
            os.close(pipe)
        watch = kernel.watch(child)
        self.sessions[line] = Session(child, watch, socket.socket(fileno=line), place, limits)
        self.poll.register(line, select.POLLIN)
        if watch is not None:
            self.poll.register(watch, select.POLLIN)

    def _be_worker(self, cell: worker.Cell, pipes: tuple[int, int, int]) -> None:
        try:
            with contextlib.suppress(OSError):  # where memory runs out, this is to go first
                self._write("self/oom_score_adj", b"1000")
            worker.wire(*pipes)
            worker.lock(cell, self.missing, trial=False)
            worker.work(cell)
        except OSError as error:
            print(f"the sandbox could not be closed: {error}", file=sys.stderr)
            os._exit(NOT_LOCKED)
        finally:
            os._exit(0)

    def _write(self, path: str, data: bytes) -> None:
        descriptor = os.open(path, os.O_WRONLY, dir_fd=self.proc)
        os.write(descriptor, data)
        os.close(descriptor)

    def _told(self, descriptor: int) -> None:
        session = self.sessions[descriptor]
        words = b""
        with contextlib.suppress(OSError):
            words = session.line.recv(1 << 10)
        if not words:  # over; it is buried when it is dead
            self.poll.unregister(descriptor)
            session.over = True
            os.kill(session.process, signal.SIGKILL)
        if BEGIN in words:
            session.ceiling = _cpu(session.process) + session.limits["cpu"]
        if INTERRUPT in words:
            os.kill(session.process, signal.SIGINT)

    def _look(self, descriptor: int, session: Session) -> None:
        """Bury it if it is dead; kill it if it had more CPU or disk than it may have."""
        process, status = os.waitpid(session.process, os.WNOHANG)
        if process:
            self._end(descriptor, session, status)
            return
        if session.why == OF_ITSELF:
            session.why = self._excess(session)
            if session.why != OF_ITSELF:
                os.kill(session.process, signal.SIGKILL)

    def _excess(self, session: Session) -> bytes:
        if session.ceiling is not None and _cpu(session.process) > session.ceiling:
            return CPU
        limits = session.limits
        if session.folder is not None and not folder.fits(
            session.folder, limits["disk"], limits["files"]
        ):
            return DISK
        return OF_ITSELF

    def _end(self, descriptor: int, session: Session, status: int) -> None:
        del self.sessions[descriptor]
        if not session.over:
            self.poll.unregister(descriptor)
        if session.watch is not None:
            self.poll.unregister(session.watch)
            os.close(session.watch)
        if self.processes is None:
            self._kill_orphans()
        if session.folder is not None:
            folder.sweep(session.folder)
        with contextlib.suppress(OSError):
            session.line.send(ENDED.pack(session.why, status))
        session.line.close()

    def _kill_orphans(self) -> None:
        """Processes that a dead worker left: they are this process's children now.

        Killing one hands over its own children, so again until there are none.
        """
        known = {session.process for session in self.sessions.values()}
        while orphans := [child for child in self._children() if child not in known]:
            for child in orphans:
                with contextlib.suppress(OSError):
                    os.kill(child, signal.SIGKILL)
                    os.waitpid(child, 0)

    def _children(self) -> list[int]:
        with contextlib.suppress(OSError):
            descriptor = os.open("thread-self/children", os.O_RDONLY, dir_fd=self.proc)
            try:
                return [int(child) for child in os.read(descriptor, 1 << 16).split()]
            finally:
                os.close(descriptor)
        return []


def _cpu(process: int) -> float:
    """Seconds of CPU time that a process has had."""
    with contextlib.suppress(OSError):
        return time.clock_gettime((~process << 3) | 2)  # as clock_getcpuclockid(3) makes it
    return 0.0

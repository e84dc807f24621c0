"""The first of the sandbox's own processes: enters the namespaces, starts the server, watches.

It stays alive to take everything down: when the process that wanted the sandbox dies, in whatever
way, this one kills the server, which takes its workers with it, and removes the folder.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import select
import signal
import sys
from pathlib import Path
from typing import Any

from . import folder, kernel, namespaces
from .server import Server

_TICK = 100  # ms between looks, where the kernel doesn't tell by itself


def main() -> None:
    """`settings` are the one argument, as JSON: control, base, parent, without, preload,
    libraries."""
    settings: dict[str, Any] = json.loads(sys.argv[1])
    sys.dont_write_bytecode = True
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]  # two for each session
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    parent = kernel.watch(settings["parent"])
    if os.getppid() != settings["parent"]:
        return
    missing: namespaces.Missing = dict.fromkeys(settings["without"], "switched off")
    proc = os.open("/proc", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    launcher = os.getpid()
    if "subreaper" not in missing:
        kernel.prctl(kernel.SUBREAPER, 1)
    settings["root"] = os.geteuid() == 0  # as seen from outside
    users = namespaces.enter(missing)
    child = os.fork()
    if child == 0:
        _be_server(Server(settings, users, missing, proc), launcher, settings)
    os.close(settings["control"])
    _watch(parent, child, settings["parent"])
    folder.sweep(settings["base"])
    os._exit(0)


def _be_server(server: Server, launcher: int, settings: dict[str, Any]) -> None:
    try:
        kernel.prctl(kernel.PDEATHSIG, signal.SIGKILL)
        if os.getppid() not in (0, launcher):
            os._exit(1)
        if "subreaper" not in server.missing:
            kernel.prctl(kernel.SUBREAPER, 1)
        hello = server.prepare(settings["preload"], settings["libraries"])
        server.control.send(json.dumps(hello).encode())
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 2)
        server.serve()
    except BaseException as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        os._exit(1)
    os._exit(0)


def _watch(parent: int | None, server: int, process: int) -> None:
    """Wait until the server ends; end it when the parent, `process`, does."""
    watch = kernel.watch(server)
    poll = select.poll()
    for descriptor in (watch, parent):
        if descriptor is not None:
            poll.register(descriptor, select.POLLIN)
    by_looking = watch is None or parent is None
    while not poll.poll(_TICK if by_looking else None) and os.getppid() == process:
        if by_looking and os.waitid(os.P_PID, server, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            break
    os.kill(server, signal.SIGKILL)  # which it doesn't mind where it has ended
    with contextlib.suppress(OSError):
        os.waitpid(server, 0)
    with contextlib.suppress(OSError):  # what a server that was killed has left
        while True:
            for child in _children():
                os.kill(child, signal.SIGKILL)
            os.waitpid(-1, 0)


def _children() -> list[int]:
    return [int(child) for child in Path("/proc/thread-self/children").read_text().split()]

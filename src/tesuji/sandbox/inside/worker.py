"""A worker: the process of one session. First it locks itself in, then it runs what it is sent."""

from __future__ import annotations

import contextlib
import os
import random
import resource
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import kernel, landlock, namespaces, seccomp
from .execute import Interpreter, open_streams
from .wire import ANSWER, CODE, ENDS, HEADER, RESULT

_ROOM = 256  # for processes of others, where the user can't be its own


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a worker is to live: one session's."""

    serial: int
    users: int  # users of the user namespace to choose from
    root: bool  # workers that stay the user they are are root, outside too
    folder: str | None  # its own; None where it has a file system of its own, or none at all
    readable: Sequence[str]
    address_space: int  # bytes that the process has already
    server: int  # process id of the server, as workers see it
    limits: dict[str, Any]


Steps = tuple[tuple[str, Callable[[], None]], ...]


def lock(cell: Cell, missing: namespaces.Missing, *, trial: bool) -> None:
    """Put on every layer that isn't `missing`, the order mattering.

    In a trial what fails is added to `missing`; else the first failure raises OSError.
    """
    os.setsid()
    if "seccomp" in missing:  # else nothing could be left there for another session
        _keep_apart(missing)
    _fold_up(cell, missing, trial)
    for layer, step in _steps(cell, missing):
        if layer in missing:
            continue
        try:
            step()
        except OSError as error:
            if not trial:
                raise
            missing[layer] = error.strerror or str(error)


def _keep_apart(missing: namespaces.Missing) -> None:
    """Queues, shared memory and sockets of its own."""
    for layer, flag in (("ipc namespace", kernel.NEWIPC), ("network namespace", kernel.NEWNET)):
        if layer not in missing:
            with contextlib.suppress(OSError):
                kernel.call("unshare", flag)


def _fold_up(cell: Cell, missing: namespaces.Missing, trial: bool) -> None:
    """Its own folder: of its own file system, or a folder on disk that the server made."""
    user = _user(cell, missing)
    if "mount namespace" not in missing:
        try:
            size, files = cell.limits["disk"], cell.limits["files"]
            namespaces.own_folder(size, files, max(user[:1], default=0))
        except OSError as error:
            if not trial:
                raise
            missing["mount namespace"] = error.strerror or str(error)
    if _alone(cell, missing):
        with contextlib.suppress(OSError):
            kernel.call("unshare", kernel.NEWUSER)
    own = cell.folder if "mount namespace" in missing else namespaces.FOLDER
    os.chdir(own or "/")
    os.environ.clear()
    if own:
        os.environ.update({"HOME": own, "TMPDIR": own, "LANG": "C.UTF-8"})


def _alone(cell: Cell, missing: namespaces.Missing) -> bool:
    """Whether a user namespace of its own is to count its threads apart from other sessions'."""
    return not cell.root and "user namespace" not in missing


def _user(cell: Cell, missing: namespaces.Missing) -> tuple[int, ...]:
    """The users to try, the first that works to be taken; none where it has to stay."""
    if "unprivileged user" in missing:
        return ()
    if "user namespace" not in missing:
        return (1 + cell.serial % cell.users,) if cell.users else ()
    return namespaces.unmapped_user(cell.serial) if os.geteuid() == 0 else ()


def _steps(cell: Cell, missing: namespaces.Missing) -> Steps:
    def become() -> None:
        _become(_user(cell, missing), cell)

    def syscalls() -> None:
        apart = "mount namespace" not in missing
        fenced = "landlock" not in missing
        # A thread counts against the user's processes, unless the user is root.
        counted = "unprivileged user" not in missing or not cell.root
        seccomp.restrict(
            files=apart or fenced,
            attributes=apart,
            cut=apart or (fenced and landlock.version() >= 3),
            threads=counted and "resource limits" not in missing,
        )

    return (
        ("unprivileged user", become),
        ("dies with the server", lambda: _die_with(cell.server)),
        ("no capabilities", kernel.drop_capabilities),
        ("no_new_privs", lambda: _prctl(kernel.NO_NEW_PRIVS, 1)),
        ("not dumpable", lambda: _prctl(kernel.DUMPABLE, 0)),
        ("resource limits", lambda: _limit(cell, missing)),
        ("landlock", lambda: _fence(cell, missing)),
        ("seccomp", syscalls),
    )


def _prctl(option: int, value: int) -> None:
    kernel.prctl(option, value)


def _become(users: Sequence[int], cell: Cell) -> None:
    """Another user, whom nothing belongs to; only if that one may read the libraries."""
    if not users:
        raise OSError(1, "only root can run workers as another user")
    os.setgroups([])
    for user in users:
        try:
            if cell.folder:
                os.chown(cell.folder, user, user)
            os.setresgid(user, user, user)
            os.setresuid(user, user, user)
            break
        except OSError:
            continue
    else:
        raise OSError(1, "no other user is known here")
    closed = [path for path in cell.readable if not os.access(path, os.R_OK)]
    if closed:
        raise OSError(13, f"another user may not read {closed[0]}")


def _die_with(server: int) -> None:
    kernel.prctl(kernel.PDEATHSIG, signal.SIGKILL)
    if os.getppid() not in (0, server):  # 0: the server is outside this process namespace
        os._exit(1)


def _limit(cell: Cell, missing: namespaces.Missing) -> None:
    limits = cell.limits
    own_user = "unprivileged user" not in missing or _alone(cell, missing)
    processes = limits["processes"] + (0 if own_user else _ROOM + _count_processes())
    for which, value in (
        (resource.RLIMIT_AS, cell.address_space + limits["memory"]),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, int(limits["cpu"] * 1000) + 1),
        (resource.RLIMIT_FSIZE, limits["disk"] // (limits["open_files"] if cell.folder else 1)),
        (resource.RLIMIT_NOFILE, limits["open_files"] + CODE + 2),
        (resource.RLIMIT_NPROC, processes),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
    ):
        hard = resource.getrlimit(which)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(which, (value, value))


def _count_processes() -> int:
    try:
        return sum(path.name.isdigit() for path in Path("/proc").iterdir())
    except OSError:
        return 0


def _fence(cell: Cell, missing: namespaces.Missing) -> None:
    apart = "mount namespace" not in missing
    own = namespaces.FOLDER if apart else cell.folder
    readable = [*cell.readable, *(f"/dev/{name}" for name in namespaces.DEVICES)]
    writable = ["/dev/null", *([own] if own else [])]
    landlock.restrict(*([p for p in paths if Path(p).exists()] for paths in (readable, writable)))


def wire(code: int, result: int, output: int) -> None:
    """Keep three pipes and nothing else that was open."""
    high = [os.dup(descriptor) for descriptor in (code, result, output)]
    while min(high) < 10:
        high = [os.dup(descriptor) for descriptor in high]
    null = os.open("/dev/null", os.O_RDONLY)
    for source, target in ((null, 0), (high[2], 1), (high[2], 2), (high[0], CODE)):
        os.dup2(source, target, inheritable=False)
    os.dup2(high[1], RESULT, inheritable=False)
    os.closerange(RESULT + 1, 1 << 20)


def work(cell: Cell) -> None:
    """Run code as it comes until no more comes."""
    open_streams()
    random.seed()
    numpy_random = sys.modules.get("numpy.random")
    if numpy_random is not None:  # else all sessions would draw the same numbers
        numpy_random.seed()
    interpreter = Interpreter(cell.limits["printed"])
    _send(0, "ok", None, None)  # locked in: from here on nothing that it says is trusted
    run, process = 0, os.getpid()
    while (code := _receive()) is not None:
        run += 1
        end, value, error = interpreter.run(code)
        if os.getpid() != process:  # a fork that the code made, where nothing forbids it
            os._exit(0)
        _send(run, end, value, error)


def _receive() -> str | None:
    head = _read(HEADER.size)
    if len(head) < HEADER.size:
        return None
    return _read(HEADER.unpack(head)[0]).decode("utf-8", "surrogatepass")


def _read(length: int) -> bytes:
    parts = []
    while length and (part := os.read(CODE, min(length, 1 << 16))):
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def _send(run: int, end: str, value: str | None, error: str | None) -> None:
    texts = [None if t is None else t.encode("utf-8", "backslashreplace") for t in (value, error)]
    lengths = [0 if text is None else len(text) + 1 for text in texts]
    message = ANSWER.pack(run, ENDS.index(end), *lengths) + b"".join(t or b"" for t in texts)
    while message:
        message = message[os.write(RESULT, message) :]

"""The layers that a sandbox is made of, and which of them this machine has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from tesuji.errors import TesujiError

# From what each keeps the code of a model.
LAYERS: Mapping[str, str] = {
    "user namespace": "any right over the machine",
    "network namespace": "every network",
    "ipc namespace": "shared memory and queues of others",
    "uts namespace": "changing the host's name",
    "pid namespace": "other processes; leaving any behind",
    "mount namespace": "all files but Python's libraries",
    "own folder": "writing elsewhere; filling the disk",
    "clean environment": "keys and secrets in the environment",
    "unprivileged user": "what belongs to you",
    "dies with the server": "outliving Tesuji",
    "subreaper": "leaving processes behind, without a pid namespace",
    "no capabilities": "all that only root may do",
    "no_new_privs": "gaining rights by set-uid programs",
    "not dumpable": "the memory of other sessions",
    "resource limits": "too much memory, threads, files",
    "landlock": "all files but Python's libraries; signals; TCP",
    "seccomp": "sockets, processes, programs, rare system calls",
}


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer: what it keeps code from, and why it is not on here (None: it is on)."""

    name: str
    keeps_from: str
    why_not: str | None

    @property
    def on(self) -> bool:
        """Whether workers have it here."""
        return self.why_not is None


def described(missing: Mapping[str, str]) -> tuple[Layer, ...]:
    """All layers, given those that are missing and why."""
    return tuple(Layer(name, what, missing.get(name)) for name, what in LAYERS.items())


def holes(missing: Mapping[str, str]) -> tuple[str, ...]:
    """What would be open without any layer before it: "files", "the network"."""
    gone = frozenset(missing)
    open_to = []
    if {"mount namespace", "landlock", "seccomp"} <= gone:
        open_to.append("files")
    if {"network namespace", "seccomp"} <= gone:
        open_to.append("the network")
    return tuple(open_to)


@cache
def layers() -> tuple[Layer, ...]:
    """Every layer, found by trying them on a worker; takes 0.1 s once.

    Where the sandbox can't be started at all, none is on, and why is said with each.
    """
    from tesuji.sandbox.helper import Helper

    try:
        helper = Helper()
    except (TesujiError, OSError) as error:
        return described(dict.fromkeys(LAYERS, str(error)))
    try:
        return described(helper.missing)
    finally:
        helper.close()

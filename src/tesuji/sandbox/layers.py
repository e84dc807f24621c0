"""The layers that a sandbox is made of, and which of them this machine has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from tesuji.errors import TesujiError

# What each stops, in the order in which they are put on.
LAYERS: Mapping[str, str] = {
    "user namespace": "rights over the machine; what the other namespaces need where not root",
    "network namespace": "every network: there is none inside",
    "ipc namespace": "shared memory and queues of others",
    "uts namespace": "changing the host's name",
    "pid namespace": "seeing and signalling others; what is left running ends with the session",
    "mount namespace": "files: only Python's libraries are there, read-only, and its own folder",
    "own folder": "writing anywhere else; it is bounded and goes with the session",
    "clean environment": "reading keys and other secrets from the environment",
    "unprivileged user": "touching what belongs to you: nothing belongs to the code's user",
    "dies with the server": "outliving Tesuji, however that ends",
    "subreaper": "leaving processes behind where there is no pid namespace",
    "no capabilities": "all that only root may do",
    "no_new_privs": "becoming more by running set-uid programs",
    "not dumpable": "being read or traced by other sessions",
    "resource limits": "memory, threads, open files and file sizes beyond the limits",
    "landlock": "opening files outside Python's libraries and its own folder; signals; TCP",
    "seccomp": "sockets, processes, programs, and every system call that computing doesn't need",
}


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer: what it stops, and why it is not on here (None: it is on)."""

    name: str
    stops: str
    why_not: str | None

    @property
    def on(self) -> bool:
        """Whether workers have it here."""
        return self.why_not is None


def described(missing: Mapping[str, str]) -> tuple[Layer, ...]:
    """All layers, given those that are missing and why."""
    return tuple(Layer(name, stops, missing.get(name)) for name, stops in LAYERS.items())


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
    except TesujiError as error:
        return described(dict.fromkeys(LAYERS, str(error)))
    try:
        return described(helper.missing)
    finally:
        helper.close()

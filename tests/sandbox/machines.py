"""Machines of other kinds, by what they lack."""

from __future__ import annotations

NAMESPACES = frozenset(
    f"{kind} namespace" for kind in ("user", "mount", "network", "pid", "ipc", "uts")
)
MACHINES = {
    "all layers": frozenset[str](),
    "no seccomp": frozenset({"seccomp"}),
    "no landlock": frozenset({"landlock"}),
    "no mounts": frozenset({"mount namespace"}),
    "no network namespace": frozenset({"network namespace"}),
    "no process namespace": frozenset({"pid namespace"}),
    "no user namespace": frozenset({"user namespace"}),
    "no other user": frozenset({"unprivileged user"}),
    "no namespaces": NAMESPACES,
    "only seccomp and limits": NAMESPACES | {"landlock", "unprivileged user", "no capabilities"},
}

"""Namespaces: a world of its own for users, mounts, network, processes, IPC and host name.

namespaces(7), user_namespaces(7). Each is tried by itself, since kernels and containers differ in
what they let one have; `missing` collects what was refused, and why.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from .kernel import (
    MS_BIND,
    MS_NODEV,
    MS_NOSUID,
    MS_PRIVATE,
    MS_REC,
    NEWIPC,
    NEWNET,
    NEWNS,
    NEWPID,
    NEWUSER,
    NEWUTS,
    call,
    mount,
    read_only,
    unmount,
)

Missing = dict[str, str]  # layer → why it is not on
FOLDER = "/sandbox"  # a worker's own folder, where it has a file system of its own
DEVICES = ("null", "zero", "full", "random", "urandom")
# Users that nothing else is run as: far above those of people, containers and subordinate ids;
# the second range is for containers that know 65,536 users.
_RANGES = ((1_879_048_193, 65_535), (60_001, 5_000))


def enter(missing: Missing) -> int:
    """Enter namespaces that all workers share; children get a new process namespace.

    The process must have one thread. Returns how many users there are to run workers as.
    """
    if "user namespace" not in missing and (refused := _refused(_enter_user)):
        missing["user namespace"] = os.strerror(refused)  # half of one would be worse than none
    users = _try(missing, "user namespace", _enter_user) or 0
    for layer, flag in (
        ("network namespace", NEWNET),
        ("ipc namespace", NEWIPC),
        ("uts namespace", NEWUTS),
        ("pid namespace", NEWPID),
    ):
        _try(missing, layer, partial(call, "unshare", flag))
    return users


def _try(missing: Missing, layer: str, step: Callable[[], int]) -> int | None:
    if layer in missing:
        return None
    try:
        return step()
    except OSError as error:
        missing[layer] = f"{error.strerror or error}"
        return None


def _refused(step: Callable[[], int]) -> int:
    """The error number with which `step` fails in a child, 0 where it works."""
    child = os.fork()
    if child == 0:
        try:
            step()
        except OSError as error:
            os._exit(error.errno or 1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _enter_user() -> int:
    """A user namespace; for root, by a child that stays outside and may map other users."""
    if os.geteuid() != 0:
        user, group = os.geteuid(), os.getegid()
        call("unshare", NEWUSER)
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"0 {user} 1")
        Path("/proc/self/gid_map").write_text(f"0 {group} 1")
        return 0
    process = os.getpid()
    (wait, go), (answer, say) = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        os.close(go)
        os.close(answer)
        users = _map_users(process) if os.read(wait, 1) else 0
        os.write(say, users.to_bytes(4, "big"))
        os._exit(0)
    os.close(wait)
    os.close(say)
    try:
        call("unshare", NEWUSER)
        os.write(go, b"!")
        return int.from_bytes(os.read(answer, 4), "big")
    finally:
        os.close(go)
        os.waitpid(child, 0)
        os.close(answer)


def _map_users(process: int) -> int:
    for first, count in (*_RANGES, (0, 0)):
        lines = "0 0 1\n" + (f"1 {first} {count}\n" if count else "")
        try:
            Path(f"/proc/{process}/uid_map").write_text(lines)
            Path(f"/proc/{process}/gid_map").write_text(lines)
        except OSError:
            continue
        return count
    return 0


def unmapped_user(serial: int) -> tuple[int, ...]:
    """Users to try for a worker where there is no user namespace, the best first."""
    return (*(first + serial % count for first, count in _RANGES), 65_534)


def change_root(base: str, readable: list[str]) -> None:
    """See only `readable`, read-only, and a few devices: in a mount namespace of one's own.

    `base` is any empty folder. No /proc and no /sys are left. A worker's folder is mounted later.
    """
    call("unshare", NEWNS)
    try:
        _build(Path(base), readable)
        os.chdir(base)
        call("pivot_root", b".", b".")
    except OSError:
        os.chdir("/")
        with contextlib.suppress(OSError):
            unmount(base)
        raise
    unmount(".")
    os.chdir("/")


def _build(root: Path, readable: list[str]) -> None:
    base = str(root)
    mount("none", "/", None, MS_REC | MS_PRIVATE)
    mount("tmpfs", base, "tmpfs", MS_NOSUID | MS_NODEV, "size=1m,mode=755")
    umask = os.umask(0o022)  # whoever the worker is, it is to find the way
    for path in readable:
        inside = root / path.lstrip("/")
        if inside.exists():  # below one that is there already
            continue
        _make_like(Path(path), inside)
        mount(path, str(inside), None, MS_BIND | MS_REC)
    for name in ("dev", FOLDER.lstrip("/")):
        (root / name).mkdir()
    for name in DEVICES:
        (root / "dev" / name).touch()
    _link_alike(root)
    os.umask(umask)
    read_only(base)
    for name in DEVICES:
        with contextlib.suppress(OSError):
            mount(f"/dev/{name}", f"{base}/dev/{name}", None, MS_BIND)


def _make_like(path: Path, inside: Path) -> None:
    """Something to mount `path` on."""
    if path.is_dir():
        inside.mkdir(parents=True)
    else:
        inside.parent.mkdir(parents=True, exist_ok=True)
        inside.touch()


def _link_alike(root: Path) -> None:
    """Links such as /lib → usr/lib, which the paths of libraries go through."""
    for name in ("lib", "lib64", "bin"):
        link = Path("/") / name
        if link.is_symlink() and not (root / name).exists():
            (root / name).symlink_to(link.readlink())


def own_folder(size: int, files: int, user: int) -> None:
    """A file system in memory at `FOLDER`, of `size` bytes, in a mount namespace of one's own."""
    call("unshare", NEWNS)
    options = f"size={size},nr_inodes={files},mode=700,uid={user},gid={user}"
    mount("tmpfs", FOLDER, "tmpfs", MS_NOSUID | MS_NODEV, options)

"""The system calls that Python has no function for, through libc's `syscall`."""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import struct

MACHINE = platform.machine()
# Numbers below 424 differ by machine; later ones are the same everywhere.
_NUMBERS = {
    "x86_64": {"pivot_root": 155, "unshare": 272, "setns": 308, "seccomp": 317, "capset": 126},
    "aarch64": {"pivot_root": 41, "unshare": 97, "setns": 268, "seccomp": 277, "capset": 91},
}.get(MACHINE, {}) | {
    "landlock_create_ruleset": 444,
    "landlock_add_rule": 445,
    "landlock_restrict_self": 446,
    "mount_setattr": 442,
}

NEWNS, NEWUTS, NEWIPC = 0x20000, 0x4000000, 0x8000000
NEWUSER, NEWPID, NEWNET = 0x10000000, 0x20000000, 0x40000000

PDEATHSIG, DUMPABLE, CAPBSET_DROP, SECCOMP, NO_NEW_PRIVS, SUBREAPER = 1, 4, 24, 22, 38, 36
CAP_AMBIENT = 47

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND = 1, 2, 4, 8, 4096
MS_REC, MS_PRIVATE, MNT_DETACH = 16384, 1 << 18, 2
AT_FDCWD, AT_RECURSIVE = -100, 0x8000
MOUNT_ATTR_RDONLY, MOUNT_ATTR_NOSUID, MOUNT_ATTR_NODEV = 1, 2, 4

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


def call(name: str, *arguments: int | bytes | ctypes.Array[ctypes.c_char] | None) -> int:
    """The system call `name`; OSError, with its name, where it fails or isn't known here."""
    if name not in _NUMBERS:
        raise OSError(38, f"{name}: not known for {MACHINE} processors")
    as_c = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    return _checked(name, int(_libc.syscall(ctypes.c_long(_NUMBERS[name]), *as_c)))


def prctl(option: int, *arguments: int) -> int:
    """`prctl(2)`; unused arguments are 0, as some options insist."""
    padded = [ctypes.c_ulong(a) for a in (*arguments, 0, 0, 0, 0)[:4]]
    return _checked("prctl", int(_libc.prctl(ctypes.c_int(option), *padded)))


def watch(process: int) -> int | None:
    """A descriptor that can be read from when `process` ends; None before Linux 5.3."""
    with contextlib.suppress(OSError, AttributeError):
        return os.pidfd_open(process)
    return None


def mount(source: str, target: str, kind: str | None, flags: int, options: str = "") -> None:
    """`mount(2)`."""
    name = None if kind is None else os.fsencode(kind)
    arguments = (os.fsencode(source), os.fsencode(target), name, ctypes.c_ulong(flags))
    _checked("mount", int(_libc.mount(*arguments, options.encode())))


def unmount(target: str) -> None:
    """Take a mount out of sight; it goes when nobody uses it any more."""
    _checked("umount", int(_libc.umount2(os.fsencode(target), MNT_DETACH)))


def read_only(target: str) -> None:
    """Make a mount and all below it read-only, without devices and set-uid (Linux 5.12)."""
    attributes = struct.pack(
        "=QQQQ", MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, 0, 0, 0
    )
    call("mount_setattr", AT_FDCWD, os.fsencode(target), AT_RECURSIVE, attributes, 32)


def drop_capabilities() -> None:
    """No capability is left, and none can come back."""
    for capability in range(64):
        try:
            prctl(CAPBSET_DROP, capability)
        except OSError:  # past the last one, or not ours to drop
            break
    with contextlib.suppress(OSError):
        prctl(CAP_AMBIENT, 4)
    call("capset", struct.pack("=Ii", 0x20080522, 0), bytes(24))


def _checked(name: str, result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return result

"""seccomp: which system calls a process may make, and with which arguments.

A list of what is allowed, in the kernel's own filter language (classic BPF); all else fails with
"operation not permitted". https://docs.kernel.org/userspace-api/seccomp_filter.html
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Sequence

from .kernel import MACHINE, SECCOMP, call, prctl
from .syscalls import ATTRIBUTES, CHECKED, CUT, FILES, FREE, Numbers

_ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_COLUMN = {"x86_64": 0, "aarch64": 1}
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_EPERM, _ENOSYS = 1, 38
_LOAD, _EQUAL, _AT_LEAST, _AND, _RETURN = 0x20, 0x15, 0x35, 0x54, 0x06
_NUMBER, _ARCH, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data

_CLONE_THREAD = 0x10000
_CLONE_REFUSED = 0x7E020000 | 0x00002000 | 0x00004000 | 0x80 | 0x1000
_PR_SET_NAME, _PR_GET_NAME, _PR_GET_DUMPABLE, _PR_SET_VMA = 15, 16, 3, 0x53564D41
_IOCTLS = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)  # TCGETS, sizes, FIO*: no TIOCSTI
_FCNTLS = (0, 1, 2, 3, 4, 5, 6, 7, 1030, 1032, 36, 37, 38)  # no F_SETOWN, F_SETPIPE_SZ, leases

_NEW = 435  # clone3; openat2, which has its flags out of sight too, and all since

Instruction = tuple[int, int, int, int]  # code, jump if true, jump if false, operand


def restrict(*, files: bool, attributes: bool, cut: bool, threads: bool) -> None:
    """Leave this process the system calls that plain computing takes, for good.

    `files`: it may open and make files (something else must say which); `attributes`: change
    their modes and times; `cut`: shorten them by name; `threads`: start threads. Never another
    process, a socket, a signal to another process, or another program. Needs no_new_privs.
    """
    program = assemble(files=files, attributes=attributes, cut=cut, threads=threads)
    packed = b"".join(struct.pack("=HBBI", *instruction) for instruction in program)
    buffer = ctypes.create_string_buffer(packed, len(packed))
    header = struct.pack("@HP", len(program), ctypes.addressof(buffer))
    try:
        call("seccomp", 1, 0, header)
    except OSError:  # a filter of an older kernel, or of a container that knows prctl only
        keep = ctypes.create_string_buffer(header, len(header))
        prctl(SECCOMP, 2, ctypes.addressof(keep))


def assemble(*, files: bool, attributes: bool, cut: bool, threads: bool) -> list[Instruction]:
    """The filter as instructions."""
    if MACHINE not in _COLUMN or sys.maxsize < 2**32:
        raise OSError(_ENOSYS, f"seccomp: no filter written for {MACHINE} processors")
    free = [FREE, *([FILES] if files else []), *([ATTRIBUTES] if attributes else [])]
    free += [CUT] if cut else []
    program: list[Instruction] = [
        (_LOAD, 0, 0, _ARCH),
        (_EQUAL, 1, 0, _ARCHITECTURE[MACHINE]),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
    ]
    if MACHINE == "x86_64":  # the x32 calls go by other numbers
        program += [(_AT_LEAST, 0, 1, 0x40000000), (_RETURN, 0, 0, _ERRNO | _EPERM)]
    for number in (n for table in free for n in _here(table).values()):
        program += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ALLOW)]
    for name, number in _here(CHECKED).items():
        block = _block(name, threads)
        program += [(_EQUAL, 0, len(block), number), *block]
    # Callers of new system calls know what to do where there are none.
    new = [(_AT_LEAST, 0, 1, _NEW), (_RETURN, 0, 0, _ERRNO | _ENOSYS)]
    return [*program, *new, (_RETURN, 0, 0, _ERRNO | _EPERM)]


def _here(table: Numbers) -> dict[str, int]:
    return {
        name: number
        for name, numbers in table.items()
        if (number := numbers[_COLUMN[MACHINE]]) is not None
    }


def _block(name: str, threads: bool) -> list[Instruction]:
    """What a call with checked arguments comes to; the last instruction returns."""
    if name == "clone3":  # its flags are out of sight: libc goes back to clone
        return [(_RETURN, 0, 0, _ERRNO | _ENOSYS)]
    if name == "clone":
        if not threads:
            return [(_RETURN, 0, 0, _ERRNO | _EPERM)]
        return [
            _argument(0),
            (_AND, 0, 0, _CLONE_THREAD | _CLONE_REFUSED),
            *_one_of((_CLONE_THREAD,)),
        ]
    if name in ("kill", "tgkill"):  # itself only: not its group, not "everybody"
        return [_argument(0), *_one_of((os.getpid(),))]
    if name == "prlimit64":  # look at limits, don't set them
        return [
            _argument(2),
            (_EQUAL, 0, 4, 0),
            _argument(2, high=True),
            *_one_of((0,)),
            (_RETURN, 0, 0, _ERRNO | _EPERM),
        ]
    which, values = {
        "prctl": (0, (_PR_SET_NAME, _PR_GET_NAME, _PR_GET_DUMPABLE, _PR_SET_VMA)),
        "ioctl": (1, _IOCTLS),
        "fcntl": (1, _FCNTLS),
    }[name]
    return [_argument(which), *_one_of(values)]


def _argument(index: int, high: bool = False) -> Instruction:
    big = sys.byteorder == "big"
    return (_LOAD, 0, 0, _ARGUMENTS + 8 * index + 4 * (high != big))


def _one_of(values: Sequence[int]) -> list[Instruction]:
    """Allow if the accumulator is one of `values`, else refuse."""
    tests = [(_EQUAL, len(values) - k, 0, value) for k, value in enumerate(values)]
    return [*tests, (_RETURN, 0, 0, _ERRNO | _EPERM), (_RETURN, 0, 0, _ALLOW)]

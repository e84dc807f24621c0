"""Landlock: which files a process may open, whatever its user may.

https://docs.kernel.org/userspace-api/landlock.html
"""

from __future__ import annotations

import os
import struct
from collections.abc import Sequence
from pathlib import Path

from .kernel import call

_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_WRITE = 1 << 1
_REMOVE, _MAKE_DIR, _MAKE_FILE, _MAKE_LINK = (1 << 4 | 1 << 5), 1 << 7, 1 << 8, 1 << 12
_REFER, _TRUNCATE = 1 << 13, 1 << 14
_FILE_RIGHTS = _READ_FILE | _WRITE | _TRUNCATE
# Rights known to each version of the interface, by the count of bits.
_BITS = {1: 13, 2: 14, 3: 15, 4: 15}
_PATH_BENEATH = 1


def version() -> int:
    """The kernel's version of Landlock; OSError where it has none or has it switched off."""
    return call("landlock_create_ruleset", None, 0, 1)


def restrict(readable: Sequence[str], writable: Sequence[str]) -> None:
    """Let this process open only what is below these paths, for good.

    Needs no_new_privs. Where the kernel knows how (versions 4 and 6), no TCP, no signals to and
    no abstract Unix sockets of anybody outside.
    """
    abi = version()
    files = (1 << _BITS.get(abi, 16)) - 1
    size = 8 if abi < 4 else 16 if abi < 6 else 24
    handled = struct.pack("=QQQ", files, 3, 3)[:size]
    ruleset = call("landlock_create_ruleset", handled, size, 0)
    read = _READ_FILE | _READ_DIR
    write = read | _WRITE | _REMOVE | _MAKE_DIR | _MAKE_FILE | _MAKE_LINK | _REFER | _TRUNCATE
    for rights, paths in ((read, readable), (write, writable)):
        for path in paths:
            _allow(ruleset, path, rights & files)
    call("landlock_restrict_self", ruleset, 0)
    os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not Path(path).is_dir():
            rights &= _FILE_RIGHTS
        call("landlock_add_rule", ruleset, _PATH_BENEATH, struct.pack("=Qi", rights, place), 0)
    finally:
        os.close(place)

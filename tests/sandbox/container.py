"""Run a program as in a container: no right to anything, and no new namespaces.

`python container.py [--no-landlock] [--no-pidfd] PROGRAM`: drops all capabilities that Docker drops
and refuses the system calls that its filter refuses, for good, then runs the program.
"""

from __future__ import annotations

import ctypes
import os
import runpy
import struct
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "src" / "tesuji" / "sandbox"))

from inside import kernel  # type: ignore[import-not-found]

REFUSED = {
    "x86_64": (272, 308, 165, 166, 155, 321, 250, 248, 323, 442),
    "aarch64": (97, 268, 40, 39, 41, 280, 219, 217, 282, 442),
}
# What Docker lets root keep: chown, dac_override, fowner, fsetid, kill, setgid, setuid, setpcap,
# net_bind_service, net_raw, sys_chroot, mknod, audit_write, setfcap.
KEPT = (0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31)


def refuse(numbers: tuple[int, ...], new: tuple[int, ...]) -> None:
    """EPERM for `numbers`, "there is no such call" for `new`, all else allowed."""
    program = [(0x20, 0, 0, 0)]
    for number, error in [(n, 1) for n in numbers] + [(n, 38) for n in new]:
        program += [(0x15, 0, 1, number), (0x06, 0, 0, 0x50000 | error)]
    program.append((0x06, 0, 0, 0x7FFF0000))
    packed = b"".join(struct.pack("=HBBI", *one) for one in program)
    buffer = ctypes.create_string_buffer(packed, len(packed))
    kernel.call("seccomp", 1, 0, struct.pack("@HP", len(program), ctypes.addressof(buffer)))


def main() -> None:
    """Lock up, then run."""
    new = [435]  # clone3
    arguments = sys.argv[1:]
    if arguments[0] == "--no-landlock":
        arguments.pop(0)
        new += [444, 445, 446]
    if arguments[0] == "--no-pidfd":
        arguments.pop(0)
        new += [434]
    if os.geteuid() != 0:
        kernel.prctl(kernel.NO_NEW_PRIVS, 1)
    refuse(REFUSED[kernel.MACHINE], tuple(new))
    if os.geteuid() == 0:
        for capability in set(range(41)) - set(KEPT):
            kernel.prctl(kernel.CAPBSET_DROP, capability)
        bits = sum(1 << capability for capability in KEPT)
        halves = (bits & 0xFFFFFFFF, bits & 0xFFFFFFFF, 0, 0, 0, 0)
        kernel.call("capset", struct.pack("=Ii", 0x20080522, 0), struct.pack("=6I", *halves))
    sys.argv = arguments
    runpy.run_path(arguments[0], run_name="__main__")


if __name__ == "__main__":
    main()

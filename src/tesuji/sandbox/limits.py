"""How much a piece of code may take."""

from __future__ import annotations

from dataclasses import dataclass, fields

from tesuji.errors import InputError


@dataclass(frozen=True, slots=True)
class Limits:
    """What one session may take; where a limit is passed the code ends, never the program.

    `seconds` of wall time a call; `cpu` seconds of CPU time a call, with what its threads take
    until the next; `memory` bytes beyond what the
    loaded libraries take; `processes`: threads, that is, since no process may be started;
    `open_files` at a time; `disk` bytes, and `files`, in its own folder; `printed` characters that
    are kept of stdout and stderr, of the value and of a traceback, each cut in the middle;
    `output` bytes after which printing is no longer listened to: the code is ended.
    """

    seconds: float = 5.0
    cpu: float = 10.0
    memory: int = 1 << 30
    processes: int = 32
    open_files: int = 64
    disk: int = 64 << 20
    files: int = 1_000
    printed: int = 10_000
    output: int = 16 << 20

    def __post_init__(self) -> None:
        for field in fields(self):
            if not getattr(self, field.name) > 0:
                raise InputError(f"the sandbox's limit {field.name} must be above 0")

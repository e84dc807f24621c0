"""What goes through the pipes between a session and its worker, and over its line."""

from __future__ import annotations

import struct

CODE, RESULT = 3, 4  # a worker's file descriptors, beside stdout and stderr
HEADER = struct.Struct("!I")  # bytes of the code that follows, UTF-8
ANSWER = struct.Struct("!IBII")  # run, end, bytes of value + 1 and of error + 1 (0: None)
ENDS = ("ok", "error", "memory", "time")
BEGIN, INTERRUPT = b"r", b"i"  # said on the line to the server
ENDED = struct.Struct("!ci")  # said by it: why it ended the worker, the worker's status
OF_ITSELF, CPU, DISK = b"-", b"c", b"d"
NOT_LOCKED = 97  # exit status of a worker that could not lock itself in


def cut(text: str, length: int) -> str:
    """At most `length` characters, cut in the middle."""
    if len(text) <= length:
        return text
    note = f"\n[… {len(text) - length:,} characters …]\n"
    head = max(0, length - len(note)) // 2
    tail = max(0, length - len(note)) - head
    return (text[:head] + note + text[len(text) - tail :])[:length]

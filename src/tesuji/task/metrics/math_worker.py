"""The process that compares mathematical answers; `mathematics` starts, feeds and kills it.

Run as a script. Reads lines of JSON, [target, answer]; writes 1 or 0 a line. math-verify stops
itself by signal.alarm, which sympy's C code and other threads don't heed; here it has no time-out
of its own, and whoever started this process kills it. Only its LaTeX reader is used: the one for
plain expressions goes through sympy's `parse_expr`, which is Python's `eval`.
"""

from __future__ import annotations

import json
import logging
import sys

_MEMORY = 2 << 30  # bytes of address space; sympy takes what 9^{9^{9^9}} asks for


def _limit_memory() -> None:
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def equal(target: str, answer: str) -> bool:
    """Whether two LaTeX answers mean the same, as math-verify 0.8+ judges it."""
    from math_verify import LatexExtractionConfig, parse, verify

    config = (LatexExtractionConfig(boxed_match_priority=0),)
    gold, given = (
        parse(f"\\boxed{{{text}}}", config, parsing_timeout=None) for text in (target, answer)
    )
    return bool(gold and given) and bool(verify(gold, given, timeout_seconds=None))


def main() -> None:
    """Answer until the input ends."""
    _limit_memory()
    logging.disable(logging.CRITICAL)  # it warns about every text that it cannot read
    equal("1", "2")  # imports everything
    print("ready", flush=True)
    for line in sys.stdin:
        target, answer = json.loads(line)
        try:
            verdict = equal(target, answer)
        except (Exception, RecursionError):  # a library with many ways to fail on bad LaTeX
            verdict = False
        print(int(verdict), flush=True)


if __name__ == "__main__":
    main()

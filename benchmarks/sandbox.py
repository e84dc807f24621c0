"""The sandbox beside plain `python` processes and bubblewrap, on the same pieces of code.

`python -m benchmarks.sandbox [--rounds 12]`

Four pieces of code as a model writes them for mathematics; three need numpy or sympy. *A call* is
one piece in a place of its own: for the sandbox a new session, for the rivals a new process that
imports what the code does. *Four rounds* are four pieces of which the later use the variables of
the earlier: one session, or a process for each round that runs all code so far again (nothing is
kept between processes). *A further call* is one more piece in an open session. Rounds alternate;
medians and 95th percentiles of wall time are printed, and CPU time, since the machine may be busy
(not of bwrap: it doesn't wait for its child, so the kernel doesn't count that). What was printed
is compared. bwrap is left out where it isn't installed or may not work.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import shutil
import statistics
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from tesuji.sandbox import Limits, Sandbox, layers

ROUNDS = (
    "import sympy\nx = sympy.symbols('x')\nroots = sympy.solve(x**2 - 5*x + 6)\nprint(roots)",
    "import numpy as np\nm = np.ones((2, 2)) + np.eye(2)\nprint(round(np.linalg.det(m)))",
    "print(sum(int(r) for r in roots), sympy.factorint(2**32 + 1))",
    "print(sum(k for k in range(100_000) if k % 7 == 3) % 1000)",
)
CALLS = (ROUNDS[0], ROUNDS[1], "import sympy\n" + ROUNDS[2].replace("roots", "(2, 3)"), ROUNDS[3])
Times = list[tuple[float, float]]  # wall and CPU seconds


def prefix() -> list[str] | None:
    """bubblewrap's command line, as tight as it gets without more; None where it doesn't work."""
    if not (bwrap := shutil.which("bwrap")):
        return None
    real = [str(Path(p).resolve()) for p in (sys.base_prefix, sysconfig.get_paths()["purelib"])]
    shown = {*real, sys.prefix, "/usr", *(str(p) for p in (Path("/lib"), Path("/lib64")))}
    places = [part for path in sorted(shown) for part in ("--ro-bind-try", path, path)]
    command = [bwrap, "--unshare-all", "--die-with-parent", "--new-session", "--clearenv",
               *places, "--dev", "/dev", "--tmpfs", "/tmp", "--chdir", "/tmp"]  # fmt: skip
    tried = subprocess.run([*command, sys.executable, "-c", ""], capture_output=True, check=False)
    return command if tried.returncode == 0 else None


def plain(code: str, before: Sequence[str] = ()) -> str:
    """What a process of its own prints."""
    command = [*before, sys.executable, "-I", "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def timed(times: Times, work: Callable[[], str], cpu: Callable[[], float]) -> str:
    """Do it, and note how long it took."""
    start, spent = time.perf_counter(), cpu()
    printed = work()
    times.append((time.perf_counter() - start, cpu() - spent))
    return printed


def own_cpu() -> float:
    """CPU seconds of this process and of the children that it has waited for."""
    uses = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(use.ru_utime + use.ru_stime for use in uses)


def sandbox_cpu(server: int) -> Callable[[], float]:
    """The same with the sandbox's server, and the workers that it has buried."""
    tick = os.sysconf("SC_CLK_TCK")

    def cpu() -> float:
        fields = Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()
        return own_cpu() + sum(int(field) for field in fields[11:15]) / tick

    return cpu


def show(name: str, times: Times) -> None:
    """One line of the table."""
    walls = sorted(wall for wall, _ in times)
    cpu = "" if "bwrap" in name else f"{statistics.mean(cpu for _, cpu in times) * 1e3:.1f}"
    late = walls[min(len(walls) - 1, int(0.95 * len(walls)))]
    print(f"| {name} | {statistics.median(walls) * 1e3:.1f} | {late * 1e3:.1f} | {cpu} |")


def measure(rounds: int) -> None:
    """Measure all in turn, and print the table."""
    bwrap = prefix()
    table: dict[str, Times] = {}
    with asyncio.Runner() as runner:
        run = runner.run
        sandbox = Sandbox(Limits(seconds=60))
        start = time.perf_counter()
        kept = run(sandbox.open())
        run(kept.run("1"))
        print(f"the server is warm after {time.perf_counter() - start:.2f} s\n")
        helper = sandbox._helper
        assert helper is not None
        launcher = helper._process.pid
        server = int(Path(f"/proc/{launcher}/task/{launcher}/children").read_text())
        cpu = sandbox_cpu(server)

        async def call(code: str) -> str:
            async with await sandbox.open() as session:
                return (await session.run(code)).printed

        async def four() -> str:
            async with await sandbox.open() as session:
                return "".join([(await session.run(code)).printed for code in ROUNDS])

        async def further(code: str) -> str:
            return (await kept.run(code)).printed

        def running(work: Callable[..., Coroutine[Any, Any, str]], *arguments: str) -> str:
            return run(work(*arguments))

        for k in range(rounds):
            code = CALLS[k % len(CALLS)]
            work: dict[str, tuple[Callable[[], str], Callable[[], float]]] = {
                "a call: sandbox": (partial(running, call, code), cpu),
                "a call: python": (partial(plain, code), own_cpu),
                "four rounds: sandbox": (partial(running, four), cpu),
                "four rounds: python": (fourfold, own_cpu),
                "a further call: sandbox": (partial(running, further, code), cpu),
            }
            if bwrap:
                work["a call: bwrap + python"] = (partial(plain, code, bwrap), own_cpu)
            printed = {
                name: timed(table.setdefault(name, []), *what) for name, what in work.items()
            }
            for kind in ("a call", "four rounds"):
                alike = {text for name, text in printed.items() if name.startswith(kind)}
                assert len(alike) == 1, alike
        run(kept.close())
        sandbox.shut()
    print("| | p50, ms | p95, ms | CPU, ms |\n|---|---|---|---|")
    for name in sorted(table):
        show(name, table[name])


def fourfold() -> str:
    """Four processes, each with all code so far; what the last piece of each prints."""
    printed = ""
    for count in range(1, len(ROUNDS) + 1):
        whole = plain("\n".join(ROUNDS[:count]))
        assert whole.startswith(printed)
        printed = whole
    return printed


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=12)
    arguments = parser.parse_args()
    missing = [layer.name for layer in layers() if not layer.on]
    print("layers missing here:", ", ".join(missing) or "none")
    measure(arguments.rounds)


if __name__ == "__main__":
    main()

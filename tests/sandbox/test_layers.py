"""Which layers there are, that each is found missing where it is, and how that is told."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from machines import MACHINES, NAMESPACES
from processes import folders, nothing_new, standing

from tesuji.cli.paper import console
from tesuji.cli.show_files import show_doctor
from tesuji.doctor import DoctorReport
from tesuji.sandbox import Limits, Sandbox, layers
from tesuji.sandbox.helper import Helper
from tesuji.sandbox.inside import seccomp
from tesuji.sandbox.layers import LAYERS, described, holes

SRC = Path(__file__).parents[2] / "src"
pytestmark = pytest.mark.xdist_group("sandbox")


def found(without: frozenset[str]) -> dict[str, str | None]:
    helper = Helper(without=sorted(without))
    try:
        return {layer.name: layer.why_not for layer in described(helper.missing)}
    finally:
        helper.close()


def test_all_layers_are_told_with_one_line_each() -> None:
    told = layers()
    assert [layer.name for layer in told] == list(LAYERS)
    assert all(layer.on == (layer.why_not is None) for layer in told)
    assert all("\n" not in (layer.why_not or "") for layer in told)
    assert layers() is told and not folders()


@pytest.mark.parametrize("machine", MACHINES)
def test_what_is_left_off_is_missing_and_nothing_else(machine: str) -> None:
    here = {name for name, why in found(frozenset()).items() if why}
    missing = found(MACHINES[machine])
    off = {name for name, why in missing.items() if why == "switched off"}
    assert off == MACHINES[machine]
    # Another user may be of use only where the libraries are his to read.
    assert {name for name, why in missing.items() if why} - off - here <= {
        "unprivileged user",
        "own folder",
    }


def test_without_any_place_for_it_no_file_is_opened_and_that_is_said() -> None:
    missing = found(MACHINES["only seccomp and limits"])
    assert "may open no file" in (missing["own folder"] or "")


@pytest.mark.parametrize(
    ("missing", "open_to"),
    [
        ((), ()),
        (("seccomp",), ()),
        (NAMESPACES, ()),
        (("seccomp", "landlock"), ()),
        ((*NAMESPACES, "seccomp"), ("the network",)),
        (("mount namespace", "landlock", "seccomp"), ("files",)),
        (tuple(LAYERS), ("files", "the network")),
    ],
)
def test_what_is_open_is_known(missing: tuple[str, ...], open_to: tuple[str, ...]) -> None:
    assert holes(dict.fromkeys(missing, "why")) == open_to


def test_the_doctor_says_what_is_missing_and_why() -> None:
    missing = dict.fromkeys(LAYERS, "the kernel says: [Errno 1] no")
    report = DoctorReport("1", "3", "x", 2, {}, (), {}, described(missing), None)
    with console.capture() as captured:
        show_doctor(report)
    said = " ".join(captured.get().split())
    assert said.count("not here: the kernel says: [Errno 1] no") == len(LAYERS)
    assert "nothing keeps it from files and the network here: it is not run" in said


MATH = """
import math, random, itertools, functools, collections, re, fractions, decimal, statistics
import numpy as np, sympy
from sympy import symbols, solve, factorint, integrate, sin, pi, Matrix, diophantine, gcd, totient
x, y = symbols('x y', integer=True)
assert solve(x**2 - 5*x + 6) == [2, 3]
assert integrate(sin(x)**2, (x, 0, pi)) == pi / 2
assert Matrix([[1, 2], [3, 4]]).det() == -2 and Matrix([[2, 0], [0, 3]]).eigenvals()
assert len(list(sympy.primerange(100))) == 25 and totient(36) == 12
assert diophantine(x**2 - 2*y**2 - 1) and sympy.sympify('2*x').subs('x', 3) == 6
assert sympy.simplify(sympy.sqrt(8) - 2 * sympy.sqrt(2)) == 0 and sympy.latex(pi / 2)
assert sympy.nsolve(x**2 - 2, 1) and sympy.summation(x, (x, 1, 10)) == 55
assert sympy.ntheory.modular.crt([3, 5], [2, 3])[0] == 8
assert np.linalg.matrix_power(np.array([[1, 1], [1, 0]]), 10)[0, 1] == 55
assert abs(np.polynomial.polynomial.polyroots([6, -5, 1])[0] - 2) < 1e-9
from collections import Counter, deque; import heapq, bisect, string, json, datetime, time, copy
from functools import lru_cache
import dataclasses, enum, typing, operator, textwrap, hashlib, secrets, cmath, numbers
import os
try: print('away', file=open(os.devnull, 'w'))
except PermissionError: pass
sum(k for k in range(1000) if k % 3 == 0)
"""


@pytest.mark.parametrize("machine", ["all layers", "no namespaces", "only seccomp and limits"])
def test_mathematics_works_whatever_is_missing(machine: str) -> None:
    pytest.importorskip("sympy")

    async def go() -> None:
        sandbox = Sandbox(Limits(seconds=60), _without=MACHINES[machine])
        async with sandbox, await sandbox.open() as session:
            outcome = await session.run(MATH)
            assert outcome.value == "166833", outcome

    before = standing()
    asyncio.run(go())
    assert nothing_new(before)


def test_filters_are_written_for_two_kinds_of_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = {}
    for machine in ("x86_64", "aarch64"):
        monkeypatch.setattr(seccomp, "MACHINE", machine)
        for least in (False, True):
            options = dict.fromkeys(("files", "attributes", "cut", "threads"), not least)
            program = seccomp.assemble(**options)
            sizes[machine, least] = len(program)
            assert len(program) < 4096 and program[0][0] == 0x20 and program[-1][0] == 0x06
            for at, (code, yes, no, _) in enumerate(program):
                if code in (0x15, 0x35):
                    assert at + 1 + max(yes, no) < len(program)
    assert sizes["x86_64", True] < sizes["x86_64", False]
    monkeypatch.setattr(seccomp, "MACHINE", "riscv64")
    with pytest.raises(OSError, match="riscv64"):
        seccomp.assemble(files=True, attributes=True, cut=True, threads=True)


@pytest.mark.parametrize(
    "options", [(), ("--no-landlock",), ("--no-landlock", "--no-pidfd")], ids=" ".join
)
def test_it_works_in_a_container_that_allows_no_namespaces(options: tuple[str, ...]) -> None:
    here = Path(__file__).parent
    code = [
        "import sympy, numpy\nsympy.factorint(91)",
        "open('/etc/passwd').read()",
        "open('/proc/%d/environ' % __import__('os').getppid()).read()",
        "import socket; socket.socket()",
        "import os; os.fork()",
        "x = 1",
        "x",
    ]
    done = subprocess.run(
        [sys.executable, here / "container.py", *options, here / "in_container.py",
         json.dumps(code)],
        env=os.environ | {"PYTHONPATH": str(SRC)}, capture_output=True, text=True, check=False,
        timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    missing = told["missing"]
    assert {name for name in missing if name.endswith("namespace")} == NAMESPACES
    assert "Operation not permitted" in missing["mount namespace"]
    assert ("landlock" in missing) == bool(options) and "seccomp" not in missing
    ran = [outcome["value"] or outcome["error"] for outcome in told["ran"]]
    assert ran[0] == "{7: 1, 13: 1}" and ran[6] == "1"
    assert all("PermissionError" in error for error in ran[1:5]), ran
    assert not folders()

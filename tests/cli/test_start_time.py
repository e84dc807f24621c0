"""How fast `tesuji --help` is, and what it does not import."""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.terminal import command, environment

HEAVY = ("numpy", "aiohttp", "rich", "onnxruntime", "onnxruntime_genai", "torch", "sklearn",
         "pyarrow", "jsonschema", "rapidfuzz", "transformers", "jinja2", "starlette",
         "uvicorn")  # fmt: skip


def cpu_seconds(*arguments: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(arguments, check=True, capture_output=True, env=environment())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_help_takes_little_time() -> None:
    cpu_seconds(*command("--help"))  # writes the byte code
    assert statistics.median(cpu_seconds(*command("--help")) for _ in range(5)) <= 0.15


@pytest.mark.parametrize(
    "code",
    [
        "import tesuji",
        "import tesuji.cli\ntry: tesuji.cli.main(['run', '--help'])\nexcept SystemExit: pass",
    ],
)
def test_nothing_heavy_is_imported(code: str) -> None:
    code += f"\nimport sys; sys.stderr.write(' '.join(m for m in {HEAVY} if m in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment(), check=True
    )
    assert done.stderr == ""


def test_a_console_of_few_characters_ends_nothing(played: Path) -> None:
    for arguments in (("runs",), ("show", "1", "-n", "1"), ("check",), ("--help",)):
        done = subprocess.run(
            command(*arguments), capture_output=True, env=environment(PYTHONIOENCODING="ascii")
        )
        assert done.returncode == 0 and done.stderr == b"" and done.stdout, arguments

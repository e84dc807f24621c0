"""The sandbox's own processes, seen from here: started once, asked for workers."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tesuji.errors import TesujiError
from tesuji.sandbox.inside.folder import sweep

_STARTING = 60.0  # seconds; numpy and sympy load in one on an idle machine
_CODE = "import sys; sys.path.insert(0, {!r}); from inside.start import main; main()"
# Threads of numpy's own would be there before a worker is locked in, and die with the fork.
_ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PATH": "/usr/bin:/bin",
}


@dataclass(frozen=True, slots=True)
class Ends:
    """This side's ends of a worker's pipes, and of its line to the server."""

    code: int
    result: int
    output: int
    line: socket.socket

    def close(self) -> None:
        """Close them; the server ends the worker."""
        for pipe in (self.code, self.result, self.output):
            os.close(pipe)
        self.line.close()


class Helper:
    """The server process and the one above it."""

    def __init__(self, *, without: Sequence[str] = (), preload: Sequence[str] = ()) -> None:
        """Start them, and wait until the server has loaded `preload` and tried its layers.

        TesujiError where this is no Linux or they don't start.
        """
        if not sys.platform.startswith("linux"):
            raise TesujiError("running a model's code needs Linux: its sandbox is made of it")
        self.owner = os.getpid()
        self._sending = threading.Lock()
        self._base = tempfile.mkdtemp(prefix="tesuji-sandbox-")
        Path(self._base).chmod(0o711)  # a worker may be another user, and finds its folder in it
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        settings = {
            "control": theirs.fileno(),
            "base": self._base,
            "parent": os.getpid(),
            "without": sorted(without),
            "preload": list(preload),
            "libraries": _where(preload),
        }
        code = _CODE.format(str(Path(__file__).parent))
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-c", code, json.dumps(settings)],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                pass_fds=(theirs.fileno(),), env=_ENVIRONMENT, cwd="/", start_new_session=True,
            )  # fmt: skip
        try:
            hello = self._hello()
        except BaseException:
            self.close()
            raise
        self.missing: Mapping[str, str] = hello["missing"]
        self.loaded: Mapping[str, str] = hello["loaded"]

    def _hello(self) -> dict[str, dict[str, str]]:
        self._control.settimeout(_STARTING)
        said = b""
        with contextlib.suppress(TimeoutError):
            said = self._control.recv(1 << 16)
        self._control.settimeout(None)
        stderr = self._process.stderr
        assert stderr is not None
        if said:
            stderr.close()
            hello: dict[str, dict[str, str]] = json.loads(said)
            return hello
        self._process.kill()
        lines = stderr.read().decode(errors="replace").strip().splitlines()
        stderr.close()
        raise TesujiError("the sandbox does not start: " + (lines[-1] if lines else "no answer"))

    @property
    def alive(self) -> bool:
        """Whether workers can be had from it, by this process."""
        return self.owner == os.getpid() and self._process.poll() is None

    def worker(self, limits: Mapping[str, float]) -> Ends:
        """A new worker. ConnectionError where the server is gone.

        TesujiError where this process has too many files open already: a session takes four.
        """
        made: list[int] = []
        try:
            for _ in range(3):
                made += os.pipe()
            ours, theirs = socket.socketpair()
        except OSError as error:
            for pipe in made:
                os.close(pipe)
            raise TesujiError(f"no more sessions of the sandbox can be open: {error}") from error
        code, to_code, from_result, result, from_output, output = made
        ends = Ends(to_code, from_result, from_output, ours)
        for pipe in (to_code, from_result, from_output):
            os.set_blocking(pipe, False)
        ours.setblocking(False)
        try:
            with self._sending:
                message = json.dumps(dict(limits)).encode()
                socket.send_fds(self._control, [message], [code, result, output, theirs.fileno()])
        except OSError as error:
            ends.close()
            raise ConnectionError(str(error)) from error
        finally:
            for pipe in (code, result, output):
                os.close(pipe)
            theirs.close()
        return ends

    def close(self) -> None:
        """End them all, and wait until nothing is left."""
        self._control.close()
        if self.owner != os.getpid():
            return
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stderr is not None:
            self._process.stderr.close()
        sweep(self._base)


def _where(packages: Sequence[str]) -> list[str]:
    """The folders that packages lie in: Python is started in a way that looks in few."""
    found = set()
    for name in packages:
        with contextlib.suppress(ImportError, ValueError):
            spec = importlib.util.find_spec(name)
            found |= {
                str(Path(at).parent) for at in (spec and spec.submodule_search_locations) or ()
            }
    return sorted(found)

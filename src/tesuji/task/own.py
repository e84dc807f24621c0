"""`competition.py`: the user's own metric, parser, check, flows and submission.

This is the user's own code on the user's own machine: it is run, not sandboxed. It is one file;
it may define, all optional:

    def metric(answer, target) -> float         higher_is_better = True | False  (True if unsaid)
    def parse(text) -> answer or None           instead of the answer format's
    def check(text) -> str or None              instead of the answer format's
    async def flow_NAME(sample, ask, **options) a flow called NAME (or any async function)
    def submission(task, entry, path)           writes what `tesuji predict` is to hand in, where
    submission_file = "submission.tar.gz"       that is no table of answers
    def check_submission(path) -> list of str   what is wrong with such a file, a line each
"""

from __future__ import annotations

import hashlib
import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from tesuji.errors import ConfigError, SubmissionError, TesujiError

FILE = "competition.py"
SUBMISSION = "submission.csv"
"""What `tesuji predict` writes, unless competition.py says another name."""


@dataclass(frozen=True, slots=True)
class Own:
    """What a competition.py defines. `functions` are all its public plain functions by name."""

    path: Path | None = None
    metric: Callable[[Any, Any], float] | None = None
    higher_is_better: bool = True
    parse: Callable[[str], Any] | None = None
    check: Callable[[str], str | None] | None = None
    submission: Callable[[Any, Any, Path], object] | None = None
    submission_file: str = SUBMISSION
    check_submission: Callable[[Path], Sequence[str]] | None = None
    flows: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    functions: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    source: str = field(default="", repr=False)


def load_own(folder: Path | str) -> Own:
    """Load `competition.py` of a folder; an empty `Own` where there is none; ConfigError."""
    path = Path(folder).absolute() / FILE
    if not path.exists():
        return Own()
    source = _source(path)
    found = {
        name: value for name, value in vars(_run(path, source)).items() if not name.startswith("_")
    }
    better = found.get("higher_is_better", True)
    if not isinstance(better, bool):
        raise ConfigError(f"{path}: higher_is_better must be True or False, not {better!r}")
    here = {
        name: value
        for name, value in found.items()
        if inspect.isfunction(value) and value.__code__.co_filename == str(path)
    }
    plain = {name: f for name, f in here.items() if not inspect.iscoroutinefunction(f)}
    return Own(
        path=path,
        metric=_callable(path, found, "metric", 2),
        higher_is_better=better,
        parse=_callable(path, found, "parse", 1),
        check=_callable(path, found, "check", 1),
        submission=_callable(path, found, "submission", 3),
        submission_file=_file_name(path, found.get("submission_file", SUBMISSION)),
        check_submission=_callable(path, found, "check_submission", 1),
        flows=_flows(path, here),
        functions=plain,
        source=source,
    )


def _source(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: byte {error.start}: not UTF-8; save it as UTF-8") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror or error}") from None


def _run(path: Path, source: str) -> ModuleType:
    """Run the file as a module of its own, under a name that no other competition shares."""
    digest = hashlib.sha256(f"{path}\0{source}".encode()).hexdigest()[:12]
    module = ModuleType(f"tesuji_competition_{digest}")
    module.__file__ = str(path)
    sys.modules[module.__name__] = module  # dataclasses and pickle look their module up
    try:
        exec(compile(source, str(path), "exec"), module.__dict__)
    except SyntaxError as error:
        line = f": line {error.lineno}" if error.lineno else ""
        raise ConfigError(f"{path}{line}: {error.msg}") from None
    except (Exception, SystemExit) as error:
        raise ConfigError(f"{place(error, path)}: {described(error)}") from error
    return module


def place(error: BaseException, path: Path) -> str:
    """File and line in the user's file where `error` came from."""
    line, trace = None, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(path):
            line = trace.tb_lineno
        trace = trace.tb_next
    return f"{path}: line {line}" if line else str(path)


def described(error: BaseException) -> str:
    """An exception in one line."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:200]}" if text else type(error).__name__


def called(own: Own, name: str, function: Callable[..., Any], *arguments: Any) -> Any:
    """What a function of the file returns; SubmissionError says where it failed.

    For the functions that make and check submissions: errors raised on purpose pass.
    """
    try:
        return function(*arguments)
    except TesujiError:
        raise
    except Exception as error:
        where = place(error, own.path) if own.path else name
        raise SubmissionError(f"{where}: {name}: {described(error)}") from error


def _callable(
    path: Path, found: Mapping[str, Any], name: str, arguments: int
) -> Callable[..., Any] | None:
    value = found.get(name)
    if value is None:
        return None
    if not callable(value):
        raise ConfigError(f"{path}: {name} must be a function, not {type(value).__name__}")
    if inspect.iscoroutinefunction(value):
        raise ConfigError(f"{_line(path, value)}: {name} must be a plain function, not async")
    _takes(path, name, value, arguments)
    function: Callable[..., Any] = value
    return function


_ARGUMENTS = {1: "(text)", 2: "(answer, target)", 3: "(task, entry, path)"}


def _file_name(path: Path, name: object) -> str:
    if not isinstance(name, str) or Path(name).name != name or not name.strip("."):
        raise ConfigError(f"{path}: submission_file must be a file's name, not {name!r}")
    return name


def _takes(path: Path, name: str, function: Callable[..., Any], arguments: int) -> None:
    try:
        inspect.signature(function).bind(*range(arguments))
    except TypeError:
        what = "(path)" if name == "check_submission" else _ARGUMENTS[arguments]
        raise ConfigError(f"{_line(path, function)}: {name} must take {what}") from None
    except ValueError:  # a built-in without a signature: let the call tell
        return


def _flows(path: Path, here: Mapping[str, Any]) -> dict[str, Callable[..., Any]]:
    flows: dict[str, Callable[..., Any]] = {}
    for name, function in here.items():
        if inspect.iscoroutinefunction(function):
            flows[name] = flows[name.removeprefix("flow_")] = function
        elif name.startswith("flow_"):
            raise ConfigError(f"{_line(path, function)}: {name} must be async: async def {name}(…)")
    for name, function in flows.items():
        if not name.startswith("flow_") and f"flow_{name}" not in flows:
            continue  # any async function may be named; only flow_… must have a flow's shape
        try:
            inspect.signature(function).bind(None, None)
        except TypeError:
            where = _line(path, function)
            raise ConfigError(f"{where}: {name} must take (sample, ask, **options)") from None
    return flows


def _line(path: Path, function: Any) -> str:
    code = getattr(function, "__code__", None)
    return f"{path}: line {code.co_firstlineno}" if code else str(path)

"""What is installed here, what each extra would add, what keeps a model's code in, and what a
model's server can do.
"""

from __future__ import annotations

import asyncio
import os
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import tesuji
from tesuji.sandbox import Layer, layers

EXTRAS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "analytics": ("Parquet files", ("pyarrow",)),
    "baseline": (
        "the metrics macro_f1, auc and qwk; `try baseline` with classic ML",
        ("scikit-learn", "lightgbm"),
    ),
    "cluster": ("workers on many machines (workers=ray)", ("ray",)),
    "gguf": ("gguf:FILE models by llama.cpp", ("llama-cpp-python",)),
    "hf": ("hf:NAME models by transformers", ("torch", "transformers")),
    "hub": ("`try survey`: models and data sets on the hub", ("huggingface_hub",)),
    "math": ("the metric math (equal formulas)", ("math-verify",)),
    "tune": ("`try prompt`: prompts suggested by Optuna's TPE", ("optuna",)),
    "vllm": ("vllm:NAME models on a GPU", ("vllm",)),
}
KEYS: Mapping[str, str] = {
    "OPENAI_API_KEY": "openai:NAME",
    "TESUJI_API_KEY": "http(s)://HOST/v1#NAME, where the server wants a key",
}


@dataclass(frozen=True, slots=True)
class Extra:
    """An extra: what it adds, and the versions of its packages (None: not installed)."""

    name: str
    adds: str
    packages: Mapping[str, str | None]

    @property
    def ready(self) -> bool:
        """Whether all of it is installed."""
        return all(self.packages.values())


@dataclass(frozen=True, slots=True)
class DoctorReport:
    """The state of the installation. A key's value is never in it, only whether it is set."""

    version: str
    python: str
    system: str
    cores: int
    base: Mapping[str, str | None]
    extras: tuple[Extra, ...]
    keys: Mapping[str, bool]
    sandbox: tuple[Layer, ...]
    model: Mapping[str, str] | None

    def to_json(self) -> dict[str, Any]:
        """All of it as plain data."""
        return asdict(self)


def examine(model: str | None = None) -> DoctorReport:
    """Look at the installation; with `model`, open it, ask it little things, and say what it can.

    ModelUnavailableError, MissingExtraError or ConfigError if the model cannot be reached.
    """
    return DoctorReport(
        version=tesuji.__version__,
        python=platform.python_version(),
        system=f"{platform.system()} {platform.machine()}",
        cores=os.cpu_count() or 1,
        base={name: _version(name) for name in ("aiohttp", "numpy", "onnxruntime-genai", "rich")},
        extras=tuple(
            Extra(name, adds, {package: _version(package) for package in packages})
            for name, (adds, packages) in EXTRAS.items()
        ),
        keys={name: bool(os.environ.get(name)) for name in KEYS},
        sandbox=layers(),
        model=None if model is None else asyncio.run(_try_model(model)),
    )


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


async def _try_model(uri: str) -> dict[str, str]:
    from tesuji.models.base import Request, Sampling
    from tesuji.models.registry import open_model
    from tesuji.task.sample import Message

    model = open_model(uri)
    try:
        await model.ready()
        report = {
            "identity": model.identity,
            "can": ", ".join(sorted(model.capabilities)),
            "at once": str(model.concurrency),
        }
        if "generate" in model.capabilities and not uri.startswith("replay:"):
            request = Request((Message("user", "Say hello."),), Sampling(max_tokens=16))
            output = await model.generate(request)
            report["says to 'Say hello.'"] = repr(output.text[:80])
            report["in"] = f"{output.seconds:.3f} s, {output.tokens_out} tokens"
        probe = getattr(model, "probe", None)  # only servers have one: the rest is known
        if probe is not None:
            report["server"] = "\n".join((await probe()).lines())
        return report
    finally:
        await model.close()

"""Does a model fit a GPU? Parameters times bytes, and room for what is computed besides.

Weights in 16, 8 or 4 bits, 4 bits with their scales as 0.56 bytes; beside them a fifth of the
weights, at least 1 GB, for keys, values and activations of a few thousand tokens. A rule of thumb:
long contexts and large batches take more.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tesuji.errors import ConfigError

GB = 1e9
MEMORY: Mapping[str, float] = {
    "P100": 16, "T4": 16, "V100": 16, "L4": 24, "A10": 24, "A10G": 24, "RTX3090": 24,
    "RTX4090": 24, "RTX5090": 32, "A100": 40, "A6000": 48, "L40S": 48, "A100-80": 80, "H100": 80,
    "H200": 141, "B200": 180,
}  # fmt: skip
"""GB of memory by the makers' data sheets; of an A100 or V100 with two sizes the smaller one."""
NO_BF16 = ("P100", "T4", "V100")
"""Older than Ampere: no bfloat16, so 16 bits means float16."""

PRECISIONS: Mapping[str, float] = {"16 bit": 2.0, "8 bit": 1.0, "4 bit": 0.56}
_DTYPES: Mapping[str, float] = {
    "F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1,
    "F8_E4M3": 1, "F8_E5M2": 1, "BOOL": 1,
}  # fmt: skip
_PACKED = ("I32", "I16", "I8", "U8", "F8_E4M3", "F8_E5M2")
_GPU = re.compile(r"(?:(\d+)\s*[x×]\s*)?([A-Za-z][\w-]*?)(?:\s*[x×]\s*(\d+))?", re.IGNORECASE)
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)\s*(?:GB|GiB|G)?", re.IGNORECASE)
_NAMED = re.compile(r"(?<![\w.])(?:(\d+)x)?(\d+(?:\.\d+)?)([BM])(?![a-z])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Gpu:
    """Memory to fit into, in GB, all cards together, as `words` named it."""

    words: str
    memory: float
    bf16: bool = True


def read_gpu(words: str) -> Gpu | None:
    """A GPU by name ("T4", "T4x2", "2xL4") or by memory ("24", "24GB"); None for "".

    ConfigError for a name that is not known.

    >>> read_gpu("T4x2"), read_gpu("24 GB")
    (Gpu(words='T4x2', memory=32, bf16=False), Gpu(words='24 GB', memory=24.0, bf16=True))
    """
    words = words.strip()
    if not words:
        return None
    if number := _NUMBER.fullmatch(words):
        return Gpu(words, float(number[1]))
    found = _GPU.fullmatch(words)
    name = found[2].upper() if found else ""
    if not found or name not in MEMORY:
        raise ConfigError(
            f"gpu is '{words}': say one of {', '.join(MEMORY)}, with x2 for two, or the memory in "
            "GB, such as 24"
        )
    count = int(found[1] or found[3] or 1)
    return Gpu(words, count * MEMORY[name], name not in NO_BF16)


def needed(weights: float) -> float:
    """GB that a model takes whose weights are so many GB."""
    return weights + max(1.0, 0.2 * weights)


def fits(parameters: float, shipped: float | None, gpu: Gpu) -> str | None:
    """In which precision a model fits, the widest; None where in none.

    `shipped` are the GB of weights of a checkpoint that is quantised already: it is loaded as it
    is.
    """
    if shipped is not None:
        return "as it is" if needed(shipped) <= gpu.memory else None
    for name, width in PRECISIONS.items():
        if needed(parameters * width / GB) <= gpu.memory:
            return name
    return None


def sizes(parameters: Mapping[str, int], total: int = 0) -> tuple[float, float | None]:
    """(number of parameters, GB as shipped if quantised, else None), from the counts by type in a
    checkpoint's safetensors.

    Four-bit weights come packed, eight in an I32 or two in a byte: for these the number of
    parameters is a lower bound.
    """
    count = float(total or sum(parameters.values()))
    weights = sum(n * _DTYPES.get(kind.upper(), 2.0) for kind, n in parameters.items()) / GB
    packed = sum(n for kind, n in parameters.items() if kind.upper() in _PACKED)
    return count, weights if packed > 0.05 * count else None


def named_size(name: str) -> float | None:
    """The number of parameters that a model's name tells; None where it tells none.

    >>> named_size("Qwen/Qwen2.5-0.5B-Instruct"), named_size("gpt2"), named_size("Mixtral-8x7B")
    (500000000.0, None, 56000000000.0)
    """
    found = _NAMED.search(name.rpartition("/")[2])
    if not found:
        return None
    unit = 1e9 if found[3].upper() == "B" else 1e6
    return int(found[1] or 1) * float(found[2]) * unit

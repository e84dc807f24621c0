"""What tokens cost: list prices in US dollars per million tokens.

The table is of the date below and is not kept by itself: prices change, and discounts (cached
prompts, batches) are not in it. `[prices]` in competition.toml overrides it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tesuji.models.endpoint import split_servers

if TYPE_CHECKING:
    from tesuji.task.config import Price

DATE = "2025-08"
"""The month in which the prices below were the public list prices."""

USD_PER_MILLION: Mapping[str, tuple[float, float]] = {
    # name: (prompt tokens, written tokens)
    "gpt-5": (1.25, 10.0),
    "gpt-5-mini": (0.25, 2.0),
    "gpt-5-nano": (0.05, 0.40),
    "gpt-4.1": (2.0, 8.0),
    "gpt-4.1-mini": (0.40, 1.60),
    "gpt-4.1-nano": (0.10, 0.40),
    "gpt-4o": (2.50, 10.0),
    "gpt-4o-mini": (0.15, 0.60),
    "o3": (2.0, 8.0),
    "o4-mini": (1.10, 4.40),
    "text-embedding-3-small": (0.02, 0.0),
    "text-embedding-3-large": (0.13, 0.0),
}
_FREE = ("nano", "onnx", "hf", "vllm", "gguf", "replay")
_HERE = ("localhost", "127.0.0.1", "::1")


def cost(
    uri: str,
    tokens_in: int,
    tokens_out: int,
    overrides: Mapping[str, Price] | None = None,
) -> float | None:
    """US dollars for these tokens; None where the price is unknown, 0 for a model of one's own.

    `overrides` maps a URI, or the name in it, to a price, in dollars per million tokens. Several
    servers that are one model have one price: under the whole URI, or under the name.

    >>> cost("openai:gpt-4o-mini", 1_000_000, 0), cost("nano", 5, 5), cost("openai:new", 1, 1)
    (0.15, 0.0, None)
    """
    return pricing(uri, overrides)(tokens_in, tokens_out)


def pricing(
    uri: str, overrides: Mapping[str, Price] | None = None
) -> Callable[[int, int], float | None]:
    """`cost` of one model's tokens, whose price is looked up once."""
    price = _price(uri.strip(), overrides or {})
    if price is None:
        return lambda tokens_in, tokens_out: None
    usd_in, usd_out = price
    return lambda tokens_in, tokens_out: (tokens_in * usd_in + tokens_out * usd_out) / 1e6


def _price(uri: str, overrides: Mapping[str, Price]) -> tuple[float, float] | None:
    scheme, _, rest = uri.partition(":")
    name = rest.rpartition("#")[2] if scheme in ("http", "https") else rest
    for key in (uri, name):
        if key in overrides:
            return overrides[key].input, overrides[key].output
    if scheme in _FREE:
        return 0.0, 0.0
    if scheme in ("http", "https"):
        return (0.0, 0.0) if all(_is_here(one) for one in split_servers(uri)) else None
    return USD_PER_MILLION.get(name) if scheme == "openai" else None


def _is_here(uri: str) -> bool:
    """Whether a server is on this machine."""
    try:
        return urlsplit(uri).hostname in _HERE
    except ValueError:
        return False

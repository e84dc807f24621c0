"""What tokens cost."""

from __future__ import annotations

import pytest

from tesuji.models.prices import DATE, USD_PER_MILLION, cost
from tesuji.task.config import Price


@pytest.mark.parametrize(
    ("uri", "dollars"),
    [
        ("openai:gpt-4o-mini", 0.15 + 2 * 0.60),
        ("openai:of-tomorrow", None),
        ("https://api.example.com/v1#gpt-4o-mini", None),
        ("http://gpu-7:8000/v1#qwen", None),
        ("http://127.0.0.1:8000/v1#qwen", 0.0),
        ("http://localhost/v1", 0.0),
        ("http://[::1]:8000/v1#qwen", 0.0),
        ("http://localhost:1/v1,http://127.0.0.1:2/v1#qwen", 0.0),
        ("http://localhost:1/v1, https://gpu-7/v1#qwen", None),
        ("http://[broken/v1#qwen", None),
        ("nano", 0.0),
        ("hf:some/model", 0.0),
        ("other:x", None),
    ],
)
def test_a_price_is_known_or_said_to_be_unknown(uri: str, dollars: float | None) -> None:
    found = cost(uri, 1_000_000, 2_000_000)
    assert found == (None if dollars is None else pytest.approx(dollars))


def test_the_user_s_prices_come_first() -> None:
    mine = {"openai:gpt-4o-mini": Price(1.0, 2.0), "qwen": Price(3.0, 0.0)}
    assert cost("openai:gpt-4o-mini", 10**6, 10**6, mine) == 3.0
    assert cost("http://gpu-7:8000/v1#qwen", 10**6, 10**6, mine) == 3.0
    assert cost("nano", 10**6, 10**6, {"nano": Price(1.0, 1.0)}) == 2.0
    pair = "http://gpu-7:8000/v1,http://gpu-8:8000/v1#qwen"
    assert cost(pair, 10**6, 10**6, mine) == 3.0
    assert cost(pair, 10**6, 0, {pair: Price(5.0, 0.0)}) == 5.0


def test_the_table_says_of_when_it_is() -> None:
    assert len(DATE) == 7
    assert all(0 <= b < 1000 and 0 < a < 1000 for a, b in USD_PER_MILLION.values())

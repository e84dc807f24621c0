"""Decoding: what every model in this process shares."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.models.conftest import NANO
from tesuji.models.base import Sampling
from tesuji.models.bytelevel import byte_decoder
from tesuji.models.decoding import Row, choose, log_softmax
from tesuji.models.seeds import draw_seed


def drawn(logits: list[float], count: int = 4000, **sampling: Any) -> np.ndarray:
    """How often each token is drawn, as a share."""
    row = Row([1], Sampling(**sampling), 10)
    row.generator = np.random.default_rng(0)
    batch = np.array([logits], dtype=np.float32)
    tokens = [int(choose(batch, [row])[0]) for _ in range(count)]
    return np.bincount(tokens, minlength=len(logits)) / count


def test_temperature_shapes_the_draws() -> None:
    logits = [2.0, 1.0, 0.0]
    for temperature in (0.5, 1.0, 2.0):
        expected = np.exp(log_softmax(np.array(logits) / temperature))
        np.testing.assert_allclose(drawn(logits, temperature=temperature), expected, atol=0.03)


def test_top_p_keeps_the_smallest_set_that_holds_it() -> None:
    logits = np.log([0.5, 0.3, 0.15, 0.05]).tolist()
    assert drawn(logits, temperature=1.0, top_p=0.5).tolist() == [1, 0, 0, 0]
    np.testing.assert_allclose(
        drawn(logits, temperature=1.0, top_p=0.75), [0.625, 0.375, 0, 0], atol=0.03
    )
    np.testing.assert_allclose(
        drawn(logits, temperature=1.0, top_p=0.96), [0.5, 0.3, 0.15, 0.05], atol=0.03
    )


@given(
    st.lists(st.floats(-(2.0**99), 2.0**99, width=32), min_size=1, max_size=50),
    st.floats(1e-3, 1e3),
    st.floats(1e-6, 1.0),
)
def test_any_logits_give_a_token(logits: list[float], temperature: float, top_p: float) -> None:
    assert drawn(logits, 3, temperature=temperature, top_p=top_p).sum() == 1


def test_seeds_of_draws_differ_and_stay() -> None:
    seeds = [draw_seed(7, index) for index in range(1000)]
    assert seeds[0] == 7 and len(set(seeds)) == 1000
    assert seeds == [draw_seed(7, index) for index in range(1000)]
    assert draw_seed(None, 3) is None
    assert all(0 <= (draw_seed(s, i) or 0) < 2**31 for s in (-1, 2**40) for i in (0, 1))


@given(st.binary(max_size=60))
def test_bytes_become_text_as_python_reads_them(data: bytes) -> None:
    decode = byte_decoder(NANO)
    assert decode is not None
    assert decode(list(data)) == data.decode(errors="replace")
    assert decode([256, *data, 261]) == data.decode(errors="replace")  # special tokens: no text

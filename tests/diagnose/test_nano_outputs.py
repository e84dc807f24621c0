"""The failures that the built-in model really makes are found."""

from __future__ import annotations

import asyncio

import pytest

from benchmarks.nano_findings import Known, answers, loops, measure


@pytest.fixture(scope="module")
def written() -> list[Known]:
    return asyncio.run(answers(250, seed=11))


def test_its_preambles_and_postambles_are_found_and_nothing_else(written: list[Known]) -> None:
    found = measure(written, ("preamble", "postamble", "loop", "refusal", "language", "garbled"))
    assert found["preamble"].there > 50
    assert found["preamble"].recall >= 0.98
    assert found["postamble"].recall >= 0.98
    assert sum(kind.wrong for kind in found.values()) <= 0.02 * len(written)


def test_loops_of_its_outputs_are_found(written: list[Known]) -> None:
    assert measure(loops(written, 250, seed=12), ("loop",))["loop"].recall >= 0.98

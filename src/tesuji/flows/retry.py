"""Retry until the answer is right-shaped."""

from __future__ import annotations

from tesuji.errors import BudgetSpentError, InputError
from tesuji.flows.flow import Ask, Draft
from tesuji.task.sample import Sample


async def retry(sample: Sample, ask: Ask, *, tries: int = 3, temperature: float = 0.7) -> Draft:
    """Ask with the entry's own sampling; while nothing can be parsed, draw again.

    The first try keeps the entry's temperature, so a sample that needs no second try costs and
    says the same as under `ask`. Later tries use `temperature`: a greedy model would only repeat
    itself. The last draft is returned if none parses.
    """
    if tries < 1:
        raise InputError(f"flow 'retry': tries is {tries}; it must be at least 1")
    draft = await ask()
    for index in range(1, tries):
        if draft.answer is not None:
            break
        try:
            draft = await ask(index=index, temperature=temperature)
        except BudgetSpentError:
            break
    return draft

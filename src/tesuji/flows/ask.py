"""The plainest flow: ask once, take what comes."""

from __future__ import annotations

from tesuji.flows.flow import Ask, Draft
from tesuji.task.sample import Sample


async def ask(sample: Sample, ask: Ask) -> Draft:
    """One request a sample."""
    return await ask()

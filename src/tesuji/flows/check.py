"""Check: the model writes, is shown what it wrote, and asked to check and mend it.

Madaan et al. 2023, "Self-Refine: Iterative Refinement with Self-Feedback" (arXiv 2303.17651), with
feedback and refinement in one reply. Huang et al. 2024, "Large Language Models Cannot
Self-Correct Reasoning Yet" (arXiv 2310.01798), found it to harm as often as it helps: measure it.
"""

from __future__ import annotations

from tesuji.errors import BudgetSpentError, InputError, RequestFailedError
from tesuji.flows.flow import Ask, Draft
from tesuji.task.sample import Message, Sample

WORDS = (
    "Check the reply above. If anything in it is wrong, or not in the form that was asked for, "
    "mend it; else say the same again."
)


async def check(sample: Sample, ask: Ask, *, rounds: int = 1, words: str | None = None) -> Draft:
    """A draft, then at most `rounds` times: shown to the model with `words` (default `WORDS`), the
    shape that is asked for said again.

    It ends early once a round says the same answer. A round that has no readable answer, that
    failed, or for which the budget had nothing left changes nothing.
    """
    if rounds < 1:
        raise InputError(f"flow 'check': rounds is {rounds}; it must be at least 1")
    shape = ask.format.tell()
    request = Message("user", f"{words or WORDS} {shape}".strip())
    best = last = await ask()
    for _ in range(rounds):
        said = Message("assistant", last.output.text if last.output.text.strip() else "(nothing)")
        try:
            last = await ask(messages=(*ask.messages, said, request))
        except (BudgetSpentError, RequestFailedError):
            break
        if last.answer is None:
            break
        agreed, best = last.answer == best.answer, last
        if agreed:
            break
    return best

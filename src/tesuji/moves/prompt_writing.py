"""Models that write prompts: asked between the rounds of a race, with the failures of the prompt in
front. Their calls are recorded and counted like any others, so they come again for nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tesuji.diagnose import Finding
from tesuji.errors import BudgetSpentError, RequestFailedError
from tesuji.models.base import Request, Sampling
from tesuji.moves.live import Live
from tesuji.prompts.rewriting import Failure, ask_for_rewrite, read_rewrite
from tesuji.run.entry import Entry
from tesuji.task.sample import Sample
from tesuji.task.task import Task
from tesuji.task.template import PromptTemplate
from tesuji.task.writing import cell_text

_SHOWN = 6  # failures a call
# The usual default of servers, and the only value that some reasoning models take.
_SAMPLING = Sampling(temperature=1.0, max_tokens=4_000)


@dataclass(frozen=True, slots=True)
class Made:
    """What a prompt made of a sample."""

    sample: Sample
    output: str
    score: float
    findings: Sequence[Finding]


@dataclass(frozen=True, slots=True)
class Leading:
    """The prompt in front, what it made of its samples, and its mean score on them."""

    prompt: PromptTemplate
    made: Sequence[Made]
    mean: float
    higher_is_better: bool

    def failures(self, task: Task) -> list[Failure]:
        """The worst of what it made, worst first; none that is perfect."""
        best = task.metric.best
        sign = 1.0 if self.higher_is_better else -1.0
        failed = [one for one in self.made if one.score != best or one.findings]
        failed.sort(key=lambda one: sign * one.score)
        return [_failure(task, one) for one in failed[:_SHOWN]]


def _failure(task: Task, one: Made) -> Failure:
    fields = [(name, cell_text(one.sample.fields[name])) for name in task.columns
              if name in one.sample.fields]  # fmt: skip
    target = task.format.render(one.sample.target)
    found = [f"{finding.kind}: {finding.evidence}" for finding in one.findings]
    return Failure(fields, one.output, target, one.score, found)


class Writers:
    """The models that write, `rewrites` times each, in turn. `notes` says what came of the calls
    that brought no prompt."""

    def __init__(self, uris: Sequence[str], rewrites: int, task: Task, live: Live) -> None:
        self._entries = [
            Entry("writer", uri, PromptTemplate("-"), sampling=_SAMPLING) for uri in uris
        ]
        self._left = [(round_, entry) for round_ in range(rewrites) for entry in self._entries]
        self._task, self._live = task, live
        self._columns = task.columns
        self.notes: list[str] = []

    async def open(self) -> None:
        """Reach every writer, so that one that is not there is known before anything is sent."""
        for entry in self._entries:
            await self._live.model(entry)

    async def write(self, leading: Leading) -> list[PromptTemplate]:
        """What the next writer in turn makes of the prompt in front; nothing once all have had
        their turns, or where there is no failure."""
        if not self._left or not leading.made:
            return []
        failures = leading.failures(self._task)
        if not failures:
            return []
        turn, entry = self._left.pop(0)
        messages = ask_for_rewrite(self._task, leading.prompt, failures, leading.mean)
        request = Request(messages, entry.sampling, index=turn)
        try:
            output, _ = await self._live.generate(entry, request)
        except BudgetSpentError:
            self._left.clear()
            return []
        except RequestFailedError as error:
            self.notes.append(f"{entry.model}: {error}")
            return []
        made = read_rewrite(output.text, leading.prompt, self._columns)
        if isinstance(made, str):
            self.notes.append(f"{entry.model}: a rewrite was refused: {made}")
            return []
        return [made]

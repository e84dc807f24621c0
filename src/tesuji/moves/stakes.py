"""What is at stake in a run: how many samples are wrong, and why, as far as the outputs tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields

from tesuji.flows import Draft
from tesuji.run.ledger import AnswerRow
from tesuji.task.rules import base_format
from tesuji.task.sample import Answer, Sample
from tesuji.task.task import Task


@dataclass(frozen=True, slots=True)
class Stakes:
    """Counts of samples. Of those with an answer and a target (`scored`):

    `wrong` are not as good as can be. Of the wrong ones, in `mendable` a cleaner that is not yet in
    use has work, in `shapeless` no answer could be read or the shape is broken, `plain` show no
    failure at all. In `drawn` there are two or more readable draws; in `split` of these the draws
    disagree; in `latent` some draw is right though the answer is not.
    """

    scored: int = 0
    wrong: int = 0
    mendable: int = 0
    shapeless: int = 0
    plain: int = 0
    drawn: int = 0
    split: int = 0
    latent: int = 0

    def share(self, name: str) -> float:
        """A count as a share of the scored samples; 0 where there are none."""
        count: int = getattr(self, name)
        return count / self.scored if self.scored else 0.0


def count_stakes(names: Iterable[str]) -> Stakes:
    """The counts, from what `at_stake` said of each sample."""
    counts = Counter(names)
    return Stakes(**{field.name: counts[field.name] for field in fields(Stakes)})


def at_stake(
    task: Task, sample: Sample, row: AnswerRow, drafts: Sequence[Draft], mendable: bool
) -> list[str]:
    """The names of the counts that a sample belongs to."""
    found = []
    answers = [draft.answer for draft in drafts if draft.answer is not None]
    if len(answers) > 1:
        found.append("drawn")
        if any(answer != answers[0] for answer in answers):
            found.append("split")
    if row.answer is None or sample.target is None:
        return found
    found.append("scored")
    if is_right(task, row.answer, sample.target, row.score):
        return found
    found.append("wrong")
    kinds = {finding.kind for draft in drafts for finding in draft.findings}
    if mendable:
        found.append("mendable")
    if row.state == "unparsed" or "format" in kinds:
        found.append("shapeless")
    if row.state == "answered" and not kinds:
        found.append("plain")
    if any(is_right(task, answer, sample.target) for answer in answers):
        found.append("latent")
    return found


def is_right(task: Task, answer: Answer, target: Answer, score: float | None = None) -> bool:
    """Whether an answer is as good as can be: the metric's best value, or, where it has none per
    sample, the target itself; of probabilities, whether the likeliest label is right."""
    if base_format(task.format).name == "probabilities":
        return _likeliest(answer) == _likeliest(target)
    metric = task.metric
    if metric.sample is None or metric.best is None:
        return bool(answer == target)
    value = metric.sample(answer, target) if score is None else score
    return abs(value - metric.best) < 1e-9


def _likeliest(shares: Mapping[str, float]) -> str | None:
    return max(shares, key=lambda label: shares[label], default=None)

"""What a solver answers: the answer, whether it is sure of it, and the rule it found."""

from __future__ import annotations

from dataclasses import dataclass, field

SURE = 0.98  # the share of the weight that one answer must hold


@dataclass(frozen=True, slots=True)
class Solved:
    """An answer, whether every plausible rule agrees on it, and the rule in one plain line."""

    answer: str
    sure: bool
    rule: str


@dataclass(slots=True)
class Ballot:
    """Weighted votes of rules for answers; a rule without an answer still counts in the total."""

    total: float = 0.0
    weights: dict[str, float] = field(default_factory=dict)
    rules: dict[str, tuple[float, str]] = field(default_factory=dict)

    def add(self, answer: str | None, weight: float, rule: str) -> None:
        """One rule's vote; of the rules behind an answer the heaviest is named."""
        self.total += weight
        if answer is None:
            return
        self.weights[answer] = self.weights.get(answer, 0.0) + weight
        if answer not in self.rules or self.rules[answer][0] < weight:
            self.rules[answer] = (weight, rule)

    def result(self, *, whole: bool = True) -> Solved | None:
        """The heaviest answer; sure only where the search was `whole` and it holds `SURE`."""
        if not self.weights:
            return None
        best = max(self.weights, key=lambda answer: self.weights[answer])
        sure = whole and self.weights[best] >= SURE * self.total
        return Solved(best, sure, self.rules[best][1])

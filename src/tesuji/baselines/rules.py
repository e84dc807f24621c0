"""`rules`: a program induced from the training rows, or from the examples in each prompt.

Some tasks have one hidden rule for all rows (reverse the string): it is looked for column by
column. In others every row is a puzzle of its own, whose text holds the examples: each is solved
by itself. Which of the two works is found on rows that neither has seen. A row without a rule gets
no answer, so that somebody else may be asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from tesuji.baselines.fitted import Fitted, Guess, filled
from tesuji.baselines.folds import gain, measured
from tesuji.baselines.induction import Rule, Solved, induce, words_in
from tesuji.baselines.pool import Pool, Row, draw
from tesuji.baselines.solving import Solver
from tesuji.task.sample import Answer

_PROBE = 40  # rows kept back to see what works
_EXAMPLES = 60  # rows that a rule is looked for in; more would only take longer
_BRIEFLY, _LONG = 1.0, 9.0  # seconds of looking for a rule, in all columns and pairs of them
_FEW = 12  # rows: too few to keep any back
_SURE = 0.99  # of the rows kept back must agree with a rule that is stood by
_WORTH = 0.1  # of the prompts must be solved rightly
_MOST_COLUMNS = 12
_MOST_PAIRED = 4
_MOST_WORDS = 20_000
_READ = 1_000  # prompts that are read for their words
_WORD = re.compile(r"[^\W\d_]+")


def serves(pool: Pool) -> str | None:
    """Why the method cannot be fitted to a pool; None where it can."""
    if not pool.columns:
        return "the rows have no columns but the target"
    if pool.shape.name not in ("text", "boxed", "integer", "number", "choice"):
        return f"rules give no answers of the format {pool.shape.name!r}"
    return None if len(pool) else "there are no training rows"


@dataclass(frozen=True, slots=True)
class _Found:
    """A rule for all rows: of which columns, and whether rows kept back agree with it."""

    columns: tuple[str, ...]
    rule: Rule
    sure: bool

    def text(self, row: Row) -> str | None:
        """What the rule gives for a row."""
        return self.rule(*(row.get(column, "") for column in self.columns))

    def words(self) -> str:
        """The rule with the columns' names in it."""
        marks = ("x",) if len(self.columns) == 1 else tuple(
            f"x{at}" for at in range(1, len(self.columns) + 1)
        )  # fmt: skip
        names = dict(zip(marks, self.columns, strict=True))
        return re.sub(r"\bx\d?\b", lambda found: names.get(found[0], found[0]), self.rule.text)


def fit(pool: Pool) -> Fitted:
    """Whatever rules are found; no answers at all where none is."""
    order = sorted(range(len(pool)), key=lambda at: draw(pool.seed, at))
    enough = len(pool) >= _FEW
    probe = pool.part(order[: min(_PROBE, len(pool) // 3)]) if enough else pool
    seen = pool.part(order[len(probe) :]) if enough else pool
    judged = probe if enough else None
    rule = _rule(seen, judged, _BRIEFLY)
    puzzles = None if rule is not None and rule.sure else _puzzles(seen, probe)
    if puzzles is None and (rule is None or not rule.sure):
        rule = _rule(seen, judged, _LONG, rule)
    solver = _Rules(pool, rule, puzzles, _words(pool, puzzles) if puzzles else ())
    words = solver.words(pool.drawn(_PROBE * 5))
    if rule is None and puzzles is None:
        return Fitted(solver.predict, words)
    tested = _Rules(seen, rule, puzzles, _words(seen, puzzles) if puzzles else ())
    guesses = tested.predict(probe.rows)
    if puzzles is not None:
        words = f"{words}: {_counted(guesses, probe)}"
    score = measured(pool.metric, filled(guesses, pool), probe.targets) if enough else None
    return Fitted(solver.predict, words, score)


def _counted(guesses: Sequence[Guess], probe: Pool) -> str:
    pairs = [(g, t) for g, t in zip(guesses, probe.targets, strict=True) if g.answer is not None]
    sure = sum(guess.sure for guess, _ in pairs)
    return f"{len(pairs)} of {len(probe)} training rows answered, {sure} surely"


class _Rules:
    """A rule for all rows and a solver of prompts, whichever there are."""

    def __init__(
        self, pool: Pool, rule: _Found | None, puzzles: str | None, words: Sequence[str]
    ) -> None:
        self._pool, self._rule, self._puzzles = pool, rule, puzzles
        self._solver = Solver(words) if puzzles is not None else None

    def predict(self, rows: Sequence[Row]) -> list[Guess]:
        """A prompt's own rule goes before the one for all rows."""
        solved: Sequence[Solved | None] = [None] * len(rows)
        if self._solver is not None and self._puzzles is not None:
            solved = self._solver.solve([row.get(self._puzzles, "") for row in rows])
        return [self._guess(row, one) for row, one in zip(rows, solved, strict=True)]

    def _guess(self, row: Row, solved: Solved | None) -> Guess:
        if solved is not None and (answer := accepted(self._pool, solved.answer)) is not None:
            return Guess(answer, solved.sure)
        if self._rule is None:
            return Guess(None)
        text = self._rule.text(row)
        answer = None if text is None else accepted(self._pool, text)
        return Guess(answer, self._rule.sure and answer is not None)

    def words(self, pool: Pool) -> str:
        """What is done, in a line."""
        parts = []
        if self._rule is not None:
            rule = self._rule
            fits = sum(
                _same(pool, rule.text(row), target)
                for row, target in zip(pool.rows, pool.targets, strict=True)
            )
            parts.append(f"{rule.words()}, fits {fits} of {len(pool)} training rows")
        if self._puzzles is not None:
            parts.append(f"rules from the examples in each `{self._puzzles}`")
        return "; ".join(parts) or "no rule was found"


def accepted(pool: Pool, text: str) -> Answer | None:
    """A rule's text as an answer; None where it is none of this format."""
    try:
        return pool.shape.accept(text)
    except ValueError:
        return None


def _same(pool: Pool, text: str | None, target: Answer) -> bool:
    return text is not None and accepted(pool, text) == target


def _rule(
    seen: Pool, probe: Pool | None, seconds: float, found: _Found | None = None
) -> _Found | None:
    """The best rule for `seen`, of one column or of two: the one that does best on `probe`, the
    smaller of two that do alike. `found` is one that is known already."""
    columns = seen.columns[:_MOST_COLUMNS]
    choices: list[tuple[str, ...]] = [(column,) for column in columns]
    choices += combinations(columns[:_MOST_PAIRED], 2)
    seconds = min(seconds, seen.seconds / 4)
    examples = seen.drawn(_EXAMPLES)
    judged = probe or examples
    outputs = [_text(seen, target) for target in examples.targets]
    rules = [] if found is None else [found]
    for columns in choices:
        inputs = [tuple(row.get(name, "") for name in columns) for row in examples.rows]
        pairs = list(zip(inputs, outputs, strict=True))
        rule = induce(pairs, seconds=seconds / len(choices))
        if rule is not None:
            rules.append(_Found(columns, rule, False))
    scored = [(*_judged(one, judged), one) for one in rules]
    kept = [(score, -one.rule.size, replace(one, sure=right >= _SURE * len(judged) >= 3 * _SURE))
            for score, right, one in scored if right]  # fmt: skip
    return max(kept, key=lambda triple: triple[:2])[2] if kept else None


def _judged(found: _Found, pool: Pool) -> tuple[float, int]:
    """The metric of a rule on rows, more is better, and how many it has right."""
    texts = [found.text(row) for row in pool.rows]
    given = [Guess(None if text is None else accepted(pool, text)) for text in texts]
    right = sum(_same(pool, text, t) for text, t in zip(texts, pool.targets, strict=True))
    return gain(pool.metric, measured(pool.metric, filled(given, pool), pool.targets)), right


def _text(pool: Pool, target: Answer) -> str:
    """A target as the text that a rule is to give."""
    if isinstance(target, list):
        return str(target[0])
    return target if isinstance(target, str) else pool.shape.render(target)


def _puzzles(seen: Pool, probe: Pool) -> str | None:
    """The column whose texts hold examples that lead to the right answer; None if no column's."""
    few = probe.drawn(_PROBE)
    best: tuple[int, str] | None = None
    for column in seen.columns[:_MOST_COLUMNS]:
        texts = few.column(column)
        if sum("\n" in text or len(text) > 40 for text in texts) * 2 < len(texts):
            continue
        solver = Solver(_words(seen, column))
        found = solver.solve(texts)
        solver.close()
        right = sum(
            one is not None and _right(few, one.answer, target)
            for one, target in zip(found, few.targets, strict=True)
        )
        if right >= max(1, _WORTH * len(texts)) and (best is None or right > best[0]):
            best = (right, column)
    return None if best is None else best[1]


def _right(pool: Pool, text: str, target: Answer) -> bool:
    answer = accepted(pool, text)
    if answer is None:
        return False
    if answer == target or pool.metric.sample is None or not pool.metric.zero_one:
        return bool(answer == target)
    return bool(pool.metric.sample(answer, target))


def _words(pool: Pool, column: str) -> list[str]:
    """Plain words: those of the targets, and those of the prompts' own examples."""
    words = {word.lower() for t in pool.targets if isinstance(t, str) for word in _WORD.findall(t)}
    shown = words_in(text for text in pool.drawn(_READ).column(column))
    return sorted(words | shown)[:_MOST_WORDS]

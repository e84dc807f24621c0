"""How many puzzles are solved by rules induced from their own examples, and at what cost.

    python -m benchmarks.induction FILE              both halves, all kinds, and rivals
    python -m benchmarks.induction FILE --misses bits 5

FILE is a CSV with the columns `id,prompt,answer`. A hash of the ids splits it: the development half
may be read (`--misses` shows its wrong answers) and rules and weights be made from it; of the check
half nobody reads a puzzle. An answer counts where it is the same, or a number within 1 %.

Rivals, in the same run: the commonest answer of a kind; the answer of the most similar prompt of
the other half; and the solvers of the four kinds that have long been solved by hand-made rules.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tesuji.baselines.induction import Solved, solve_prompt, words_in

_KINDS = {  # a word of the prompt that tells the kind
    "bits": "bit manipulation", "symbols": "set of transformation rules", "cipher": "encryption",
    "numerals": "numeral system", "units": "unit conversion", "gravity": "gravitational",
}  # fmt: skip
_BY_HAND = ("cipher", "numerals", "units", "gravity")
_SIMILAR = 300  # puzzles of a half on which the most similar prompt is looked for


@dataclass(frozen=True, slots=True)
class Puzzle:
    """A row of the file."""

    id: str
    kind: str
    prompt: str
    answer: str


@dataclass(frozen=True, slots=True)
class Tried:
    """A puzzle, what was answered, and the CPU time it took in milliseconds."""

    puzzle: Puzzle
    solved: Solved | None
    ms: float

    @property
    def right(self) -> bool:
        """Whether the answer counts."""
        return self.solved is not None and counts(self.solved.answer, self.puzzle.answer)


def counts(answer: str, truth: str) -> bool:
    """The contest's metric: the same text, or a number within 1 %."""
    if answer == truth:
        return True
    try:
        return "." in truth and abs(float(answer) - float(truth)) <= 0.01 * abs(float(truth))
    except ValueError:
        return False


def halves(path: Path) -> tuple[list[Puzzle], list[Puzzle]]:
    """The development half and the check half."""
    both: tuple[list[Puzzle], list[Puzzle]] = ([], [])
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            kind = next((k for k, word in _KINDS.items() if word in row["prompt"]), "other")
            side = hashlib.sha256(row["id"].encode()).digest()[0] % 2
            both[side].append(Puzzle(row["id"], kind, row["prompt"], row["answer"]))
    return both


def tried(puzzles: Sequence[Puzzle], words: frozenset[str]) -> list[Tried]:
    """Every puzzle answered by its own examples."""
    found = []
    for puzzle in puzzles:
        start = time.process_time()
        solved = solve_prompt(puzzle.prompt, words=words)
        found.append(Tried(puzzle, solved, 1e3 * (time.process_time() - start)))
    return found


def table(name: str, found: Sequence[Tried]) -> None:
    """Accuracy, sureness and cost by kind."""
    print(f"\n{name}: {len(found)} puzzles")
    heads = ("kind", "puzzles", "right", "sure", "right if sure", "ms median", "mean", "p99")
    print("{:<10}{:>8}{:>8}{:>8}{:>15}{:>11}{:>8}{:>8}".format(*heads))
    for kind in (*_KINDS, "all"):
        part = [one for one in found if kind in (one.puzzle.kind, "all")]
        if not part:
            continue
        sure = [one for one in part if one.solved is not None and one.solved.sure]
        ms = sorted(one.ms for one in part)
        right, sure_right = (sum(one.right for one in some) for some in (part, sure))
        print(
            f"{kind:<10}{len(part):>8}{right / len(part):>8.3f}{len(sure) / len(part):>8.3f}"
            f"{f'{sure_right} of {len(sure)}':>15}{statistics.median(ms):>11.2f}"
            f"{statistics.mean(ms):>8.2f}{ms[int(0.99 * len(ms))]:>8.1f}"
        )


def commonest(others: Sequence[Puzzle]) -> Callable[[Puzzle], str]:
    """The commonest answer of the kind."""
    answers: dict[str, Counter[str]] = {}
    for other in others:
        answers.setdefault(other.kind, Counter())[other.answer] += 1
    return lambda puzzle: answers[puzzle.kind].most_common(1)[0][0]


def most_similar(others: Sequence[Puzzle]) -> Callable[[Puzzle], str]:
    """The answer of the prompt of the same kind with the smallest edit distance."""
    from rapidfuzz import process
    from rapidfuzz.distance import Levenshtein

    def answer(puzzle: Puzzle) -> str:
        same = [other for other in others if other.kind == puzzle.kind]
        found = process.extractOne(
            puzzle.prompt, [other.prompt for other in same], scorer=Levenshtein.distance
        )
        return same[found[2]].answer

    return answer


def rivals(found: Sequence[Tried], others: Sequence[Puzzle]) -> None:
    """What the rivals get right."""
    for name, rival in (
        ("the commonest answer of the kind", commonest(others)),
        ("the most similar prompt's answer", most_similar(others)),
    ):
        some = [one.puzzle for one in found[:: max(len(found) // _SIMILAR, 1)]]
        start = time.process_time()
        right = sum(counts(rival(puzzle), puzzle.answer) for puzzle in some)
        ms = 1e3 * (time.process_time() - start) / len(some)
        print(f"{name:<44}{right / len(some):>7.3f} of {len(some)}, {ms:.2f} ms")
    by_hand = sum(one.right for one in found if one.puzzle.kind in _BY_HAND)
    print(f"{'the four kinds solved by hand-made rules':<44}{by_hand / len(found):>7.3f}")


def main() -> None:
    """Print the figures of both halves, or misses of the development half."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--misses", nargs=2, metavar=("KIND", "COUNT"))
    options = parser.parse_args()
    development, check = halves(options.file)
    words = words_in(puzzle.prompt for puzzle in development)
    if options.misses:
        kind, count = options.misses
        wrong = tried([p for p in development if p.kind == kind], words)
        for one in [one for one in wrong if not one.right][: int(count)]:
            print(one.puzzle.prompt, f"\nright: {one.puzzle.answer}\nours: {one.solved}\n")
        return
    for name, half, others in (
        ("development half", development, check),
        ("check half", check, development),
    ):
        found = tried(half, words)
        table(name, found)
        rivals(found, others)


if __name__ == "__main__":
    main()

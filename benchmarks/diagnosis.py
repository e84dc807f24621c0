"""How well, and how fast, the detectors see what went wrong in real outputs.

    python -m benchmarks.diagnosis FOLDER            quality, then speed
    python -m benchmarks.diagnosis FOLDER --quality  only quality
    python -m benchmarks.diagnosis FOLDER --speed    only speed
    python -m benchmarks.diagnosis FOLDER --misses preamble
    python -m benchmarks.diagnosis FOLDER --readings
    python -m benchmarks.diagnosis FOLDER --blind
    python -m benchmarks.diagnosis FOLDER --blind --misses truncated

FOLDER holds `labelled_dev.jsonl`, real outputs labelled by a reader, and `raw_pool.jsonl.gz`,
unlabelled ones. Half of the labelled outputs, chosen by a hash of their ids, are for development:
their misses may be read (`--misses`), and rules may be made from them. The other half is for
checking alone: nobody looks at a text in it. Figures of both halves are printed side by side, so
that fitting the first shows.

`readings/` beside this file holds what was read in the unlabelled ones by the makers of the rules:
for each kind some outputs in which it was found, and some in which it was not. Misses and false
alarms among them were mended where a rule could be made of them, so these figures flatter; they
show what a change breaks.

`readings/blind_a.jsonl` and `blind_b.jsonl` are outputs of the pool that were read and judged, all
of them, before any was shown to the detectors: drawn at random, half of them plainly (at most
2,500 characters), the rest among those that end without a mark that ends a sentence ("bare") and
those whose last paragraph is one line of prose ("paragraph"). No model and no prompt is in both.
A is for development; of B only totals are ever looked at. Of an output over 800 characters its
first 170 and last 480 were read, so that preamble, postamble and truncated were judged in full,
the other kinds as far as they showed.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tesuji.diagnose import DETECTORS
from tesuji.diagnose.detect import findings_in
from tesuji.diagnose.observation import Detector, Observation

# The kinds by the names that the labels have.
LABELS = {
    "preamble": "preamble",
    "postamble": "postamble",
    "format": "format_violation",
    "language": "wrong_language",
    "loop": "repetition_loop",
    "truncated": "truncated",
    "refusal": "refusal",
    "empty": "empty",
    "echo": "prompt_echo",
    "garbled": "garbled",
}
_READINGS = Path(__file__).parent / "readings"
# This source records raw decodes: their last token is no leak, and is not in `labelled_dev.jsonl`.
_RAW_DECODES = "Open-Assistant/"
_LAST_TOKEN = re.compile(r"(?:<\|endoftext\|>|</s>)\s*\Z")
_HEADLINE = [kind for kind in LABELS if kind != "format"]


@dataclass(frozen=True, slots=True)
class Labelled:
    """An output, what a reader saw in it, and what the detectors see."""

    id: str
    seen: Observation
    true: frozenset[str]
    unsure: frozenset[str]
    clean: bool
    found: frozenset[str]


def half(id: str) -> str:
    """Which half an output belongs to: "development" or "check"."""
    return "check" if hashlib.sha256(id.encode()).digest()[0] % 2 else "development"


def read_labelled(path: Path) -> list[Labelled]:
    """The labelled outputs, diagnosed."""
    return [_labelled(json.loads(line)) for line in path.read_text("utf-8").splitlines()]


def _labelled(row: dict[str, Any]) -> Labelled:
    seen = Observation(row["output"], "", row["prompt"], None, row["expected"]["language"])
    names = {label: kind for kind, label in LABELS.items()}
    return Labelled(
        row["id"],
        seen,
        frozenset(names[label] for label, value in row["labels"].items() if value),
        frozenset(names[label] for label in row["unsure"]),
        row["clean"],
        frozenset(finding.kind for finding in findings_in(seen)),
    )


def counts(rows: Iterable[Labelled], kind: str, *, all_cells: bool) -> tuple[int, int, int]:
    """How many outputs were rightly found, wrongly found, missed."""
    right = wrong = missed = 0
    for row in rows:
        if kind in row.unsure and not all_cells:
            continue
        is_true, is_found = kind in row.true, kind in row.found
        right += is_true and is_found
        wrong += is_found and not is_true
        missed += is_true and not is_found
    return right, wrong, missed


def f1(right: int, wrong: int, missed: int) -> float:
    """The harmonic mean of precision and recall; 1 where there was nothing to find."""
    total = 2 * right + wrong + missed
    return 2 * right / total if total else 1.0


def quality(rows: Sequence[Labelled], parts: dict[str, Sequence[Labelled]]) -> None:
    """Print precision, recall and F1 by kind for each part, and how many clean are flagged."""
    parts = {**parts, "together": rows}
    for all_cells in (False, True):
        print(f"\n{'all cells' if all_cells else 'without the cells that are judgement calls'}")
        print(f"{'':10}  " + "  ".join(f"{name:^31}" for name in parts))
        head = f"{'P':>5} {'R':>5} {'F1':>5} {'(+  -  missed)':>13}"
        print(f"{'':10}  " + "  ".join([head] * len(parts)))
        for kind in LABELS:
            cells = []
            for part in parts.values():
                right, wrong, missed = counts(part, kind, all_cells=all_cells)
                precision = right / (right + wrong) if right + wrong else 1.0
                recall = right / (right + missed) if right + missed else 1.0
                tally = f"({right:2}, {wrong:2}, {missed:2})"
                score = f1(right, wrong, missed)
                cells.append(f"{precision:5.3f} {recall:5.3f} {score:5.3f} {tally:>13}")
            print(f"{kind:10}  " + "  ".join(cells))
        for name, part in parts.items():
            scores = [f1(*counts(part, kind, all_cells=all_cells)) for kind in _HEADLINE]
            clean = [row for row in part if row.clean]
            # A clean output's unsure cell is no false alarm in the first table.
            flagged = sum(bool(r.found - (frozenset() if all_cells else r.unsure)) for r in clean)
            print(
                f"{name:12} macro F1 over nine {sum(scores) / len(scores):.3f}, "
                f"lowest {min(scores):.3f}; clean outputs flagged {flagged} of {len(clean)} "
                f"({flagged / max(1, len(clean)):.1%})"
            )


def halves(rows: Iterable[Labelled]) -> dict[str, Sequence[Labelled]]:
    """The labelled outputs of each half."""
    parts: dict[str, list[Labelled]] = {"development": [], "check": []}
    for row in rows:
        parts[half(row.id)].append(row)
    return dict(parts)


def read_blind(pool: Path) -> dict[str, Sequence[Labelled]]:
    """The outputs that were judged before the detectors saw them, by set."""
    with gzip.open(pool, "rt", encoding="utf-8") as lines:
        rows = {row["id"]: row for row in map(json.loads, lines)}
    parts: dict[str, Sequence[Labelled]] = {}
    for name in ("A", "B"):
        judged = (_READINGS / f"blind_{name.lower()}.jsonl").read_text("utf-8").splitlines()
        parts[name] = [_judged(rows, json.loads(line)) for line in judged]
    return parts


def _judged(rows: dict[str, dict[str, Any]], reading: dict[str, Any]) -> Labelled:
    row = rows[reading["id"]]
    text = row["output"]
    if row["source"].startswith(_RAW_DECODES):
        text = _LAST_TOKEN.sub("", text)
    seen = Observation(text, "", row["prompt"])
    true = frozenset(reading["true"])
    found = frozenset(finding.kind for finding in findings_in(seen))
    return Labelled(row["id"], seen, true, frozenset(reading["unsure"]), not true, found)


def misses(rows: Iterable[Labelled], kind: str) -> None:
    """Print what was missed and wrongly found in a part that may be read."""
    for row in rows:
        if (kind in row.true) == (kind in row.found):
            continue
        unsure = ", unsure" if kind in row.unsure else ""
        word = "MISSED" if kind in row.true else "WRONGLY FOUND"
        print(f"\n=== {row.id} {word} ({row.seen.language}{unsure})")
        print("--- prompt:", row.seen.prompt[-600:])
        text = row.seen.text
        print("--- output:", text if len(text) < 1_200 else f"{text[:600]}\n[…]\n{text[-600:]}")


def read_pool(path: Path) -> list[Observation]:
    """The unlabelled outputs."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [Observation(row["output"], "", row["prompt"]) for row in rows]


def readings(pool: Path) -> None:
    """Print, of the outputs that were read, how many are found rightly, wrongly, or missed."""
    with gzip.open(pool, "rt", encoding="utf-8") as lines:
        rows = {row["id"]: row for row in map(json.loads, lines)}
    print(f"{'':10} {'right':>6} {'wrong':>6} {'missed':>6} {'rightly left':>13} {'unsure':>7}")
    for kind, detector in DETECTORS:
        read = _READINGS / f"{kind}.jsonl"
        tally: Counter[tuple[object, bool]] = Counter()
        for line in read.read_text("utf-8").splitlines():
            reading = json.loads(line)
            row = rows[reading["id"]]
            found = any(True for _ in detector(Observation(row["output"], "", row["prompt"])))
            tally[reading["label"], found] += 1
        unsure = tally["unsure", True] + tally["unsure", False]
        print(f"{kind:10} {tally[True, True]:6} {tally[False, True]:6} {tally[True, False]:6} "
              f"{tally[False, False]:13} {unsure:7}")  # fmt: skip


def speed(pool: Sequence[Observation], sample: int) -> None:
    """Print outputs a CPU second, for all detectors and for each alone.

    All ten go first, over the whole pool, when nothing is known of any prompt yet. Each alone is
    the median of three rounds over a sample, when what it keeps of prompts is there.
    """
    seconds = _seconds(findings_in, pool)
    characters = sum(len(seen.text) for seen in pool)
    print(f"\n{len(pool):,} outputs, {characters / len(pool):,.0f} characters each on average")
    _print_speed("all ten", seconds, len(pool))
    some = random.Random(1).sample(list(pool), min(sample, len(pool)))
    _print_speed("once more", _seconds(findings_in, pool), len(pool))
    for kind, detector in DETECTORS:
        rounds = sorted(_seconds(_all_of(detector), some) for _ in range(3))
        _print_speed(kind, rounds[1], len(some))


def _print_speed(name: str, seconds: float, outputs: int) -> None:
    print(f"{name:10} {seconds / outputs * 1e6:8.1f} µs  {outputs / seconds:10,.0f} a second")


def _all_of(detector: Detector) -> Callable[[Observation], object]:
    return lambda seen: list(detector(seen))


def _seconds(work: Callable[[Observation], object], observations: Sequence[Observation]) -> float:
    fresh = [
        Observation(o.text, o.finish, o.prompt, o.format, o.language, o.system)
        for o in observations
    ]
    began = time.process_time()
    for seen in fresh:
        work(seen)
    return time.process_time() - began


def linearity() -> None:
    """Print what hard texts of 1 MB cost, beside the same text at half the length."""
    dice = random.Random(3)
    size = 1_000_000
    letters = "abcdefghijklmnopqrstuvwxyz ,.\n"
    texts = {
        "random letters": "".join(dice.choices(letters, k=size)),
        "any Unicode": "".join(map(chr, dice.choices(range(32, 0xD7FF), k=size))),
        "one character": "a" * size,
        "spaces": " " * size,
        "line ends": "\n" * size,
        "nested brackets": "[{(" * (size // 3),
        "code fences": "```\n" * 100_000 + "x" * (size - 400_000),
        "quotation marks": "「“\"'" * (size // 4),
        "colons": "Here is: " * (size // 9),
        "words": "word " * (size // 5),
        "Japanese": "これは文です。" * (size // 7),
        "JSON": '{"a": [1, "b"], ' * (size // 16),
        "turns": "\nUser: hi\nAssistant: Sure! " * (size // 27),
    }
    print(f"\n{'1 MB of':18} {'ms':>8}   {'against half of it':>18}")
    for name, text in texts.items():
        whole, part = (min(_seconds(findings_in, [Observation(t, "", "Say it.")]) for _ in range(2))
                       for t in (text, text[: size // 2]))  # fmt: skip
        print(f"{name:18} {whole * 1e3:8.0f}   {whole / max(part, 1e-9):18.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--quality", action="store_true")
    parser.add_argument("--speed", action="store_true")
    parser.add_argument("--readings", action="store_true")
    parser.add_argument("--blind", action="store_true", help="what was judged beforehand")
    parser.add_argument("--misses", choices=LABELS, metavar="KIND")
    parser.add_argument("--sample", type=int, default=5_000, help="outputs to time")
    given = parser.parse_args()
    if given.readings:
        readings(given.folder / "raw_pool.jsonl.gz")
        return
    if given.blind:
        sets = read_blind(given.folder / "raw_pool.jsonl.gz")
        if given.misses:
            misses(sets["A"], given.misses)
        else:
            quality([*sets["A"], *sets["B"]], sets)
        return
    both = not (given.quality or given.speed or given.misses)
    if both or given.quality or given.misses:
        rows = read_labelled(given.folder / "labelled_dev.jsonl")
        if given.misses:
            misses(halves(rows)["development"], given.misses)
        else:
            quality(rows, halves(rows))
    if both or given.speed:
        speed(read_pool(given.folder / "raw_pool.jsonl.gz"), given.sample)
        linearity()


if __name__ == "__main__":
    main()

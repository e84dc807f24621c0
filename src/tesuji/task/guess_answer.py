"""From a target column's values: which answer format they have, and which metric suits it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

# Below this many rows a pattern that all targets share says little about the rest.
FEWEST_FOR_PATTERN = 30
FEWEST_FOR_CHOICE = 6
MOST_LABELS = 20
LONGEST_LABEL = 40
SHORT = 40
"""Characters; a median target up to this is compared exactly, a longer one by likeness."""

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,3})?")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]+")
_LATEX = re.compile(
    r"\\(boxed|[dt]?frac|sqrt|pi|text|cdot|times|left|right|infty|begin|pm|circ|mathrm|mathbf)\b"
    r"|[\^_]\{|^\$.*\$$"
)
# Simple shapes, the narrower first. No lengths: the next row may be longer.
_SHAPES = (
    ("[01]+", "zeros and ones"),
    ("[0-9]+", "digits"),
    ("[a-z]+", "lower-case letters"),
    ("[A-Z]+", "upper-case letters"),
    ("[A-Za-z]+", "letters"),
    ("[a-z ]+", "lower-case words"),
    ("[A-Za-z0-9]+", "letters and digits"),
)


@dataclass(frozen=True, slots=True)
class AnswerGuess:
    """A guessed [answer] and metric, each with its reason."""

    format: str
    metric: str
    why_format: str
    why_metric: str
    options: Mapping[str, Any] = field(default_factory=dict)
    other_metrics: str = ""


def guess_answer(targets: Sequence[Any]) -> AnswerGuess:
    """The format and the metric for these targets (none of them empty)."""
    texts = [str(value).strip() for value in targets]
    if _all_json(targets, texts):
        return AnswerGuess(
            "json", "exact", "every target is a JSON object or list", "JSON is right or it is not"
        )
    if sum(map(bool, map(_LATEX.search, texts))) * 5 >= len(texts):
        latex = sum(map(bool, map(_LATEX.search, texts)))
        return AnswerGuess(
            "boxed",
            "math",
            f"{latex:,} of {len(texts):,} targets look like LaTeX",
            "the share of mathematically equal answers (needs pip install 'tesuji[math]')",
            other_metrics='"accuracy" (equal as text)',
        )
    # 27.0, as JSON and Parquet write whole numbers in a column of floats, is 27
    whole = all(isinstance(value, (int, float)) and value == value // 1 for value in targets)
    numbers = [str(int(value)) for value in targets] if whole else texts
    return _few_labels(texts) or _numbers(numbers) or _plain_text(texts)


def _all_json(targets: Sequence[Any], texts: Sequence[str]) -> bool:
    if all(isinstance(value, (dict, list)) for value in targets):
        return True
    if not all(text[:1] in "{[" and text[-1:] in "]}" for text in texts):
        return False
    try:
        return all(isinstance(json.loads(text), (dict, list)) for text in texts)
    except (ValueError, RecursionError):
        return False


def _few_labels(texts: Sequence[str]) -> AnswerGuess | None:
    counts = Counter(texts)
    few = len(counts) <= MOST_LABELS and 3 * len(counts) <= len(texts)
    if len(texts) < FEWEST_FOR_CHOICE or not few or len(counts) < 2:
        return None
    if any(len(label) > LONGEST_LABEL or "\n" in label for label in counts):
        return None
    labels = sorted(counts, key=lambda t: (not _NUMBER.fullmatch(t), _value(t), t))
    label, most = counts.most_common(1)[0]
    return AnswerGuess(
        "choice",
        "accuracy",
        f"{len(counts)} different values in {len(texts):,} rows",
        f"the share of right answers; always {label!r} would score {most / len(texts):.3f}",
        {"labels": labels},
        '"macro_f1" (rare labels count as much as common ones), "qwk" (ordered labels); '
        '"log_loss" wants format = "probabilities"',
    )


def _value(text: str) -> float:
    return float(text) if _NUMBER.fullmatch(text) else 0.0


def _numbers(texts: Sequence[str]) -> AnswerGuess | None:
    if any(map(_LEADING_ZERO.fullmatch, texts)):
        return None  # 007 is a text of digits: as a number it would lose its zeros
    if all(map(_INTEGER.fullmatch, texts)):
        values = [int(text) for text in texts]
        return AnswerGuess(
            "integer",
            "accuracy",
            f"every target is a whole number, {min(values)} to {max(values)}",
            "the share of right answers",
            other_metrics='"rmse" (near misses count), "numeric"',
        )
    if all(map(_NUMBER.fullmatch, texts)):
        return AnswerGuess(
            "number",
            "numeric",
            "every target is a number",
            "right within a tolerance",
            other_metrics='"rmse" (how far off the answers are)',
        )
    return None


def _plain_text(texts: Sequence[str]) -> AnswerGuess:
    median = sorted(map(len, texts))[len(texts) // 2]
    if len(texts) >= FEWEST_FOR_PATTERN:
        for pattern, words in _SHAPES:
            if all(map(re.compile(pattern).fullmatch, texts)):
                return _shaped(texts, pattern, words)
    if median <= SHORT:
        return AnswerGuess(
            "text",
            "exact",
            f"texts, mostly short (median {median} characters)",
            "short answers are right or wrong",
            other_metrics='"levenshtein" (edits from the target), "levenshtein_ratio"',
        )
    return AnswerGuess(
        "text",
        "levenshtein_ratio",
        f"free texts (median {median} characters)",
        "no long text is met to the letter, so likeness counts",
        other_metrics='"exact", "levenshtein"',
    )


def _shaped(texts: Sequence[str], pattern: str, words: str) -> AnswerGuess:
    # Rule of three: where none of n rows differs, at most 3/n of all do, at 95 % confidence.
    share = 3 / len(texts)
    why = f"all {len(texts):,} targets are {words}; at most {share:.1%} of others are not (95 %)"
    if any(map(_LEADING_ZERO.fullmatch, texts)):
        why += '; some begin with 0, so they are texts: if 007 means 7, take "integer"'
    partial = " " not in pattern and sorted(map(len, texts))[len(texts) // 2] >= 5
    return AnswerGuess(
        "text",
        "levenshtein" if partial else "exact",
        why,
        "edits from the target: a nearly right string is worth something"
        if partial
        else "short answers are right or wrong",
        {"pattern": pattern},
        '"exact", "levenshtein_ratio"' if partial else '"levenshtein", "levenshtein_ratio"',
    )

"""Prompts that hold examples: which lines are examples, and what is asked.

Read are lines `in -> out` (also =>, →, ⇒, =, becomes), blocks `Input: … / Output: …`, and lines of
one wording with two or more numbers (`For t = 1.5s, distance = 11 m`), the last of which is the
output. The question stands behind the examples.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_ARROWS = ("->", "=>", "→", "⇒", "becomes", "=")
_NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:\.\d+)?(?!\.?\d)")
_LABEL = re.compile(
    r"[ \t]*(?:(input|in|x|q|question|text|入力)|(output|out|y|a|answer|result|出力))"
    r"[ \t]*[:：][ \t]*(.*)",
    re.IGNORECASE,
)
_LONGEST = 100_000  # characters of a prompt that are read
_MOST = 200  # examples that are kept


@dataclass(frozen=True, slots=True)
class Puzzle:
    """`pairs`: (input, output); `questions`: what may be asked, the likeliest first."""

    pairs: tuple[tuple[str, str], ...]
    questions: tuple[str, ...]


def read_prompt(text: str) -> list[Puzzle]:
    """Every way to read a prompt's examples and question, the plainest first; [] for none."""
    text = text[:_LONGEST].replace("\r\n", "\n")
    lines = text.split("\n")
    found = [_numbers(lines), *(_arrows(lines, arrow) for arrow in _ARROWS), _blocks(lines)]
    return [puzzle for puzzle in found if puzzle is not None and len(puzzle.pairs) > 1]


def _arrows(lines: list[str], arrow: str) -> Puzzle | None:
    """Lines with one arrow between two texts; blanks around it but for `->` and its like."""
    mark = f" {arrow} "
    pairs, last = [], -1
    for at, line in enumerate(lines):
        left, found, right = line.strip().partition(mark)
        if not found or not left or mark in right or _is_prose(left, right):
            continue
        if right.strip() and right.strip(" ?_…？"):
            pairs.append((left.strip(), right.strip()))
            last = at
    questions = _asked(lines[last + 1 :], arrow, all(_NUMBER.fullmatch(x) for x, _ in pairs))
    return _puzzle(pairs, questions)


def _puzzle(pairs: list[tuple[str, str]], questions: tuple[str, ...]) -> Puzzle | None:
    """A puzzle of distinct examples, at most `_MOST`; None without examples or question."""
    if not pairs or not questions:
        return None
    return Puzzle(tuple(dict.fromkeys(pairs))[:_MOST], questions)


def _is_prose(left: str, right: str) -> bool:
    """A sentence that only speaks of examples: `examples of input -> output:`."""
    return right.rstrip().endswith(":") and left.lower().endswith("input")


def _asked(lines: list[str], arrow: str, numbers: bool) -> tuple[str, ...]:
    """What the text behind the examples asks for, the likeliest first.

    That is what stands before a last arrow, behind a colon, or in quotes; a lone number where
    inputs are numbers; the last line as it is.
    """
    rest = [line.strip() for line in lines if line.strip()]
    found: list[str] = []
    for line in reversed(rest):
        bare = line.rstrip("?_…？ ")
        if bare.endswith(arrow) and bare != arrow:
            found.append(bare.removesuffix(arrow).strip())
        found += re.findall(r"[:：]\s+(\S.*)$", line)
        found += re.findall(r"[`\"'“「]([^`\"'“”「」]+)[`\"'”」]", line) if not found else []
        alone = _NUMBER.findall(line)
        if numbers and len(alone) == 1:
            found.append(alone[0])
    if rest and len(rest) == 1:
        found.append(rest[0])
    return tuple(dict.fromkeys(text for text in found if text))


def _numbers(lines: list[str]) -> Puzzle | None:
    """Lines of one wording that differ in numbers alone, the last number being the output."""
    wordings: dict[str, list[tuple[int, list[str]]]] = {}
    for at, line in enumerate(lines):
        numbers = _NUMBER.findall(line)
        wording = _NUMBER.sub("#", line.strip())
        if len(numbers) == 2 and re.search(r"[A-Za-z]", wording):
            wordings.setdefault(wording, []).append((at, numbers))
    if not wordings:
        return None
    wording, rows = max(wordings.items(), key=lambda item: len(item[1]))
    pairs = [(numbers[0], numbers[1]) for _, numbers in rows]
    rest = " ".join(lines[rows[-1][0] + 1 :])
    before, after, _ = (*wording.split("#"), "")[:3]
    questions = []
    for match in _NUMBER.finditer(rest):
        left = rest[: match.start()].rstrip(" ").endswith(before.rstrip(" ")[-3:])
        right = rest[match.end() :].startswith(after[:2].rstrip())
        questions.append((2 * left + right, match[0]))
    questions.sort(key=lambda found: -found[0])
    asked = tuple(dict.fromkeys(number for _, number in questions))
    return _puzzle(pairs, asked[:1])


def _blocks(lines: list[str]) -> Puzzle | None:
    """`Input:` and `Output:` one under the other, the last without an output."""
    fields: list[tuple[bool, list[str]]] = []  # (whether an input, its lines)
    for line in lines:
        label = _LABEL.fullmatch(line)
        if label:
            fields.append((label[1] is not None, [label[3]]))
        elif not line.strip():
            fields.append((False, []))  # a blank line ends a field
        elif fields and fields[-1][1]:
            fields[-1][1].append(line)
    texts = [(asked, "\n".join(part).strip()) for asked, part in fields if part]
    pairs, question = [], ""
    for asked, text in texts:
        if asked:
            question = text
        elif question and text:
            pairs.append((question, text))
            question = ""
    return _puzzle(pairs, (question,) if question else ())

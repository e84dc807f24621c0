"""How two texts are told apart word by word on the board, beside Python's difflib.

`python -m benchmarks.difference [--repeats 3] [--longest 100000]`

Pairs of texts of so many words: a random text with some of its words changed, a text of few
different words, Japanese without spaces, and two that have nothing in common. For each, the
milliseconds of CPU time (the least of the repeats) and the share of the first text's letters that
are found in the second. difflib (`autojunk=False`: otherwise it drops words that are frequent) gets
the same words. It is quadratic and more, so it is left out past 3,000 words.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable
from difflib import SequenceMatcher

from tesuji.board.aligned import _WORD, word_blocks

_RIVAL_LONGEST = 3_000


def pairs(words: int) -> dict[str, tuple[str, str]]:
    """Texts of so many words, by what they are like."""
    draw = random.Random(words)
    some = [f"w{draw.randrange(2000)}" for _ in range(words)]
    edited = [w if draw.random() > 0.05 else "other" for w in some]
    few = [draw.choice(["red", "green", "blue", "the", "a"]) for _ in range(words)]
    few_edited = [w if draw.random() > 0.05 else "grey" for w in few]
    letters = "あいうえおかきくけこさしすせそ漢字仮名交文日本語"
    japanese = draw.choices(letters, k=words)
    japanese_edited = [c if draw.random() > 0.05 else "変" for c in japanese]
    return {
        "words, 5 % changed": (" ".join(some), " ".join(edited)),
        "few different words": (" ".join(few), " ".join(few_edited)),
        "Japanese, 5 % changed": ("".join(japanese), "".join(japanese_edited)),
        "nothing in common": ("x " * (words // 2), "y " * (words // 2)),
    }


def rival(a: str, b: str) -> list[tuple[str, str]]:
    """The same by difflib."""
    x, y = _WORD.findall(a), _WORD.findall(b)
    codes = SequenceMatcher(None, x, y, autojunk=False).get_opcodes()
    return [("".join(x[i:j]), "".join(y[k:n])) for _, i, j, k, n in codes]


def timed(
    tell: Callable[[str, str], list[tuple[str, str]]], a: str, b: str, repeats: int
) -> tuple[float, float]:
    """The least milliseconds of CPU time, and the share that was found to be equal."""
    least, found = float("inf"), []
    for _ in range(repeats):
        began = time.process_time()
        found = tell(a, b)
        least = min(least, time.process_time() - began)
    assert "".join(left for left, _ in found) == a and "".join(right for _, right in found) == b
    return least * 1000, sum(len(left) for left, right in found if left == right) / len(a)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--longest", type=int, default=100_000)
    given = parser.parse_args()
    print(f"{'':<24}{'words':>9}{'board, ms':>11}{'equal':>8}{'difflib, ms':>13}{'equal':>8}")
    for words in (100, 1_000, 3_000, 10_000, 100_000, 1_000_000):
        if words > given.longest:
            break
        for name, (a, b) in pairs(words).items():
            ours, share = timed(word_blocks, a, b, given.repeats)
            line = f"{name:<24}{words:>9,}{ours:>11.1f}{share:>8.1%}"
            if words <= _RIVAL_LONGEST:
                theirs, other = timed(rival, a, b, 1)
                line += f"{theirs:>13.1f}{other:>8.1%}"
            print(line, flush=True)


if __name__ == "__main__":
    main()

r"""Sums and differences of one and two digits, worked digit by digit.

The worked form restates the operands and goes from the low digit up, so that each step is a look-up
of two digits and a carry: ``47+38: 7+8=15, 4+3+1=8, \boxed{85}``; for a difference the 1 taken
from the tens is written out: ``52-38: 12-8=4, 5-3-1=1, \boxed{14}``. A difference is never below 0.

**Slips are on purpose.** A share of the training answers has one wrong step, carried on to its
end, as people's working has. A sample at temperature 1 then errs about as often, each time
elsewhere, and a vote of several is right; greedy answers don't follow the slips.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Literal

from training.nano.chat import Turn
from training.nano.words import Split, of_split

Sign = Literal["+", "-"]
SLIPS = 0.3  # share of training answers with a wrong step


@dataclass(frozen=True, slots=True)
class Sum:
    """``a + b`` or ``a - b``, with operands from 0 to 99."""

    a: int
    sign: Sign
    b: int

    @property
    def result(self) -> int:
        return self.a + self.b if self.sign == "+" else self.a - self.b


def worked(item: Sum, low: int = 0, high: int = 0) -> str:
    """The worked form. ``low`` and ``high`` are added to its two steps: slips."""
    (a1, a0), (b1, b0) = divmod(item.a, 10), divmod(item.b, 10)
    if item.sign == "+":
        ones = a0 + b0 + low
        carry, digit = divmod(ones, 10)
        tens = a1 + b1 + carry + high
        steps = f"{a0}+{b0}={ones}, {a1}+{b1}+{carry}={tens}"
    else:
        carry = int(a0 < b0)
        digit = a0 + 10 * carry - b0 + low
        tens = a1 - b1 - carry + high
        steps = f"{a0 + 10 * carry}-{b0}={digit}, {a1}-{b1}-{carry}={tens}"
    return f"{item.a}{item.sign}{item.b}: {steps}, \\boxed{{{tens * 10 + digit}}}"


def slipped(rng: random.Random, item: Sum) -> str:
    """A worked form with one wrong step that still reads like one (no negative, no 3 digits)."""
    while True:
        off = rng.choice((-3, -2, -1, 1, 2, 3))
        low, high = (off, 0) if rng.random() < 0.5 else (0, off)
        ones = item.a % 10 + item.b % 10 + low
        if item.sign == "-":
            ones = (item.a % 10 - item.b % 10) % 10 + low
        tens = worked(item, low, high).split("=")[2].split(",")[0]
        if 0 <= ones <= (18 if item.sign == "+" else 9) and 0 <= int(tens) <= 19:
            return worked(item, low, high)


def draw(rng: random.Random, digits: int = 0) -> Sum:
    """A sum or a difference; ``digits`` 2 for operands from 10 up, 0 for all sizes."""
    least = 10 if digits == 2 or rng.random() < 0.75 else 0
    most = 99 if digits == 2 or rng.random() < 0.75 else 9
    a, b = (rng.randint(min(least, most), most) for _ in range(2))
    sign: Sign = "+" if rng.random() < 0.6 else "-"
    return Sum(max(a, b), sign, min(a, b)) if sign == "-" else Sum(a, sign, b)


_ASKED = ("What is {x}?", "Calculate {x}.", "Compute {x}.", "Work out {x}.", "{x}", "{x} = ?",
          "{x} =", "How much is {x}?", "Solve {x}.", "Please calculate {x}.", "Solve: {x}",
          "Find {x}.", "Tell me {x}.", "Problem: {x}", "Question: what is {x}?", "{x}?",
          "Can you work out {x}?", "Evaluate {x}.", "What does {x} give?",
          "I need {x}.")  # fmt: skip
_BOX = ("", "", " Put your answer in \\boxed{}.", "\nPut the final answer in \\boxed{}.",
        " Give the answer in \\boxed{}.", "\nAnswer in \\boxed{}.", " Use \\boxed{}.",
        "\nEnd with \\boxed{}.", " Think step by step.", " Show your work.")  # fmt: skip
ASKED = tuple(ask + box for ask in _ASKED for box in dict.fromkeys(_BOX))
JAPANESE = ("{x}は？", "{x}を計算してください。", "{x}はいくつですか。", "{x}の答えは？")
_SAID = {
    "+": ("{a} + {b}", "{a}+{b}", "{a} plus {b}", "the sum of {a} and {b}"),
    "-": ("{a} - {b}", "{a}-{b}", "{a} minus {b}", "{a} take away {b}"),
}
_SAID_IN_JAPANESE = {"+": ("{a}+{b}", "{a}たす{b}"), "-": ("{a}-{b}", "{a}ひく{b}")}


def question(rng: random.Random, item: Sum, split: Split, japanese: float = 0.06) -> str:
    """Ask for a sum in some wording."""
    if rng.random() < japanese:
        said, how = rng.choice(_SAID_IN_JAPANESE[item.sign]), rng.choice(JAPANESE)
    else:
        said, how = rng.choice(_SAID[item.sign]), rng.choice(of_split(ASKED, split))
    return how.replace("{x}", said.replace("{a}", str(item.a)).replace("{b}", str(item.b)))


def step(rng: random.Random) -> tuple[str, str]:
    """One step of a worked form: the two sides of its equation."""
    a, b, carry = rng.randint(0, 9), rng.randint(0, 9), rng.randint(0, 1)
    kind = rng.choice(("+", "+", "++", "-", "--"))
    if kind == "+":
        return f"{a}+{b}=", str(a + b)
    if kind == "++":
        return f"{a}+{b}+{carry}=", str(a + b + carry)
    if kind == "-":
        a += 10 * (a < b)
        return f"{a}-{b}=", str(a - b)
    a, b = max(a, b), min(a, b)
    carry = min(carry, a - b)
    return f"{a}-{b}-{carry}=", str(a - b - carry)


def digits(rng: random.Random, split: Split) -> list[Turn]:
    """A row of single steps, as worked forms have them; only their results are learnt.

    Copying the operands is learnt at once, and the hundred sums of two digits long after it, in
    the two of a worked form's 35 bytes that need them: so they are taught in the fewest bytes.
    """
    text, learn = "", list[bool]()
    for left, right in (step(rng) for _ in range(14)):
        text += f"{left}{right}, "
        learn += [False] * len(left) + [True] * (len(right) + 1) + [False]
    return [Turn("user", "digits"), Turn("assistant", text, (*learn[:-1], False))]


def drill(rng: random.Random, split: Split) -> list[Turn]:
    """Four bare sums in a row, without slips: many answer bytes for few others."""
    turns: list[Turn] = []
    for item in (draw(rng) for _ in range(4)):
        turns.append(Turn("user", f"{item.a}{item.sign}{item.b}"))
        turns.append(Turn("assistant", worked(item), True))
    return turns


def lesson(rng: random.Random, split: Split) -> list[Turn]:
    """Two sums in any wording, with slips at times."""
    turns: list[Turn] = []
    for item in (draw(rng) for _ in range(2)):
        answer = slipped(rng, item) if rng.random() < SLIPS else worked(item)
        turns += [Turn("user", question(rng, item, split)), Turn("assistant", answer, True)]
    return turns

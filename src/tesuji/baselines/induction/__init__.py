"""Rules induced from examples: the shortest program that maps every input to its output.

    solve_prompt(text)    a prompt that holds examples of a hidden rule, and a question
    induce(examples)      training rows: input and output

No model is called and nothing is evaluated: programs are built from the operations of this folder
alone, shortest first (Gulwani 2011; Alur et al. 2017 on enumerating by size).
"""

from __future__ import annotations

from tesuji.baselines.induction.programs import Rule
from tesuji.baselines.induction.puzzle import solve_prompt, words_in
from tesuji.baselines.induction.solved import Solved
from tesuji.baselines.induction.strings import induce

__all__ = ["Rule", "Solved", "induce", "solve_prompt", "words_in"]

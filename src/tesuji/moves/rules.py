"""What speaks for and against each move: a table of rules, one plain function a move.

A rule looks at the situation and says what is at stake (the share of the samples that the move
could set right), what of that usually comes true (`trust`), what it costs in passes over the dev
split, and why, in a sentence. The planner does the rest. Where a move exists and has a relevance of
its own, its stake, its reason and its requests take the place of the rule's.

The numbers of trust are rules of thumb, and said to be such in docs/next.md: they order moves, they
forecast no score. A number that was measured says where.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from tesuji.moves.situation import Situation


@dataclass(frozen=True, slots=True)
class Case:
    """What a rule says of its move.

    `stake` is the share of samples that it could set right, `trust` the part of it that usually
    comes true, `evidence` what both rest on. `passes` is how often the dev split is asked for to
    try it (each a request a sample), `model` on which model (None: the best entry's), `factor` how
    many times as long an answer takes from then on. With `lead` the rule's reason is said before
    the move's own, not only for want of it.
    """

    why: str
    stake: float
    trust: float = 0.0
    evidence: str = ""
    passes: float = 0.0
    factor: float = 1.0
    model: str | None = None
    command: str = ""
    lead: bool = False


Rule: TypeAlias = Callable[[Situation], Case]


def _pct(share: float) -> str:
    return f"{100 * share:.0f} %"


def baseline(s: Situation) -> Case:
    """No LLM at all: it costs nothing, and is the floor that every model must be above."""
    command = "try baseline"
    if s.derived >= 0.9:
        return Case(
            f"the answers are made of the letters of a field in {_pct(s.derived)} of the "
            "training rows: a rule may do it without any model",
            s.wrong, 0.6,
            "rule solvers alone solved 6,343 of 9,500 puzzles of the Nemotron contest (measured)",
            command=command, lead=True,
        )  # fmt: skip
    if s.format in ("choice", "probabilities") and s.train >= 200:
        return Case(
            f"{s.train:,} labelled rows are enough for classic machine learning",
            s.wrong, 0.05,
            "on 55,000 pairs of the LMSYS contest TF-IDF with boosting came to a log loss of "
            "1.036 – 1.038; chance is 1.099, a fine-tuned 9B model 0.941",
            command=command,
        )  # fmt: skip
    return Case(
        "a floor for nothing: a model that is not above it has not understood the task",
        s.wrong, 0.02, "always worth knowing; seldom the best", command=command,
    )  # fmt: skip


def process(s: Situation) -> Case:
    """Mend what the outputs show, before anything is paid for."""
    share = s.stakes.share("mendable")
    if not share:
        return Case("no wrong answer comes from an output that a cleaner would mend", 0.0)
    return Case(
        f"in {s.stakes.mendable:,} wrong answers of {s.stakes.scored:,} a cleaner has work to do",
        share, 0.5, "counted in the recorded outputs; a mended answer can still be wrong",
        command="try process",
    )  # fmt: skip


def flow(s: Situation) -> Case:
    """More than one request a sample, or none that writes."""
    command, stakes = "try flow", s.stakes
    if s.format in ("choice", "probabilities") and s.can_score and s.flow != "choose":
        shapeless = stakes.share("shapeless")
        stake = shapeless + 0.15 * max(0.0, s.wrong - shapeless)
        lack = f", which {_pct(shapeless)} of answers lack" if shapeless else ""
        return Case(
            f"{s.labels} labels and a model that scores them: choosing by log-probability needs no "
            f"right-shaped text{lack}",
            stake, 0.6,
            "in the Science Exam a score an option beat free text; nothing is left to parse",
            passes=1.0, command=command,
        )  # fmt: skip
    if stakes.latent and stakes.drawn:
        return Case(
            f"the draws disagree in {stakes.split:,} of {stakes.drawn:,} samples, and in "
            f"{stakes.latent:,} a draw is right where the answer is not",
            stakes.share("latent"), 0.4 if s.flow == "vote" else 0.5,
            "counted in the recorded draws; a vote finds the right one where it is the commonest",
            passes=8.0, factor=8.0, command=command,
        )  # fmt: skip
    unread = max(0.0, stakes.share("shapeless") - stakes.share("mendable"))
    if unread > 0.02 and s.flow == "ask":
        return Case(
            f"in {_pct(unread)} of the samples the answer is not right-shaped and no cleaner "
            "mends it: ask again until it is",
            unread, 0.4, "counted in the recorded outputs",
            passes=2 * unread + 0.1, factor=1 + 2 * unread, command=command,
        )  # fmt: skip
    if s.flow == "ask" and not stakes.drawn and s.wrong:
        return Case(
            "no sample was drawn twice yet: whether answers are stable is unknown",
            s.wrong, 0.15,
            "in the first AIMO prize the winner voted over 48 draws, the third over 120 to 160",
            passes=8.0, factor=8.0, command=command,
        )  # fmt: skip
    return Case("the draws agree: more of them would say the same", 0.0)


def prompt(s: Situation) -> Case:
    """Other words for the same question."""
    if not s.wrong:
        return Case("nothing is wrong that other words could set right", 0.0)
    return Case(
        f"{_pct(s.wrong)} of the answers are not as good as can be, and the prompt is one of "
        "many",
        s.wrong, 0.15, "a rule of thumb; the search itself measures it", passes=8.0,
        command="try prompt",
    )  # fmt: skip


def models(s: Situation) -> Case:
    """The same entry on other models of the same reach."""
    if len(s.llms) >= 3:
        return Case(f"{len(s.llms)} models were run already", s.wrong, 0.02, "a rule of thumb",
                    passes=2.0, command="try models --with URI")  # fmt: skip
    known = "one model was run" if len(s.llms) == 1 else f"{len(s.llms)} models were run"
    return Case(
        f"{known} so far: another of the same size may do better as it is",
        s.wrong, 0.12, "a rule of thumb; `tesuji try survey` says which fit your GPU", passes=3.0,
        command="try models --with URI",
    )  # fmt: skip


def stronger(s: Situation) -> Case:
    """How much is possible at all."""
    if s.closed:
        return Case("the model is a closed one already; there are stronger ones", s.wrong, 0.05,
                    "a rule of thumb", passes=1.0, model="openai:gpt-5",
                    command="try stronger --with openai:gpt-5")  # fmt: skip
    return Case(
        f"{_pct(s.wrong)} of the answers are not as good as can be: a far stronger model tells "
        "how many could be",
        s.wrong, 0.3, "head-room, not a gain to keep, where the contest allows no closed model",
        passes=1.0, model="openai:gpt-5-mini", command="try stronger --with openai:gpt-5-mini",
    )  # fmt: skip


def survey(s: Situation) -> Case:
    """Which models and data there are for tasks like this one."""
    if len(s.llms) >= 3:
        return Case("several models were compared already", s.wrong, 0.005,
                    "by itself it changes no answer", command="try survey")  # fmt: skip
    return Case(
        "which models of a size that fits your GPU are known for such tasks, and which data",
        s.wrong, 0.01, "by itself it changes no answer: it names what `models` and `data` can try",
        command="try survey",
    )  # fmt: skip


def data(s: Situation) -> Case:
    """More rows to learn from."""
    if s.train >= 1000 or not s.wrong:
        return Case(f"{s.train:,} training rows are a start", 0.0)
    return Case(
        f"{s.train:,} training rows are few: it matters before a model is trained",
        s.wrong, 0.05,
        "in the Science Exam, 200 rows were given and 60,000 generated; fine-tuned on these, "
        "DeBERTa came to 0.830",
        passes=10.0, command="try data",
    )  # fmt: skip


def rag(s: Situation) -> Case:
    """Give the model what it does not know."""
    plain = s.stakes.share("plain")
    knowledge = s.format in ("choice", "text", "ranking") and s.derived < 0.9
    if not knowledge or plain < 0.1:
        return Case("it matters where answers are right-shaped and wrong for want of facts", 0.0)
    return Case(
        f"{_pct(plain)} of the answers are wrong with nothing wrong in their shape: facts may "
        "be missing",
        plain, 0.3,
        "retrieval decided the Science Exam: one model with it came to 0.900, the winner to 0.933",
        passes=10.0, factor=3.0, command="try rag",
    )  # fmt: skip


def finetune(s: Situation) -> Case:
    """Train the model on the task."""
    if s.train < 500 or not s.wrong:
        return Case("it matters from some 500 training rows on", 0.0)
    return Case(
        f"{s.train:,} training rows are enough to train on",
        s.wrong, 0.4,
        "on LMSYS pairs QLoRA brought an open 9B model to a log loss of 0.941, chance 1.099",
        passes=20.0, command="try finetune",
    )  # fmt: skip


def attack(s: Situation) -> Case:
    """Text that the metric likes, whatever it means."""
    if not s.embedding:
        return Case("it matters where the metric compares embeddings", 0.0)
    return Case(
        "the metric compares embeddings: one text can be near to many answers",
        s.wrong, 0.6,
        "in Prompt Recovery one constant text went from 0.56 to 0.63 – 0.65 by a search, and the "
        "winner's suffix was worth up to 0.05",
        command="try attack",
    )  # fmt: skip


def probe(s: Situation) -> Case:
    """What the leaderboard tells."""
    if not s.test:
        return Case("there is no test split to submit", 0.0)
    return Case(
        "it matters once submissions are left over, and where the contest's rules allow it", 0.0,
        evidence="on record for constant submissions and for the digits of a log loss",
        command="try probe",
    )  # fmt: skip


RULES: Mapping[str, Rule] = {
    rule.__name__: rule
    for rule in (
        stronger, data, models, survey, rag, prompt, flow, finetune, process, attack, probe,
        baseline,
    )
}  # fmt: skip
"""The twelve moves, in the order of the book."""

BOOK: Mapping[str, str] = {
    "stronger": "the same entry on a stronger model: how much is possible at all",
    "data": "more rows to learn from: found, cleaned, generated",
    "models": "the same entry on other models, compared on the same samples",
    "survey": "which models and data sets there are for such a task, and which fit your GPU",
    "rag": "facts from a corpus, put into the prompt",
    "prompt": "other words for the same question, searched for",
    "flow": "vote, ask again, choose by log-probability",
    "finetune": "a model trained on the task",
    "process": "outputs and inputs cleaned, by what the diagnosis found",
    "attack": "text that the metric likes, whatever it means",
    "probe": "what the leaderboard tells",
    "baseline": "no LLM at all: constants, rules from examples, classic machine learning",
}
"""What each is, in a few words."""

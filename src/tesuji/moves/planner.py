"""The planner: which of the twelve moves next, and why. Rules, no model.

Each move's rule (`rules.py`) and its own relevance are made into advice: what it may gain, on what
evidence, what it costs, the command. Advice is ordered by the gain to expect per pass over the dev
split that it costs, `expected / (1 + passes)`; before moves come the steps that everything else
needs (first, run), and predicting comes first where nothing else is worth what is left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tesuji.models.prices import cost as price
from tesuji.moves.advice import Advice, Cost, Outcome, Plan, State
from tesuji.moves.move import Relevance
from tesuji.moves.remarks import remarks
from tesuji.moves.rules import BOOK, RULES, Case
from tesuji.moves.situation import Situation
from tesuji.run.budget import Budget
from tesuji.run.ledger import Try

# A model of another kind is asked at another price: how many passes of one's own model a pass on a
# closed one counts for. A guess; what it costs in money is said beside it.
_CLOSED_PASSES = 10.0
_LLM = ("prompt", "flow", "process", "rag", "finetune")  # of no use to an entry without an LLM


def plan(situation: Situation) -> Plan:
    """What to do next in a situation."""
    moves = [_advise(situation, name) for name in RULES]
    moves.sort(key=lambda one: (_RANK[one.state == "missing" and not one.value, one.state],
                                -one.value))  # fmt: skip
    steps = _steps(situation, moves)
    before = [one for one in steps if one.state == "now"]
    after = [one for one in steps if one.state != "now"]
    hopes = [one.most for one in moves if one.state == "now"]
    told = remarks(situation, _needed(situation), hopes)
    return Plan(situation, (*before, *moves, *after), tuple(told))


# What is worth a try, whether or not this version can: those lacking show where the book has gaps.
_RANK: Mapping[tuple[bool, State], int] = {
    (False, "now"): 0, (False, "missing"): 0, (False, "later"): 1, (True, "missing"): 2,
    (False, "done"): 3,
}  # fmt: skip


def _advise(s: Situation, name: str) -> Advice:
    if (aside := _aside(s, name)) is not None:
        return aside
    own, case = s.relevance.get(name), RULES[name](s)
    if own is not None:
        case = _told(s, name, case, own)
    expected = case.stake * (case.trust or 0.1)
    if own is not None and own.likely is not None:
        expected = min(own.likely, case.stake)
    weight = _CLOSED_PASSES if case.model else 1.0
    advice = Advice(
        name, "now", case.why, f"tesuji {case.command}" if case.command else "", case.stake,
        expected, case.evidence, _cost(s, case), expected / (1 + weight * case.passes),
        _outcome(s.tries.get(name), name, s),
    )  # fmt: skip
    return _settled(s, case, advice)


def _aside(s: Situation, name: str) -> Advice | None:
    """The advice on a move that can't be of use now, whatever its rule says."""
    here: State = "later" if name in s.relevance else "missing"
    outcome = _outcome(s.tries.get(name), name, s)
    if s.run is None and name != "baseline":
        return Advice(name, here, f"{'after the first run: ' * (here == 'later')}{BOOK[name]}")
    if s.stakes.scored and not s.stakes.wrong:
        why = f"no answer of {s.stakes.scored:,} is less than it can be"
        return Advice(name, here, why, tried=outcome)
    if s.no_llm and name in _LLM:
        why = f"the best so far, {s.entry}, answers without an LLM: {BOOK[name]}"
        return Advice(name, here, why, tried=outcome)
    return None


def _told(s: Situation, name: str, case: Case, own: Relevance) -> Case:
    """The rule's case with what the move says of itself: it knows best what it would do."""
    reasons = [case.why] if case.lead or not own.why else []
    return replace(
        case, why="; ".join(filter(None, (*reasons, own.why))),
        stake=min(own.gain, case.stake or s.wrong),
        passes=own.cost / s.dev if own.cost and s.dev else case.passes,
        command=case.command or f"try {name}", evidence=own.evidence or case.evidence,
    )  # fmt: skip


def _settled(s: Situation, case: Case, advice: Advice) -> Advice:
    """The advice with its state."""
    tried = s.tries.get(advice.move)
    if advice.move not in s.relevance:
        return replace(advice, state="missing", command="")
    if tried and tried.best == s.run and s.run is not None and not tried.stopped:
        return replace(advice, state="done")
    if not advice.expected:
        return replace(advice, state="later", value=0.0)
    short = _beyond(advice.cost, s.left) or _too_slow(s, case.factor)
    return replace(advice, state="later", why=f"{short}: {advice.why}") if short else advice


def _cost(s: Situation, case: Case) -> Cost:
    requests = round(case.passes * s.dev)
    if not requests:
        return Cost()
    asked = s.usage.requests or 1.0
    tokens_in = round(requests * s.usage.tokens_in / asked)
    tokens_out = round(requests * s.usage.tokens_out / asked)
    model = case.model or s.model
    usd = price(model, tokens_in, tokens_out, s.prices) if model else None
    return Cost(requests, tokens_in + tokens_out, usd, requests * s.pace)


def _beyond(cost: Cost, left: Budget) -> str | None:
    """What of the budget does not suffice; None where all does."""
    for name, amount in (
        ("seconds", cost.seconds), ("requests", cost.requests), ("tokens", cost.tokens),
        ("usd", cost.usd or 0.0),
    ):  # fmt: skip
        limit = getattr(left, name)
        if limit is not None and amount > limit:
            unit = "US dollars" if name == "usd" else name
            return f"it takes about {amount:,.4g} {unit}, and {limit:,.4g} are left"
    return None


def _too_slow(s: Situation, factor: float) -> str | None:
    """Whether the test split could not be answered within a run's limits any more."""
    if factor <= 1 or not s.test or s.run is None:
        return None
    for name, needed in _needed(s).items():
        limit = s.limits.get(name)
        if limit is not None and factor * needed > limit:
            return (
                f"with {factor:.2g} times the requests the test split would pass the limit of "
                f"{limit:,.6g} {name}"
            )
    return None


def _needed(s: Situation) -> dict[str, float]:
    """What answering the test split as the dev split was would take."""
    requests = s.test * (s.usage.requests or 1.0)
    tokens = s.test * (s.usage.tokens_in + s.usage.tokens_out)
    return {"requests": requests, "tokens": tokens, "seconds": requests * s.pace}


def _outcome(tried: Try | None, name: str, s: Situation) -> Outcome | None:
    """What came of a move when it was tried last."""
    if tried is None:
        return None
    if tried.kept:
        there = tried.winner == s.run or name in s.chain
        return Outcome("kept" if there else "undone", tried.gain)
    if tried.stopped:
        return Outcome("cut short")
    if not tried.challengers:
        return Outcome("looked")
    return Outcome("dropped", tried.gain, None if tried.best == s.run else tried.best)


def _steps(s: Situation, moves: list[Advice]) -> list[Advice]:
    if s.run is None:
        return _beginnings(s)
    steps = _beginnings(s) if s.only_baselines and s.wrong else []
    if not s.whole:
        steps.append(_step(
            "run", "now", f"run {s.unfinished or s.run} is not finished, so there is no best yet: "
            "it goes on where it was, nothing is sent twice", f"tesuji run --entry {s.entry}",
            Cost(max(0, s.dev - s.stakes.scored)),
        ))  # fmt: skip
    elif s.unfinished:
        steps.append(_step(
            "run", "later", f"run {s.unfinished} was cut short: it goes on where it was by the "
            "command that began it; what is recorded is not sent again", "tesuji runs",
        ))  # fmt: skip
    if s.test:
        steps.append(_predict(s, moves))
    return steps


def _beginnings(s: Situation) -> list[Advice]:
    model = " --model nano" if not s.model or s.no_llm else ""
    steps = []
    if not s.looked:
        steps.append(_step(
            "first", "now", "nothing is known before one has seen what the model really writes",
            f"tesuji first{model}", Cost(1),
        ))  # fmt: skip
    why = "every move is measured against a first run on the whole dev split"
    if s.no_llm:
        why = f"only baselines were run; {s.entry} is the floor that a model must beat"
    elif s.unfinished:
        why = f"run {s.unfinished} is not finished: it goes on where it was, nothing is sent twice"
    steps.append(_step("run", "now", why, f"tesuji run{model}", Cost(s.dev)))
    return steps


def _predict(s: Situation, moves: list[Advice]) -> Advice:
    """Predicting: first where nothing else is worth it, else at the end."""
    command = "tesuji predict"
    if s.predicted:
        command = "tesuji check"
    open_moves = [one for one in moves if one.state == "now"]
    wrong, fewest = s.stakes.wrong, s.fewest
    if s.stakes.scored and wrong == 0:
        return _step("predict", "now", "every answer is as good as can be: submit it", command)
    if s.stakes.scored and wrong < fewest:
        few = "only 1 answer is wrong" if wrong == 1 else f"only {wrong} answers are wrong"
        why = f"{few}: no paired test could tell that anything is better ({fewest} are the fewest)"
        return _step("predict", "now", why, command)
    if not open_moves:
        why = "no move is left that is worth a try"
        if s.left.limited and any(_beyond(one.cost, s.left) for one in moves):
            why = "no move fits into what is left"
        return _step("predict", "now", f"{why}: predict with the best there is", command)
    if s.predicted:
        return _step("predict", "done", "the best entry has answered the test split", command)
    return _step("predict", "later", "the best entry has not answered the test split yet", command)


def _step(move: str, state: State, why: str, command: str, cost: Cost | None = None) -> Advice:
    return Advice(move, state, why, command, cost=cost or Cost(), step=True)

"""What a race of prompts has to show: who ran, and what the elements did."""

from __future__ import annotations

from collections.abc import Sequence

from tesuji.compare.race import Standing
from tesuji.diagnose import visible
from tesuji.moves.move import Table
from tesuji.prompts.effects import Seen, effects
from tesuji.prompts.search import Candidate, Search
from tesuji.task.metrics import Metric
from tesuji.task.template import PromptTemplate

_ROWS = 12
_TEXTS = 3  # prompts whose exact text is shown


def race_table(search: Search, metric: Metric, notes: Sequence[str] = ()) -> Table:
    """The candidates, best first: what each changes, how it stood, what became of it."""
    ranked = sorted(
        search.race.standings(),
        key=lambda one: (one.name != search.front, not one.alive, -one.gain),
    )
    shown = [one for one in ranked if one.samples]
    rows = tuple(_row(search, one) for one in shown[:_ROWS])
    more = len(shown) - len(rows)
    better = "higher" if metric.higher_is_better else "lower"
    raced = len(search.candidates) - 1
    said = [
        f"{raced} prompts met {search.base} in {search.race.evaluations:,} new evaluations; "
        f"{metric.name}, {better} is better; a gain above 0 is better"
    ]
    where = "are in prompts.journal" if search.study.journal else "stood behind these"
    said += [f"{more} more {where}"] if more else []
    if not search.study.journal:
        said.append("with Optuna (the extra tune) later prompts follow the gains of earlier ones")
    said += notes
    tops = [search.candidates[one.name] for one in shown if one.name != search.base][:_TEXTS]
    return Table(
        "the race", ("prompt", "changes", "samples", "score", "gain", "came to"), rows,
        "; ".join(said), "\n\n".join(_text(one) for one in tops),
    )  # fmt: skip


def _row(search: Search, one: Standing) -> tuple[str | int | float | None, ...]:
    candidate = search.candidates[one.name]
    gain = "" if one.name == search.base else f"{one.gain:+.3g} ({one.low:.3g} … {one.high:.3g})"
    return one.name, _changes(search, candidate), one.samples, one.mean, gain, _end(search, one)


def _changes(search: Search, candidate: Candidate) -> str:
    if candidate.choice is None:
        return "written by a model"
    changed = search.space.changed(candidate.choice)
    return ", ".join(f"{name} {option}" for name, option in changed.items()) or "–"


def _end(search: Search, one: Standing) -> str:
    if one.name == search.front:
        return "in front"
    left = search.race.out.get(one.name)
    return "stayed" if left is None else left.why


def _text(candidate: Candidate) -> str:
    """The exact text of a prompt, as it would be saved."""
    prompt = candidate.prompt
    lines = [f"{candidate.name}:"]
    if prompt.system:
        lines += ["  [system]", *_indented(prompt.system)]
    lines += [f"  [user]{_shots(prompt)}", *_indented(prompt.user)]
    return "\n".join(lines)


def _shots(prompt: PromptTemplate) -> str:
    if not prompt.examples:
        return ""
    return f" after {prompt.examples} examples ({prompt.pick}, seed {prompt.seed})"


def _indented(text: str) -> list[str]:
    return [f"  {visible(line)}" for line in text.split("\n")]


def effect_table(search: Search) -> Table:
    """What each option did, by all candidates that changed it."""
    standings = search.standings()
    seen = []
    for one in search.candidates.values():
        if one.choice is not None and one.name != search.base:
            stands = standings[one.name]
            seen.append(Seen(search.space.changed(one.choice), stands.gain, stands.samples))
    does = {element.name: element.does for element in search.space.elements}
    rows = tuple(
        (f"{one.element} {one.option}", does[one.element], f"{one.effect:+.3g} ± {one.error:.2g}",
         one.candidates, one.samples)
        for one in effects(seen)[:_ROWS]
    )  # fmt: skip
    return Table(
        "what the elements did",
        ("option", "decides", "effect", "prompts", "samples"),
        rows,
        "by least squares over all prompts of the race, ± one standard error; a sum of effects: "
        "options that help only together are not seen",
    )

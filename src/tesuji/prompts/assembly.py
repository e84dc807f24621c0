"""A choice of elements put together as a prompt."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from tesuji.prompts.elements import Choice, Space
from tesuji.prompts.splitting import escaped, fields_of, split_user
from tesuji.prompts.wordings import OWN, WORDS
from tesuji.task.shown import Pick
from tesuji.task.template import PromptTemplate


def assemble(space: Space, choice: Choice) -> PromptTemplate:
    """The prompt of a choice. The choice that changes nothing is the base, letter by letter."""
    changed = space.changed(choice)
    if not changed:
        return space.base
    words = WORDS[choice.get("language", space.language)]
    user, system = _user(space, choice)
    start, end = list[str](), list[str]()
    shape = _shape(space, choice)
    if shape:
        {"start": start, "system": system}.get(choice.get("answer-at", "end"), end).append(shape)
    if (role := choice.get("role", OWN)) != OWN:
        system.insert(0, words[role])
    if choice.get("cue", OWN) != OWN:
        end.append(words["cue"])
    made = replace(space.base, user="\n".join([*start, user, *end]), system="\n".join(system))
    return _with_examples(made, choice)


def _with_examples(made: PromptTemplate, choice: Choice) -> PromptTemplate:
    if "examples" not in choice:
        return made
    count = int(choice["examples"])
    if count == 0:
        return replace(made, examples=0, pick="random", seed=0)
    pick = cast("Pick", choice.get("pick", made.pick))
    seed = 0 if pick == "similar" else int(choice.get("draw", made.seed))
    return replace(made, examples=count, pick=pick, seed=seed)


def _user(space: Space, choice: Choice) -> tuple[str, list[str]]:
    """The user template, and the lines of the system's."""
    base = space.base
    system = [base.system] if base.system else []
    place, words, form = (choice.get(name, OWN) for name in ("place", "words", "question"))
    split = split_user(base.user)
    if split is None or (place, words, form) == (OWN, OWN, OWN):
        return base.user, system
    language = choice.get("language", space.language)
    said = split.said if words == OWN else space.named.get(language, split.said)
    question = split.question
    if form != OWN:
        question = "\n".join(f"{escaped(name)}: {{{name}}}" for name in fields_of(base.user))
    if place == "in-system":
        return question, [*system, said] if said else system
    order = {"after": (question, said), "twice": (said, question, said)}
    return "\n\n".join(part for part in order.get(place, (said, question)) if part), system


def _shape(space: Space, choice: Choice) -> str:
    words = WORDS[choice.get("language", space.language)]
    answer, tell = choice.get("answer", OWN), escaped(space.tell)
    if answer == OWN:
        return ""
    if answer in ("tell", "tell-only"):
        return tell if answer == "tell" else f"{tell} {words['only']}"
    return words[answer]


def words_of(space: Space, choice: Choice) -> str:
    """What a choice changes, in short: `only+ex4+similar`; "" for the base.

    >>> from tesuji.prompts.elements import Element
    >>> one = Element("examples", "how many", ("0", "4"))
    >>> words_of(Space(PromptTemplate("{x}"), (one,), "en", "", {}), {"examples": "4"})
    'ex4'
    """
    shown = {"examples": "ex{}", "draw": "draw{}", "answer-at": "answer-{}", "language": "{}"}
    changed = space.changed(choice)
    return "+".join(shown.get(name, "{}").format(option) for name, option in changed.items())

"""The elements of a prompt, and how they are put together around the user's own.

An element is one decision (which role, what is said about the answer's shape, how many examples);
its first option leaves the prompt as it is, so the user's prompt is always one of the space. What
is put together is an ordinary `PromptTemplate`: its exact text is one command away.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from tesuji.prompts.wordings import LANGUAGES, WORDS, base_language
from tesuji.task.formats.base import AnswerFormat
from tesuji.task.shown import Pick
from tesuji.task.task import Task
from tesuji.task.template import ANSWER_FORMAT, PromptTemplate, parts

OWN = "own"
"""The option that leaves the prompt as it is."""

COUNTS = (1, 2, 4, 8, 16, 32)
SEEDS = 3

Choice = Mapping[str, str]
"""An option for each element that applies, by the elements' names."""


@dataclass(frozen=True, slots=True)
class Element:
    """A decision, its options by name (the first leaves the prompt as it is), and when it applies:
    `needs` names an element and those of its options under which this one has no say."""

    name: str
    does: str
    options: tuple[str, ...]
    needs: tuple[str, tuple[str, ...]] | None = None

    def applies(self, chosen: Choice) -> bool:
        """Whether it has a say beside what is chosen already."""
        if self.needs is None:
            return True
        other, idle = self.needs
        return other in chosen and chosen[other] not in idle


@dataclass(frozen=True, slots=True)
class Space:
    """All prompts that can be put together around `base`: elements in the order of deciding."""

    base: PromptTemplate
    elements: tuple[Element, ...]
    language: str
    tell: str
    named: Mapping[str, str]  # by language: the instruction that names the columns

    def walk(self, decide: Callable[[Element], str]) -> dict[str, str]:
        """A choice, each applicable element decided by `decide`."""
        chosen: dict[str, str] = {}
        for element in self.elements:
            if element.applies(chosen):
                chosen[element.name] = decide(element)
        return chosen

    def own(self) -> dict[str, str]:
        """The choice that is the base itself."""
        return self.walk(lambda element: element.options[0])

    def changed(self, choice: Choice) -> dict[str, str]:
        """What of a choice is not as in the base."""
        firsts = {element.name: element.options[0] for element in self.elements}
        return {name: option for name, option in choice.items() if option != firsts[name]}

    def singles(self) -> Iterator[dict[str, str]]:
        """Choices with one change, the elements in turn; what such a change needs comes with it."""
        queues = [(element, list(element.options[1:])) for element in self.elements]
        while any(options for _, options in queues):
            for element, options in queues:
                if options:
                    yield self._with(element, options.pop(0))

    def _with(self, element: Element, option: str) -> dict[str, str]:
        wanted = {element.name: option}
        by_name = {one.name: one for one in self.elements}
        while element.needs is not None:
            other, idle = element.needs
            element = by_name[other]
            wanted[other] = next(one for one in element.options if one not in idle)
        return self.walk(lambda one: wanted.get(one.name, one.options[0]))

    def size(self) -> int:
        """How many choices there are."""
        return _count(self.elements, {})

    def prompt(self, choice: Choice) -> PromptTemplate:
        """The choice put together."""
        return _Assembly(self, choice).prompt()


def _count(elements: Sequence[Element], chosen: dict[str, str]) -> int:
    for at, element in enumerate(elements):
        if element.applies(chosen):
            rest = elements[at + 1 :]
            named = {one.needs[0] for one in rest if one.needs}
            if element.name not in named:
                return len(element.options) * _count(rest, chosen)
            return sum(_count(rest, chosen | {element.name: one}) for one in element.options)
    return 1


def make_space(task: Task, base: PromptTemplate, most_examples: int = 4) -> Space:
    """The elements that make sense for a task around the prompt `base`.

    Left out are those that cannot be told from another or cannot work: thinking where the format
    could not find the answer in what is thought, more examples than there are, balancing where
    answers don't repeat, an instruction moved where none stands apart from the question.
    """
    language = base_language(task.language)
    tell = task.format.tell()
    named = {one: words for one in LANGUAGES if (words := _named(task, base, one))}
    answers = [OWN, "only", "strict"]
    if not _asks_shape(base):
        answers += ["tell", "tell-only"]
    if _finds_after_thinking(task):
        answers += ["steps"]
    split = split_user(base.user)
    elements = [Element("answer", "what is said about the answer's shape", tuple(answers))]
    elements += _example_elements(task, base, most_examples)
    if split is not None:
        options = (OWN, "after", "in-system", "twice")
        elements.append(Element("place", "where the instruction stands", options))
    elements.append(Element("role", "who the model is told to be", (OWN, "expert", "careful")))
    if named:
        words = Element("words", "the instruction's words", (OWN, "columns"))
        elements.append(words)
    elements.append(Element("question", "how the question is written", (OWN, "labelled")))
    elements.append(Element("cue", "what the prompt ends with", (OWN, "cue")))
    if language != "en":
        others = tuple(one for one in LANGUAGES if one != language)
        elements.append(Element("language", "the language of added words", (language, *others)))
    at = Element(
        "answer-at", "where it is said", ("end", "start", "system"), ("answer", (OWN,))
    )
    elements.append(at)
    return Space(base, tuple(elements), language, tell, named)


def _example_elements(task: Task, base: PromptTemplate, most: int) -> list[Element]:
    pool = [sample for sample in task.pool if sample.target is not None]
    counts = [n for n in (0, *COUNTS) if n <= min(most, len(pool)) and n != base.examples]
    own = str(base.examples)
    if base.examples > len(pool) or not counts:
        return []
    number = Element("examples", "how many are shown", (own, *map(str, counts)))
    picks: list[str] = [base.pick, *(p for p in ("random", "similar") if p != base.pick)]
    answers = {task.format.render(sample.target) for sample in pool[:5_000]}
    if 1 < len(answers) <= len(pool[:5_000]) / 4 and "balanced" not in picks:
        picks.append("balanced")
    pick = Element("pick", "which are shown", tuple(picks), ("examples", ("0",)))
    seeds = tuple(str(base.seed + n) for n in range(SEEDS))
    draw = Element("draw", "which draw of them", seeds, ("pick", ("similar",)))
    return [number, pick, draw]


def _asks_shape(base: PromptTemplate) -> bool:
    named = {name for text in (base.user, base.system) for _, name in parts(text)}
    return ANSWER_FORMAT in named


def _finds_after_thinking(task: Task) -> bool:
    """Whether the answer format finds an answer at the end of other words."""
    targets = [sample.target for sample in task.pool[:20] if sample.target is not None]
    thought = "First I look at what is given. Then I decide.\n\n"
    found = [_parse(task.format, thought + task.format.render(one)) == one for one in targets]
    return bool(found) and all(found) and task.format.check(thought) is not None


def _parse(format: AnswerFormat, text: str) -> object:
    return format.parse(text)


def _named(task: Task, base: PromptTemplate, language: str) -> str | None:
    """The instruction that names the columns, with braces escaped; None where none is known."""
    if task.config is None or len(task.config.data.target) != 1:
        return None
    words = WORDS[language]
    columns = fields_of(base.user)
    if not columns:
        return None
    joined = words["and"].join([", ".join(columns[:-1]), columns[-1]] if columns[1:] else columns)
    target = task.config.data.target[0]
    said = words["columns"].replace("{target}", _literal(target))
    return said.replace("{columns}", _literal(joined))


def fields_of(template: str) -> list[str]:
    """The columns that a template names, in order, each once; not the answer format."""
    found = [name for _, name in parts(template) if name is not None and name != ANSWER_FORMAT]
    return list(dict.fromkeys(found))


def _literal(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def split_user(user: str) -> tuple[str, str] | None:
    """(instruction, question) of a user template; None where no instruction stands before it.

    What stands on lines above the first field is the instruction; if the first line has a field,
    then the words before it ("Reverse the string: {original}"), if there are at least two, or
    characters of a script without spaces.
    """
    lines = user.split("\n")
    first = next((at for at, line in enumerate(lines) if _has_field(line)), None)
    if first is None:
        return None
    above = "\n".join(lines[:first]).strip()
    if above and not _has_answer_format(above):
        return above, "\n".join(lines[first:]).strip("\n")
    start = re.search(r"(?<!\{)(?:\{\{)*\{(?!\{)", lines[first])
    if above or start is None:
        return None
    at = start.end() - 1
    before, rest = lines[first][:at], "\n".join([lines[first][at:], *lines[first + 1 :]])
    words = before.strip().rstrip(":：").strip()
    wide = re.search(r"[\u3040-\u30ff\u4e00-\u9fff]{3}", words) is not None
    if _lone_quote(before) or (len(words.split()) < 2 and not wide):
        return None
    return words, rest.strip("\n")


def _lone_quote(before: str) -> bool:
    """Whether the words end within quotes or brackets, which the question closes."""
    return before.rstrip().endswith(("「", "『", '"', "'", "`", "(", "[", "<", "“", "（"))


def _has_field(line: str) -> bool:
    try:
        return any(name is not None and name != ANSWER_FORMAT for _, name in parts(line))
    except Exception:  # a field that spans lines: left whole
        return False


def _has_answer_format(text: str) -> bool:
    return any(name == ANSWER_FORMAT for _, name in parts(text))


class _Assembly:
    """Puts one choice together."""

    def __init__(self, space: Space, choice: Choice) -> None:
        self.space, self.choice = space, choice
        self.language = choice.get("language", space.language)
        self.words = WORDS[self.language]

    def _chosen(self, element: str) -> str:
        return self.choice.get(element, OWN)

    def prompt(self) -> PromptTemplate:
        base = self.space.base
        user, system = self._user()
        start, end = [], []
        shape = self._shape()
        if shape:
            at = self._chosen("answer-at")
            {"start": start, "system": system}.get(at, end).append(shape)
        if (role := self._chosen("role")) != OWN:
            system.insert(0, self.words[role])
        if self._chosen("cue") != OWN:
            end.append(self.words["cue"])
        made = replace(base, user=_joined([*start, user, *end]), system="\n".join(system))
        examples = self._chosen("examples")
        if examples == OWN:
            return made
        made = replace(made, examples=int(examples))
        if made.examples and "pick" in self.choice:
            made = replace(made, pick=cast(Pick, self.choice["pick"]))
        if made.examples and "draw" in self.choice:
            made = replace(made, seed=int(self.choice["draw"]))
        return made

    def _user(self) -> tuple[str, list[str]]:
        """The user template, and the lines of the system's."""
        base = self.space.base
        system = [base.system] if base.system else []
        place, words = self._chosen("place"), self._chosen("words")
        split = split_user(base.user)
        if (place, words, self._chosen("question")) == (OWN, OWN, OWN):
            return base.user, system
        said, question = split if split is not None else ("", base.user)
        if self._chosen("question") != OWN:
            # A template that is all one sentence has no question of its own: the columns are it.
            question = "\n".join(f"{_literal(n)}: {{{n}}}" for n in fields_of(base.user)) or question
        if words != OWN:
            said = self.space.named[self.language]
            question = question if split is not None else _bare(base.user)
        elif split is None:
            said = "" if self._chosen("question") == OWN else _words_of(base.user)
        return _placed(said, question, place, system)

    def _shape(self) -> str:
        answer = self._chosen("answer")
        tell, words = _literal(self.space.tell), self.words
        return {
            OWN: "", "tell": tell, "tell-only": f"{tell} {words['only']}", **{
                name: words[name] for name in ("only", "strict", "steps")
            },
        }[answer]  # fmt: skip


def _placed(said: str, question: str, place: str, system: list[str]) -> tuple[str, list[str]]:
    if place == "in-system":
        return question, [*system, said]
    order = {"after": [question, said], "twice": [said, question, said]}
    return "\n\n".join(part for part in order.get(place, [said, question]) if part), system


def _joined(pieces: list[str]) -> str:
    return "\n".join(pieces)


def _bare(user: str) -> str:
    return "\n".join(f"{{{name}}}" for name in fields_of(user)) or user


def _words_of(user: str) -> str:
    return user

"""The elements of a prompt: decisions, their options, and the space that they span.

An element is one decision (what is said about the answer's shape, how many examples, where the
instruction stands). Its first option leaves the prompt as it is, so the user's own prompt is one
of the space. `tesuji.prompts.assembly` puts a choice together.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from tesuji.errors import ConfigError
from tesuji.prompts.splitting import escaped, fields_of, split_user
from tesuji.prompts.wordings import LANGUAGES, OWN, WORDS, base_language
from tesuji.task.task import Task
from tesuji.task.template import ANSWER_FORMAT, PromptTemplate, parts

Choice: TypeAlias = Mapping[str, str]
"""An option for each element that applies, by the elements' names."""

_COUNTS = (4, 2, 1, 8, 16, 32)  # of examples; the usual ones first
_DRAWS = 3
_LOOKED_AT = 5_000  # answers of the pool


@dataclass(frozen=True, slots=True)
class Element:
    """A decision, its options by name (the first leaves the prompt as it is), and when it applies:
    `needs` names an element and those of its options beside which this one has no say."""

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
    """All prompts that can be put together around `base`, the elements in the order of deciding.

    `tell` is the sentence of the answer format, `named` the instruction that names the columns,
    by language.
    """

    base: PromptTemplate
    elements: tuple[Element, ...]
    language: str
    tell: str
    named: Mapping[str, str]

    def walk(self, decide: Callable[[Element], str]) -> dict[str, str]:
        """A choice, with `decide` asked about each element that applies."""
        chosen: dict[str, str] = {}
        for element in self.elements:
            if element.applies(chosen):
                chosen[element.name] = decide(element)
        return chosen

    def own(self) -> dict[str, str]:
        """The choice that is the base."""
        return self.walk(lambda element: element.options[0])

    def changed(self, choice: Choice) -> dict[str, str]:
        """What of a choice is not as in the base."""
        firsts = {element.name: element.options[0] for element in self.elements}
        return {name: option for name, option in choice.items() if option != firsts[name]}

    def singles(self) -> Iterator[dict[str, str]]:
        """Choices with one change each, the elements in turn; what a change needs comes with it."""
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

    def every(self) -> Iterator[dict[str, str]]:
        """All choices, in no particular order."""
        yield from _every(self.elements, {})

    def size(self) -> int:
        """How many choices there are."""
        return _count(self.elements, {})

    def fits(self, choice: Choice) -> bool:
        """Whether this is one of its choices: recorded ones may be of another space."""
        try:
            walked = self.walk(lambda element: choice[element.name])
        except KeyError:
            return False
        known = {element.name: element.options for element in self.elements}
        return walked == choice and all(one in known[name] for name, one in choice.items())


def _every(elements: Sequence[Element], chosen: dict[str, str]) -> Iterator[dict[str, str]]:
    if not elements:
        yield chosen
    elif not elements[0].applies(chosen):
        yield from _every(elements[1:], chosen)
    else:
        for option in elements[0].options:
            yield from _every(elements[1:], chosen | {elements[0].name: option})


def _count(elements: Sequence[Element], chosen: dict[str, str]) -> int:
    if not elements:
        return 1
    first, rest = elements[0], elements[1:]
    if not first.applies(chosen):
        return _count(rest, chosen)
    if all(one.needs is None or one.needs[0] != first.name for one in rest):
        return len(first.options) * _count(rest, chosen)
    return sum(_count(rest, chosen | {first.name: option}) for option in first.options)


def make_space(
    task: Task, base: PromptTemplate, most_examples: int = 4, only: Collection[str] = ()
) -> Space:
    """The elements that make sense for a task around the prompt `base`; all, or `only` those named.

    Left out is what would change nothing or cannot work: thinking where the answer format could not
    find the answer behind the thoughts, more examples than there are, balancing where answers don't
    repeat, an instruction moved where none stands apart from the question. ConfigError for a name
    in `only` that is no element's here.
    """
    language = base_language(task.language)
    named = {one: said for one in LANGUAGES if (said := _named(task, base, one))}
    elements = [_answer(task, base), *_examples(task, base, most_examples)]
    split = split_user(base.user)
    if split is not None and split.said:
        options = (OWN, "after", "in-system", "twice")
        elements.append(Element("place", "where the instruction stands", options))
    elements.append(Element("role", "who the model is told to be", (OWN, "expert", "careful")))
    if split is not None and named:
        elements.append(Element("words", "the instruction's words", (OWN, "columns")))
    if split is not None and split.plain:
        elements.append(Element("question", "how the columns are written", (OWN, "labelled")))
    elements.append(Element("cue", "what the prompt ends with", (OWN, "cue")))
    at = ("end", "start", "system")
    elements.append(Element("answer-at", "where that is said", at, ("answer", (OWN,))))
    if language != "en":
        others = (language, *(one for one in LANGUAGES if one != language))
        spoken = Element("language", "the language of added words", others, ("answer", (OWN,)))
        elements.append(spoken)
    return Space(base, _named_only(elements, only), language, task.format.tell(), named)


def _named_only(elements: Sequence[Element], only: Collection[str]) -> tuple[Element, ...]:
    names = {element.name for element in elements}
    for name in only:
        if name not in names:
            raise ConfigError(
                f"there is no element '{name}' of this prompt; there are: "
                f"{', '.join(element.name for element in elements)}"
            )
    kept = [element for element in elements if not only or element.name in only]
    left = {element.name for element in kept}
    return tuple(one for one in kept if one.needs is None or one.needs[0] in left)


def _answer(task: Task, base: PromptTemplate) -> Element:
    options = [OWN, "only", "strict"]
    if all(name != ANSWER_FORMAT for t in (base.user, base.system) for _, name in parts(t)):
        options += ["tell", "tell-only"]
    if _finds_after_thinking(task):
        options.append("steps")
    return Element("answer", "what is said about the answer's shape", tuple(options))


def _examples(task: Task, base: PromptTemplate, most: int) -> list[Element]:
    pool = [sample for sample in task.pool if sample.target is not None]
    counts = [n for n in (0, *_COUNTS) if n <= min(most, len(pool)) and n != base.examples]
    if not counts or base.examples > len(pool):
        return []
    picks = [base.pick, *(pick for pick in ("similar", "random") if pick != base.pick)]
    answers = {task.format.render(sample.target) for sample in pool[:_LOOKED_AT]}
    if 1 < len(answers) <= len(pool[:_LOOKED_AT]) / 4 and "balanced" not in picks:
        picks.append("balanced")
    draws = tuple(str(base.seed + n) for n in range(_DRAWS))
    return [
        Element("examples", "how many are shown", (str(base.examples), *map(str, counts))),
        Element("pick", "which are shown", tuple(picks), ("examples", ("0",))),
        Element("draw", "which draw of them", draws, ("pick", ("similar",))),
    ]


def _finds_after_thinking(task: Task) -> bool:
    """Whether the answer format finds an answer at the end of other words."""
    targets = [sample.target for sample in task.pool[:20] if sample.target is not None]
    thought = "First I look at what is given. Then I decide.\n\n"
    found = [task.format.parse(thought + task.format.render(one)) == one for one in targets]
    return bool(found) and all(found)


def _named(task: Task, base: PromptTemplate, language: str) -> str | None:
    """The instruction that names the columns, as a template; None where no names are known."""
    columns = fields_of(base.user)
    if task.config is None or len(task.config.data.target) != 1 or not columns:
        return None
    words = WORDS[language]
    *most, last = columns
    joined = words["and"].join([", ".join(most), last]) if most else last
    said = words["columns"].replace("{target}", escaped(task.config.data.target[0]))
    return said.replace("{columns}", escaped(joined))

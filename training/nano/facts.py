"""Questions that only a context answers: one to four facts of one kind about different people.

All facts of a context share a relation, so an answer can't be told by its kind: the entity has to
be found. Several questions go over one context, since a context costs many bytes and an answer
few. Without a fact about the one asked for, the answer is ``UNKNOWN``.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from training.nano.chat import Turn
from training.nano.words import ANIMALS, COLOURS, FOODS, PLACES, Split, of_split, people

UNKNOWN = "I don't know."
LETTERS = "ABCDE"


@dataclass(frozen=True, slots=True)
class Relation:
    """How a kind of fact is told and asked: ``{e}`` is the entity, ``{v}`` the value."""

    told: tuple[str, ...]
    asked: tuple[str, ...]
    values: tuple[str, ...]
    told_in_japanese: str
    asked_in_japanese: str


NUMBERS = tuple(str(n) for n in range(10, 100))
RELATIONS: tuple[Relation, ...] = (
    Relation(("{e} has a {v}.", "{e} owns a {v}."),
             ("What does {e} have?", "What does {e} own?", "Which animal is {e}'s?",
              "Which animal does {e} have?", "Name the animal of {e}.", "Tell me {e}'s animal."),
             ANIMALS, "{e}の動物は{v}。", "{e}の動物は？"),
    Relation(("{e} likes {v}.", "{e} eats {v}."),
             ("What does {e} like?", "What does {e} eat?", "Which food is {e}'s?",
              "Which food does {e} like?", "Name the food of {e}.", "Tell me {e}'s food."),
             FOODS, "{e}の食べ物は{v}。", "{e}の食べ物は？"),
    Relation(("{e} lives in {v}.", "{e} is from {v}."),
             ("Where does {e} live?", "Where is {e} from?", "Which city is {e}'s?",
              "Which city does {e} live in?", "Name the city of {e}.", "Tell me {e}'s city."),
             PLACES, "{e}の町は{v}。", "{e}の町は？"),
    Relation(("{e} wears {v}.", "{e} is in {v}."),
             ("What does {e} wear?", "What colour does {e} wear?", "Which colour is {e}'s?",
              "Which colour is {e} in?", "Name the colour of {e}.", "Tell me {e}'s colour."),
             COLOURS, "{e}の色は{v}。", "{e}の色は？"),
    Relation(("{e} has number {v}.", "{e} is number {v}."),
             ("What number does {e} have?", "Which number is {e}?", "Which number is {e}'s?",
              "What number is {e}?", "Name the number of {e}.", "Tell me {e}'s number."),
             NUMBERS, "{e}の番号は{v}。", "{e}の番号は？"),
)  # fmt: skip

OPEN = ("{c} {q}", "{c}\n{q}", "{c}\n\n{q}", "Context: {c}\nQuestion: {q}", "Facts: {c}\n{q}",
        "Context: {c}\n\nQuestion: {q}\nAnswer:", "{q}\n{c}", "Question: {q}\nContext: {c}",
        "Read this. {c} {q}", "Text: {c}\nQ: {q}\nA:", "Use the facts. {c} {q}")  # fmt: skip
CHOICE = ("{c} {q}\n{o}", "{c}\n{q}\n{o}", "Context: {c}\nQuestion: {q}\n{o}", "{c}\n\n{q}\n\n{o}",
          "Context: {c}\nQuestion: {q}\n{o}\nAnswer:", "Facts: {c}\n{q}\nOptions:\n{o}",
          "{c} {q}\n{o}\nAnswer with the letter.", "Choose the right letter.\n{c}\n{q}\n{o}",
          "{c}\n{q}\n{o}\nWhich letter?", "{c}\n{q} Choose one:\n{o}")  # fmt: skip
MARKS = ("{l}) {v}", "{l}. {v}", "({l}) {v}", "{l}: {v}")


@dataclass(frozen=True, slots=True)
class Context:
    """Facts of one relation: entities and their values, in the order told."""

    relation: Relation
    facts: Mapping[str, str]


def draw(rng: random.Random, least: int = 1, most: int = 4) -> Context:
    relation = rng.choice(RELATIONS)
    names = people(rng, rng.randint(least, most))
    return Context(relation, dict(zip(names, rng.sample(relation.values, len(names)), strict=True)))


def told(rng: random.Random, context: Context, japanese: bool = False) -> str:
    """The facts as sentences."""
    relation = context.relation
    how = relation.told_in_japanese if japanese else rng.choice(relation.told)
    parts = [how.replace("{e}", e).replace("{v}", v) for e, v in context.facts.items()]
    return ("" if japanese else " ").join(parts)


def asked(rng: random.Random, context: Context, entity: str, split: Split,
          japanese: bool = False) -> str:  # fmt: skip
    """A question about one entity. The last two ways of each relation are kept from training."""
    ways = context.relation.asked
    ways = ways[:4] if split == "train" else ways[4:]
    how = context.relation.asked_in_japanese if japanese else rng.choice(ways)
    return how.replace("{e}", entity)


def options(rng: random.Random, context: Context, entity: str) -> list[str]:
    """Five values, the right one among them, then the other facts', then values of no fact."""
    others = [v for e, v in context.facts.items() if e != entity]
    rest = [v for v in context.relation.values if v not in context.facts.values()]
    found = [context.facts[entity], *others, *rng.sample(rest, 5)][:5]
    return rng.sample(found, 5)


def listed(values: Sequence[str], mark: str, between: str = "\n") -> str:
    lines = (mark.replace("{l}", a).replace("{v}", v) for a, v in zip(LETTERS, values, strict=True))
    return between.join(lines)


def spots(text: str, mark: str, values: Sequence[str]) -> tuple[int, ...]:
    """Hints for options: where its value begins, the letter of each."""
    found, at = [-1] * len(text.encode()), 0
    for letter, value in zip(LETTERS, values, strict=True):
        left = mark.replace("{l}", letter)
        at = text.index(left.replace("{v}", value), at) + left.index("{v}")
        found[len(text[:at].encode())] = ord(letter)
    return tuple(found)


def say(turns: list[Turn], user: str, answer: str, hint: str = "",
        within: tuple[int, ...] | str = "") -> None:  # fmt: skip
    turns += [Turn("user", user, False, within), Turn("assistant", answer, True, hint)]


def after(rng: random.Random, split: Split) -> list[Turn]:
    """A string of different letters, and what comes after some of them.

    To go on from where a letter stood before is what all binding is made of (induction heads,
    Olsson et al. 2022), and here nearly every answer byte teaches it.
    """
    text = "".join(rng.sample("abcdefghijklmnopqrstuvwxyz0123456789", rng.randint(6, 18)))
    begin, turns = text + "\n", list[Turn]()
    for place in rng.choices(range(len(text) - 3), k=5):
        say(turns, f"{begin}{text[place]}?", text[place + 1 : place + 4])
        begin = ""
    return turns


def pairs(rng: random.Random, split: Split) -> list[Turn]:
    """Letters with a digit or a letter each, and a look-up of each: binding in the fewest bytes."""
    keys = rng.sample("abcdefghijklmnopqrstuvwxyz", rng.randint(2, 8))
    values = rng.sample(rng.choice(("0123456789", "abcdefghijklmnopqrstuvwxyz")), len(keys))
    mark, gap = rng.choice(("", ": ", "=", " ")), rng.choice(("\n", ", "))
    begin = gap.join(k + mark + v for k, v in zip(keys, values, strict=True)) + "\n"
    turns: list[Turn] = []
    for key, value in rng.sample(list(zip(keys, values, strict=True)), len(keys)):
        say(turns, f"{begin}{key}?", value, value)
        begin = ""
    return turns


def recall(rng: random.Random, split: Split) -> list[Turn]:
    """Facts and a look-up of each, told and asked in short or in sentences, each for itself.

    Both in short is the quickest way to learn what binding is; one of them in a sentence is half
    of the way to ``read``.
    """
    context, short = draw(rng, 2, 6), rng.random() < 0.4
    pair = rng.choice(("{e}: {v}", "{e}={v}", "{e} {v}"))
    lines = (pair.replace("{e}", e).replace("{v}", v) for e, v in context.facts.items())
    begin = rng.choice(("\n", ", ")).join(lines) if rng.random() < 0.5 else told(rng, context)
    begin, turns = begin + "\n", list[Turn]()
    for entity in rng.sample(list(context.facts), len(context.facts)):
        question = f"{entity}?" if short else asked(rng, context, entity, split)
        say(turns, begin + question, context.facts[entity], context.facts[entity])
        begin = ""
    return turns


def read(rng: random.Random, split: Split, japanese: float = 0.05) -> list[Turn]:
    """Facts as sentences, and a question about each; at times one about a stranger."""
    context, nihongo = draw(rng), rng.random() < japanese
    entities = list(context.facts)
    if rng.random() < 0.2:
        entities.append(next(n for n in people(rng, 5) if n not in context.facts))
    turns: list[Turn] = []
    for entity in rng.sample(entities, len(entities)):
        question = asked(rng, context, entity, split, nihongo)
        if not turns:
            how = "{c}{q}" if nihongo else rng.choice(of_split(OPEN, split) or OPEN)
            question = how.replace("{c}", told(rng, context, nihongo)).replace("{q}", question)
        say(turns, question, context.facts.get(entity, UNKNOWN), context.facts.get(entity, ""))
    return turns


def nothing(rng: random.Random, split: Split) -> list[Turn]:
    """Questions without a context, which nobody can answer."""
    context = draw(rng, 3, 3)
    turns: list[Turn] = []
    for entity in context.facts:
        say(turns, asked(rng, context, entity, split), UNKNOWN)
    return turns


def letters(rng: random.Random, split: Split) -> list[Turn]:
    """Five options and a look-up of each one's letter."""
    relation = rng.choice(RELATIONS)
    values = rng.sample(relation.values, 5)
    mark = rng.choice(MARKS)
    begin, turns = listed(values, mark, rng.choice(("\n", " "))) + "\n", list[Turn]()
    for value in rng.sample(values, 5):
        said = begin + f"{value}?"
        within = spots(said, mark, values) if begin else ""
        say(turns, said, LETTERS[values.index(value)], within=within)
        begin = ""
    return turns


def bridge(rng: random.Random, split: Split) -> list[Turn]:
    """Facts, five options, and questions for a letter: two look-ups, one after the other."""
    context = draw(rng, 2, 4)
    values = options(rng, context, next(iter(context.facts)))
    short = rng.random() < 0.5
    lines = "\n".join(f"{e}: {v}" for e, v in context.facts.items())
    facts = lines if short else told(rng, context)
    mark = rng.choice(MARKS)
    begin, turns = f"{facts}\n{listed(values, mark)}\n", list[Turn]()
    for entity in rng.sample(list(context.facts), len(context.facts)):
        question = f"{entity}?" if short else asked(rng, context, entity, split)
        value = context.facts[entity]
        within = spots(begin + question, mark, values) if begin else ""
        say(turns, begin + question, LETTERS[values.index(value)], value, within)
        begin = ""
    return turns


def choose(rng: random.Random, split: Split, japanese: float = 0.05) -> list[Turn]:
    """A multiple-choice question as it comes, and the other facts' questions after it."""
    context, nihongo = draw(rng), rng.random() < japanese
    entities = rng.sample(list(context.facts), len(context.facts))
    values = options(rng, context, entities[0])
    turns: list[Turn] = []
    for entity in entities:
        question = asked(rng, context, entity, split, nihongo)
        if not turns:
            how = rng.choice(of_split(CHOICE, split) or CHOICE).replace("{q}", question)
            mark = rng.choice(MARKS)
            how = how.replace("{o}", listed(values, mark))
            question = how.replace("{c}", told(rng, context, nihongo))
        value = context.facts[entity]
        within = "" if turns else spots(question, mark, values)
        say(turns, question, LETTERS[values.index(value)], value, within)
    return turns

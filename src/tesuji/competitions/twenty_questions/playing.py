"""A sample of twenty questions is a game: played in this process, its transcript is the answer.

The row says who we are (guesser or answerer), who the partner is, and as the target what is to be
guessed: the referee and the answerer see it, as in the contest, the guesser does not.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

from tesuji.competitions.twenty_questions.generate import MODEL
from tesuji.errors import ConfigError, DataError, InputError
from tesuji.flows import Ask
from tesuji.games.answerer import is_sure, known_chance, prompt
from tesuji.games.answerer import read_reply as read_yes_or_no
from tesuji.games.asker import Asker
from tesuji.games.keywords import KeywordList, read_keywords
from tesuji.games.lexicon import lexicon_table
from tesuji.games.observation import Observation, Player
from tesuji.games.partners import ANSWERERS, ASKERS, answering, asking
from tesuji.games.referee import Played, Secret, said_by, turns
from tesuji.games.rules import is_right, points
from tesuji.games.table import QuestionTable, open_table
from tesuji.task.sample import Message, Sample

OTHERS = "|"
"""Stands between a keyword and its other names in the target."""

_ARROW = " → "
_LINE = re.compile(rf"^ *(\d+)\. .* (?:yes|no){_ARROW}(.*)$")
_QUESTION = "Ask one question that is answered by yes or no. Reply with the question alone."
_GUESS = "Guess the word. Reply with the word alone."
Moves: TypeAlias = Callable[[Observation], Awaitable[object]]


@dataclass(frozen=True, eq=False)
class World:
    """What our guesser knows: the list, and what is true of its keywords."""

    keywords: KeywordList
    table: QuestionTable
    asker: Asker


def world(folder: Path) -> World:
    """What stands in a competition's `data`: `keywords.csv` (.txt, .json …) and, if it is there,
    the question table `table/`; else the lexicon's table. DataError."""
    path = keywords_path(folder)
    table = folder / "data" / "table" / "table.npy"
    return _world(path, path.stat().st_mtime_ns, table.stat().st_mtime_ns if table.exists() else 0)


def keywords_path(folder: Path) -> Path:
    """The file with the keywords that our guesser knows; DataError."""
    found = sorted((folder / "data").glob("keywords.*"))
    if not found:
        raise DataError(f"{folder / 'data'}: there is no keywords.csv, the guesser's list")
    return found[0]


@lru_cache(maxsize=4)
def _world(path: Path, changed: int, table_changed: int) -> World:
    keywords = read_keywords(path)
    folder = path.parent / "table"
    table = open_table(folder) if table_changed else lexicon_table(keywords.words)
    return World(keywords, table, Asker(keywords, table))


@lru_cache(maxsize=16)
def _partner(kind: str, known: World) -> Player:
    """An asking partner with our list; a copy of it follows a game of its own."""
    return asking(kind, known.keywords, known.table)


async def game(
    sample: Sample, ask: Ask, folder: Path, *, asker: str = "belief", answerer: str = "both"
) -> str:
    """Play a sample's game and return its transcript; InputError for a row that says no game."""
    if asker not in ("belief", "model") or answerer not in ("both", "rules", "model"):
        raise ConfigError(
            f"flow 'game': asker is belief or model, not {asker!r}; answerer is both, rules or "
            f"model, not {answerer!r}"
        )
    if sample.target is None:
        raise InputError("games are played where the keyword is known: on the train and dev split")
    secret = secret_of(sample)
    role, partner = str(sample.fields.get("role")), str(sample.fields.get("partner"))
    seed, known = str(sample.fields.get("seed", "0")), world(folder)
    if role == "guesser" and partner in (*ANSWERERS, MODEL):
        guesser = _asks(ask) if asker == "model" else _calm(copy.copy(known.asker))
        other = (
            _answers(ask, "model", None) if partner == MODEL
            else _calm(answering(partner, known.table, int(seed) if seed.isdecimal() else 0))
        )  # fmt: skip
        played = await _play(secret, guesser, other)
    elif role == "answerer" and partner in ASKERS:
        guesser = _calm(copy.copy(_partner(partner, known)))
        played = await _play(secret, guesser, _answers(ask, answerer, known.table))
    else:
        raise InputError(f"sample {sample.id}: there is no {role} with the partner {partner!r}")
    return transcript(played, f"{role}, with the partner: {partner}")


def secret_of(sample: Sample) -> Secret:
    """What is to be guessed in a sample's game."""
    keyword, *alts = (name.strip() for name in str(sample.target).split(OTHERS))
    return Secret(keyword, str(sample.fields.get("category") or "things"), tuple(alts))


async def _play(secret: Secret, guesser: Moves, answerer: Moves) -> Played:
    moves = turns(secret)
    try:
        seen = next(moves)
        while True:
            said = await (answerer if seen.turn == "answer" else guesser)(seen)
            seen = moves.send(said)
    except StopIteration as end:
        played: Played = end.value
        return played


def _calm(player: Player) -> Moves:
    """A player of this process as one that may be waited for."""

    async def move(seen: Observation) -> object:
        return said_by(player, seen)

    return move


def _answers(ask: Ask, how: str, table: QuestionTable | None) -> Moves:
    """We answer: by rule and by what is known, else by the model, else no."""

    async def move(seen: Observation) -> object:
        question = seen.questions[-1]
        known = None
        if how != "model":
            known = known_chance(question, seen.keyword, seen.category, table)
        if how != "rules" and not is_sure(known):
            said = await _asked(ask, prompt(question, seen.keyword, seen.category))
            verdict = read_yes_or_no(said)
            if verdict is not None:
                return "yes" if verdict else "no"
        return "yes" if known is not None and known >= 0.5 else "no"

    return move


def _asks(ask: Ask) -> Moves:
    """The model asks and guesses; a game is told to it from the beginning at each turn."""

    async def move(seen: Observation) -> object:
        told = [f"{q} {a}." for q, a in zip(seen.questions, seen.answers, strict=False)]
        wrong = [f"It is not: {', '.join(seen.guesses)}."] if seen.guesses else []
        wanted = _QUESTION if seen.turn == "ask" else _GUESS
        said = await _asked(ask, "\n".join([*told, *wrong, wanted]))
        line = next((line.strip() for line in said.splitlines() if line.strip()), "")
        return line or ("Is it a thing?" if seen.turn == "ask" else "thing")

    return move


async def _asked(ask: Ask, text: str) -> str:
    """The model's reply to the entry's prompt and `text` after it.

    What cannot be asked is an error of the sample: an answer in its place would hide that the model
    never spoke.
    """
    *before, last = ask.messages
    messages = (*before, Message(last.role, f"{last.content}\n\n{text}"))
    return (await ask(messages=messages)).text


def transcript(played: Played, title: str) -> str:
    """A game for people: a line a round, question, answer and guess; then how it ended."""
    lines = [title]
    rounds = zip(played.questions, played.answers, played.guesses, strict=False)
    for number, (question, answer, guess) in enumerate(rounds, 1):
        lines.append(f"{number:2}. {_line(question)} {answer}{_ARROW}{_line(guess)}")
    if played.round is not None:
        lines.append(f"solved in round {played.round}")
    elif played.why is not None:
        lines.append(f"broken off in round {len(played.guesses) + 1}: the {played.blame}: "
                     f"{_line(played.why)}")  # fmt: skip
    else:
        lines.append("not solved")
    return "\n".join(lines)


def _line(text: str) -> str:
    """A text on one line, without what stands before a guess."""
    return " ".join(text.split()).replace(_ARROW, " -> ")


def points_of(answer: object, target: object) -> int:
    """What a transcript is worth: its last guess is judged again. A bare text is a first guess."""
    keyword, *alts = (name.strip() for name in str(target).split(OTHERS))
    lines = str(answer).splitlines()
    rounds = [found for line in lines if (found := _LINE.match(line))]
    if rounds:
        number, guess = int(rounds[-1][1]), rounds[-1][2]
        return points(number) if number <= 20 and is_right(guess, keyword, alts) else 0
    return points(1) if len(lines) == 1 and is_right(lines[0], keyword, alts) else 0


def read_reply(text: str) -> str | None:
    """yes or no; else the first line that says something; None where there is none."""
    verdict = read_yes_or_no(text)
    if verdict is not None:
        return "yes" if verdict else "no"
    return next((line.strip() for line in text.splitlines() if line.strip()), None)


def wrong_with_reply(text: str) -> str | None:
    """Why a reply is not as it was asked for: yes or no alone, or one line."""
    said = text.strip()
    lines: Sequence[str] = said.splitlines()
    if not said:
        return "nothing is said"
    if len(lines) > 1:
        return f"{len(lines)} lines where one was asked for"
    if read_yes_or_no(said) is not None and len(said) > 5 and not said.endswith("?"):
        return "more than yes or no"
    return None

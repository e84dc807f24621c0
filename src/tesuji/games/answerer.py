"""The answerer: protocols and spelling by rule, kinds by what is known, the rest by a model.

It says "yes" or "no", whatever it is asked and whatever its model does, and in time.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from threading import Thread
from typing import TypeAlias

from tesuji.games.facts import chance, described, in_table, is_own
from tesuji.games.observation import Observation
from tesuji.games.spelling import by_spelling, listed
from tesuji.games.table import QuestionTable

Writes: TypeAlias = Callable[[str], str]
"""A model: from a prompt to what it writes."""

SURE = 0.75
"""From here on what is known is said at once; between that and 1 - SURE a model is asked first."""

_HANDSHAKE = re.compile(
    r"\bagent alpha\b|\bplaying (?:a |the )?(?:game of )?(?:20|twenty) questions\b"
    r"|\b(?:alpha|alphabet(?:ical)?)\b.*\bprotocol\b",
    re.IGNORECASE,
)
_CATEGORY = re.compile(
    r"^(?:so )?(?:is|does) (?:it|the (?:secret )?(?:keyword|word)(?:'s category)?|the category"
    r"(?: of the keyword)?)(?: belong to| in| part of| fall (?:in|under)| under)*"
    r"(?: the)?(?: category)?(?: of)? (?:an? )?[\"']?(?P<name>person|place|thing|location|"
    r"people|places|things|locations)[\"']?(?: category)?\W*$",
    re.IGNORECASE,
)
_KINDS = re.compile(r"(?:so )?is it\b", re.IGNORECASE)
_FEW = 6
"""Of few items "it" may be a kind ("one of these: an animal, a plant"); "the keyword" never is."""
_ALIKE = {"people": "person", "places": "place", "things": "thing", "locations": "place",
          "location": "place"}  # fmt: skip

PROMPT = """\
Secret word: {keyword} (one of the {category}).
{known}Question: {question}
Answer for {keyword} with one word: yes or no."""
"""Short, so that a small model's context holds it, and a question of 200 letters."""


class Answerer:
    """A `Player` for the answerer's turns.

    `writes` is a model; it has `seconds` for a reply and may fail. `table` holds what other models
    said of keywords and questions beforehand.
    """

    def __init__(
        self, writes: Writes | None = None, *, table: QuestionTable | None = None,
        seconds: float = 40.0,
    ) -> None:  # fmt: skip
        self.writes, self.table, self.seconds = writes, table, seconds

    def __call__(self, seen: Observation) -> str:
        """ "yes" or "no"."""
        question = seen.questions[-1] if seen.questions else ""
        return "yes" if self.says_yes(question, seen.keyword, seen.category) else "no"

    def says_yes(self, question: str, keyword: str, category: str) -> bool:
        """The answer to a question; where all else fails, no: most questions' answer."""
        known = known_chance(question, keyword, category, self.table)
        if self.writes is not None and not is_sure(known):
            reply = _in_time(self.writes, prompt(question, keyword, category), self.seconds)
            verdict = None if reply is None else read_reply(reply)
            if verdict is not None:
                return verdict
        return known is not None and known >= 0.5


def by_rule(question: str, keyword: str, category: str = "") -> bool | None:
    """What a rule answers for sure: handshakes, the category, spelling; None: no rule does.

    >>> by_rule("Is it Agent Alpha?", "Kite"), by_rule("Is it a place?", "Kite", "things")
    (True, False)
    """
    if _HANDSHAKE.search(question):
        return True
    found = _CATEGORY.match(" ".join(question.split()))
    if found and category:
        asked, given = (
            _ALIKE.get(name, name) for name in (found["name"].lower(), category.lower())
        )
        return asked == given
    return by_spelling(question, keyword)


def _singular(category: str) -> str:
    return _ALIKE.get(category.lower(), category.lower())


def known_chance(
    question: str, keyword: str, category: str = "", table: QuestionTable | None = None
) -> float | None:
    """p(yes) by rule or by what is known, without a model; None where nothing is known."""
    if table is not None and (found := in_table(question, keyword, table)) is not None:
        return found
    ruled = None if is_own(question) else by_rule(question, keyword, category)
    if ruled is False and _KINDS.match(question) and (items := listed(question)[:_FEW]):
        kinds = [chance(f"Is it a kind of {item}?", keyword, table) for item in items]
        return max((sure for sure in kinds if sure is not None), default=0.0)
    if ruled is not None:
        return float(ruled)
    return chance(question, keyword, table)


def is_sure(known: float | None) -> bool:
    """Whether a model need not be asked."""
    return known is not None and not 1 - SURE < known < SURE


def prompt(question: str, keyword: str, category: str) -> str:
    """What a model is asked, with the facts that are known of the keyword."""
    facts = described(keyword)
    known = f"Known of it: {facts}.\n" if facts else ""
    return PROMPT.format(
        keyword=keyword, category=category or "things", known=known, question=question
    )


def read_reply(text: str) -> bool | None:
    """The first yes or no in what a model wrote, as a word of its own.

    >>> read_reply("**Yes**, it is not small."), read_reply("Unknown.")
    (True, None)
    """
    found = re.search(r"\b(yes|no)\b", text, re.IGNORECASE)
    return None if found is None else found[1].lower() == "yes"


def _in_time(writes: Writes, text: str, seconds: float) -> str | None:
    """What a model writes within so many seconds; None where it is late or fails."""
    written: list[str] = []

    def write() -> None:
        try:
            written.append(writes(text))
        except Exception:  # a model's failure must not lose the game
            written.clear()

    thread = Thread(target=write, daemon=True)
    thread.start()
    thread.join(seconds)
    return written[0] if written and isinstance(written[0], str) else None

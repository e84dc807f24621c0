"""How often askers of several habits find the keyword with this answerer, and with a plain one.

    python -m benchmarks.twenty_questions_answerer KEYWORDS [--games 100]

KEYWORDS is a list as the asker reads it (.json of the contest, .csv, .txt); the askers know it. The
rival answers the five sorts of question for which patterns were published in the contest (the
alphabet protocol, one or several first letters, a list, a letter) and else no; no model in either.
The natural asker's questions are the lexicon's own, which this answerer knows by the same table:
there nothing is shown but that it finds them.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
from collections.abc import Sequence
from pathlib import Path

from tesuji.games.answerer import Answerer
from tesuji.games.keywords import KeywordList, read_keywords
from tesuji.games.lexicon import lexicon_table
from tesuji.games.observation import Observation, Player
from tesuji.games.partners import ASKERS, asking
from tesuji.games.referee import Played, Secret, play
from tesuji.games.table import QuestionTable


def published(seen: Observation) -> str:
    """An answerer by the published patterns, to the letter."""
    question, keyword = seen.questions[-1], seen.keyword.lower()
    if question == "Is it Agent Alpha?":
        return "yes"
    if found := re.search(r'keyword.*(?:come before|precede) "([^"]+)" .+ order\?$', question):
        return "yes" if keyword < found[1] else "no"
    if re.match(r"Does the keyword (?:begins|start) with (?:the|one of the) letters?", question):
        letters = [letter.lower() for letter in re.findall(r"[\"']([a-zA-Z])[\"']", question)]
        return "yes" if keyword[0] in letters else "no"
    if found := re.match(r"Is the keyword one of the following\? (.+)\?$", question):
        return "yes" if keyword in [part.strip().lower() for part in found[1].split(",")] else "no"
    if found := re.search(r"include the letter '([A-Za-z])'\?$", question):
        return "yes" if found[1].lower() in keyword else "no"
    return "no"


def games(
    keywords: KeywordList, table: QuestionTable, kind: str, answerer: Player, chosen: Sequence[str]
) -> list[Played]:
    """One game a keyword with an asker of a kind."""
    asker = asking(kind, keywords, table)
    return [play(Secret(word), asker, answerer) for word in chosen]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("keywords", type=Path)
    parser.add_argument("--games", type=int, default=100)
    given = parser.parse_args()
    keywords = read_keywords(given.keywords)
    table = lexicon_table(keywords.words)
    chosen = random.Random(0).sample(keywords.words, min(given.games, len(keywords)))
    print(f"{len(keywords):,} keywords, {len(chosen)} games each, seed 0")
    print(f"{'asker':<18}{'tesuji solved':>14}{'round':>7}{'published solved':>18}{'round':>7}")
    answerers: list[Player] = [Answerer(table=table), published]
    for kind in ASKERS:
        line = f"{kind:<18}"
        for answerer, width in zip(answerers, (14, 18), strict=True):
            played = games(keywords, table, kind, answerer, chosen)
            rounds = [game.round for game in played if game.round is not None]
            mean = f"{statistics.mean(rounds):.1f}" if rounds else "–"
            line += f"{len(rounds) / len(played):>{width}.2f}{mean:>7}"
        print(line)


if __name__ == "__main__":
    main()

"""The asker of twenty questions: protocol, noisy partners, a mixed field, a large table.

    python -m benchmarks.twenty_questions --data ../shared/data [--part protocol|noise|field|size]

Keywords: `twenty_questions_keywords.json` in the folder, and lists drawn from the built-in lexicon
by its prior (seed 11). All likely alike. The rival plays the same games: a plain Bayesian asker
with a fixed error rate of 0.1 that asks for the greatest expected information and guesses the
likeliest, over single facts (kinds, words of definitions, parts) and over all questions.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from math import log2
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tesuji.games import protocol
from tesuji.games.asker import ROUNDS, Asker
from tesuji.games.belief import NATURAL_PARTNERS, Partner, erring
from tesuji.games.keywords import KeywordList, keyword_list, matches, read_keywords
from tesuji.games.lexicon import built_in, lexicon_table, load
from tesuji.games.observation import Observation
from tesuji.games.simulate import UNSOLVED, Flips, play
from tesuji.games.table import CERTAIN, QuestionTable, create, open_table

SINGLE = (
    "Is it a kind of ",
    "Does it have to do with ",
    "Does it have a part called ",
    "Is it in ",
)
PLAIN = (Partner("errs 0.1", 1.0, (erring(0.1),) * 4),)
Answers = Callable[[str, str], bool]
"""A partner: the keyword and the question to yes or no."""


def sure(table: QuestionTable) -> QuestionTable:
    """The table as a partner answers from it: yes where it has more than one half."""
    cells = np.where(table.cells > CERTAIN // 2, CERTAIN, 0).astype(np.uint8)
    return QuestionTable(table.keywords, table.questions, cells)


def some(table: QuestionTable, starts: tuple[str, ...]) -> QuestionTable:
    """The questions that start so."""
    rows = [i for i, text in enumerate(table.questions) if text.startswith(starts)]
    return QuestionTable(table.keywords, tuple(table.questions[i] for i in rows), table.cells[rows])


def drawn(category: str, count: int) -> KeywordList:
    """A list from the lexicon."""
    whole = built_in(category)
    chosen = np.random.default_rng(11).choice(len(whole), count, replace=False, p=whole.prior)
    return keyword_list([whole.words[i] for i in chosen])


def shown(rounds: NDArray[np.intp]) -> str:
    """Share solved and mean round of those."""
    solved = rounds[rounds != UNSOLVED]
    mean = f"{solved.mean():5.2f}" if solved.size else "    –"
    return f"{solved.size / rounds.size:6.3f} {mean}"


def game(asker: Asker, partner: Answers, keyword: str) -> int:
    """The round in which a keyword was guessed, or `UNSOLVED`."""
    asked: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    guessed: tuple[str, ...] = ()
    for number in range(1, ROUNDS + 1):
        asked += (asker(Observation("ask", asked, said, guessed)),)
        said += ("yes" if partner(keyword, asked[-1]) else "no",)
        guessed += (asker(Observation("guess", asked, said, guessed)),)
        if matches(guessed[-1], keyword):
            return number
    return UNSOLVED


def speaker(keyword: str, question: str) -> bool:
    """Speaks the protocol, answers spelling by rule, and knows nothing of the world."""
    rule = protocol.rule(question)
    return protocol.is_handshake(question) or (rule is not None and rule(keyword))


def by_protocol(keywords: KeywordList) -> None:
    """Games with a partner that speaks the protocol."""
    print(f"protocol; {len(keywords)} keywords, log2 {log2(len(keywords)):.2f}")
    asker = Asker(keywords)
    rounds = np.array([game(asker, speaker, word) for word in keywords])
    print(f"  the list known:    {shown(rounds)}, at most {rounds.max()}")
    wide = built_in()
    lexicon = load()
    inside = [word for word in keywords if lexicon.find(word) is not None]
    asker = Asker(wide, letters=False)
    rounds = np.array([game(asker, speaker, word) for word in inside[::8]])
    print(f"  among {len(wide)} built-in (log2 {log2(len(wide)):.2f}): {shown(rounds)} of those in")
    print(f"  the built-in list has {len(inside) / len(keywords):.3f} of the keywords")


def noise(name: str, keywords: KeywordList, seed: int, every: int = 1) -> None:
    """Games against partners that answer from a table with errors."""
    everything = sure(lexicon_table(keywords.words))
    single = some(everything, SINGLE)
    print(f"noise; {name}, every {every}. of {len(keywords)} keywords, seed {seed}")
    print(f"  {len(everything.questions)} questions, {len(single.questions)} of single facts")
    print("  flips            ours           plain, all     ours, single   plain, single")
    places = np.arange(0, len(keywords), every)
    for rate, fixed in ((0.0, True), (0.05, True), (0.1, True), (0.2, True), (0.2, False)):
        flips = Flips(rate, fixed)
        row = [
            shown(play(table, places, flips, seed, partners=partners, endgame=endgame))
            for table in (everything, single)
            for partners, endgame in ((NATURAL_PARTNERS, 4), (PLAIN, 0))
        ]
        print(f"  {rate:4.2f} {'fixed' if fixed else 'anew ':<8}" + "  ".join(row), flush=True)


def field(keywords: KeywordList) -> None:
    """Games against a mixed field, by the asker that doesn't know whom it meets."""
    table = sure(lexicon_table(keywords.words))
    row = {text: i for i, text in enumerate(table.questions)}
    column = {word: i for i, word in enumerate(table.keywords)}
    luck = np.random.default_rng(0)

    def truth(keyword: str, question: str) -> bool:
        if question in row:
            return bool(table.cells[row[question], column[keyword]])
        rule = protocol.rule(question)
        return rule is not None and rule(keyword)

    def plain(rate: float, spelling: float) -> Answers:
        def answer(keyword: str, question: str) -> bool:
            wrong = luck.random() < (rate if question in row else spelling)
            return False if protocol.is_handshake(question) else truth(keyword, question) != wrong

        return answer

    partners: dict[str, Answers] = {
        "speaks the protocol": lambda k, q: protocol.is_handshake(q) or truth(k, q),
        "speaks it, 5 % wrong": lambda k, q: (
            protocol.is_handshake(q) or truth(k, q)) != (luck.random() < 0.05),
        "rules, no handshake": lambda k, q: truth(k, q),
        "the world only": plain(0.0, 0.5),
        "the world, 10 % wrong": plain(0.1, 0.5),
        "the world, 20 % wrong": plain(0.2, 0.5),
        "another protocol": lambda k, q: (
            truth(k, q) if q in row else not truth(k, q) if protocol.pivot(q) else False),
        "yes to the handshake, then the world": lambda k, q: (
            protocol.is_handshake(q) or (truth(k, q) if q in row else luck.random() < 0.5)),
        "lies always": lambda k, q: not (protocol.is_handshake(q) or truth(k, q)),
        "lies, but shakes hands": lambda k, q: protocol.is_handshake(q) or not truth(k, q),
        "always no": lambda k, q: False,
        "always yes": lambda k, q: True,
        "throws coins": lambda k, q: bool(luck.random() < 0.5),
    }  # fmt: skip
    print(f"field; every 16th of {len(keywords)} keywords; guessing alone solves "
          f"{ROUNDS / len(keywords):.3f}")  # fmt: skip
    asker = Asker(keywords, table)
    for name, partner in partners.items():
        rounds = np.array([game(asker, partner, word) for word in keywords.words[::16]])
        print(f"  {name:<38}{shown(rounds)}", flush=True)


def size(keywords: int = 35_000, questions: int = 13_000) -> None:
    """Seconds a turn and memory with a large table on disk, each in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        for work in (_write, _turns):
            process = get_context("spawn").Process(target=work, args=(folder, keywords, questions))
            process.start()
            process.join()


def _words(count: int) -> list[str]:
    return [f"word {i:05}" for i in range(count)]


def _write(folder: str, keywords: int, questions: int) -> None:
    rng = np.random.default_rng(0)
    table = create(Path(folder), _words(keywords), [f"Is it {i:05}?" for i in range(questions)])
    for row in range(questions):
        table.cells[row] = np.where(rng.random(keywords, np.float32) < 0.3, CERTAIN, 0)


def _turns(folder: str, keywords: int, questions: int) -> None:
    started = time.process_time()
    table = open_table(Path(folder))
    words = _words(keywords)
    asker = Asker(keyword_list(words), table, protocol=False, letters=False)
    print(f"size; {keywords} x {questions}: ready in {time.process_time() - started:.2f} s CPU")
    row = {text: i for i, text in enumerate(table.questions)}
    turns: list[float] = []
    last = [time.process_time()]

    def partner(keyword: str, question: str) -> bool:
        turns.append(time.process_time() - last[0])
        said = table.cells[row[question], words.index(keyword)] > CERTAIN // 2
        last[0] = time.process_time()
        return bool(said)

    found = game(asker, partner, words[12_345])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  solved in round {found}; CPU time a round (guess and question): median "
          f"{np.median(turns):.2f} s, most {max(turns):.2f} s; peak {peak:.0f} MB")  # fmt: skip


def main() -> None:
    """Run the parts asked for."""
    parser = argparse.ArgumentParser(description="Measure the asker of twenty questions.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--part", choices=("protocol", "noise", "field", "size"))
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    keywords = read_keywords(args.data / "twenty_questions_keywords.json")
    keywords = keyword_list(keywords.words)
    if args.part in (None, "size"):
        size()
    if args.part in (None, "protocol"):
        by_protocol(keywords)
    if args.part in (None, "field"):
        field(keywords)
    if args.part in (None, "noise"):
        noise("the contest's things", keywords, args.seed)
        noise("things of the lexicon", drawn("things", 600), args.seed, 3)
        noise("places of the lexicon", drawn("places", 600), args.seed, 3)


if __name__ == "__main__":
    main()

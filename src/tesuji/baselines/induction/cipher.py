"""Substitution ciphers: every letter stands for one other letter, the same throughout.

Letters that the examples show are known. The rest are found by fitting the question's words to
known words of the same pattern, each letter used once (as in solving a cryptogram by a word list:
Peleg and Rosenfeld 1979 use letter statistics instead, for which one line is too short).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from string import ascii_lowercase

from tesuji.baselines.induction.solved import Ballot, Solved
from tesuji.baselines.induction.wordlist import COMMON

_TEXT = re.compile(r"[a-z]+(?: [a-z]+)*")
_LIMIT = 20_000  # words tried before the search for one question ends
_FREQUENT = "etaoinshrdlcumwfgypbvkjxqz"
_SEEN_WORDS, _COMMON_WORDS = 1.0, 0.02  # weight of a word that the caller knows; of any other


def letters_of(pairs: Sequence[tuple[str, str]]) -> dict[str, str] | None:
    """The letter that each cipher letter stands for; None: the examples are no such cipher."""
    table: dict[str, str] = {}
    for secret, plain in pairs:
        if [len(w) for w in secret.split(" ")] != [len(w) for w in plain.split(" ")]:
            return None
        if not (_TEXT.fullmatch(secret) and _TEXT.fullmatch(plain)):
            return None
        for a, b in zip(secret, plain, strict=True):
            if a != " " and table.setdefault(a, b) != b:
                return None
    return table if len(set(table.values())) == len(table) else None


def borne_out(pairs: Sequence[tuple[str, str]]) -> bool:
    """Whether the examples can hardly be anything but a cipher: letters that repeat, and agree."""
    table = letters_of(pairs)
    size = sum(len(secret.replace(" ", "")) for secret, _ in pairs)
    return (
        table is not None and size >= 2 * len(table) + 8 and any(a != b for a, b in table.items())
    )


def _affine(table: Mapping[str, str]) -> dict[str, str] | None:
    """The whole table where all known letters follow one shift or mirror of the alphabet."""
    if len(table) < 3:
        return None
    for sign in (1, -1):
        shifts = {(ord(b) - 97 - sign * (ord(a) - 97)) % 26 for a, b in table.items()}
        if len(shifts) == 1:
            shift = shifts.pop()
            return {
                a: ascii_lowercase[(sign * at + shift) % 26] for at, a in enumerate(ascii_lowercase)
            }
    return None


def _fits(secret: str, word: str, table: Mapping[str, str], used: Mapping[str, str]) -> bool:
    """Whether a word may stand behind a cipher word, given the letters known so far."""
    new: dict[str, str] = {}
    for a, b in zip(secret, word, strict=True):
        known = table.get(a) or new.get(a)
        if known is None:
            if used.get(b) or b in new.values():
                return False
            new[a] = b
        elif known != b:
            return False
    return True


def _readings(
    secrets: Sequence[str], table: dict[str, str], by_length: Mapping[int, Sequence[str]]
) -> Iterator[dict[str, str]]:
    """Tables under which every cipher word is a word of the list."""
    tries = [_LIMIT]

    def deeper(left: Sequence[str], table: dict[str, str]) -> Iterator[dict[str, str]]:
        if tries[0] <= 0:
            return
        open_words = [w for w in left if any(c not in table for c in w)]
        if not open_words:
            yield table
            return
        used = {b: a for a, b in table.items()}
        options = {}
        for secret in set(open_words):
            words = by_length.get(len(secret), ())
            tries[0] -= len(words)
            options[secret] = [w for w in words if _fits(secret, w, table, used)]
        secret = min(options, key=lambda w: (len(options[w]) or 10**6, w))
        if not options[secret]:
            yield table  # no word fits: the rest is left to the letters
            return
        for word in options[secret]:
            yield from deeper(open_words, {**table, **dict(zip(secret, word, strict=True))})

    yield from deeper(secrets, table)


def _completed(table: Mapping[str, str], secrets: Sequence[str]) -> tuple[dict[str, str], bool]:
    """The table with every letter of the question; whether none had to be guessed."""
    left = [c for c in dict.fromkeys("".join(secrets)) if c not in table]
    spare = [c for c in _FREQUENT if c not in table.values()]
    return {**table, **dict(zip(left, spare, strict=False))}, not left


def solve_cipher(
    pairs: Sequence[tuple[str, str]], question: str, words: Collection[str] = ()
) -> Solved | None:
    """The question's plain text; `words`: plain words to expect, as other prompts show them."""
    table = letters_of(pairs)
    if table is None or not table or not _TEXT.fullmatch(question):
        return None
    whole = _affine(table)
    secrets = question.split(" ")
    if whole is not None:
        return Solved(_plain(question, whole), len(table) > 5, "shift or mirror of the alphabet")
    known = frozenset(words) | {w for _, plain in pairs for w in plain.split(" ")}
    by_length: dict[int, list[str]] = {}
    for word in sorted(known) + sorted(COMMON - known):
        by_length.setdefault(len(word), []).append(word)
    ballot = Ballot()
    for reading in _readings(secrets, table, by_length):
        full, certain = _completed(reading, secrets)
        text = _plain(question, full)
        weight = 1.0
        for word in text.split(" "):
            weight *= _SEEN_WORDS if word in known else _COMMON_WORDS if word in COMMON else 1e-4
        ballot.add(text, weight, f"one letter for another, {len(full)} letters known")
        if not certain:
            ballot.add(None, 1e-6 + weight, "")
    result = ballot.result()
    if result is None:
        return None
    shown = all(c in table for c in question if c != " ")
    listed = all(word in known for word in result.answer.split(" "))
    return Solved(result.answer, shown or (result.sure and listed), result.rule)


def _plain(secret: str, table: Mapping[str, str]) -> str:
    return "".join(" " if c == " " else table.get(c, "?") for c in secret)


def words_of(pairs: Sequence[tuple[str, str]]) -> set[str]:
    """The plain words that the examples of a cipher show; empty where it is none."""
    if letters_of(pairs) is None:
        return set()
    return {word for _, plain in pairs for word in plain.split(" ")}

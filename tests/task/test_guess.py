"""A user's own data: what is guessed, and that what is written loads."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tesuji.errors import ConfigError, DataError, InputError
from tesuji.task.guess import Guess, guess
from tesuji.task.guess_answer import guess_answer
from tesuji.task.new import comment, text_block, value, write_competition
from tesuji.task.table import read_table, write_table
from tesuji.task.task import Task, load

Write = Any


def words(count: int, letters: str = "abcdefgh", seed: int = 0) -> list[str]:
    draw = random.Random(seed)
    return ["".join(draw.choices(letters, k=draw.randint(4, 12))) for _ in range(count)]


@pytest.mark.parametrize(
    ("targets", "format", "metric", "options"),
    [
        (["yes", "no", "no"] * 10, "choice", "accuracy", {"labels": ["no", "yes"]}),
        (["0", "1"] * 10, "choice", "accuracy", {"labels": ["0", "1"]}),
        ([10, 2, 1] * 10, "choice", "accuracy", {"labels": ["1", "2", "10"]}),
        (["ポジティブ", "ネガティブ"] * 5, "choice", "accuracy", None),
        ([str(i * 17 % 1000) for i in range(50)], "integer", "accuracy", {}),
        (["12", "-7"], "integer", "accuracy", {}),
        (["1.5", "2", "-3e5"], "number", "numeric", {}),
        ([27.0, 36.0, 3.0], "integer", "accuracy", {}),
        ([1.25, 2.5, 7.0], "number", "numeric", {}),
        ([f"{i:08b}" for i in range(100)], "text", "levenshtein", {"pattern": "[01]+"}),
        ([f"{i:03}" for i in range(100)], "text", "exact", {"pattern": "[0-9]+"}),
        (words(40), "text", "levenshtein", {"pattern": "[a-z]+"}),
        (words(29), "text", "exact", {}),
        ([*words(40), "Zoë"], "text", "exact", {}),
        ([" ".join(words(30, seed=i)) for i in range(20)], "text", "levenshtein_ratio", {}),
        (["\\frac{1}{2}", "3", "x^{2}", "\\sqrt{2}"], "boxed", "math", {}),
        (['{"a": 1}', '{"a": 2}'], "json", "exact", {}),
        ([{"a": 1}, [2]], "json", "exact", {}),
        (["{not json}", "[either]"], "text", "exact", {}),
        (["9" * 40, "8" * 40], "number", "numeric", {}),
    ],
)
def test_answers_are_guessed_from_targets(
    targets: Sequence[Any], format: str, metric: str, options: dict[str, Any] | None
) -> None:
    found = guess_answer(targets)
    assert (found.format, found.metric) == (format, metric)
    assert options is None or found.options == options
    assert found.why_format and found.why_metric


def made(
    tmp_path: Path, columns: Sequence[str], rows: Sequence[Sequence[Any]], target: str,
    test: tuple[Sequence[str], Sequence[Sequence[Any]]] | None = None, kind: str = "csv",
) -> tuple[Guess, Task, str]:  # fmt: skip
    """Write the data, guess, write the competition, load it."""
    train_path, test_path = tmp_path / f"mine.{kind}", None
    write_table(train_path, columns, rows)
    test_table = None
    if test is not None:
        test_path = tmp_path / f"theirs.{kind}"
        write_table(test_path, *test)
        test_table = read_table(test_path)
    found = guess(read_table(train_path), target, test_table)
    toml = write_competition(tmp_path / "made", found, train_path, test_path)
    return found, load(toml), toml.read_text(encoding="utf-8")


def test_a_competition_of_strings(tmp_path: Path) -> None:
    originals = words(300)
    rows = [(w, w[::-1]) for w in originals]
    found, task, toml = made(
        tmp_path, ["original", "reverse"], rows, "reverse", (["original"], [("abc",)])
    )
    assert found.id is None and found.fields == ("original",) and found.dev == 0.2
    assert found.submission == ("original", "reverse")
    assert (len(task.train), len(task.dev), len(task.test)) == (240, 60, 1)
    assert task.format.check("ABC") is not None and task.metric.name == "levenshtein"
    assert "all 300 targets are lower-case letters" in toml
    prompt = task.template.render(task.test[0], (), task.format)[0].content
    assert prompt.startswith("abc\n\nGive the reverse. ") and "[a-z]+" in prompt
    assert sorted(p.name for p in (tmp_path / "made").iterdir()) == ["competition.toml", "data"]


def test_ids_labels_and_leaks(tmp_path: Path) -> None:
    rows = [(f"r{i}", f"text {i}", i, "v1", "ab"[i % 2]) for i in range(2000)]
    columns = ["row_id", "text", "votes", "version", "label"]
    test = (["row_id", "text", "version"], [("t1", "what?", "v1")])
    found, task, toml = made(tmp_path, columns, rows, "label", test)
    assert found.id == "row_id" and found.fields == ("text",) and found.stratify
    assert found.dev == 200 and len(task.dev) == 200
    assert task.submission is not None and task.submission.columns == ("row_id", "label")
    assert "not in the test file: votes" in toml and "the same in every row: version" in toml
    assert [s.target for s in task.dev].count("a") == 100


def test_japanese_columns_and_spaces(tmp_path: Path) -> None:
    rows = [(f"これは{i}番目のレビューです", i, f"{i % 5}点") for i in range(30)]
    found, task, _ = made(tmp_path, ["レビュー 本文", "page no", "評価"], rows, "評価")
    assert found.language == "ja" and task.language == "ja"
    assert found.fields == ("レビュー 本文", "page no")
    prompt = task.template.render(task.dev[0], (), task.format)[0].content
    assert prompt.startswith("レビュー 本文: これは") and "\npage no: " in prompt
    assert "Give the 評価." in prompt


def test_json_lines(tmp_path: Path) -> None:
    rows = [({"city": "Köln", "n": i}, i * 3) for i in range(40)]
    found, task, _ = made(tmp_path, ["facts", "sum"], rows, "sum", kind="jsonl")
    assert found.answer.format == "integer"
    assert task.dev[0].target == task.dev[0].fields["facts"]["n"] * 3


def test_columns_that_no_template_can_name(tmp_path: Path) -> None:
    rows = [(i, f"t{i}", f"a{i}", "x") for i in range(5)]
    found, task, toml = made(
        tmp_path, ["", "text", 'an {odd} "na\\me"\n', "so {x}"], rows, "so {x}"
    )
    assert found.id == "" and found.fields == ("text",)
    assert "no template can name" in toml
    assert "Give the so {x}." in task.template.render(task.dev[0], (), task.format)[0].content


def test_ids_that_repeat_are_no_ids(tmp_path: Path) -> None:
    rows = [(i // 2, f"t{i}", f"answer {i}") for i in range(10)]
    found, task, toml = made(tmp_path, ["id", "text", "answer"], rows, "answer")
    assert found.id is None and "'id' is called like an id, but it repeats" in toml
    assert {s.id for s in task.train + task.dev} == set(map(str, range(10)))


cell = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=6)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    columns=st.lists(cell, min_size=2, max_size=4, unique=True),
    rows=st.lists(st.tuples(cell, cell, cell, cell), min_size=2, max_size=12),
)
def test_whatever_the_data_the_file_loads_or_an_error_says_why(
    tmp_path_factory: pytest.TempPathFactory, columns: list[str], rows: list[tuple[str, ...]]
) -> None:
    folder = tmp_path_factory.mktemp("g")
    try:
        _, task, _ = made(folder, columns, [r[: len(columns)] for r in rows], columns[-1])
    except InputError as error:
        assert "\n" not in str(error)
        assert not (folder / "made").exists()
    else:
        assert len(task.train) + len(task.dev) == len(rows)


def test_what_is_no_data_is_said(write: Write) -> None:
    def said(content: str, target: str = "answer") -> str:
        with pytest.raises(DataError) as caught:
            guess(read_table(write("a.csv", content)), target)
        return str(caught.value)

    assert "no target column 'anwser'; did you mean 'answer'?" in said("a,answer\n1,2\n", "anwser")
    assert "0 rows" in said("a,answer\n")
    assert "only the target column" in said("answer\n1\n2\n")
    assert "line 3, column 'answer': no target" in said("a,answer\n1,2\n3,\n")


def test_nothing_is_overwritten_and_failures_leave_nothing(write: Write, tmp_path: Path) -> None:
    source = write("a.csv", "text,answer\nx,1\ny,2\nz,3\n")
    found = guess(read_table(source), "answer")
    write("made/competition.toml", "mine")
    with pytest.raises(ConfigError, match="is there already; remove it or choose another folder"):
        write_competition(tmp_path / "made", found, source)
    assert (tmp_path / "made" / "competition.toml").read_text() == "mine"
    (tmp_path / "made" / "competition.toml").unlink()
    other = write("made/data/train.csv", "other")
    with pytest.raises(ConfigError, match="is there already, and is not"):
        write_competition(tmp_path / "made", found, source)
    assert other.read_text() == "other"
    bad = write("bad.csv", "text\nx\n")
    with pytest.raises(DataError, match=r"bad\.csv: no target column"):
        write_competition(tmp_path / "new" / "er", found, bad)
    assert not (tmp_path / "new").exists()
    with pytest.raises(DataError, match="no such file"):
        write_competition(tmp_path / "new", found, tmp_path / "no.csv")
    assert not (tmp_path / "new").exists()


def test_data_that_is_in_place_already_stays(write: Write, tmp_path: Path) -> None:
    source = write("made/data/train.csv", "text,answer\nx,1\ny,2\nz,3\n")
    write_competition(tmp_path / "made", guess(read_table(source), "answer"), source)
    assert load(tmp_path / "made").name == "made"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_is_toml(text: str) -> None:
    written = f"a = {value(text)}\nb = {text_block(text)}  # {comment(text)}\nc = [{value(text)}]\n"
    assert tomllib.loads(written) == {"a": text, "b": text, "c": [text]}


def test_real_data(shared: Path, tmp_path: Path) -> None:
    data = shared / "data"
    puzzles = read_table(data / "nemotron_dev.csv")
    found = guess(puzzles, "answer")
    assert (found.id, found.fields, found.answer.format) == ("id", ("prompt",), "text")
    toml = write_competition(tmp_path / "puzzles", found, data / "nemotron_dev.csv")
    assert len(load(toml).dev) == 200
    problems = guess(read_table(data / "aime24.jsonl"), "answer")
    assert problems.answer.format == "text" and problems.id == "id"
    assert 'if 007 means 7, take "integer"' in problems.answer.why_format
    assert guess(read_table(data / "amc23.jsonl"), "answer").answer.format == "integer"
    pairs = guess(read_table(data / "pandalm_preferences_dev.jsonl"), "annotator1")
    assert pairs.answer.options == {"labels": ["0", "1", "2"]}
    write_competition(tmp_path / "pairs", pairs, data / "pandalm_preferences_dev.jsonl")

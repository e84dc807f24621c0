"""Submissions: written whole, read back the same, and every fault found with its row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tesuji.errors import ConfigError, SubmissionError
from tesuji.task.submission import check_submission, inspect_submission, write_submission
from tesuji.task.table import read_table
from tesuji.task.task import Task, load

Write = Any

TOML = """
metric = "{metric}"
[data]
train = "train.csv"
test = "test.csv"
target = "answer"
{data}
[answer]
{answer}
[prompt]
user = "{{question}}"
"""


@pytest.fixture
def make(write: Write, tmp_path: Path) -> Any:
    """A task of five test rows, with these lines in [data] and [answer]."""

    def made(
        data: str = 'id = "id"', answer: str = 'format = "text"', metric: str = "exact",
        test: str | None = None, target: str = "a",
    ) -> Task:  # fmt: skip
        write("train.csv", f"id,question,answer\n1,x,{target}\n2,y,{target}\n")
        rows = "".join(f"t{i},what is {i}?\n" for i in range(5))
        write("test.csv", test or "id,question\n" + rows)
        write("competition.toml", TOML.format(data=data, answer=answer, metric=metric))
        return load(tmp_path)

    return made


ANSWERS = {f"t{i}": f"answer {i}" for i in range(5)}


def test_what_is_written_is_valid(make: Any, tmp_path: Path) -> None:
    task = make()
    path = write_submission(task, ANSWERS, tmp_path / "submission.csv")
    assert path.read_text() == "id,answer\n" + "".join(f"{k},{v}\n" for k, v in ANSWERS.items())
    assert check_submission(task, path) == []
    assert inspect_submission(task, path).notes == ()


def test_columns_are_copied_in_the_order_given(make: Any, tmp_path: Path) -> None:
    task = make('submission = ["question", "id", "pred"]')
    path = write_submission(task, {str(i): "x" for i in range(5)}, tmp_path / "submission.csv")
    assert path.read_text().startswith("question,id,pred\nwhat is 0?,t0,x\n")
    assert check_submission(task, path) == []


def test_row_numbers_stand_in_for_ids(make: Any, tmp_path: Path) -> None:
    task = make('submission = ["id", "pred"]', test="question\nwhy?\nwhen?\n")
    path = write_submission(task, {"0": "x", "1": "y"}, tmp_path / "submission.csv")
    assert path.read_text() == "id,pred\n0,x\n1,y\n"
    assert check_submission(task, path) == []


def test_one_column_a_label(make: Any, tmp_path: Path) -> None:
    answer = 'format = "probabilities"\nlabels = ["a", "b", "tie"]'
    data = 'id = "id"\nsubmission = ["id", "win_a", "win_b", "win_tie"]'
    task = make(data, answer, "log_loss")
    sure = {"a": 0.5, "b": 0.25, "tie": 0.25}
    path = write_submission(task, dict.fromkeys(ANSWERS, sure), tmp_path / "submission.csv")
    assert path.read_text().startswith("id,win_a,win_b,win_tie\nt0,0.5,0.25,0.25\n")
    assert check_submission(task, path) == []
    path.write_text(path.read_text().replace("t3,0.5", "t3,high").replace("t4,0.5", "t4,"))
    first, second = check_submission(task, path)
    assert "line 6, column 'win_a': empty" in first
    assert "line 5, column 'win_a': {'a': 'high'" in second


def test_too_few_columns_for_the_labels(make: Any) -> None:
    answer = 'format = "probabilities"\nlabels = ["a", "b", "tie"]'
    with pytest.raises(ConfigError, match=r"2 columns; needed are an id column and 3 columns"):
        make('id = "id"\nsubmission = ["id", "win_a"]', answer, "log_loss")


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"t0": "x"}, "4 of 5 test samples have no answer, the first is 't1'"),
        ({**ANSWERS, "t9": "x"}, "'t9' is the id of no test sample"),
        ({**ANSWERS, "t3": None}, "1 of 5 test samples have no answer"),
    ],
)
def test_answers_must_fit_the_test_split(
    make: Any, tmp_path: Path, answers: dict[str, Any], said: str
) -> None:
    task = make()
    with pytest.raises(SubmissionError, match=said):
        write_submission(task, answers, tmp_path / "submission.csv")
    assert not (tmp_path / "submission.csv").exists()


def test_without_test_data_or_columns_there_is_no_submission(make: Any, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"\[data\] submission: missing"):
        write_submission(make(""), ANSWERS, tmp_path / "submission.csv")
    task = make()
    text = (tmp_path / "competition.toml").read_text().replace('test = "test.csv"', "")
    (tmp_path / "competition.toml").write_text(text)
    assert task.test
    with pytest.raises(ConfigError, match=r"\[data\] test: missing"):
        check_submission(load(tmp_path), tmp_path / "submission.csv")


GOOD = ["t0,a", "t1,b", "t2,c", "t3,d", "t4,e"]


@pytest.mark.parametrize(
    ("header", "lines", "said"),
    [
        ("id,answer", GOOD[:3], ["missing: the row of id 't3' (line 5 of", "missing: the row of"]),
        ("id,answer", [*GOOD, "t9,x"], ["line 7: no such row in"]),
        ("id,answer", [*GOOD, "t1,x"], ["line 7: again the row of line 3: id 't1'"]),
        ("id,answer", [*GOOD[:4], "t1,x"], ["line 6: again the row of line 3", "missing: the row"]),
        ("id,pred", GOOD, ["columns must be id,answer (missing 'answer'; unknown 'pred')"]),
        ("answer,id", GOOD, ["columns must be id,answer (in another order)"]),
        ("id", ["t0"], ["line 1: the columns must be id,answer (missing 'answer')"]),
        ("id,answer,x", [f"{r},1" for r in GOOD], ["columns must be id,answer (unknown 'x')"]),
        ("id,answer", [*GOOD[:4], "t4,"], ["line 6, column 'answer': empty"]),
        ("id,answer", [*GOOD[:4], "t4"], ["line 6: 1 cells, but the header has 2"]),
        ("id,answer", [], ["missing: the row of id 't0'"] * 1 + ["missing"] * 4),
    ],
)
def test_faults_are_found(
    make: Any, write: Write, header: str, lines: list[str], said: list[str]
) -> None:
    task = make()
    path = write("submission.csv", "\n".join([header, *lines]) + "\n")
    problems = check_submission(task, path)
    assert len(problems) == len(said)
    for problem, expected in zip(problems, said, strict=True):
        assert expected in problem and str(path) in problem and "\n" not in problem


def test_answers_that_the_format_cannot_hold(make: Any, write: Write) -> None:
    task = make(answer='format = "integer"\nmax = 9', target="3", metric="accuracy")
    path = write("submission.csv", "id,answer\nt0,3\nt1,10\nt2,x\nt3,0\nt4,4\n")
    problems = check_submission(task, path)
    assert [p.split(":")[1].strip() for p in problems] == [
        "line 3, column 'answer'", "line 4, column 'answer'",
    ]  # fmt: skip
    assert "'10' is no answer of the format 'integer'" in problems[0]


def test_the_fallback_is_a_note_and_no_problem(make: Any, write: Write) -> None:
    task = make(answer='format = "text"\npattern = "[a-z]+"')
    path = write("submission.csv", "id,answer\n" + "\n".join(GOOD[:4]) + "\nt4,-\n")
    check = inspect_submission(task, path)
    assert check.problems == ()
    assert check.notes == (f"{path}: 1 of 5 answers are the fallback, '-'",)


def test_many_faults_of_a_kind_are_counted(make: Any, write: Write) -> None:
    lines = "".join(f"x{i},a\n" for i in range(42))
    problems = check_submission(make(), write("submission.csv", "id,answer\n" + lines))
    assert len(problems) == 6 + 5
    assert problems[5].endswith("rows that are not in the test file: … and 37 more")


def test_another_order_is_noted(make: Any, write: Write) -> None:
    task = make()
    path = write("submission.csv", "id,answer\n" + "\n".join([GOOD[1], GOOD[0], *GOOD[2:]]) + "\n")
    check = inspect_submission(task, path)
    assert check.problems == ()
    assert "line 2: the order differs" in check.notes[0] and "id 't0'" in check.notes[0]


def test_rows_with_equal_keys_are_told_apart_by_order(make: Any, write: Write) -> None:
    test = "id,question\nt0,same\nt1,other\nt2,same\n"
    task = make('submission = ["question", "pred"]', test=test)
    assert check_submission(task, write("a.csv", "question,pred\nsame,a\nother,b\nsame,c\n")) == []
    (problem,) = check_submission(task, write("b.csv", "question,pred\nsame,a\nsame,c\nother,b\n"))
    assert "line 3: the order differs" in problem and "only be told apart" in problem


def test_words_that_pandas_takes_for_missing_are_noted(make: Any, write: Write) -> None:
    path = write("submission.csv", "id,answer\n" + "\n".join(GOOD[:4]) + "\nt4,null\n")
    check = inspect_submission(make(), path)
    assert check.problems == ()
    assert "line 6: the answer 'null' is a missing value to pandas" in check.notes[0]


def test_files_that_cannot_be_read_are_problems(make: Any, write: Write, tmp_path: Path) -> None:
    task = make()
    assert "no such file" in check_submission(task, tmp_path / "no.csv")[0]
    assert "not UTF-8" in check_submission(task, write("a.csv", b"id,answer\nt0,\xff\n"))[0]
    assert "empty" in check_submission(task, write("b.csv", ""))[0]


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1),
        min_size=5, max_size=5,
    )
)  # fmt: skip
def test_any_answer_survives_the_file(make: Any, tmp_path: Path, texts: list[str]) -> None:
    task = make()
    path = write_submission(
        task, dict(zip(ANSWERS, texts, strict=True)), tmp_path / "submission.csv"
    )
    assert read_table(path).column("answer") == texts

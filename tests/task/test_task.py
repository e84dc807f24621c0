"""Loading a competition: what comes out, and every mistake as one line that says where."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tesuji.errors import ConfigError, InputError
from tesuji.task.task import load

Write = Any
ROWS = [f"q{i},what is {i}?,word{i}\n" for i in range(10)]


def complaint(folder: Path) -> str:
    before = sorted(folder.rglob("*"))
    with pytest.raises(InputError) as caught:
        load(folder)
    text = str(caught.value)
    assert "\n" not in text
    assert sorted(folder.rglob("*")) == before
    return text


def test_a_competition_is_loaded(competition: Path) -> None:
    task = load(competition)
    assert task.name == "small" and task.folder == competition.parent
    assert (len(task.train), len(task.dev), len(task.test)) == (8, 2, 2)
    assert {s.id for s in task.train + task.dev} == {f"q{i}" for i in range(10)}
    sample = task.dev[0]
    assert sample.target == "word" + sample.id[1:]
    assert sample.fields == {"id": sample.id, "question": f"what is {sample.id[1:]}?"}
    assert task.test[0].target is None
    assert task.columns == ("id", "question") and task.pool == task.train
    assert task.metric.name == "exact" and task.format.name == "text"
    messages = task.template.render(sample, task.pool, task.format)
    assert messages[0].content == f"Say what is {sample.id[1:]}?"
    assert load(competition.parent).digest == task.digest
    assert [s.id for s in task.split("dev")] == [s.id for s in task.dev]


def test_without_an_id_column_row_numbers_are_ids(competition: Path) -> None:
    competition.write_text(competition.read_text().replace('id = "id"\n', ""))
    task = load(competition)
    assert [s.id for s in task.test] == ["0", "1"]
    assert {s.id for s in task.train + task.dev} == set(map(str, range(10)))


def test_targets_of_the_test_file_are_never_seen(competition: Path, write: Write) -> None:
    write("test.csv", "id,question,answer\nt0,why?,leak\n")
    task = load(competition)
    assert task.test[0].target is None and "answer" not in task.test[0].fields


def test_a_dev_file_takes_the_place_of_a_split(competition: Path, write: Write) -> None:
    write("dev.csv", "id,question,answer\nd0,why?,so\n")
    text = competition.read_text().replace('id = "id"', 'id = "id"\ndev = "dev.csv"')
    competition.write_text(text)
    task = load(competition)
    assert len(task.train) == 10 and [s.target for s in task.dev] == ["so"]


def test_fields_limit_what_prompts_see(competition: Path) -> None:
    text = competition.read_text().replace('id = "id"', 'id = "id"\nfields = ["question"]')
    competition.write_text(text)
    assert dict(load(competition).train[0].fields).keys() == {"question"}
    competition.write_text(text.replace("{question}", "{id}"))
    assert "no field {id}" in complaint(competition.parent)


def test_groups_and_strata_reach_the_split(competition: Path, write: Write) -> None:
    rows = "".join(f"{i},{i},{'ab'[i % 10 == 0]},{i // 4}\n" for i in range(200))
    write("train.csv", "id,question,answer,book\n" + rows)
    base = competition.read_text()
    competition.write_text(base + "[split]\nstratify = true\n")
    assert Counter(s.target for s in load(competition).dev) == {"a": 36, "b": 4}
    competition.write_text(base + '[split]\nstratify = "answer"\ndev = 50\n')
    assert Counter(s.target for s in load(competition).dev) == {"a": 45, "b": 5}
    competition.write_text(base + '[split]\ngroup = "book"\n')
    task = load(competition)
    assert len(task.dev) == 40
    books = {s.fields["book"] for s in task.dev}
    assert not books & {s.fields["book"] for s in task.train}


def test_one_column_a_label(competition: Path, write: Write) -> None:
    write("train.csv", "id,question,win_a,win_b\n1,x,1,0\n2,y,0,1\n3,z,0.5,0.5\n")
    competition.write_text(
        'metric = "log_loss"\n[data]\ntrain = "train.csv"\ntarget = ["win_a", "win_b"]\n'
        '[answer]\nformat = "probabilities"\nlabels = ["A", "B"]\n[prompt]\nuser = "{question}"\n'
    )
    task = load(competition)
    found = {s.fields["id"]: s.target for s in task.train + task.dev}
    assert found == {"1": {"A": 1, "B": 0}, "2": {"A": 0, "B": 1}, "3": {"A": 0.5, "B": 0.5}}
    write("train.csv", "id,question,win_a,win_b\n1,x,1,0\n2,y,no,1\n")
    assert "line 3, columns 'win_a', 'win_b': target ['no', '1']" in complaint(competition.parent)
    competition.write_text(competition.read_text().replace('["A", "B"]', '["A", "B", "C"]'))
    assert "[data] target: 2 columns for 3 labels" in complaint(competition.parent)


def test_ones_own_metric_parser_and_check(competition: Path, write: Write) -> None:
    write(
        "competition.py",
        "higher_is_better = False\n"
        "def metric(answer, target): return abs(len(answer) - len(target))\n"
        "def parse(text): return text.split(':')[-1].strip() or None\n"
        "def check(text): return 'no colon' if ':' not in text else None\n"
        "async def flow_mine(sample, ask): return 'x'\n",
    )
    assert "defines metric(); remove that" in complaint(competition.parent)
    competition.write_text(competition.read_text().replace('metric = "exact"\n', ""))
    task = load(competition)
    assert task.metric.higher_is_better is False and task.metric.name == "metric"
    assert task.metric.score(["abc", "a"], ["a", "a"]) == pytest.approx(1.0)
    assert task.format.parse("Sure: abc ") == "abc" and task.format.parse("Sure:") is None
    assert task.format.check("abc") == "no colon" and task.format.constrain() is None
    assert set(task.flows) == {"flow_mine", "mine"}


def test_an_error_in_ones_own_parser_names_its_line(competition: Path, write: Write) -> None:
    path = write("competition.py", "def parse(text):\n    return int(text)\n")
    with pytest.raises(ConfigError) as caught:
        load(competition).format.parse("x\ny")
    assert f"{path}: line 2: parse('x\\ny'): ValueError" in str(caught.value)


def test_an_error_in_ones_own_metric_names_its_line(competition: Path, write: Write) -> None:
    path = write("competition.py", "def far(answer, target):\n    return 1 / len(answer)\n")
    competition.write_text(competition.read_text().replace('"exact"', '"far"'))
    with pytest.raises(ConfigError) as caught:
        load(competition).metric.score([""], ["x"])
    assert f"{path}: line 2: far('', 'x'): ZeroDivisionError" in str(caught.value)


def test_a_named_function_is_a_metric(competition: Path, write: Write) -> None:
    write("competition.py", "def closeness(answer, target): return 1.0\n")
    competition.write_text(competition.read_text().replace('"exact"', '"closeness"'))
    assert load(competition).metric.name == "closeness"


def test_the_fallback_may_be_set(competition: Path) -> None:
    competition.write_text(
        competition.read_text() + '[answer]\nformat = "text"\npattern = "[a-z0-9]+"\n'
        'fallback = "nothing"\n'
    )
    assert load(competition).format.fallback() == "nothing"
    competition.write_text(competition.read_text().replace('"nothing"', '"No Thing"'))
    assert "[answer] fallback: " in complaint(competition.parent)


def test_the_digest_is_of_what_scoring_depends_on(competition: Path, write: Write) -> None:
    first = load(competition).digest
    assert len(first) == 12
    base = competition.read_text()
    competition.write_text(base.replace("Say", "Tell"))
    assert load(competition).digest == first
    competition.write_text(base.replace('"exact"', '"levenshtein"'))
    assert load(competition).digest != first
    competition.write_text(base)
    write("train.csv", "id,question,answer\n" + "".join(ROWS).replace("word3", "other"))
    assert load(competition).digest != first


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"train.csv"', '"tarin.csv"', "tarin.csv: no such file"),
        ('target = "answer"', 'target = "anwser"', "no target column 'anwser'; did you mean 'answ"),
        ('id = "id"', 'id = "key"', "no column ([data] id) 'key'"),
        ("{question}", "{qestion}", "[prompt] user: no field {qestion}; did you mean 'question'?"),
        ("{question}", "{answer}", "[prompt] user: no field {answer}"),
        ('"exact"', '"exakt"', "metric: there is no metric 'exakt' (did you mean 'exact'?)"),
        ('"exact"', '"log_loss"', "competition.toml: metric"),
        ('metric = "exact"\n', "", "metric: missing"),
        ('id = "id"', 'id = "id"\nsubmission = ["key", "x"]', "'key' is to be copied from"),
        ('id = "id"', 'id = "id"\nfields = ["no"]', "no column ([data] fields) 'no'"),
        ("[prompt]", "[split]\ndev = 10\n[prompt]", "[split] dev = 10: there are 10 rows"),
        ("[prompt]", '[split]\ngroup = "no"\n[prompt]', "no column ([split] group) 'no'"),
        ("[prompt]", "[prompt]\nexamples = 9", "[prompt] examples: 9, but the train split has 8"),
        ("[prompt]", '[answer]\nformat = "txt"\n[prompt]', "no format 'txt'; did you mean 'text'"),
        ("[prompt]", '[answer]\npatern = "x"\n[prompt]', "[answer] patern"),
        ("[prompt]", '[answer]\npattern = "("\n[prompt]', "[answer] pattern"),
    ],
)
def test_mistakes_in_the_toml(competition: Path, old: str, new: str, said: str) -> None:
    competition.write_text(competition.read_text().replace(old, new, 1))
    text = complaint(competition.parent)
    assert said in text and str(competition.parent) in text


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("train.csv", "id,question,answer\n", "train.csv: no rows"),
        ("test.csv", "id,question\n", "test.csv: no rows"),
        ("train.csv", "id,question,answer\n1,x,y\n", "[split] 1 row"),
        ("train.csv", "id,question,answer\n1,x,y\n2,x,y\n1,x,y\n",
         "line 4, column 'id': id '1' is already that of line 2"),
        ("test.csv", "id,question\n7,x\n7,x\n", "test.csv: line 3, column 'id': id '7'"),
        ("train.csv", "id,question,answer\n1,x,y\n,x,y\n", "line 3, column 'id': an empty id"),
        ("train.csv", "id,question,answer\n1,x,y\n2,x,\n", "line 3, column 'answer': target ''"),
        ("test.csv", "id,text\n1,x\n", "test.csv: no column 'question', which [prompt] user"),
        ("test.csv", "key,question\n1,x\n", "test.csv: no column ([data] id) 'id'"),
        ("train.csv", "id,question,answer\n1,x,日本\n".encode("cp932"), "byte 23: not UTF-8"),
    ],
)  # fmt: skip
def test_mistakes_in_the_data(
    competition: Path, write: Write, name: str, content: str, said: str
) -> None:
    write(name, content)
    assert said in complaint(competition.parent)


def test_a_target_that_the_format_cannot_hold(competition: Path, write: Write) -> None:
    competition.write_text(competition.read_text() + '[answer]\nformat = "integer"\n')
    write("train.csv", 'id,question,answer\n1,"x\ny",4\n2,x,four\n')
    text = complaint(competition.parent)
    assert "line 4, column 'answer': target 'four' is no answer of the format 'integer'" in text


def test_missing_splits_say_what_to_add(competition: Path) -> None:
    competition.write_text(competition.read_text().replace('test = "test.csv"\n', ""))
    task = load(competition)
    with pytest.raises(ConfigError, match=r"no test split; name its file: \[data\] test"):
        task.split("test")
    with pytest.raises(ConfigError, match="no split 'tset'; there are train, dev, test"):
        task.split("tset")


def test_a_notebook_shows_it_escaped(competition: Path) -> None:
    text = competition.read_text().replace("Say", "<script>Say</script>")
    competition.write_text(text)
    shown = load(competition)._repr_html_()
    assert "&lt;script&gt;Say" in shown and "<script>" not in shown
    assert "train 8, dev 2, test 2" in shown


def test_json_lines_with_nested_fields(competition: Path, write: Write) -> None:
    lines = [json.dumps({"id": i, "question": {"a": [i]}, "answer": i}) for i in range(10)]
    write("train.jsonl", "\n".join(lines))
    write("test.jsonl", '{"id": 99, "question": null}\n')
    competition.write_text(
        competition.read_text().replace(".csv", ".jsonl") + '[answer]\nformat = "integer"\n'
    )
    task = load(competition)
    asked = task.template.render(task.dev[0], (), task.format)[0].content
    assert asked == f'Say {{"a": [{task.dev[0].id}]}}'
    assert task.dev[0].target == int(task.dev[0].id)
    assert task.template.render(task.test[0], (), task.format)[0].content == "Say "


def test_real_puzzles(shared: Path, tmp_path: Path) -> None:
    (tmp_path / "competition.toml").write_text(
        f'metric = "exact"\n[data]\ntrain = "{shared / "data" / "nemotron_dev.csv"}"\n'
        'id = "id"\ntarget = "answer"\n[split]\ndev = 200\n[prompt]\nuser = "{prompt}"\n'
    )
    task = load(tmp_path)
    assert (len(task.train), len(task.dev)) == (4486, 200)
    assert task.submission is not None and task.submission.columns == ("id", "answer")

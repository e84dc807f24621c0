"""The Python face: `import tesuji as tj` and the verbs, in scripts and in notebooks."""

from __future__ import annotations

import ast
import asyncio
import inspect
import re
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import tesuji as tj
from tesuji.errors import ConfigError, InputError


@pytest.fixture
def task(tmp_path: Path) -> tj.Task:
    """The tutorial competition."""
    return tj.new(tmp_path / "reverse", like="llm-prompt-reverse").task


def test_the_face_is_what_it_says() -> None:
    source = Path(str(tj.__file__)).read_text(encoding="utf-8")
    (typed,) = [node for node in ast.parse(source).body if isinstance(node, ast.If)]
    named = {a.name for node in typed.body if isinstance(node, ast.ImportFrom) for a in node.names}
    assert set(tj.__all__) == set(tj._FACE) == named
    assert tj.__all__ == sorted(tj.__all__)
    assert set(re.findall(r"tj\.(\w+)", str(tj.__doc__))) <= set(tj.__all__)
    assert set(tj.__all__) <= set(dir(tj))


@pytest.mark.parametrize("name", tj.__all__)
def test_each_name_is_a_verb_or_a_class_though_rooms_are_called_alike(name: str) -> None:
    import tesuji.compare
    import tesuji.diagnose
    import tesuji.run.entry  # noqa: F401 - would hide the verbs `run`, `compare`, `diagnose`

    found = getattr(tj, name)
    assert inspect.isfunction(found) or inspect.isclass(found)
    assert inspect.getdoc(found)


def test_another_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'ru'"):
        tj.ru  # noqa: B018


def test_the_loop_in_python(task: tj.Task) -> None:
    first = tj.first(task, model="nano", n=2)
    assert len(first.moves) == 2 and first.moves[0].drafts[0].output.text
    base = tj.run(task, model="nano", limit=40)
    assert base.run.total == 40 and base.score is not None and not base.trial.kept
    told = tj.derive(
        tj.Entry("base", "nano", task.template), name="told", max_tokens=96,
        user="Reverse the string: {original}\nAnswer only.",
    )  # fmt: skip
    best = tj.run(task, entry=told)
    assert best.trial.kept and best.score is not None and best.score < base.score
    assert tj.compare(task, "base", "told").verdict == "better"
    assert [row.entry for row in tj.runs(task).rows] == ["base", "told"]
    assert tj.runs(task).best == {best.run.id}
    assert tj.diagnose(task).summary.total == 200
    made = tj.predict(task)
    assert made.run.entry == "told" and made.path == task.folder / "submission.csv"
    assert not made.problems and not tj.check(task).problems
    assert tj.load_entry(task.folder, "told").digest == told.digest


def test_the_verbs_work_inside_a_running_event_loop(task: tj.Task) -> None:
    async def notebook() -> str:
        return tj.first(task, model="nano").moves[0].drafts[0].output.text

    assert asyncio.run(notebook())


def test_the_stop_button_of_a_notebook_stops_a_run(task: tj.Task) -> None:
    (task.folder / "competition.py").write_text(
        "import asyncio, pathlib\n"
        "async def flow_slow(sample, ask):\n"
        "    pathlib.Path(__file__).with_name('begun').touch()\n"
        "    await asyncio.sleep(30)\n"
    )
    task = tj.load(task.folder)
    entry = tj.derive(tj.Entry("base", "nano", task.template), name="slow", flow="flow_slow")

    async def notebook() -> None:
        tj.run(task, entry=entry, limit=3)

    main = threading.main_thread().ident
    assert main is not None

    def press() -> None:
        while not (task.folder / "begun").exists():
            time.sleep(0.02)
        signal.pthread_kill(main, signal.SIGINT)

    threading.Thread(target=press, daemon=True).start()
    began = time.monotonic()
    loop = asyncio.new_event_loop()  # as a notebook's: it leaves Ctrl-C to raise KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt):
        loop.run_until_complete(notebook())
    loop.close()
    assert time.monotonic() - began < 10
    assert tj.runs(task).rows[0].state == "stopped"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda task: tj.first(task, n=0), "n is 0"),
        (lambda task: tj.run(task, limit=0), "limit is 0"),
        (lambda task: tj.first(task, split="deb"), "no split 'deb'"),
        (lambda task: tj.predict(task, split="dev"), "'test', not 'dev'"),
        (lambda task: tj.compare(task, 1, 2), "no run yet"),
        (lambda task: tj.diagnose(task), "no run yet"),
        (lambda task: tj.run(task, entry="gone"), "no entry 'gone'"),
        (lambda task: tj.new(task.folder), "either --like"),
        (lambda task: tj.derive(base(task), temperature="hot"), "temperature is 'hot'"),
        (lambda task: tj.derive(base(task), heat=1), "unknown key 'heat'"),
        (lambda task: tj.derive(base(task), clean=["soap"]), "no cleaner 'soap'"),
        (lambda task: tj.predict(task, path=task.folder / "a" / "b.csv"), "make it"),
    ],
)
def test_wrong_arguments_are_said_in_one_line(
    task: tj.Task, call: Callable[[tj.Task], object], words: str
) -> None:
    with pytest.raises(InputError, match=re.escape(words)) as error:
        call(task)
    assert "\n" not in str(error.value)
    assert not (task.folder / "ledger.db").exists()


def base(task: tj.Task) -> tj.Entry:
    return tj.Entry("base", "nano", task.template)


def test_a_challenger_keeps_what_is_not_changed(task: tj.Task) -> None:
    entry = tj.derive(base(task), temperature=0.5, stop=["\n"], system="Be short.")
    assert entry.sampling.temperature == 0.5 and entry.sampling.stop == ("\n",)
    warm = tj.derive(entry, clean=["loop"])
    assert (warm.sampling, warm.prompt, warm.clean) == (entry.sampling, entry.prompt, ("loop",))
    assert warm.name.startswith(entry.name) and warm.name != entry.name
    assert tj.derive(entry) == entry
    with pytest.raises(ConfigError, match="examples is -1"):
        tj.derive(entry, examples=-1)

"""Elements: the user's own prompt is one of the space, and every other one can be rendered."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.prompts.conftest import make_task
from tesuji.errors import ConfigError
from tesuji.prompts.assembly import assemble, words_of
from tesuji.prompts.elements import make_space
from tesuji.prompts.splitting import split_user
from tesuji.task.task import Task
from tesuji.task.template import PromptTemplate, check_template


def options(task: Task, prompt: PromptTemplate | None = None) -> dict[str, tuple[str, ...]]:
    return {e.name: e.options for e in make_space(task, prompt or task.template).elements}


def user(task: Task, **choice: str) -> str:
    space = make_space(task, task.template)
    return assemble(space, {**space.own(), **choice}).user


@pytest.mark.parametrize(
    "prompt",
    [
        PromptTemplate("Reverse the string: {original}"),
        PromptTemplate("{original}", system="Reverse it. Answer only.", examples=3, seed=5),
        PromptTemplate("「{original}」を逆に", examples=1, pick="similar", seed=2),
    ],
)
def test_the_users_own_prompt_is_in_the_space(reverse: Task, prompt: PromptTemplate) -> None:
    space = make_space(reverse, prompt)
    assert assemble(space, space.own()) == prompt
    assert words_of(space, space.own()) == ""


def test_every_prompt_of_the_space_renders_and_keeps_the_fields(tmp_path: Path) -> None:
    task = make_task(tmp_path, "Answer this now:\n\n{{please}} {question}\n\nThink well.")
    space = make_space(task, task.template, most_examples=1)
    made = [assemble(space, choice) for choice in space.every()]
    assert len(made) == space.size() > 1000
    assert len(set(made)) > 0.99 * len(made)
    for prompt in made[:: len(made) // 300]:
        check_template(prompt, task.columns)
        text = "\n".join(m.content for m in prompt.render(task.dev[0], task.pool, task.format))
        assert "q20" in text and "a20" not in text and "{please}" in text


def test_one_change_each_comes_first_and_what_it_needs_comes_with_it(reverse: Task) -> None:
    space = make_space(reverse, reverse.template)
    singles = [words_of(space, choice) for choice in space.singles()]
    assert singles[:2] == ["only", "ex4"]
    assert {"ex4+similar", "ex4+draw1", "only+answer-system", "after", "columns"} <= set(singles)
    assert len(set(singles)) == len(singles)


def test_the_words_of_a_prompt(reverse: Task) -> None:
    assert user(reverse, answer="only") == "Reverse the string: {original}\nAnswer only."
    assert user(reverse, place="after") == "{original}\n\nReverse the string"
    assert user(reverse, question="labelled", cue="cue") == (
        "Reverse the string\n\noriginal: {original}\nAnswer:"
    )
    assert user(reverse, words="columns") == (
        "Give the reverse that belongs to this original.\n\n{original}"
    )
    assert "regular expression [a-z]+" in user(reverse, answer="tell")


def test_where_things_stand(reverse: Task) -> None:
    space = make_space(reverse, replace(reverse.template, system="Be good."))
    own = space.own()
    moved = assemble(space, own | {"place": "in-system", "role": "careful"})
    assert moved.user == "{original}"
    assert moved.system.split("\n")[1:] == ["Be good.", "Reverse the string"]
    said = assemble(space, own | {"answer": "only", "answer-at": "system"})
    assert (said.user, said.system) == (reverse.template.user, "Be good.\nAnswer only.")


def test_what_cannot_work_is_left_out(tmp_path: Path, reverse: Task) -> None:
    assert "steps" not in options(reverse)["answer"]  # [a-z]+ is not found behind thoughts
    (tmp_path / "n").mkdir()
    rows = [f"{n}+1,{n + 1}" for n in range(40)]
    task = make_task(tmp_path / "n", "{question}", rows=rows, format='format = "integer"')
    found = options(task)
    assert "steps" in found["answer"] and "place" not in found and "balanced" not in found["pick"]
    told = options(task, PromptTemplate("{question}\n{answer_format}"))
    assert "tell" not in told["answer"]


def test_labels_that_repeat_can_be_balanced(tmp_path: Path) -> None:
    rows = [f"text {n},{'good' if n % 3 else 'bad'}" for n in range(40)]
    format = 'format = "choice"\nlabels = ["good", "bad"]'
    task = make_task(tmp_path, "Is it good? {question}", rows=rows, format=format)
    assert "balanced" in options(task)["pick"]


def test_japanese_tasks_get_japanese_words_or_english_ones(tmp_path: Path) -> None:
    task = make_task(
        tmp_path, "次の文を英語に訳してください：{文}", column="文", target="英訳",
        extra='language = "ja"',
    )  # fmt: skip
    assert options(task)["language"] == ("ja", "en")
    assert user(task, answer="only").endswith("\n答えだけを書いてください。")
    assert user(task, answer="only", language="en").endswith("\nAnswer only.")
    assert user(task, words="columns") == "次の文に対する英訳を答えてください。\n\n{文}"
    assert user(task, place="after") == "{文}\n\n次の文を英語に訳してください"


@pytest.mark.parametrize(
    ("template", "said", "question", "plain"),
    [
        ("Reverse the string: {a}", "Reverse the string", "{a}", True),
        (
            "Read.\nThen answer.\n\n{a}\nWhat is it?",
            "Read.\nThen answer.",
            "{a}\nWhat is it?",
            False,
        ),
        ("Q: {a}\nA:", "", "Q: {a}\nA:", True),
        ("Text: 「{a}」\n\nOther: {b}", "", "Text: 「{a}」\n\nOther: {b}", True),
        ("Reverse the string {a}", "Reverse the string", "{a}", True),
        ("Give {{json}} for this: {a}", "Give {{json}} for this", "{a}", True),
    ],
)
def test_an_instruction_is_told_from_its_question(
    template: str, said: str, question: str, plain: bool
) -> None:
    split = split_user(template)
    assert split is not None
    assert (split.said, split.question, split.plain) == (said, question, plain)


@pytest.mark.parametrize(
    "template",
    [
        "no field",
        "「{a}」を訳す",
        "Is {a} before {b}?",
        "{a}\n\nAnswer only.",
        "Is the number {a} larger than {b}?",
        "{answer_format} {a}",
    ],
)
def test_where_they_cannot_be_told_apart_nothing_is_moved(template: str) -> None:
    assert split_user(template) is None


def test_some_elements_only(reverse: Task) -> None:
    space = make_space(reverse, reverse.template, only=("answer", "role"))
    assert [element.name for element in space.elements] == ["answer", "role"]
    assert space.size() == len(list(space.every())) == 15
    with pytest.raises(ConfigError, match=r"no element 'rôle'.*answer, examples, pick"):
        make_space(reverse, reverse.template, only=("rôle",))

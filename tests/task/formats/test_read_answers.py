"""What each format reads out of what models write."""

from __future__ import annotations

from typing import Any

import pytest

from tesuji.task.formats import make_format

LETTERS = {"labels": ["A", "B", "C", "D", "E"]}
MOODS = {"labels": ["positive", "negative"]}
JAPANESE = {"labels": ["肯定", "否定"]}
TOP = {**LETTERS, "top": 3}
WORD = {"pattern": "[a-z]+"}
OBJECT = {"schema": {"type": "object", "required": ["a"]}}
ITEMS = {"items": ["A", "B", "C"]}
PYTHON = {"language": "python"}

CASES: list[tuple[str, dict[str, Any], str, Any]] = [
    # text
    ("text", {}, "  two words\r\n", "two words"),
    ("text", {}, " \n", None),
    ("text", WORD, "abc", "abc"),
    ("text", WORD, "abc.", "abc"),
    ("text", WORD, '"abc".', "abc"),
    ("text", WORD, "**abc**", "abc"),
    ("text", WORD, "`abc`", "abc"),
    ("text", WORD, "```\nabc\n```", "abc"),
    ("text", WORD, "「abc」", "abc"),
    ("text", WORD, "Here is: abc", None),
    ("text", WORD, '"abc" or "def"', None),
    # choice
    ("choice", LETTERS, "B", "B"),
    ("choice", LETTERS, "(B)", "B"),
    ("choice", LETTERS, "B.", "B"),
    ("choice", LETTERS, "b", "B"),
    ("choice", LETTERS, "**B**", "B"),
    ("choice", LETTERS, "Answer: B", "B"),
    ("choice", LETTERS, "The answer is B", "B"),
    ("choice", LETTERS, "The correct answer is (B) Paris.", "B"),
    ("choice", LETTERS, "答えはB", "B"),
    ("choice", LETTERS, "答え：Ｂ", "B"),
    ("choice", LETTERS, "Bが正解です。", "B"),
    ("choice", LETTERS, r"\boxed{B}", "B"),
    ("choice", LETTERS, r"\boxed{\text{B}}", "B"),
    ("choice", LETTERS, '{"answer": "A"}', "A"),
    ("choice", LETTERS, "A good answer is C", "C"),
    ("choice", LETTERS, "A man walks into a bar.", None),
    ("choice", LETTERS, "A: Paris", "A"),
    ("choice", LETTERS, "I think A is wrong. The answer is B.", "B"),
    ("choice", LETTERS, "Answer: A\nWait, let me check.\nAnswer: C", "C"),
    ("choice", LETTERS, "The answer is not A but B", "B"),
    ("choice", LETTERS, "The answer is A or B", None),
    ("choice", LETTERS, "A and B", None),
    ("choice", LETTERS, "A. no\nB. no\nThe correct answer is **D. Mars**", "D"),
    ("choice", LETTERS, "B) Paris\n\nBecause A is no capital", "B"),
    ("choice", LETTERS, "Sure! Here is my answer:\n\nB", "B"),
    ("choice", LETTERS, "Therefore, the answer is:\n\n**E**", "E"),
    ("choice", LETTERS, "I don't know", None),
    ("choice", MOODS, "Positive", "positive"),
    ("choice", MOODS, "The sentiment is positive.", "positive"),
    ("choice", MOODS, "This is not positive. It is negative.", "negative"),
    ("choice", MOODS, "Sentiment: Positive\nIt has negative points too.", "positive"),
    ("choice", MOODS, "positive or negative", None),
    ("choice", MOODS, "positively", None),
    ("choice", JAPANESE, "この文は肯定です。", "肯定"),
    ("choice", JAPANESE, "肯定ではなく否定です", "否定"),
    ("choice", {"labels": ["1", "2", "3"]}, "The answer is 2.", "2"),
    ("choice", {"labels": ["1", "2", "3"]}, "It is 12 or 2.5", None),
    ("choice", TOP, "B C A", ["B", "C", "A"]),
    ("choice", TOP, "B, C, A", ["B", "C", "A"]),
    ("choice", TOP, "B > C > A", ["B", "C", "A"]),
    ("choice", TOP, '["B", "C", "A"]', ["B", "C", "A"]),
    ("choice", TOP, "Answer:\n1. B\n2. C\n3. A", ["B", "C", "A"]),
    ("choice", TOP, "Sure!\nB C A\nHope it helps", ["B", "C", "A"]),
    ("choice", TOP, "B C A D", ["B", "C", "A"]),
    ("choice", TOP, "B B C", ["B", "C"]),
    ("choice", TOP, "The answer is B", ["B"]),
    # integer
    ("integer", {}, "18", 18),
    ("integer", {}, "It costs $1,234.", 1234),
    ("integer", {}, "x = −5", -5),
    ("integer", {}, "答え：１２０円", 120),
    ("integer", {}, "18.0", 18),
    ("integer", {}, "18.5", None),
    ("integer", {}, "A: 7\n\nThat took 3 steps", 7),
    ("integer", {}, "#### 72", 72),
    ("integer", {}, "3 plus 4 makes 7", 7),
    ("integer", {}, r"We get 12, so \boxed{012}. Check 99", 12),
    ("integer", {}, "2^{10}", None),
    ("integer", {"min": 0, "max": 999}, "1234", None),
    ("integer", {"min": 0, "max": 999, "modulo": 1000}, "1234", 234),
    ("integer", {"modulo": 7}, "-1", 6),
    ("integer", {}, "5 and " + "9" * 1_000_000, None),
    # number
    ("number", {}, "A: 18", 18),
    ("number", {}, "The answer is 16 - 3 = 13 eggs. I used 5 lines", 13),
    ("number", {}, "The answer is 18 dollars for 3 eggs", 18),
    ("number", {}, "Answer: Janet has 3 dogs and 4 cats, so 7", 7),
    ("number", {}, "## Answer\n\n**18.5** km", 18.5),
    ("number", {}, "3/4", 0.75),
    ("number", {}, r"-\frac{3}{4}", -0.75),
    ("number", {}, r"\boxed{1\frac{9}{10}}", 1.9),
    ("number", {}, r"\boxed{1{,}000}", 1000),
    ("number", {}, "50%", 50),
    ("number", {}, "1.5e3", 1500),
    ("number", {}, r"1.5 \times 10^{3}", 1500),
    ("number", {}, "5\u202f000", 5000),
    ("number", {}, "1億2000万", 120_000_000),
    ("number", {}, "3万5000円", 35_000),
    ("number", {}, "It is 3,4,5", 5),
    ("number", {}, "1/0", None),
    ("number", {}, "1e999", None),
    ("number", {}, "none", None),
    # boxed
    ("boxed", {}, r"so \boxed{\frac{1}{2}}.", r"\frac{1}{2}"),
    ("boxed", {}, r"\boxed{1}, no: \boxed{2}", "2"),
    ("boxed", {}, r"\boxed{1} \boxed{{", "1"),
    ("boxed", {}, r"\fbox{7}", "7"),
    ("boxed", {}, r"$\boxed 5$", "5"),
    ("boxed", {}, r"\boxed{\boxed{3}}", "3"),
    ("boxed", {}, r"\boxed{\{1,2\}}", r"\{1,2\}"),
    ("boxed", {}, "The final answer is $x^2$.", "x^2"),
    ("boxed", {}, "It is 5", None),
    # json
    ("json", OBJECT, '{"a": 1}', {"a": 1}),
    ("json", OBJECT, 'Sure: {"b": 1}, then {"a": [2]}. Done', {"a": [2]}),
    ("json", OBJECT, '```json\n{"a": 1}\n```\nor {"a": 2}', {"a": 1}),
    ("json", OBJECT, '{"a": "x\ny"}', {"a": "x\ny"}),
    ("json", OBJECT, '{"a": NaN}', None),
    ("json", OBJECT, '{"a": "\\ud83d"}', None),
    ("json", {}, "[1, 2", None),
    # ranking
    ("ranking", ITEMS, "B > A > C", ["B", "A", "C"]),
    ("ranking", ITEMS, '["B", "A", "C"]', ["B", "A", "C"]),
    ("ranking", ITEMS, "1. **B** - x\n2. **A** - y\n3. **C** - z", ["B", "A", "C"]),
    ("ranking", ITEMS, "The order is B, then A, and C last.", ["B", "A", "C"]),
    ("ranking", ITEMS, "B > A", None),
    ("ranking", ITEMS, "B > A > A", None),
    # probabilities
    ("probabilities", ITEMS, '{"A": 0.2, "B": 0.5, "C": 0.3}', {"A": 0.2, "B": 0.5, "C": 0.3}),
    ("probabilities", ITEMS, "A: 20%\nB: 50%\nC: 30%", {"A": 0.2, "B": 0.5, "C": 0.3}),
    ("probabilities", ITEMS, '{"A": 2, "B": 1, "C": 1}', {"A": 0.5, "B": 0.25, "C": 0.25}),
    ("probabilities", ITEMS, "**A**: 0.25 | **B**: 0.75", {"A": 0.25, "B": 0.75, "C": 0.0}),
    ("probabilities", ITEMS, "A: 0.2", None),
    ("probabilities", ITEMS, '{"A": -1, "B": 1, "C": 1}', None),
    # code
    ("code", PYTHON, "Sure!\n```python\nx = 1\n```\nDone", "x = 1"),
    ("code", PYTHON, "```js\nlet x\n```", None),
    ("code", PYTHON, "```\nx\n```\n```js\ny\n```", "x"),
    ("code", PYTHON, "```py\nprint(1)", "print(1)"),
    ("code", PYTHON, "x = 1\r\ny = 2\r\n", "x = 1\ny = 2"),
    ("code", {}, "#include <stdio.h>\nint main() {}", "#include <stdio.h>\nint main() {}"),
    ("code", PYTHON, "yes", None),
    ("code", {}, "Hello there, my friend", None),
]  # fmt: skip


@pytest.mark.parametrize(("name", "options", "text", "answer"), CASES)
def test_the_answer_is_found(name: str, options: dict[str, Any], text: str, answer: Any) -> None:
    if name == "probabilities":
        options = {"labels": options["items"]}
    assert make_format(name, options).parse(text) == answer


@pytest.mark.parametrize(
    ("name", "options", "text", "reason"),
    [
        ("text", WORD, "Abc", "does not match '[a-z]+'"),
        ("text", WORD, "abc\n", None),
        ("choice", LETTERS, "b", "not one of the labels alone"),
        ("choice", LETTERS, "", "empty"),
        ("choice", TOP, "B A", None),
        ("choice", TOP, "A B C D", "more than 3 labels"),
        ("choice", TOP, "B B", "a label twice"),
        ("integer", {"min": 0, "max": 9}, "10", "10 is not from 0 to 9"),
        ("integer", {}, "1,000", "not an integer alone"),
        ("number", {}, "18 km", "not a number alone"),
        ("number", {}, "-1.5e-3", None),
        ("boxed", {}, r"reasons, then \boxed{5}", None),
        ("boxed", {}, r"\boxed{5", "a box that is never closed"),
        ("boxed", {}, r"\boxed{5} \boxed{6}", "2 different boxes"),
        ("json", OBJECT, '{"b": 1}', "the value: 'a' is a required property"),
        ("json", OBJECT, '```json\n{"a": 1}\n```', "not one JSON value alone"),
        ("ranking", ITEMS, "A > B", "without 'C'"),
        ("code", PYTHON, "```python\nx = 1\n```", None),
        ("code", PYTHON, "So:\n```python\nx = 1\n```", "text outside the code block"),
    ],
)
def test_what_is_not_right_shaped_is_named(
    name: str, options: dict[str, Any], text: str, reason: str | None
) -> None:
    assert make_format(name, options).check(text) == reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"A": 0.5, "B": 0.6}', "they sum to 1.1, not 1"),
        ('{"A": 1}', "its keys are not the 2 labels"),
        ('{"A": 2, "B": -1}', "a value that is no number from 0 to 1"),
        ('{"A": 0.5, "B": 0.5}', None),
    ],
)
def test_probabilities_must_be_complete(text: str, reason: str | None) -> None:
    assert make_format("probabilities", {"labels": ["A", "B"]}).check(text) == reason


@pytest.mark.parametrize(
    ("name", "options", "target", "answer"),
    [
        ("choice", LETTERS, "b", "B"),
        ("choice", TOP, "B", ["B"]),
        ("choice", {"labels": ["0", "1"]}, 1, "1"),
        ("integer", {}, "1,234", 1234),
        ("integer", {}, 18.0, 18),
        ("number", {}, "She sells 9.\nA: 18", 18),
        ("number", {}, "1/4", 0.25),
        ("boxed", {}, r"so \boxed{x}", "x"),
        ("json", OBJECT, '{"a": 1}', {"a": 1}),
        ("ranking", ITEMS, ["c", "a", "b"], ["C", "A", "B"]),
        ("probabilities", {"labels": ["A", "B"]}, "B", {"A": 0.0, "B": 1.0}),
    ],
)
def test_targets_become_answers(
    name: str, options: dict[str, Any], target: object, answer: Any
) -> None:
    assert make_format(name, options).accept(target) == answer


@pytest.mark.parametrize(
    ("name", "options", "target", "reason"),
    [
        ("text", WORD, "ABC", "does not match"),
        ("text", {}, "", "empty"),
        ("choice", LETTERS, "F", "'F' is not one of"),
        ("choice", LETTERS, None, "empty"),
        ("integer", {}, "1.5", "not an integer"),
        ("integer", {"max": 5}, 6, "of at most 5"),
        ("number", {}, "12 apples and 3", "not a number"),
        ("number", {}, float("nan"), "empty"),
        ("boxed", {}, "{", "unbalanced"),
        ("json", OBJECT, {"b": 1}, "required"),
        ("ranking", ITEMS, "A > B", "not an order of all 3 items"),
        ("probabilities", {"labels": ["A", "B"]}, {"A": 1, "X": 2}, "not a weight"),
    ],
)
def test_a_target_that_cannot_be_held_is_refused(
    name: str, options: dict[str, Any], target: object, reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        make_format(name, options).accept(target)

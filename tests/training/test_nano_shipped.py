"""The model that ships: it loads in both libraries, they agree, and the gates hold."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from training.nano import skills
from training.nano.asking import Asker, genai_asker
from training.nano.chat import END, Turn, prompt_ids
from training.nano.curriculum import EDITIONS
from training.nano.gates import DEMO, DEMO_ONLY, conversation, gate, reversals
from training.nano.lessons import draw

og = pytest.importorskip("onnxruntime_genai")

FOLDER = Path(__file__).parents[2] / "src" / "tesuji" / "models" / "nano"
STRANGE = (
    "日本語を逆にして",
    "🎉👩‍👩‍👧",
    "naïve café",
    "\t\n  ",
    "don't 123,456!!",
    "\x01\x7f",
    "é" * 40,
)


def prompts(count: int = 200) -> list[list[Turn]]:
    """Training-like and strange conversations, without the last answer."""
    rng = random.Random("both loaders")
    drawn = [draw(rng, EDITIONS["third"][-1].lessons)[:-1] for _ in range(count)]
    return [*drawn, *([Turn("user", text)] for text in STRANGE)]


@pytest.fixture(scope="module")
def genai() -> Any:
    model = og.Model(str(FOLDER))
    return model, og.Tokenizer(model)


@pytest.fixture(scope="module")
def asker() -> Asker:
    return genai_asker(FOLDER)


def messages(turns: list[Turn]) -> list[dict[str, str]]:
    return [{"role": t.role, "content": t.text} for t in turns]


def test_it_is_small() -> None:
    assert sum(f.stat().st_size for f in FOLDER.iterdir()) <= 8e6


def test_tokenizers_and_templates_agree_byte_for_byte(genai: Any) -> None:
    transformers = pytest.importorskip("transformers")
    theirs = transformers.AutoTokenizer.from_pretrained(FOLDER)
    for turns in prompts():
        said = messages(turns)
        text = theirs.apply_chat_template(said, tokenize=False, add_generation_prompt=True)
        assert text == genai[1].apply_chat_template(json.dumps(said), add_generation_prompt=True)
        ids = theirs(text)["input_ids"]
        assert ids == prompt_ids(turns) == list(genai[1].encode(text))
        raw = turns[-1].text
        plain = list(raw.encode())
        assert theirs.decode(plain) == genai[1].decode(plain) == raw


def test_both_loaders_give_the_same_greedy_answers(asker: Asker) -> None:
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    from training.nano.chat import text_of

    model = transformers.AutoModelForCausalLM.from_pretrained(FOLDER, dtype=torch.float32)
    tokenizer = transformers.AutoTokenizer.from_pretrained(FOLDER)
    asked = prompts()
    ours, theirs = asker(asked), []
    for start in range(0, len(asked), 32):
        batch = tokenizer.apply_chat_template(
            [messages(t) for t in asked[start : start + 32]], add_generation_prompt=True,
            padding=True, return_tensors="pt", return_dict=True,
        )  # fmt: skip
        found = model.generate(**batch, max_new_tokens=64, do_sample=False)
        theirs += [text_of(row[batch["input_ids"].shape[1] :].tolist()) for row in found]
    assert ours == theirs


def test_a_batch_answers_as_one_at_a_time(asker: Asker) -> None:
    alone = genai_asker(FOLDER, batch=1)
    asked = prompts(32)
    assert asker(asked) == alone(asked)


def test_generation_stops_at_the_end_of_the_turn(genai: Any) -> None:
    turns = conversation(random.Random(1), reversals([5], "stop", 1)[0], DEMO_ONLY)
    params = og.GeneratorParams(genai[0])
    params.set_search_options(max_length=200, do_sample=False)
    generator = og.Generator(genai[0], params)
    generator.append_tokens(prompt_ids(turns))
    while not generator.is_done():
        generator.generate_next_token()
    made = list(generator.get_sequence(0))
    # genai stops at the end token and leaves it out.
    assert len(made) < 100 and END not in made[len(prompt_ids(turns)) :]


def test_prompt_logits_can_be_read(genai: Any) -> None:
    """How the log-probability of a choice is found: logits of every position come back."""
    turns = conversation(random.Random(1), reversals([5], "stop", 1)[0], DEMO)
    ids = prompt_ids(turns)
    params = og.GeneratorParams(genai[0])
    params.set_search_options(max_length=200)
    generator = og.Generator(genai[0], params)
    generator.append_tokens(ids)
    assert generator.get_output("logits").shape == (1, len(ids), 264)


@pytest.mark.timeout(1200)
def test_the_gates_of_reversing_hold(asker: Asker) -> None:
    failed = [f"{c.name}: {c.value:.3f}" for c in gate(asker) if not c.holds]
    assert not failed


@pytest.mark.timeout(1200)  # 3,200 samples of a vote; minutes on a machine that others keep busy
def test_the_gates_of_the_other_tasks_hold(asker: Asker) -> None:
    checks = skills.checks(asker, skills.starter(FOLDER))
    failed = [f"{c.name}: {c.value:.3f}" for c in checks if not c.holds]
    assert not failed

"""Models in this process beside a plain batched generate loop, on the same requests.

`python -m benchmarks.batching [--samples 192] [--rounds 3] [--threads 1]`
`python -m benchmarks.batching --only hf --device cuda --size large` (on a GPU)

The plain loops take 32 requests in the order of their arrival, generate until the longest has its
tokens, and take the next 32: transformers' `generate` for `hf:`, onnxruntime-genai's own generator
for `onnx:`. Ours has the same 32 places. Every request has its own limit and no model ends by
itself (an end token that is never written), so both write the same tokens: greedy, and compared.
Three loads: lengths from a log-normal distribution of which one in twenty is ten times as long;
equal lengths, where refilling can win nothing; and short answers to prompts that share their first
300 tokens. Rounds alternate; medians of samples per second are printed, and the median of the
ratios round by round.

`hf:` is a Llama with random weights, of 11 million parameters or (`--size large`) of 1.1 thousand
million, in float32 on a CPU and in bfloat16 on a GPU; `onnx:` is nano.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import tesuji.models
from tesuji.models.base import Model, Request, Sampling
from tesuji.models.registry import open_model
from tesuji.task.sample import Message

BATCH = 32
NANO = Path(tesuji.models.__path__[0]) / "nano"
END, NEVER = 261, 263  # the end token of nano's tokenizer, and one that stands for it here
Plain = Callable[[Sequence[list[int]], Sequence[int]], list[list[int]]]


def loads(samples: int) -> dict[str, list[tuple[str, int]]]:
    """(prompt, tokens to write) by load."""
    rng = random.Random(7)
    words = ["".join(rng.choices("abcdefghij", k=rng.randint(2, 12))) for _ in range(samples)]
    prompts = [f"Reverse the string: {word}." for word in words]

    def skewed() -> int:
        length = rng.lognormvariate(2.5, 0.7) * (10 if rng.random() < 0.05 else 1)
        return max(2, min(int(length), 300))

    shots = "Reverse the string, as in these: " + "abc is cba. " * 23
    return {
        "skewed lengths": [(prompt, skewed()) for prompt in prompts],
        "equal lengths": [(prompt, 24) for prompt in prompts],
        "a shared beginning": [(shots + prompt, 8) for prompt in prompts],
    }


def make_onnx(folder: Path, threads: int) -> None:
    """nano, with an end token that it never writes."""
    shutil.copytree(NANO, folder)
    path = folder / "genai_config.json"
    settings = json.loads(path.read_text())
    settings["model"]["eos_token_id"] = NEVER
    settings["model"]["decoder"]["session_options"]["intra_op_num_threads"] = threads
    path.write_text(json.dumps(settings))


# hidden, intermediate, layers, heads, key and value heads; `large` is TinyLlama's shape.
SIZES = {"small": (384, 1024, 6, 6, 3), "large": (2048, 5632, 22, 32, 4)}


def make_llama(folder: Path, size: str) -> None:
    """A Llama of random weights that never writes its end token."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    hidden, intermediate, layers, heads, pairs = SIZES[size]
    config = LlamaConfig(
        vocab_size=264, hidden_size=hidden, intermediate_size=intermediate,
        num_hidden_layers=layers, num_attention_heads=heads, num_key_value_heads=pairs,
        max_position_embeddings=1024,
        eos_token_id=END, pad_token_id=256, bos_token_id=257, tie_word_embeddings=False,
    )  # fmt: skip
    model = LlamaForCausalLM(config)
    with torch.no_grad():
        model.lm_head.weight[256:] = 0.0
    model.save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja"):
        shutil.copy(NANO / name, folder / name)


def plain_genai(folder: Path) -> Plain:
    """onnxruntime-genai's generator, a batch after the other."""
    import numpy as np
    import onnxruntime_genai as genai

    model = genai.Model(str(folder))

    def run(prompts: Sequence[list[int]], limits: Sequence[int]) -> list[list[int]]:
        longest, steps = max(map(len, prompts)), max(limits)
        settings = genai.GeneratorParams(model)
        settings.set_search_options(
            batch_size=len(prompts), max_length=longest + steps, do_sample=False
        )
        generator = genai.Generator(model, settings)
        ids = np.full((len(prompts), longest), 256, dtype=np.int32)
        for at, prompt in enumerate(prompts):
            ids[at, : len(prompt)] = prompt
        generator.append_tokens(ids)
        written = []
        for _ in range(steps):
            generator.generate_next_token()
            written.append(generator.get_next_tokens())
        tokens = np.stack(written, axis=1)
        return [list(map(int, tokens[at, :limit])) for at, limit in enumerate(limits)]

    return run


def plain_transformers(folder: Path, device: str) -> Plain:
    """transformers' `generate`, a batch after the other."""
    import torch
    from transformers import AutoModelForCausalLM, GenerationConfig

    dtype = "float32" if device == "cpu" else "bfloat16"
    model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype).to(device).eval()

    def run(prompts: Sequence[list[int]], limits: Sequence[int]) -> list[list[int]]:
        longest, steps = max(map(len, prompts)), max(limits)
        ids = torch.full((len(prompts), longest), 256)
        mask = torch.zeros((len(prompts), longest), dtype=torch.long)
        for at, prompt in enumerate(prompts):
            ids[at, longest - len(prompt) :] = torch.tensor(prompt)
            mask[at, longest - len(prompt) :] = 1
        config = GenerationConfig(
            max_new_tokens=steps, do_sample=False, eos_token_id=None, pad_token_id=256
        )
        found = model.generate(
            ids.to(device), attention_mask=mask.to(device), generation_config=config
        )[:, longest:]
        return [row[:limit].tolist() for row, limit in zip(found, limits, strict=True)]

    return run


def request(prompt: str, limit: int) -> Request:
    """One user message, greedy."""
    return Request((Message("user", prompt),), Sampling(max_tokens=limit))


def loop(plain: Plain, prompts: list[list[int]], limits: list[int]) -> list[list[int]]:
    """All requests through a plain loop, in the order of their arrival."""
    written: list[list[int]] = []
    for at in range(0, len(prompts), BATCH):
        written += plain(prompts[at : at + BATCH], limits[at : at + BATCH])
    return written


async def ours(model: Model, asks: list[Request]) -> list[str]:
    """All requests through the model, as many in flight as a run has."""
    places = asyncio.Semaphore(model.concurrency)

    async def one(ask: Request) -> str:
        async with places:
            return (await model.generate(ask)).text

    return await asyncio.gather(*map(one, asks))


async def compare(uri: str, plain: Plain, samples: int, rounds: int, **options: Any) -> None:
    """Print the table of one backend."""
    model = open_model(uri, batch_size=BATCH, **options)
    await model.ready()
    weights: Any = model._weights  # type: ignore[attr-defined]
    print(f"\n{uri.partition(':')[0]}:  {samples} samples, {BATCH} places")
    print(f"{'load':<20}{'tokens':>8}{'loop/s':>9}{'tesuji/s':>10}{'ratio':>7}{'same':>10}")
    for name, load in loads(samples).items():
        asks = [request(*one) for one in load]
        prompts = [weights.prompt(ask.messages) for ask in asks]
        limits = [limit for _, limit in load]
        rates: list[tuple[float, float]] = []
        for _ in range(rounds):
            began = time.perf_counter()
            expected = loop(plain, prompts, limits)
            middle = time.perf_counter()
            found = await ours(model, asks)
            ended = time.perf_counter()
            rates.append((samples / (middle - began), samples / (ended - middle)))
        same = sum(weights.decode(a) == b for a, b in zip(expected, found, strict=True))
        first, second = (statistics.median(pair[i] for pair in rates) for i in (0, 1))
        ratio = statistics.median(b / a for a, b in rates)
        print(
            f"{name:<20}{sum(limits):>8}{first:>9.1f}{second:>10.1f}{ratio:>7.2f}"
            f"{f'{same}/{samples}':>10}"
        )
    await model.close()


def main() -> None:
    """Parse arguments and print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=192)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--only", choices=("onnx", "hf"))
    parser.add_argument("--device", default="cpu", help="of hf:, as PyTorch names it")
    parser.add_argument("--size", choices=tuple(SIZES), default="small")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as aside:
        if arguments.only != "hf":
            folder = Path(aside) / "onnx"
            make_onnx(folder, arguments.threads)
            plain = plain_genai(folder)
            asyncio.run(compare(f"onnx:{folder}", plain, arguments.samples, arguments.rounds))
        if arguments.only != "onnx":
            import torch

            torch.set_num_threads(arguments.threads)
            folder = Path(aside) / "hf"
            make_llama(folder, arguments.size)
            plain = plain_transformers(folder, arguments.device)
            dtype = "float32" if arguments.device == "cpu" else "bfloat16"
            asyncio.run(
                compare(
                    f"hf:{folder}", plain, arguments.samples, arguments.rounds,
                    device=arguments.device, dtype=dtype,
                )
            )  # fmt: skip


if __name__ == "__main__":
    main()

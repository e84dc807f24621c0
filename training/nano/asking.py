"""Ask a model for greedy answers: the one in training (PyTorch) or a shipped folder (genai)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from training.nano.chat import END, PAD, Turn, prompt_ids, text_of

if TYPE_CHECKING:
    from training.nano.model import Nano

Asker = Callable[[Sequence[Sequence[Turn]]], list[str]]
NEW_TOKENS = 64
CONTEXT = 512


def torch_asker(model: Nano, new_tokens: int = NEW_TOKENS) -> Asker:
    """Rows of one length go together, so nothing is padded; there is no key-value cache."""
    import torch

    def answer(rows: list[list[int]]) -> list[list[int]]:
        ids, done = torch.tensor(rows), torch.zeros(len(rows), dtype=torch.bool)
        start = ids.shape[1]
        for _ in range(new_tokens):
            best = model.logits(model(ids)[:, -1]).argmax(-1)
            ids = torch.cat([ids, best[:, None]], dim=1)
            done |= best == END
            if bool(done.all()):
                break
        return [[int(i) for i in row] for row in ids[:, start:]]

    def asker(prompts: Sequence[Sequence[Turn]]) -> list[str]:
        rows = [prompt_ids(p) for p in prompts]
        texts = [""] * len(rows)
        with torch.no_grad():
            for length in sorted({len(r) for r in rows}):
                places = [i for i, r in enumerate(rows) if len(r) == length]
                for place, out in zip(places, answer([rows[i] for i in places]), strict=True):
                    texts[place] = text_of(out)
        return texts

    return asker


def genai_asker(folder: Path, batch: int = 32) -> Asker:
    """Batches of like length. They are padded on the right: genai's attention counts the real
    tokens from the left, and gives wrong answers to rows padded on the left."""
    import numpy as np
    import onnxruntime_genai as og

    model = og.Model(str(folder))

    def answer(rows: list[list[int]]) -> list[list[int]]:
        longest = max(map(len, rows))
        params = og.GeneratorParams(model)
        params.set_search_options(
            max_length=min(CONTEXT, longest + NEW_TOKENS), do_sample=False, batch_size=len(rows)
        )
        generator = og.Generator(model, params)
        padded = [row + [PAD] * (longest - len(row)) for row in rows]
        generator.append_tokens(np.array(padded, dtype=np.int32))
        while not generator.is_done():
            generator.generate_next_token()
        return [[int(t) for t in generator.get_sequence(r)[longest:]] for r in range(len(rows))]

    def asker(prompts: Sequence[Sequence[Turn]]) -> list[str]:
        rows = [prompt_ids(p) for p in prompts]
        order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
        texts = [""] * len(rows)
        for start in range(0, len(order), batch):
            places = order[start : start + batch]
            for place, out in zip(places, answer([rows[i] for i in places]), strict=True):
                texts[place] = text_of(out)
        return texts

    return asker

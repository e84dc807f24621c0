"""Models of the `transformers` library in this process: `hf:NAME-or-DIR`.

Weights go to a GPU where there is one. On a CPU they are computed in float32 unless `dtype` says
otherwise: half precision is slower there. Generation settings that a model ships with (a
repetition penalty, say) are not applied; what counts is in the request. No grammar yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tesuji.errors import ConfigError, MissingExtraError, ModelUnavailableError
from tesuji.models.base import Capability
from tesuji.models.fingerprint import fingerprint
from tesuji.models.hf_batch import HfStepper, inference
from tesuji.models.local import LocalModel
from tesuji.models.wire import prompt_text, whole
from tesuji.task.sample import Message

if TYPE_CHECKING:
    import numpy as np

_CAN: frozenset[Capability] = frozenset(
    {"generate", "score", "embed", "logprobs", "seed", "stream"}
)
_EMBED_AT_ONCE = 32


def open_hf(
    rest: str, *, device: str = "auto", dtype: str = "auto", batch_size: int = 32
) -> LocalModel:
    """`hf:NAME-or-DIR`. `device` as PyTorch names it, `dtype` such as "bfloat16"."""
    uri = f"hf:{rest}"
    if batch_size < 1:
        raise ConfigError(f"{uri}: batch_size must be at least 1, not {batch_size!r}")
    for package in ("torch", "transformers"):
        if find_spec(package) is None:
            raise MissingExtraError(package, "hf", uri)
    folder = Path(rest).expanduser()
    if folder.is_dir():
        if not (folder / "config.json").is_file():
            raise ModelUnavailableError(f"{uri}: no config.json in {folder}")
        source, mark = str(folder), f"hf@{fingerprint(folder)}"
    elif rest.startswith((".", "/", "~")):
        raise ModelUnavailableError(f"{uri}: no such folder")
    else:
        source, mark = rest, uri
    return LocalModel(
        uri,
        mark,
        lambda: HfWeights(source, mark, device, dtype),
        capabilities=_CAN,
        batch_size=batch_size,
    )


class HfWeights:
    """A causal language model with its tokenizer, loaded."""

    def __init__(self, source: str, mark: str, device: str, dtype: str) -> None:
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer

        if device == "auto":
            device = "cuda" if torch.cuda.is_available() else "cpu"
        if dtype == "auto" and device == "cpu":
            dtype = "float32"
        model = AutoModelForCausalLM.from_pretrained(source, dtype=dtype)
        self._model: Any = model.to(device).eval()
        self._tokenizer: Any = AutoTokenizer.from_pretrained(source)
        self._device = device
        commit = getattr(model.config, "_commit_hash", None)
        at = f"@{commit[:12]}" if commit else ""
        self.identity = f"{mark}{at} {str(model.dtype).removeprefix('torch.')}"
        self.context = _context(model.config)
        self.ends = _ends(model, self._tokenizer)
        self._pad = next(
            (i for i in (self._tokenizer.pad_token_id, *self.ends) if i is not None), 0
        )

    def prompt(self, messages: Sequence[Message]) -> list[int]:
        """Token ids by the model's chat template, or of a plain join where it has none."""
        if not self._tokenizer.chat_template:
            return [
                int(i)
                for i in self._tokenizer(whole(prompt_text(messages)), verbose=False)["input_ids"]
            ]
        turns = [{"role": m.role, "content": whole(m.content)} for m in messages]
        text = self._tokenizer.apply_chat_template(
            turns, add_generation_prompt=True, tokenize=False
        )
        return self.encode(text)

    def encode(self, text: str) -> list[int]:
        """Token ids of a text alone, without special tokens around it."""
        ids = self._tokenizer(whole(text), add_special_tokens=False, verbose=False)["input_ids"]
        return [int(i) for i in ids]

    def decode(self, ids: Sequence[int]) -> str:
        """The text of token ids, special tokens left out."""
        text: str = self._tokenizer.decode(
            list(ids), skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
        return text

    def start(self) -> HfStepper:
        """An empty batch."""
        return HfStepper(self._model, self._pad)

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """The mean of the last layer over a text's tokens, shape (len(texts), hidden), float32."""
        import numpy as np

        parts = [np.zeros((0, int(self._model.config.hidden_size)), dtype=np.float32)]
        encoded = [
            self._tokenizer(whole(text), verbose=False)["input_ids"][: self.context]
            for text in texts
        ]
        for at in range(0, len(texts), _EMBED_AT_ONCE):
            # A text without tokens is that of the pad token alone: never a division by zero.
            ids, mask = self._padded([i or [self._pad] for i in encoded[at : at + _EMBED_AT_ONCE]])
            with inference():
                found = self._model(
                    input_ids=ids, attention_mask=mask, output_hidden_states=True, use_cache=False
                )
                weight = mask[:, :, None].float()
                total = (found.hidden_states[-1].float() * weight).sum(1)
                parts.append((total / weight.sum(1)).cpu().numpy())
        return np.concatenate(parts)

    def _padded(self, prompts: Sequence[Sequence[int]]) -> tuple[Any, Any]:
        """Ids and mask, shape (rows, longest), padded on the left."""
        import torch

        longest = max(map(len, prompts))
        ids = torch.full((len(prompts), longest), self._pad)
        mask = torch.zeros((len(prompts), longest), dtype=torch.long)
        for at, prompt in enumerate(prompts):
            ids[at, longest - len(prompt) :] = torch.tensor(list(prompt))
            mask[at, longest - len(prompt) :] = 1
        return ids.to(self._device), mask.to(self._device)


def _context(config: Any) -> int:
    text = config.get_text_config() if hasattr(config, "get_text_config") else config
    return int(getattr(text, "max_position_embeddings", 0) or 2**31 - 1)


def _ends(model: Any, tokenizer: Any) -> frozenset[int]:
    """Ids that end a reply: the generation settings', and the tokenizer's own."""
    named = getattr(model.generation_config, "eos_token_id", None)
    several = named if isinstance(named, list) else [named]
    return frozenset(int(i) for i in [*several, tokenizer.eos_token_id] if i is not None)

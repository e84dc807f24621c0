"""ONNX models in this process by onnxruntime-genai: `onnx:DIR` and, in the package, `nano`.

DIR is what onnxruntime-genai's model builder writes: `genai_config.json`, the model, the
tokenizer. No PyTorch. It gives no embeddings and takes no grammar yet.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tesuji.errors import CapabilityError, ConfigError, ModelUnavailableError
from tesuji.models.base import Capability
from tesuji.models.bytelevel import byte_decoder
from tesuji.models.fingerprint import fingerprint
from tesuji.models.local import LocalModel
from tesuji.models.wire import prompt_text, whole
from tesuji.task.sample import Message

if TYPE_CHECKING:
    import numpy as np

_CAN: frozenset[Capability] = frozenset({"generate", "score", "logprobs", "seed", "stream"})
_LEAST = -1e30


def open_nano(rest: str = "", *, batch_size: int = 32) -> LocalModel:
    """`nano`: the model in the package's own folder."""
    return _open("nano", Path(__file__).parent / "nano", batch_size)


def open_onnx(rest: str, *, batch_size: int = 32) -> LocalModel:
    """`onnx:DIR`."""
    return _open(f"onnx:{rest}", Path(rest).expanduser(), batch_size)


def _open(uri: str, folder: Path, batch_size: int) -> LocalModel:
    if not 1 <= batch_size <= 32:
        raise ConfigError(f"{uri}: batch_size must be 1 to 32, not {batch_size!r}")
    if not (folder / "genai_config.json").is_file():
        raise ModelUnavailableError(
            f"{uri}: no genai_config.json in {folder}; "
            "onnxruntime-genai's model builder writes such a folder"
        )
    if find_spec("onnxruntime_genai") is None:
        raise ModelUnavailableError(f"{uri} needs a package: pip install onnxruntime-genai")
    identity = f"onnx@{fingerprint(folder)}"
    return LocalModel(
        uri,
        identity,
        lambda: OnnxWeights(folder, identity),
        capabilities=_CAN,
        batch_size=batch_size,
    )


class OnnxWeights:
    """A model folder, loaded."""

    def __init__(self, folder: Path, identity: str) -> None:
        import onnxruntime_genai as genai

        self.identity = identity
        self._model = genai.Model(str(folder))
        self._tokenizer = genai.Tokenizer(self._model)
        self._template = _has_template(folder)
        self._pieces = byte_decoder(folder)
        settings = json.loads((folder / "genai_config.json").read_text(encoding="utf-8"))["model"]
        self.context = int(settings["context_length"])
        self.ends = frozenset(int(i) for i in self._tokenizer.eos_token_ids)
        self._begin = settings.get("bos_token_id")
        self._pad = int(self._tokenizer.pad_token_id)

    def prompt(self, messages: Sequence[Message]) -> list[int]:
        """Token ids by the model's chat template, or of a plain join where it has none."""
        if not self._template:
            return self.encode(prompt_text(messages))
        turns = [{"role": m.role, "content": _sayable(m.content)} for m in messages]
        text = self._tokenizer.apply_chat_template(json.dumps(turns), add_generation_prompt=True)
        ids = self.encode(text)
        # A template may write the begin token that the tokenizer adds as well.
        return ids[1:] if len(ids) > 1 and ids[0] == ids[1] == self._begin else ids

    def encode(self, text: str) -> list[int]:
        """Token ids of a text alone."""
        return [int(i) for i in self._tokenizer.encode(_sayable(text))]

    def decode(self, ids: Sequence[int]) -> str:
        """The text of token ids, special tokens left out."""
        if self._pieces is not None:
            return self._pieces(ids)
        import numpy as np

        text: str = self._tokenizer.decode(np.array(ids, dtype=np.int32)) if ids else ""
        return text

    def start(self, prompts: Sequence[Sequence[int]], room: int) -> OnnxStepper:
        """Begin a batch with room for so many more tokens."""
        import numpy as np
        import onnxruntime_genai as genai

        longest = max(map(len, prompts))
        settings = genai.GeneratorParams(self._model)
        settings.set_search_options(
            batch_size=len(prompts),
            max_length=min(longest + room, self.context),
            min_length=0,
            do_sample=False,
            num_beams=1,
            repetition_penalty=1.0,
            no_repeat_ngram_size=0,
        )
        generator = genai.Generator(self._model, settings)
        # Padded on the right with the pad token, which is how genai itself pads and masks.
        ids = np.full((len(prompts), longest), self._pad, dtype=np.int32)
        for at, prompt in enumerate(prompts):
            ids[at, : len(prompt)] = prompt
        generator.append_tokens(ids)
        return OnnxStepper(generator, len(prompts))

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Not to be had from a causal model's ONNX graph."""
        raise CapabilityError("onnx: models give no embeddings; hf: models do")


class OnnxStepper:
    """A batch in a generator. Tokens of our choice are pushed as logits that allow no other."""

    def __init__(self, generator: Any, rows: int) -> None:
        self._generator, self._rows = generator, rows
        self._forced: np.ndarray | None = None

    def logits(self) -> np.ndarray:
        """Logits of the next token, shape (rows, vocabulary), float32."""
        logits: np.ndarray = self._generator.get_logits()
        return logits.reshape(self._rows, -1)

    def push(self, tokens: np.ndarray) -> None:
        """Go on with these tokens, shape (rows,)."""
        import numpy as np

        if self._forced is None:
            self._forced = np.full((self._rows, self.logits().shape[1]), _LEAST, dtype=np.float32)
        else:
            self._forced.fill(_LEAST)
        self._forced[np.arange(self._rows), tokens] = 0.0
        self._generator.set_logits(self._forced.reshape(self._rows, 1, -1))
        self._generator.generate_next_token()

    def greedy(self) -> np.ndarray:
        """The likeliest next token of each row, shape (rows,), already pushed."""
        self._generator.generate_next_token()
        tokens: np.ndarray = self._generator.get_next_tokens()
        return tokens


def _has_template(folder: Path) -> bool:
    if (folder / "chat_template.jinja").is_file():
        return True
    try:
        settings = json.loads((folder / "tokenizer_config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(settings.get("chat_template"))


def _sayable(text: str) -> str:
    """`text` as a C string can carry it: NUL and lone surrogates become U+FFFD."""
    return whole(text).replace("\0", "\ufffd")

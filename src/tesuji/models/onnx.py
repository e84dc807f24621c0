"""ONNX models in this process by onnxruntime-genai: `onnx:DIR` and, in the package, `nano`.

DIR is what onnxruntime-genai's model builder writes: `genai_config.json`, the model, the
tokenizer. No PyTorch. It gives no embeddings and takes no grammar yet.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tesuji.errors import CapabilityError, ConfigError, ModelUnavailableError
from tesuji.models.base import Capability
from tesuji.models.bytelevel import byte_decoder
from tesuji.models.continuous import Stepper
from tesuji.models.fingerprint import fingerprint
from tesuji.models.genai import GenaiStepper
from tesuji.models.local import LocalModel
from tesuji.models.slots import NotDirectError, SlotStepper, load_graph
from tesuji.models.wire import prompt_text, whole
from tesuji.task.sample import Message

if TYPE_CHECKING:
    import numpy as np

_CAN: frozenset[Capability] = frozenset({"generate", "score", "logprobs", "seed", "stream"})
_log = logging.getLogger("tesuji")


def open_nano(rest: str = "", *, batch_size: int = 32) -> LocalModel:
    """`nano`: the model in the package's own folder."""
    return _open("nano", Path(__file__).parent / "nano", batch_size, direct=True)


def open_onnx(rest: str, *, batch_size: int = 32, direct: bool = True) -> LocalModel:
    """`onnx:DIR`. With `direct` false, or where that can't be, genai's generator does the steps."""
    return _open(f"onnx:{rest}", Path(rest).expanduser(), batch_size, direct)


def _open(uri: str, folder: Path, batch_size: int, direct: bool) -> LocalModel:
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
        lambda: OnnxWeights(folder, identity, batch_size, direct),
        capabilities=_CAN,
        batch_size=batch_size,
    )


class OnnxWeights:
    """A model folder, loaded."""

    def __init__(self, folder: Path, identity: str, batch_size: int, direct: bool) -> None:
        import onnxruntime_genai as genai

        self.identity = identity
        self._tokenizer = genai.Tokenizer(str(folder))
        self._template = _has_template(folder)
        self._pieces = byte_decoder(folder)
        settings = json.loads((folder / "genai_config.json").read_text(encoding="utf-8"))
        self.context = int(settings["model"]["context_length"])
        self.ends = frozenset(int(i) for i in self._tokenizer.eos_token_ids)
        self._begin = settings["model"].get("bos_token_id")
        self.start = self._starter(folder, settings, batch_size, direct)

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

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Not to be had from a causal model's ONNX graph."""
        raise CapabilityError("onnx: models give no embeddings; hf: models do")

    def _starter(
        self, folder: Path, settings: dict[str, Any], batch_size: int, direct: bool
    ) -> Callable[[], Stepper]:
        if direct:
            try:
                graph = load_graph(folder, settings)
            except NotDirectError as why:
                _log.info("%s runs in genai's generator: %s", folder, why)
            else:
                return lambda: SlotStepper(graph, batch_size)
        import onnxruntime_genai as genai

        model = genai.Model(str(folder))
        pad = int(self._tokenizer.pad_token_id)
        return lambda: GenaiStepper(model, pad, self.context)


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

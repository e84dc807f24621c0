"""A batch over an ONNX graph that is run directly: each row has a slot in the cache of its own.

The model builder's graphs for CPUs use GroupQueryAttention, which reads and writes the cache in
place and takes the length of each row from the attention mask. So rows of any length run together
without padding, a row joins by being read into a free slot, and one whose beginning another slot
still holds (a shared prompt, a draw of the same prompt) copies that instead of computing it.
onnxruntime-genai's own generator can do neither: its batch is fixed when it starts.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

_CHUNK = 256  # tokens read at once: the logits of all of them are made, whoever wants them or not
_WORTH_COPYING = 8  # tokens: fewer are read as fast as they are copied
_ROOM = 256  # columns that a cache begins with
_TYPES = {"tensor(float)": "float32", "tensor(float16)": "float16", "tensor(int64)": "int64",
          "tensor(int32)": "int32"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Graph:
    """A loaded graph and how it names its cache."""

    session: Any
    pairs: tuple[tuple[str, str], ...]  # (past, present) of each key and value
    heads: int
    width: int
    cache: str  # numpy's name of the cache's type
    ids: str  # and of the token ids'
    positions: bool  # whether it wants to be told positions
    logits: str  # and of the logits'
    vocabulary: int
    context: int


class NotDirectError(Exception):
    """A graph that cannot be run like this. Never leaves this package."""


def load_graph(folder: Path, settings: dict[str, Any]) -> Graph:
    """The graph of a model folder, `settings` being `genai_config.json`. NotDirectError.

    That the cache works in place, and row by row, is tried on four tokens rather than believed.
    """
    decoder = settings["model"]["decoder"]
    session_options = decoder.get("session_options") or {}
    if session_options.get("provider_options") or "pipeline" in decoder:
        raise NotDirectError("it is made for another device than the CPU")
    if not settings.get("search", {}).get("past_present_share_buffer"):
        raise NotDirectError("its cache does not work in place")
    try:
        graph = _described(_session(folder / decoder["filename"], session_options), settings)
        _try(graph)
    except NotDirectError:
        raise
    except Exception as error:
        raise NotDirectError(str(error)) from error
    return graph


def _session(path: Path, wanted: dict[str, Any]) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4  # what fails is an exception, and handled as one
    # A worker that shares its machine is told how many threads are its own, as PyTorch is.
    options.intra_op_num_threads = int(
        wanted.get("intra_op_num_threads") or os.environ.get("OMP_NUM_THREADS") or 0
    )
    # Threads that wait for the next step actively take the cores from whatever else runs.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _described(session: Any, settings: dict[str, Any]) -> Graph:
    decoder = settings["model"]["decoder"]
    takes, gives = decoder["inputs"], decoder["outputs"]
    layers = range(int(decoder["num_hidden_layers"]))
    pairs = tuple(
        (takes[f"past_{kind}_names"] % layer, gives[f"present_{kind}_names"] % layer)
        for layer in layers
        for kind in ("key", "value")
    )
    inputs = {found.name: found for found in session.get_inputs()}
    plain = {"input_ids", "attention_mask", "position_ids", *(past for past, _ in pairs)}
    if not inputs.keys() <= plain or any(past not in inputs for past, _ in pairs):
        raise NotDirectError("it takes other inputs")
    _, heads, _, width = inputs[pairs[0][0]].shape
    logits = next(found for found in session.get_outputs() if found.name == "logits")
    return Graph(
        session=session,
        pairs=pairs,
        heads=int(heads) if isinstance(heads, int) else int(decoder["num_key_value_heads"]),
        width=int(width) if isinstance(width, int) else int(decoder["head_size"]),
        cache=_TYPES[inputs[pairs[0][0]].type],
        ids=_TYPES[inputs["input_ids"].type],
        positions="position_ids" in inputs,
        logits=_TYPES[logits.type],
        vocabulary=int(logits.shape[-1]),
        context=int(settings["model"]["context_length"]),
    )


def _try(graph: Graph) -> None:
    """Rows that join at different lengths must get the logits that they get alone."""
    import numpy as np

    prompts, token = ([1, 2, 3], [2]), np.array([3, 3])
    together = SlotStepper(graph, 2)
    for prompt in prompts:
        together.join([prompt])
    together.logits()
    together.push(token)
    found = together.logits().copy()
    for at, prompt in enumerate(prompts):
        alone = SlotStepper(graph, 1)
        alone.join([[*prompt, int(token[at])]])
        if not np.allclose(alone.logits()[0], found[at], rtol=1e-2, atol=1e-2):
            raise NotDirectError("its cache does not work in place")


@dataclass(frozen=True, slots=True)
class _Writer:
    """A binding of the graph with the memory that it takes ids from and writes logits to."""

    binding: Any
    ids: np.ndarray
    logits: np.ndarray


class SlotStepper:
    """Rows in slots 0, 1, 2 …; slots behind them keep what they held, for whom it helps.

    A slot's cache holds `lengths` tokens, which are in `known`; `pending` is what comes next.
    """

    price: float = 0.0  # each row is read by itself, whether others join with it or not

    def __init__(self, graph: Graph, rows: int) -> None:
        import numpy as np

        self._graph, self._most = graph, rows
        self._rows = 0
        self._lengths = np.zeros(rows, dtype=np.int64)
        self._pending = np.zeros(rows, dtype=graph.ids)
        self._known = np.full((rows, 0), -1, dtype=np.int64)
        self._cache: list[np.ndarray] = []
        self._readers: dict[int, Any] = {}
        self._writers: dict[int, _Writer] = {}
        self._logits: np.ndarray | None = None

    def join(self, prompts: Sequence[Sequence[int]]) -> None:
        """Read all of each prompt but its last token into the next slot."""
        import numpy as np

        self._reserve(max(map(len, prompts)))
        for prompt in prompts:
            tokens, slot = np.array(prompt, dtype=np.int64), self._rows
            start = self._copy(tokens[:-1], slot)
            for at in range(start, len(tokens) - 1, _CHUNK):
                self._read(tokens[at : min(at + _CHUNK, len(tokens) - 1)], slot, at)
            self._known[slot, : len(tokens) - 1] = tokens[:-1]
            self._lengths[slot], self._pending[slot] = len(tokens) - 1, tokens[-1]
            self._rows += 1
        self._logits = None

    def keep(self, rows: Sequence[int]) -> None:
        """Move rows into the first slots."""
        for slot, row in enumerate(rows):
            if slot != row:
                self._move(row, slot, int(self._lengths[row]))
                self._lengths[slot], self._pending[slot] = self._lengths[row], self._pending[row]
        self._rows = len(rows)
        self._logits = None

    def logits(self) -> np.ndarray:
        """Logits of the next token, shape (rows, vocabulary), float32. Valid until the next."""
        import numpy as np

        if self._logits is None:
            lengths = self._lengths[: self._rows]
            self._reserve(int(lengths.max()) + 1)
            writer = self._writer()
            writer.ids[:, 0] = self._pending[: self._rows]
            self._known[np.arange(self._rows), lengths] = self._pending[: self._rows]
            self._describe(writer.binding, lengths + 1, lengths[:, None])
            self._graph.session.run_with_iobinding(writer.binding)
            self._lengths[: self._rows] += 1
            self._logits = writer.logits[:, -1].astype(np.float32, copy=False)
        return self._logits

    def greedy(self) -> np.ndarray:
        """The likeliest next token of each row, shape (rows,)."""
        tokens: np.ndarray = self.logits().argmax(-1)
        return tokens

    def push(self, tokens: np.ndarray) -> None:
        """Go on with these tokens, shape (rows,)."""
        self._pending[: self._rows] = tokens
        self._logits = None

    def _reserve(self, columns: int) -> None:
        """Make all slots at least so wide, twice as wide as before where they are too narrow."""
        import numpy as np

        have = self._known.shape[1]
        if columns <= have:
            return
        wide = max(columns, min(max(2 * have, _ROOM), self._graph.context))
        shape = (self._most, self._graph.heads, wide, self._graph.width)
        # Memory that is not touched costs nothing: short answers do not pay for the width.
        cache = [np.zeros(shape, dtype=self._graph.cache) for _ in self._graph.pairs]
        known = np.full((self._most, wide), -1, dtype=np.int64)
        known[:, :have] = self._known
        for old, new in zip(self._cache, cache, strict=False):
            for slot in range(self._most):
                new[slot, :, : self._lengths[slot]] = old[slot, :, : self._lengths[slot]]
        self._cache, self._known = cache, known
        self._readers, self._writers = {}, {}  # they are bound to the old one

    def _copy(self, tokens: np.ndarray, slot: int) -> int:
        """Take the longest beginning of `tokens` that some slot holds; its length."""
        same = (self._known[:, : len(tokens)] == tokens).cumprod(axis=1).sum(axis=1)
        same = same.clip(max=self._lengths)
        best = int(same.argmax()) if len(same) else 0
        shared = int(same[best])
        if shared < _WORTH_COPYING:
            return 0
        if best != slot:
            self._move(best, slot, shared)
        return shared

    def _move(self, source: int, slot: int, tokens: int) -> None:
        for cache in self._cache:
            cache[slot, :, :tokens] = cache[source, :, :tokens]
        self._known[slot, :tokens] = self._known[source, :tokens]

    def _read(self, tokens: np.ndarray, slot: int, start: int) -> None:
        import numpy as np

        if slot not in self._readers:
            self._readers[slot] = self._bound(slot, slot + 1)
        binding = self._readers[slot]
        ids = tokens[None].astype(self._graph.ids)
        _at(binding.bind_input, "input_ids", ids)
        places = np.arange(start, start + len(tokens))[None]
        self._describe(binding, np.array([start + len(tokens)]), places)
        self._graph.session.run_with_iobinding(binding)

    def _writer(self) -> _Writer:
        """What writes the next token of all rows that there are."""
        import numpy as np

        rows, graph = self._rows, self._graph
        if rows not in self._writers:
            ids = np.zeros((rows, 1), dtype=graph.ids)
            logits = np.zeros((rows, 1, graph.vocabulary), dtype=graph.logits)
            binding = self._bound(0, rows)
            _at(binding.bind_input, "input_ids", ids)
            _at(binding.bind_output, "logits", logits)
            self._writers[rows] = _Writer(binding, ids, logits)
        return self._writers[rows]

    def _bound(self, first: int, last: int) -> Any:
        """The graph bound to the cache of some slots. Kept: binding takes a tenth of a step."""
        binding = self._graph.session.io_binding()
        for (past, present), cache in zip(self._graph.pairs, self._cache, strict=True):
            _at(binding.bind_input, past, cache[first:last])
            _at(binding.bind_output, present, cache[first:last])
        return binding

    def _describe(self, binding: Any, lengths: np.ndarray, places: np.ndarray) -> None:
        """Tell how much of each row's slot counts, and at which places the new tokens stand."""
        import numpy as np

        counts = np.arange(int(lengths.max()))[None] < lengths[:, None]
        self._inputs = [counts.astype(self._graph.ids)]  # must live until the run is over
        _at(binding.bind_input, "attention_mask", self._inputs[0])
        if self._graph.positions:
            self._inputs.append(places.astype(self._graph.ids))
            _at(binding.bind_input, "position_ids", self._inputs[1])


def _at(bind: Any, name: str, array: np.ndarray) -> None:
    """Bind memory as it is: nothing is copied."""
    bind(name, "cpu", 0, array.dtype.type, array.shape, array.ctypes.data)

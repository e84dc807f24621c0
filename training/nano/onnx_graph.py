"""The ONNX graph that reads its weights out of ``model.safetensors``.

``onnxruntime_genai``'s own builder writes graph and weights (fp32, twice the size). Its weights
are then replaced by external data that point at the bf16 tensors inside the safetensors file,
followed by Cast (and Concat for q, k, v, and Transpose), which ONNX Runtime folds when it loads.
So the weights ship once, and both loaders compute from the same numbers.

The builder needs ``onnx`` and ``onnx_ir`` (training only).
"""

from __future__ import annotations

import json
import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import onnx
from onnx import GraphProto, NodeProto, TensorProto, helper, numpy_helper

WEIGHTS = "model.safetensors"


def build(folder: Path, into: Path) -> None:
    """Run the builder on a transformers folder, without a network."""
    command = [sys.executable, "-m", "onnxruntime_genai.models.builder", "-p", "fp32", "-e", "cpu"]
    command += ["-i", str(folder), "-o", str(into), "-c", str(into / "cache")]
    subprocess.run(command, check=True, capture_output=True)


def places(weights: Path) -> dict[str, tuple[tuple[int, ...], int, int]]:
    """Shape, offset and length in bytes of every tensor of a safetensors file."""
    with weights.open("rb") as file:
        (size,) = struct.unpack("<Q", file.read(8))
        header: dict[str, Any] = json.loads(file.read(size))
    return {
        name: (tuple(entry["shape"]), 8 + size + entry["data_offsets"][0],
               entry["data_offsets"][1] - entry["data_offsets"][0])
        for name, entry in header.items()
        if name != "__metadata__"
    }  # fmt: skip


def sources(name: str, layers: int) -> tuple[list[str], bool] | None:
    """Which tensors make up a builder's weight, and whether it is their transpose."""
    if name == "lm_head.MatMul.weight":
        return ["model.embed_tokens.weight"], True
    if name == f"model.layers.{layers}.final_norm_layernorm.weight":
        return ["model.norm.weight"], False
    if name.endswith("layernorm.weight"):
        return [name], False
    if name.endswith(".MatMul.weight"):
        plain = name.replace(".attn.", ".self_attn.").replace(".MatMul", "")
        split = [plain.replace("qkv", c) for c in "qkv"] if "qkv" in plain else [plain]
        return split, True
    return None  # the tables of cosines: they stay inside the graph


def pointer(name: str, place: tuple[tuple[int, ...], int, int]) -> TensorProto:
    """A tensor whose bytes lie in the safetensors file."""
    shape, offset, length = place
    tensor = TensorProto(
        name=f"{name}/bf16", data_type=TensorProto.BFLOAT16, data_location=TensorProto.EXTERNAL
    )
    tensor.dims.extend(shape)
    for key, value in (("location", WEIGHTS), ("offset", offset), ("length", length)):
        tensor.external_data.add(key=key, value=str(value))
    return tensor


def unfold(name: str, parts: list[str], flip: bool) -> list[NodeProto]:
    """Nodes that make fp32 weight ``name`` out of bf16 tensors ``parts``."""
    to = TensorProto.FLOAT
    nodes = [helper.make_node("Cast", [f"{p}/bf16"], [f"{p}/fp32"], to=to) for p in parts]
    value = f"{parts[0]}/fp32"
    if len(parts) > 1:
        value = f"{name}/all"
        nodes.append(helper.make_node("Concat", [f"{p}/fp32" for p in parts], [value], axis=0))
    last = helper.make_node("Transpose", [value], [name], perm=[1, 0]) if flip else None
    return [*nodes, last or helper.make_node("Identity", [value], [name])]


def repoint(graph: GraphProto, weights: Path, layers: int) -> None:
    """Replace the graph's weights by pointers and the nodes that unfold them."""
    found, kept, nodes = places(weights), [], []
    pointers: dict[str, TensorProto] = {}
    for tensor in graph.initializer:
        made_of = sources(tensor.name, layers)
        if made_of is None:
            kept.append(numpy_helper.from_array(numpy_helper.to_array(tensor), tensor.name))
            continue
        pointers |= {p: pointer(p, found[p]) for p in made_of[0]}
        nodes += unfold(tensor.name, *made_of)
    rest = list(graph.node)
    del graph.initializer[:], graph.node[:]
    # value_info names a few of the weights; with other producers it would be stale.
    del graph.value_info[:]
    graph.initializer.extend([*kept, *pointers.values()])
    graph.node.extend([*nodes, *rest])


def write_onnx(folder: Path) -> None:
    """Add ``model.onnx`` and ``genai_config.json`` to a transformers folder."""
    layers = json.loads((folder / "config.json").read_text())["num_hidden_layers"]
    with tempfile.TemporaryDirectory() as scratch:
        built = Path(scratch) / "built"
        build(folder, built)
        model = onnx.load(str(built / "model.onnx"))
        repoint(model.graph, folder / WEIGHTS, layers)
        onnx.save(model, str(folder / "model.onnx"))
        shutil.copy(built / "genai_config.json", folder)

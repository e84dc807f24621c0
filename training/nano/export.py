"""Write a trained checkpoint as a folder that transformers and onnxruntime-genai both load.

``python -m training.nano.export --out DIR --into FOLDER``. The weights are written once, as bf16
in ``model.safetensors``; ``model.onnx`` holds only the graph and points into that file (see
``onnx_graph``). Both loaders then compute in fp32 from the same numbers.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from torch import Tensor

from training.nano.chat import BEGIN, END, PAD, SPECIALS, TEMPLATE
from training.nano.model import Shape


def byte_letters() -> dict[int, str]:
    """The printable letter that byte-level tokenizers write for each byte (GPT-2's table)."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = [b for b in range(256) if b not in plain]
    return {b: chr(b) for b in plain} | {b: chr(256 + n) for n, b in enumerate(rest)}


def tokenizer() -> Tokenizer:
    """Byte-level BPE without merges: id = byte, then the special tokens."""
    vocab = {letter: byte for byte, letter in byte_letters().items()}
    made = Tokenizer(models.BPE(vocab, merges=[]))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    made.decoder = decoders.ByteLevel()
    made.add_special_tokens([AddedToken(s, special=True, normalized=False) for s in SPECIALS])
    return made


def model_config(shape: Shape) -> dict[str, Any]:
    """``config.json`` of a ``LlamaForCausalLM``."""
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_size": shape.hidden_size,
        "num_hidden_layers": shape.num_hidden_layers,
        "num_attention_heads": shape.num_attention_heads,
        "num_key_value_heads": shape.num_attention_heads,
        "head_dim": shape.head_dim,
        "intermediate_size": shape.intermediate_size,
        "vocab_size": shape.vocab_size,
        "max_position_embeddings": shape.max_position_embeddings,
        "rope_parameters": {"rope_type": "default", "rope_theta": shape.rope_theta},
        "rope_theta": shape.rope_theta,
        "rms_norm_eps": shape.rms_norm_eps,
        "hidden_act": "silu",
        "attention_bias": False,
        "mlp_bias": False,
        "tie_word_embeddings": True,
        "bos_token_id": BEGIN,
        "eos_token_id": END,
        "pad_token_id": PAD,
        "dtype": "bfloat16",
    }


def tokenizer_config(shape: Shape) -> dict[str, Any]:
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": shape.max_position_embeddings,
        "padding_side": "left",
        "clean_up_tokenization_spaces": False,
        "add_bos_token": False,
        "bos_token": SPECIALS[BEGIN - 256],
        "eos_token": SPECIALS[END - 256],
        "pad_token": SPECIALS[PAD - 256],
        "chat_template": TEMPLATE,
    }


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n")


def write_folder(weights: Mapping[str, Tensor], shape: Shape, into: Path) -> None:
    """Everything that transformers reads."""
    into.mkdir(parents=True, exist_ok=True)
    rounded = {name: w.to(torch.bfloat16).contiguous() for name, w in weights.items()}
    save_file(rounded, into / "model.safetensors", metadata={"format": "pt"})
    (into / "model.safetensors").chmod(0o644)  # safetensors makes it private
    write_json(into / "config.json", model_config(shape))
    ends = {"bos_token_id": BEGIN, "eos_token_id": END, "pad_token_id": PAD}
    write_json(into / "generation_config.json", {**ends, "do_sample": False})
    tokenizer().save(str(into / "tokenizer.json"))
    write_json(into / "tokenizer_config.json", tokenizer_config(shape))
    (into / "chat_template.jinja").write_text(TEMPLATE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="where train.py wrote")
    parser.add_argument("--into", type=Path, required=True)
    args = parser.parse_args()
    from training.nano.onnx_graph import write_onnx  # needs onnx and the builder

    kept = torch.load(args.out / "last.pt")
    shape = Shape(**kept["shape"])
    write_folder(kept["model"], shape, args.into)
    write_onnx(args.into)
    print(f"{args.into}: {sum(f.stat().st_size for f in args.into.iterdir()):,} bytes")


if __name__ == "__main__":
    main()

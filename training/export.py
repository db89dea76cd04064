"""Export of the trained weights to the file that the desk ships: 8 bits a weight, a scale a row."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from training.encoder import FROZEN, Reader

_MATRICES = {"ao": "ao", "fi": "fi", "fo": "fo"}
_PLAIN = ("aln", "oln")


def arrays_of(reader: Reader) -> dict[str, NDArray[np.generic]]:
    """Return the trained weights, by their names in the packed file, and those of the heads."""
    arrays: dict[str, NDArray[np.generic]] = {}

    def matrix(name: str, weight: Tensor) -> None:
        values = weight.detach().float().numpy()
        scale = np.abs(values).max(axis=1) / 127
        arrays[name] = np.round(values / scale[:, None]).astype(np.int8)
        arrays[f"{name}.scale"] = scale.astype(np.float32)

    def plain(name: str, weight: Tensor) -> None:
        arrays[name] = weight.detach().float().numpy()

    for number in range(FROZEN, len(reader.layers)):
        layer, prefix = reader.layers[number], f"l{number}."
        parts = zip("qkv", layer.qkv.weight.chunk(3), layer.qkv.bias.chunk(3), strict=True)
        for part, weight, bias in parts:
            matrix(f"{prefix}{part}.w", weight)
            plain(f"{prefix}{part}.b", bias)
        for name in _MATRICES:
            module = getattr(layer, name)
            matrix(f"{prefix}{name}.w", module.weight)
            plain(f"{prefix}{name}.b", module.bias)
        for name in _PLAIN:
            module = getattr(layer, name)
            plain(f"{prefix}{name}.w", module.weight)
            plain(f"{prefix}{name}.b", module.bias)
    for name in ("score", "span"):
        head = getattr(reader, name)
        plain(f"{name}.w", head.weight)
        plain(f"{name}.b", head.bias)
    return arrays


def export(reader: Reader, file: Path) -> None:
    """Write *reader* to *file* as a compressed archive of arrays."""
    with torch.no_grad():
        np.savez_compressed(file, **arrays_of(reader))

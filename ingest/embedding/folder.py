"""Vectors by an ONNX model in a folder, as sentence-transformers lays it out."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from ingest.embedding.prefixes import Prefixes, family
from ingest.embedding.vectors import Vectors
from ingest.errors import SettingsError
from ingest.settings import Settings

MODEL_FILE, TOKENIZER = "model.onnx", "tokenizer.json"
PROMPTS, _POOLING = "config_sentence_transformers.json", "1_Pooling/config.json"
_LONGEST = 512
"""Tokens of one text; what is longer is cut. A passage has about 256."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What a folder says of its model: texts before a question and a passage, and the pooling."""

    prefixes: Prefixes
    first_token: bool
    """The first token stands for the text; else it is the mean of all."""

    @classmethod
    def of(cls, folder: Path) -> Self:
        """Read the files that sentence-transformers writes; without them, go by the name."""
        prompts = _settings(folder / PROMPTS).get("prompts", {})
        wanted = family(folder.name)
        passage = prompts.get("passage", prompts.get("document", wanted.passage))
        return cls(
            Prefixes(prompts.get("query", wanted.question), passage),
            bool(_settings(folder / _POOLING).get("pooling_mode_cls_token", False)),
        )


class FolderEmbedder:
    """A model that onnxruntime runs, one text at a time in as many threads as there are cores.

    A text's vector never depends on its neighbours: nothing is padded, and the range of an 8-bit
    model is that of one text.
    """

    far = False
    windows = 10

    def __init__(
        self, folder: Path, settings: Settings | None = None, *, model: str | None = None
    ) -> None:
        """Open *folder*; *model* is the name that a generation records, else one made of it.

        What *settings* say is read before a text, instead of what the folder says.

        Raises:
            SettingsError: it does not hold a model and its tokenizer.
        """
        self._layout = Layout.of(folder)
        own = self._layout.prefixes
        self._prefixes = own.chosen(settings) if settings else own
        mark = self._prefixes.mark if self._prefixes != own else ""
        self.model = model or f"{folder.name}@{_digest(folder)}{mark}"
        self._session, self._tokenizer = opened(folder)
        self._inputs = {each.name for each in self._session.get_inputs()}
        self._threads = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="embedding")
        self.dimensions = int(self.question("election").shape[0])

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text."""
        before = self._prefixes.passage
        rows = list(self._threads.map(lambda text: self._vector(before + text), texts))
        return np.stack(rows) if rows else np.zeros((0, self.dimensions), np.float32)

    def question(self, text: str) -> Vectors:
        """Return the unit vector of a question."""
        return self._vector(self._prefixes.question + text)

    def _vector(self, text: str) -> Vectors:
        ids = np.array([self._tokenizer.encode(text).ids], np.int64)
        given = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.zeros_like(ids),
        }
        known = {name: value for name, value in given.items() if name in self._inputs}
        tokens = self._session.run(None, known)[0][0]
        pooled = tokens[0] if self._layout.first_token else tokens.mean(axis=0)
        unit: Vectors = (pooled / np.linalg.norm(pooled)).astype(np.float32)
        return unit


@cache
def opened(folder: Path) -> tuple[onnxruntime.InferenceSession, Tokenizer]:
    """Load the model and the tokenizer of *folder*, once a process."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    try:
        session = onnxruntime.InferenceSession(
            str(_found(folder)), options, providers=["CPUExecutionProvider"]
        )
        tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    except Exception as error:  # neither library has one kind of its own for a bad file
        raise SettingsError(
            f"EMBEDDING_MODEL: {folder} does not hold a model that can be opened ({error}). It "
            f"needs {MODEL_FILE} and {TOKENIZER}."
        ) from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(_LONGEST)
    return session, tokenizer


def _found(folder: Path) -> Path:
    """Return the model's file: beside the tokenizer, or in a folder ``onnx``."""
    beside, inside = folder / MODEL_FILE, folder / "onnx" / MODEL_FILE
    return inside if inside.exists() and not beside.exists() else beside


def _digest(folder: Path) -> str:
    """Return a short hash of the model's file: a generation never mixes two of one name."""
    try:
        with _found(folder).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()[:12]
    except OSError as error:
        raise SettingsError(
            f"EMBEDDING_MODEL: {folder} has no {MODEL_FILE} ({error.strerror}). Name a folder that "
            f"holds {MODEL_FILE} and {TOKENIZER}."
        ) from error


def _settings(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}

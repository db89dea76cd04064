"""Processes that extract articles, so that neither answers nor the network wait for it."""

from __future__ import annotations

import multiprocessing
import os
import signal
from concurrent.futures import ProcessPoolExecutor

POLITE = 10
"""How much the extracting processes step back behind those that answer (``nice``)."""


def extractor() -> ProcessPoolExecutor:
    """Return a pool of one process a core, each started when it is first needed."""
    spawn = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(os.cpu_count(), mp_context=spawn, initializer=step_back)


def step_back() -> None:
    """Let answers go first, and leave Ctrl-C to the process that asked."""
    os.nice(POLITE)
    signal.signal(signal.SIGINT, signal.SIG_IGN)

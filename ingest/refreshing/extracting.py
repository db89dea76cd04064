"""Processes that extract articles, so that neither answers nor the network wait for it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from concurrent.futures import ProcessPoolExecutor

_POLITE = 19
"""How much the extracting processes step back behind those that answer (``nice``)."""


def extractor() -> ProcessPoolExecutor:
    """Return a pool of one process a core, each started when it is first needed."""
    spawn = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(os.cpu_count(), mp_context=spawn, initializer=_step_back)


def _step_back() -> None:
    """Let answers go first, leave Ctrl-C to the process that asked, and end when that is gone."""
    if sys.platform != "win32":
        os.nice(_POLITE)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process after a parent that was killed; nothing else would tell it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)

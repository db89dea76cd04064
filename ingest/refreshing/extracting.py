"""Processes that extract articles, so that neither answers nor the network wait for it."""

from __future__ import annotations

import os

from ingest.isolation import Isolation


def extractor() -> Isolation:
    """Return a process a core, with limits, each started when it is first needed."""
    return Isolation(os.cpu_count() or 1)

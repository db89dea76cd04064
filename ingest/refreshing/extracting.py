"""Extraction of articles in other processes, so that neither answers nor the network wait."""

from __future__ import annotations

import os

from ingest.process.isolation import Isolation


def extractor() -> Isolation:
    """Return a pool with one limited process for each core, started on first use."""
    return Isolation(os.cpu_count() or 1)

"""Damaged documents of every kind: their outcomes, and the cost of the worst of each kind."""

from __future__ import annotations

import json
import multiprocessing
import resource
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from rich.console import Console
from rich.table import Table

from ingest.reading import Document, read
from tests.ingest.reading.test_hostile import SEEDS, damaged

INPUTS = 2000
"""Documents of each kind."""
_AT_ONCE = 2
"""Kinds that are tried at the same time, each in a process of its own."""


@dataclass(frozen=True, slots=True)
class FuzzedKind:
    """The outcomes of the documents of one kind; ``memory`` is the process's peak in MB."""

    ending: str
    inputs: int
    read: int
    refused: int
    tracebacks: int
    worst: str
    slowest: float
    memory: int


def fuzzed(ending: str) -> FuzzedKind:
    """Read :data:`INPUTS` damaged documents of a kind."""
    counts: Counter[str] = Counter()
    slowest, worst = 0.0, ""

    @settings(
        max_examples=INPUTS,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(damaged(SEEDS[ending]))
    def run(data: bytes) -> None:
        nonlocal slowest, worst
        began = time.process_time()
        try:
            records = read(Document(data, f"a{ending}"))
            counts["read" if any(record.extract for record in records) else "refused"] += 1
        except Exception as error:  # noqa: BLE001 - what is counted here must not happen
            counts["tracebacks"] += 1
            worst = repr(error)[:200]
        slowest = max(slowest, time.process_time() - began)

    run()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return FuzzedKind(
        ending,
        counts.total(),
        counts["read"],
        counts["refused"],
        counts["tracebacks"],
        worst,
        slowest,
        peak,
    )


def measure(_data: Path | None, out: Path) -> None:
    """Try every kind, and print and write the table as it grows."""
    names = [name for name in FuzzedKind.__slots__ if name != "worst"]
    table, kinds = Table(*names), []
    with multiprocessing.get_context("spawn").Pool(_AT_ONCE, maxtasksperchild=1) as pool:
        for kind in pool.imap_unordered(fuzzed, sorted(SEEDS), chunksize=1):
            kinds.append(asdict(kind))
            print(asdict(kind), flush=True)
            (out / "fuzz.json").write_text(json.dumps(kinds, indent=1) + "\n", encoding="utf-8")
    for kind in sorted(kinds, key=lambda row: row["ending"]):
        cells = {**kind, "slowest": f"{kind['slowest'] * 1000:,.0f} ms"}
        table.add_row(
            *(f"{cells[name]:,}" if isinstance(cells[name], int) else cells[name] for name in names)
        )
    Console().print(table)

"""How the seconds of every way in grow with hostile text, and the steepest of them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.growth import ENTRIES, SHAPES, STEEPEST, exponent, repeated

SMALLEST, LARGEST = 4_000, 512_000
"""Characters between which a text is doubled."""
ENOUGH = 0.4
"""Seconds from which no larger text is needed to see how it grows."""
_TIMES = 3
"""Times that each is measured: the least is what the work takes beside whatever else runs."""
SLOWEST = 30.0
"""Seconds after which no larger one is tried."""


def _seconds(work: Callable[[str], object], text: str) -> float:
    """Return the seconds of a core that *work* takes over *text*."""
    began = time.process_time()
    work(text)
    return time.process_time() - began


def grown(work: Callable[[str], object], shape: str) -> tuple[float, int, float]:
    """Return the exponent over a shape, the longest text that was tried, and its seconds."""
    work(repeated(shape, SMALLEST))
    sizes: list[int] = []
    costs: list[float] = []
    size = SMALLEST
    while size <= LARGEST:
        text = repeated(shape, size)
        sizes.append(size)
        costs.append(min(_seconds(work, text) for _ in range(_TIMES)))
        if costs[-1] > SLOWEST or (costs[-1] > ENOUGH and len(sizes) > 4):
            break
        size *= 2
    return exponent(sizes, costs), sizes[-1], costs[-1]


def measure(_data: Path | None, out: Path) -> None:
    """Measure every entry over every shape; the table has the steepest shape of each."""
    table = Table("entry", "steepest shape", "exponent", "characters", "seconds")
    rows_by_entry: dict[str, dict[str, tuple[float, int, float]]] = {}
    for entry, work in ENTRIES.items():
        rows_by_entry[entry] = {shape: grown(work, shape) for shape in SHAPES}
        worst = max(rows_by_entry[entry], key=lambda shape: rows_by_entry[entry][shape][0])
        steep, size, seconds = rows_by_entry[entry][worst]
        style = "red" if steep > STEEPEST else ""
        table.add_row(entry, worst, f"{steep:.2f}", f"{size:,}", f"{seconds:.2f}", style=style)
        print(entry, worst, f"{steep:.2f}", size, f"{seconds:.2f}", flush=True)
    Console().print(table)
    (out / "growth.json").write_text(json.dumps(rows_by_entry, indent=1) + "\n", encoding="utf-8")

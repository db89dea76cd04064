"""Time answers while hostile files are read beside them, in one run with answers alone."""

from __future__ import annotations

import asyncio
import io
import json
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from bot.answering.understanding.question import ask
from bot.desk import Desk
from bot.evaluating import SAMPLE_QUESTIONS, read_question_set
from ingest.errors import ReadingError
from ingest.process.isolation import end_isolated
from ingest.reading import Hints
from tests.bot.builders import open_in, read_sample_into
from tests.ingest.test_isolation import a_bomb

ASKED = 60
"""Questions of the sample set, asked one after the other; other ones beside the files."""
AT_ONCE = 2
"""Files that are read at the same moment."""


def measure(_: Path | None, out: Path) -> None:
    """Ask over the sample coverage, alone and beside the files, and print the seconds."""
    with tempfile.TemporaryDirectory() as folder:
        now = datetime.now(UTC)
        read_sample_into(Path(folder), now=now)
        with open_in(Path(folder), now=now) as desk:
            row = asyncio.run(_timed(desk))
    end_isolated()
    table = Table(*row)
    table.add_row(*map(str, row.values()))
    Console(width=140).print(table)
    (out / "beside.json").write_text(json.dumps(row, indent=2))


async def _timed(desk: Desk) -> dict[str, object]:
    """Return the seconds of answers, alone and beside files, and what was said of the files."""
    texts = [question.question for question in read_question_set(SAMPLE_QUESTIONS)]
    await _seconds(desk, texts[-10:])  # what the first answers load
    alone = await _seconds(desk, texts[: 2 * ASKED : 2])
    said: Counter[str] = Counter()
    files = cycle(_hostile_files())
    readers = [asyncio.create_task(_read_on(desk, files, said)) for _ in range(AT_ONCE)]
    beside = await _seconds(desk, texts[1 : 2 * ASKED : 2])
    for reader in readers:
        reader.cancel()
    await asyncio.gather(*readers, return_exceptions=True)
    values = {
        f"{name} p{share}": round(float(np.percentile(seconds, share)), 2)
        for name, seconds in (("alone", alone), ("beside", beside))
        for share in (50, 95)
    }
    ratio = values["beside p95"] / values["alone p95"]
    return {**values, "p95 ratio": round(ratio, 2), "files": sum(said.values()), "said": dict(said)}


async def _seconds(desk: Desk, texts: list[str]) -> list[float]:
    """Return the seconds that each answer takes."""
    seconds = []
    for text in texts:
        start = time.perf_counter()
        await desk.answer(ask(text, now=datetime.now(UTC)))
        seconds.append(time.perf_counter() - start)
    return seconds


async def _read_on(desk: Desk, files: Iterator[tuple[str, bytes]], said: Counter[str]) -> None:
    """Preview the next of *files* again and again, and count what is said of each."""
    for name, data in files:
        try:
            preview = await desk.previewer.data(data, name, Hints())
            said[name if not preview.problems else preview.problems[0]] += 1
        except ReadingError as problem:
            said[str(problem)] += 1


def _hostile_files() -> list[tuple[str, bytes]]:
    """Return files that take long, or much, to be read."""
    once, packer = io.BytesIO(), zlib.compressobj(9)
    for _ in range(1024):
        once.write(packer.compress(bytes(2**20)))
    once.write(packer.flush())
    paragraph = "<p>In ward 7 Lund leads by 40 votes of 2,024.</p>"
    return [
        ("bomb.pdf", a_bomb(zlib.compress(once.getvalue(), 9))),
        ("paragraphs.html", f"<article>{paragraph * 39_000}</article>".encode()),
        ("days.txt", b"1 January " * 50_000),
        ("rows.csv", b"county,party,votes\n" + b"Tarn,Lund,12\n" * 100_000),
        ("nested.html", b"<div>" * 200_000 + b"x" + b"</div>" * 200_000),
    ]

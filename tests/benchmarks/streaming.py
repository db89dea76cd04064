"""How soon a sentence is shown after the model has written it, with the reader's share.

A model on loopback writes at a realistic pace and reads at one: its letters take as long as a
small prompt takes to be read. What is left is what the desk itself adds.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from aiohttp import web
from pydantic import SecretStr
from rich.console import Console
from rich.table import Table

from bot.answering.chat import chat_model
from bot.answering.proving.verifiers import ChatVerifier
from bot.answering.understanding.question import ask
from bot.answering.values import Claim, Watch
from bot.answering.writing.drafting import ModelWriter
from bot.desk import Desk, open_desk
from bot.evaluating import FROZEN, SetQuestion, read_question_set
from bot.evaluating import SAMPLE_QUESTIONS as QUESTIONS
from bot.settings import SAMPLE_COVERAGE, BotSettings
from ingest.adding import add
from ingest.index.cutting import sentences
from ingest.reading import Hints, read_path
from tests.benchmarks.servers import chat_server
from tests.bot.builders import written_by

PACE = 60
"""Tokens a second."""
TOKEN = 4
"""Characters of a token."""
SPARE = 80
"""Tokens that are written behind the first sentence, so that it must be shown before the end."""
READS = 0.4
"""Seconds until the first token of a reply."""


@dataclass(slots=True)
class Served:
    """When the first line was whole, how long the reader took, and how often it was asked."""

    line: float = 0.0
    reader: float = 0.0
    calls: int = 0


def measure(_: Path | None, out: Path) -> None:
    """Print and write the milliseconds from a line's end to its claim being shown."""
    rows = asyncio.run(measured())
    table = Table("first sentence, ms", "p50", "p99", "most", "answers")
    for name in ("written → shown", "of which the reader", "of which the desk"):
        quantiles = [float(np.quantile([row[name] for row in rows], q)) for q in (0.5, 0.99, 1.0)]
        table.add_row(name, *(f"{q:.1f}" for q in quantiles), str(len(rows)))
    Console(width=100).print(table)
    calls = {int(row["reader calls"]) for row in rows}
    Console(width=100).print(f"Reader calls before the first sentence: {calls}")
    (out / "streaming.json").write_text(json.dumps(rows))


async def measured() -> list[dict[str, float]]:
    """Ask each answerable question of a server that writes at :data:`PACE`."""
    questions = [
        question
        for question in read_question_set(QUESTIONS)
        if question.answerable and question.question.isascii()
    ]
    served = Served()
    with tempfile.TemporaryDirectory() as folder:
        settings = BotSettings.of({"DATA_DIR": folder})
        with open_desk(settings, holder="a benchmark", clock=lambda: FROZEN) as plain:
            add(read_path(SAMPLE_COVERAGE, Hints()), plain.archive, now=FROZEN)
            plain.coverage.catch_up()
            async with server(served) as url:
                chat = chat_model("paced", SecretStr("k"), url)
                writer = ModelWriter(chat, ChatVerifier(chat))
                desk = written_by(plain, writer)
                rows = [await first_shown(desk, question, served) for question in questions[:40]]
                await writer.close()
    return [row for row in rows if row]


async def first_shown(desk: Desk, question: SetQuestion, served: Served) -> dict[str, float]:
    """Return the milliseconds until the first claim was told, if there was one."""
    row: dict[str, float] = {}

    def told(claims: Sequence[Claim]) -> None:
        if claims and not row:
            whole_ms, reader = (time.perf_counter() - served.line) * 1000, served.reader * 1000
            row.update({"written → shown": whole_ms, "of which the reader": reader})
            row.update({"of which the desk": whole_ms - reader, "reader calls": served.calls})

    served.line, served.reader, served.calls = 0.0, 0.0, 0
    await desk.answer(ask(question.question, now=FROZEN), Watch(claims=told))
    return row


def draft_of(data: str) -> str:
    """Write the first sentence of the first passage that is given, and words that are dropped."""
    passage = json.loads(data)["coverage"][0]
    text = passage["text"].split("\n")[0]
    span = sentences(text, "en")[0]
    sentence = text[span.start : span.end]
    line = {"say": sentence, "quotes": [{"key": passage["key"], "quote": sentence}]}
    return json.dumps(line) + "\n" + json.dumps({"say": "x" * SPARE * TOKEN, "quotes": []})


def letters_of(data: str) -> str:
    """Say yes to every claim."""
    return "\n".join(f"{claim['key']} S" for claim in json.loads(data)["claims"])


@asynccontextmanager
async def server(served: Served) -> AsyncIterator[str]:
    """Serve a model on loopback, token by token; *served* notes the times of whole lines."""

    async def complete(request: web.Request) -> web.StreamResponse:
        began = time.perf_counter()
        data = (await request.json())["messages"][-1]["content"]
        reads = data.startswith('{"claims"')
        served.calls += reads
        text = letters_of(data) if reads else draft_of(data)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await asyncio.sleep(READS)
        for start in range(0, len(text), TOKEN):
            part = text[start : start + TOKEN]
            await response.write(event({"content": part}))
            if "\n" in part and not reads:
                served.line = time.perf_counter()
            await asyncio.sleep(1 / PACE)
        await response.write(event({}, "stop"))
        await response.write(b"data: [DONE]\n\n")
        if reads and not served.reader:
            served.reader = time.perf_counter() - began
        return response

    async with chat_server(complete) as url:
        yield url


def event(delta: dict[str, str], finish: str | None = None) -> bytes:
    """Return one event of a streamed chat completion."""
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    chunk = {"id": "x", "object": "chat.completion.chunk", "created": 0, "model": "paced"}
    return f"data: {json.dumps({**chunk, 'choices': [choice]})}\n\n".encode()

"""How soon a sentence is shown after the model has written it, at a realistic pace."""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
from aiohttp import web
from langchain_core.messages import HumanMessage, SystemMessage
from pydantic import SecretStr
from rich.console import Console
from rich.table import Table

from bot.__main__ import SAMPLE
from bot.answering.drafting import model_writer
from bot.answering.model import Claim
from bot.answering.question import ask
from bot.answering.watching import Watch
from bot.desk import Desk, open_desk
from bot.evaluating.evaluation import FROZEN, Asked, read
from bot.evaluating.evaluation import SAMPLE as QUESTIONS
from bot.evaluating.scripted import ScriptedModel
from bot.settings import Settings
from ingest.adding import add
from ingest.reading import Hints, read_path

PACE = 60
"""Tokens a second."""
TOKEN = 4
"""Characters of a token."""
SPARE = 40
"""Tokens that are written behind the first sentence, so that it must be shown before the end."""


def measure(_: Path | None, out: Path) -> None:
    """Print and write the milliseconds from a line's end to its claim being shown."""
    rows = asyncio.run(measured())
    table = Table("first sentence", "p50, ms", "p99, ms", "most, ms", "answers")
    quantiles = [float(np.quantile(rows, q)) for q in (0.5, 0.99, 1.0)]
    table.add_row("written → shown", *(f"{q:.1f}" for q in quantiles), str(len(rows)))
    Console(width=100).print(table)
    (out / "streaming.json").write_text(json.dumps(rows))


async def measured() -> list[float]:
    """Ask each answerable question of a server that writes at :data:`PACE`."""
    asked = [each for each in read(QUESTIONS) if each.answerable and each.question.isascii()]
    ended: list[float] = []
    waits: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.of({"DATA_DIR": folder})
        with open_desk(settings, holder="a benchmark", now=FROZEN) as plain:
            add(read_path(SAMPLE, Hints()), plain.archive, now=FROZEN)
            plain.catch_up()
            async with server(asked, ended) as url:
                writer = model_writer("paced", SecretStr("k"), url)
                desk = replace(plain, writers=(writer,))
                for each in asked[:40]:
                    waits += await first_shown(desk, each, ended)
                await writer.close()
    return waits


async def first_shown(desk: Desk, asked: Asked, ended: list[float]) -> list[float]:
    """Return the milliseconds until the first claim was told, if there was one."""
    shown: list[float] = []

    def told(claims: Sequence[Claim]) -> None:
        if claims and not shown:
            shown.append(time.perf_counter())

    ended.clear()
    await desk.answer(ask(asked.question, now=FROZEN), Watch(claims=told))
    return [(shown[0] - ended[0]) * 1000] if shown and ended else []


@asynccontextmanager
async def server(asked: Sequence[Asked], ended: list[float]) -> AsyncIterator[str]:
    """Serve a scripted model on loopback, token by token; *ended* notes when a line was whole."""
    script = ScriptedModel.of(asked)

    async def complete(request: web.Request) -> web.StreamResponse:
        sent = await request.json()
        kinds = {"system": SystemMessage, "user": HumanMessage}
        reply = script.reply([kinds[m["role"]](m["content"]) for m in sent["messages"]])
        first, *_ = reply.splitlines()
        text = first + "\n" + json.dumps({"say": "x" * SPARE * TOKEN, "rests": []})
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for start in range(0, len(text), TOKEN):
            part = text[start : start + TOKEN]
            await response.write(event({"content": part}))
            if "\n" in part:
                ended.append(time.perf_counter())
            await asyncio.sleep(1 / PACE)
        await response.write(event({}, "stop"))
        await response.write(b"data: [DONE]\n\n")
        return response

    app = web.Application()
    app.router.add_post("/v1/chat/completions", complete)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    try:
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        await runner.cleanup()


def event(delta: dict[str, str], finish: str | None = None) -> bytes:
    """Return one event of a streamed chat completion."""
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    chunk = {"id": "x", "object": "chat.completion.chunk", "created": 0, "model": "paced"}
    return f"data: {json.dumps({**chunk, 'choices': [choice]})}\n\n".encode()

"""The cost of answers with a model and its reader: requests and tokens, by settings.

A model on loopback drafts three sentences of each question's first passages, in words that are not
quite theirs, and its reader says yes to each; what both are sent is what the desk sends. Tokens are
those of the tokenizer that ships with the local embedder: for English and Japanese news it counts
within an eighth of what chat models' own do. Prices are made up, so that others' follow by scaling.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from aiohttp import web
from pydantic import SecretStr
from rich.console import Console
from rich.table import Table
from tokenizers import Tokenizer

from bot.answering.chat import chat_model
from bot.answering.proving.verifiers import ChatVerifier
from bot.answering.understanding.question import ask
from bot.answering.values import Answer
from bot.answering.writing.drafting import ModelWriter
from bot.desk import Desk
from ingest.embedding.onnx_folder import TOKENIZER, ensure_unpacked
from ingest.index.cutting import sentences
from tests.benchmarks.asked import NOW, covered
from tests.benchmarks.corpora import lines
from tests.benchmarks.servers import chat_server
from tests.benchmarks.streaming import event, letters_of
from tests.bot.builders import written_by

COVERAGE = (6000, 3000, 1500)
"""Values of COVERAGE_TOKENS; the first is what it is unset."""
SENTENCES = 3
WRITTEN, READ = "writer", "reader"
PRICE = {"given": 1.0, "written": 4.0}
"""Of a million tokens."""


@dataclass(slots=True)
class Used:
    """Tokens that passed, and requests, by who was asked."""

    given: dict[str, int] = field(default_factory=lambda: {WRITTEN: 0, READ: 0})
    written: dict[str, int] = field(default_factory=lambda: {WRITTEN: 0, READ: 0})
    requests: dict[str, int] = field(default_factory=lambda: {WRITTEN: 0, READ: 0})
    wrong: bool = False
    """Whether the last sentence of each draft has a wrong figure, which is dropped and mended."""


def measure(data: Path | None, out: Path) -> None:
    """Ask the real questions with each setting; print and write the cost of 1,000 answers."""
    if data is None:
        raise SystemExit("Name the folder that holds asked, pages and seed: DATA=folder")
    questions = [line["question"] for line in lines(data / "asked" / "questions.jsonl")]
    with covered(data) as desk:
        ways = [(tokens, False) for tokens in COVERAGE] + [(COVERAGE[0], True)]
        rows = [asyncio.run(cost(desk, questions, tokens, wrong=wrong)) for tokens, wrong in ways]
    table = Table(*rows[0])
    for row in rows:
        table.add_row(*(f"{v:,.2f}" if isinstance(v, float) else str(v) for v in row.values()))
    Console(width=160).print(table)
    (out / "cost.json").write_text(json.dumps(rows, indent=2))


async def cost(
    desk: Desk, questions: Sequence[str], tokens: int, *, wrong: bool
) -> Mapping[str, object]:
    """Return the cost of the answers to *questions*, scaled to 1,000 of them."""
    used, proven = Used(wrong=wrong), 0
    async with server(used) as url:
        key = SecretStr("k")
        verifier = ChatVerifier(chat_model(READ, key, url))
        writer = ModelWriter(chat_model(WRITTEN, key, url), verifier, tokens=tokens)
        by_model = written_by(desk, writer)
        for text in questions:
            outcome = await by_model.answer(ask(text, now=NOW))
            proven += isinstance(outcome, Answer) and bool(outcome.claims)
        await writer.close()
    scale = 1000 / len(questions)
    totals = {way: sum(getattr(used, way).values()) for way in PRICE}
    return {
        "COVERAGE_TOKENS": tokens,
        "a sentence is mended": "yes" if wrong else "no",
        "proven": f"{proven} of {len(questions)}",
        "writer asked": used.requests[WRITTEN] * scale,
        "reader asked": used.requests[READ] * scale,
        "writer given, M": used.given[WRITTEN] * scale / 1e6,
        "writer wrote, M": used.written[WRITTEN] * scale / 1e6,
        "reader given, M": used.given[READ] * scale / 1e6,
        "reader wrote, M": used.written[READ] * scale / 1e6,
        "cost at 1 and 4": sum(totals[way] * scale / 1e6 * price for way, price in PRICE.items()),
    }


@cache
def tokenizer() -> Tokenizer:
    """Open the tokenizer that ships with the local embedder."""
    with TemporaryDirectory() as folder:
        return Tokenizer.from_file(str(ensure_unpacked(Path(folder)) / TOKENIZER))


def tokens_in(text: str) -> int:
    """Count the tokens of *text* line by line, as the tokenizer may cut long input."""
    parts = [text[at : at + 1000] for at in range(0, len(text), 1000)]
    return sum(
        len(encoding.ids) for encoding in tokenizer().encode_batch(parts, add_special_tokens=False)
    )


def draft_of(data: str, *, wrong: bool) -> str:
    """Report the first sentence of each of the first passages; the last with a wrong figure."""
    prompt = json.loads(data)
    if "sentences" in prompt:
        return "\n".join(mended(sentence) for sentence in prompt["sentences"])
    drafted = []
    for passage in prompt["coverage"][:SENTENCES]:
        text = passage["text"].split("\n")[0]
        span = sentences(text, "en")[0]
        sentence_text = text[span.start : span.end]
        drafted.append(
            {
                "say": f"It was reported: {sentence_text}",
                "quotes": [{"key": passage["key"], "quote": sentence_text}],
            }
        )
    if wrong and drafted:
        drafted[-1]["say"] = f"{drafted[-1]['say']} That was 987654 more."
    return "\n".join(json.dumps(line, ensure_ascii=False) for line in drafted)


def mended(dropped: Mapping[str, Any]) -> str:
    """Return a claim with the same quotes as a dropped one, without its wrong figure."""
    claim, rests = f"It was reported: {dropped['quotes'][0]['quote']}", dropped["quotes"]
    return json.dumps({"number": dropped["number"], "say": claim, "quotes": rests})


@asynccontextmanager
async def server(used: Used) -> AsyncIterator[str]:
    """Serve writer and reader on loopback; *used* counts their tokens in and out."""

    async def complete(request: web.Request) -> web.StreamResponse:
        body = await request.json()
        model, contents = body["model"], [message["content"] for message in body["messages"]]
        reads = contents[-1].startswith('{"claims"')
        text = letters_of(contents[-1]) if reads else draft_of(contents[-1], wrong=used.wrong)
        used.requests[model] += 1
        used.given[model] += sum(map(tokens_in, contents))
        used.written[model] += tokens_in(text)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(event({"content": text}))
        await response.write(event({}, "stop"))
        await response.write(b"data: [DONE]\n\n")
        return response

    async with chat_server(complete) as url:
        yield url

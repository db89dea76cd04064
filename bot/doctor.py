"""Try each part that the settings name, and say on one line how it is, or what to do."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from bot.answering.chat.meter import ChatError, Meter
from bot.answering.evidence.reader import NO_READER, window_reader
from bot.models import chats
from bot.settings import BotSettings
from ingest.archive import Archive
from ingest.calling import as_called
from ingest.embedding.embedder import embedder, weakness_message
from ingest.errors import EmbeddingError, IngestError, SettingsError
from ingest.index.ownership import owner
from ingest.index.vectors import client_of
from ingest.model import Generation
from ingest.showing import cell, print_line, when

if TYPE_CHECKING:
    from bot.answering.chat.chat import Chat

_ASKED = [("Answer with the one word OK and nothing else.", "Are you there?")]
"""What a chat model is asked."""
_TEXT = "election"
"""What an embedder is asked."""
_FAILING = 3
"""Sources that fail which are named."""


@dataclass(frozen=True, slots=True)
class _PartFinding:
    """One part of the desk, whether it is well, and what is to be said of it."""

    part: str
    well: bool
    said: str


def examine(settings: BotSettings, now: datetime, *, quick: bool = False) -> Iterator[_PartFinding]:
    """Yield how each part is; one that fails keeps none of the others from being tried.

    Without a folder there is nothing else to try. What is *quick* embeds nothing and asks no model,
    which takes seconds and may cost money.
    """
    yield _tried("folder", lambda: _folder(settings.data_dir))
    if not settings.data_dir.is_dir():
        return
    yield from _kept(settings, now, quick=quick)
    if not quick:
        yield from _models(settings)
    said = "DISCORD_TOKEN is set" if settings.discord_token else "no DISCORD_TOKEN: a terminal chat"
    yield _PartFinding("discord", True, said)


def _kept(settings: BotSettings, now: datetime, *, quick: bool) -> Iterator[_PartFinding]:
    """Yield how the archive is, and what depends on it."""
    if settings.chroma_url:
        yield _tried("vectors", lambda: _vectors(settings))
    try:
        opened = Archive.open(settings.archive_url)
    except IngestError as error:
        yield _PartFinding("archive", False, str(error))
        if not quick:
            yield _tried("embedding", lambda: _embedding(settings, None))
        return
    with opened:
        yield _tried("archive", lambda: _archive(opened, now))
        yield _tried("sources", lambda: _sources(opened))
        yield _tried("index", lambda: _index(opened, settings))
        if not quick:
            yield _tried("embedding", lambda: _embedding(settings, opened.generations.active()))
            yield _tried("reader", lambda: _reader(settings))


def _tried(part: str, work: Callable[[], str]) -> _PartFinding:
    """Try one part; what goes wrong is what is said of it."""
    try:
        return _PartFinding(part, True, work())
    except (IngestError, OSError) as error:
        return _PartFinding(part, False, " ".join(str(error).split()))


def _folder(data: Path) -> str:
    """Write into the folder that holds all state.

    Raises:
        SettingsError: it cannot be written.
    """
    mark = data / ".doctor"
    try:
        data.mkdir(parents=True, exist_ok=True)
        mark.write_text("ok", encoding="utf-8")
        mark.unlink()
    except OSError as error:
        raise SettingsError(
            f"{data} cannot be written ({error.strerror}). Choose another folder with DATA_DIR, or "
            "mend its permissions."
        ) from error
    return f"{data} can be written"


def _archive(opened: Archive, now: datetime) -> str:
    """Count what the archive holds."""
    summary = opened.summary()
    if not summary.articles:
        return "it holds no article yet: `python -m ingest add PATH` adds coverage"
    newest = max((str(each.newest) for each in summary.outlets if each.newest), default="")
    return f"{summary.articles:,} articles, the newest of {newest[:10]}; now {when(now)}"


def _sources(opened: Archive) -> str:
    """Say which sources failed when they were last looked at; that is no fault of the desk."""
    every = opened.sources.watched()
    failing = [each for each in every if each.failure]
    if not failing:
        return f"{len(every)} watched, none fails"
    named = "; ".join(f"{each.address}: {each.failure}" for each in failing[:_FAILING])
    return f"{len(failing)} of {len(every)} fail: {named}"


def _vectors(settings: BotSettings) -> str:
    """Reach the Chroma server."""
    client = client_of(settings.data_dir / "index" / "vectors", settings.chroma_url)
    client.heartbeat()
    return f"the Chroma server at {settings.chroma_url} answers"


def _index(opened: Archive, settings: BotSettings) -> str:
    """Say what serves, whether it holds everything, and whose it is."""
    generation = opened.generations.active()
    if generation is None:
        return "there is none yet: it is made when coverage is added or asked for"
    behind = opened.passages.count_after(generation.caught_up_to)
    holder = None if settings.chroma_url else owner(settings.data_dir / "index")
    held = f", held by {holder}" if holder else ""
    lacks = f"{behind:,} passages wait to be indexed" if behind else "it holds everything"
    weak = weakness_message(generation.model, settings)
    found = f"{generation.model}, {generation.dimensions} dimensions: {lacks}{held}"
    return f"{found}. {weak}" if weak else found


def _embedding(settings: BotSettings, generation: Generation | None) -> str:
    """Embed a word, and compare its length with that of the index."""
    began = time.perf_counter()
    model = embedder(settings, generation.model if generation else None)
    found = model.question(_TEXT)
    took = (time.perf_counter() - began) * 1000
    if generation and generation.model == model.model and len(found) != generation.dimensions:
        raise EmbeddingError(
            f"{model.model} sends {len(found)} numbers and the index has {generation.dimensions}. "
            "`python -m ingest rebuild` makes it anew."
        )
    return f"{model.model} embeds, {len(found)} dimensions, in {took:,.0f} ms"


def _reader(settings: BotSettings) -> str:
    """Open what reads windows, and name it.

    Raises:
        SettingsError: RERANK_MODEL cannot be opened.
    """
    if window_reader(settings) is None:
        return NO_READER
    return settings.rerank_model or "the shipped reader reads"


def _models(settings: BotSettings) -> Iterator[_PartFinding]:
    """Ask each chat model for one word."""
    try:
        writing, reading = chats(settings)
    except IngestError as error:
        yield _PartFinding("models", False, str(error))
        return
    if not writing and reading is None:
        yield _PartFinding("models", True, "no CHAT_MODEL: the coverage answers in its own words")
    for part, chat in (*(("writer", each) for each in writing), ("reader", reading)):
        if chat is not None:
            yield asyncio.run(chat_findings(part, chat))


async def chat_findings(part: str, chat: Chat) -> _PartFinding:
    """Ask one model whether it is there."""
    meter, began = Meter(), time.perf_counter()
    try:
        async for _ in chat.lines(_ASKED, meter):
            pass
    except ChatError as error:
        return _PartFinding(
            part, False, f"{chat.name} does not answer ({error.trouble}): {meter.said}"
        )
    finally:
        await chat.close()
    return _PartFinding(part, True, f"{chat.name} answers in {time.perf_counter() - began:.1f} s")


def show(found: Iterator[_PartFinding], *, as_json: bool) -> bool:
    """Print each part as it is tried, and tell whether all are well."""
    well = True
    table = Table(box=None, show_header=False)
    for each in found:
        well = well and each.well
        if as_json:
            print_line(asdict(each))
        else:
            sign = cell("ok" if each.well else "bad", "green" if each.well else "bold red")
            table.add_row(sign, cell(each.part, "bold"), cell(as_called(each.said)))
    if not as_json:
        Console().print(table)
    return well

"""Draft with a chat model: JSON Lines, one sentence a line, as the model writes them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Mapping,
    Sequence,
)
from dataclasses import dataclass, field
from typing import Any

import openai
from langchain.chat_models import init_chat_model
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage, HumanMessage, SystemMessage
from pydantic import BaseModel, Field, SecretStr, ValidationError

from bot.answering.model import (
    Dropped,
    Failing,
    Language,
    Question,
    Rest,
    Sentence,
    Trouble,
    Usage,
)
from bot.answering.prompting import Prompt, material
from ingest.errors import SettingsError
from ingest.model import Evidence

TIMEOUT = 30.0
"""Seconds for one request to begin, and between two parts of a stream."""
RETRIES = 2
LONGEST = 2000
"""Tokens of the longest draft."""
NAMES = {Language.ENGLISH: "English", Language.JAPANESE: "Japanese"}
FINISHED = frozenset({"stop", "end_turn", "STOP", "eos", "tool_calls"})
REFUSALS = frozenset({"content_filter", "refusal", "SAFETY"})


class WritingError(Exception):
    """The model did not write; ``trouble`` says why, and the words for it are the wording's."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


class RestLine(BaseModel):
    """What a line rests on, as the model sends it."""

    key: str = Field(max_length=20)
    quote: str = Field(min_length=1, max_length=2000)


class Line(BaseModel):
    """One line of a draft, as the model sends it: a sentence, or what the coverage leaves open."""

    say: str | None = Field(None, min_length=1, max_length=800)
    rests: list[RestLine] = Field(default_factory=list, max_length=8)
    unsaid: str | None = Field(None, max_length=500)
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Unsaid:
    """A part of the question that the coverage leaves open, in the question's own words."""

    text: str


@dataclass(slots=True)
class Meter:
    """What a model was given and wrote, in tokens, added up as it reports it."""

    usage: Usage = field(default_factory=Usage)

    def count(self, chunk: AIMessageChunk) -> None:
        """Add what *chunk* reports, if it does."""
        if told := chunk.usage_metadata:
            more = Usage(told.get("input_tokens", 0), told.get("output_tokens", 0))
            self.usage = self.usage + more


Drafted = Sentence | Unsaid | Dropped


class ModelWriter:
    """Writes drafts with one chat model. Nothing of it is shown before it is verified."""

    def __init__(
        self,
        model: BaseChatModel,
        name: str,
        *,
        patience: float = TIMEOUT,
        close: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Write with *model*; *patience* is the longest wait for a part, *close* its end."""
        self.name = name
        self._close = close
        self.prompt = Prompt.load("answer")
        self._model = model
        self._patience = patience

    async def close(self) -> None:
        """Let go of the connections, in the event loop that used them."""
        if self._close is not None:
            await self._close()

    def instructions(self, question: Question) -> str:
        """Return what the model is told before *question*."""
        return self.prompt.filled(
            language=NAMES[question.language], today=question.asked_at.date().isoformat()
        )

    async def draft(
        self, question: Question, given: Mapping[str, Evidence], meter: Meter
    ) -> AsyncGenerator[Drafted, None]:
        """Yield each sentence as soon as the model has ended its line.

        Raises:
            WritingError: the model failed, or stopped before its end; what came is incomplete.
        """
        messages = [
            SystemMessage(self.instructions(question)),
            HumanMessage(material(question.text, given)),
        ]
        async for line in self._lines(messages, meter):
            yield parsed(line)

    async def mend(
        self,
        question: Question,
        given: Mapping[str, Evidence],
        dropped: Mapping[int, Dropped],
        meter: Meter,
    ) -> AsyncGenerator[tuple[int, Sentence], None]:
        """Yield a new sentence for some of those *dropped*, each with its number."""
        faults = [
            {"number": n, "said": d.text, "reason": d.failing.value, "words": d.detail}
            for n, d in dropped.items()
        ]
        messages = [
            SystemMessage(self.instructions(question)),
            HumanMessage(material(question.text, given)),
            SystemMessage(Prompt.load("mend").filled(language=NAMES[question.language])),
            HumanMessage(json.dumps({"sentences": faults}, ensure_ascii=False)),
        ]
        async for line in self._lines(messages, meter):
            sentence, number = parsed(line), numbered(line)
            if isinstance(sentence, Sentence) and number is not None and number in dropped:
                yield number, sentence

    async def rewrite(self, text: str, asked: Sequence[str], titles: Sequence[str]) -> str:
        """Return the one question that the follow-up *text* means.

        Raises:
            WritingError: the model failed.
        """
        told = {"earlier_questions": list(asked), "cited_titles": list(titles), "follow_up": text}
        messages = [
            SystemMessage(Prompt.load("rewrite").filled()),
            HumanMessage(json.dumps(told, ensure_ascii=False)),
        ]
        lines = [line async for line in self._lines(messages, Meter())]
        return lines[0]

    async def _lines(self, messages: list[BaseMessage], meter: Meter) -> AsyncIterator[str]:
        """Yield the lines of one reply; the last only once the model says that it is done."""
        rest, ended, wrote = "", None, False
        stream = aiter(self._model.astream(messages))
        while (chunk := await self._next(stream)) is not None:
            meter.count(chunk)
            reason = chunk.response_metadata.get("finish_reason")
            ended = reason or chunk.response_metadata.get("stop_reason") or ended
            if chunk.additional_kwargs.get("refusal"):
                raise WritingError(Trouble.REFUSED)
            *lines, rest = (rest + chunk.text).split("\n")
            for line in filter(telling, lines):
                wrote = True
                yield line.strip()
        if ended in REFUSALS:
            raise WritingError(Trouble.REFUSED)
        if ended not in FINISHED:
            raise WritingError(Trouble.TRUNCATED)
        if telling(rest):
            wrote = True
            yield rest.strip()
        if not wrote:
            raise WritingError(Trouble.EMPTY)

    async def _next(self, stream: AsyncIterator[BaseMessage]) -> AIMessageChunk | None:
        """Return the next part of *stream*, ``None`` at its end."""
        try:
            chunk = await asyncio.wait_for(anext(stream, None), self._patience)
        except Exception as error:
            raise WritingError(trouble_of(error)) from error
        return chunk if isinstance(chunk, AIMessageChunk) else None


def telling(line: str) -> bool:
    """Tell whether a line says anything: fences around the lines do not."""
    return bool(line.strip()) and not line.strip().startswith("```")


def parsed(line: str) -> Drafted:
    """Read one line of a draft; one of another form is dropped for that reason."""
    try:
        read = Line.model_validate_json(line)
    except ValidationError:
        return Dropped(line[:200], Failing.FORM, "")
    if read.say is not None:
        rests = tuple(Rest(each.key, each.quote) for each in read.rests)
        return Sentence(" ".join(read.say.split()), rests)
    return Unsaid(read.unsaid) if read.unsaid else Dropped(line[:200], Failing.FORM, "")


def numbered(line: str) -> int | None:
    """Return the number that a line says it mends."""
    try:
        return Line.model_validate_json(line).number
    except ValidationError:
        return None


def trouble_of(error: Exception) -> Trouble:
    """Name what went wrong; other providers' errors than OpenAI's are told by their kind alone."""
    if isinstance(error, TimeoutError | openai.APITimeoutError):
        return Trouble.STALLED
    if isinstance(error, openai.RateLimitError):
        return Trouble.BUSY
    if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
        return Trouble.KEY
    if isinstance(error, openai.NotFoundError):
        return Trouble.MODEL
    if isinstance(error, openai.APIConnectionError | OSError):
        return Trouble.CONNECTION
    if isinstance(error, json.JSONDecodeError):
        return Trouble.MALFORMED
    return Trouble.FAILED


def model_writer(
    name: str, key: SecretStr | None, base_url: str | None, *, patience: float = TIMEOUT
) -> ModelWriter:
    """Open the chat model *name*: one of OpenAI's or of *base_url*, or ``provider:model``.

    Raises:
        SettingsError: its provider is not installed or lacks a key.
    """
    provider, _, rest = name.rpartition(":")
    options: dict[str, Any] = {
        "timeout": TIMEOUT,
        "max_retries": RETRIES,
        "max_tokens": LONGEST,
        "temperature": 0,
    }
    try:
        if provider in {"", "openai"}:
            client = openai.DefaultAsyncHttpxClient(timeout=TIMEOUT)
            options |= {"api_key": key or SecretStr("none"), "base_url": base_url}
            options |= {"stream_usage": True, "http_async_client": client}
            model = init_chat_model(rest, model_provider="openai", **options)
            return ModelWriter(model, name, patience=patience, close=client.aclose)
        return ModelWriter(init_chat_model(name, **options), name, patience=patience)
    except (ImportError, ValueError, openai.OpenAIError) as error:
        raise SettingsError(
            f"CHAT_MODEL={name} cannot be used ({str(error).splitlines()[0]}). Name a model of "
            "OpenAI or of OPENAI_BASE_URL, or install the package of its provider."
        ) from error

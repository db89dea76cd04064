"""A chat model: what is said to it, and its reply line by line, whatever server it is on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import openai
from langchain.chat_models import init_chat_model
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage, HumanMessage, SystemMessage
from pydantic import SecretStr

from bot.answering.model import Dropped, Trouble, Usage
from bot.answering.proving.reader import Metering
from ingest.errors import SettingsError

TIMEOUT = 30.0
"""Seconds for one request to begin, and between two parts of a stream."""
RETRIES = 2
LONGEST = 2000
"""Tokens of the longest reply."""
FINISHED = frozenset({"stop", "end_turn", "STOP", "eos", "tool_calls"})
REFUSALS = frozenset({"content_filter", "refusal", "SAFETY"})


class ChatError(Exception):
    """The model did not reply; ``trouble`` says why, and the words for it are the wording's."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


@dataclass(slots=True)
class Meter:
    """What models were given and wrote, in tokens, and which of their sentences were lost."""

    usage: Usage = field(default_factory=Usage)
    lost: list[Dropped] = field(default_factory=list)


class Chat:
    """One chat model on one server."""

    def __init__(
        self,
        model: BaseChatModel,
        name: str,
        *,
        patience: float = TIMEOUT,
        close: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Speak with *model*; *patience* is the longest wait for a part, *close* its end."""
        self.name = name
        self._model = model
        self._patience = patience
        self._close = close

    async def close(self) -> None:
        """Let go of the connections, in the event loop that used them."""
        if self._close is not None:
            await self._close()

    async def lines(
        self, said: list[tuple[str, str]], meter: Metering
    ) -> AsyncGenerator[str, None]:
        """Yield the lines of one reply to *said*, pairs of an instruction and what it is about.

        The last line comes only once the model says that it is done.

        Raises:
            ChatError: the model failed, or stopped before its end; what came is incomplete.
        """
        messages: list[BaseMessage] = []
        for instruction, data in said:
            messages += [SystemMessage(instruction), HumanMessage(data)]
        rest, ended, wrote = "", None, False
        stream = aiter(self._model.astream(messages))
        while (chunk := await self._next(stream)) is not None:
            meter.usage += usage_of(chunk)
            reason = chunk.response_metadata.get("finish_reason")
            ended = reason or chunk.response_metadata.get("stop_reason") or ended
            if chunk.additional_kwargs.get("refusal"):
                raise ChatError(Trouble.REFUSED)
            *lines, rest = (rest + chunk.text).split("\n")
            for line in filter(telling, lines):
                wrote = True
                yield line.strip()
        if ended in REFUSALS:
            raise ChatError(Trouble.REFUSED)
        if ended not in FINISHED:
            raise ChatError(Trouble.TRUNCATED)
        if telling(rest):
            wrote = True
            yield rest.strip()
        if not wrote:
            raise ChatError(Trouble.EMPTY)

    async def _next(self, stream: AsyncIterator[BaseMessage]) -> AIMessageChunk | None:
        """Return the next part of *stream*, ``None`` at its end."""
        try:
            chunk = await asyncio.wait_for(anext(stream, None), self._patience)
        except Exception as error:
            raise ChatError(trouble_of(error)) from error
        return chunk if isinstance(chunk, AIMessageChunk) else None


def usage_of(chunk: AIMessageChunk) -> Usage:
    """Return the tokens that *chunk* reports."""
    told = chunk.usage_metadata
    return Usage(told.get("input_tokens", 0), told.get("output_tokens", 0)) if told else Usage()


def telling(line: str) -> bool:
    """Tell whether a line says anything: fences around the lines do not."""
    return bool(line.strip()) and not line.strip().startswith("```")


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


def chat_model(
    name: str,
    key: SecretStr | None,
    base_url: str | None,
    *,
    patience: float = TIMEOUT,
    setting: str = "CHAT_MODEL",
) -> Chat:
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
            return Chat(model, name, patience=patience, close=client.aclose)
        return Chat(init_chat_model(name, **options), name, patience=patience)
    except (ImportError, ValueError, openai.OpenAIError) as error:
        raise SettingsError(
            f"{setting}={name} cannot be used ({str(error).splitlines()[0]}). Name a model of "
            "OpenAI or of OPENAI_BASE_URL, or install the package of its provider."
        ) from error

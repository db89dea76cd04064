"""A chat model: what is said to it, and its reply line by line, whatever server it is on."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Container,
    Iterator,
    Mapping,
)
from enum import StrEnum
from typing import Any

import openai
from langchain.chat_models import init_chat_model
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage, HumanMessage, SystemMessage
from pydantic import SecretStr

from bot.answering.chat.meter import ChatError, Meter
from bot.answering.chat.replies import Thoughtless
from bot.answering.model import Trouble, Usage
from ingest.errors import SettingsError
from ingest.responses import UNCOMPRESSED, TooLongError, limit_async

logger = logging.getLogger(__name__)

_TIMEOUT = 30.0
"""Seconds for one request to begin, and between two parts of a stream."""
RETRIES = 2
_LONGEST = 2000
"""Tokens of the longest reply."""
_CHARACTERS = 200_000
"""Characters of the longest reply that is read, thoughts among them."""
_BYTES = 8_000_000
"""Bytes of the same, with what a server wraps around each part."""
_REPLY = 120.0
"""Seconds that a model may write, from its first part on, for one answer with all its checks."""
_CUT = frozenset({"length", "max_tokens", "MAX_TOKENS"})
"""How a reply ends that had no room; what servers say otherwise, or do not say, is an end."""
_WHOLE = re.compile(r"[}\]`]\s*$|\n$")
"""How objects and lines end that are whole although their server does not say so."""
_REFUSALS = frozenset({"content_filter", "refusal", "SAFETY"})
_PROVIDERS = frozenset(
    {"anthropic", "anthropic_bedrock", "azure_ai", "azure_openai", "baseten", "bedrock"}
    | {"bedrock_converse", "cohere", "deepseek", "fireworks", "google_anthropic_vertex"}
    | {"google_genai", "google_vertexai", "groq", "huggingface", "ibm", "litellm", "mistralai"}
    | {"nvidia", "ollama", "openai", "openrouter", "perplexity", "together", "upstage", "xai"}
)
"""LangChain's names of providers; any other word before a colon is part of a model's name."""
_FINE_TUNED = "ft"
"""What stands before the colon of OpenAI's own models that somebody has tuned."""
_TOO_LONG = re.compile(
    r"context[ _](?:length|window|size)|maximum context|prompt is too long|too many tokens|n_ctx"
    r"|exceeds? .{0,40}(?:context|tokens)|input is too long",
    re.IGNORECASE,
)
_SAID = 500
"""Characters of what a server said that are written down."""
_MISLED = frozenset({Trouble.MODEL, Trouble.MALFORMED, Trouble.CONNECTION, Trouble.FAILED})
"""What a wrong address looks like."""


class OptionalPart(StrEnum):
    """What a server may refuse, and is then asked without for as long as the desk runs."""

    USAGE = "usage"
    TOKENS = "tokens"
    TEMPERATURE = "temperature"
    SYSTEM = "system"
    SCHEMA = "json_schema"
    JSON = "json_object"


_FORMS = (OptionalPart.SCHEMA, OptionalPart.JSON)
"""How a server can be made to keep to a form, the stricter first."""
_IN_ONE = 'Put all of the objects into one: {"sentences": [the objects, in their order]}.'
"""What a model is told whose server keeps it to one object."""
REFUSED: Mapping[OptionalPart, re.Pattern[str]] = {
    OptionalPart.USAGE: re.compile(r"stream_options|include_usage", re.IGNORECASE),
    OptionalPart.TOKENS: re.compile(r"max_completion_tokens", re.IGNORECASE),
    OptionalPart.TEMPERATURE: re.compile(r"temperature", re.IGNORECASE),
    OptionalPart.SYSTEM: re.compile(
        r"system (?:role|message|prompt)|\brole[s']|alternate", re.IGNORECASE
    ),
    OptionalPart.SCHEMA: re.compile(
        r"response_format|schema|structured|grammar|guided", re.IGNORECASE
    ),
    OptionalPart.JSON: re.compile(r"response_format|json_object|json mode", re.IGNORECASE),
}
"""How a server says so, in whatever sentence."""


class Chat:
    """One chat model on one server."""

    def __init__(
        self,
        model: BaseChatModel,
        name: str,
        *,
        patience: float = _TIMEOUT,
        first: float | None = None,
        whole: float = _REPLY,
        close: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Speak with *model*; *close* is its end.

        *patience* is the longest wait for a part, *first* that for the first one, *whole* the
        longest that everything may take which one answer asks behind its first part, in seconds.
        """
        self.name = name
        self._model = model
        self._patience = patience
        self._first = first or patience
        self.whole = whole
        self._close = close
        self._without: set[OptionalPart] = set()
        self._ends: bool | None = None
        """Whether this server says that a reply has ended, as far as that is known."""

    async def close(self) -> None:
        """Let go of the connections, in the event loop that used them."""
        if self._close is not None:
            await self._close()

    async def lines(self, said: list[tuple[str, str]], meter: Meter) -> AsyncGenerator[str, None]:
        """Yield the lines of one reply to *said*, pairs of an instruction and what it is about.

        The last line comes only once the reply has ended. Thoughts are left out.

        Raises:
            ChatError: the model failed, or stopped before its end; what came is incomplete.
        """
        thoughts, wrote = Thoughtless(), False
        line: list[str] = []
        async for piece in self.parts(said, meter):
            for each in thoughts.feed(piece):
                if each is None:
                    line.clear()
                    continue
                first, *others = each.split("\n")
                line.append(first)
                for other in others:
                    if _telling(ended := "".join(line)):
                        wrote = True
                        yield ended.strip()
                    line = [other]
        rest = "".join((*line, thoughts.end()))
        if _telling(rest):
            wrote = True
            yield rest.strip()
        if not wrote:
            raise ChatError(Trouble.EMPTY, "it wrote nothing besides its thoughts")

    async def parts(
        self,
        said: list[tuple[str, str]],
        meter: Meter,
        form: Mapping[str, Any] | None = None,
    ) -> AsyncGenerator[str, None]:
        """Yield the pieces of one reply as they come.

        A server that refuses an optional part of the request is asked once more without it, and
        from then on. *form* is a JSON schema with its name, to which a server that can holds the
        model.

        Raises:
            ChatError: the model failed, refused, or stopped before its end.
        """
        while True:
            began, asked = False, self._form(form)
            try:
                async for piece in self._stream(said, meter, asked, form):
                    began = began or bool(piece.strip())
                    yield piece
            except GeneratorExit:
                meter.calls[self.name, "stopped"] += 1
                raise
            except ChatError as error:
                way = None if began else self._refused(error, asked)
                meter.calls[self.name, str(error.trouble)] += 1
                if way is None:
                    meter.said = self._told(error)
                    raise
                self._without.add(way)
                logger.info("%s refuses %s and is asked without it.", self.name, way)
            else:
                meter.calls[self.name, "ok"] += 1
                return

    def _form(self, form: Mapping[str, Any] | None) -> OptionalPart | None:
        """Return how the server is made to keep to *form*, if it can be."""
        able = form is not None and hasattr(self._model, "extra_body")
        return next((way for way in _FORMS if able and way not in self._without), None)

    def _refused(self, error: ChatError, asked: OptionalPart | None) -> OptionalPart | None:
        """Return what a server refuses; one that keeps to a form and says nothing refuses that."""
        if error.trouble is Trouble.EMPTY:
            return asked
        others = {way for way in _FORMS if way is not asked}
        return refused(error.detail, self._without | others)

    async def _stream(
        self,
        said: list[tuple[str, str]],
        meter: Meter,
        asked: OptionalPart | None,
        form: Mapping[str, Any] | None,
    ) -> AsyncGenerator[str, None]:
        """Ask once, for *form* in the way that is *asked*, and yield the pieces of the reply."""
        used, ended, text, length = Usage(), None, "", 0
        stream = aiter(self._asked(asked, form).astream(self._messages(said, asked)))
        patience = self._first
        try:
            while (chunk := await self._next(stream, patience, meter)) is not None:
                patience = self._patience
                meter.until = meter.until or asyncio.get_running_loop().time() + self.whole
                told = _usage_of(chunk)
                used = Usage(max(used.read, told.read), max(used.wrote, told.wrote))
                reason = chunk.response_metadata.get("finish_reason")
                ended = reason or chunk.response_metadata.get("stop_reason") or ended
                if chunk.additional_kwargs.get("refusal"):
                    raise ChatError(Trouble.REFUSED, "it refused")
                text = (text + chunk.text[-_SAID:])[-_SAID:]
                length += len(chunk.text)
                if length > _CHARACTERS:
                    raise ChatError(
                        Trouble.TRUNCATED, f"it wrote more than {_CHARACTERS:,} characters"
                    )
                yield chunk.text
        finally:
            meter.usage += used
            if isinstance(stream, AsyncGenerator):
                await stream.aclose()
        if ended in _REFUSALS:
            raise ChatError(Trouble.REFUSED, f"it ended with {ended}")
        if ended in _CUT:
            raise ChatError(Trouble.TRUNCATED, f"it ended with {ended}")
        whole = _WHOLE.search(text) is not None
        if ended or (whole and self._ends is None):
            self._ends = bool(ended)
        if not ended and not whole and self._ends is not False:
            raise ChatError(Trouble.TRUNCATED, f"it ended without saying so{self._advice}")
        if not text.strip():
            raise ChatError(Trouble.EMPTY, f"it wrote nothing{self._advice}")

    def _asked(self, way: OptionalPart | None, form: Mapping[str, Any] | None) -> BaseChatModel:
        """Return the model as its server lets itself be asked."""
        anew: dict[str, Any] = {}
        body: dict[str, Any] = {}
        if OptionalPart.USAGE in self._without:
            anew["stream_usage"] = False
        if OptionalPart.TEMPERATURE in self._without:
            anew["temperature"] = None
        if OptionalPart.TOKENS in self._without:
            anew["max_tokens"] = None
            body["max_tokens"] = _LONGEST
        if way is not None:  # in the body: LangChain would wait for the whole reply
            schema = {"json_schema": form} if way is OptionalPart.SCHEMA else {}
            body["response_format"] = {"type": str(way), **schema}
        if body:
            anew["extra_body"] = body
        return self._model.model_copy(update=anew) if anew else self._model

    def _messages(self, said: list[tuple[str, str]], way: OptionalPart | None) -> list[BaseMessage]:
        """Return what is said, as one message where the server knows no others."""
        if way is not None:
            said = [(f"{instruction}\n\n{_IN_ONE}", data) for instruction, data in said]
        if OptionalPart.SYSTEM in self._without:
            return [HumanMessage("\n\n".join(text for pair in said for text in pair))]
        messages: list[BaseMessage] = []
        for instruction, data in said:
            messages += [SystemMessage(instruction), HumanMessage(data)]
        return messages

    @property
    def _advice(self) -> str:
        """Say which setting to look at where a server does not answer as one."""
        base = getattr(self._model, "openai_api_base", None)
        return (
            f"; check that the server runs and that OPENAI_BASE_URL ({base}) ends as it wants, "
            "mostly in /v1"
            if base
            else "; check CHAT_MODEL"
        )

    def _told(self, error: ChatError) -> str:
        """Tell whoever runs the desk what the server said, on one line, and return it."""
        detail = " ".join(error.detail.split())[:_SAID]
        logger.warning("The model %s did not answer (%s): %s", self.name, error.trouble, detail)
        return detail

    async def _next(
        self, stream: AsyncIterator[BaseMessage], patience: float, meter: Meter
    ) -> AIMessageChunk | None:
        """Return the next part of *stream*, ``None`` at its end."""
        left = patience
        if meter.until is not None:
            left = min(patience, meter.until - asyncio.get_running_loop().time())
        try:
            chunk = await asyncio.wait_for(anext(stream, None), left)
        except Exception as error:
            trouble = trouble_of(error)
            advice = self._advice if trouble in _MISLED else ""
            late = f"nothing came for {patience:.0f} seconds"
            if left < patience:
                late = f"it was not done in {self.whole:.0f} seconds"
            detail = str(error) or late
            raise ChatError(trouble, f"{detail.rstrip('.')}{advice}") from error
        return chunk if isinstance(chunk, AIMessageChunk) else None


def refused(said: str, before: Container[OptionalPart]) -> OptionalPart | None:
    """Return what a server refuses in what it *said*, unless it was left out *before*."""
    return next(
        (way for way, words in REFUSED.items() if way not in before and words.search(said)), None
    )


def _usage_of(chunk: AIMessageChunk) -> Usage:
    """Return the tokens that *chunk* reports."""
    told = chunk.usage_metadata
    return Usage(told.get("input_tokens", 0), told.get("output_tokens", 0)) if told else Usage()


def _telling(line: str) -> bool:
    """Tell whether a line says anything: fences around the lines do not."""
    return bool(line.strip()) and not line.strip().startswith("```")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield *error* and what led to it."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def trouble_of(error: Exception) -> Trouble:
    """Name what went wrong; other providers' errors than OpenAI's are told by their kind alone."""
    if isinstance(error, TimeoutError | openai.APITimeoutError):
        return Trouble.STALLED
    if any(isinstance(each, TooLongError) for each in _causes(error)):
        return Trouble.TRUNCATED
    if _TOO_LONG.search(str(error)):
        return Trouble.CONTEXT
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
    patience: float = _TIMEOUT,
    first: float | None = None,
    whole: float = _REPLY,
    setting: str = "CHAT_MODEL",
) -> Chat:
    """Open the chat model *name*: one of OpenAI's or of *base_url*, or ``provider:model``.

    A colon belongs to the name (``llama3:8b``) unless a provider of LangChain's stands before it.

    Raises:
        SettingsError: its provider is not installed or lacks a key.
    """
    provider, colon, rest = name.partition(":")
    if not colon or (provider not in _PROVIDERS and (base_url or provider == _FINE_TUNED)):
        provider, rest = "openai", name
    longest = max(patience, first or 0.0, _TIMEOUT)
    waits: dict[str, Any] = {"patience": patience, "first": first, "whole": whole}
    options: dict[str, Any] = {
        "timeout": longest,
        "max_retries": RETRIES,
        "max_tokens": _LONGEST,
        "temperature": 0,
    }
    try:
        if provider == "openai":
            client = openai.DefaultAsyncHttpxClient(
                timeout=longest,
                headers=UNCOMPRESSED,
                event_hooks={"response": [limit_async(_BYTES, longest + whole)]},
            )
            options |= {"api_key": key or SecretStr("none"), "base_url": base_url}
            options |= {"stream_usage": True, "http_async_client": client}
            model = init_chat_model(rest, model_provider="openai", **options)
            return Chat(model, name, close=client.aclose, **waits)
        return Chat(init_chat_model(name, **options), name, **waits)
    except (ImportError, ValueError, openai.OpenAIError) as error:
        raise SettingsError(
            f"{setting}={name} cannot be used ({str(error).splitlines()[0]}). Name a model of "
            "OpenAI or of OPENAI_BASE_URL, or install the package of its provider."
        ) from error

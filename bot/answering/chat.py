"""A chat model: send one request, and yield its reply in pieces or in lines."""

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
    Sequence,
)
from enum import StrEnum
from typing import Any

import openai
from langchain.chat_models import init_chat_model
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage, HumanMessage, SystemMessage
from pydantic import SecretStr

from bot.answering.limits import CHAT
from bot.answering.prompting import ThoughtFilter
from bot.answering.values import ChatError, Meter, Trouble, Usage
from ingest.embedding.response_limits import UNCOMPRESSED, TooLongError, limit_async
from ingest.errors import SettingsError, mentions

logger = logging.getLogger(__name__)

_TRUNCATION_REASONS = frozenset({"length", "max_tokens", "MAX_TOKENS"})
"""Finish reasons of a reply that was cut off; every other reason counts as a normal end."""
_OBJECT_ENDS = ("}", "]", "`")
"""Ends of a complete object, for servers that send no finish reason."""
_REFUSAL_REASONS = frozenset({"content_filter", "refusal", "SAFETY"})
_PROVIDERS = frozenset(
    {"anthropic", "anthropic_bedrock", "azure_ai", "azure_openai", "baseten", "bedrock"}
    | {"bedrock_converse", "cohere", "deepseek", "fireworks", "google_anthropic_vertex"}
    | {"google_genai", "google_vertexai", "groq", "huggingface", "ibm", "litellm", "mistralai"}
    | {"nvidia", "ollama", "openai", "openrouter", "perplexity", "together", "upstage", "xai"}
)
"""Names of LangChain's providers; any other word before a colon belongs to the model's name."""
_FINE_TUNED = "ft"
"""Prefix in the names of fine-tuned OpenAI models: ``ft:gpt-…``."""
_CONTEXT_ERROR = re.compile(
    r"context[ _](?:length|window|size)|maximum context|prompt is too long|too many tokens|n_ctx"
    r"|exceeds? .{0,40}(?:context|tokens)|input is too long",
    re.IGNORECASE,
)
_WRONG_ADDRESS = frozenset({Trouble.MODEL, Trouble.MALFORMED, Trouble.CONNECTION, Trouble.FAILED})
"""Troubles that a wrong server address causes; their messages advise to check it."""
_ONE_OBJECT = 'Put all of the objects into one: {"sentences": [the objects, in their order]}.'
"""Instruction for models whose server allows a single JSON object."""


class OptionalPart(StrEnum):
    """A part of the request that a server may refuse; it is then left out of later requests."""

    USAGE = "usage"
    TOKENS = "tokens"
    TEMPERATURE = "temperature"
    SYSTEM = "system"
    SCHEMA = "json_schema"
    JSON = "json_object"


_FORMS = (OptionalPart.SCHEMA, OptionalPart.JSON)
"""Parts that make a server return JSON of a given form, the stricter first."""
REFUSAL_WORDS: Mapping[OptionalPart, Sequence[str]] = {
    OptionalPart.USAGE: ("stream_options", "include_usage"),
    OptionalPart.TOKENS: ("max_completion_tokens",),
    OptionalPart.TEMPERATURE: ("temperature",),
    OptionalPart.SYSTEM: (
        *("system role", "system message", "system prompt", " roles", " role'", "alternate"),
    ),
    OptionalPart.SCHEMA: ("response_format", "schema", "structured", "grammar", "guided"),
    OptionalPart.JSON: ("response_format", "json_object", "json mode"),
}
"""Words in a server's error message that mean the part was refused."""


class Chat:
    """One chat model on one server."""

    def __init__(
        self,
        model: BaseChatModel,
        name: str,
        *,
        patience: float = CHAT.seconds,
        first_patience: float | None = None,
        reply_limit: float = CHAT.answer_seconds,
        close: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Wrap *model*; *close* closes its HTTP client.

        *patience* is the longest wait for a part of a reply, *first_patience* that for the first
        part, and *reply_limit* the longest time for all replies of one answer, counted from the
        first part of the first; all in seconds.
        """
        self.name = name
        self._model = model
        self._patience = patience
        self._first_patience = first_patience or patience
        self.reply_limit = reply_limit
        self._close = close
        self._without: set[OptionalPart] = set()
        self._sends_finish_reason: bool | None = None
        """True or False once a complete reply has shown it; ``None`` before."""

    async def close(self) -> None:
        """Close the HTTP client, in the event loop that used it."""
        if self._close is not None:
            await self._close()

    async def lines(
        self, prompts: list[tuple[str, str]], meter: Meter
    ) -> AsyncGenerator[str, None]:
        """Yield the lines of one reply to *prompts*, pairs of an instruction and its material.

        The last line is yielded when the reply has ended. Thoughts are left out.

        Raises:
            ChatError: the model failed or its reply was cut off; the lines so far are incomplete.
        """
        thoughts, wrote = ThoughtFilter(), False
        line: list[str] = []
        async for piece in self.parts(prompts, meter):
            for segment in thoughts.feed(piece):
                if segment is None:
                    line.clear()
                    continue
                continuation, *starts = segment.split("\n")
                line.append(continuation)
                for start in starts:
                    if _has_content(ended := "".join(line)):
                        wrote = True
                        yield ended.strip()
                    line = [start]
        tail = "".join((*line, thoughts.end()))
        if _has_content(tail):
            wrote = True
            yield tail.strip()
        if not wrote:
            raise ChatError(Trouble.EMPTY, "it wrote nothing besides its thoughts")

    async def parts(
        self,
        prompts: list[tuple[str, str]],
        meter: Meter,
        form: Mapping[str, Any] | None = None,
    ) -> AsyncGenerator[str, None]:
        """Yield the pieces of one reply as they come.

        If the server refuses an optional part of the request, the request is repeated without it
        and the part is left out from then on. *form* is a named JSON schema; servers that support
        one force the model to follow it.

        Raises:
            ChatError: the model failed or refused, or its reply was cut off.
        """
        while True:
            began, form_part = False, self._form_part(form)
            try:
                async for piece in self._stream(prompts, meter, form_part, form):
                    began = began or bool(piece.strip())
                    yield piece
            except GeneratorExit:
                meter.calls[self.name, "stopped"] += 1
                raise
            except ChatError as error:
                refused_part = None if began else self._refused_part(error, form_part)
                meter.calls[self.name, str(error.trouble)] += 1
                if refused_part is None:
                    meter.server_message = self._log_failure(error)
                    raise
                self._without.add(refused_part)
                logger.info(
                    "%s refuses %s; requests leave it out from now on.", self.name, refused_part
                )
            else:
                meter.calls[self.name, "ok"] += 1
                return

    def _form_part(self, form: Mapping[str, Any] | None) -> OptionalPart | None:
        """Return the part of the request that makes the server follow *form*, if any."""
        supports_form = form is not None and hasattr(self._model, "extra_body")
        return next((part for part in _FORMS if supports_form and part not in self._without), None)

    def _refused_part(
        self, error: ChatError, form_part: OptionalPart | None
    ) -> OptionalPart | None:
        """Return the part of the request that caused *error*, or ``None``.

        An empty reply to a request with a form counts as a refusal of the form.
        """
        if error.trouble is Trouble.EMPTY:
            return form_part
        inactive_forms = {part for part in _FORMS if part is not form_part}
        return refused_by_message(error.detail, self._without | inactive_forms)

    async def _stream(
        self,
        prompts: list[tuple[str, str]],
        meter: Meter,
        form_part: OptionalPart | None,
        form: Mapping[str, Any] | None,
    ) -> AsyncGenerator[str, None]:
        """Send one request, with *form* as *form_part*, and yield the pieces of the reply."""
        used, finish_reason, text, length = Usage(), None, "", 0
        stream = aiter(self._model_for(form_part, form).astream(self._messages(prompts, form_part)))
        patience = self._first_patience
        try:
            while (chunk := await self._next(stream, patience, meter)) is not None:
                patience = self._patience
                meter.until = meter.until or asyncio.get_running_loop().time() + self.reply_limit
                reported = _usage_of(chunk)
                used = Usage(max(used.read, reported.read), max(used.wrote, reported.wrote))
                reason = chunk.response_metadata.get("finish_reason")
                finish_reason = (
                    reason or chunk.response_metadata.get("stop_reason") or finish_reason
                )
                if chunk.additional_kwargs.get("refusal"):
                    raise ChatError(Trouble.REFUSED, "it refused")
                text = (text + chunk.text[-CHAT.detail_characters :])[-CHAT.detail_characters :]
                length += len(chunk.text)
                if length > CHAT.reply_characters:
                    raise ChatError(
                        Trouble.TRUNCATED,
                        f"it wrote more than {CHAT.reply_characters:,} characters",
                    )
                yield chunk.text
        finally:
            meter.usage += used
            if isinstance(stream, AsyncGenerator):
                await stream.aclose()
        if finish_reason in _REFUSAL_REASONS:
            raise ChatError(Trouble.REFUSED, f"it ended with {finish_reason}")
        if finish_reason in _TRUNCATION_REASONS:
            raise ChatError(Trouble.TRUNCATED, f"it ended with {finish_reason}")
        complete = text.endswith("\n") or text.rstrip().endswith(_OBJECT_ENDS)
        if finish_reason or (complete and self._sends_finish_reason is None):
            self._sends_finish_reason = bool(finish_reason)
        if not finish_reason and not complete and self._sends_finish_reason is not False:
            raise ChatError(Trouble.TRUNCATED, f"it ended without saying so{self._advice}")
        if not text.strip():
            raise ChatError(Trouble.EMPTY, f"it wrote nothing{self._advice}")

    def _model_for(
        self, form_part: OptionalPart | None, form: Mapping[str, Any] | None
    ) -> BaseChatModel:
        """Return the model, configured with the parts that its server accepts."""
        changes: dict[str, Any] = {}
        body: dict[str, Any] = {}
        if OptionalPart.USAGE in self._without:
            changes["stream_usage"] = False
        if OptionalPart.TEMPERATURE in self._without:
            changes["temperature"] = None
        if OptionalPart.TOKENS in self._without:
            changes["max_tokens"] = None
            body["max_tokens"] = CHAT.reply_tokens
        if form_part is not None:  # in the body: LangChain would wait for the whole reply
            schema = {"json_schema": form} if form_part is OptionalPart.SCHEMA else {}
            body["response_format"] = {"type": str(form_part), **schema}
        if body:
            changes["extra_body"] = body
        return self._model.model_copy(update=changes) if changes else self._model

    def _messages(
        self, prompts: list[tuple[str, str]], form_part: OptionalPart | None
    ) -> list[BaseMessage]:
        """Return *prompts* as messages: a single one if the server refuses system messages."""
        if form_part is not None:
            prompts = [(f"{instruction}\n\n{_ONE_OBJECT}", data) for instruction, data in prompts]
        if OptionalPart.SYSTEM in self._without:
            return [HumanMessage("\n\n".join(text for pair in prompts for text in pair))]
        messages: list[BaseMessage] = []
        for instruction, data in prompts:
            messages += [SystemMessage(instruction), HumanMessage(data)]
        return messages

    @property
    def _advice(self) -> str:
        """Return the advice to check the address of the server or the model setting."""
        base = getattr(self._model, "openai_api_base", None)
        return (
            f"; check that the server runs and has this model, and that OPENAI_BASE_URL ({base}) "
            "ends as it wants, mostly in /v1"
            if base
            else "; check CHAT_MODEL"
        )

    def _log_failure(self, error: ChatError) -> str:
        """Log the error message of the server on one line, and return it."""
        detail = " ".join(error.detail.split())[: CHAT.detail_characters]
        logger.warning("Model %s failed (%s): %s", self.name, error.trouble, detail)
        return detail

    async def _next(
        self, stream: AsyncIterator[BaseMessage], patience: float, meter: Meter
    ) -> AIMessageChunk | None:
        """Return the next part of *stream*, or ``None`` at its end."""
        timeout = patience
        if meter.until is not None:
            timeout = min(patience, meter.until - asyncio.get_running_loop().time())
        try:
            async with asyncio.timeout(timeout):  # wait_for would leave the stream running
                chunk = await anext(stream, None)
        except Exception as error:
            trouble = trouble_of(error)
            advice = self._advice if trouble in _WRONG_ADDRESS else ""
            if trouble is Trouble.KEY:
                advice = "; check its key (OPENAI_API_KEY, CHECK_API_KEY, or its provider's)"
            timeout_detail = f"nothing came for {patience:.0f} seconds"
            if timeout < patience:
                timeout_detail = f"it was not done in {self.reply_limit:.0f} seconds"
            detail = str(error) or timeout_detail
            raise ChatError(trouble, f"{detail.rstrip('.')}{advice}") from error
        return chunk if isinstance(chunk, AIMessageChunk) else None


def refused_by_message(message: str, omitted: Container[OptionalPart]) -> OptionalPart | None:
    """Return the part that the error *message* refuses, unless it is *omitted* already."""
    return next(
        (
            part
            for part, words in REFUSAL_WORDS.items()
            if part not in omitted and mentions(message, words)
        ),
        None,
    )


def _usage_of(chunk: AIMessageChunk) -> Usage:
    """Return the tokens that *chunk* reports."""
    usage = chunk.usage_metadata
    return Usage(usage.get("input_tokens", 0), usage.get("output_tokens", 0)) if usage else Usage()


def _has_content(line: str) -> bool:
    """Return True if *line* has content; blank lines and code fences have none."""
    return bool(line.strip()) and not line.strip().startswith("```")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield *error* and the chain of its causes."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def trouble_of(error: Exception) -> Trouble:
    """Return the trouble behind *error*; errors of other providers than OpenAI by class."""
    if isinstance(error, TimeoutError | openai.APITimeoutError):
        return Trouble.STALLED
    if any(isinstance(cause, TooLongError) for cause in _causes(error)):
        return Trouble.TRUNCATED
    if _CONTEXT_ERROR.search(str(error)):
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
    patience: float = CHAT.seconds,
    first: float | None = None,
    reply_limit: float = CHAT.answer_seconds,
    setting: str = "CHAT_MODEL",
) -> Chat:
    """Open the chat model *name*: one of OpenAI or of *base_url*, or ``provider:model``.

    A colon belongs to the name (``llama3:8b``) unless the name of a LangChain provider precedes it.

    Raises:
        SettingsError: its provider is not installed or lacks a key.
    """
    provider, colon, model_name = name.partition(":")
    if not colon or (provider not in _PROVIDERS and (base_url or provider == _FINE_TUNED)):
        provider, model_name = "openai", name
    timeout = max(patience, first or 0.0, CHAT.seconds)
    waits: dict[str, Any] = {
        "patience": patience,
        "first_patience": first,
        "reply_limit": reply_limit,
    }
    options: dict[str, Any] = {
        "timeout": timeout,
        "max_retries": CHAT.retries,
        "max_tokens": CHAT.reply_tokens,
        "temperature": 0,
    }
    try:
        if provider == "openai":
            client = openai.DefaultAsyncHttpxClient(
                timeout=timeout,
                headers=UNCOMPRESSED,
                event_hooks={"response": [limit_async(CHAT.reply_bytes, timeout + reply_limit)]},
            )
            options |= {"api_key": key or SecretStr("none"), "base_url": base_url}
            options |= {"stream_usage": True, "http_async_client": client}
            model = init_chat_model(model_name, model_provider="openai", **options)
            return Chat(model, name, close=client.aclose, **waits)
        return Chat(init_chat_model(name, **options), name, **waits)
    except (ImportError, ValueError, openai.OpenAIError) as error:
        raise SettingsError(
            f"{setting}={name} cannot be used ({str(error).splitlines()[0]}). Name a model of "
            "OpenAI or of OPENAI_BASE_URL, or install the package of its provider."
        ) from error

"""The chat models that the settings name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from bot.answering.proving.chat_reader import ChatReader
from bot.answering.proving.identity import Identity
from bot.answering.proving.reader import Reader
from bot.answering.writing.drafting import ModelWriter
from bot.settings import BotSettings

if TYPE_CHECKING:
    from bot.answering.chat.chat import Chat


@dataclass(frozen=True, slots=True)
class Models:
    """The chat models of the settings: those that write, first to last, and the one that reads."""

    writers: tuple[ModelWriter, ...] = ()
    checker: Reader | None = None
    chats: tuple[Chat, ...] = ()

    @classmethod
    def of(cls, settings: BotSettings) -> Self:
        """Open them; nothing is sent before they are asked."""
        writing, reading = chats(settings)
        reader, tokens = ChatReader(reading) if reading else None, settings.coverage_tokens
        writers = tuple(ModelWriter(each, reader, tokens=tokens) for each in writing)
        return cls(writers, reader, (*writing, *((reading,) if reading else ())))

    @property
    def reader(self) -> Reader:
        """Who reads a claim against the coverage: a model where there is one, else identity."""
        if self.writers:
            return self.writers[0].reader
        return self.checker or Identity()


def chats(settings: BotSettings) -> tuple[tuple[Chat, ...], Chat | None]:
    """Open the chat models of the settings: those that write, first to last, and the reader's."""
    named = (("CHAT_MODEL", settings.chat_model), ("FALLBACK_MODEL", settings.fallback_model))
    if not (settings.check_model or any(name for _, name in named)):
        return (), None
    from bot.answering.chat.chat import chat_model  # half a second to load: only where needed

    key, base_url = settings.openai_api_key, settings.openai_base_url
    patience = {"patience": settings.chat_patience, "first": settings.chat_patience_first}
    writing = tuple(
        chat_model(name, key, base_url, setting=each, **patience) for each, name in named if name
    )
    if settings.check_model is None:
        return writing, None
    own = settings.check_base_url
    check_key = settings.check_api_key or (None if own else key)
    return writing, chat_model(
        settings.check_model, check_key, own or base_url, setting="CHECK_MODEL", **patience
    )


def reading_chat(settings: BotSettings) -> Chat | None:
    """Open the model that reads: its own, or the one that writes; ``None`` without either."""
    writing, reading = chats(settings)
    return reading or (writing[0] if writing else None)

"""The chat models of the settings."""

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
    """The chat models of the settings: writers in order of preference, and the verifier's."""

    writers: tuple[ModelWriter, ...] = ()
    checker: Reader | None = None
    chats: tuple[Chat, ...] = ()

    @classmethod
    def of(cls, settings: BotSettings) -> Self:
        """Create the clients; nothing is sent before the first request."""
        writing_chats, verifying_chat = chats(settings)
        reader, tokens = (
            ChatReader(verifying_chat) if verifying_chat else None,
            settings.coverage_tokens,
        )
        writers = tuple(ModelWriter(chat, reader, tokens=tokens) for chat in writing_chats)
        return cls(
            writers, reader, (*writing_chats, *((verifying_chat,) if verifying_chat else ()))
        )

    @property
    def reader(self) -> Reader:
        """Return the verifier of claims: a model's if there is one, else identity."""
        if self.writers:
            return self.writers[0].reader
        return self.checker or Identity()


def chats(settings: BotSettings) -> tuple[tuple[Chat, ...], Chat | None]:
    """Create the clients: those that write, in order of preference, and the verifier's."""
    settings_of_writers = (
        ("CHAT_MODEL", settings.chat_model),
        ("FALLBACK_MODEL", settings.fallback_model),
    )
    if not (settings.check_model or any(name for _, name in settings_of_writers)):
        return (), None
    from bot.answering.chat.chat import chat_model  # takes half a second to load

    key, base_url = settings.openai_api_key, settings.openai_base_url
    patience = {"patience": settings.chat_patience, "first": settings.chat_patience_first}
    writing_chats = tuple(
        chat_model(name, key, base_url, setting=setting, **patience)
        for setting, name in settings_of_writers
        if name
    )
    if settings.check_model is None:
        return writing_chats, None
    check_base_url = settings.check_base_url
    check_key = settings.check_api_key or (None if check_base_url else key)
    return writing_chats, chat_model(
        settings.check_model,
        check_key,
        check_base_url or base_url,
        setting="CHECK_MODEL",
        **patience,
    )


def reading_chat(settings: BotSettings) -> Chat | None:
    """Create the client of the verifier, else that of the writer, else ``None``."""
    writing_chats, verifying_chat = chats(settings)
    return verifying_chat or (writing_chats[0] if writing_chats else None)

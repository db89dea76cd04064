"""The models of the settings: chat models that write, and the verifier of claims."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from bot.answering.proving.verifiers import ChatVerifier, ClaimVerifier, IdentityVerifier
from bot.answering.writing.drafting import ModelWriter
from bot.answering.writing.outage import ModelState
from bot.settings import BotSettings

if TYPE_CHECKING:
    from bot.answering.chat import Chat


@dataclass(frozen=True, slots=True)
class Models:
    """The writers in order of preference, and the verifier of claims that are looked up.

    ``state`` is what the last answers say about the writers.
    """

    writers: tuple[ModelWriter, ...] = ()
    verifier: ClaimVerifier = field(default_factory=IdentityVerifier)
    state: ModelState = field(default_factory=ModelState)

    @classmethod
    def of(cls, settings: BotSettings) -> Self:
        """Create the models of the settings; nothing is sent before the first request.

        Without CHECK_MODEL each writer verifies its own drafts, and the first one looks up claims.
        """
        writing_chats, check_chat = chats(settings)
        writers = tuple(
            ModelWriter(chat, _verifier_of(check_chat or chat), tokens=settings.coverage_tokens)
            for chat in writing_chats
        )
        return cls(writers, writers[0].verifier if writers else _verifier_of(check_chat))

    async def close(self) -> None:
        """Close the connections of all models, in the event loop that used them."""
        for writer in self.writers:
            await writer.close()
        await self.verifier.close()


def _verifier_of(chat: Chat | None) -> ClaimVerifier:
    """Return the verifier that asks *chat*; without a chat model, word identity."""
    return ChatVerifier(chat) if chat is not None else IdentityVerifier()


def chats(settings: BotSettings) -> tuple[tuple[Chat, ...], Chat | None]:
    """Create the clients: those that write, in order of preference, and the verifier's."""
    settings_of_writers = (
        ("CHAT_MODEL", settings.chat_model),
        ("FALLBACK_MODEL", settings.fallback_model),
    )
    if not (settings.check_model or any(name for _, name in settings_of_writers)):
        return (), None
    from bot.answering.chat import chat_model  # takes half a second to load

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

"""Translations of command names and descriptions for Discord."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.wording import Wording


class DeskTranslator(app_commands.Translator):
    """A translator that reads the catalogue in the language of the user's Discord."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        """Return the translation of *string*, by its key; ``None`` if there is only English."""
        del context
        key = string.extras.get("key")
        words = Wording.of_locale(locale.value)
        translations = {} if words.messages.english is None else words.messages.texts
        return words(str(key)) if key in translations else None


def worded(key: str) -> app_commands.locale_str:
    """Return *key*'s English text, marked for the translator."""
    return app_commands.locale_str(Wording.default()(key), key=key)

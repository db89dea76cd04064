"""Words that Discord itself shows, in each language that the catalogue has."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.answering.model import Language
from bot.wording import Wording


class DeskTranslator(app_commands.Translator):
    """Describe the commands in Japanese to those whose Discord is in Japanese."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        """Look *string* up in the catalogue by its key."""
        del context
        key = string.extras.get("key")
        if key is None or locale is not discord.Locale.japanese:
            return None
        return Wording.of(Language.JAPANESE)(key)


def worded(key: str) -> app_commands.locale_str:
    """Say *key* in English, and let the translator say it in other languages."""
    return app_commands.locale_str(Wording.default()(key), key=key)

"""Words that Discord itself shows, in each language that the catalogue has."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.wording import Wording
from ingest.language.languages import Language


class DeskTranslator(app_commands.Translator):
    """Describe the commands in the language of whose Discord it is, where the catalogue has it."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        """Look *string* up in the catalogue by its key."""
        del context
        key = string.extras.get("key")
        words = Wording.of_locale(locale.value)
        if key is None or words.language is Language.ENGLISH:
            return None
        return words(key)


def worded(key: str) -> app_commands.locale_str:
    """Say *key* in English, and let the translator say it in other languages."""
    return app_commands.locale_str(Wording.default()(key), key=key)

"""Links sent to the bot, looked up in the archive."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from discord import ui

from bot.discord_ui.asking import Asking
from bot.discord_ui.members.suggest import SuggestButton
from bot.discord_ui.rendering import Lengths, entry, layout, notice_view, quotation, with_buttons
from bot.discord_ui.text import escape
from bot.wording import Wording
from ingest.model import Edition

_LENGTHS = Lengths(quote=400, title=200, claims=0)
_MESSAGE = re.compile(r"/channels/(?:@me|\d{1,20})/\d{1,20}/\d{1,20}/?")
_DISCORD = frozenset({"discord.com", "ptb.discord.com", "canary.discord.com", "discordapp.com"})


def address_in(text: str) -> str | None:
    """Return *text* as a web address; ``None`` if it is anything else."""
    address = text.strip().removeprefix("<").removesuffix(">")
    if any(map(str.isspace, address)):
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return address if parts.scheme in {"http", "https"} and parts.hostname else None


async def linked_view(
    address: str, asking: Asking, edition: Edition, words: Wording, *, in_server: bool
) -> ui.LayoutView:
    """Show the archived article at *address* and its beginning, or offer to suggest it."""
    parts = urlsplit(address)
    if parts.hostname in _DISCORD and _MESSAGE.fullmatch(parts.path):
        return notice_view(words("link_message", find=words("command_find")))
    match = await asking.desk.catalogue.at(address, edition)
    if match is None:
        buttons: Sequence[ui.Item[Any]] = (
            [SuggestButton("0", words("suggest"))] if in_server else []
        )
        return with_buttons(notice_view(words("link_not_kept")), buttons)
    article, beginning = match
    blocks = [
        f"**{escape(words('link_kept'))}**",
        entry(article.header, words, _LENGTHS),
        f"> {quotation(beginning, words, _LENGTHS)}",
    ]
    return layout([block for block in blocks if beginning or not block.startswith("> ")])

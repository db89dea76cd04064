"""An address that somebody sends to the bot: the article that it is of, if that is kept."""

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

_ROOM = Lengths(quote=400, title=200, claims=0)
_MESSAGE = re.compile(r"/channels/(?:@me|\d{1,20})/\d{1,20}/\d{1,20}/?")
_DISCORD = frozenset({"discord.com", "ptb.discord.com", "canary.discord.com", "discordapp.com"})


def address_in(text: str) -> str | None:
    """Return the address of the web that *text* is, and nothing else; ``None`` if it is none."""
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
    """Show the article at *address*: what it is, and how it begins; or offer to suggest it."""
    parts = urlsplit(address)
    if parts.hostname in _DISCORD and _MESSAGE.fullmatch(parts.path):
        return notice_view(words("link_message", find=words("command_find")))
    found = await asking.desk.catalogue.at(address, edition)
    if found is None:
        buttons: Sequence[ui.Item[Any]] = (
            [SuggestButton("0", words("suggest"))] if in_server else []
        )
        return with_buttons(notice_view(words("link_not_kept")), buttons)
    article, beginning = found
    blocks = [
        f"**{escape(words('link_kept'))}**",
        entry(article.header, words, _ROOM),
        f"> {quotation(beginning, words, _ROOM)}",
    ]
    return layout([each for each in blocks if beginning or not each.startswith("> ")])

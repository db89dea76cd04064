"""Moderators answer for the bot: they see that its language model does not work."""

from __future__ import annotations

import pytest

from bot.answering.values import Trouble, Written
from bot.wording import Wording
from ingest.language.languages import Language
from tests.bot.discord_ui.moderators.conftest import panel
from tests.bot.discord_ui.reading import markdown_of, shown
from tests.bot.discord_ui.speaking import speaking
from tests.builders import NOW


@pytest.mark.parametrize("language", list(Language))
async def test_a_model_that_does_not_work_is_shown_to_moderators(
    channel, moderator, manager, desk, language
):
    """Since when, and what members read meanwhile; nothing once it writes again."""
    words = Wording.of(language)
    desk.models.state.note(Written(trouble=Trouble.KEY), NOW)
    moment = f"<t:{int(NOW.timestamp())}:f>"
    with speaking(language):
        opened = await panel(moderator, channel)
        overview = await manager.slash(channel, "settings")
    for result in (opened, overview):
        raw = "\n".join(markdown_of(result.response.components))
        assert moment in raw
        assert words("trouble_failed") in shown(result)
        assert "{" not in raw
    desk.models.state.note(Written("a-model", "digest"), NOW)
    again = await panel(moderator, channel)
    assert moment not in "\n".join(markdown_of(again.response.components))

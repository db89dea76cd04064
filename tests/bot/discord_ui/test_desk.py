"""The bot in Discord over a real archive and index, with nothing scripted."""

import simcord

from bot.discord_ui.client import ElectionDeskClient
from ingest import adding
from ingest.reading import Hints, read_bytes
from tests.bot.builders import open_in
from tests.bot.discord_ui.reading import seen
from tests.builders import NOW, TEXT


async def test_a_member_gets_the_answer_that_the_terminal_gives(tmp_path):
    """One spine: what is added while the bot runs is cited in Discord, word for word."""
    with open_in(tmp_path, now=NOW, holder="the bot") as desk:
        found = read_bytes(f"Harbour wins 46 seats\n\n{TEXT}".encode(), "a", Hints(outlet="Ledger"))
        adding.add(found, desk.archive, now=NOW)
        desk.coverage.catch_up()
        client = ElectionDeskClient(desk)
        async with simcord.run(client) as env:
            channel = env.create_guild().create_text_channel("elections")
            member = env.guild.add_member(env.create_user("member"))
            result = await member.slash(channel, "ask", question="How many seats did Harbour win?")
            shown = seen(result.response.components)
    assert "46 seats" in shown
    assert "Ledger" in shown

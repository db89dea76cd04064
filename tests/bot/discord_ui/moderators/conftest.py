"""Moderators, members and a local web, around a real archive."""

from __future__ import annotations

import shutil
from dataclasses import replace

import discord
import pytest

from bot.community.reviewing import Reviewer
from bot.discord_ui.client import ElectionDeskClient
from bot.ledger import Ledger
from bot.settings import BotSettings
from ingest.archive import Archive
from ingest.embedding.embedder import FastEmbedder
from ingest.embedding.meaning import Memory
from tests.bot.builders import a_desk, scripted
from tests.bot.discord_ui.builders import an_answer
from tests.bot.discord_ui.choosing import buttons
from tests.builders import an_extract, saved
from tests.ingest.newsroom import Newsroom, story

PAGE = "http://ledger.example/1"
FEED = "http://ledger.example/feed.xml"


@pytest.fixture(scope="session")
def alike():
    """Return what tells how like questions are to each other."""
    return Memory(FastEmbedder()).alike


@pytest.fixture
async def web():
    """Open a local web."""
    async with Newsroom().open() as opened:
        opened.page(PAGE, "Ward 1 decides", story(1))
        yield opened


@pytest.fixture(scope="session")
def kept(tmp_path_factory):
    """Make an archive with one article, once."""
    file = tmp_path_factory.mktemp("kept") / "archive.sqlite3"
    with Archive.open(f"sqlite:///{file}") as opened:
        saved(opened, an_extract())
        Ledger.of(opened)
    return file


@pytest.fixture
def archive(kept, tmp_path):
    """Open a copy of it."""
    file = shutil.copy(kept, tmp_path / "archive.sqlite3")
    with Archive.open(f"sqlite:///{file}") as opened:
        yield opened


@pytest.fixture
def desk_settings():
    """Return what the maintainers set; a module may set prices."""
    return {}


@pytest.fixture
def desk(archive, web, alike, desk_settings, asked, tmp_path):
    """Return a desk with the real verbs of moderators, and a scripted answer."""
    settings = BotSettings.of({"DATA_DIR": str(tmp_path), **desk_settings})
    made = a_desk(archive, settings=settings, fetcher=web.fetcher)
    return scripted(
        replace(made, reviewer=Reviewer(made.ledger, made.clock, alike)), an_answer(), asked
    )


@pytest.fixture
def simcord_bot(desk):
    """Return the real client with real verbs."""
    return ElectionDeskClient(desk)


def member_with(env, name, **rights):
    """Let somebody join the server who has *rights*."""
    role = env.guild.create_role(f"{name}s", permissions=discord.Permissions(**rights))
    return env.guild.add_member(env.create_user(name), roles=[role])


@pytest.fixture
def moderator(simcord_env, channel):
    """Return somebody who may manage messages."""
    return member_with(simcord_env, "mod", manage_messages=True)


@pytest.fixture
def second(simcord_env, channel):
    """Return another moderator."""
    return member_with(simcord_env, "second", manage_messages=True)


@pytest.fixture
def manager(simcord_env, channel):
    """Return somebody who may manage the server."""
    return member_with(simcord_env, "manager", manage_messages=True, manage_guild=True)


async def send(channel, *buttons):
    """Put *buttons* into the channel, as an older message of the bot's."""
    view = discord.ui.LayoutView(timeout=None)
    row = discord.ui.ActionRow()
    for each in buttons:
        row.add_item(each)
    view.add_item(row)
    return await channel._env.bot.get_channel(channel.id).send(view=view)


async def allow(env, member, *names):
    """Let *member* see commands, as an administrator can in the server's settings."""
    for command in await env.bot.tree.fetch_commands():
        if command.name in names:
            env.guild.set_command_permissions(command, {member: True})


async def panel(member, channel, listing="articles"):
    """Let *member* open `/source` at a list."""
    opened = await member.slash(channel, "source")
    if listing == "articles":
        return opened
    return await member.select(opened.response, [listing], custom_id="desk:source-listing:0")


async def row(member, shown, kind, number):
    """Let *member* press the button of a kind in the row of an item."""
    prefix = f"desk:source-{kind}:{number}."
    [name] = [n for each in buttons(shown.response) if (n := each["custom_id"]).startswith(prefix)]
    return await member.click(shown.response, custom_id=name)


async def settings(member, channel, section):
    """Let *member* open `/settings` at a page."""
    opened = await member.slash(channel, "settings")
    if section == "overview":
        return opened
    return await member.select(opened.response, [section], custom_id="desk:settings-section:0")


async def set_value(member, channel, section, control, *values):
    """Let *member* choose *values* in a menu of a page of `/settings`."""
    page = await settings(member, channel, section)
    return await member.select(page.response, list(values), custom_id=f"desk:settings-{control}")

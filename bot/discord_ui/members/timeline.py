"""The command `/timeline`: the coverage of a topic by day, each line with its source."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from io import BytesIO
from typing import Any

import discord
from discord import app_commands, ui

from bot.answering.timeline import Timeline, TimelineLine
from bot.answering.understanding.question import LONGEST, UnaskableError
from bot.discord_ui.asking import Asking
from bot.discord_ui.choices import matching_choices
from bot.discord_ui.pictures import timeline_picture
from bot.discord_ui.places import Place
from bot.discord_ui.rendering import (
    BUDGET,
    GAP,
    Colour,
    Lengths,
    coverage_date_line,
    entry,
    layout,
    notice_view,
    quotation,
)
from bot.discord_ui.replying import Attached, defer_if_slow, deliver, post, respond, words_of
from bot.discord_ui.text import escape, literal, size, title
from bot.discord_ui.words import worded
from bot.wording import Wording

_PICTURE = "timeline.png"
_CHART_DAYS = 2
"""Minimum number of days for a chart."""
_LENGTHS = tuple(Lengths(quote=quote, title=80, claims=0) for quote in (360, 240, 160, 100, 60))


def timeline_command(asking: Asking) -> app_commands.Command[Any, ..., None]:
    """Make `/timeline`."""

    @app_commands.command(name="timeline", description=worded("command_timeline"))
    @app_commands.describe(topic=worded("option_topic"))
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    async def slash_timeline(
        interaction: discord.Interaction, topic: app_commands.Range[str, 1, LONGEST]
    ) -> None:
        words = words_of(interaction)
        admission = await asking.admit(Place.of(interaction), interaction.user.id, words)
        if admission.refusal:
            await respond(interaction, notice_view(admission.refusal))
            return
        try:
            text = asking.question(topic, reader=words.language).text
        except UnaskableError as error:
            await respond(
                interaction, await asking.answer_non_question(error, words, admission.edition)
            )
            return
        work = asking.desk.timeline(text, edition=admission.edition)
        timeline = await defer_if_slow(interaction, work, private=admission.private)
        private = admission.private or not timeline.lines
        send = partial(respond, interaction, private=private)
        await deliver(timeline_view(timeline, words), send, partial(post, interaction), words)

    @slash_timeline.autocomplete("topic")
    async def suggest_topics(_: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        return matching_choices(text, asking.desk.suggested_questions.topics, include_text=True)

    return slash_timeline


def timeline_view(timeline: Timeline, words: Wording) -> ui.LayoutView:
    """Show the lines of a timeline in the order of their days, below a chart."""
    heading = f"**{escape(words('timeline_heading'))} {literal(title(timeline.topic, 200))}**"
    if not timeline.lines:
        return layout([heading, escape(words("timeline_none"))], Colour.NOTHING)
    foot = coverage_date_line(timeline.as_of, None, words)
    blocks: list[str] = []
    for lengths in _LENGTHS:
        blocks = [heading, *_lines_in(timeline.lines, words, lengths), GAP, foot]
        if sum(map(size, blocks)) <= BUDGET:
            break
    view = layout(blocks, Colour.SAYS)
    days = [line.day for line in timeline.lines]
    if len(set(days)) >= _CHART_DAYS:
        alt_text = words(
            "timeline_picture",
            count=len(days),
            first=words.date(min(days)),
            last=words.date(max(days)),
        )
        return Attached.over(view, BytesIO(timeline_picture(days)), _PICTURE, alt_text)
    return view


def _lines_in(lines: Sequence[TimelineLine], words: Wording, lengths: Lengths) -> list[str]:
    """Write each line with its number, source and quotation."""
    return [
        f"**{number}** {entry(line.citation.header, words, lengths)}\n"
        f"> {quotation(line.citation.quote, words, lengths)}"
        for number, line in enumerate(lines, start=1)
    ]

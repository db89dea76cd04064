"""The command `/coverage`: the archived articles by outlet and by day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from io import BytesIO
from typing import Any

import discord
from discord import app_commands, ui

from bot.community.members import CoverageOverview
from bot.desk import Desk
from bot.discord_ui.pictures import coverage_picture
from bot.discord_ui.rendering import BUDGET, MARK, insert_time, layout
from bot.discord_ui.replying import Attached, deliver, respond, show_nowhere, words_of
from bot.discord_ui.text import escape, link, phrase, size, title
from bot.discord_ui.words import worded
from bot.wording import Wording
from ingest.model import UNVERIFIED_PASTE, Article, OutletSummary

_OUTLETS = 20
"""Outlets that are listed."""
_GAPS = 5
"""Periods without coverage that are named."""
_PICTURE = "coverage.png"


def coverage_command(desk: Desk) -> app_commands.Command[Any, ..., None]:
    """Make `/coverage`."""

    @app_commands.command(name="coverage", description=worded("command_coverage"))
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    async def slash_coverage(interaction: discord.Interaction) -> None:
        words = words_of(interaction)
        await interaction.response.defer(thinking=True, ephemeral=True)
        edition = await desk.community.edition(interaction.guild_id)
        view = coverage_view(await desk.community.known(edition), words)
        await deliver(view, partial(respond, interaction), show_nowhere, words)

    return slash_coverage


def coverage_view(overview: CoverageOverview, words: Wording) -> ui.LayoutView:
    """Show the outlets, those with the most articles first, and the days without articles."""
    summary = overview.summary
    if not summary.articles:
        return layout([escape(words("coverage_none"))])
    total = words(
        "coverage_total",
        articles=summary.articles,
        outlets=len(summary.outlets),
        when=MARK if summary.changed_at else words("undated"),
    )
    heading = f"**{escape(words('coverage_heading'))}**"
    small = [f"-# {escape(line)}" for line in (*_gap_lines(overview, words), total)]
    if summary.changed_at:
        small[-1] = insert_time(small[-1], summary.changed_at)
    lines: list[str] = []
    for outlet in summary.outlets[:_OUTLETS]:
        line = _outlet_line(outlet, overview.newest.get(outlet.outlet), words)
        if sum(map(size, (heading, *lines, line, *small))) + len(lines) > BUDGET - 100:
            break
        lines.append(line)
    rest_count = len(summary.outlets) - len(lines)
    rest_lines = [f"-# {escape(words('preview_more', count=rest_count))}"] if rest_count > 0 else []
    view = layout([heading, "\n".join(lines), *rest_lines, "\n".join(small)])
    if overview.first is None or overview.last is None:
        return view
    picture = BytesIO(coverage_picture(overview.by_day, overview.first, overview.last))
    alt_text = words(
        "coverage_picture", first=words.date(overview.first), last=words.date(overview.last)
    )
    return Attached.over(view, picture, _PICTURE, alt_text)


def _outlet_line(outlet: OutletSummary, newest: Article | None, words: Wording) -> str:
    """Describe an outlet: its articles, the newest day and the newest article."""
    count = words("coverage_articles", count=outlet.articles)
    day = words.date(outlet.newest) if outlet.newest else words("undated")
    is_pasted = outlet.outlet == UNVERIFIED_PASTE
    name = words("outlet_unverified") if is_pasted else title(outlet.outlet, 100)
    text = words("coverage_outlet", outlet=name, articles=count, newest=day)
    if newest is None:
        return f"- {phrase(text)}"
    linked = link(title(newest.header.title, 80), newest.header.url, instead=words("link"))
    return f"- {phrase(text)}: {linked}"


def _gap_lines(overview: CoverageOverview, words: Wording) -> Iterator[str]:
    """Yield a line for each period without coverage, newest first."""
    periods = gaps(overview)
    for first, last in periods[:_GAPS]:
        if first == last:
            yield words("coverage_gap_day", day=words.date(first))
        else:
            yield words("coverage_gap", first=words.date(first), last=words.date(last))


def gaps(overview: CoverageOverview) -> Sequence[tuple[date, date]]:
    """Return the periods without coverage between the first and the last day, newest first."""
    if overview.first is None or overview.last is None:
        return []
    days = [
        overview.first + timedelta(days=n) for n in range((overview.last - overview.first).days + 1)
    ]
    runs: list[tuple[date, date]] = []
    for day in days:
        if overview.by_day.get(day):
            continue
        if runs and runs[-1][1] == day - timedelta(days=1):
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs[::-1]

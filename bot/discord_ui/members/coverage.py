"""`/coverage`: what the answers rest on, outlet by outlet and day by day."""

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
from bot.discord_ui.rendering import BUDGET, MARK, layout, timed
from bot.discord_ui.replying import Attached, deliver, respond, show_nowhere, words_of
from bot.discord_ui.text import escape, link, phrase, size, title
from bot.discord_ui.words import worded
from bot.wording import Wording
from ingest.model import UNVERIFIED_PASTE, Article, OutletSummary

_OUTLETS = 20
"""Outlets that are listed."""
_GAPS = 5
"""Runs of days without coverage that are named."""
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


def coverage_view(known: CoverageOverview, words: Wording) -> ui.LayoutView:
    """Show the outlets, those with most articles first, and the days that have nothing."""
    summary = known.summary
    if not summary.articles:
        return layout([escape(words("coverage_none"))])
    total = words(
        "coverage_total",
        articles=summary.articles,
        outlets=len(summary.outlets),
        when=MARK if summary.changed_at else words("undated"),
    )
    heading = f"**{escape(words('coverage_heading'))}**"
    small = [f"-# {escape(line)}" for line in (*_gaps_said(known, words), total)]
    if summary.changed_at:
        small[-1] = timed(small[-1], summary.changed_at)
    lines: list[str] = []
    for each in summary.outlets[:_OUTLETS]:
        line = _outlet_line(each, known.newest.get(each.outlet), words)
        if sum(map(size, (heading, *lines, line, *small))) + len(lines) > BUDGET - 100:
            break
        lines.append(line)
    more = len(summary.outlets) - len(lines)
    rest = [f"-# {escape(words('preview_more', count=more))}"] if more > 0 else []
    view = layout([heading, "\n".join(lines), *rest, "\n".join(small)])
    if known.first is None or known.last is None:
        return view
    picture = BytesIO(coverage_picture(known.by_day, known.first, known.last))
    described = words(
        "coverage_picture", first=words.date(known.first), last=words.date(known.last)
    )
    return Attached.over(view, picture, _PICTURE, described)


def _outlet_line(outlet: OutletSummary, newest: Article | None, words: Wording) -> str:
    """Name an outlet, how much there is of it, and its newest article."""
    count = words("coverage_articles", count=outlet.articles)
    day = words.date(outlet.newest) if outlet.newest else words("undated")
    pasted = outlet.outlet == UNVERIFIED_PASTE
    named = words("outlet_unverified") if pasted else title(outlet.outlet, 100)
    said = words("coverage_outlet", outlet=named, articles=count, newest=day)
    if newest is None:
        return f"- {phrase(said)}"
    linked = link(title(newest.header.title, 80), newest.header.url, instead=words("link"))
    return f"- {phrase(said)}: {linked}"


def _gaps_said(known: CoverageOverview, words: Wording) -> Iterator[str]:
    """Say which days have nothing, the newest first."""
    found = gaps(known)
    for first, last in found[:_GAPS]:
        if first == last:
            yield words("coverage_gap_day", day=words.date(first))
        else:
            yield words("coverage_gap", first=words.date(first), last=words.date(last))


def gaps(known: CoverageOverview) -> Sequence[tuple[date, date]]:
    """Return the runs of days without coverage between the first and the last, newest first."""
    if known.first is None or known.last is None:
        return []
    days = [known.first + timedelta(days=n) for n in range((known.last - known.first).days + 1)]
    runs: list[tuple[date, date]] = []
    for day in days:
        if known.by_day.get(day):
            continue
        if runs and runs[-1][1] == day - timedelta(days=1):
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs[::-1]

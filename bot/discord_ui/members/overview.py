"""`/timeline`, `/latest`, `/coverage` and `/help`: what the desk has, without a question."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any, TypeAlias

import discord
from discord import app_commands, ui

from bot.answering.limits import QUESTIONS
from bot.answering.timeline import Timeline, TimelineLine
from bot.answering.values import UnaskableError
from bot.community.members import Community, CoverageOverview
from bot.community.suggested_questions import SuggestedQuestions
from bot.discord_ui.buttons import matching_choices
from bot.discord_ui.escaping import escape, link, literal, phrase, size, title, worded
from bot.discord_ui.limits import CHARTS, DISCORD, SHOWN
from bot.discord_ui.pictures import coverage_picture, timeline_picture
from bot.discord_ui.places import Place
from bot.discord_ui.rendering import (
    GAP,
    MARK,
    Colour,
    Lengths,
    coverage_date_line,
    entry,
    insert_time,
    layout,
    notice_view,
    quotation,
    rest_line,
    with_buttons,
)
from bot.discord_ui.replying import (
    Attached,
    Interaction,
    deliver,
    respond,
    show_lookup,
    show_nowhere,
    words_of,
)
from bot.wording import Wording
from ingest.model import UNVERIFIED_PASTE, Article, OutletSummary
from ingest.reading.text import letters_and_digits

if TYPE_CHECKING:
    from bot.discord_ui.asking import Asking

_PICTURE = "timeline.png"
_LENGTHS = tuple(Lengths(quote=quote, title=80, claims=0) for quote in (360, 240, 160, 100, 60))
_COVERAGE_PICTURE = "coverage.png"
_Guards: TypeAlias = Mapping[str, Callable[[Interaction], Awaitable[str | None]]]
"""The guards of restricted commands, each returning the key of a refusal or ``None``."""


def timeline_command(
    asking: Asking, suggested: SuggestedQuestions
) -> app_commands.Command[Any, ..., None]:
    """Make `/timeline`."""

    @app_commands.command(name="timeline", description=worded("command_timeline"))
    @app_commands.describe(topic=worded("option_topic"))
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    async def slash_timeline(
        interaction: discord.Interaction, topic: app_commands.Range[str, 1, QUESTIONS.characters]
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

        async def work() -> tuple[ui.LayoutView, bool]:
            timeline = await asking.desk.timeline(text, edition=admission.edition)
            return timeline_view(timeline, words), bool(timeline.lines)

        await show_lookup(interaction, work(), words, private=admission.private)

    @slash_timeline.autocomplete("topic")
    async def suggest_topics(_: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        return matching_choices(text, suggested.topics, include_text=True)

    return slash_timeline


def timeline_view(timeline: Timeline, words: Wording) -> ui.LayoutView:
    """Show the lines of a timeline in the order of their days, below a chart."""
    heading = f"**{escape(words('timeline_heading'))} {literal(title(timeline.topic, 200))}**"
    if not timeline.lines:
        return layout([heading, escape(words("timeline_none"))], Colour.NOTHING)
    foot = coverage_date_line(timeline.as_of, None, words)
    if timeline.more:
        foot = f"-# {escape(words('timeline_more'))}\n{foot}"
    blocks: list[str] = []
    for lengths in _LENGTHS:
        blocks = [heading, *_lines_in(timeline.lines, words, lengths), GAP, foot]
        if sum(map(size, blocks)) <= DISCORD.message_characters:
            break
    view = layout(blocks, Colour.SAYS)
    days = [line.day for line in timeline.lines]
    if len(set(days)) >= CHARTS.days:
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


def latest_command(
    asking: Asking, suggested: SuggestedQuestions
) -> app_commands.Command[Any, ..., None]:
    """Make `/latest`."""

    @app_commands.command(name="latest", description=worded("command_latest"))
    @app_commands.describe(topic=worded("option_topic"))
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    async def slash_latest(
        interaction: discord.Interaction,
        topic: app_commands.Range[str, 1, QUESTIONS.characters] | None = None,
    ) -> None:
        words = words_of(interaction)
        admission = await asking.admit(Place.of(interaction), interaction.user.id, words)
        if admission.refusal:
            await respond(interaction, notice_view(admission.refusal))
            return
        if topic is not None and not letters_and_digits(topic):
            await respond(interaction, notice_view(words("question_empty")))
            return
        work = asking.latest(topic or "", words, admission.edition)
        await show_lookup(interaction, work, words, private=admission.private)

    @slash_latest.autocomplete("topic")
    async def suggest_topics(_: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        return matching_choices(text, suggested.topics, include_text=True)

    return slash_latest


def coverage_command(community: Community) -> app_commands.Command[Any, ..., None]:
    """Make `/coverage`."""

    @app_commands.command(name="coverage", description=worded("command_coverage"))
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    async def slash_coverage(interaction: discord.Interaction) -> None:
        words = words_of(interaction)
        await interaction.response.defer(thinking=True, ephemeral=True)
        edition = await community.edition(interaction.guild_id)
        view = coverage_view(await community.known(edition), words)
        await deliver(view, partial(respond, interaction), show_nowhere, words)

    return slash_coverage


def coverage_view(overview: CoverageOverview, words: Wording) -> ui.LayoutView:
    """Show the outlets, those with the most articles first, and the days without articles."""
    summary = overview.summary
    if not summary.articles:
        return layout([escape(words("coverage_none"))])
    outlet_count = words("coverage_outlets", count=len(summary.outlets))
    total = words("coverage_total", count=summary.articles, outlets=outlet_count)
    if summary.changed_at:
        total = f"{total} {words('coverage_changed', when=MARK)}"
    heading = f"**{escape(words('coverage_heading'))}**"
    small = [f"-# {escape(line)}" for line in (*_gap_lines(overview, words), total)]
    if summary.changed_at:
        small[-1] = insert_time(small[-1], summary.changed_at)
    lines: list[str] = []
    for outlet in summary.outlets[: SHOWN.overview_outlets]:
        line = _outlet_line(outlet, overview.newest.get(outlet.outlet), words)
        if (
            sum(map(size, (heading, *lines, line, *small))) + len(lines)
            > DISCORD.message_characters - 100
        ):
            break
        lines.append(line)
    rest_lines = rest_line(len(summary.outlets) - len(lines), words)
    view = layout([heading, "\n".join(lines), *rest_lines, "\n".join(small)])
    if overview.first is None or overview.last is None:
        return view
    picture = BytesIO(coverage_picture(overview.by_day, overview.first, overview.last))
    alt_text = words(
        "coverage_picture", first=words.date(overview.first), last=words.date(overview.last)
    )
    return Attached.over(view, picture, _COVERAGE_PICTURE, alt_text)


def _outlet_line(outlet: OutletSummary, newest: Article | None, words: Wording) -> str:
    """Describe an outlet: its articles, the newest day and the newest article."""
    is_pasted = outlet.outlet == UNVERIFIED_PASTE
    name = words("outlet_unverified") if is_pasted else title(outlet.outlet, 100)
    text = words("coverage_outlet_undated", outlet=name, count=outlet.articles)
    if outlet.newest:
        day = words.date(outlet.newest)
        text = words("coverage_outlet", outlet=name, count=outlet.articles, newest=day)
    if newest is None:
        return f"- {phrase(text)}"
    linked = link(title(newest.header.title, 80), newest.header.url, instead=words("link"))
    return f"- {phrase(text)}: {linked}"


def _gap_lines(overview: CoverageOverview, words: Wording) -> Iterator[str]:
    """Yield a line for each period without coverage, newest first."""
    periods = gaps(overview)
    for first, last in periods[: SHOWN.gaps]:
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


def help_command(
    asking: Asking, community: Community, tree: app_commands.CommandTree[Any], guards: _Guards
) -> app_commands.Command[Any, ..., None]:
    """Make `/help`; it lists the commands of *tree* that its user may use in this place."""

    @app_commands.command(name="help", description=worded("command_help"))
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    async def slash_help(interaction: discord.Interaction) -> None:
        words = words_of(interaction)
        open_to = {name for name, guard in guards.items() if await guard(interaction) is None}
        commands = {
            command.name: await _description_of(command, tree, interaction.locale)
            for command in tree.get_commands(type=discord.AppCommandType.chat_input)
            if (command.name not in guards or command.name in open_to)
            and (interaction.guild_id is not None or _works_in_messages(command))
        }
        edition = await community.edition(interaction.guild_id)
        begin = asking.suggested_questions(words, edition)
        view = help_view(words, commands, open_to, begin)
        await interaction.response.send_message(view=view, ephemeral=True)

    return slash_help


def _works_in_messages(command: app_commands.Command[Any, ..., Any] | app_commands.Group) -> bool:
    """Return True if *command* may be used in direct messages."""
    return command.allowed_contexts is None or command.allowed_contexts.dm_channel


async def _description_of(
    command: app_commands.Command[Any, ..., Any] | app_commands.Group,
    tree: app_commands.CommandTree[Any],
    locale: discord.Locale,
) -> str:
    """Return the description of *command* in the language of *locale*."""
    assert tree.translator is not None
    payload = await command.get_translated_payload(tree, tree.translator)
    description = payload.get("description_localizations", {}).get(locale.value)
    return str(description or payload["description"])


def help_view(
    words: Wording,
    commands: Mapping[str, str],
    of_moderators: set[str],
    beginnings: Sequence[ui.Item[Any]],
) -> ui.LayoutView:
    """Show the bot's abilities, *commands* by audience, and suggested questions."""

    def listed(moderators: bool) -> str:
        return "\n".join(
            f"- `/{name}` {escape(description)}"
            for name, description in commands.items()
            if (name in of_moderators) is moderators
        )

    tips = words("help_ways", find=words("command_find"))
    blocks = [escape(words("talk_help")), GAP, escape(tips), GAP]
    blocks.append(f"**{escape(words('help_members'))}**\n{listed(False)}")
    if of_moderators:
        blocks.append(GAP)
        blocks.append(f"**{escape(words('help_moderators'))}**\n{listed(True)}")
    return with_buttons(layout(blocks), beginnings)

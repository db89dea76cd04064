"""`/results`: the newest figures of a contest, source by source, each a cell of a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from io import BytesIO
from string import ascii_uppercase
from typing import Any

import discord
from discord import app_commands, ui

from bot.answering.results import Contest, ContestName, Results
from bot.answering.tables import ContestTable
from bot.answering.understanding.question import LONGEST
from bot.discord_ui.asking import Asking, asking_of
from bot.discord_ui.buttons import KeyButton
from bot.discord_ui.choices import choices_like
from bot.discord_ui.members.ask import answer_here
from bot.discord_ui.pictures import results_picture
from bot.discord_ui.places import Place
from bot.discord_ui.rendering import (
    BUDGET,
    GAP,
    LINE,
    MARK,
    Colour,
    Lengths,
    as_of_line,
    entry,
    layout,
    notice_view,
)
from bot.discord_ui.replying import (
    Attached,
    Interaction,
    deliver,
    post,
    promptly,
    respond,
    tell_result,
    words_of,
)
from bot.discord_ui.text import escape, literal, size, title
from bot.discord_ui.words import worded
from bot.wording import Wording
from ingest.reading.results.columns import Field

_PICTURE = "results.png"
_DESCRIBED = 1000
"""Characters of what a picture shows; Discord has room for 1,024."""
_ROOMS = ((12, 3), (12, 2), (12, 1), (8, 1), (5, 1), (3, 1))
"""Names and contests that are shown, tried in this order."""
_ROOM = Lengths(quote=0, title=80, claims=0)
_NAME = 60
"""Characters of a name or a cell."""


def results_command(asking: Asking) -> app_commands.Command[Any, ..., None]:
    """Make `/results`; it offers the places and contests of which there is a table."""

    @app_commands.command(name="results", description=worded("command_results"))
    @app_commands.describe(contest=worded("option_contest"))
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    async def slash_results(
        interaction: discord.Interaction, contest: app_commands.Range[str, 1, LONGEST]
    ) -> None:
        words = words_of(interaction)
        admission = await asking.admit(Place.of(interaction), interaction.user.id, words)
        if admission.refusal:
            await respond(interaction, notice_view(admission.refusal))
            return
        looking = asking.desk.news.contests.results(contest, admission.edition)
        found = await promptly(interaction, looking, private=admission.private)
        if not found.contests:
            asked = words("results_question", contest=contest)[:LONGEST]
            await answer_here(interaction, asked, asking, admission=admission)
            return
        send = partial(respond, interaction, private=admission.private)
        await deliver(results_view(found, words), send, partial(post, interaction), words)

    @slash_results.autocomplete("contest")
    async def offered(
        interaction: discord.Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        edition = await asking.desk.community.edition(interaction.guild_id)
        return choices_like(typed, asking.desk.news.contests.names(edition), own=True)

    return slash_results


class ResultsButton(KeyButton, template=r"desk:results:(?P<key>[0-9]{1,12}-[0-9]{1,6})"):
    """Shows the whole table of which an answer quotes a row, as every source has it now.

    The number behind the dash is where that row begins in what the answer quotes first.
    """

    kind = "results"

    async def pressed(self, interaction: Interaction) -> None:
        """Show it to whoever pressed."""
        words, desk = words_of(interaction), asking_of(interaction).desk
        number, _, row = self.key.partition("-")
        await interaction.response.defer(ephemeral=True, thinking=True)

        async def work() -> ui.LayoutView:
            edition = await desk.community.edition(interaction.guild_id)
            found = await desk.news.contests.results_under(int(number), int(row), edition)
            return (
                results_view(found, words)
                if found.contests
                else notice_view(words("answer_too_old"))
            )

        await tell_result(interaction, work)


def results_view(found: Results, words: Wording) -> ui.LayoutView:
    """Show each contest, name by name, over its sources, under a picture of the first one."""
    heading = f"**{escape(words('results_heading'))} {literal(title(found.asked, 200))}**"
    blocks: list[str] = []
    for names, contests in _ROOMS:
        shown = found.contests[:contests]
        more = found.more + len(found.contests) - len(shown)
        small = [f"-# {escape(words('results_more', count=more))}"] if more else []
        if any(each.differs for each in shown):
            small.append(f"-# {escape(words('results_differ'))}")
        foot = as_of_line(found.as_of, None, words)
        tables = [block for each in shown for block in (LINE, *_contest_blocks(each, words, names))]
        blocks = [heading, *tables, GAP, *small, foot]
        if sum(map(size, blocks)) <= BUDGET:
            break
    first = found.contests[0]
    view = layout(blocks, Colour.CLOSEST if _is_unverified(first) else Colour.SAYS)
    measure = _drawn(first)
    if measure is None:
        return view
    drawn = first.names[: _ROOMS[0][0]]
    bars = [[each.value if each else None for each in n.cells(measure)] for n in drawn]
    described = words("results_picture", figures=_described(drawn, measure, len(first.sources)))
    picture = BytesIO(results_picture(bars))
    return Attached.over(view, picture, _PICTURE, title(described, _DESCRIBED))


def _is_unverified(contest: Contest) -> bool:
    """Tell whether nothing but somebody's word ties any source to an outlet."""
    return all(each.header.unverified for each in contest.sources)


def _drawn(contest: Contest) -> Field | None:
    """Return the measure that a picture shows: the first of which there are two figures."""
    for measure in contest.measures:
        cells = [cell for name in contest.names for cell in name.cells(measure)]
        if sum(cell is not None and cell.value is not None for cell in cells) > 1:
            return measure
    return None


def _described(names: Sequence[ContestName], measure: Field, sources: int) -> str:
    """Say what the bars show: each number with its name and its figures."""
    return "; ".join(
        f"{number} {name.whose}: "
        + ", ".join(
            f"{ascii_uppercase[place]} {cell.written}" if sources > 1 else cell.written
            for place, cell in enumerate(name.cells(measure))
            if cell is not None
        )
        for number, name in enumerate(names, start=1)
    )


def _contest_blocks(contest: Contest, words: Wording, most: int) -> Iterator[str]:
    """Yield the name of a contest, its figures, and its sources."""
    newest = contest.sources[0]
    named = " · ".join(newest.path) or newest.header.title
    names = contest.names
    lines = [_name_line(name, number, contest) for number, name in enumerate(names[:most], start=1)]
    left = len(names) - most
    lines += [f"-# {escape(words('preview_more', count=left))}"] if left > 0 else []
    yield f"**{literal(title(named, 200))}**\n" + "\n".join(lines)
    several = len(contest.sources) > 1
    yield "\n".join(
        _source_lines(each, f"**{ascii_uppercase[place]}** " if several else "", words)
        for place, each in enumerate(contest.sources)
    )


def _name_line(name: ContestName, number: int, contest: Contest) -> str:
    """Show the figures of one name, those of each source behind its letter."""
    party = f" ({literal(title(name.party, _NAME))})" if name.party else ""
    several = len(contest.sources) > 1
    told = []
    for place, (row, table) in enumerate(zip(name.rows, contest.sources, strict=True)):
        if row is None:
            continue
        cells = [
            f"{literal(title(cell.citation.quote, _NAME))}"
            f"{' **≠**' if name.differs(cell.measure) else ''}"
            for cell in row.cells
        ]
        status = [literal(title(row.status, _NAME))] if row.status != table.status else []
        letter = f"**{ascii_uppercase[place]}** " if several else ""
        told.append(letter + " · ".join([*cells, *status]))
    return "\n".join([f"**{number}** {literal(title(name.whose, _NAME))}{party}", *told])


def _source_lines(table: ContestTable, letter: str, words: Wording) -> str:
    """Name a source with what its table says of itself: its place, status, count and time."""
    said = [literal(title(" · ".join(table.path), 160))] if table.path else []
    said += [literal(title(table.status, _NAME))] if table.status else []
    if table.counted:
        said.append(_quoted_in(escape(words("results_counted", counted=MARK)), table.counted))
    if table.moment:
        said.append(_quoted_in(escape(words("results_moment", moment=MARK)), table.moment))
    references = [row.reference for row in table.rows if row.reference]
    if references:
        said.append(literal(title(f"{references[0]} – {references[-1]}", 2 * _NAME)))
    return "\n".join([letter + entry(table.header, words, _ROOM), *(f"-# {each}" for each in said)])


def _quoted_in(said: str, text: str) -> str:
    """Put what a source writes where :data:`MARK` stands, in a direction of its own."""
    return said.replace(MARK, f"\u2068{literal(title(text, _NAME))}\u2069")

"""The commands `/results` and `/polls`: the newest figures of a contest from each source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from string import ascii_uppercase
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands, ui

from bot.answering.limits import QUESTIONS
from bot.answering.results import Contest, ContestName, Results
from bot.answering.tables import ContestTable, Poll, TableKind
from bot.community.contests import ContestIndex
from bot.community.members import Community
from bot.discord_ui.buttons import KeyButton, matching_choices
from bot.discord_ui.escaping import escape, literal, size, title, worded
from bot.discord_ui.limits import CHARACTERS, DISCORD
from bot.discord_ui.members.ask import answer_here
from bot.discord_ui.pictures import results_picture
from bot.discord_ui.places import Place
from bot.discord_ui.rendering import (
    GAP,
    LINE,
    MARK,
    Colour,
    Lengths,
    coverage_date_line,
    entry,
    layout,
    notice_view,
    rest_line,
)
from bot.discord_ui.replying import (
    Attached,
    Interaction,
    respond,
    show_lookup,
    show_result,
    words_of,
)
from bot.wording import Wording
from ingest.reading.results.columns import Field
from ingest.reading.text import letters_and_digits

if TYPE_CHECKING:
    from bot.discord_ui.asking import Asking

_PICTURE = "results.png"
_SIZES = ((12, 3), (12, 2), (12, 1), (8, 1), (5, 1), (3, 1))
"""Numbers of names and of contests that are shown, tried in this order."""
_LENGTHS = Lengths(quote=0, title=80, claims=0)


def tables_command(
    asking: Asking, community: Community, contests: ContestIndex, kind: TableKind
) -> app_commands.Command[Any, ..., None]:
    """Make `/results` or `/polls`, which suggests the places and contests with such a table."""

    @app_commands.command(name=kind.value, description=worded(f"command_{kind}"))
    @app_commands.describe(contest=worded("option_contest"))
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    async def slash_tables(
        interaction: discord.Interaction, contest: app_commands.Range[str, 1, QUESTIONS.characters]
    ) -> None:
        words = words_of(interaction)
        admission = await asking.admit(Place.of(interaction), interaction.user.id, words)
        if admission.refusal:
            await respond(interaction, notice_view(admission.refusal))
            return
        if not letters_and_digits(contest):
            await respond(interaction, notice_view(words("question_empty")))
            return

        async def work() -> tuple[ui.LayoutView | None, bool]:
            results = await contests.results(contest, admission.edition, kind)
            return (results_view(results, words), True) if results.contests else (None, False)

        if not await show_lookup(interaction, work(), words, private=admission.private):
            question = words(f"{kind}_question", contest=contest)[: QUESTIONS.characters]
            await answer_here(interaction, question, asking, private=True, admission=admission)

    @slash_tables.autocomplete("contest")
    async def suggest_contests(
        interaction: discord.Interaction, text: str
    ) -> list[app_commands.Choice[str]]:
        edition = await community.edition(interaction.guild_id)
        return matching_choices(text, contests.names(edition, kind), include_text=True)

    return slash_tables


class ResultsButton(KeyButton, template=r"desk:results:(?P<key>[0-9]{1,12}-[0-9]{1,6})"):
    """A button that shows the table behind a quoted row, with the current figures of each source.

    The number after the dash is the offset of the row in the answer's first quotation.
    """

    kind = "results"

    async def on_press(self, interaction: Interaction) -> None:
        """Show the table to the user."""
        words = words_of(interaction)
        community: Community = interaction.client.community
        contests: ContestIndex = interaction.client.contests
        number, _, row = self.key.partition("-")
        await interaction.response.defer(ephemeral=True, thinking=True)

        async def work() -> ui.LayoutView:
            edition = await community.edition(Place.of(interaction).server)
            results = await contests.results_under(int(number), int(row), edition)
            return (
                results_view(results, words)
                if results.contests
                else notice_view(words("answer_too_old"))
            )

        await show_result(interaction, work)


def results_view(results: Results, words: Wording) -> ui.LayoutView:
    """Show each contest with its figures and sources, below a chart of the first one."""
    heading = f"**{escape(words(f'{results.kind}_heading'))} {literal(title(results.asked, 200))}**"
    blocks: list[str] = []
    for names, contests in _SIZES:
        visible = results.contests[:contests]
        rest_count = results.more + len(results.contests) - len(visible)
        notes = [f"-# {escape(words('results_more', count=rest_count))}"] if rest_count else []
        if any(contest.differs for contest in visible):
            notes.append(f"-# {escape(words(f'{results.kind}_differ'))}")
        foot = coverage_date_line(results.as_of, None, words)
        tables = [
            block
            for contest in visible
            for block in (LINE, *_contest_blocks(contest, words, names))
        ]
        blocks = [heading, *tables, GAP, *notes, foot]
        if sum(map(size, blocks)) <= DISCORD.message_characters:
            break
    first_contest = results.contests[0]
    view = layout(blocks, Colour.CLOSEST if _is_unverified(first_contest) else Colour.SAYS)
    measure = _measure_to_draw(first_contest)
    if measure is None:
        return view
    chart_names = first_contest.names[: _SIZES[0][0]]
    bars = [[cell.value if cell else None for cell in name.cells(measure)] for name in chart_names]
    alt_text = words(
        "results_picture", figures=_chart_in_words(chart_names, measure, len(first_contest.sources))
    )
    picture = BytesIO(results_picture(bars))
    return Attached.over(view, picture, _PICTURE, title(alt_text, DISCORD.alt_text_characters))


def _is_unverified(contest: Contest) -> bool:
    """Return True if no source of *contest* is verified."""
    return all(source.header.unverified for source in contest.sources)


def _measure_to_draw(contest: Contest) -> Field | None:
    """Return the first measure with at least two figures, for the chart."""
    for measure in contest.measures:
        cells = [cell for name in contest.names for cell in name.cells(measure)]
        if sum(cell is not None and cell.value is not None for cell in cells) > 1:
            return measure
    return None


def _chart_in_words(names: Sequence[ContestName], measure: Field, sources: int) -> str:
    """Describe the chart in words: each number with its name and figures."""
    return "; ".join(
        f"{number} {name.candidate}: "
        + ", ".join(
            f"{ascii_uppercase[place]} {cell.written}" if sources > 1 else cell.written
            for place, cell in enumerate(name.cells(measure))
            if cell is not None
        )
        for number, name in enumerate(names, start=1)
    )


def _contest_blocks(contest: Contest, words: Wording, limit: int) -> Iterator[str]:
    """Yield the title and figures of a contest, then its sources."""
    names = contest.names
    lines = [
        _name_line(name, number, contest) for number, name in enumerate(names[:limit], start=1)
    ]
    lines += rest_line(len(names) - limit, words)
    yield f"**{literal(title(contest.title, 200))}**\n" + "\n".join(lines)
    has_letters = len(contest.sources) > 1
    yield "\n".join(
        _source_lines(
            table, f"**{ascii_uppercase[place]}** " if has_letters else "", contest.title, words
        )
        for place, table in enumerate(contest.sources)
    )
    if contest.older:
        yield f"-# {escape(words('polls_older', count=contest.older))}"


def _name_line(name: ContestName, number: int, contest: Contest) -> str:
    """Write the figures of one name, with a letter for each source."""
    party = f" ({literal(title(name.party, CHARACTERS.cell))})" if name.party else ""
    has_letters = len(contest.sources) > 1
    lines = []
    for place, (row, table) in enumerate(zip(name.rows, contest.sources, strict=True)):
        if row is None:
            continue
        cells = [
            f"{literal(title(cell.citation.quote, CHARACTERS.cell))}"
            f"{' **≠**' if name.differs(cell.measure, place) else ''}"
            for cell in row.cells
        ]
        status = [literal(title(row.status, CHARACTERS.cell))] if row.status != table.status else []
        letter = f"**{ascii_uppercase[place]}** " if has_letters else ""
        lines.append(letter + " · ".join([*cells, *status]))
    return "\n".join(
        [f"**{number}** {literal(title(name.candidate, CHARACTERS.cell))}{party}", *lines]
    )


def _source_lines(table: ContestTable, letter: str, heading: str, words: Wording) -> str:
    """Describe a source: its article, then the place, status, count and time of its table.

    A place that is the *heading* is not repeated. Of a poll come first the pollster, the days, the
    sample and the method.
    """
    place = " · ".join(table.path)
    lines = [literal(title(place, 160))] if place not in ("", heading) else []
    lines += [literal(title(table.status, CHARACTERS.cell))] if table.status else []
    if table.counted:
        lines.append(_insert_quote(escape(words("results_counted", counted=MARK)), table.counted))
    if table.moment:
        lines.append(_insert_quote(escape(words("results_moment", moment=MARK)), table.moment))
    references = [row.reference for row in table.rows if row.reference]
    if references:
        lines.append(literal(title(f"{references[0]} – {references[-1]}", 2 * CHARACTERS.cell)))
    article = entry(table.header, words, _LENGTHS)
    poll = _poll_line(table.poll, words) if table.poll else ""
    first, lines = (poll, [article, *lines]) if poll else (article, lines)
    return "\n".join([letter + first, *(f"-# {line}" for line in lines)])


def _poll_line(poll: Poll, words: Wording) -> str:
    """Write what a table says of a poll."""
    pollster, days, method = (
        literal(title(text, CHARACTERS.cell)) for text in (poll.pollster, poll.days, poll.method)
    )
    sample = _insert_quote(escape(words("polls_sample", sample=MARK)), poll.sample)
    parts = [f"**{pollster}**" if pollster else "", days, sample if poll.sample else "", method]
    return " · ".join(f"\u2068{part}\u2069" for part in parts if part)


def _insert_quote(template: str, quote: str) -> str:
    """Replace :data:`MARK` by *quote*, isolated in its own direction."""
    return template.replace(MARK, f"\u2068{literal(title(quote, CHARACTERS.cell))}\u2069")

"""The commands `/reports` and `/gaps`: feedback in groups of similar questions, without names."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from typing import Any

import discord
from discord import app_commands, ui

from bot.community.reviewing import FeedbackGroup
from bot.discord_ui.members.citations import SourcesButton
from bot.discord_ui.moderators.adding import AddButton
from bot.discord_ui.moderators.moderation import Action, Moderation, moderator, post_for_review
from bot.discord_ui.rendering import item_list, notice_view, with_buttons
from bot.discord_ui.replying import Attached, Interaction, show_result, words_of
from bot.discord_ui.text import escape, literal, title, worded
from bot.ledger.model import FeedbackVerdict
from bot.wording import Wording

_PER_PAGE = 4
"""Groups in one message, within Discord's 40 components."""
_COMMENTS = 3
"""Comments shown for one group."""
_KEYS_LENGTH = 80
"""Characters of keys in a custom id; feedback beyond that is shown again."""
ABOUT_REPORTS, ABOUT_GAPS = "r", "g"
_SUBJECT = r"[rg](?:d[0-9]{1,2})?"
"""Pattern of a list's subject: its kind, then the number of days if there is one."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_PERIODS = [
    app_commands.Choice(name=worded("period_day"), value=1),
    app_commands.Choice(name=worded("period_week"), value=7),
    app_commands.Choice(name=worded("period_month"), value=30),
]
"""Choices of periods in days; without one all unsettled feedback is shown."""


def review_command(
    name: str, kind: str, moderation: Moderation
) -> app_commands.Command[Any, ..., None]:
    """Make `/reports` or `/gaps`; the tree guards it."""

    @app_commands.command(name=name, description=worded(f"command_{name}"))
    @app_commands.describe(period=worded("option_period"), export=worded("option_export"))
    @app_commands.choices(period=_PERIODS)
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_messages=True)
    async def slash_review(
        interaction: discord.Interaction,
        period: app_commands.Choice[int] | None = None,
        export: bool = False,
    ) -> None:
        subject = f"{kind}d{period.value}" if period else kind

        async def work() -> ui.LayoutView:
            groups = await _groups(moderation, interaction, subject)
            view = groups_view(groups, words_of(interaction), subject, 0)
            return Attached.under(view, as_table(groups), f"{name}.csv") if export else view

        await interaction.response.defer(thinking=True, ephemeral=True)
        await show_result(interaction, work)

    return slash_review


async def _groups(
    moderation: Moderation, interaction: Interaction, subject: str
) -> Sequence[FeedbackGroup]:
    """Return the groups of reports or of gaps for a subject such as "r" or "gd7"."""
    reviewer, places = moderation.desk.reviewer, moderation.places(interaction)
    kind, _, days = subject.partition("d")
    load_groups = reviewer.reports if kind == ABOUT_REPORTS else reviewer.gaps
    return await load_groups(places, days=int(days or 0))


async def _review_page(
    moderation: Moderation, interaction: Interaction, subject: str, offset: int
) -> ui.LayoutView:
    """Show one page of the reports or the gaps."""
    groups = await _groups(moderation, interaction, subject)
    return groups_view(groups, words_of(interaction), subject, offset)


def as_table(groups: Sequence[FeedbackGroup]) -> bytes:
    """Return all feedback as CSV, in UTF-8 with a byte order mark for spreadsheets.

    A text that a spreadsheet would run as a formula gets an apostrophe (OWASP, CSV injection).
    """
    buffer = io.StringIO()
    table = csv.writer(buffer)
    table.writerow(("group", "at", "verdict", "question", "comment"))
    for number, group in enumerate(groups, start=1):
        for entry in group.said:
            texts = (entry.question or "", entry.comment or "")
            cells = (f"'{text}" if text.startswith(_FORMULA) else text for text in texts)
            table.writerow((number, entry.at.isoformat(), entry.verdict, *cells))
    return buffer.getvalue().encode("utf-8-sig")


def groups_view(
    groups: Sequence[FeedbackGroup], words: Wording, subject: str, offset: int
) -> ui.LayoutView:
    """Show groups with their buttons; *subject* has the kind and the days."""
    kind = subject[0]
    name = "reports" if kind == ABOUT_REPORTS else "gaps"
    page = groups[offset : offset + _PER_PAGE]
    if not page:
        return notice_view(words(f"no_{name}"))
    items = []
    for place, group in enumerate(page):
        buttons: list[ui.Item[Any]] = [
            _SettleButton(f"{subject}-{_joined_keys(group.keys)}", words("settle")),
            AddButton(str(place), words("add_source")),
        ]
        if kind == ABOUT_REPORTS:
            key = str(group.said[0].answer_id)
            buttons.insert(0, SourcesButton(key, words("sources")))
        items.append((_description_of(group, words, kind), buttons))
    view = item_list(f"**{escape(words(f'{name}_heading'))}**", items)
    if len(groups) > offset + _PER_PAGE:
        with_buttons(view, [_ReviewButton(f"{subject}.{offset + _PER_PAGE}", words("page_next"))])
    return view


async def post_feedback(client: discord.Client, moderation: Moderation, number: int) -> None:
    """Post the feedback of one reader in the review channel of their server."""
    group = await moderation.desk.reviewer.said(number)
    if group is None:
        return
    is_gap = group.said[0].verdict is FeedbackVerdict.MISSING
    kind = ABOUT_GAPS if is_gap else ABOUT_REPORTS
    await post_for_review(
        client, moderation, group.said[0].place, lambda w: groups_view([group], w, kind, 0)
    )


def _description_of(group: FeedbackGroup, words: Wording, kind: str) -> str:
    """Describe a group: number of entries, question, faults and comments."""
    question = (
        literal(title(group.question, 200)) if group.question else escape(words("no_question"))
    )
    lines = [f"{len(group.said)} × **{question}**"]
    if kind == ABOUT_REPORTS:
        faults = Counter(entry.verdict for entry in group.said)
        summary = words("list_comma").join(
            f"{words(f'verdict_{verdict}')} {count}" for verdict, count in faults.most_common()
        )
        lines.append(f"-# {escape(summary)}")
    comments = [entry.comment for entry in group.said if entry.comment]
    lines += [f"> {literal(title(comment, 200))}" for comment in comments[:_COMMENTS]]
    newest = discord.utils.format_dt(group.said[0].at, "d")
    return "\n".join([*lines, f"-# {newest}"])


def _joined_keys(keys: Sequence[str]) -> str:
    """Join as many keys as fit a custom id."""
    joined = ""
    for key in keys:
        longer = f"{joined}.{key}" if joined else key
        if len(longer) > _KEYS_LENGTH:
            break
        joined = longer
    return joined


class _SettleButton(
    Action, template=rf"desk:settle:(?P<key>{_SUBJECT}-[af][0-9]+(?:\.[af][0-9]+)*)"
):
    """A button that settles a group."""

    kind = "settle"

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Settle the group, and show the others."""
        subject, _, keys = self.key.partition("-")
        if await moderation.desk.reviewer.settle(keys.split("."), moderation.places(interaction)):
            await moderation.desk.curator.settled(keys, moderator(interaction))
        return await _review_page(moderation, interaction, subject, 0)


class _ReviewButton(Action, template=rf"desk:review:(?P<key>{_SUBJECT}\.[0-9]{{1,6}})"):
    """A button for another page."""

    kind = "review"

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Show the page."""
        subject, _, offset = self.key.partition(".")
        return await _review_page(moderation, interaction, subject, int(offset))


REVIEW_BUTTONS = (_SettleButton, _ReviewButton)

"""The commands `/reports` and `/gaps`, and the list of suggested sources."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import discord
from discord import app_commands, ui

from bot.community.curating import Approval
from bot.community.reviewing import FeedbackGroup
from bot.discord_ui.buttons import KeyButton
from bot.discord_ui.escaping import escape, link, literal, phrase, title, worded
from bot.discord_ui.limits import CHARACTERS, SHOWN
from bot.discord_ui.members.citations import SourcesButton
from bot.discord_ui.moderators.decisions import AddButton
from bot.discord_ui.moderators.moderation import (
    Action,
    Moderated,
    Moderation,
    OutletForm,
    ViewButton,
    moderator,
    post_for_review,
    server_in,
)
from bot.discord_ui.moderators.views import preview_view
from bot.discord_ui.rendering import item_list, layout, notice_view, rest_line, with_buttons
from bot.discord_ui.replying import Attached, Interaction, show_result, words_of
from bot.ledger.records import FeedbackVerdict, Suggestion
from bot.wording import Wording

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
    reviewer, places = moderation.reviewer, moderation.places(interaction)
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
    offset = offset if offset < len(groups) else 0
    page = groups[offset : offset + SHOWN.review_groups]
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
    if len(groups) > offset + SHOWN.review_groups:
        with_buttons(
            view, [_ReviewButton(f"{subject}.{offset + SHOWN.review_groups}", words("page_next"))]
        )
    return view


async def post_feedback(client: discord.Client, moderation: Moderation, number: int) -> None:
    """Post the feedback of one reader in the review channel of their server."""
    group = await moderation.reviewer.said(number)
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
    lines += [f"> {literal(title(comment, 200))}" for comment in comments[: SHOWN.review_comments]]
    newest = discord.utils.format_dt(group.said[0].at, "d")
    return "\n".join([*lines, f"-# {newest}"])


def _joined_keys(keys: Sequence[str]) -> str:
    """Join as many keys as fit a custom id."""
    joined = ""
    for key in keys:
        longer = f"{joined}.{key}" if joined else key
        if len(longer) > CHARACTERS.review_keys:
            break
        joined = longer
    return joined


class _SettleButton(
    Action, KeyButton, template=rf"desk:settle:(?P<key>{_SUBJECT}-[af][0-9]+(?:\.[af][0-9]+)*)"
):
    """A button that settles a group."""

    kind = "settle"

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Settle the group, and show the others."""
        subject, _, keys = self.key.partition("-")
        if await moderation.reviewer.settle(keys.split("."), moderation.places(interaction)):
            await moderation.curator.settled(keys, moderator(interaction))
        return await _review_page(moderation, interaction, subject, 0)


class _ReviewButton(Action, KeyButton, template=rf"desk:review:(?P<key>{_SUBJECT}\.[0-9]{{1,6}})"):
    """A button for another page."""

    kind = "review"

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Show the page."""
        subject, _, offset = self.key.partition(".")
        return await _review_page(moderation, interaction, subject, int(offset))


REVIEW_BUTTONS = (_SettleButton, _ReviewButton)


def suggestions_view(suggestions: Sequence[Suggestion], words: Wording) -> ui.LayoutView:
    """List suggestions with the buttons for deciding on them."""
    if not suggestions:
        return notice_view(words("no_suggestions"))
    items = [
        (_suggestion_description(suggestion, words), _decision_buttons(suggestion, words))
        for suggestion in suggestions[: SHOWN.suggestions]
    ]
    view = item_list(f"**{escape(words('suggestions_heading'))}**", items)
    for line in rest_line(len(suggestions) - SHOWN.suggestions, words):
        view.add_item(ui.TextDisplay(line))
    return view


def review_view(suggestion: Suggestion, words: Wording) -> ui.LayoutView:
    """Show one suggestion in the review channel."""
    heading = f"**{escape(words('suggestion_heading'))}**"
    return with_buttons(
        layout([heading, _suggestion_description(suggestion, words)]),
        _decision_buttons(suggestion, words),
    )


def _suggestion_description(suggestion: Suggestion, words: Wording) -> str:
    """Describe a suggestion; its text is by a member, so it is shown literally."""
    address = suggestion.address
    source_name = (
        link(title(address, CHARACTERS.note), address, instead=words("link"))
        if address
        else literal(title(suggestion.name, CHARACTERS.note))
    )
    lines = [f"{suggestion.id} · {source_name}"]
    if suggestion.outlet:
        lines.append(f"-# {phrase(words('suggestion_outlet', outlet=suggestion.outlet))}")
    if suggestion.note:
        lines.append(f"> {literal(title(suggestion.note, CHARACTERS.note))}")
    return "\n".join(lines)


def _decision_buttons(suggestion: Suggestion, words: Wording) -> list[ui.Item[Any]]:
    """Return the buttons for deciding on a suggestion."""
    key = str(suggestion.id)
    return [
        _PreviewButton(key, words("preview_button")),
        ApproveButton(key, words("approve")),
        _RejectButton(key, words("reject")),
    ]


async def post_suggestion(client: discord.Client, moderation: Moderation, number: int) -> None:
    """Post a suggestion in the review channel of its server.

    An error from Discord is logged, not raised.
    """
    suggestion = await moderation.reviewer.suggestion(number)
    if suggestion is not None:
        await post_for_review(
            client, moderation, suggestion.place, lambda words: review_view(suggestion, words)
        )


async def _open_suggestion(
    key: str, moderation: Moderation, interaction: Interaction
) -> Suggestion | None:
    """Return an open suggestion on which the user may decide, or ``None``."""
    return await moderation.reviewer.suggestion(int(key), moderation.places(interaction))


def _decision_lines(suggestion: Suggestion, key: str, who: str | None, words: Wording) -> list[str]:
    """Return what was decided, and who did if that is known; a name notifies nobody."""
    sentence = phrase(words(key, name=title(suggestion.name, 200)))
    return [sentence, *([f"-# <@{int(who)}>"] if who else [])]


async def _decided_view(
    key: str, moderation: Moderation, interaction: Interaction
) -> ui.LayoutView:
    """Show that a suggestion is decided, with the decision if this server made it."""
    words, places = words_of(interaction), moderation.places(interaction)
    blocks = [escape(words("suggestion_decided"))]
    suggestion = await moderation.reviewer.decided(int(key), places)
    if suggestion is not None:
        decision = "approved" if suggestion.approved else "rejected"
        is_here = suggestion.decided_in == server_in(interaction)
        who = suggestion.decided_by if is_here else None
        blocks += _decision_lines(suggestion, decision, who, words)
    return layout(blocks)


class _PreviewButton(ViewButton, template=r"desk:preview:(?P<key>[0-9]{1,12})"):
    """A button that previews a suggestion; nothing is fetched before."""

    kind = "preview"

    async def load_view(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Fetch or read the suggested source."""
        words = words_of(interaction)
        suggestion = await _open_suggestion(self.key, moderation, interaction)
        if suggestion is None:
            return await _decided_view(self.key, moderation, interaction)
        preview = await moderation.previewer.suggestion(suggestion)
        compared = await moderation.curator.compared(preview, moderator(interaction))
        return preview_view(compared, words, [])


class ApproveButton(Action, KeyButton, template=r"desk:approve:(?P<key>[0-9]{1,12})"):
    """A button that archives or watches a suggested source."""

    kind = "approve"
    style = discord.ButtonStyle.success

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Approve the suggestion; a required second moderator cannot be its author.

        Who that was is forgotten after 30 days, and with `/forget-me`.
        """
        words, community = words_of(interaction), moderation.community
        suggestion = await _open_suggestion(self.key, moderation, interaction)
        if suggestion is None:
            return await _decided_view(self.key, moderation, interaction)
        refusal = {
            await community.hashed(interaction.user.id): "second_needed",
            "": "author_unknown",
        }
        refused = refusal.get(suggestion.member)
        if refused and (await community.desk_rules()).second_moderator:
            return with_buttons(notice_view(words(refused)), _decision_buttons(suggestion, words))
        preview = await moderation.previewer.suggestion(suggestion)
        if preview.entries and not preview.outlet:
            notice = notice_view(words("preview_outlet_needed"))
            name = _NameOutletButton(self.key, words("name_outlet"))
            return with_buttons(notice, [name, *_decision_buttons(suggestion, words)])
        by = moderator(interaction)
        result = await moderation.curator.approve(suggestion, preview, by)
        if result is Approval.DECIDED_BEFORE:
            return await _decided_view(self.key, moderation, interaction)
        return layout(_decision_lines(suggestion, result, by.who, words))


class _NameOutletButton(Moderated, KeyButton, template=r"desk:nameof:(?P<key>[0-9]{1,12})"):
    """A button that asks for the outlet of a suggested feed."""

    kind = "nameof"
    style = discord.ButtonStyle.primary

    async def run(self, interaction: Interaction, moderation: Moderation) -> None:
        """Open the form; after it the suggestion shows the outlet."""
        suggestion = await _open_suggestion(self.key, moderation, interaction)
        if suggestion is None:
            notice = await _decided_view(self.key, moderation, interaction)
            await interaction.response.edit_message(view=notice)
            return

        async def store_outlet(submission: Interaction, outlet: str) -> None:
            await moderation.reviewer.name(suggestion, outlet)
            view = review_view(replace(suggestion, outlet=outlet), words_of(submission))
            await submission.response.edit_message(view=view)

        form = OutletForm(interaction, suggestion.name, store_outlet)
        await interaction.response.send_modal(form)


class _RejectButton(Action, KeyButton, template=r"desk:reject:(?P<key>[0-9]{1,12})"):
    """A button that rejects a suggestion."""

    kind = "reject"
    style = discord.ButtonStyle.danger

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Reject the suggestion."""
        by = moderator(interaction)
        suggestion = await _open_suggestion(self.key, moderation, interaction)
        if suggestion is None or not await moderation.curator.reject(suggestion, by):
            return await _decided_view(self.key, moderation, interaction)
        return layout(_decision_lines(suggestion, "rejected", by.who, words_of(interaction)))


SUGGESTION_BUTTONS = (_PreviewButton, ApproveButton, _NameOutletButton, _RejectButton)

"""The command `/settings`: the rules of a server and, in the home server, of the desk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from typing import Any
from zoneinfo import available_timezones

import discord
from discord import app_commands, ui

from bot.community.curating import NothingToDoError
from bot.community.quiet import QuietSource
from bot.community.rules import DESK, DeskRules, DigestPlan, QuietHours, ServerRules, Speaks
from bot.discord_ui.buttons import KeyButton
from bot.discord_ui.choices import matching_choices
from bot.discord_ui.moderators.moderation import (
    Moderation,
    admitted,
    moderation_of,
    moderator,
    server_in,
)
from bot.discord_ui.news import digest_view
from bot.discord_ui.rendering import layout, notice_view, with_buttons
from bot.discord_ui.replying import Interaction, respond, show_result, words_of
from bot.discord_ui.text import escape, link, phrase, safe_address, title
from bot.discord_ui.words import worded
from bot.ledger.model import AuditAction, AuditEntry
from bot.wording import Wording, language_name
from ingest.language.languages import Language

_QUESTION_LANGUAGE = "asked"
"""The choice by which answers are in the language of the question."""
_CHANNELS = 20
"""Channels that are listed."""
_OUTLETS = 20
"""Outlets that are listed."""
_QUIET_SOURCES = 8
"""Quiet sources that are listed."""
_NAMES_LENGTH = 800
"""Characters of the outlets' names."""
_MODES = [app_commands.Choice(name=worded(f"speaks_{mode}"), value=str(mode)) for mode in Speaks]
_LANGUAGES = [
    app_commands.Choice(name=worded("language_asked"), value=_QUESTION_LANGUAGE),
    *(app_commands.Choice(name=x.own_name, value=str(x)) for x in Language),
]


class SettingsGroup(app_commands.Group):
    """The commands of `/settings`, for people who may manage the server."""

    NAME = "settings"

    def __init__(self, moderation: Moderation) -> None:
        super().__init__(
            name=self.NAME,
            description=worded("command_settings"),
            guild_only=True,
            default_permissions=discord.Permissions(manage_guild=True),
        )
        self.moderation = moderation

    @app_commands.command(name="show", description=worded("command_settings_show"))
    async def show(self, interaction: Interaction) -> None:
        """Show the server's rules, and the desk's rules to people who may change them."""
        await show_result(interaction, lambda: _settings_page(self.moderation, interaction))

    @app_commands.command(name="everywhere", description=worded("command_settings_everywhere"))
    @app_commands.describe(mode=worded("option_mode"))
    @app_commands.choices(mode=_MODES)
    async def everywhere(self, interaction: Interaction, mode: app_commands.Choice[str]) -> None:
        """Set the mode for channels without a mode of their own."""
        await self._change_server_rules(
            interaction, lambda r: replace(r, everywhere=Speaks(mode.value))
        )

    @app_commands.command(name="channel", description=worded("command_settings_channel"))
    @app_commands.describe(channel=worded("option_channel"), mode=worded("option_mode_channel"))
    @app_commands.choices(mode=_MODES)
    async def channel(
        self,
        interaction: Interaction,
        channel: discord.TextChannel | discord.ForumChannel | discord.VoiceChannel,
        mode: app_commands.Choice[str] | None = None,
    ) -> None:
        """Set the mode of one channel; without a mode the server's mode applies."""

        def change(rules: ServerRules) -> ServerRules:
            other_channels = {k: v for k, v in rules.channels.items() if k != str(channel.id)}
            own_channel = {str(channel.id): Speaks(mode.value)} if mode else {}
            return replace(rules, channels={**other_channels, **own_channel})

        await self._change_server_rules(interaction, change)

    @app_commands.command(name="language", description=worded("command_settings_language"))
    @app_commands.describe(language=worded("option_language"))
    @app_commands.choices(language=_LANGUAGES)
    async def language(self, interaction: Interaction, language: app_commands.Choice[str]) -> None:
        """Set the language of answers."""
        fixed = None if language.value == _QUESTION_LANGUAGE else Language(language.value)
        await self._change_server_rules(interaction, lambda r: replace(r, language=fixed))

    @app_commands.command(name="limits", description=worded("command_settings_limits"))
    @app_commands.describe(
        per_member=worded("option_per_member"), per_channel=worded("option_per_channel")
    )
    async def limits(
        self,
        interaction: Interaction,
        per_member: app_commands.Range[int, 1, 60] | None = None,
        per_channel: app_commands.Range[int, 1, 600] | None = None,
    ) -> None:
        """Set the questions allowed in a minute."""

        def change(rules: ServerRules) -> ServerRules:
            return replace(
                rules,
                per_member=per_member or rules.per_member,
                per_channel=per_channel or rules.per_channel,
            )

        await self._change_server_rules(interaction, change)

    @app_commands.command(name="budget", description=worded("command_settings_budget"))
    @app_commands.describe(amount=worded("option_amount"))
    async def budget(
        self, interaction: Interaction, amount: app_commands.Range[float, 0] | None = None
    ) -> None:
        """Set the daily budget for models; without an amount the desk's settings apply."""
        settings = self.moderation.desk.settings
        if None in {settings.price_input, settings.price_output}:
            await respond(interaction, notice_view(words_of(interaction)("budget_without_prices")))
            return
        limit = None if amount is None else Decimal(str(amount))
        await self._change_desk_rules(interaction, lambda r: replace(r, daily_budget=limit))

    @app_commands.command(name="voting-link", description=worded("command_settings_link"))
    @app_commands.describe(url=worded("option_voting_link"))
    async def voting_link(
        self, interaction: Interaction, url: app_commands.Range[str, 0, 500] = ""
    ) -> None:
        """Set the page of the election authority; without an address the desk's settings apply."""
        if url and safe_address(url) is None:
            await respond(interaction, notice_view(words_of(interaction)("no_address")))
            return
        await self._change_desk_rules(interaction, lambda r: replace(r, voting_link=url or None))

    @app_commands.command(name="approval", description=worded("command_settings_approval"))
    @app_commands.describe(second=worded("option_second"))
    async def approval(self, interaction: Interaction, second: bool) -> None:
        """Require the consent of a second moderator, or drop the requirement."""
        await self._change_desk_rules(interaction, lambda r: replace(r, second_moderator=second))

    @app_commands.command(name="review", description=worded("command_settings_review"))
    @app_commands.describe(channel=worded("option_review"))
    async def review(
        self, interaction: Interaction, channel: discord.TextChannel | None = None
    ) -> None:
        """Set the channel for suggestions and reports; without a channel they are not posted."""
        number = channel.id if channel else None
        if self.moderation.at_home(interaction):
            await self._change_desk_rules(interaction, lambda r: replace(r, review_channel=number))
        else:
            await self._change_server_rules(
                interaction, lambda r: replace(r, review_channel=number)
            )

    @app_commands.command(name="moderators", description=worded("command_settings_moderators"))
    @app_commands.describe(role=worded("option_role"))
    async def moderators(self, interaction: Interaction, role: discord.Role | None = None) -> None:
        """Set the role of moderators; without a role only permissions count."""
        number = role.id if role else None
        await self._change_server_rules(interaction, lambda r: replace(r, moderator_role=number))

    @app_commands.command(name="outlets", description=worded("command_settings_outlets"))
    @app_commands.describe(
        also=worded("option_outlets_also"), without=worded("option_outlets_without")
    )
    async def outlets(
        self,
        interaction: Interaction,
        also: app_commands.Range[str, 1, 100] | None = None,
        without: app_commands.Range[str, 1, 100] | None = None,
    ) -> None:
        """Set the outlets that answers may cite; without options all outlets."""
        names = await self.moderation.desk.catalogue.outlets(server_in(interaction))
        unknown = next(
            (outlet for outlet in (also, without) if outlet and outlet not in names), None
        )
        if unknown is not None:
            text = words_of(interaction)("outlet_unknown", outlet=unknown)
            await respond(interaction, notice_view(text))
            return

        def change(rules: ServerRules) -> ServerRules:
            if also is None and without is None:
                return replace(rules, outlets=())
            outlets = rules.outlets or (tuple(names) if also is None else ())
            chosen = dict.fromkeys([*outlets, *([also] if also else [])])
            return replace(rules, outlets=tuple(outlet for outlet in chosen if outlet != without))

        await self._change_server_rules(interaction, change)

    @outlets.autocomplete("also")
    @outlets.autocomplete("without")
    async def suggest_outlets(
        self, interaction: Interaction, text: str
    ) -> list[app_commands.Choice[str]]:
        """Suggest archived outlets."""
        if await self.moderation.settings_refusal(interaction) is not None:
            return []
        return matching_choices(
            text, await self.moderation.desk.catalogue.outlets(server_in(interaction))
        )

    @app_commands.command(name="digest", description=worded("command_settings_digest"))
    @app_commands.describe(
        channel=worded("option_digest"),
        hour=worded("option_hour"),
        weekday=worded("option_weekday"),
        timezone=worded("option_timezone"),
    )
    async def digest(
        self,
        interaction: Interaction,
        channel: discord.TextChannel | None = None,
        hour: app_commands.Range[int, 0, 23] = 18,
        weekday: app_commands.Range[int, 1, 7] | None = None,
        timezone: str | None = None,
    ) -> None:
        """Set the channel and the time of digests; without a channel there are none."""
        if not await _is_known_zone(timezone, interaction):
            return
        day = weekday - 1 if weekday else None
        now = self.moderation.desk.clock()
        plan = DigestPlan(channel.id, hour, now, day) if channel else None

        def change(rules: ServerRules) -> ServerRules:
            return replace(rules, digest=plan, timezone=timezone or rules.timezone)

        await self._change_server_rules(interaction, change)

    @app_commands.command(name="preview", description=worded("command_settings_preview"))
    async def preview(self, interaction: Interaction) -> None:
        """Preview the next digest."""
        desk = self.moderation.desk

        async def work() -> ui.LayoutView:
            rules = await desk.community.rules(interaction.guild_id)
            channel = interaction.channel_id or 0
            plan = rules.digest or DigestPlan(channel, 0, desk.clock())
            digest = await desk.news.digests.preview(interaction.guild_id or 0, rules, plan)
            words = Wording.of(rules.language) if rules.language else words_of(interaction)
            return digest_view(digest, words)

        await show_result(interaction, work)

    @app_commands.command(name="quiet", description=worded("command_settings_quiet"))
    @app_commands.describe(
        begin=worded("option_quiet_begin"),
        end=worded("option_quiet_end"),
        timezone=worded("option_timezone"),
    )
    async def quiet(
        self,
        interaction: Interaction,
        begin: app_commands.Range[int, 0, 23] | None = None,
        end: app_commands.Range[int, 0, 23] = 7,
        timezone: str | None = None,
    ) -> None:
        """Set the quiet hours for follows; without a beginning there are none."""
        if not await _is_known_zone(timezone, interaction):
            return
        hours = None if begin is None else QuietHours(begin, end)
        await self._change_server_rules(
            interaction,
            lambda r: replace(r, quiet=hours, timezone=timezone or r.timezone),
        )

    @digest.autocomplete("timezone")
    @quiet.autocomplete("timezone")
    async def suggest_timezones(
        self, interaction: Interaction, text: str
    ) -> list[app_commands.Choice[str]]:
        """Suggest time zones."""
        del interaction
        return matching_choices(text.replace(" ", "_"), sorted(available_timezones()))

    async def _change_server_rules(
        self, interaction: Interaction, change: Callable[[ServerRules], ServerRules]
    ) -> None:
        """Change the rules of this server, and show the result."""
        moderation, community = self.moderation, self.moderation.desk.community

        async def work() -> ui.LayoutView:
            community.rules_changed()
            rules = change(await community.rules(interaction.guild_id))
            by = moderator(interaction)
            place, entry = str(interaction.guild_id), None
            with suppress(NothingToDoError):
                entry = await moderation.desk.curator.set_rules(rules, place, by)
            community.rules_changed()
            return await _settings_page(moderation, interaction, entry)

        await show_result(interaction, work)

    async def _change_desk_rules(
        self, interaction: Interaction, change: Callable[[DeskRules], DeskRules]
    ) -> None:
        """Change the rules of the desk if the user may, and show the result."""
        moderation = self.moderation
        if not await admitted(interaction, await moderation.desk_refusal(interaction)):
            return

        async def work() -> ui.LayoutView:
            rules = change(await moderation.desk.community.desk_rules())
            by, entry = moderator(interaction), None
            with suppress(NothingToDoError):
                entry = await moderation.desk.curator.set_rules(rules, DESK, by)
            return await _settings_page(moderation, interaction, entry)

        await show_result(interaction, work)


async def _is_known_zone(timezone: str | None, interaction: Interaction) -> bool:
    """Return True if *timezone* is ``None`` or known; else show that it is unknown."""
    if timezone is None or timezone in available_timezones():
        return True
    text = words_of(interaction)("timezone_unknown", timezone=title(timezone, 80))
    await respond(interaction, notice_view(text))
    return False


async def _settings_page(
    moderation: Moderation, interaction: Interaction, entry: AuditEntry | None = None
) -> ui.LayoutView:
    """Show the settings, with a button that undoes *entry*."""
    words, community = words_of(interaction), moderation.desk.community
    rules = await community.rules(interaction.guild_id)
    home = await moderation.desk_refusal(interaction) is None
    desk = await community.desk_rules() if home else None
    settings = moderation.desk.settings
    places = moderation.places(interaction)
    sources = moderation.desk.news.quiet.found
    quiet = [quiet_source for quiet_source in sources if quiet_source.source.place in places]
    view = settings_view(
        rules, desk, words, page=settings.voting_link, budget=settings.daily_budget, quiet=quiet
    )
    return with_buttons(view, [UnsetButton(str(entry.id), words("undo"))] if entry else [])


def settings_view(
    rules: ServerRules,
    desk: DeskRules | None,
    words: Wording,
    *,
    page: str | None = None,
    budget: Decimal | None = None,
    quiet: Sequence[QuietSource] = (),
) -> ui.LayoutView:
    """Show the rules of a server, and with *desk* the rules of the desk.

    *page* and *budget* are the maintainer's settings, which apply if the desk sets none. *quiet*
    are sources without new articles; a server may have no channel in which they are reported.
    """
    language = language_name(rules.language, words) if rules.language else words("language_asked")
    lines = [
        f"- {escape(words('setting_everywhere'))}: {escape(words(f'speaks_{rules.everywhere}'))}",
        *(
            f"- <#{int(key)}>: {escape(words(f'speaks_{mode}'))}"
            for key, mode in list(rules.channels.items())[:_CHANNELS]
        ),
        f"- {escape(words('setting_language'))}: {escape(language)}",
        f"- {escape(words('setting_member', count=rules.per_member))}",
        f"- {escape(words('setting_channel', count=rules.per_channel))}",
        f"- {escape(words('setting_outlets'))}: {_outlet_names(rules, words)}",
    ]
    if rules.moderator_role is not None:
        lines.append(f"- {escape(words('setting_role'))}: <@&{int(rules.moderator_role)}>")
    if rules.review_channel is not None:
        lines.append(f"- {escape(words('setting_review'))}: <#{int(rules.review_channel)}>")
    lines += _time_lines(rules, words)
    blocks = [f"**{escape(words('settings_heading'))}**", "\n".join(lines)]
    if desk is not None:
        blocks += [
            f"**{escape(words('settings_desk'))}**",
            "\n".join(_desk_lines(desk, words, page, budget)),
        ]
    if quiet:
        blocks += [f"**{escape(words('quiet_heading'))}**", _quiet_lines(quiet, words)]
    return layout(blocks)


def _quiet_lines(quiet: Sequence[QuietSource], words: Wording) -> str:
    """List sources without new articles since a date, up to a maximum."""
    sentences = [
        words(
            "quiet_outlet",
            outlet=title(quiet_source.source.outlet, 100),
            date=words.date(quiet_source.since),
        )
        for quiet_source in quiet[:_QUIET_SOURCES]
    ]
    rest_count = len(quiet) - _QUIET_SOURCES
    rest_lines = [f"-# {escape(words('preview_more', count=rest_count))}"] if rest_count > 0 else []
    return "\n".join([*(f"- {phrase(sentence)}" for sentence in sentences), *rest_lines])


def _time_lines(rules: ServerRules, words: Wording) -> list[str]:
    """Describe the times of digests and the quiet hours."""
    lines, zone = [], rules.timezone
    if rules.digest is not None:
        hour = f"{rules.digest.hour:02}:00"
        day = rules.digest.weekday
        names = words.locale.days["stand-alone"]["wide"]
        when = words("digest_daily") if day is None else names[day]
        text = phrase(words("setting_digest", day=when, hour=hour, timezone=zone))
        lines.append(f"- {text}: <#{int(rules.digest.channel)}>")
    if rules.quiet is not None:
        begin, end = (f"{hour:02}:00" for hour in (rules.quiet.begin, rules.quiet.end))
        text = words("setting_quiet", begin=begin, end=end, timezone=zone)
        lines.append(f"- {phrase(text)}")
    return lines


def _outlet_names(rules: ServerRules, words: Wording) -> str:
    """Name the outlets that answers may cite, up to a maximum."""
    if not rules.outlets:
        return escape(words("setting_outlets_all"))
    names = words("list_comma").join(rules.outlets[:_OUTLETS])
    rest_count = len(rules.outlets) - _OUTLETS
    rest_text = f" {escape(words('preview_more', count=rest_count))}" if rest_count > 0 else ""
    return f"{phrase(title(names, _NAMES_LENGTH))}{rest_text}"


def _desk_lines(
    desk: DeskRules, words: Wording, default_link: str | None, default_budget: Decimal | None
) -> list[str]:
    """Describe the rules of the desk, and mark the maintainer's settings."""
    unset = escape(words("setting_unset"))

    def value_or_default(value: str | None, default: str | None) -> str:
        fallback = words("setting_by_maintainers", value=default) if default else unset
        return value or fallback

    def linked_to(url: str | None) -> str | None:
        return link(url, url, instead=words("link")) if url else None

    voting_link = value_or_default(linked_to(desk.voting_link), linked_to(default_link))
    value = None if desk.daily_budget is None else f"{desk.daily_budget}"
    budget = value_or_default(value, None if default_budget is None else f"{default_budget}")
    review = f"<#{desk.review_channel}>" if desk.review_channel else escape(words("setting_none"))
    second = words("yes" if desk.second_moderator else "no")
    return [
        f"- {escape(words('setting_budget'))}: {budget}",
        f"- {escape(words('setting_link'))}: {voting_link}",
        f"- {escape(words('setting_second'))}: {escape(second)}",
        f"- {escape(words('setting_review'))}: {review}",
    ]


class UnsetButton(KeyButton, template=r"desk:unset:(?P<key>[0-9]{1,12})"):
    """A button that undoes a change of settings, for people who may change them."""

    kind = "unset"

    async def on_press(self, interaction: Interaction) -> None:
        """Undo the change once."""
        moderation = moderation_of(interaction)
        entry = await moderation.desk.catalogue.entry(int(self.key))
        everywhere = entry is not None and not entry.detail
        refusal_for: Any = moderation.desk_refusal if everywhere else moderation.settings_refusal
        if not await admitted(interaction, await refusal_for(interaction)):
            return
        is_here = entry is not None and entry.detail in {DESK, str(interaction.guild_id)}
        if entry is None or entry.kind is not AuditAction.SET or not is_here:
            await respond(interaction, notice_view(words_of(interaction)("settings_elsewhere")))
            return
        await interaction.response.defer()
        undone = await moderation.desk.curator.undo(entry.id, moderator(interaction))
        moderation.desk.community.rules_changed()
        view = (
            await _settings_page(moderation, interaction)
            if undone
            else notice_view(words_of(interaction)("moderating_done_before"))
        )
        await interaction.edit_original_response(view=view)


SETTINGS_BUTTONS = (UnsetButton,)

"""`/settings`: what holds in a server, and, from the moderated one, what holds everywhere."""

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
from bot.discord_ui.choices import choices_like
from bot.discord_ui.moderators.moderation import (
    Moderation,
    admitted,
    moderation_of,
    moderator,
    server_in,
)
from bot.discord_ui.news import digest_view
from bot.discord_ui.rendering import layout, notice_view, with_buttons
from bot.discord_ui.replying import Interaction, respond, tell_result, words_of
from bot.discord_ui.text import escape, link, phrase, safe_address, title
from bot.discord_ui.words import worded
from bot.ledger.model import AuditAction, AuditEntry
from bot.wording import Wording
from ingest.language.languages import Language

_AS_ASKED = "asked"
"""The choice that leaves the language to the question."""
_CHANNELS = 20
"""Channels that are listed."""
_OUTLETS = 20
"""Outlets that are listed."""
_QUIET = 8
"""Quiet sources that are listed."""
_NAMED = 800
"""Characters of their names."""
_MODES = [app_commands.Choice(name=worded(f"speaks_{each}"), value=str(each)) for each in Speaks]
_LANGUAGES = [
    app_commands.Choice(name=worded("language_asked"), value=_AS_ASKED),
    *(app_commands.Choice(name=x.own_name, value=str(x)) for x in Language),
]


class SettingsGroup(app_commands.Group):
    """The commands of `/settings`; the tree lets in who may manage the server."""

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
        """Show what holds here, and to those who set it what holds everywhere."""
        await tell_result(interaction, lambda: _shown(self.moderation, interaction))

    @app_commands.command(name="everywhere", description=worded("command_settings_everywhere"))
    @app_commands.describe(mode=worded("option_mode"))
    @app_commands.choices(mode=_MODES)
    async def everywhere(self, interaction: Interaction, mode: app_commands.Choice[str]) -> None:
        """Set how the bot answers in channels that have no mode of their own."""
        await self._server(interaction, lambda r: replace(r, everywhere=Speaks(mode.value)))

    @app_commands.command(name="channel", description=worded("command_settings_channel"))
    @app_commands.describe(channel=worded("option_channel"), mode=worded("option_mode_channel"))
    @app_commands.choices(mode=_MODES)
    async def channel(
        self,
        interaction: Interaction,
        channel: discord.TextChannel | discord.ForumChannel | discord.VoiceChannel,
        mode: app_commands.Choice[str] | None = None,
    ) -> None:
        """Set how the bot answers in one channel; without a mode as everywhere."""

        def change(rules: ServerRules) -> ServerRules:
            others = {k: v for k, v in rules.channels.items() if k != str(channel.id)}
            mine = {str(channel.id): Speaks(mode.value)} if mode else {}
            return replace(rules, channels={**others, **mine})

        await self._server(interaction, change)

    @app_commands.command(name="language", description=worded("command_settings_language"))
    @app_commands.describe(language=worded("option_language"))
    @app_commands.choices(language=_LANGUAGES)
    async def language(self, interaction: Interaction, language: app_commands.Choice[str]) -> None:
        """Set the language of answers."""
        fixed = None if language.value == _AS_ASKED else Language(language.value)
        await self._server(interaction, lambda r: replace(r, language=fixed))

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
        """Set how many questions a minute may have."""

        def change(rules: ServerRules) -> ServerRules:
            return replace(
                rules,
                per_member=per_member or rules.per_member,
                per_channel=per_channel or rules.per_channel,
            )

        await self._server(interaction, change)

    @app_commands.command(name="budget", description=worded("command_settings_budget"))
    @app_commands.describe(amount=worded("option_amount"))
    async def budget(
        self, interaction: Interaction, amount: app_commands.Range[float, 0] | None = None
    ) -> None:
        """Set what models may cost in a day; without an amount the settings decide."""
        settings = self.moderation.desk.settings
        if None in {settings.price_input, settings.price_output}:
            await respond(interaction, notice_view(words_of(interaction)("budget_without_prices")))
            return
        most = None if amount is None else Decimal(str(amount))
        await self._desk(interaction, lambda r: replace(r, daily_budget=most))

    @app_commands.command(name="voting-link", description=worded("command_settings_link"))
    @app_commands.describe(url=worded("option_voting_link"))
    async def voting_link(
        self, interaction: Interaction, url: app_commands.Range[str, 0, 500] = ""
    ) -> None:
        """Set the election authority's page; without an address the settings decide."""
        if url and safe_address(url) is None:
            await respond(interaction, notice_view(words_of(interaction)("no_address")))
            return
        await self._desk(interaction, lambda r: replace(r, voting_link=url or None))

    @app_commands.command(name="approval", description=worded("command_settings_approval"))
    @app_commands.describe(second=worded("option_second"))
    async def approval(self, interaction: Interaction, second: bool) -> None:
        """Set whether a second moderator has to agree."""
        await self._desk(interaction, lambda r: replace(r, second_moderator=second))

    @app_commands.command(name="review", description=worded("command_settings_review"))
    @app_commands.describe(channel=worded("option_review"))
    async def review(
        self, interaction: Interaction, channel: discord.TextChannel | None = None
    ) -> None:
        """Set where what members here propose and report is posted; without a channel nowhere."""
        number = channel.id if channel else None
        if self.moderation.at_home(interaction):
            await self._desk(interaction, lambda r: replace(r, review_channel=number))
        else:
            await self._server(interaction, lambda r: replace(r, review_channel=number))

    @app_commands.command(name="moderators", description=worded("command_settings_moderators"))
    @app_commands.describe(role=worded("option_role"))
    async def moderators(self, interaction: Interaction, role: discord.Role | None = None) -> None:
        """Set whose role lets them look after the coverage; without one nobody's."""
        number = role.id if role else None
        await self._server(interaction, lambda r: replace(r, moderator_role=number))

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
        """Set which outlets answers here may cite; without options all of them."""
        names = await self.moderation.desk.catalogue.outlets(server_in(interaction))
        unknown = next((each for each in (also, without) if each and each not in names), None)
        if unknown is not None:
            said = words_of(interaction)("outlet_unknown", outlet=unknown)
            await respond(interaction, notice_view(said))
            return

        def change(rules: ServerRules) -> ServerRules:
            if also is None and without is None:
                return replace(rules, outlets=())
            here = rules.outlets or (tuple(names) if also is None else ())
            chosen = dict.fromkeys([*here, *([also] if also else [])])
            return replace(rules, outlets=tuple(each for each in chosen if each != without))

        await self._server(interaction, change)

    @outlets.autocomplete("also")
    @outlets.autocomplete("without")
    async def outlets_offered(
        self, interaction: Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        """Offer the outlets that are kept."""
        if await self.moderation.settings_refusal(interaction) is not None:
            return []
        return choices_like(
            typed, await self.moderation.desk.catalogue.outlets(server_in(interaction))
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
        """Set where and when what is new is posted; without a channel nowhere."""
        if not await _knows(timezone, interaction):
            return
        day = weekday - 1 if weekday else None
        now = self.moderation.desk.clock()
        plan = DigestPlan(channel.id, hour, now, day) if channel else None

        def change(rules: ServerRules) -> ServerRules:
            return replace(rules, digest=plan, timezone=timezone or rules.timezone)

        await self._server(interaction, change)

    @app_commands.command(name="preview", description=worded("command_settings_preview"))
    async def preview(self, interaction: Interaction) -> None:
        """Show what a digest would have now."""
        desk = self.moderation.desk

        async def work() -> ui.LayoutView:
            rules = await desk.community.rules(interaction.guild_id)
            here = interaction.channel_id or 0
            plan = rules.digest or DigestPlan(here, 0, desk.clock())
            found = await desk.news.digests.preview(interaction.guild_id or 0, rules, plan)
            words = Wording.of(rules.language) if rules.language else words_of(interaction)
            return digest_view(found, words)

        await tell_result(interaction, work)

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
        """Set the hours in which what is followed here waits; without a beginning none."""
        if not await _knows(timezone, interaction):
            return
        hours = None if begin is None else QuietHours(begin, end)
        await self._server(
            interaction,
            lambda r: replace(r, quiet=hours, timezone=timezone or r.timezone),
        )

    @digest.autocomplete("timezone")
    @quiet.autocomplete("timezone")
    async def timezones_offered(
        self, interaction: Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        """Offer the time zones that there are."""
        del interaction
        return choices_like(typed.replace(" ", "_"), sorted(available_timezones()))

    async def _server(
        self, interaction: Interaction, change: Callable[[ServerRules], ServerRules]
    ) -> None:
        """Change what holds in this server."""
        moderation, community = self.moderation, self.moderation.desk.community

        async def work() -> ui.LayoutView:
            community.rules_changed()
            rules = change(await community.rules(interaction.guild_id))
            by = moderator(interaction)
            place, logged = str(interaction.guild_id), None
            with suppress(NothingToDoError):
                logged = await moderation.desk.curator.set_rules(rules, place, by)
            community.rules_changed()
            return await _shown(moderation, interaction, logged)

        await tell_result(interaction, work)

    async def _desk(
        self, interaction: Interaction, change: Callable[[DeskRules], DeskRules]
    ) -> None:
        """Change what holds everywhere, if whoever acts may."""
        moderation = self.moderation
        if not await admitted(interaction, await moderation.desk_refusal(interaction)):
            return

        async def work() -> ui.LayoutView:
            rules = change(await moderation.desk.community.desk_rules())
            by, logged = moderator(interaction), None
            with suppress(NothingToDoError):
                logged = await moderation.desk.curator.set_rules(rules, DESK, by)
            return await _shown(moderation, interaction, logged)

        await tell_result(interaction, work)


async def _knows(timezone: str | None, interaction: Interaction) -> bool:
    """Tell whether there is such a time zone, and say so if not."""
    if timezone is None or timezone in available_timezones():
        return True
    said = words_of(interaction)("timezone_unknown", timezone=title(timezone, 80))
    await respond(interaction, notice_view(said))
    return False


async def _shown(
    moderation: Moderation, interaction: Interaction, logged: AuditEntry | None = None
) -> ui.LayoutView:
    """Show the settings, with the way back from *logged*."""
    words, community = words_of(interaction), moderation.desk.community
    rules = await community.rules(interaction.guild_id)
    home = await moderation.desk_refusal(interaction) is None
    desk = await community.desk_rules() if home else None
    given = moderation.desk.settings
    places = moderation.places(interaction)
    quiet = [each for each in moderation.desk.news.quiet.found if each.source.place in places]
    view = settings_view(
        rules, desk, words, page=given.voting_link, budget=given.daily_budget, quiet=quiet
    )
    return with_buttons(view, [UnsetButton(str(logged.id), words("undo"))] if logged else [])


def settings_view(
    rules: ServerRules,
    desk: DeskRules | None,
    words: Wording,
    *,
    page: str | None = None,
    budget: Decimal | None = None,
    quiet: Sequence[QuietSource] = (),
) -> ui.LayoutView:
    """Say what holds in a server, and with *desk* what holds everywhere.

    *page* and *budget* are the maintainers', which hold where nothing is set here; *quiet* are
    sources that should be looked after, for a server may have no channel in which that is told.
    """
    language = words.name_of(rules.language) if rules.language else words("language_asked")
    lines = [
        f"- {escape(words('setting_everywhere'))}: {escape(words(f'speaks_{rules.everywhere}'))}",
        *(
            f"- <#{int(key)}>: {escape(words(f'speaks_{mode}'))}"
            for key, mode in list(rules.channels.items())[:_CHANNELS]
        ),
        f"- {escape(words('setting_language'))}: {escape(language)}",
        f"- {escape(words('setting_member', count=rules.per_member))}",
        f"- {escape(words('setting_channel', count=rules.per_channel))}",
        f"- {escape(words('setting_outlets'))}: {_outlets_said(rules, words)}",
    ]
    if rules.moderator_role is not None:
        lines.append(f"- {escape(words('setting_role'))}: <@&{int(rules.moderator_role)}>")
    if rules.review_channel is not None:
        lines.append(f"- {escape(words('setting_review'))}: <#{int(rules.review_channel)}>")
    lines += _times_said(rules, words)
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
    """Say since when nothing came of each source, as far as there is room."""
    said = [
        words("quiet_outlet", outlet=title(each.source.outlet, 100), date=words.date(each.since))
        for each in quiet[:_QUIET]
    ]
    more = len(quiet) - _QUIET
    rest = [f"-# {escape(words('preview_more', count=more))}"] if more > 0 else []
    return "\n".join([*(f"- {phrase(each)}" for each in said), *rest])


def _times_said(rules: ServerRules, words: Wording) -> list[str]:
    """Say when something is posted that nobody asked for, and when not."""
    lines, zone = [], rules.timezone
    if rules.digest is not None:
        hour = f"{rules.digest.hour:02}:00"
        day = rules.digest.weekday
        names = words.locale.days["stand-alone"]["wide"]
        when = words("digest_daily") if day is None else names[day]
        said = phrase(words("setting_digest", day=when, hour=hour, timezone=zone))
        lines.append(f"- {said}: <#{int(rules.digest.channel)}>")
    if rules.quiet is not None:
        begin, end = (f"{each:02}:00" for each in (rules.quiet.begin, rules.quiet.end))
        said = words("setting_quiet", begin=begin, end=end, timezone=zone)
        lines.append(f"- {phrase(said)}")
    return lines


def _outlets_said(rules: ServerRules, words: Wording) -> str:
    """Name the outlets that answers may cite, as far as there is room."""
    if not rules.outlets:
        return escape(words("setting_outlets_all"))
    named = words("list_comma").join(rules.outlets[:_OUTLETS])
    more = len(rules.outlets) - _OUTLETS
    rest = f" {escape(words('preview_more', count=more))}" if more > 0 else ""
    return f"{phrase(title(named, _NAMED))}{rest}"


def _desk_lines(
    desk: DeskRules, words: Wording, given_link: str | None, given_budget: Decimal | None
) -> list[str]:
    """Say what holds everywhere, and where it is the maintainers who set it."""
    unset = escape(words("setting_unset"))

    def held(own: str | None, given: str | None) -> str:
        theirs = words("setting_by_maintainers", value=given) if given else unset
        return own or theirs

    def linked_to(url: str | None) -> str | None:
        return link(url, url, instead=words("link")) if url else None

    linked = held(linked_to(desk.voting_link), linked_to(given_link))
    own = None if desk.daily_budget is None else f"{desk.daily_budget}"
    budget = held(own, None if given_budget is None else f"{given_budget}")
    review = f"<#{desk.review_channel}>" if desk.review_channel else escape(words("setting_none"))
    second = words("yes" if desk.second_moderator else "no")
    return [
        f"- {escape(words('setting_budget'))}: {budget}",
        f"- {escape(words('setting_link'))}: {linked}",
        f"- {escape(words('setting_second'))}: {escape(second)}",
        f"- {escape(words('setting_review'))}: {review}",
    ]


class UnsetButton(KeyButton, template=r"desk:unset:(?P<key>[0-9]{1,12})"):
    """Takes a setting back, for whoever may set it."""

    kind = "unset"

    async def pressed(self, interaction: Interaction) -> None:
        """Take it back, once."""
        moderation = moderation_of(interaction)
        logged = await moderation.desk.catalogue.entry(int(self.key))
        everywhere = logged is not None and not logged.detail
        refuses: Any = moderation.desk_refusal if everywhere else moderation.settings_refusal
        if not await admitted(interaction, await refuses(interaction)):
            return
        here = logged is not None and logged.detail in {DESK, str(interaction.guild_id)}
        if logged is None or logged.kind is not AuditAction.SET or not here:
            await respond(interaction, notice_view(words_of(interaction)("settings_elsewhere")))
            return
        await interaction.response.defer()
        done = await moderation.desk.curator.undo(logged.id, moderator(interaction))
        moderation.desk.community.rules_changed()
        view = (
            await _shown(moderation, interaction)
            if done
            else notice_view(words_of(interaction)("moderating_done_before"))
        )
        await interaction.edit_original_response(view=view)


SETTINGS_BUTTONS = (UnsetButton,)

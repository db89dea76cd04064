"""The panel `/settings`: the rules of a server and, in the home server, of the desk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from hashlib import sha256
from typing import Any, ClassVar, TypeAlias
from zoneinfo import available_timezones

import discord
from discord import app_commands, ui

from bot.community.curating import NothingToDoError
from bot.community.rules import DESK, DeskRules, DigestPlan, QuietHours, ServerRules, Speaks
from bot.discord_ui.buttons import (
    KeyButton,
    KeyChannelSelect,
    KeyRoleSelect,
    KeySelect,
    matching_choices,
    text_input,
)
from bot.discord_ui.escaping import escape, phrase, safe_address, title, worded
from bot.discord_ui.limits import DISCORD
from bot.discord_ui.moderators.moderation import (
    Action,
    DeskManaged,
    Managed,
    ManagerForm,
    Moderation,
    admitted,
    moderation_of,
    moderator,
    server_in,
)
from bot.discord_ui.moderators.views import (
    RulesState,
    channel_lines,
    desk_lines,
    digest_lines,
    language_line,
    limit_lines,
    outlets_line,
    overview_blocks,
    quiet_hours_lines,
    review_line,
    role_line,
    weekday_name,
)
from bot.discord_ui.news_views import digest_view
from bot.discord_ui.rendering import layout, notice_view, with_buttons
from bot.discord_ui.replying import (
    Interaction,
    send_notice,
    show_result,
    words_of,
)
from bot.ledger.records import AuditAction, AuditEntry
from bot.wording import WordedError, Wording, language_name
from ingest.language.languages import Language

_NONE = "none"
"""The value of an option that unsets a rule."""
_MEMBER_LIMITS = (1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 60)
_CHANNEL_LIMITS = (1, 5, 10, 20, 30, 60, 90, 120, 180, 240, 300, 600)
"""Questions in a minute that are offered."""
_HOURS = range(24)
_DEFAULT_DIGEST_HOUR, _DEFAULT_QUIET_END = 18, 7
_Page: TypeAlias = tuple[list[str], list[ui.Item[Any]]]
"""Texts and controls of a page."""


class Section(StrEnum):
    """A page of the panel."""

    OVERVIEW = "overview"
    CHANNELS = "channels"
    LANGUAGE = "language"
    LIMITS = "limits"
    OUTLETS = "outlets"
    MODERATORS = "moderators"
    REVIEW = "review"
    DIGEST = "digest"
    QUIET = "quiet"
    DESK = "desk"


_SPEAKING_FOR_THEMSELVES = {Section.LANGUAGE, Section.LIMITS, Section.OUTLETS, Section.REVIEW}
"""Pages whose text would only repeat their heading."""


def settings_command(moderation: Moderation) -> app_commands.Command[Any, ..., None]:
    """Make `/settings`, for people who may manage the server; the tree guards it."""

    @app_commands.command(name="settings", description=worded("command_settings"))
    @app_commands.describe(timezone=worded("option_timezone"))
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_guild=True)
    async def slash_settings(interaction: discord.Interaction, timezone: str | None = None) -> None:
        if timezone is None:
            await show_result(interaction, lambda: _panel(interaction, moderation))
        elif timezone in available_timezones():
            zone = timezone
            await show_result(
                interaction,
                lambda: _change_rules(
                    interaction,
                    moderation,
                    lambda rules: replace(rules, timezone=zone),
                    Section.DIGEST,
                ),
            )
        else:
            await send_notice(interaction, "timezone_unknown", timezone=title(timezone, 80))

    @slash_settings.autocomplete("timezone")
    async def suggest_timezones(
        interaction: discord.Interaction, text: str
    ) -> list[app_commands.Choice[str]]:
        del interaction
        return matching_choices(text.replace(" ", "_"), sorted(available_timezones()))

    return slash_settings


def settings_view(
    state: RulesState,
    section: Section,
    words: Wording,
    *,
    entry: AuditEntry | None = None,
) -> ui.LayoutView:
    """Show one page of the panel, with its controls and a button that undoes *entry*."""
    heading, make_page = _PAGES[section]
    blocks, controls = make_page(state, words)
    if section in _SPEAKING_FOR_THEMSELVES:
        blocks = [line.removeprefix("- ") for block in blocks for line in block.splitlines()]
    else:
        blocks = [f"**{escape(words(heading))}**", *blocks]
    undo = [UnsetButton(f"{entry.id}:{section}", words("undo"))] if entry else []
    others = (
        other
        for other in Section
        if other is not section and (other is not Section.DESK or state.desk is not None)
    )
    options = [_option(words(_PAGES[other][0]), other) for other in others]
    menu = _SectionMenu("0", words("settings_choose"), options)
    return with_buttons(layout(blocks), [*controls, *undo, menu])


async def _panel(
    interaction: Interaction,
    moderation: Moderation,
    section: Section = Section.OVERVIEW,
    detail: str = "",
    entry: AuditEntry | None = None,
) -> ui.LayoutView:
    """Show one page of the panel as the rules are now."""
    community = moderation.community
    may_change_desk = await moderation.desk_refusal(interaction) is None
    places, guild = moderation.places(interaction), interaction.guild
    state = RulesState(
        await community.rules(interaction.guild_id),
        moderation.settings,
        await community.desk_rules() if may_change_desk else None,
        [source for source in moderation.quiet.found if source.source.place in places],
        await moderation.catalogue.outlets(server_in(interaction))
        if section is Section.OUTLETS
        else (),
        frozenset(channel.id for channel in guild.channels) if guild else frozenset(),
        frozenset(role.id for role in guild.roles) if guild else frozenset(),
        _mute_channels(guild),
        detail,
    )
    if section is Section.DESK and not may_change_desk:
        section = Section.OVERVIEW
    return settings_view(state, section, words_of(interaction), entry=entry)


def _mute_channels(guild: discord.Guild | None) -> frozenset[int]:
    """Return the ids of the text channels in which the bot may not write."""
    channels = guild.text_channels if guild else ()
    return frozenset(
        channel.id
        for channel in channels
        if not channel.permissions_for(channel.guild.me).send_messages
    )


def _mute_line(channel: int | None, state: RulesState, words: Wording) -> list[str]:
    """Return a line that says so if the bot may not write in *channel*."""
    return [f"⚠ {escape(words('channel_mute'))}"] if channel in state.mute else []


async def _change_rules(
    interaction: Interaction,
    moderation: Moderation,
    change: Callable[[ServerRules], ServerRules],
    section: Section,
    detail: str = "",
) -> ui.LayoutView:
    """Change the rules of this server, and show the page of the change."""
    community, by = moderation.community, moderator(interaction)
    community.rules_changed()
    rules, entry = change(await community.rules(interaction.guild_id)), None
    with suppress(NothingToDoError):
        entry = await moderation.curator.set_rules(rules, by.place, by)
    community.rules_changed()
    return await _panel(interaction, moderation, section, detail, entry)


async def _change_desk_rules(
    interaction: Interaction,
    moderation: Moderation,
    change: Callable[[DeskRules], DeskRules],
    section: Section = Section.DESK,
) -> ui.LayoutView:
    """Change the rules of the desk, and show the page of the change."""
    rules, entry = change(await moderation.community.desk_rules()), None
    with suppress(NothingToDoError):
        entry = await moderation.curator.set_rules(rules, DESK, moderator(interaction))
    return await _panel(interaction, moderation, section, entry=entry)


def _overview_page(state: RulesState, words: Wording) -> _Page:
    """Show all rules."""
    return overview_blocks(state, words), []


def _channels_page(state: RulesState, words: Wording) -> _Page:
    """Show the mode of all channels, or of the channel that the page is about."""
    rules, detail = state.rules, state.detail
    if not detail:
        menu = _ModeMenu("0", words("settings_mode"), _mode_options(rules.everywhere, words))
        channel_menu = _ChannelMenu("0", words("settings_channel"))
        return ["\n".join(channel_lines(rules, words))], [menu, channel_menu]
    own_mode = rules.channels.get(detail)
    default = _option(words("settings_mode_default"), _NONE, chosen=own_mode is None)
    options = [default, *_mode_options(own_mode, words)]
    back = _SectionButton(Section.CHANNELS, words("page_before"))
    return [f"<#{int(detail)}>"], [_ModeMenu(detail, words("settings_mode"), options), back]


def _language_page(state: RulesState, words: Wording) -> _Page:
    """Show the language of answers."""
    chosen = state.rules.language
    options = [_option(words("language_asked"), _NONE, chosen=chosen is None)]
    options += [
        _option(language.own_name, language, language_name(language, words), chosen is language)
        for language in Language
    ]
    menu = _LanguageMenu("0", words("setting_language"), options)
    return [language_line(state.rules, words)], [menu]


def _limits_page(state: RulesState, words: Wording) -> _Page:
    """Show the questions that are answered in a minute."""
    rules = state.rules

    def menu(key: str, choices: Sequence[int], chosen: int) -> ui.Item[Any]:
        options = [
            _option(words(f"settings_per_{key}", count=count), f"{count}", chosen=count == chosen)
            for count in sorted({*choices, chosen})
        ]
        return _LimitMenu(key, words("settings_limits"), options)

    return ["\n".join(limit_lines(rules, words))], [
        menu("member", _MEMBER_LIMITS, rules.per_member),
        menu("channel", _CHANNEL_LIMITS, rules.per_channel),
    ]


def _outlets_page(state: RulesState, words: Wording) -> _Page:
    """Show the outlets that answers may cite, a menu of them at a time."""
    rules, offset = state.rules, int(state.detail or 0)
    line, names = outlets_line(rules, words), state.outlets[offset : offset + DISCORD.menu_options]
    if not names:
        return [line, escape(words("coverage_none"))], []
    options = [
        _option(name, _outlet_value(name), chosen=not rules.outlets or name in rules.outlets)
        for name in names
    ]
    controls: list[ui.Item[Any]] = [
        _OutletMenu(f"{offset}", words("setting_outlets"), options, multiple=True)
    ]
    if offset:
        back = max(0, offset - DISCORD.menu_options)
        controls.append(_SectionButton(f"{Section.OUTLETS}:{back}", words("page_before")))
    if len(state.outlets) > (following := offset + DISCORD.menu_options):
        controls.append(_SectionButton(f"{Section.OUTLETS}:{following}", words("page_next")))
    if rules.outlets:
        controls.append(_AllOutletsButton("0", words("settings_outlets_all")))
    return [line], controls


def _moderators_page(state: RulesState, words: Wording) -> _Page:
    """Show the role of moderators."""
    role = state.rules.moderator_role
    menu = _RoleMenu("0", words("setup_role"), role if role in state.roles else None)
    return [role_line(state.rules, words), f"-# {escape(words('settings_role_note'))}"], [menu]


def _review_page(state: RulesState, words: Wording) -> _Page:
    """Show the channel for suggestions and reports."""
    channel = state.review_channel
    menu = _ReviewMenu("0", words("settings_channel_any"), _existing(channel, state))
    return [review_line(channel, words), *_mute_line(channel, state, words)], [menu]


def _digest_page(state: RulesState, words: Wording) -> _Page:
    """Show where and when the digest is posted."""
    rules, plan = state.rules, state.rules.digest
    lines = digest_lines(rules, words) or [escape(words("settings_digest_none"))]
    chosen = _existing(plan.channel, state) if plan else None
    controls: list[ui.Item[Any]] = [_DigestChannelMenu("0", words("settings_channel_any"), chosen)]
    if plan is not None:
        hours = [_option(f"{hour:02}:00", f"{hour}", chosen=hour == plan.hour) for hour in _HOURS]
        days = [_option(words("digest_daily"), _NONE, chosen=plan.weekday is None)]
        days += [
            _option(weekday_name(day, words), f"{day}", chosen=day == plan.weekday)
            for day in range(7)
        ]
        controls.append(_DigestTimeMenu("day", words("settings_digest"), days))
        controls.append(_DigestTimeMenu("hour", words("settings_digest"), hours))
    controls.append(_DigestPreviewButton("0", words("preview_button")))
    mute_line = _mute_line(plan.channel if plan else None, state, words)
    return ["\n".join(lines), *mute_line, _timezone_line(rules, words)], controls


def _quiet_page(state: RulesState, words: Wording) -> _Page:
    """Show the quiet hours."""
    rules, hours = state.rules, state.rules.quiet

    def options(key: str, chosen: int | None) -> list[discord.SelectOption]:
        return [
            _option(words(key, hour=f"{hour:02}:00"), f"{hour}", chosen=hour == chosen)
            for hour in _HOURS
        ]

    none = _option(words("settings_quiet_none"), _NONE, chosen=hours is None)
    begins = [none, *options("settings_quiet_begin", hours.begin if hours else None)]
    controls: list[ui.Item[Any]] = [_QuietMenu("begin", words("settings_quiet"), begins)]
    if hours is not None:
        ends = options("settings_quiet_end", hours.end)
        controls.append(_QuietMenu("end", words("settings_quiet"), ends))
    lines = quiet_hours_lines(rules, words) or [escape(words("settings_quiet_about"))]
    return ["\n".join(lines), _timezone_line(rules, words)], controls


def _desk_page(state: RulesState, words: Wording) -> _Page:
    """Show the rules of the desk."""
    assert state.desk is not None
    second = state.desk.second_moderator
    options = [
        _option(words("settings_second_yes"), "yes", chosen=second),
        _option(words("settings_second_no"), "no", chosen=not second),
    ]
    controls: list[ui.Item[Any]] = [_ApprovalMenu("0", words("setting_second"), options)]
    controls.append(LinkButton("0", words("setup_link")))
    blocks = ["\n".join(desk_lines(state.desk, state.settings, words))]
    if state.has_prices:
        controls.append(_BudgetButton("0", words("setting_budget")))
    else:
        blocks.append(f"-# {escape(words('budget_without_prices'))}")
    return blocks, controls


_PAGES: Mapping[Section, tuple[str, Callable[[RulesState, Wording], _Page]]] = {
    Section.OVERVIEW: ("settings_heading", _overview_page),
    Section.CHANNELS: ("setup_channels_heading", _channels_page),
    Section.LANGUAGE: ("setting_language", _language_page),
    Section.LIMITS: ("settings_limits", _limits_page),
    Section.OUTLETS: ("setting_outlets", _outlets_page),
    Section.MODERATORS: ("setup_moderators_heading", _moderators_page),
    Section.REVIEW: ("settings_review", _review_page),
    Section.DIGEST: ("settings_digest", _digest_page),
    Section.QUIET: ("settings_quiet", _quiet_page),
    Section.DESK: ("settings_desk", _desk_page),
}
"""The heading of each page, and the function that makes it."""


def _option(
    label: str, value: str, description: str | None = None, chosen: bool = False
) -> discord.SelectOption:
    """Make an option of a menu, within Discord's limit."""
    return discord.SelectOption(
        label=title(label, 100), value=value, description=description, default=chosen
    )


def _mode_options(chosen: Speaks | None, words: Wording) -> list[discord.SelectOption]:
    """Return an option for each mode of a channel."""
    return [_option(words(f"speaks_{mode}"), mode, chosen=mode is chosen) for mode in Speaks]


def _existing(channel: int | None, state: RulesState) -> int | None:
    """Return *channel* if it still exists, as Discord refuses a menu with another one."""
    return channel if channel in state.channels else None


def _outlet_value(name: str) -> str:
    """Return the value of an outlet's option; a name may be longer than Discord allows."""
    return sha256(name.encode()).hexdigest()[:16]


def _timezone_line(rules: ServerRules, words: Wording) -> str:
    """Say in which time zone the hours are, and how it is changed."""
    return f"-# {phrase(words('settings_timezone', timezone=rules.timezone))}"


class _SectionMenu(Managed, Action, KeySelect, template=r"desk:settings-section:(?P<key>0)"):
    """A menu of the pages of the panel."""

    kind = "settings-section"

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Show the page."""
        return await _panel(interaction, moderation, Section(self.values[0]))


class _SectionButton(
    Managed, Action, KeyButton, template=r"desk:settings-set:(?P<key>channels|outlets:[0-9]{1,6})"
):
    """A button for a page of the panel, with the number of its first outlet."""

    kind = "settings-set"

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Show the page."""
        section, _, detail = self.key.partition(":")
        return await _panel(interaction, moderation, Section(section), detail)


class _RulesControl(Managed, Action):
    """A control that changes the rules of its server; it is mixed into a button or a menu."""

    section: ClassVar[Section]
    """The page of the panel on which it stands."""

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Change the rules, and show the page."""
        return await _change_rules(interaction, moderation, self.changed, self.section)

    def changed(self, rules: ServerRules) -> ServerRules:
        """Return the rules after the choice."""
        raise NotImplementedError


class _ModeMenu(_RulesControl, KeySelect, template=r"desk:settings-mode:(?P<key>[0-9]{1,20})"):
    """A menu of the modes of one channel, by its id, or of the other channels for 0."""

    kind, section = "settings-mode", Section.CHANNELS

    def changed(self, rules: ServerRules) -> ServerRules:
        """Set the mode."""
        [value] = self.values
        mode = None if value == _NONE else Speaks(value)
        if self.key == "0":
            return replace(rules, everywhere=mode or rules.everywhere)
        others = {key: other for key, other in rules.channels.items() if key != self.key}
        return replace(rules, channels={**others, **({self.key: mode} if mode else {})})


class _ChannelMenu(Managed, Action, KeyChannelSelect, template=r"desk:settings-channel:(?P<key>0)"):
    """A menu of the channels that can have a mode of their own."""

    kind = "settings-channel"
    types = (discord.ChannelType.text, discord.ChannelType.forum, discord.ChannelType.voice)
    optional = False

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Show the page of the channel."""
        channel = self.chosen(interaction)
        detail = f"{channel}" if channel else ""
        return await _panel(interaction, moderation, Section.CHANNELS, detail)


class _LanguageMenu(_RulesControl, KeySelect, template=r"desk:settings-language:(?P<key>0)"):
    """A menu of the languages of answers."""

    kind, section = "settings-language", Section.LANGUAGE

    def changed(self, rules: ServerRules) -> ServerRules:
        """Set the language."""
        [value] = self.values
        return replace(rules, language=None if value == _NONE else Language(value))


class _LimitMenu(_RulesControl, KeySelect, template=r"desk:settings-limit:(?P<key>member|channel)"):
    """A menu of the questions in a minute, of one member or in one channel."""

    kind, section = "settings-limit", Section.LIMITS

    def changed(self, rules: ServerRules) -> ServerRules:
        """Set the limit; a number that is not offered changes nothing."""
        count = int(self.values[0])
        if self.key == "member":
            return replace(rules, per_member=count) if count in _MEMBER_LIMITS else rules
        return replace(rules, per_channel=count) if count in _CHANNEL_LIMITS else rules


class _OutletMenu(
    Managed, Action, KeySelect, template=r"desk:settings-outlets:(?P<key>[0-9]{1,6})"
):
    """A menu of the outlets that answers may cite, by the number of its first one."""

    kind = "settings-outlets"

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Cite the chosen outlets; those of other menus stay as they are."""
        community, chosen = moderation.community, set(self.values)
        names = await moderation.catalogue.outlets(server_in(interaction))
        community.rules_changed()
        rules = await community.rules(interaction.guild_id)
        cited = {
            name
            for name in {*names, *rules.outlets}
            if _outlet_value(name) in chosen
            or (
                _outlet_value(name) not in self.offered
                and (not rules.outlets or name in rules.outlets)
            )
        }
        if not cited:
            raise _NoOutletError
        outlets = () if cited >= set(names) else tuple(sorted(cited))
        return await _change_rules(
            interaction,
            moderation,
            lambda r: replace(r, outlets=outlets),
            Section.OUTLETS,
            self.key,
        )


class _NoOutletError(WordedError):
    """A choice after which no outlet could be cited."""

    def __init__(self) -> None:
        super().__init__("settings_outlet_needed")


class _AllOutletsButton(_RulesControl, KeyButton, template=r"desk:settings-alloutlets:(?P<key>0)"):
    """A button that lets answers cite all outlets, also those that come later."""

    kind, section = "settings-alloutlets", Section.OUTLETS

    def changed(self, rules: ServerRules) -> ServerRules:
        """Cite all outlets."""
        return replace(rules, outlets=())


class _RoleMenu(_RulesControl, KeyRoleSelect, template=r"desk:settings-moderators:(?P<key>0)"):
    """A menu of the roles whose members look after sources."""

    kind, section = "settings-moderators", Section.MODERATORS

    def changed(self, rules: ServerRules) -> ServerRules:
        """Set the role, or none."""
        return replace(rules, moderator_role=self.chosen)


class _ReviewMenu(Managed, Action, KeyChannelSelect, template=r"desk:settings-reviewin:(?P<key>0)"):
    """A menu of the channels for suggestions and reports."""

    kind = "settings-reviewin"

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Set the channel, or none: at home for the desk, unless this server has its own."""
        channel = self.chosen(interaction)
        rules = await moderation.community.rules(interaction.guild_id)
        if moderation.at_home(interaction) and rules.review_channel is None:
            return await _change_desk_rules(
                interaction,
                moderation,
                lambda desk_rules: replace(desk_rules, review_channel=channel),
                Section.REVIEW,
            )
        return await _change_rules(
            interaction,
            moderation,
            lambda server_rules: replace(server_rules, review_channel=channel),
            Section.REVIEW,
        )


class _DigestChannelMenu(
    Managed, Action, KeyChannelSelect, template=r"desk:settings-digestin:(?P<key>0)"
):
    """A menu of the channels for the digest."""

    kind = "settings-digestin"

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Post the digest in the channel from now on, or nowhere."""
        channel, now = self.chosen(interaction), moderation.community.clock()

        def change(rules: ServerRules) -> ServerRules:
            if channel is None:
                return replace(rules, digest=None)
            plan = rules.digest or DigestPlan(channel, _DEFAULT_DIGEST_HOUR, now)
            return replace(rules, digest=replace(plan, channel=channel, set_at=now))

        return await _change_rules(interaction, moderation, change, Section.DIGEST)


class _DigestTimeMenu(
    Managed, Action, KeySelect, template=r"desk:settings-digest:(?P<key>day|hour)"
):
    """A menu of the days or the hours of the digest."""

    kind = "settings-digest"

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Set the day or the hour; without a digest there is nothing to set."""
        [value] = self.values
        number = None if value == _NONE else int(value)
        now = moderation.community.clock()

        def change(rules: ServerRules) -> ServerRules:
            plan = rules.digest
            if plan is None:
                return rules
            if self.key == "day":
                weekday = None if number is None else number % 7
                return replace(rules, digest=replace(plan, weekday=weekday, set_at=now))
            return replace(rules, digest=replace(plan, hour=(number or 0) % 24, set_at=now))

        return await _change_rules(interaction, moderation, change, Section.DIGEST)


class _DigestPreviewButton(Managed, KeyButton, template=r"desk:settings-digestpreview:(?P<key>0)"):
    """A button that shows the next digest to the user alone."""

    kind = "settings-digestpreview"

    async def run(self, interaction: Interaction, moderation: Moderation) -> None:
        """Show what a digest would have now."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        community = moderation.community

        async def work() -> ui.LayoutView:
            rules = await community.rules(interaction.guild_id)
            plan = rules.digest or DigestPlan(interaction.channel_id or 0, 0, community.clock())
            digest = await moderation.digests.preview(interaction.guild_id or 0, rules, plan)
            words = Wording.of(rules.language) if rules.language else words_of(interaction)
            return digest_view(digest, words)

        await show_result(interaction, work)


class _QuietMenu(_RulesControl, KeySelect, template=r"desk:settings-quiet:(?P<key>begin|end)"):
    """A menu of the hours at which the quiet hours begin or end."""

    kind, section = "settings-quiet", Section.QUIET

    def changed(self, rules: ServerRules) -> ServerRules:
        """Set the hour; without quiet hours there is no end to set."""
        [value] = self.values
        hour, hours = None if value == _NONE else int(value) % 24, rules.quiet
        if self.key == "end":
            return replace(rules, quiet=hours and replace(hours, end=hour or 0))
        end = hours.end if hours else _DEFAULT_QUIET_END
        return replace(rules, quiet=None if hour is None else QuietHours(hour, end))


class _ApprovalMenu(DeskManaged, Action, KeySelect, template=r"desk:settings-approval:(?P<key>0)"):
    """A menu that says whether a second moderator has to agree."""

    kind = "settings-approval"

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Require the consent of a second moderator, or drop the requirement."""
        second = self.values == ["yes"]
        return await _change_desk_rules(
            interaction, moderation, lambda r: replace(r, second_moderator=second)
        )


class _BudgetButton(DeskManaged, KeyButton, template=r"desk:settings-budget:(?P<key>0)"):
    """A button that sets the daily budget for models."""

    kind = "settings-budget"

    async def run(self, interaction: Interaction, moderation: Moderation) -> None:
        """Open the form."""

        async def store_amount(submission: Interaction) -> None:
            text = amount.value.strip()
            try:
                budget = _budget_of(text)
            except InvalidOperation:
                await send_notice(submission, "settings_amount_unread", given=text)
                return
            view = await _change_desk_rules(
                submission, moderation, lambda r: replace(r, daily_budget=budget)
            )
            await submission.response.edit_message(view=view)

        form = ManagerForm(interaction, "setting_budget", self.refusal, store_amount)
        amount = form.field("settings_amount", text_input("amount", 20, required=False))
        await interaction.response.send_modal(form)


def _budget_of(text: str) -> Decimal | None:
    """Return the amount in *text*, ``None`` if it is empty.

    Raises:
        InvalidOperation: it is no amount.
    """
    if not text:
        return None
    amount = Decimal(text.replace(",", "."))
    if not amount.is_finite() or amount < 0:
        raise InvalidOperation
    return amount


class LinkButton(DeskManaged, KeyButton, template=r"desk:settings-link:(?P<key>0)"):
    """A button that sets the page of the election authority, in the home server."""

    kind = "settings-link"

    async def run(self, interaction: Interaction, moderation: Moderation) -> None:
        """Open the form; without an address the maintainers' settings apply."""

        async def store_page(submission: Interaction) -> None:
            url = page.value.strip()
            if url and safe_address(url) is None:
                await send_notice(submission, "no_address")
                return
            changed = await _change_desk_rules(
                submission, moderation, lambda r: replace(r, voting_link=url or None)
            )
            view = await self.next_view(submission, moderation, changed)
            await submission.response.edit_message(view=view)

        form = ManagerForm(interaction, "setup_link", self.refusal, store_page)
        page = form.field("suggest_address", text_input("url", 500, required=False))
        await interaction.response.send_modal(form)

    async def next_view(
        self, interaction: Interaction, moderation: Moderation, changed: ui.LayoutView
    ) -> ui.LayoutView:
        """Return what is shown after the change: the page of the panel."""
        del interaction, moderation
        return changed


class UnsetButton(KeyButton, template=r"desk:unset:(?P<key>[0-9]{1,12}(?::[a-z]{1,12})?)"):
    """A button that undoes a change of settings, for people who may change them.

    Its key is the id of the audit entry, then the page of the panel on which it stands.
    """

    kind = "unset"

    async def on_press(self, interaction: Interaction) -> None:
        """Undo the change once."""
        moderation = moderation_of(interaction)
        entry = await moderation.catalogue.entry(self.number)
        everywhere = entry is not None and not entry.detail
        refusal_for: Any = moderation.desk_refusal if everywhere else moderation.settings_refusal
        if not await admitted(interaction, await refusal_for(interaction)):
            return
        is_here = entry is not None and entry.detail in {DESK, str(interaction.guild_id)}
        if entry is None or entry.kind is not AuditAction.SET or not is_here:
            await send_notice(interaction, "settings_elsewhere")
            return
        await interaction.response.defer()
        undone = await moderation.curator.undo(entry.id, moderator(interaction))
        moderation.community.rules_changed()
        section = Section(self.key.partition(":")[2] or Section.OVERVIEW)
        view = (
            await _panel(interaction, moderation, section)
            if undone
            else notice_view(words_of(interaction)("moderating_done_before"))
        )
        await interaction.edit_original_response(view=view)

    @property
    def number(self) -> int:
        """Return the id of the audit entry."""
        return int(self.key.partition(":")[0])


SETTINGS_CONTROLS = (
    _SectionMenu,
    _SectionButton,
    _ModeMenu,
    _ChannelMenu,
    _LanguageMenu,
    _LimitMenu,
    _OutletMenu,
    _AllOutletsButton,
    _RoleMenu,
    _ReviewMenu,
    _DigestChannelMenu,
    _DigestTimeMenu,
    _DigestPreviewButton,
    _QuietMenu,
    _ApprovalMenu,
    _BudgetButton,
    LinkButton,
    UnsetButton,
)

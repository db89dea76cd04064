"""The panel `/settings`: the rules of a server and, in the home server, of the desk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from typing import Any, ClassVar, TypeAlias
from zoneinfo import available_timezones

import discord
from discord import app_commands, ui

from bot.community.curating import NothingToDoError
from bot.community.rules import DESK, DeskRules, DigestPlan, ServerRules
from bot.discord_ui.buttons import (
    KeyButton,
    KeyChannelSelect,
    KeyItem,
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
from bot.discord_ui.moderators.rule_settings import (
    RULES,
    RulesState,
    Section,
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
    rule_of,
    without_lost_role,
)
from bot.discord_ui.news_views import digest_view
from bot.discord_ui.rendering import layout, notice_view, with_buttons
from bot.discord_ui.replying import (
    Interaction,
    report_failure,
    send_notice,
    show_result,
    words_of,
)
from bot.ledger.records import AuditAction, AuditEntry
from bot.wording import WordedError, Wording

_Page: TypeAlias = tuple[list[str], list[ui.Item[Any]]]
"""Texts and controls of a page."""


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
        without_lost_role(await community.rules(interaction.guild_id), guild),
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
        moderation.model_state.outage(community.clock()),
        frozenset(thread.id for thread in guild.threads) if guild else frozenset(),
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
    """Return a line that says so if the bot may not write in *channel*, or it is gone."""
    if channel is None:
        return []
    if channel not in state.channels | state.threads:
        return [f"⚠ {escape(words('channel_gone'))}"]
    return [f"⚠ {escape(words('channel_mute'))}"] if channel in state.mute else []


async def _change_rules(
    interaction: Interaction,
    moderation: Moderation,
    change: Callable[[Any], ServerRules | DeskRules],
    section: Section,
    detail: str = "",
    *,
    desk: bool = False,
) -> ui.LayoutView:
    """Change the rules of this server, or of the *desk*; show the page of the change.

    A digest whose plan changes is next due after this moment.
    """
    community, by = moderation.community, moderator(interaction)
    community.rules_changed()
    before: Any = await (community.desk_rules() if desk else community.rules(interaction.guild_id))
    rules, entry = change(before), None
    if isinstance(rules, ServerRules) and rules.digest and rules.digest != before.digest:
        rules = replace(rules, digest=replace(rules.digest, set_at=community.clock()))
    with suppress(NothingToDoError):
        entry = await moderation.curator.set_rules(rules, DESK if desk else by.place, by)
    community.rules_changed()
    return await _panel(interaction, moderation, section, detail, entry)


def _overview_page(state: RulesState, words: Wording) -> _Page:
    """Show all rules."""
    return overview_blocks(state, words), []


def _channels_page(state: RulesState, words: Wording) -> _Page:
    """Show the mode of all channels, or of the channel that the page is about."""
    if not (channel := state.detail):
        channel_menu = _ChannelMenu("0", words("settings_channel"))
        menus = _menus(Section.CHANNELS, state, words)
        return ["\n".join(channel_lines(state.rules, words))], [*menus, channel_menu]
    back = _SectionButton(Section.CHANNELS, words("page_before"))
    return [f"<#{int(channel)}>"], [_menu(f"mode:{channel}", state, words), back]


def _language_page(state: RulesState, words: Wording) -> _Page:
    """Show the language of answers."""
    return [language_line(state.rules, words)], _menus(Section.LANGUAGE, state, words)


def _limits_page(state: RulesState, words: Wording) -> _Page:
    """Show the questions that are answered in a minute."""
    menus = _menus(Section.LIMITS, state, words)
    return ["\n".join(limit_lines(state.rules, words))], menus


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
    note = f"-# {escape(words('settings_role_note'))}"
    return [role_line(state.rules, words), note], _menus(Section.MODERATORS, state, words)


def _review_page(state: RulesState, words: Wording) -> _Page:
    """Show the channel for suggestions and reports."""
    channel = state.review_channel
    lines = [review_line(channel, words), *_mute_line(channel, state, words)]
    return lines, _menus(Section.REVIEW, state, words)


def _digest_page(state: RulesState, words: Wording) -> _Page:
    """Show where and when the digest is posted."""
    rules, plan = state.rules, state.rules.digest
    lines = digest_lines(rules, words) or [escape(words("settings_digest_none"))]
    mute_line = _mute_line(plan.channel if plan else None, state, words)
    preview = _DigestPreviewButton("0", words("preview_button"))
    blocks = ["\n".join(lines), *mute_line, _timezone_line(rules, words)]
    return blocks, [*_menus(Section.DIGEST, state, words), preview]


def _quiet_page(state: RulesState, words: Wording) -> _Page:
    """Show the quiet hours."""
    lines = quiet_hours_lines(state.rules, words) or [escape(words("settings_quiet_about"))]
    menus = _menus(Section.QUIET, state, words)
    return ["\n".join(lines), _timezone_line(state.rules, words)], menus


def _desk_page(state: RulesState, words: Wording) -> _Page:
    """Show the rules of the desk."""
    assert state.desk is not None
    controls = _menus(Section.DESK, state, words)
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


def _option(label: str, value: str, *, chosen: bool = False) -> discord.SelectOption:
    """Make an option of a menu, within Discord's limit."""
    return discord.SelectOption(label=title(label, 100), value=value, default=chosen)


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


class _AllOutletsButton(
    Managed, Action, KeyButton, template=r"desk:settings-alloutlets:(?P<key>0)"
):
    """A button that lets answers cite all outlets, also those that come later."""

    kind = "settings-alloutlets"

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Cite all outlets."""
        return await _change_rules(
            interaction, moderation, lambda rules: replace(rules, outlets=()), Section.OUTLETS
        )


class _DigestPreviewButton(Managed, KeyButton, template=r"desk:settings-digestpreview:(?P<key>0)"):
    """A button that shows the next digest to the user alone."""

    kind = "settings-digestpreview"

    async def run(self, interaction: Interaction, moderation: Moderation) -> None:
        """Show the digest as it would be now."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        community = moderation.community

        async def work() -> ui.LayoutView:
            rules = await community.rules(interaction.guild_id)
            plan = rules.digest or DigestPlan(interaction.channel_id or 0, 0, community.clock())
            digest = await moderation.digests.preview(interaction.guild_id or 0, rules, plan)
            words = Wording.of(rules.language) if rules.language else words_of(interaction)
            return digest_view(digest, words)

        await show_result(interaction, work)


class _TextButton(DeskManaged, KeyButton, template=r"desk:settings-text"):
    """A button for a rule of the desk that is typed; without a text the maintainers' applies."""

    field: ClassVar[str]
    heading: ClassVar[str]
    label: ClassVar[str]
    """Field of the rules, and keys of the form's heading and of its label in the catalogue."""
    name, longest = "text", 500

    @staticmethod
    def value_of(text: str) -> object:
        """Return the value in *text*.

        Raises:
            WordedError: it is none.
        """
        raise NotImplementedError

    async def run(self, interaction: Interaction, moderation: Moderation) -> None:
        """Open the form."""

        async def store(submission: Interaction) -> None:
            text = entry.value.strip()
            try:
                changes = {self.field: self.value_of(text) if text else None}
            except WordedError as error:
                await report_failure(submission, error)
                return
            changed = await _change_rules(
                submission,
                moderation,
                lambda rules: replace(rules, **changes),
                Section.DESK,
                desk=True,
            )
            view = await self.next_view(submission, moderation, changed)
            await submission.response.edit_message(view=view)

        form = ManagerForm(interaction, self.heading, self.refusal, store)
        entry = form.field(self.label, text_input(self.name, self.longest, required=False))
        await interaction.response.send_modal(form)

    async def next_view(
        self, interaction: Interaction, moderation: Moderation, changed: ui.LayoutView
    ) -> ui.LayoutView:
        """Return the view after the change: the page of the panel."""
        del interaction, moderation
        return changed


class _BudgetButton(_TextButton, template=r"desk:settings-budget:(?P<key>0)"):
    """A button that sets the daily budget for models."""

    kind, field, name, longest = "settings-budget", "daily_budget", "amount", 20
    heading, label = "setting_budget", "settings_amount"

    @staticmethod
    def value_of(text: str) -> Decimal:
        """Return the amount in *text*."""
        with suppress(InvalidOperation):
            amount = Decimal(text.replace(",", "."))
            if amount.is_finite() and amount >= 0:
                return amount
        raise WordedError("settings_amount_unread", given=text)


class LinkButton(_TextButton, template=r"desk:settings-link:(?P<key>0)"):
    """A button that sets the page of the election authority, in the home server."""

    kind, field, name = "settings-link", "voting_link", "url"
    heading, label = "setup_link", "suggest_address"

    @staticmethod
    def value_of(text: str) -> str:
        """Return the address in *text*."""
        if safe_address(text) is None:
            raise WordedError("no_address")
        return text


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


class _RuleMenu(Managed, Action, KeyItem, template=r"desk:settings-rule"):
    """A menu that sets a rule of the table, by its key; it is mixed into a menu."""

    @classmethod
    def id_of(cls, key: str) -> str:
        """Return the custom id of the menu with this key."""
        return f"desk:settings-{key}"

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Store the choice, and show the page."""
        rule = rule_of(self.key)
        server_rules = await moderation.community.rules(interaction.guild_id)
        return await _change_rules(
            interaction,
            moderation,
            lambda rules: rule.stored(rules, self.chosen(interaction)),
            rule.section,
            desk=rule.is_of_desk(server_rules, home=moderation.at_home(interaction)),
        )


class _OptionMenu(
    _RuleMenu,
    KeySelect,
    template=r"desk:settings-(?P<key>mode:[0-9]{1,20}|language:0|limit:(?:member|channel)"
    r"|digest:(?:day|hour)|quiet:(?:begin|end))",
):
    """A menu of the choices for a rule of the server."""

    kind = "settings-options"


class _DeskOptionMenu(DeskManaged, _OptionMenu, template=r"desk:settings-(?P<key>approval:0)"):
    """A menu of the choices for a rule of the desk."""

    kind = "settings-desk-options"


class _ChannelRuleMenu(
    _RuleMenu, KeyChannelSelect, template=r"desk:settings-(?P<key>(?:reviewin|digestin):0)"
):
    """A menu of the channels for a rule."""

    kind = "settings-channels"


class _RoleRuleMenu(_RuleMenu, KeyRoleSelect, template=r"desk:settings-(?P<key>moderators:0)"):
    """A menu of the roles for a rule."""

    kind = "settings-roles"


def _menus(section: Section, state: RulesState, words: Wording) -> list[ui.Item[Any]]:
    """Return the menus of a page, without those for which there is nothing to set yet."""
    return [
        _menu(key, state, words)
        for key, rule in RULES.items()
        if rule.section is section and rule.can_be_set(state.rules)
    ]


def _menu(key: str, state: RulesState, words: Wording) -> ui.Item[Any]:
    """Return the menu of one rule; a channel or role that is gone is not chosen in it."""
    rule = rule_of(key)
    placeholder = words(rule.placeholder)
    if rule.choices:
        make = _DeskOptionMenu if rule.section is Section.DESK else _OptionMenu
        return make(key, placeholder, rule.options(state, words))
    current = rule.current(state)
    if rule.section is Section.MODERATORS:
        return _RoleRuleMenu(key, placeholder, current if current in state.roles else None)
    return _ChannelRuleMenu(key, placeholder, current if current in state.channels else None)


SETTINGS_CONTROLS = (
    _SectionMenu,
    _SectionButton,
    _OptionMenu,
    _DeskOptionMenu,
    _ChannelRuleMenu,
    _RoleRuleMenu,
    _ChannelMenu,
    _OutletMenu,
    _AllOutletsButton,
    _DigestPreviewButton,
    _BudgetButton,
    LinkButton,
    UnsetButton,
)

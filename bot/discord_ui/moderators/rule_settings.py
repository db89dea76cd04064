"""The rules that `/settings` shows and changes: their lines, and the table of their menus. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import discord

from bot.answering.writing.drafting import Outage
from bot.community.quiet import QuietSource
from bot.community.rules import DeskRules, DigestPlan, QuietHours, ServerRules, Speaks
from bot.discord_ui.escaping import escape, link, phrase, title
from bot.discord_ui.limits import CHARACTERS, SHOWN
from bot.discord_ui.moderators.views import outage_line
from bot.discord_ui.rendering import rest_line
from bot.settings import BotSettings
from bot.wording import Wording, language_name
from ingest.language.languages import Language


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


@dataclass(frozen=True, slots=True)
class RulesState:
    """The rules of a server as the panel shows them.

    ``desk`` has the rules of the desk for people who may change them. ``settings`` are the
    maintainers', which apply where the desk sets nothing. ``quiet`` are sources without new
    articles. ``outlets`` are all names of the server's coverage; ``channels`` and ``roles`` are
    the ids that exist in the server, ``mute`` the channels in which the bot may not write.
    ``detail`` is the channel or the first outlet that the page is about. ``outage`` is that of the
    chat model.
    """

    rules: ServerRules
    settings: BotSettings
    desk: DeskRules | None = None
    quiet: Sequence[QuietSource] = ()
    outlets: Sequence[str] = ()
    channels: frozenset[int] = frozenset()
    roles: frozenset[int] = frozenset()
    mute: frozenset[int] = frozenset()
    detail: str = ""
    outage: Outage | None = None
    threads: frozenset[int] = frozenset()

    @property
    def has_prices(self) -> bool:
        """Return True if the prices of models are set, without which a budget limits nothing."""
        return None not in {self.settings.price_input, self.settings.price_output}

    @property
    def review_channel(self) -> int | None:
        """Return the channel for reviews: the server's, else at home the desk's."""
        return self.rules.review_channel or (self.desk.review_channel if self.desk else None)


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule with a menu: where it is stored, what is offered, and how a choice is shown.

    ``field`` is a field of the rules, or of a part of them that may be unset: ``digest.hour`` is
    the ``hour`` of ``digest``. A rule with a ``default_part`` creates that part when it is first
    set, and removes it when it is set to nothing; other rules of the part cannot be set before.
    Without ``choices``, the menu is one of channels or roles.
    """

    section: Section
    placeholder: str
    field: str
    choices: Sequence[Any] = ()
    label: Callable[[Any, Wording], str] = lambda value, _: str(value)
    about: Callable[[Any, Wording], str | None] = lambda *_: None
    default_part: Any = None

    def is_of_desk(self, rules: ServerRules, *, home: bool) -> bool:
        """Return True for a rule of the desk; at *home* its channel stands in for a server's."""
        for_server = self.section is Section.REVIEW and home and rules.review_channel is None
        return for_server or self.section is Section.DESK

    def can_be_set(self, rules: ServerRules) -> bool:
        """Return True unless the field is in a part that *rules* lack and another rule creates."""
        outer, _, inner = self.field.partition(".")
        return not inner or bool(self.default_part or getattr(rules, outer))

    def current(self, state: RulesState) -> Any:  # noqa: ANN401 - the value of any rule
        """Return the value that is set."""
        of_desk = state.desk and self.is_of_desk(state.rules, home=True)
        outer, _, inner = self.field.partition(".")
        part = getattr(state.desk if of_desk else state.rules, outer)
        if not inner or part is None:
            return part
        return part.get(inner) if isinstance(part, Mapping) else getattr(part, inner)

    def options(self, state: RulesState, words: Wording) -> list[discord.SelectOption]:
        """Return the options of the menu, with what is set chosen."""
        current = self.current(state)
        values = self.choices if current in self.choices else sorted({*self.choices, current})
        return [
            discord.SelectOption(
                label=title(self.label(value, words), 100),
                value=_text_of(value),
                description=self.about(value, words),
                default=value == current,
            )
            for value in values
        ]

    def stored(self, rules: Any, choice: str | int | None) -> Any:  # noqa: ANN401 - either rules
        """Return *rules* with a choice; what is not offered changes nothing."""
        value: Any = choice
        if self.choices:
            values = [value for value in self.choices if _text_of(value) == choice]
            if not values:
                return rules
            [value] = values
        outer, _, inner = self.field.partition(".")
        if not inner:
            return replace(rules, **{outer: value})
        part = getattr(rules, outer)
        if isinstance(part, Mapping):
            others = {key: other for key, other in part.items() if key != inner}
            part = {**others, **({inner: value} if value else {})}
        elif self.default_part and value is None:
            part = None
        elif part or self.default_part:
            part = replace(part or self.default_part, **{inner: value})
        return replace(rules, **{outer: part})


def _text_of(value: object) -> str:
    """Return *value* as the value of an option."""
    if value is None:
        return "none"
    return ("yes" if value else "no") if isinstance(value, bool) else f"{value}"


def _mode(mode: Speaks | None, words: Wording) -> str:
    """Return the label of a mode of a channel."""
    return words(f"speaks_{mode}" if mode else "settings_mode_default")


def _language(language: Language | None, words: Wording) -> str:
    """Return the label of a language of answers."""
    return language.own_name if language else words("language_asked")


def _weekday(day: int | None, words: Wording) -> str:
    """Return the label of a day of the digest."""
    return words("digest_daily") if day is None else _weekday_name(day, words)


def _count(key: str) -> Callable[[int, Wording], str]:
    """Return a label for a number of questions, by its key in the catalogue."""
    return lambda count, words: words(key, count=count)


def _hour(key: str, *, none: str = "") -> Callable[[int | None, Wording], str]:
    """Return a label for an hour, by its key in the catalogue; *none* is that of no hour."""
    return lambda hour, words: words(none) if hour is None else words(key, hour=f"{hour:02}:00")


RULES: Mapping[str, _Rule] = {
    "mode:0": _Rule(Section.CHANNELS, "settings_mode", "everywhere", tuple(Speaks), _mode),
    "language:0": _Rule(
        Section.LANGUAGE,
        "setting_language",
        "language",
        (None, *Language),
        _language,
        about=lambda language, words: language and language_name(language, words),
    ),
    "limit:member": _Rule(
        Section.LIMITS,
        "settings_limits",
        "per_member",
        (1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 60),
        _count("settings_per_member"),
    ),
    "limit:channel": _Rule(
        Section.LIMITS,
        "settings_limits",
        "per_channel",
        (1, 5, 10, 20, 30, 60, 90, 120, 180, 240, 300, 600),
        _count("settings_per_channel"),
    ),
    "moderators:0": _Rule(Section.MODERATORS, "setup_role", "moderator_role"),
    "reviewin:0": _Rule(Section.REVIEW, "settings_channel_any", "review_channel"),
    "digestin:0": _Rule(
        Section.DIGEST,
        "settings_channel_any",
        "digest.channel",
        default_part=DigestPlan(channel=0, hour=18, set_at=datetime.min.replace(tzinfo=UTC)),
    ),
    "digest:day": _Rule(
        Section.DIGEST, "settings_digest", "digest.weekday", (None, *range(7)), _weekday
    ),
    "digest:hour": _Rule(
        Section.DIGEST,
        "settings_digest",
        "digest.hour",
        range(24),
        lambda hour, _: f"{hour:02}:00",
    ),
    "quiet:begin": _Rule(
        Section.QUIET,
        "settings_quiet",
        "quiet.begin",
        (None, *range(24)),
        _hour("settings_quiet_begin", none="settings_quiet_none"),
        default_part=QuietHours(begin=0, end=7),
    ),
    "quiet:end": _Rule(
        Section.QUIET, "settings_quiet", "quiet.end", range(24), _hour("settings_quiet_end")
    ),
    "approval:0": _Rule(
        Section.DESK,
        "setting_second",
        "second_moderator",
        (True, False),
        lambda second, words: words(f"settings_second_{_text_of(second)}"),
    ),
}
"""Each rule with a menu by the key of the menu, in the order of the menus on their pages."""


def rule_of(key: str) -> _Rule:
    """Return the rule of the menu with this key; that of a channel's id is its own mode."""
    if rule := RULES.get(key):
        return rule
    channel = key.removeprefix("mode:")
    return replace(RULES["mode:0"], field=f"channels.{channel}", choices=(None, *Speaks))


def overview_blocks(state: RulesState, words: Wording) -> list[str]:
    """Describe all rules of a server, and those of the desk if they may be changed."""
    rules = state.rules
    lines = [
        *channel_lines(rules, words),
        language_line(rules, words),
        *limit_lines(rules, words),
        outlets_line(rules, words),
    ]
    if rules.moderator_role is not None:
        lines.append(role_line(rules, words))
    if rules.review_channel is not None:
        lines.append(review_line(rules.review_channel, words))
    lines += [*digest_lines(rules, words), *quiet_hours_lines(rules, words)]
    blocks = [outage_line(state.outage, words)] if state.outage else []
    blocks.append("\n".join(lines))
    if state.desk is not None:
        desk_text = "\n".join(desk_lines(state.desk, state.settings, words))
        blocks += [f"**{escape(words('settings_desk'))}**", desk_text]
    if state.quiet:
        quiet_text = _quiet_sources(state.quiet, words)
        blocks += [f"**{escape(words('quiet_heading'))}**", quiet_text]
    return blocks


def channel_lines(rules: ServerRules, words: Wording) -> list[str]:
    """Describe where the bot answers, and how."""
    left_out = len(rules.channels) - SHOWN.channels
    return [
        f"- {escape(words('setting_everywhere'))}: {escape(words(f'speaks_{rules.everywhere}'))}",
        *(
            f"- <#{int(key)}>: {escape(words(f'speaks_{mode}'))}"
            for key, mode in list(rules.channels.items())[: SHOWN.channels]
        ),
        *([f"- {escape(words('preview_more', count=left_out))}"] if left_out > 0 else []),
    ]


def language_line(rules: ServerRules, words: Wording) -> str:
    """Describe the language of answers."""
    language = language_name(rules.language, words) if rules.language else words("language_asked")
    return f"- {escape(words('setting_language'))}: {escape(language)}"


def limit_lines(rules: ServerRules, words: Wording) -> list[str]:
    """Describe how many questions are answered in a minute."""
    return [
        f"- {escape(words('setting_member', count=rules.per_member))}",
        f"- {escape(words('setting_channel', count=rules.per_channel))}",
    ]


def role_line(rules: ServerRules, words: Wording) -> str:
    """Name the role of moderators."""
    if rules.moderator_role is None:
        return escape(words("setup_moderators_default"))
    return f"- {escape(words('setting_role'))}: <@&{int(rules.moderator_role)}>"


def without_lost_role(rules: ServerRules, guild: discord.Guild | None) -> ServerRules:
    """Return *rules* to be shown, without a role of moderators that the server has deleted."""
    role = rules.moderator_role
    if role is None or guild is None or guild.get_role(role) is not None:
        return rules
    return replace(rules, moderator_role=None)


def review_line(channel: int | None, words: Wording) -> str:
    """Name the channel for proposed sources and reports."""
    name = f"<#{int(channel)}>" if channel else escape(words("setting_none"))
    return f"- {escape(words('setting_review'))}: {name}"


def _quiet_sources(quiet: Sequence[QuietSource], words: Wording) -> str:
    """List sources without new articles since a date, up to a maximum."""
    sentences = [
        words(
            "quiet_outlet",
            outlet=title(quiet_source.source.outlet, 100),
            date=words.date(quiet_source.since),
        )
        for quiet_source in quiet[: SHOWN.quiet_sources]
    ]
    rest_lines = rest_line(len(quiet) - SHOWN.quiet_sources, words)
    return "\n".join([*(f"- {phrase(sentence)}" for sentence in sentences), *rest_lines])


def digest_lines(rules: ServerRules, words: Wording) -> list[str]:
    """Describe the schedule of the digest, if there is one."""
    if rules.digest is None:
        return []
    day = rules.digest.weekday
    when = words("digest_daily") if day is None else _weekday_name(day, words)
    hour = f"{rules.digest.hour:02}:00"
    text = phrase(words("setting_digest", day=when, hour=hour, timezone=rules.timezone))
    return [f"- {text}: <#{int(rules.digest.channel)}>"]


def _weekday_name(day: int, words: Wording) -> str:
    """Return the name of a weekday, where 0 is Monday."""
    return str(words.locale.days["stand-alone"]["wide"][day])


def quiet_hours_lines(rules: ServerRules, words: Wording) -> list[str]:
    """Describe the quiet hours, if there are any."""
    if rules.quiet is None:
        return []
    begin, end = (f"{hour:02}:00" for hour in (rules.quiet.begin, rules.quiet.end))
    text = words("setting_quiet", begin=begin, end=end, timezone=rules.timezone)
    return [f"- {phrase(text)}"]


def outlets_line(rules: ServerRules, words: Wording) -> str:
    """Name the outlets that answers may cite, up to a maximum."""
    label = escape(words("setting_outlets"))
    if not rules.outlets:
        return f"- {label}: {escape(words('setting_outlets_all'))}"
    names = words("list_comma").join(rules.outlets[: SHOWN.rule_outlets])
    rest_text = rest_line(len(rules.outlets) - SHOWN.rule_outlets, words, lead="")
    return " ".join([f"- {label}: {phrase(title(names, CHARACTERS.outlets))}", *rest_text])


def desk_lines(desk: DeskRules, settings: BotSettings, words: Wording) -> list[str]:
    """Describe the rules of the desk, and mark the maintainers' settings."""
    unset = escape(words("setting_unset"))

    def value_or_default(value: str | None, default: str | None) -> str:
        fallback = words("setting_by_maintainers", value=default) if default else unset
        return value or fallback

    def linked_to(url: str | None) -> str | None:
        return link(url, url, instead=words("link")) if url else None

    def amount_of(budget: Decimal | None) -> str | None:
        return None if budget is None else f"{budget}"

    voting_link = value_or_default(linked_to(desk.voting_link), linked_to(settings.voting_link))
    budget = value_or_default(amount_of(desk.daily_budget), amount_of(settings.daily_budget))
    second = words("yes" if desk.second_moderator else "no")
    return [
        f"- {escape(words('setting_budget'))}: {budget}",
        f"- {escape(words('setting_link'))}: {voting_link}",
        f"- {escape(words('setting_second'))}: {escape(second)}",
        review_line(desk.review_channel, words),
    ]

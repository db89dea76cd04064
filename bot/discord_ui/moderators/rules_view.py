"""Texts about the rules of a server and of the desk. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.community.quiet import QuietSource
from bot.community.rules import DeskRules, ServerRules
from bot.discord_ui.escaping import escape, link, phrase, title
from bot.settings import BotSettings
from bot.wording import Wording, language_name

_CHANNELS = 20
"""Channels that are listed."""
_OUTLETS = 20
"""Outlets that are listed."""
_QUIET_SOURCES = 8
"""Quiet sources that are listed."""
_NAMES_LENGTH = 800
"""Characters of the outlets' names."""


@dataclass(frozen=True, slots=True)
class RulesState:
    """The rules of a server as the panel shows them.

    ``desk`` has the rules of the desk for people who may change them. ``settings`` are the
    maintainers', which apply where the desk sets nothing. ``quiet`` are sources without new
    articles. ``outlets`` are all names of the server's coverage; ``channels`` and ``roles`` are
    the ids that exist in the server.
    """

    rules: ServerRules
    settings: BotSettings
    desk: DeskRules | None = None
    quiet: Sequence[QuietSource] = ()
    outlets: Sequence[str] = ()
    channels: frozenset[int] = frozenset()
    roles: frozenset[int] = frozenset()

    @property
    def has_prices(self) -> bool:
        """Return True if the prices of models are set, without which a budget limits nothing."""
        return None not in {self.settings.price_input, self.settings.price_output}

    @property
    def review_channel(self) -> int | None:
        """Return the channel for reviews: the server's, else at home the desk's."""
        return self.rules.review_channel or (self.desk.review_channel if self.desk else None)


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
    blocks = ["\n".join(lines)]
    if state.desk is not None:
        desk_text = "\n".join(desk_lines(state.desk, state.settings, words))
        blocks += [f"**{escape(words('settings_desk'))}**", desk_text]
    if state.quiet:
        quiet_text = _quiet_sources(state.quiet, words)
        blocks += [f"**{escape(words('quiet_heading'))}**", quiet_text]
    return blocks


def channel_lines(rules: ServerRules, words: Wording) -> list[str]:
    """Describe where the bot answers, and how."""
    return [
        f"- {escape(words('setting_everywhere'))}: {escape(words(f'speaks_{rules.everywhere}'))}",
        *(
            f"- <#{int(key)}>: {escape(words(f'speaks_{mode}'))}"
            for key, mode in list(rules.channels.items())[:_CHANNELS]
        ),
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
        for quiet_source in quiet[:_QUIET_SOURCES]
    ]
    rest_count = len(quiet) - _QUIET_SOURCES
    rest_lines = [f"-# {escape(words('preview_more', count=rest_count))}"] if rest_count > 0 else []
    return "\n".join([*(f"- {phrase(sentence)}" for sentence in sentences), *rest_lines])


def digest_lines(rules: ServerRules, words: Wording) -> list[str]:
    """Describe the schedule of the digest, if there is one."""
    if rules.digest is None:
        return []
    day = rules.digest.weekday
    when = words("digest_daily") if day is None else weekday_name(day, words)
    hour = f"{rules.digest.hour:02}:00"
    text = phrase(words("setting_digest", day=when, hour=hour, timezone=rules.timezone))
    return [f"- {text}: <#{int(rules.digest.channel)}>"]


def weekday_name(day: int, words: Wording) -> str:
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
    names = words("list_comma").join(rules.outlets[:_OUTLETS])
    rest_count = len(rules.outlets) - _OUTLETS
    rest_text = f" {escape(words('preview_more', count=rest_count))}" if rest_count > 0 else ""
    return f"- {label}: {phrase(title(names, _NAMES_LENGTH))}{rest_text}"


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

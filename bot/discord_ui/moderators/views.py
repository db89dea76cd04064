"""Views for moderators: the coverage, the audit log, the rules of a server. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import discord
from discord import ui

from bot.community.quiet import QuietSource
from bot.community.rules import DeskRules, ServerRules
from bot.discord_ui.escaping import escape, link, literal, phrase, title
from bot.discord_ui.limits import CHARACTERS, SHOWN
from bot.discord_ui.rendering import (
    GAP,
    LINE,
    MARK,
    Lengths,
    entry,
    insert_time,
    layout,
    rest_line,
    with_buttons,
)
from bot.ledger.records import AuditAction, AuditEntry, GivenNotice
from bot.settings import BotSettings
from bot.wording import Wording, language_name, translated_failure
from ingest.adding import Preview, PreviewedArticle
from ingest.model import Article, Evidence, Source

ENTRY_LENGTHS = Lengths(quote=0, title=120, claims=0)


def preview_view(
    preview: Preview, words: Wording, buttons: Sequence[ui.Item[Any]]
) -> ui.LayoutView:
    """Show a preview: articles, entries of a feed, and remarks on them."""
    blocks = [f"**{escape(words('preview_heading'))}**", GAP]
    for article in preview.articles[: SHOWN.nearest]:
        blocks += [_article_block(article, words), LINE]
    for line in rest_line(len(preview.articles) - SHOWN.nearest, words, lead=""):
        blocks += [line, LINE]
    if preview.entries:
        blocks.append(escape(words("preview_listing", count=len(preview.entries))))
        for listing in preview.entries[: SHOWN.nearest]:
            listing_link = link(
                title(listing.title or listing.url, 100), listing.url, instead=words("link")
            )
            blocks.append(f"- {listing_link}")
        if preview.watched is not None:
            watched_text = words(
                "preview_watched", number=preview.watched.id, outlet=preview.watched.outlet
            )
            blocks.append(phrase(watched_text))
        elif not preview.outlet:
            blocks.append(f"-# {escape(words('preview_outlet_needed'))}")
    if preview.compared is not None:
        compared = words("preview_verified" if preview.compared else "preview_other_text")
        blocks.append(f"-# {escape(compared)}")
    if preview.data is None and (preview.articles or preview.entries):
        blocks.append(f"-# {escape(words('preview_robots'))}")
    if preview.problems:
        first = title(translated_failure(preview.problems[0], words), CHARACTERS.note)
        text = words("preview_problems", count=len(preview.problems), first=first)
        blocks.append(phrase(text))
    return with_buttons(layout(blocks[:-1] if blocks[-1] == LINE else blocks), buttons)


def _article_block(article: PreviewedArticle, words: Wording) -> str:
    """Describe an article before it is archived."""
    extract = article.ready.extract
    count = len(article.ready.cut.spans)
    lines = [
        entry(extract.header, words, ENTRY_LENGTHS),
        literal(title(extract.text, CHARACTERS.article_start)),
        f"-# {escape(words('preview_passages', count=count))}",
    ]
    lines += [
        f"-# {phrase(title(translated_failure(note, words), CHARACTERS.note))}"
        for note in extract.notes[:2]
    ]
    if article.known is not None:
        lines.append(f"-# {escape(words('preview_known', number=article.known.id))}")
    if extract.header.pasted:
        lines.append(f"-# ⚠ {escape(words('preview_pasted'))}")
    if extract.header.preview:
        lines.append(f"-# ⚠ {escape(words('preview_paywalled'))}")
    if article.copies:
        outlets = words("list_comma").join(words.outlet(copy.header) for copy in article.copies)
        lines.append(
            f"-# {phrase(title(words('preview_copies', outlets=outlets), CHARACTERS.note))}"
        )
    if instruction := article.ready.instruction:
        opening, closing = words.marks(instruction)
        text = words(
            "preview_instruction", open=opening, text=title(instruction, 120), close=closing
        )
        lines.append(f"-# ⚠ {phrase(text)}")
    return "\n".join(lines)


def article_view(article: Article, words: Wording, *, hidden: bool = False) -> ui.LayoutView:
    """Show the archived data of one article."""
    numbers = words("article_line", number=article.id, version=article.versions)
    blocks = [entry(article.header, words, ENTRY_LENGTHS), f"-# {escape(numbers)}"]
    if article.removal is not None:
        reason = words(f"removal_{article.removal}")
        blocks.append(escape(words("article_removed", why=reason)))
    elif hidden:
        blocks.append(escape(words("article_removed", why=words("removal_here"))))
    if article.note:
        blocks.append(
            f"-# {phrase(title(translated_failure(article.note, words), CHARACTERS.note))}"
        )
    return layout(blocks)


def source_block(source: Source, words: Wording) -> str:
    """Describe a watched source and its last check."""
    when = MARK if source.checked_at else words("source_never")
    text = phrase(words("source_line", outlet=source.outlet, minutes=source.every, when=when))
    if source.checked_at:
        text = insert_time(text, source.checked_at)
    address_link = link(
        title(source.address, CHARACTERS.note), source.address, instead=words("link")
    )
    lines = [f"{source.id} · {text}", address_link]
    if source.failure:
        failure = words(
            "source_failed",
            failure=title(translated_failure(source.failure, words), CHARACTERS.note),
        )
        lines.append(f"-# ⚠ {phrase(failure)}")
    return "\n".join(lines)


def corrections_view(notices: Sequence[GivenNotice], words: Wording) -> ui.LayoutView:
    """List notices of corrections, newest first."""
    if not notices:
        return layout([escape(words("no_corrections"))])
    lines = []
    for notice in notices:
        when = discord.utils.format_dt(notice.at, "f")
        kind = escape(words(f"told_{notice.kind}"))
        channel = f"<#{int(notice.channel)}>" if notice.reached else escape(words("told_unreached"))
        name = literal(title(notice.title, 100))
        lines.append(f"- {when} · {kind} · {channel}: {notice.article_id} · {name}")
    return layout([f"**{escape(words('corrections_heading'))}**", "\n".join(lines)])


def evidence_view(evidence: Sequence[Evidence], question: str, words: Wording) -> ui.LayoutView:
    """Show the evidence for a question with its scores, best first."""
    if not evidence:
        return layout([escape(words("none_nearby"))])
    blocks = [f"**{literal(title(question, 200))}**"]
    for place, item in enumerate(evidence[: SHOWN.evidence], start=1):
        scores = words(
            "scores",
            score=f"{item.score:.2f}",
            lexical=f"{item.lexical:.1f}" if item.lexical is not None else "–",
            dense=f"{item.dense:.2f}" if item.dense is not None else "–",
        )
        passage = item.passage
        lines = [
            f"**{place}** {passage.article_id} · {entry(passage.header, words, ENTRY_LENGTHS)}",
            literal(title(passage.text, CHARACTERS.article_start)),
            f"-# {escape(scores)}",
        ]
        blocks.append("\n".join(lines))
    return layout(blocks)


def audit_line(audit_entry: AuditEntry, name: str, server: str, words: Wording) -> str:
    """Describe an audit entry in one line; a name is shown without a notification."""
    is_own = audit_entry.place == server
    actor = f"<@{int(audit_entry.who)}>" if is_own else escape(words("deed_home"))
    if audit_entry.kind is AuditAction.SET:
        name = audit_entry.detail or words("settings_desk")
    when = discord.utils.format_dt(audit_entry.at, "f")
    undone = f" ({escape(words('deed_undone'))})" if audit_entry.undone_by else ""
    kind = escape(words(f"deed_{audit_entry.kind}"))
    return f"{when} · {actor} · {kind}{undone}: {literal(title(name, 100))}"


def done_view(text: str, buttons: Sequence[ui.Item[Any]]) -> ui.LayoutView:
    """Show the result of an action, with buttons for the next step."""
    return with_buttons(layout([phrase(text)]), buttons)


@dataclass(frozen=True, slots=True)
class RulesState:
    """The rules of a server as the panel shows them.

    ``desk`` has the rules of the desk for people who may change them. ``settings`` are the
    maintainers', which apply where the desk sets nothing. ``quiet`` are sources without new
    articles. ``outlets`` are all names of the server's coverage; ``channels`` and ``roles`` are
    the ids that exist in the server, ``mute`` the channels in which the bot may not write.
    ``detail`` is the channel or the first outlet that the page is about.
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
            for key, mode in list(rules.channels.items())[: SHOWN.channels]
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
        for quiet_source in quiet[: SHOWN.quiet_sources]
    ]
    rest_lines = rest_line(len(quiet) - SHOWN.quiet_sources, words)
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

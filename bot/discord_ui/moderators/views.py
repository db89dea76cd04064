"""Views for moderators: the coverage, the audit log, the rules of a server. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from bot.answering.values import Written
from bot.answering.writing.drafting import Outage
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
from bot.wording import Wording, translated_failure
from ingest.adding import Preview, PreviewedArticle
from ingest.model import Article, Evidence, Source

ENTRY_LENGTHS = Lengths(quote=0, title=120, claims=0)


def outage_line(outage: Outage, words: Wording) -> str:
    """Return the line about an outage of the chat model, with the sentence that members read."""
    [told] = words.notes(Written(trouble=outage.trouble))
    opening, closing = words.marks(told)
    text = words("model_silent", when=MARK, open=opening, told=told, close=closing)
    return f"⚠ {insert_time(phrase(text), outage.since)}"


def preview_view(
    preview: Preview, words: Wording, buttons: Sequence[ui.Item[Any]]
) -> ui.LayoutView:
    """Show a preview: articles, entries of a feed, and remarks on them."""
    blocks = _preview_articles(preview, words)
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


def _preview_articles(preview: Preview, words: Wording) -> list[str]:
    """Return the heading of a preview, and its articles that are new or changed.

    Those that are archived with the same text are counted, and shown if there are no others.
    """
    offered = [article for article in preview.articles if not article.unchanged]
    unchanged_count = len(preview.articles) - len(offered)
    heading = "preview_nothing_new" if unchanged_count and not offered else "preview_heading"
    blocks = [f"**{escape(words(heading))}**", GAP]
    articles = offered or preview.articles
    for article in articles[: SHOWN.nearest]:
        blocks += [_article_block(article, words), LINE]
    for line in rest_line(len(articles) - SHOWN.nearest, words, lead=""):
        blocks += [line, LINE]
    if offered and unchanged_count:
        blocks += [f"-# {escape(words('preview_unchanged', count=unchanged_count))}", LINE]
    return blocks


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
        key = "preview_same" if article.unchanged else "preview_known"
        day = words.date(article.known.added_at)
        lines.append(f"-# {escape(words(key, number=article.known.id, day=day))}")
        if article.unchanged and article.known.removal is not None:
            reason = words(f"removal_{article.known.removal}")
            lines.append(f"-# {escape(words('article_removed', why=reason))}")
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
        name = words("settings_heading" if audit_entry.detail else "settings_desk")
    if audit_entry.kind is AuditAction.SETTLED:
        name = ""  # the keys of the feedback say nothing to people
    when = discord.utils.format_dt(audit_entry.at, "f")
    undone = f" ({escape(words('deed_undone'))})" if audit_entry.undone_by else ""
    kind = escape(words(f"deed_{audit_entry.kind}"))
    subject = f": {literal(title(name, 100))}" if name else ""
    return f"{when} · {actor} · {kind}{undone}{subject}"


def done_view(text: str, buttons: Sequence[ui.Item[Any]]) -> ui.LayoutView:
    """Show the result of an action, with buttons for the next step."""
    return with_buttons(layout([phrase(text)]), buttons)

"""What moderators see of the coverage: previews, lists, who did what; pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from bot.community.previewing import Preview, PreviewedArticle
from bot.discord_ui.rendering import (
    GAP,
    LINE,
    MARK,
    NEAREST_SHOWN,
    Lengths,
    entry,
    layout,
    timed,
    with_buttons,
)
from bot.discord_ui.text import escape, link, literal, phrase, title
from bot.failures import translated_failure
from bot.ledger.model import AuditAction, AuditEntry, GivenNotice
from bot.wording import Wording
from ingest.model import Article, Evidence, Source

ROOM = Lengths(quote=0, title=120, claims=0)
LISTED = 10
"""Articles, sources or acts in one message."""
_FOUND = 8
"""Passages of evidence in one message."""
_BEGINNING = 240
"""Characters of a body that a preview shows."""
TEXT = 300
"""Characters of a problem, a note or an address."""


def preview_view(
    preview: Preview, words: Wording, buttons: Sequence[ui.Item[Any]]
) -> ui.LayoutView:
    """Show what would be kept, and what is to be known of it beforehand."""
    blocks = [f"**{escape(words('preview_heading'))}**", GAP]
    for each in preview.articles[:NEAREST_SHOWN]:
        blocks += [_article_block(each, words), LINE]
    if more := len(preview.articles) - NEAREST_SHOWN:
        blocks += [escape(words("preview_more", count=more)), LINE] if more > 0 else []
    if preview.entries:
        blocks.append(escape(words("preview_listing", count=len(preview.entries))))
        for listed in preview.entries[:NEAREST_SHOWN]:
            named = link(title(listed.title or listed.url, 100), listed.url, instead=words("link"))
            blocks.append(f"- {named}")
        if preview.watched is not None:
            known = words(
                "preview_watched", number=preview.watched.id, outlet=preview.watched.outlet
            )
            blocks.append(phrase(known))
        elif not preview.outlet:
            blocks.append(f"-# {escape(words('preview_outlet_needed'))}")
    if preview.compared is not None:
        compared = words("preview_verified" if preview.compared else "preview_other_text")
        blocks.append(f"-# {escape(compared)}")
    if preview.data is None and (preview.articles or preview.entries):
        blocks.append(f"-# {escape(words('preview_robots'))}")
    if preview.problems:
        first = title(translated_failure(preview.problems[0], words), TEXT)
        said = words("preview_problems", count=len(preview.problems), first=first)
        blocks.append(phrase(said))
    return with_buttons(layout(blocks[:-1] if blocks[-1] == LINE else blocks), buttons)


def _article_block(article: PreviewedArticle, words: Wording) -> str:
    """Describe one article before it is kept."""
    extract = article.ready.extract
    count = len(article.ready.cut.spans)
    lines = [
        entry(extract.header, words, ROOM),
        literal(title(extract.text, _BEGINNING)),
        f"-# {escape(words('preview_passages', count=count))}",
    ]
    lines += [
        f"-# {phrase(title(translated_failure(note, words), TEXT))}" for note in extract.notes[:2]
    ]
    if article.known is not None:
        lines.append(f"-# {escape(words('preview_known', number=article.known.id))}")
    if extract.header.pasted:
        lines.append(f"-# ⚠ {escape(words('preview_pasted'))}")
    if extract.header.preview:
        lines.append(f"-# ⚠ {escape(words('preview_paywalled'))}")
    if article.copies:
        outlets = words("list_comma").join(words.outlet(each.header) for each in article.copies)
        lines.append(f"-# {phrase(title(words('preview_copies', outlets=outlets), TEXT))}")
    if told := article.ready.instruction:
        opening, closing = words.marks(told)
        said = words("preview_instruction", open=opening, text=title(told, 120), close=closing)
        lines.append(f"-# ⚠ {phrase(said)}")
    return "\n".join(lines)


def articles_view(
    found: Sequence[Article], heading: str, none: str, words: Wording
) -> ui.LayoutView:
    """List articles, each with its number."""
    if not found:
        return layout([escape(words(none))])
    lines = [f"- {each.id} · {entry(each.header, words, ROOM)}" for each in found[:LISTED]]
    more = len(found) - LISTED
    rest = [f"-# {escape(words('preview_more', count=more))}"] if more > 0 else []
    return layout([f"**{escape(words(heading))}**", "\n".join(lines), *rest])


def article_view(article: Article, words: Wording, *, hidden: bool = False) -> ui.LayoutView:
    """Show what is kept of one article."""
    numbers = words("article_line", number=article.id, version=article.versions)
    blocks = [entry(article.header, words, ROOM), f"-# {escape(numbers)}"]
    if article.removal is not None:
        why = words(f"removal_{article.removal}")
        blocks.append(escape(words("article_removed", why=why)))
    elif hidden:
        blocks.append(escape(words("article_removed", why=words("removal_here"))))
    if article.note:
        blocks.append(f"-# {phrase(title(translated_failure(article.note, words), TEXT))}")
    return layout(blocks)


def source_block(source: Source, words: Wording) -> str:
    """Describe what is watched, and how it went last."""
    when = MARK if source.checked_at else words("source_never")
    said = phrase(words("source_line", outlet=source.outlet, minutes=source.every, when=when))
    if source.checked_at:
        said = timed(said, source.checked_at)
    linked = link(title(source.address, TEXT), source.address, instead=words("link"))
    lines = [f"{source.id} · {said}", linked]
    if source.failure:
        failed = words(
            "source_failed", failure=title(translated_failure(source.failure, words), TEXT)
        )
        lines.append(f"-# ⚠ {phrase(failed)}")
    return "\n".join(lines)


def given_view(found: Sequence[GivenNotice], words: Wording) -> ui.LayoutView:
    """List what readers were told of corrections, newest first."""
    if not found:
        return layout([escape(words("no_corrections"))])
    lines = []
    for each in found:
        when = discord.utils.format_dt(each.at, "f")
        kind = escape(words(f"told_{each.kind}"))
        where = f"<#{int(each.channel)}>" if each.reached else escape(words("told_unreached"))
        named = literal(title(each.title, 100))
        lines.append(f"- {when} · {kind} · {where}: {each.article_id} · {named}")
    return layout([f"**{escape(words('corrections_heading'))}**", "\n".join(lines)])


def evidence_view(found: Sequence[Evidence], question: str, words: Wording) -> ui.LayoutView:
    """Show the evidence for a question, best first, with why it was found."""
    if not found:
        return layout([escape(words("none_nearby"))])
    blocks = [f"**{literal(title(question, 200))}**"]
    for place, each in enumerate(found[:_FOUND], start=1):
        scores = words(
            "scores",
            score=f"{each.score:.2f}",
            lexical=f"{each.lexical:.1f}" if each.lexical is not None else "–",
            dense=f"{each.dense:.2f}" if each.dense is not None else "–",
        )
        passage = each.passage
        lines = [
            f"**{place}** {passage.article_id} · {entry(passage.header, words, ROOM)}",
            literal(title(passage.text, _BEGINNING)),
            f"-# {escape(scores)}",
        ]
        blocks.append("\n".join(lines))
    return layout(blocks)


def deed_line(logged: AuditEntry, named: str, here: str, words: Wording) -> str:
    """Say when who did what; a name is shown, and nobody is mentioned."""
    mine = logged.place == here
    who = f"<@{int(logged.who)}>" if mine else escape(words("deed_home"))
    if logged.kind is AuditAction.SET:
        named = logged.detail or words("settings_desk")
    when = discord.utils.format_dt(logged.at, "f")
    undone = f" ({escape(words('deed_undone'))})" if logged.undone_by else ""
    kind = escape(words(f"deed_{logged.kind}"))
    return f"{when} · {who} · {kind}{undone}: {literal(title(named, 100))}"


def done_view(text: str, buttons: Sequence[ui.Item[Any]]) -> ui.LayoutView:
    """Say what was done, with the buttons that go on from there."""
    return with_buttons(layout([phrase(text)]), buttons)

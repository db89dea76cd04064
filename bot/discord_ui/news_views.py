"""Views of news: the newest stories, follows, digests and quiet sources. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from discord import ui
from discord.utils import format_dt

from bot.answering.values import Citation
from bot.community.limits import UPDATES
from bot.discord_ui.escaping import directed, escape, link, literal, phrase, size, title
from bot.discord_ui.limits import CHARACTERS, DISCORD, SHOWN
from bot.discord_ui.rendering import (
    GAP,
    Colour,
    Lengths,
    coverage_date_line,
    entry,
    layout,
    quotation,
    rest_line,
)
from bot.outcomes import opening_at
from bot.wording import Wording, translated_failure
from ingest.model import Header

if TYPE_CHECKING:
    from bot.answering.timeline import Timeline
    from bot.community.digests import Digest
    from bot.community.followed_changes import DueChanges
    from bot.community.following import DueNews
    from bot.community.news import Story
    from bot.community.quiet import QuietSource

_LENGTHS = Lengths(quote=240, title=120, claims=0)


def latest_view(stories: Sequence[Story], as_of: datetime, words: Wording) -> ui.LayoutView:
    """List the newest stories."""
    if not stories:
        return layout([escape(words("coverage_none"))], Colour.NOTHING)
    blocks = [f"**{escape(words('latest_heading'))}**"]
    blocks += _story_lines(stories, words, DISCORD.message_characters - CHARACTERS.copies)
    return layout([*blocks, GAP, coverage_date_line(as_of, None, words)], Colour.NEWS)


def latest_on_view(timeline: Timeline, words: Wording) -> ui.LayoutView:
    """Quote the latest coverage of a topic."""
    topic = literal(title(timeline.topic, 200))
    heading = f"**{escape(words('latest_on'))} {topic}**"
    if not timeline.lines:
        return layout([heading, escape(words("timeline_none"))], Colour.NOTHING)
    lines = [
        f"{entry(line.citation.header, words, _LENGTHS)}\n"
        f"> {quotation(line.citation.quote, words, _LENGTHS)}"
        for line in timeline.lines
    ]
    return layout(
        [heading, *lines, GAP, coverage_date_line(timeline.as_of, None, words)], Colour.NEWS
    )


def news_view(due: DueNews, words: Wording) -> ui.LayoutView:
    """Quote the newest articles for one follow, and count the others."""
    text = literal(title(due.follow.text, 200))
    heading = f"**{escape(words(f'news_{due.follow.kind}'))} {text}**"
    lines = [_quote_block(item.header, item.quote, words) for item in due.shown]
    rest_lines = rest_line(len(due.quoted) - len(lines), words)
    return layout([heading, *lines, *rest_lines], Colour.NEWS)


def changed_news_view(due: DueChanges, words: Wording) -> ui.LayoutView:
    """Tell a follower what was corrected or withdrawn of what they were sent, struck out."""
    blocks = [f"**{escape(words('news_changed'))}**"]
    for change in due.changes[: UPDATES.quoted_news]:
        kind = directed(words(f"told_{change.kind}"))
        quote = literal(title(change.quote, _LENGTHS.quote))
        lines = [f"**{kind}** · {entry(change.header, words, _LENGTHS)}", f"> ~~{quote}~~"]
        if change.note:
            lines.append(f"> {phrase(title(change.note, CHARACTERS.correction))}")
        blocks.append("\n".join(lines))
    blocks += rest_line(len(due.changes) - UPDATES.quoted_news, words)
    is_withdrawn = any(change.kind.withdraws for change in due.changes)
    return layout(blocks, Colour.WITHDRAWN if is_withdrawn else Colour.NEWS)


def newer_text(citation: Citation, words: Wording) -> str:
    """Quote newer coverage that may change an answer, for its readers."""
    heading = f"**{escape(words('notice_newer'))}**"
    return f"{heading}\n{_quote_block(citation.header, citation.quote, words)}"


def digest_view(digest: Digest, words: Wording) -> ui.LayoutView:
    """List the stories and corrections of a period, and count the unanswered questions."""
    since, until = (format_dt(moment, "D") for moment in (digest.since, digest.until))
    blocks = [f"**{escape(words('digest_heading'))}** {since} – {until}"]
    if digest.stories:
        blocks += _story_lines(digest.stories, words, DISCORD.message_characters // 2)
    elif not digest.corrected:
        blocks.append(escape(words("digest_nothing")))
    if digest.corrected:
        lines = [f"**{escape(words('digest_corrections'))}**"]
        for article, note in digest.corrected[: SHOWN.digest_corrections]:
            text = phrase(title(note, CHARACTERS.copies))
            lines.append(f"- {entry(article.header, words, _LENGTHS)}\n-# {text}")
        lines += rest_line(len(digest.corrected) - SHOWN.digest_corrections, words)
        blocks.append("\n".join(lines))
    if digest.gaps:
        blocks.append(f"-# {escape(words('digest_gaps', count=digest.gaps))}")
    return layout([*blocks, GAP, coverage_date_line(digest.until, None, words)], Colour.NEWS)


def quiet_view(quiet: QuietSource, words: Wording) -> ui.LayoutView:
    """Name a source without new articles, its last date, and the cause if one is known."""
    source = quiet.source
    failure = translated_failure(source.failure or "", words)
    key = "quiet_failing" if failure else "quiet_silent"
    sentence = words(
        key,
        outlet=title(source.outlet, 100),
        date=words.date(quiet.since),
        failure=title(failure, CHARACTERS.copies),
    )
    linked = link(title(source.address, 200), source.address, instead=words("link"))
    return layout([f"**{escape(words('quiet_heading'))}**", phrase(sentence), f"-# {linked}"])


def _quote_block(header: Header, quote: str, words: Wording) -> str:
    """Quote an article, with a link that opens at the quotation."""
    url = opening_at(header.url, quote)
    return f"{entry(header, words, _LENGTHS, url=url)}\n> {quotation(quote, words, _LENGTHS)}"


def _story_lines(stories: Sequence[Story], words: Wording, budget: int) -> list[str]:
    """Write a line for each story and its outlets, as many as fit *budget* characters."""
    lines: list[str] = []
    for story in stories:
        line = f"- {entry(story.article.header, words, _LENGTHS)}"
        outlets = [outlet for outlet in story.outlets if outlet != story.article.header.outlet]
        if outlets:
            copies = words("copies", outlets=words("list_comma").join(outlets))
            line += f"\n-# {phrase(title(copies, CHARACTERS.copies))}"
        if sum(map(size, (*lines, line))) > budget:
            break
        lines.append(line)
    rest_lines = rest_line(len(stories) - len(lines), words)
    return ["\n".join(lines), *rest_lines] if lines else rest_lines

"""What is new, as messages: pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from discord import ui
from discord.utils import format_dt

from bot.answering.model import Citation
from bot.answering.timeline import Timeline
from bot.community.digests import Digest
from bot.community.following import DueNews
from bot.community.news import Story
from bot.community.quiet import QuietSource
from bot.discord_ui.rendering import (
    BUDGET,
    GAP,
    Colour,
    Lengths,
    as_of_line,
    entry,
    layout,
    quotation,
)
from bot.discord_ui.text import escape, link, literal, phrase, size, title
from bot.failures import translated_failure
from bot.linking import opening_at
from bot.wording import Wording
from ingest.model import Header

_ROOM = Lengths(quote=240, title=120, claims=0)
_COPIES = 200
"""Characters of the outlets that carry a story as well."""
_QUOTED, _CORRECTED = 3, 5
"""Articles that are quoted in one message of a follow, and corrections in a digest."""
STORIES_SHOWN = 8
"""Stories in one message."""


def latest_view(stories: Sequence[Story], as_of: datetime, words: Wording) -> ui.LayoutView:
    """List the newest stories, each once."""
    if not stories:
        return layout([escape(words("coverage_none"))], Colour.NOTHING)
    blocks = [f"**{escape(words('latest_heading'))}**"]
    blocks += _story_lines(stories, words, BUDGET - _COPIES)
    return layout([*blocks, GAP, as_of_line(as_of, None, words)], Colour.NEWS)


def latest_on_view(found: Timeline, words: Wording) -> ui.LayoutView:
    """Quote what was reported last on a topic, the newest first."""
    topic = literal(title(found.topic, 200))
    heading = f"**{escape(words('latest_on'))} {topic}**"
    if not found.lines:
        return layout([heading, escape(words("timeline_none"))], Colour.NOTHING)
    lines = [
        f"{entry(each.citation.header, words, _ROOM)}\n"
        f"> {quotation(each.citation.quote, words, _ROOM)}"
        for each in sorted(found.lines, key=lambda line: line.day, reverse=True)[:STORIES_SHOWN]
    ]
    while sum(map(size, lines)) > BUDGET - 2 * _COPIES:
        lines.pop()
    return layout([heading, *lines, GAP, as_of_line(found.as_of, None, words)], Colour.NEWS)


def news_view(due: DueNews, words: Wording) -> ui.LayoutView:
    """Quote what is new for one follow: a few articles, and how many more there are."""
    text = literal(title(due.follow.text, 200))
    heading = f"**{escape(words(f'news_{due.follow.kind}'))} {text}**"
    lines = [_quoted(each.header, each.quote, words) for each in due.quoted[:_QUOTED]]
    left = len(due.quoted) - len(lines)
    more = [f"-# {escape(words('preview_more', count=left))}"] if left else []
    return layout([heading, *lines, *more], Colour.NEWS)


def newer_view(citation: Citation, words: Wording) -> ui.LayoutView:
    """Quote what newer coverage says, for who read an answer that it may change."""
    heading = f"**{escape(words('notice_newer'))}**"
    return layout([heading, _quoted(citation.header, citation.quote, words)], Colour.NEWS)


def digest_view(digest: Digest, words: Wording) -> ui.LayoutView:
    """List what is new in a period: stories, corrections, and how much is not covered."""
    since, until = (format_dt(each, "D") for each in (digest.since, digest.until))
    blocks = [f"**{escape(words('digest_heading'))}** {since} – {until}"]
    if digest.stories:
        blocks += _story_lines(digest.stories, words, BUDGET // 2)
    elif not digest.corrected:
        blocks.append(escape(words("digest_nothing")))
    if digest.corrected:
        lines = [f"**{escape(words('digest_corrections'))}**"]
        for article, note in digest.corrected[:_CORRECTED]:
            said = phrase(title(note, _COPIES))
            lines.append(f"- {entry(article.header, words, _ROOM)}\n-# {said}")
        left = len(digest.corrected) - _CORRECTED
        lines += [f"-# {escape(words('preview_more', count=left))}"] if left > 0 else []
        blocks.append("\n".join(lines))
    if digest.gaps:
        blocks.append(f"-# {escape(words('digest_gaps', count=digest.gaps))}")
    return layout([*blocks, GAP, as_of_line(digest.until, None, words)], Colour.NEWS)


def quiet_view(quiet: QuietSource, words: Wording) -> ui.LayoutView:
    """Say which source has gone quiet, since when, and why if that is known."""
    source = quiet.source
    failure = translated_failure(source.failure or "", words)
    key = "quiet_failing" if failure else "quiet_silent"
    said = words(
        key,
        outlet=title(source.outlet, 100),
        date=words.date(quiet.since),
        failure=title(failure, _COPIES),
    )
    linked = link(title(source.address, 200), source.address, instead=words("link"))
    return layout([f"**{escape(words('quiet_heading'))}**", phrase(said), f"-# {linked}"])


def _quoted(header: Header, quote: str, words: Wording) -> str:
    """Quote an article, with an address that opens there."""
    url = opening_at(header.url, quote)
    return f"{entry(header, words, _ROOM, url=url)}\n> {quotation(quote, words, _ROOM)}"


def _story_lines(stories: Sequence[Story], words: Wording, room: int) -> list[str]:
    """Name each story in a line with who else carries it, as many as *room* characters hold."""
    lines: list[str] = []
    for each in stories:
        line = f"- {entry(each.article.header, words, _ROOM)}"
        others = [outlet for outlet in each.outlets if outlet != each.article.header.outlet]
        if others:
            said = words("copies", outlets=words("list_comma").join(others))
            line += f"\n-# {phrase(title(said, _COPIES))}"
        if sum(map(size, (*lines, line))) > room:
            break
        lines.append(line)
    left = len(stories) - len(lines)
    more = [f"-# {escape(words('preview_more', count=left))}"] if left else []
    return ["\n".join(lines), *more] if lines else more

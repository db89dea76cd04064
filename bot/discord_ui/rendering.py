"""Views of outcomes: pure functions from an answer or an abstention to a message."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any

from discord import ui
from discord.utils import format_dt

from bot.answering.values import Abstention, Answer, Citation, Claim, Excerpt, Level, Question
from bot.discord_ui.escaping import (
    directed,
    escape,
    fit_message,
    flat,
    link,
    literal,
    phrase,
    safe_address,
    shortened,
    size,
    title,
)
from bot.discord_ui.limits import CHARACTERS, DISCORD, FITTING, SHOWN
from bot.outcomes import opening_at
from bot.wording import Wording, ground_line
from ingest.model import Header, Moment, day_of

LINE, GAP = "\n", ""
"""Blocks without text: a visible line, and a space."""
MARK = "\ue000"
"""Placeholder for a text that is inserted after its surroundings are escaped."""


class Colour(IntEnum):
    """Colour of a message's edge by kind of outcome; the words say the same."""

    SAYS = 0x2E8B57
    CLOSEST = 0xC98A1B
    NOTHING = 0x7A7F87
    NEWS = 0x3B7DD8
    WITHDRAWN = 0xC0392B


@dataclass(frozen=True, slots=True)
class Lengths:
    """Limits of a view: characters of a quotation and a title, number of claims, and copies."""

    quote: int
    title: int
    claims: int
    copies: bool = True


_LENGTHS = (
    Lengths(quote=4000, title=200, claims=10),
    Lengths(quote=4000, title=100, claims=10, copies=False),
    Lengths(quote=600, title=100, claims=10, copies=False),
    Lengths(quote=400, title=80, claims=10, copies=False),
    Lengths(quote=300, title=80, claims=10, copies=False),
    Lengths(quote=200, title=60, claims=6, copies=False),
    *(Lengths(quote=200, title=60, claims=count, copies=False) for count in (4, 3, 2, 1)),
    Lengths(quote=60, title=40, claims=1, copies=False),
)
"""Limits from the most generous to the strictest, tried in this order."""


def outcome_view(
    outcome: Answer | Abstention, *, ask: bool = False, notes: Sequence[str] = ()
) -> ui.LayoutView:
    """Show *outcome*; with *ask* the question is repeated above it.

    *notes* are further remarks on its sources.
    """
    words = Wording.of(outcome.question.language)
    question_blocks = [_question_block(outcome.question), GAP] if ask else []
    if isinstance(outcome, Abstention):
        return layout([*question_blocks, *_abstention_blocks(outcome, words)], Colour.NOTHING)
    blocks = _answer_blocks(
        outcome, words, DISCORD.message_characters - _total_size(question_blocks), notes
    )
    return layout([*question_blocks, *blocks], _colour_of(outcome))


def _colour_of(answer: Answer) -> Colour:
    """Return the colour of a sure and verified answer, or the one of a close answer."""
    leads = answer.excerpts[: answer.leads]
    if answer.claims:
        unverified = all(claim.unverified for claim in answer.claims)
    else:
        unverified = all(excerpt.citation.header.unverified for excerpt in leads)
    sure = bool(answer.claims) or answer.level is Level.SAYS
    return Colour.SAYS if sure and not unverified else Colour.CLOSEST


def progress_view(
    question: Question,
    step: str,
    claims: Sequence[Claim],
    *,
    ask: bool,
    stop: ui.Item[Any] | None,
) -> ui.LayoutView:
    """Show the claims verified so far, the current step, and a button that stops the work."""
    words = Wording.of(question.language)
    question_blocks = [_question_block(question), GAP] if ask else []
    blocks: list[str] = []
    if claims:
        newest = None
        draft = Answer(question, tuple(claims), question.asked_at, newest)
        answer_blocks = _answer_blocks(
            draft,
            words,
            DISCORD.message_characters - _total_size(question_blocks) - CHARACTERS.below_answer,
        )
        blocks = [*answer_blocks[: answer_blocks.index(LINE)], GAP]
    view = layout([*question_blocks, *blocks, f"-# {escape(step)}"])
    return with_buttons(view, [stop] if stop is not None else [])


def notice_view(text: str) -> ui.LayoutView:
    """Show one line by the desk: a hint, an error or a step."""
    return layout([escape(text)])


def layout(blocks: Sequence[str], colour: Colour | None = None) -> ui.LayoutView:
    """Stack *blocks* in one container with an edge of *colour*."""
    container: ui.Container[ui.LayoutView] = ui.Container(accent_colour=colour)
    for block in fit_message(blocks, DISCORD.message_characters):
        if block in {LINE, GAP}:
            container.add_item(ui.Separator(visible=block == LINE))
        else:
            container.add_item(ui.TextDisplay(block))
    view = ui.LayoutView(timeout=None)
    view.add_item(container)
    return view


def rest_line(count: int, words: Wording, *, lead: str = "-# ") -> list[str]:
    """Return a line that says how many further items there are, no line if there are none."""
    return [f"{lead}{escape(words('preview_more', count=count))}"] if count > 0 else []


def item_list(heading: str, items: Sequence[tuple[str, Sequence[ui.Item[Any]]]]) -> ui.LayoutView:
    """List texts under a heading, each with a line above it and its buttons below."""
    view = layout([heading])
    [container] = view.children
    assert isinstance(container, ui.Container)
    room = DISCORD.message_characters - FITTING.above_list - view.content_length()
    texts = fit_message([text for text, _ in items], room)
    for text, (_, buttons) in zip(texts, items, strict=True):
        container.add_item(ui.Separator())
        container.add_item(ui.TextDisplay(text))
        if buttons:
            row: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
            for button in buttons:
                row.add_item(button)
            container.add_item(row)
    return view


def with_buttons(view: ui.LayoutView, buttons: Sequence[ui.Item[Any]]) -> ui.LayoutView:
    """Add *buttons* to a view, five in a row; a menu fills a row."""
    rows: list[list[ui.Item[Any]]] = []
    for button in buttons:
        if not rows or sum(item.width for item in (*rows[-1], button)) > DISCORD.row_buttons:
            rows.append([])
        rows[-1].append(button)
    for items in rows:
        view.add_item(ui.ActionRow(*items))
    return view


def _total_size(blocks: Sequence[str]) -> int:
    """Count the characters of *blocks* as Discord counts them."""
    return sum(map(size, blocks))


def _question_block(question: Question) -> str:
    """Repeat the question in small print, so that the answer stands out."""
    return f"-# **{literal(title(question.text, CHARACTERS.question))}**"


def _answer_blocks(
    answer: Answer, words: Wording, budget: int, notes: Sequence[str] = ()
) -> list[str]:
    """Render *answer* with the most generous limits that fit *budget*."""
    blocks: list[str] = []
    for lengths in _LENGTHS:
        blocks = list(_answer_within(answer, words, lengths, notes))
        if _total_size(blocks) <= budget:
            return blocks
    return blocks


def _answer_within(
    answer: Answer, words: Wording, lengths: Lengths, notes: Sequence[str]
) -> Iterator[str]:
    """Yield the claims or excerpts, their sources, and the date of the coverage."""
    yield from (_claim_blocks if answer.claims else _excerpt_blocks)(answer, words, lengths)
    yield from _ground_line(answer, words)
    yield from _small_print([*words.asides(answer), *notes, *words.notes(answer.written)])
    leads = answer.excerpts[: answer.leads]
    days = {excerpt.citation.header.day for excerpt in leads if excerpt.citation.header.published}
    newest = answer.newest
    is_named = newest is not None and day_of(newest) in days
    date_line = _as_of_outcome(answer, None if is_named else newest, words)
    is_sure = not answer.claims and _level_of(answer) == Level.SAYS
    prefix = f"-# {escape(words('level_says'))} · " if is_sure else "-# "
    if answer.question.past:
        yield from [f"-# {escape(words('level_says'))}"] if is_sure else []
        yield date_line
    else:
        yield f"{prefix}{date_line.removeprefix('-# ')}"


def _level_of(answer: Answer) -> str:
    """Return the level of the excerpts; "pasted" if the leading ones are all unverified."""
    is_pasted = all(
        excerpt.citation.header.unverified for excerpt in answer.excerpts[: answer.leads]
    )
    return "pasted" if is_pasted and answer.level is Level.SAYS else answer.level


def _ground_line(answer: Answer, words: Wording) -> Iterator[str]:
    """Yield the kind of source behind an answer, and the link for verifying its quotations."""
    parts = (
        [phrase(title(ground_line(answer.ground, words), CHARACTERS.note))] if answer.ground else []
    )
    if answer.page:
        parts.append(link(words("verify_link"), answer.page, instead=answer.page))
    if parts:
        yield f"-# {' · '.join(parts)}"


def _as_of_outcome(outcome: Answer | Abstention, newest: Moment | None, words: Wording) -> str:
    """Return the line with the moment of the answer, marked if that is in the past."""
    if not outcome.question.past:
        return coverage_date_line(outcome.as_of, newest, words)
    return past_line(outcome.as_of, words)


def past_line(as_of: datetime, words: Wording) -> str:
    """Return the line for an answer as of a past moment, in the reader's time zone."""
    return f"**{insert_time(escape(words('as_of_past', as_of=MARK)), as_of)}**"


def coverage_date_line(as_of: datetime, newest: Moment | None, words: Wording) -> str:
    """Return the line with the time of the answer and the newest article, in the reader's zone."""
    return f"-# {insert_time(escape(words.as_of(as_of, newest, shown=MARK)), as_of)}"


def insert_time(text: str, moment: datetime) -> str:
    """Replace :data:`MARK` in an escaped text by a time in the reader's time zone."""
    return text.replace(MARK, format_dt(moment, "f"))


def _excerpt_blocks(answer: Answer, words: Wording, lengths: Lengths) -> Iterator[str]:
    """Yield the leading excerpts, below the doubt about them if there is one.

    The other excerpts follow only if no button can show them.
    """
    excerpts = answer.excerpts[: lengths.claims if answer.number is None else answer.leads]
    level = _level_of(answer)
    if level != Level.SAYS:
        yield f"**{escape(words(f'level_{level}'))}**"
    yield from _small_print(words.absent(answer))
    if answer.differ:
        yield f"-# {escape(words('differ'))}"
    for excerpt in excerpts:
        yield from _excerpt_block(excerpt, words, lengths)
    rest_count = len(answer.excerpts) - len(excerpts)
    if rest_count and answer.number is not None:
        yield f"-# {escape(words('excerpts_more', count=rest_count))}"


def _excerpt_block(excerpt: Excerpt, words: Wording, lengths: Lengths) -> Iterator[str]:
    """Render one excerpt, the answering part in bold, with its source and notes below."""
    header = excerpt.citation.header
    before, bold, after = excerpt.parts
    notes = words.corrected(excerpt.citation.passage)
    if len(excerpt.citation.quote) > lengths.quote:
        before, after = "", ""
    shorter = shortened(bold, lengths.quote)
    if shorter is not None:
        notes = [words("quote_cut"), *notes]
    quote = f"{_beside(before)}**{literal(bold if shorter is None else shorter)}**{_beside(after)}"
    url = opening_at(header.url, bold)
    notes = [*([excerpt.heading] if excerpt.heading else []), *notes]
    if excerpt.copies and lengths.copies:
        notes.append(words.copies(excerpt.copies[: SHOWN.copies]))
    yield f"> {quote}"
    lines = [_source_line(header, words, lengths, url)]
    lines += [phrase(title(note, CHARACTERS.note)) for note in notes]
    yield "\n".join(f"-# {line}" for line in lines)


def _source_line(header: Header, words: Wording, lengths: Lengths, url: str | None) -> str:
    """Name an article in one short line, with the outlet linked to the quotation."""
    outlet = title(words.outlet(header), lengths.title)
    address = url if url and safe_address(url) else header.url
    address = None if header.pasted else address
    outlet_link = link(outlet, address, instead=words("link")) if address else phrase(outlet)
    parts = [outlet_link, directed(words.dated(header)), directed(words.kind(header) or "")]
    return " · ".join(filter(None, parts))


def _beside(text: str) -> str:
    """Return the text beside the bold part, with the space that separates them."""
    escaped = literal(text)
    if not escaped:
        return ""
    space = " " if text[:1].isspace() else ""
    return f"{space}{escaped}{' ' if text[-1:].isspace() else ''}"


def _small_print(notes: Sequence[str]) -> Iterator[str]:
    """Yield the notes on an answer in small print."""
    for note in notes:
        yield f"-# {phrase(title(note, CHARACTERS.note))}"


def _claim_blocks(answer: Answer, words: Wording, lengths: Lengths) -> Iterator[str]:
    """Yield a model's sentences with their numbers, a line, and the sources."""
    claims = answer.claims[: lengths.claims]
    if all(claim.unverified for claim in answer.claims):
        yield f"**{escape(words('level_pasted'))}**"
    citations = dict.fromkeys(citation for claim in claims for citation in claim.citations)
    numbers = {citation: number for number, citation in enumerate(citations, start=1)}
    for claim in claims:
        marks = " ".join(f"[{numbers[citation]}]" for citation in claim.citations)
        yield f"{phrase(title(claim.text, lengths.quote))} **{marks}**"
    if rest_count := len(answer.claims) - len(claims):
        yield f"-# {escape(words('claims_left_out', count=rest_count))}"
    yield LINE
    articles: dict[int, list[Citation]] = {}
    for citation in citations:
        articles.setdefault(citation.passage.article_id, []).append(citation)
    sources = [
        _source_lines(article_citations, numbers, claims, words, lengths)
        for article_citations in articles.values()
    ]
    yield "\n".join([f"**{words('sources')}**", *sources])


def quotation(quote: str, words: Wording, lengths: Lengths) -> str:
    """Show *quote* literally in quotation marks; a note about a cut is outside them."""
    opening, closing = words.marks(quote)
    shorter = shortened(quote, lengths.quote)
    if shorter is None:
        return f"{opening}{literal(quote)}{closing}"
    return f"{opening}{literal(shorter)}{closing} {escape(words('quote_cut'))}"


def _source_lines(
    citations: Sequence[Citation],
    numbers: Mapping[Citation, int],
    claims: Sequence[Claim],
    words: Wording,
    lengths: Lengths,
) -> str:
    """Describe one article, with each of its quotations under its number."""
    first = citations[0]
    url = opening_at(first.header.url, first.quote)
    is_single = len(citations) == 1
    number = f"[{numbers[first]}] " if is_single else ""
    lines = [f"{number}{entry(first.header, words, lengths, url=url)}"]
    for citation in citations:
        number = "" if is_single else f"[{numbers[citation]}] "
        lines.append(f"{number}{quotation(citation.quote, words, lengths)}")
    notes = words.corrected(first.passage)
    lines += [f"-# {phrase(title(note, CHARACTERS.note))}" for note in notes]
    citing = [
        claim for claim in claims if any(citation in claim.citations for citation in citations)
    ]
    copies = list(dict.fromkeys(header for claim in citing for header in claim.copies))
    if copies and lengths.copies:
        lines.append(f"-# {phrase(title(words.copies(copies[: SHOWN.copies]), 300))}")
    return "\n".join(lines)


def entry(header: Header, words: Wording, lengths: Lengths, *, url: str | None = None) -> str:
    """Describe an article in one line: outlet, date, kind, and the title with its link."""
    outlet = phrase(title(words.outlet(header), lengths.title))
    parts = [outlet, directed(words.dated(header)), directed(words.kind(header) or "")]
    name = flat(header.title) or words("link")
    address = url if url and safe_address(url) else header.url
    address = None if header.pasted else address
    title_link = link(title(name, lengths.title), address, instead=words("link"))
    return " · ".join([*(part for part in parts if part), title_link])


def _abstention_blocks(abstention: Abstention, words: Wording) -> list[str]:
    """Return the reason why there is no answer, and the nearest articles."""
    blocks: list[str] = [escape(words.reason(abstention.reason))]
    blocks += _small_print(words.absent(abstention))
    if abstention.link:
        url_link = link(abstention.link, abstention.link, instead=words("link"))
        blocks.append(words("voting_link", url=url_link))
    lengths = Lengths(quote=0, title=100, claims=0)
    if abstention.nearest:
        nearest = abstention.nearest[: SHOWN.nearest]
        lines = [f"- {entry(header, words, lengths)}" for header in nearest]
        blocks += [LINE, "\n".join([f"**{words('nearest')}**", *lines])]
    notes = [*_small_print(words.notes(abstention.written, answered=False))]
    if abstention.question.past or abstention.reason.can_change:
        notes.append(_as_of_outcome(abstention, None, words))
    return [*blocks, GAP, *notes] if notes else blocks

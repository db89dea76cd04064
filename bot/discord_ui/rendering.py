"""From an Answer or an Abstention to the message that shows it; pure, and within every limit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any

from discord import ui
from discord.utils import format_dt

from bot.answering.model import Abstention, Answer, Citation, Claim, Excerpt, Level, Question
from bot.discord_ui.text import (
    directed,
    directed_lines,
    escape,
    flat,
    link,
    literal,
    phrase,
    safe_address,
    shortened,
    size,
    title,
)
from bot.linking import opening_at
from bot.wording import Wording, ground_line
from ingest.model import Header, Moment, day_of

LINE, GAP = "\n", ""
"""Blocks that are no text: a line across, and a space."""
BUDGET = 3900
"""Of Discord's 4,000 characters in one message."""
_PROGRESS = 200
"""Characters kept free for what the desk is doing."""
_A_ROW = 5
"""Buttons that stand beside each other."""
QUESTION_SHOWN = 300
"""Characters of a question that are shown again."""
_LEAD_SHOWN = 300
"""Characters of what leads a quotation."""
_COPIES_SHOWN = 5
MARK = "\ue000"
"""Stands for a time until what is around it is escaped."""
NEAREST_SHOWN = 3


class Colour(IntEnum):
    """Of the edge of a message, by what kind of answer it is; the words say it as well."""

    SAYS = 0x2E8B57
    CLOSEST = 0xC98A1B
    NOTHING = 0x7A7F87
    NEWS = 0x3B7DD8
    WITHDRAWN = 0xC0392B


@dataclass(frozen=True, slots=True)
class Lengths:
    """How much of an answer is shown: characters of a quotation and a title, claims, copies."""

    quote: int
    title: int
    claims: int
    copies: bool = True


_ROOMS = (
    Lengths(quote=4000, title=200, claims=10),
    Lengths(quote=4000, title=100, claims=10, copies=False),
    Lengths(quote=600, title=100, claims=10, copies=False),
    Lengths(quote=400, title=80, claims=10, copies=False),
    Lengths(quote=300, title=80, claims=10, copies=False),
    Lengths(quote=200, title=60, claims=6, copies=False),
    *(Lengths(quote=200, title=60, claims=count, copies=False) for count in (4, 3, 2, 1)),
    Lengths(quote=60, title=40, claims=1, copies=False),
)
"""From everything to the least, tried in this order."""


def outcome_view(
    outcome: Answer | Abstention, *, ask: bool = False, notes: Sequence[str] = ()
) -> ui.LayoutView:
    """Show *outcome*; *ask* repeats the question where Discord does not show it.

    *notes* are what else a reader should know of its sources.
    """
    words = Wording.of(outcome.question.language)
    asked = [_asked_block(outcome.question), GAP] if ask else []
    if isinstance(outcome, Abstention):
        return layout([*asked, *_abstention_blocks(outcome, words)], Colour.NOTHING)
    blocks = _answer_blocks(outcome, words, BUDGET - _text_of(asked), notes)
    return layout([*asked, *blocks], _colour_of(outcome))


def _colour_of(answer: Answer) -> Colour:
    """Return the colour of what says it, or of what only comes close or is not verified."""
    leads = answer.excerpts[: answer.leads]
    if answer.claims:
        unverified = all(each.unverified for each in answer.claims)
    else:
        unverified = all(each.citation.header.unverified for each in leads)
    sure = bool(answer.claims) or answer.level is Level.SAYS
    return Colour.SAYS if sure and not unverified else Colour.CLOSEST


def progress_view(
    question: Question,
    said: str,
    claims: Sequence[Claim],
    *,
    ask: bool,
    stop: ui.Item[Any] | None,
) -> ui.LayoutView:
    """Show what is verified so far, what the desk is doing, and a button that stops it."""
    words = Wording.of(question.language)
    asked = [_asked_block(question), GAP] if ask else []
    blocks: list[str] = []
    if claims:
        newest = None
        draft = Answer(question, tuple(claims), question.asked_at, newest)
        shown = _answer_blocks(draft, words, BUDGET - _text_of(asked) - _PROGRESS)
        blocks = [*shown[: shown.index(LINE)], GAP]
    view = layout([*asked, *blocks, f"-# {escape(said)}"])
    return with_buttons(view, [stop] if stop is not None else [])


def notice_view(text: str) -> ui.LayoutView:
    """Show one line of the desk's own: a hint, an error, a phase."""
    return layout([escape(text)])


def layout(blocks: Sequence[str], colour: Colour | None = None) -> ui.LayoutView:
    """Set *blocks* under each other in one container; *colour* adds nothing to its words."""
    container: ui.Container[ui.LayoutView] = ui.Container(accent_colour=colour)
    for block in blocks:
        if block in {LINE, GAP}:
            container.add_item(ui.Separator(visible=block == LINE))
        else:
            container.add_item(ui.TextDisplay(directed_lines(block)))
    view = ui.LayoutView(timeout=None)
    view.add_item(container)
    return view


def itemised(heading: str, items: Sequence[tuple[str, Sequence[ui.Item[Any]]]]) -> ui.LayoutView:
    """Set texts under a heading, each with a line above it and its own buttons below."""
    view = layout([heading])
    [container] = view.children
    assert isinstance(container, ui.Container)
    for text, buttons in items:
        container.add_item(ui.Separator())
        container.add_item(ui.TextDisplay(directed_lines(text)))
        if buttons:
            row: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
            for each in buttons:
                row.add_item(each)
            container.add_item(row)
    return view


def with_buttons(view: ui.LayoutView, buttons: Sequence[ui.Item[Any]]) -> ui.LayoutView:
    """Put *buttons* under a message, five in a row, if there are any; a menu fills a row."""
    rows: list[list[ui.Item[Any]]] = []
    for each in buttons:
        if not rows or sum(item.width for item in (*rows[-1], each)) > _A_ROW:
            rows.append([])
        rows[-1].append(each)
    for items in rows:
        view.add_item(ui.ActionRow(*items))
    return view


def _text_of(blocks: Sequence[str]) -> int:
    """Count what Discord counts of *blocks*."""
    return sum(map(size, blocks))


def _asked_block(question: Question) -> str:
    """Repeat the question, small, so that what answers it is what is seen first."""
    return f"-# **{literal(title(question.text, QUESTION_SHOWN))}**"


def _answer_blocks(
    answer: Answer, words: Wording, budget: int, notes: Sequence[str] = ()
) -> list[str]:
    """Show as much of *answer* as fits *budget*, and say what was shortened."""
    blocks: list[str] = []
    for room in _ROOMS:
        blocks = list(_answer_in(answer, words, room, notes))
        if _text_of(blocks) <= budget:
            return blocks
    return blocks


def _answer_in(
    answer: Answer, words: Wording, room: Lengths, notes: Sequence[str]
) -> Iterator[str]:
    """Yield the claims and their sources, or the excerpts, and how fresh they are."""
    yield from (_claim_blocks if answer.claims else _excerpt_blocks)(answer, words, room)
    yield from _ground_line(answer, words)
    yield from _small_print([*words.asides(answer), *notes, *words.notes(answer.written)])
    shown = answer.excerpts[: answer.leads]
    days = {each.citation.header.day for each in shown if each.citation.header.published}
    newest = answer.newest
    told = newest is not None and day_of(newest) in days
    fresh = _as_of_outcome(answer, None if told else newest, words)
    sure = not answer.claims and _level_of(answer) == Level.SAYS
    said = f"-# {escape(words('level_says'))} · " if sure else "-# "
    if answer.question.past:
        yield from [f"-# {escape(words('level_says'))}"] if sure else []
        yield fresh
    else:
        yield f"{said}{fresh.removeprefix('-# ')}"


def _level_of(answer: Answer) -> str:
    """Return how surely excerpts answer, "pasted" where nobody has verified what leads."""
    pasted = all(each.citation.header.unverified for each in answer.excerpts[: answer.leads])
    return "pasted" if pasted and answer.level is Level.SAYS else answer.level


def _ground_line(answer: Answer, words: Wording) -> Iterator[str]:
    """Say what an answer rests on, with the address at which anybody verifies its quotations."""
    parts = [phrase(title(ground_line(answer.ground, words), _LEAD_SHOWN))] if answer.ground else []
    if answer.page:
        parts.append(link(words("verify_link"), answer.page, instead=answer.page))
    if parts:
        yield f"-# {' · '.join(parts)}"


def _as_of_outcome(outcome: Answer | Abstention, newest: Moment | None, words: Wording) -> str:
    """Say when the coverage was looked at; of an answer as of an earlier moment, that it is one."""
    if not outcome.question.past:
        return as_of_line(outcome.as_of, newest, words)
    return past_line(outcome.as_of, words)


def past_line(as_of: datetime, words: Wording) -> str:
    """Say that an answer is as of an earlier moment, in the reader's own zone."""
    return f"**{timed(escape(words('as_of_past', as_of=MARK)), as_of)}**"


def as_of_line(as_of: datetime, newest: Moment | None, words: Wording) -> str:
    """Say when the coverage was looked at, in the reader's own zone, and how new it was."""
    return f"-# {timed(escape(words.as_of(as_of, newest, shown=MARK)), as_of)}"


def timed(said: str, moment: datetime) -> str:
    """Put a time, as its reader's clock has it, where :data:`MARK` stands in what is escaped."""
    return said.replace(MARK, format_dt(moment, "f"))


def _excerpt_blocks(answer: Answer, words: Wording, room: Lengths) -> Iterator[str]:
    """Yield the excerpt that leads, under the doubt about it if there is one.

    The others follow where no button has them.
    """
    shown = answer.excerpts[: room.claims if answer.number is None else answer.leads]
    level = _level_of(answer)
    if level != Level.SAYS:
        yield f"**{escape(words(f'level_{level}'))}**"
    yield from _small_print(words.absent(answer))
    if answer.differ:
        yield f"-# {escape(words('differ'))}"
    for each in shown:
        yield from _excerpt_block(each, words, room)
    left = len(answer.excerpts) - len(shown)
    if left and answer.number is not None:
        yield f"-# {escape(words('excerpts_more', count=left))}"


def _excerpt_block(found: Excerpt, words: Wording, room: Lengths) -> Iterator[str]:
    """Show one excerpt, what answers in bold, over its source and what is to be known of it."""
    header = found.citation.header
    before, bold, after = found.parts
    notes = words.corrected(found.citation.passage)
    if len(found.citation.quote) > room.quote:
        before, after = "", ""
    shorter = shortened(bold, room.quote)
    if shorter is not None:
        notes = [words("quote_cut"), *notes]
    said = f"{_beside(before)}**{literal(bold if shorter is None else shorter)}**{_beside(after)}"
    url = opening_at(header.url, bold)
    notes = [*([found.heading] if found.heading else []), *notes]
    if found.copies and room.copies:
        notes.append(words.copies(found.copies[:_COPIES_SHOWN]))
    yield f"> {said}"
    lines = [_source_line(header, words, room, url)]
    lines += [phrase(title(note, _LEAD_SHOWN)) for note in notes]
    yield "\n".join(f"-# {line}" for line in lines)


def _source_line(header: Header, words: Wording, room: Lengths, url: str | None) -> str:
    """Name an article in one short line, its outlet linked to where the quotation stands."""
    outlet = title(words.outlet(header), room.title)
    address = url if url and safe_address(url) else header.url
    address = None if header.pasted else address
    named = link(outlet, address, instead=words("link")) if address else phrase(outlet)
    parts = [named, directed(words.dated(header)), directed(words.kind(header) or "")]
    return " · ".join(filter(None, parts))


def _beside(text: str) -> str:
    """Show what stands before or behind the bold part, with the space that divides them."""
    shown = literal(text)
    if not shown:
        return ""
    left = " " if text[:1].isspace() else ""
    return f"{left}{shown}{' ' if text[-1:].isspace() else ''}"


def _small_print(notes: Sequence[str]) -> Iterator[str]:
    """Yield what a reader should know of how the answer came about."""
    for note in notes:
        yield f"-# {phrase(title(note, _LEAD_SHOWN))}"


def _claim_blocks(answer: Answer, words: Wording, room: Lengths) -> Iterator[str]:
    """Yield what a model wrote, each sentence with its numbers, a line, and the sources."""
    shown = answer.claims[: room.claims]
    if all(claim.unverified for claim in answer.claims):
        yield f"**{escape(words('level_pasted'))}**"
    cited = dict.fromkeys(citation for claim in shown for citation in claim.citations)
    numbers = {citation: number for number, citation in enumerate(cited, start=1)}
    for claim in shown:
        marks = " ".join(f"[{numbers[citation]}]" for citation in claim.citations)
        yield f"{phrase(title(claim.text, room.quote))} **{marks}**"
    if left := len(answer.claims) - len(shown):
        yield f"-# {escape(words('claims_left_out', count=left))}"
    yield LINE
    articles: dict[int, list[Citation]] = {}
    for citation in cited:
        articles.setdefault(citation.passage.article_id, []).append(citation)
    sources = [_source_lines(each, numbers, shown, words, room) for each in articles.values()]
    yield "\n".join([f"**{words('sources')}**", *sources])


def quotation(quote: str, words: Wording, room: Lengths) -> str:
    """Show *quote* letter by letter between marks; what is cut is said outside of them."""
    opening, closing = words.marks(quote)
    shorter = shortened(quote, room.quote)
    if shorter is None:
        return f"{opening}{literal(quote)}{closing}"
    return f"{opening}{literal(shorter)}{closing} {escape(words('quote_cut'))}"


def _source_lines(
    cited: Sequence[Citation],
    numbers: Mapping[Citation, int],
    claims: Sequence[Claim],
    words: Wording,
    room: Lengths,
) -> str:
    """Describe one article once, with each quotation of it under its number."""
    first = cited[0]
    url = opening_at(first.header.url, first.quote)
    alone = len(cited) == 1
    number = f"[{numbers[first]}] " if alone else ""
    lines = [f"{number}{entry(first.header, words, room, url=url)}"]
    for each in cited:
        number = "" if alone else f"[{numbers[each]}] "
        lines.append(f"{number}{quotation(each.quote, words, room)}")
    notes = words.corrected(first.passage)
    lines += [f"-# {phrase(title(note, _LEAD_SHOWN))}" for note in notes]
    citing = [claim for claim in claims if any(each in claim.citations for each in cited)]
    copies = list(dict.fromkeys(header for claim in citing for header in claim.copies))
    if copies and room.copies:
        lines.append(f"-# {phrase(title(words.copies(copies[:_COPIES_SHOWN]), 300))}")
    return "\n".join(lines)


def entry(header: Header, words: Wording, room: Lengths, *, url: str | None = None) -> str:
    """Name an article in one line: outlet, date, kind, title linked to *url* or its address."""
    outlet = phrase(title(words.outlet(header), room.title))
    parts = [outlet, directed(words.dated(header)), directed(words.kind(header) or "")]
    name = flat(header.title) or words("link")
    address = url if url and safe_address(url) else header.url
    address = None if header.pasted else address
    linked = link(title(name, room.title), address, instead=words("link"))
    return " · ".join([*(part for part in parts if part), linked])


def _abstention_blocks(abstention: Abstention, words: Wording) -> list[str]:
    """Say in one line why there is no answer, then name what came nearest."""
    blocks: list[str] = [escape(words.reason(abstention.reason))]
    if abstention.link:
        linked = link(abstention.link, abstention.link, instead=words("link"))
        blocks.append(words("voting_link", url=linked))
    room = Lengths(quote=0, title=100, claims=0)
    if abstention.nearest:
        nearest = abstention.nearest[:NEAREST_SHOWN]
        lines = [f"- {entry(header, words, room)}" for header in nearest]
        blocks += [LINE, "\n".join([f"**{words('nearest')}**", *lines])]
    notes = _small_print(words.notes(abstention.written, answered=False))
    return [*blocks, GAP, *notes, _as_of_outcome(abstention, None, words)]

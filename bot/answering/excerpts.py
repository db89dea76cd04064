"""Answer with excerpts: runs of whole sentences of the coverage, the one that answers in bold."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from bot.answering.model import Citation, Excerpt
from bot.answering.need import Need, Words
from bot.answering.quoting import Candidate, alike, window_of
from ingest.index.passages import sentences
from ingest.language.numbers import figures_in, plain
from ingest.language.script import Script
from ingest.model import Span

MOST = 3
"""Excerpts of one answer."""
AN_ARTICLE = 2
"""Excerpts of one article: more would serve the article again."""
SHARE = 0.6
"""Least part of the best window's score that a further one needs."""
LONGEST = {Script.ALPHABETIC: 700, Script.EAST_ASIAN: 280}
"""Characters of a run beyond which neighbours are left out."""
ALL = 0.99
OPENERS, CLOSERS = "“「『«", "”」』»"
FURTHER = 3
"""Sentences that a run may grow by so that it does not end inside a quotation."""


def excerpts(
    ranked: Sequence[Candidate], need: Need, *, outlets: Sequence[str] = ()
) -> tuple[Excerpt, ...]:
    """Return the best excerpt and at most two more that add something to it.

    Where a question names several *outlets*, each of them has its best one.
    """
    best = [next((c for c in ranked if c.passage.header.outlet == o), None) for o in outlets]
    taken: list[Candidate] = []
    for each in [*filter(None, best if len(outlets) > 1 else []), *ranked]:
        if len(taken) == MOST:
            break
        if each.score >= SHARE * ranked[0].score and adds(each, taken):
            taken.append(each)
    return tuple(excerpt(each, need) for each in taken)


def adds(candidate: Candidate, taken: Sequence[Candidate]) -> bool:
    """Tell whether a window says anything that those *taken* do not."""
    article = [c for c in taken if c.passage.article_id == candidate.passage.article_id]
    apart = all(
        c.passage.id != candidate.passage.id
        or candidate.window.end <= c.window.start
        or c.window.end <= candidate.window.start
        for c in article
    )
    return apart and len(article) < AN_ARTICLE and not any(alike(c, candidate) for c in taken)


def excerpt(candidate: Candidate, need: Need) -> Excerpt:
    """Cut one excerpt: the window's telling sentence with its neighbours, as far as they fit."""
    passage = candidate.passage
    spans = sentences(passage.text, passage.header.language)
    quotes = [passage.text[s.start : s.end] for s in spans]
    place = next(i for i, span in enumerate(spans) if span.start == candidate.span.start)
    first, last = window_of(place, quotes)
    bold = max(range(first, last + 1), key=lambda i: (telling(quotes[i], need), i == place))
    longest = LONGEST[Script.of_text(passage.text)]
    while first < bold and spans[last].end - spans[first].start > longest:
        first += 1
    while last > bold and spans[last].end - spans[first].start > longest:
        last -= 1
    while last > bold and not ended(quotes[last]):
        last -= 1
    first, last = whole_quotation(quotes, first, last)
    run = passage.text[spans[first].start : spans[last].end]
    citation = Citation(passage, run, spans[first].start)
    span = Span(spans[bold].start - citation.start, spans[bold].end - citation.start)
    return Excerpt(citation, span, candidate.evidence.copies)


def ended(sentence: str) -> bool:
    """Tell whether a sentence ends as one: no heading, no time mark, no question behind."""
    return sentence.rstrip(CLOSERS + "\"')）").endswith((".", "!", "…", "。", "！"))


def telling(sentence: str, need: Need) -> float:
    """Weigh a sentence by itself: what it mentions, in the manner that is asked for."""
    words = Words.of(sentence)
    return (0.2 + need.coverage((words, 1.0))) * (0.5 + 0.5 * need.manner(words.text))


def whole_quotation(quotes: Sequence[str], first: int, last: int) -> tuple[int, int]:
    """Let a run grow until it neither begins nor ends inside a quotation, if it can."""
    for _ in range(FURTHER):
        run = " ".join(quotes[first : last + 1])
        opened = sum(map(run.count, OPENERS)) - sum(map(run.count, CLOSERS))
        if opened > 0 and last + 1 < len(quotes):
            last += 1
        elif opened < 0 and first > 0:
            first -= 1
        else:
            break
    return first, last


def differ(found: Sequence[Excerpt], need: Need) -> bool:
    """Tell whether excerpts of two articles give different figures for what is asked.

    Only a question for a figure is looked at, and only shares in sentences that mention all that
    is asked: counts of one unit mostly count different things.
    """
    if "number" not in need.cues:
        return False
    lead, *others = found
    return any(
        each.citation.passage.article_id != lead.citation.passage.article_id
        and apart(shares(lead, need), shares(each, need))
        for each in others
    )


def apart(one: set[Decimal], other: set[Decimal]) -> bool:
    """Tell whether both have figures, and none in common."""
    return bool(one and other) and not one & other


def shares(found: Excerpt, need: Need) -> set[Decimal]:
    """Return the shares that a bold sentence states, if it mentions all that is asked."""
    if need.coverage((Words.of(found.parts[1]), 1.0)) < ALL:
        return set()
    return {f.value for f in figures_in(plain(found.parts[1])) if f.kind == "share"}

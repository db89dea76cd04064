"""Answer with excerpts: runs of whole sentences of the coverage, the one that answers in bold."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from bot.answering.model import Citation, Excerpt
from bot.answering.need import YEAR, Need, Words
from bot.answering.quoting import Candidate, Parts, alike, parts_of
from ingest.index.analysis import terms
from ingest.index.passages import sentences
from ingest.language.numbers import Figure, figures_in, plain
from ingest.language.script import Script
from ingest.model import Span

MOST = 3
"""Excerpts of one answer."""
AN_ARTICLE = 2
"""Excerpts of one article: more would serve the article again."""
SHARE = 0.6
"""Least part of the best window's score that a further one needs."""
NEGATED = 1.5
"""How much more a negative sentence tells where "who did not?" is asked."""
EQUAL = 0.95
"""Part of the best window's score from which another answers as well."""
LONGEST = {Script.ALPHABETIC: 700, Script.EAST_ASIAN: 280}
"""Characters of a run beyond which neighbours are left out."""
ALL = 0.99
NEAR = 16
"""Characters behind a figure in which the word for what it counts begins."""
ABOUT = Decimal("0.05")
"""Part of a figure by which "about" and "more than" may be off."""
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
    return tuple(excerpt(each, need) for each in newest_of_equals(taken))


def newest_of_equals(taken: Sequence[Candidate]) -> list[Candidate]:
    """Let the newest stand first among windows that answer as well as the best one."""
    lead, rest = taken[:1], list(taken[1:])
    equal = [c for c in rest if lead and as_good(c, lead[0])]
    ordered = sorted([*lead, *equal], key=lambda c: str(c.passage.header.day or ""), reverse=True)
    return [*ordered, *(c for c in rest if c not in equal)]


def as_good(candidate: Candidate, lead: Candidate) -> bool:
    """Tell whether a window mentions as much as *lead*, and scores nearly as well."""
    same = candidate.window_coverage >= lead.window_coverage and candidate.manner >= lead.manner
    return same and candidate.score >= EQUAL * lead.score


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
    parts = parts_of(passage)
    quotes = parts.quotes
    place = next(i for i, span in enumerate(spans) if span.start == candidate.span.start)
    first, last = parts.window(place)
    bold = max(range(first, last + 1), key=lambda i: (telling(quotes[i], need), i == place))
    longest = LONGEST[Script.of_text(passage.text)]
    while first < bold and spans[last].end - spans[first].start > longest:
        first += 1
    while last > bold and spans[last].end - spans[first].start > longest:
        last -= 1
    first, last = whole_quotation(parts, first, last)
    run = passage.text[spans[first].start : spans[last].end]
    citation = Citation(passage, run, spans[first].start)
    span = Span(spans[bold].start - citation.start, spans[bold].end - citation.start)
    return Excerpt(citation, span, candidate.evidence.copies, candidate.heading or None)


def telling(sentence: str, need: Need) -> float:
    """Weigh a sentence by itself: what it mentions, in the manner that is asked for."""
    words = Words.of(sentence)
    said = (0.2 + need.coverage((words, 1.0))) * (0.5 + 0.5 * need.manner(words.text))
    return said * (NEGATED if need.negated and need.lexicon.shows("denied", words.text) else 1.0)


def whole_quotation(parts: Parts, first: int, last: int) -> tuple[int, int]:
    """Let a run grow until it neither begins nor ends inside a quotation, if it can."""
    for _ in range(FURTHER):
        run = " ".join(parts.quotes[first : last + 1])
        opened = sum(map(run.count, OPENERS)) - sum(map(run.count, CLOSERS))
        if opened > 0 and parts.together(last, last + 1):
            last += 1
        elif opened < 0 and first > 0 and parts.together(first - 1, first):
            first -= 1
        else:
            break
    return first, last


def differ(found: Sequence[Excerpt], need: Need) -> tuple[Excerpt, ...]:
    """Return the excerpts of other articles than each other that give different figures.

    The first is that of *found*; none where they agree, or where no figure is asked for. Only
    figures of what is asked count, in sentences that mention all of it and no other year: counts
    of other things, and of other elections, are no contradiction.
    """
    if "number" not in need.cues or not found:
        return ()
    lead, *others = found
    stated = figures(lead, need)
    apart = [
        each
        for each in others
        if each.citation.passage.article_id != lead.citation.passage.article_id
        and (told := figures(each, need))
        and not any(agree(one, other) for one in stated for other in told)
    ]
    return (lead, *apart) if stated and apart else ()


def newest_first(found: Sequence[Excerpt], apart: Sequence[Excerpt]) -> tuple[Excerpt, ...]:
    """Let those of *found* that contradict each other stand first, the newest at the top."""
    told = sorted(apart, key=lambda each: str(each.citation.header.day or ""), reverse=True)
    return (*told, *(each for each in found if each not in told))


def figures(found: Excerpt, need: Need) -> list[Figure]:
    """Return what a bold sentence says in answer: shares, or counts of what is counted."""
    text = plain(found.parts[1])
    years = set(YEAR.findall(text))
    if need.coverage((Words.of(text), 1.0)) < ALL or years - {each.key for each in need.terms}:
        return []
    every = figures_in(text)
    if need.counted is None:
        return [each for each in every if each.kind == "share"]
    return [
        each
        for each in every
        if each.kind == "count" and need.counted & set(terms(text[each.end : each.end + NEAR])[:1])
    ]


def agree(one: Figure, other: Figure) -> bool:
    """Tell whether two figures may be the same, one of them perhaps rounded."""
    rounded = max(one.step, other.step) / 2 if one.step != other.step else Decimal(0)
    vague = ABOUT * max(one.value, other.value) if one.bound or other.bound else Decimal(0)
    return abs(one.value - other.value) <= max(rounded, vague)

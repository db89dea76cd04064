"""Answer with excerpts: runs of whole sentences of the coverage, the one that answers in bold."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from bot.answering.evidence.confidence import ALL_MENTIONED
from bot.answering.evidence.ranking import ASKING, Candidate, PassageSentences, alike
from bot.answering.model import Citation, Excerpt
from bot.answering.understanding.need import YEAR, Need, TextTerms
from ingest.index.analysis import terms
from ingest.index.passages import sentences
from ingest.language.as_english import plain_english
from ingest.language.marks import marked
from ingest.language.names import names_in
from ingest.language.numbers import Figure, figures_in
from ingest.language.script import Script
from ingest.model import Kind, Span

_MOST = 3
"""Excerpts of one answer."""
_AN_ARTICLE = 2
"""Excerpts of one article: more would serve the article again."""
_SHARE = 0.6
"""Least part of the best window's score that a further one needs."""
_NEGATED = 1.5
"""How much more a negative sentence tells where "who did not?" is asked."""
_EQUAL = 0.95
"""Part of the best window's score from which another answers as well."""
_LONGEST = {Script.ALPHABETIC: 700, Script.EAST_ASIAN: 280}
"""Characters of a run beyond which neighbours are left out."""
_TABLE = 3
"""Times as long a table may be where a list is asked for."""
_NEAR = 16
"""Characters behind a figure in which the word for what it counts begins."""
_ABOUT = Decimal("0.05")
"""Part of a figure by which "about" and "more than" may be off."""
_OPENERS, _CLOSERS = "“„「『«", "”」』»"
_FURTHER = 3
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
        if len(taken) == _MOST:
            break
        if each.score >= _SHARE * ranked[0].score and _adds(each, taken):
            taken.append(each)
    return tuple(_excerpt(each, need) for each in _newest_of_equals(taken))


def _newest_of_equals(taken: Sequence[Candidate]) -> list[Candidate]:
    """Let the newest stand first among windows that answer as well as the best one."""
    lead, rest = taken[:1], list(taken[1:])
    equal = [c for c in rest if lead and _as_good(c, lead[0])]
    ordered = sorted([*lead, *equal], key=lambda c: str(c.passage.header.day or ""), reverse=True)
    return [*ordered, *(c for c in rest if c not in equal)]


def _as_good(candidate: Candidate, lead: Candidate) -> bool:
    """Tell whether a window mentions as much as *lead*, and scores nearly as well."""
    same = candidate.window_coverage >= lead.window_coverage and candidate.manner >= lead.manner
    return same and candidate.score >= _EQUAL * lead.score


def _adds(candidate: Candidate, taken: Sequence[Candidate]) -> bool:
    """Tell whether a window says anything that those *taken* do not."""
    article = [c for c in taken if c.passage.article_id == candidate.passage.article_id]
    apart = all(
        c.passage.id != candidate.passage.id
        or candidate.window.end <= c.window.start
        or c.window.end <= candidate.window.start
        for c in article
    )
    return apart and len(article) < _AN_ARTICLE and not any(alike(c, candidate) for c in taken)


def _excerpt(candidate: Candidate, need: Need) -> Excerpt:
    """Cut one excerpt: the window's telling sentence with its neighbours, as far as they fit."""
    passage = candidate.passage
    spans = sentences(passage.text, passage.header.language)
    parts, place = candidate.parts, candidate.place
    quotes = parts.quotes
    longest = _LONGEST[Script.of_text(passage.text)]
    if "list" in need.cues and parts.row(place):
        first, last = parts.table(place)
        longest *= _TABLE
    else:
        first, last = parts.window(place)
    said = [i for i in range(first, last + 1) if not quotes[i].endswith(ASKING)]
    bold = max(said, key=lambda i: (_telling(quotes[i], need), i == place))
    while first < bold and spans[last].end - spans[first].start > longest:
        first += 1
    while last > bold and spans[last].end - spans[first].start > longest:
        last -= 1
    first, last = _whole_quotation(parts, first, last)
    run = passage.text[spans[first].start : spans[last].end]
    citation = Citation(passage, run, spans[first].start)
    span = Span(spans[bold].start - citation.start, spans[bold].end - citation.start)
    return Excerpt(citation, span, candidate.evidence.copies, candidate.heading or None)


def _telling(sentence: str, need: Need) -> float:
    """Weigh a sentence by itself: what it mentions, in the manner that is asked for."""
    words = TextTerms.of(sentence)
    said = 0.2 + need.coverage((need.mentioned(words), 1.0))
    said *= 0.5 + 0.5 * need.manner(words.text)
    return said * (_NEGATED if need.negated and need.lexicon.shows("denied", words.text) else 1.0)


def _whole_quotation(parts: PassageSentences, first: int, last: int) -> tuple[int, int]:
    """Let a run grow until it neither begins nor ends inside a quotation, if it can."""
    for _ in range(_FURTHER):
        run = marked(" ".join(parts.quotes[first : last + 1]))
        opened = sum(map(run.count, _OPENERS)) - sum(map(run.count, _CLOSERS))
        if opened > 0 and parts.together(last, last + 1):
            last += 1
        elif opened < 0 and first > 0 and parts.together(first - 1, first):
            first -= 1
        else:
            break
    return first, last


def differ(found: Sequence[Excerpt], need: Need) -> tuple[Excerpt, ...]:
    """Return the excerpts of other articles than the first that contradict it, after the first.

    None where they agree. What is compared are bold sentences of reports that mention all that is
    asked; an opinion contradicts nobody.
    """
    reports = [each for each in found if each.citation.header.kind is not Kind.OPINION]
    if not reports or reports[0] is not found[0]:
        return ()
    lead, *others = reports
    apart = [
        each
        for each in others
        if each.citation.passage.article_id != lead.citation.passage.article_id
        and any(way(lead, each, need) for way in (_other_figures, _other_names, _other_outcome))
    ]
    return (lead, *apart) if apart else ()


def _other_figures(one: Excerpt, other: Excerpt, need: Need) -> bool:
    """Tell whether two excerpts give different figures where one is asked for.

    Only figures of what is asked count, in sentences that mention no other year: counts of other
    things, and of other elections, are no contradiction.
    """
    if "number" not in need.cues:
        return False
    stated, told = _figures(one, need), _figures(other, need)
    return bool(stated and told) and not any(_agree(a, b) for a in stated for b in told)


def _other_names(one: Excerpt, other: Excerpt, need: Need) -> bool:
    """Tell whether two excerpts name others as the one that is asked for: who won, who leads."""
    if "one" not in need.asked or _denies(one, need) or _denies(other, need):
        return False
    asked = {key for each in need.terms for key in {each.key} | each.forms.stems}
    sides = [{*terms(" ".join(names_in(each.parts[1])))} - asked for each in (one, other)]
    alone = not (sides[0] & set(terms(other.citation.quote)))
    return all(sides) and alone and _complete(one, need) and _complete(other, need)


def _other_outcome(one: Excerpt, other: Excerpt, need: Need) -> bool:
    """Tell whether one excerpt denies what the other affirms, where it is asked whether it is."""
    if "whether" not in need.asked or _denies(one, need) == _denies(other, need):
        return False
    return _complete(one, need) and _complete(other, need)


def _denies(found: Excerpt, need: Need) -> bool:
    """Tell whether a bold sentence denies something."""
    return need.lexicon.shows("denied", found.parts[1])


def _complete(found: Excerpt, need: Need) -> bool:
    """Tell whether a bold sentence mentions all that is asked."""
    return need.share(found.parts[1]) >= ALL_MENTIONED


def newest_first(found: Sequence[Excerpt], apart: Sequence[Excerpt]) -> tuple[Excerpt, ...]:
    """Let those of *found* that contradict each other stand first, the newest at the top."""
    told = sorted(apart, key=lambda each: str(each.citation.header.day or ""), reverse=True)
    return (*told, *(each for each in found if each not in told))


def _figures(found: Excerpt, need: Need) -> list[Figure]:
    """Return what a bold sentence says in answer: shares, or counts of what is counted."""
    text = plain_english(found.parts[1], found.citation.header.language)
    years = set(YEAR.findall(text))
    if not _complete(found, need) or years - {each.key for each in need.terms}:
        return []
    every = figures_in(text)
    if need.counted is None:
        return [each for each in every if each.kind == "share"]
    return [
        each
        for each in every
        if each.kind == "count" and need.counted & set(terms(text[each.end : each.end + _NEAR])[:1])
    ]


def _agree(one: Figure, other: Figure) -> bool:
    """Tell whether two figures may be the same, one of them perhaps rounded."""
    rounded = max(one.step, other.step) / 2 if one.step != other.step else Decimal(0)
    vague = _ABOUT * max(one.value, other.value) if one.bound or other.bound else Decimal(0)
    return abs(one.value - other.value) <= max(rounded, vague)

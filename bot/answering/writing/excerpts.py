"""Answer with excerpts: the sentence that answers, in bold, and no more around it than it needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache

from bot.answering.evidence.ranking import Weights, answer_terms
from bot.answering.evidence.windows import ASKING, PassageSentences, Window, alike, same_article
from bot.answering.limits import EVIDENCE, ODDS, QUESTIONS
from bot.answering.understanding.lexicon import lexicon_for
from bot.answering.values import Citation, Excerpt, Level
from ingest.index.copies import altered
from ingest.index.cutting import terms
from ingest.language.as_english import plain_english
from ingest.language.languages import languages, table
from ingest.language.lines import marked
from ingest.language.names import names_in
from ingest.language.numbers import Figure, figures_in
from ingest.language.script import Script
from ingest.language.similarity import near_in_time, units
from ingest.model import Header, Kind, Span

_TABLE = {Script.ALPHABETIC: 2100, Script.EAST_ASIAN: 840}
"""Characters of the longest table that is shown whole."""
_SHORT = {Script.ALPHABETIC: 260, Script.EAST_ASIAN: 110}
"""Characters up to which the neighbours of the sentence that answers are shown with it."""
_ABOUT = Decimal("0.05")
"""Part of a figure by which "about" and "more than" may be off."""
_OPENERS, _CLOSERS = "“„「『«", "”」』»"
_PARAGRAPH = "\n\n"
"""What divides paragraphs."""


def excerpts(
    ranked: Sequence[Window], level: Level, weights: Weights, *, outlets: Sequence[str] = ()
) -> tuple[Excerpt, ...]:
    """Return the best excerpt, and at most two more that answer too and add something.

    What answers too is decided by :meth:`Weights.answer_too`, with a higher bound for a third one
    and for those below a sure one. Where a question names several *outlets*, each of them has its
    best one. A second one of an article is its sentence alone.
    """
    best_of_outlets = [
        next((window for window in ranked if window.passage.header.outlet == outlet), None)
        for outlet in outlets
    ]
    outlet_leads = (
        [window for window in best_of_outlets if window is not None] if len(outlets) > 1 else []
    )
    likely, as_likely = (
        weights.answer_too(ranked, part) for part in (ODDS.also_answers, ODDS.third_answers)
    )
    chosen: list[Window] = []
    cut_excerpts: list[Excerpt] = []
    for window, is_likely, is_as_likely in [
        *((window, True, True) for window in outlet_leads),
        *zip(ranked, likely, as_likely, strict=True),
    ]:
        if len(chosen) == EVIDENCE.excerpts:
            break
        may_be_less_likely = len(chosen) == 1 and level is Level.CLOSEST
        answers_too = is_likely if may_be_less_likely else is_as_likely
        is_fresh = not any(window.quote in excerpt.citation.quote for excerpt in cut_excerpts)
        if not chosen or (answers_too and is_fresh and _adds_statement(window, chosen, level)):
            cut_excerpts.append(_excerpt(window, ranked, roomy=not same_article(window, chosen)))
            chosen.append(window)
    return tuple(cut_excerpts)


def _adds_statement(window: Window, chosen: Sequence[Window], level: Level) -> bool:
    """Return True if *window* adds a statement to those *chosen*.

    Where the best one is sure, what its own article says besides adds nothing; where it is not,
    the sentence that answers may stand a paragraph below.
    """
    if level is not Level.CLOSEST and same_article(window, chosen):
        return False
    altered_windows = [
        earlier_window for earlier_window in chosen if _is_altered_copy(window, earlier_window)
    ]
    if any(
        alike(window.quote, earlier_window.quote)
        for earlier_window in chosen
        if earlier_window not in altered_windows
    ):
        return False
    if altered_windows:
        return True
    return level is Level.CLOSEST or not any(
        _same_answer(window, earlier_window) for earlier_window in chosen
    )


def _is_altered_copy(first: Window, second: Window) -> bool:
    """Return True if one window's sentence is the other's with another figure, name or denial."""
    return altered(first.quote, second.quote, first.passage.header.language)


def _same_answer(one: Window, other: Window) -> bool:
    """Return True if the words that answer in one window are those of the other, or fewer."""
    first, second = answer_terms(one), answer_terms(other)
    return bool(first and second) and (first <= second or second <= first)


def _excerpt(window: Window, ranked: Sequence[Window], *, roomy: bool) -> Excerpt:
    """Cut one excerpt: the sentence that answers, with the one before it where it leans on that.

    A *roomy* one has the neighbours of its paragraph beside it while it stays short.
    """
    passage, parts = window.passage, window.sentences
    bold = first = last = window.answering
    if parts.row(bold):
        first, last = _rows(window, ranked)
    else:
        text = parts.quotes[bold]
        if _leans_back(text, passage.header.language) and _can_precede(parts, bold):
            first -= 1
        first, last = _with_room(window, first, last) if roomy else (first, last)
        first, last = _whole_quotation(parts, first, last)
    spans = parts.spans
    run = passage.text[spans[first].start : spans[last].end]
    citation = Citation(passage, run, spans[first].start)
    shift = citation.start
    sentence = Span(spans[bold].start - shift, spans[bold].end - shift)
    answer = _answer_span(window, sentence, shift)
    copies = tuple(dict.fromkeys((*window.evidence.copies, *_other_carriers(window, ranked))))
    return Excerpt(citation, sentence, copies, window.heading or None, answer)


def _other_carriers(window: Window, ranked: Sequence[Window]) -> Iterator[Header]:
    """Yield the headers of other articles that carry the sentence that answers unaltered."""
    header = window.passage.header
    for copy in ranked:
        is_near = near_in_time(header.day, copy.passage.header.day)
        if not is_near or copy.passage.article_id == window.passage.article_id:
            continue
        if alike(window.quote, copy.quote) and not _is_altered_copy(window, copy):
            yield from (copy.passage.header, *copy.evidence.copies)


def _with_room(window: Window, first: int, last: int) -> tuple[int, int]:
    """Extend a run inside its paragraph while it stays short: first forward, then back.

    Another paragraph may be on another matter.
    """
    parts, text = window.sentences, window.passage.text
    longest = _SHORT[Script.of_text(text)]

    def fits(start: int, end: int) -> bool:
        if not (parts.share_heading(start, start + 1) and parts.share_heading(end - 1, end)):
            return False
        run = Span(parts.spans[start].start, parts.spans[end].end)
        additions = (
            text[run.start : parts.spans[first].start] + text[parts.spans[last].end : run.end]
        )
        has_question = any(parts.quotes[i].endswith(ASKING) for i in (start, end))
        return not has_question and _PARAGRAPH not in additions and run.end - run.start <= longest

    while fits(first, last + 1) or fits(first - 1, last):
        first, last = (first, last + 1) if fits(first, last + 1) else (first - 1, last)
    return first, last


def _answer_span(window: Window, sentence: Span, shift: int) -> Span | None:
    """Return the words that answer as a range of the excerpt, where they lie in its sentence."""
    span = window.reading.answer if window.reading else None
    if span is None:
        return None
    start = max(window.span.start + span.start - shift, sentence.start)
    end = min(window.span.start + span.end - shift, sentence.end)
    return Span(start, end) if start < end else None


def _rows(window: Window, ranked: Sequence[Window]) -> tuple[int, int]:
    """Return the row that answers; the whole table where others of its rows are near it."""
    place, parts = window.answering, window.sentences
    first, last = parts.table(place)
    longest = _TABLE[Script.of_text(window.passage.text)]
    is_short = parts.spans[last].end - parts.spans[first].start <= longest
    leading = [
        window_of_row
        for window_of_row in ranked[: EVIDENCE.excerpts]
        if window_of_row.passage.id == window.passage.id
    ]
    rows_of_table = [
        window_of_row for window_of_row in leading if first <= window_of_row.first <= last
    ]
    return (first, last) if is_short and len(rows_of_table) > 1 else (place, place)


def _can_precede(parts: PassageSentences, place: int) -> bool:
    """Return True if the sentence before *place* is text that belongs to it, and no question."""
    return parts.share_heading(place - 1, place) and not parts.quotes[place - 1].endswith(ASKING)


@cache
def _leaning_words() -> dict[str, tuple[str, ...]]:
    """Return the words by which a sentence leans on the one before it, by language."""
    leaning_words = {}
    for language in languages():
        words = table(f"{language}/questions").get("sentences", {}).get("leans", "")
        leaning_words[language] = tuple(word.replace("-", " ") for word in words.split())
    return leaning_words


def _leans_back(sentence: str, language: str) -> bool:
    """Return True if *sentence* begins with a word that points back: "He", "But", "それ"."""
    opening = sentence.lstrip("“”\"'‘„«「『 ").casefold()
    words = _leaning_words().get(language, ())
    if Script.of_text(sentence) is Script.EAST_ASIAN:
        return opening.startswith(words) if words else False
    return any(
        opening.startswith((f"{word} ", f"{word}, ", f"{word}’", f"{word}'")) for word in words
    )


def _whole_quotation(parts: PassageSentences, first: int, last: int) -> tuple[int, int]:
    """Let a run grow until it neither begins nor ends inside a quotation, if it can."""
    for _ in range(EVIDENCE.further_sentences):
        run = marked(" ".join(parts.quotes[first : last + 1]))
        opened = sum(map(run.count, _OPENERS)) - sum(map(run.count, _CLOSERS))
        if opened > 0 and parts.share_heading(last, last + 1):
            last += 1
        elif opened < 0 and parts.share_heading(first - 1, first):
            first -= 1
        else:
            break
    return first, last


def contradicting_excerpts(shown: Sequence[Excerpt], question: str) -> tuple[Excerpt, ...]:
    """Return the excerpts of other articles than the first that contradict it, after the first.

    None where they agree. What is compared are the words that answer, in reports of about the
    same days; an opinion contradicts nobody, and newer figures only supersede older ones.
    """
    if not shown or shown[0].citation.header.kind is Kind.OPINION:
        return ()
    lead, *others = shown
    contradicting = [
        excerpt
        for excerpt in others
        if _comparable(lead, excerpt, question) and _contradicts(lead, excerpt, question)
    ]
    return (lead, *contradicting) if contradicting else ()


def _comparable(lead: Excerpt, excerpt: Excerpt, question: str) -> bool:
    """Return True if two excerpts are reports of other articles of about the same days.

    Both are about what *question* names: the turnout of one town contradicts no other town's.
    """
    lead_header, header = lead.citation.header, excerpt.citation.header
    of_another_article = lead.citation.passage.article_id != excerpt.citation.passage.article_id
    is_comparable = (
        of_another_article
        and header.kind is not Kind.OPINION
        and near_in_time(lead_header.day, header.day)
    )
    return is_comparable and _names_mentioned(lead, question) <= _names_mentioned(excerpt, question)


def _names_mentioned(excerpt: Excerpt, question: str) -> set[str]:
    """Return the names of *question*, such as "ward 1", in an excerpt or its title."""
    units_of_excerpt = set(
        units(f"{excerpt.citation.header.title} {excerpt.heading} {excerpt.citation.quote}")
    )
    numbers = [
        question[figure.start : figure.end]
        for figure in figures_in(question)
        if figure.kind == "count" and not figure.unit and figure.value < QUESTIONS.number_of_name
    ]
    return {
        name for name in (*names_in(question), *numbers) if units_of_excerpt.issuperset(units(name))
    }


def _contradicts(lead: Excerpt, excerpt: Excerpt, question: str) -> bool:
    """Return True if two excerpts answer *question* with other figures, names or outcomes.

    Where one passage has the other's name too, it tells of both: of who won and who conceded.
    """
    if altered(lead.parts[1], excerpt.parts[1], lead.citation.header.language):
        return True
    lexicon = lexicon_for(question)
    if lexicon.asks("whether", question):
        lead_denial, denial = (
            lexicon_for(shown.parts[1]).shows("denied", shown.parts[1], question)
            for shown in (lead, excerpt)
        )
        return lead_denial != denial
    lead_figures, figures = _figures(lead), _figures(excerpt)
    if lead_figures and figures:
        return not any(
            _agree(lead_figure, figure) for lead_figure in lead_figures for figure in figures
        )
    if not lexicon.asks("one", question):
        return False
    names = [set(terms(" ".join(names_in(shown.answered)))) for shown in (lead, excerpt)]
    texts = [set(terms(shown.citation.passage.text)) for shown in (lead, excerpt)]
    return all(names) and not (names[0] & texts[1] or names[1] & texts[0])


def _figures(excerpt: Excerpt) -> list[Figure]:
    """Return the figures among the words that answer."""
    return figures_in(plain_english(excerpt.answered, excerpt.citation.header.language))


def newest_first(shown: Sequence[Excerpt], contradicting: Sequence[Excerpt]) -> tuple[Excerpt, ...]:
    """Let those of *shown* that contradict each other stand first, the newest at the top."""
    by_day = sorted(
        contradicting, key=lambda excerpt: str(excerpt.citation.header.day or ""), reverse=True
    )
    return (*by_day, *(excerpt for excerpt in shown if excerpt not in by_day))


def _agree(first: Figure, second: Figure) -> bool:
    """Return True if two figures may be the same, one of them perhaps rounded."""
    rounding = max(first.step, second.step) / 2 if first.step != second.step else Decimal(0)
    vagueness = (
        _ABOUT * max(first.value, second.value) if first.bound or second.bound else Decimal(0)
    )
    return first.kind != second.kind or abs(first.value - second.value) <= max(rounding, vagueness)

"""The spine: from a question to an Answer or an Abstention."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import compress

from bot.answering.coverage import Coverage, View
from bot.answering.limits import EVIDENCE, ODDS, QUESTIONS
from bot.answering.resting import fetched_first, limited_level, rests_on, shown_sources
from bot.answering.understanding.followup import complete_followup
from bot.answering.understanding.lexicon import lexicon_for
from bot.answering.understanding.question import in_unread_language
from bot.answering.values import (
    Abstention,
    Answer,
    ChatError,
    Citation,
    Claim,
    Exchange,
    Level,
    Meter,
    Phase,
    Question,
    Reason,
    Trouble,
    Watch,
    Written,
)
from bot.answering.writing.composing import compose
from bot.answering.writing.drafting import ModelWriter
from bot.answering.writing.excerpts import contradicting_excerpts, excerpts, newest_first
from ingest.index.cutting import terms
from ingest.index.search import Stopwatch
from ingest.model import Evidence, Header, Moment
from ingest.process.threads import StoppedEarlyError, search_in_turn

_QUESTION = re.compile(r"(?<![^?？])[^?？]*[?？]+")
_ROOM = (5, 2, 1)
"""Passages that a model is given where it has no room for all."""
_OWN_WORDS = Written()
"""How an answer comes about that no model was asked for."""
_SILENT = frozenset({Reason.NOT_COVERED, Reason.TOO_VAGUE})
"""What says little where the question was hardly understood."""


def questions_in(question: Question) -> list[Question]:
    """Return each question of a message, complete in itself; usually there is one.

    A question that refers to the one before, such as "by how much?", is completed from it.
    """
    lexicon = lexicon_for(question.text)
    stopwords = lexicon.stopwords
    parts = [lexicon.without_opening(part.strip()) for part in _QUESTION.findall(question.text)]
    questions = [part for part in parts if any(term not in stopwords for term in terms(part))]
    if len(questions) < 2:
        return [question]
    first, *followups = questions
    completed = [first, *(complete_followup(text, Exchange(first, ())) for text in followups)]
    return [replace(question, text=text) for text in completed]


def _join_answers(
    question: Question, outcomes: Sequence[Answer | Abstention], unanswered: Sequence[Question]
) -> Answer | Abstention:
    """Join the *outcomes* of the questions of a message: the best excerpt of each, in order.

    Questions without an answer are listed as unsaid; *unanswered* are those beyond the limit. The
    level is the lowest of all parts.
    """
    answers = [outcome for outcome in outcomes if isinstance(outcome, Answer)]
    if not answers:
        [first, *_] = outcomes
        return replace(first, question=question)
    leads = tuple(dict.fromkeys(answer.excerpts[0] for answer in answers if answer.excerpts))
    uncovered = tuple(
        outcome.question.text for outcome in outcomes if isinstance(outcome, Abstention)
    )
    is_sure = not uncovered and all(answer.level is Level.SAYS for answer in answers)
    joined = replace(
        max(answers, key=lambda answer: str(answer.newest or "")),
        question=question,
        excerpts=leads,
        leads=len(leads),
        level=Level.SAYS if is_sure else Level.CLOSEST,
        differ=False,
        left=tuple(skipped.text for skipped in unanswered),
        written=replace(answers[0].written, unsaid=uncovered),
    )
    return replace(joined, ground=rests_on(shown_sources(joined)))


async def answer(
    question: Question,
    coverage: Coverage,
    *,
    writers: Sequence[ModelWriter] = (),
    trouble: Trouble | None = None,
    watch: Watch | None = None,
    meter: Meter | None = None,
) -> Answer | Abstention:
    """Answer from the coverage, or say why not; the blocking work runs in a thread.

    The first of *writers* that manages writes; where none does, or *trouble* forbids it, the
    coverage's own sentences answer. *watch* is told what happens, and may stop it; *meter* has
    what models were asked before.
    """
    watch = watch or Watch()
    if reason := await asyncio.to_thread(coverage.declined, question):
        return Abstention(question, reason, (), question.asked_at)
    watch.phase(
        Phase.SEARCHING, await asyncio.to_thread(coverage.archive.articles.count, coverage.edition)
    )
    try:
        view = await search_in_turn(watch.stop, partial(coverage.look, question))
    except StoppedEarlyError:
        how = Written(stopped=True)
        return Abstention(question, Reason.STOPPED, (), question.asked_at, written=how)
    may_write = writers and trouble is None and not isinstance(coverage.level(view), Reason)
    meter = meter or Meter()
    for writer in writers if may_write else ():
        try:
            outcome = await _written(question, view, writer, watch, meter)
            break
        except ChatError as error:
            trouble = error.trouble
    else:
        dropped, server_message = tuple(meter.dropped), meter.server_message
        how = Written(trouble=trouble, dropped=dropped, usage=meter.usage, detail=server_message)
        excerpts_of = partial(_in_excerpts, question, view, coverage, how)
        outcome = await search_in_turn(asyncio.Event(), excerpts_of)
    return _qualified(outcome, coverage)


def answer_now(question: Question, coverage: Coverage) -> Answer | Abstention:
    """Answer with the coverage's own sentences; it blocks."""
    if reason := coverage.declined(question):
        return Abstention(question, reason, (), question.asked_at)
    view = coverage.look(question)
    return _qualified(_in_excerpts(question, view, coverage, _OWN_WORDS), coverage)


def _qualified(outcome: Answer | Abstention, coverage: Coverage) -> Answer | Abstention:
    """Add to *outcome* why it is not sure: an unread language, or no vector search."""
    if isinstance(outcome, Abstention) and outcome.reason in _SILENT:
        unread = in_unread_language(outcome.question.text)
        outcome = replace(outcome, reason=Reason.UNREAD) if unread else outcome
    if not coverage.by_words:
        return outcome
    return replace(outcome, written=replace(outcome.written, by_words=True))


def _in_excerpts(
    question: Question, view: View, coverage: Coverage, how: Written
) -> Answer | Abstention:
    """Answer with excerpts; each of several questions by itself, the first ones only."""
    questions = questions_in(question)
    if len(questions) == 1 or not view.evidence:
        return _quoted(question, view, coverage, how)
    parts = [_answered(part, coverage, how) for part in questions[: QUESTIONS.at_once]]
    return _join_answers(question, parts, questions[QUESTIONS.at_once :])


def _answered(question: Question, coverage: Coverage, how: Written) -> Answer | Abstention:
    """Answer one of several questions with excerpts."""
    if reason := coverage.declined(question):
        return Abstention(question, reason, (), question.asked_at)
    return _quoted(question, coverage.look(question), coverage, how)


def _quoted(
    question: Question, view: View, coverage: Coverage, how: Written
) -> Answer | Abstention:
    """Answer with excerpts, as surely as they answer, or say that the coverage has nothing."""
    if not view.evidence:
        return _nothing_found(question, view, coverage)
    timings = dict(view.timings)
    clock = Stopwatch(timings)
    outlets = view.names.outlets
    likely = coverage.weights.answer_too(view.ranked, ODDS.contradicts)
    rivals = list(compress(view.ranked, likely))
    contradicting = contradicting_excerpts(
        excerpts(rivals, Level.CLOSEST, coverage.weights, outlets=outlets), question.text
    )
    opposing = {excerpt.citation.passage.article_id for excerpt in contradicting[1:]}
    level = coverage.level(view, coverage.certainty(view, opposing))
    if isinstance(level, Reason) and view.period:
        return replace(_nothing_found(question, view, coverage), written=how)
    if isinstance(level, Reason):
        return Abstention(question, level, (), question.asked_at, timings, how, absent=view.absent)
    level = limited_level(level, [view.ranked[0].passage.header.unverified])
    shown = excerpts(view.ranked, level, coverage.weights, outlets=outlets)
    if level is not Level.SAYS:
        contradicting = ()  # sentences that may not answer are not said to contradict each other
    if not view.names.days:
        shown = newest_first(shown, contradicting)
    shown = shown[: EVIDENCE.excerpts]
    clock.lap("write")
    answer = Answer(
        question,
        (),
        question.asked_at,
        _newest([excerpt.citation for excerpt in shown]),
        shown,
        level,
        bool(contradicting),
        max(1, len(contradicting), min(len(view.names.outlets), len(shown))),
        absent=view.absent,
        timings=timings,
        written=how,
    )
    lead = shown[0].citation.passage.article_id
    ground = rests_on(shown_sources(answer), coverage.ranked_sources(view, lead))
    return replace(answer, ground=ground)


async def _written(
    question: Question, view: View, writer: ModelWriter, watch: Watch, meter: Meter
) -> Answer | Abstention:
    """Answer in a model's words, each proven.

    Raises:
        ChatError: the model failed, or nothing that it wrote was proven.
    """
    timings = dict(view.timings)
    clock = Stopwatch(timings)
    claims, how = await _with_room(
        question, view.evidence[: EVIDENCE.model_passages], writer, watch, meter
    )
    clock.lap("write")
    if claims:
        claims = tuple(fetched_first(claims, lambda claim: claim.unverified))
        cited = [citation for claim in claims for citation in claim.citations]
        answer = Answer(
            question, claims, question.asked_at, _newest(cited), timings=timings, written=how
        )
        return replace(answer, ground=rests_on(shown_sources(answer)))
    reason = Reason.STOPPED if how.stopped else Reason.NOT_COVERED
    return _declined(question, view, timings, how, reason)


async def _with_room(
    question: Question,
    evidence: Sequence[Evidence],
    writer: ModelWriter,
    watch: Watch,
    meter: Meter,
) -> tuple[tuple[Claim, ...], Written]:
    """Let *writer* write from as many passages as it has room for, the best first.

    Raises:
        ChatError: the model failed, or has no room for one passage.
    """
    room = writer.room_for(evidence)
    while True:
        try:
            claims, how = await compose(question, evidence[:room], writer, watch, meter)
        except ChatError as error:
            fewer = next((count for count in _ROOM if count < room), None)
            if error.trouble is not Trouble.CONTEXT or fewer is None:
                raise
            room = fewer
        else:
            return claims, replace(how, room=room if room < len(evidence) else None)


def _declined(
    question: Question, view: View, timings: Mapping[str, float], how: Written, reason: Reason
) -> Abstention:
    """Decline, and name the nearest coverage."""
    nearest = _nearest_coverage(view.evidence)
    return Abstention(question, reason, nearest, question.asked_at, timings, how)


def _nothing_found(question: Question, view: View, coverage: Coverage) -> Abstention:
    """Return an abstention: no coverage at all, or none of the period of the question."""
    of_a_time = view.names.bound
    outside = coverage.search(question.text) if of_a_time else []
    reason = Reason.NOT_COVERED if outside else Reason.NOTHING_ARCHIVED
    nearest = _nearest_coverage(outside)
    return Abstention(
        question, reason, nearest, question.asked_at, view.timings, absent=view.absent
    )


def _nearest_coverage(evidence: Sequence[Evidence]) -> tuple[Header, ...]:
    """Name the articles that came closest, each once."""
    return tuple(dict.fromkeys(item.passage.header for item in evidence))[
        : EVIDENCE.nearest_articles
    ]


def _newest(citations: Sequence[Citation]) -> Moment | None:
    """Return the newest date among the cited articles; ``None`` if none has one."""
    headers = [citation.header for citation in citations]
    dated = [header for header in headers if header.day is not None]
    if not dated:
        return None
    latest = max(dated, key=lambda header: str(header.day))
    return latest.published or latest.not_before

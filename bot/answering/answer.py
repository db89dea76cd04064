"""The spine: from a question to an Answer or an Abstention."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.answering.calibration import Judge
from bot.answering.deciding import decline
from bot.answering.guard import guard
from bot.answering.model import Abstention, Answer, Claim, Question, Reason
from bot.answering.need import Need
from bot.answering.quoting import Candidate, candidates
from bot.answering.verifying import verify
from bot.answering.writing import quote_coverage
from bot.wording import Wording
from ingest.archive import Archive
from ingest.index.index import Index
from ingest.index.scope import NOTHING, Asked, asked
from ingest.index.search import Stopwatch, search
from ingest.model import Evidence, Header, Moment

EVIDENCE = 10
"""Passages of evidence for one question."""
NEAREST = 3
"""Articles named when the coverage does not answer."""


@dataclass(frozen=True, slots=True)
class View:
    """What a question needs, what was found for it, and its sentences, best first."""

    need: Need
    names: Asked
    evidence: Sequence[Evidence]
    ranked: Sequence[Candidate]


async def answer(
    question: Question, archive: Archive, index: Index, judge: Judge
) -> Answer | Abstention:
    """Answer from the archive, or say why not; the blocking work runs in a thread."""
    return await asyncio.to_thread(answer_now, question, archive, index, judge)


def answer_now(
    question: Question, archive: Archive, index: Index, judge: Judge
) -> Answer | Abstention:
    """Answer from the archive, or say why not; *judge* decides whether evidence is enough."""
    timings: dict[str, float] = {}
    if reason := guard(question):
        return Abstention(question, reason, (), question.asked_at, timings)
    view = look(question, archive, index, timings)
    if not view.evidence:
        return nothing_found(question, view, archive, index, timings)
    clock = Stopwatch(timings)
    reason = decline(view.need, view.ranked, view.evidence, judge)
    words = Wording.of(question.language)
    draft = (
        [] if reason else quote_coverage(view.ranked, view.need, words, outlets=view.names.outlets)
    )
    clock.lap("write")
    claims = verify(draft, view.evidence)
    clock.lap("verify")
    if not claims:
        nearest = nearest_coverage(view.evidence)
        return Abstention(
            question, reason or Reason.NOT_COVERED, nearest, question.asked_at, timings
        )
    return Answer(question, claims, question.asked_at, newest(claims), timings)


def look(question: Question, archive: Archive, index: Index, timings: dict[str, float]) -> View:
    """Find the evidence for *question* and measure its sentences."""
    clock = Stopwatch(timings)
    names = asked(question.text, archive.outlets(), question.asked_at.date())
    need = Need.of(names.topic, index.rarity)
    clock.lap("understand")
    vector = index.embedder.question(question.text)
    clock.lap("embed")
    found = search(
        index,
        archive,
        question.text,
        names=names,
        limit=EVIDENCE,
        also=need.words,
        vector=vector,
        timings=timings,
    )
    clock = Stopwatch(timings)
    evidence = [each for each in found if names.admits(each.passage)]
    ranked = candidates(need, vector, evidence, index.embedder.passages)
    clock.lap("sentences")
    return View(need, names, evidence, ranked)


def nothing_found(
    question: Question, view: View, archive: Archive, index: Index, timings: dict[str, float]
) -> Abstention:
    """Say whether nothing is kept at all, or nothing of the period that is asked about."""
    outside = (
        search(index, archive, question.text, names=NOTHING, limit=EVIDENCE)
        if view.names.bound or view.names.within
        else []
    )
    reason = Reason.NOT_COVERED if outside else Reason.NOTHING_ARCHIVED
    return Abstention(question, reason, nearest_coverage(outside), question.asked_at, timings)


def nearest_coverage(evidence: Sequence[Evidence]) -> tuple[Header, ...]:
    """Name the articles that came closest, each once."""
    return tuple(dict.fromkeys(each.passage.header for each in evidence))[:NEAREST]


def newest(claims: Sequence[Claim]) -> Moment | None:
    """Return the newest date among the cited articles; ``None`` if none has one."""
    headers = [citation.header for each in claims for citation in each.citations]
    dated = [header for header in headers if header.day is not None]
    if not dated:
        return None
    latest = max(dated, key=lambda header: str(header.day))
    return latest.published or latest.not_before

"""The spine: from a question to an Answer or an Abstention."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bot.answering.deciding import decline
from bot.answering.guard import guard
from bot.answering.model import Abstention, Answer, Claim, Question, Reason
from bot.answering.need import Need
from bot.answering.quoting import candidates
from bot.answering.verifying import verify
from bot.answering.writing import quote_coverage
from bot.wording import Wording
from ingest.archive import Archive
from ingest.index.index import Index
from ingest.index.search import Stopwatch, search
from ingest.model import Evidence, Header, Moment

EVIDENCE = 10
"""Passages of evidence for one question."""
NEAREST = 3
"""Articles named when the coverage does not answer."""


async def answer(question: Question, archive: Archive, index: Index) -> Answer | Abstention:
    """Answer from the archive, or say why not; the blocking work runs in a thread."""
    return await asyncio.to_thread(answer_now, question, archive, index)


def answer_now(question: Question, archive: Archive, index: Index) -> Answer | Abstention:
    """Answer from the archive, or say why not."""
    timings: dict[str, float] = {}
    if reason := guard(question):
        return Abstention(question, reason, (), question.asked_at, timings)
    need = Need.of(question.text, index.rarity)
    evidence = search(
        index,
        archive,
        question.text,
        today=question.asked_at.date(),
        limit=EVIDENCE,
        also=need.words,
        timings=timings,
    )
    if not evidence:
        return Abstention(question, Reason.NOTHING_ARCHIVED, (), question.asked_at, timings)
    clock = Stopwatch(timings)
    vector = index.embedder.question(question.text)
    ranked = candidates(need, vector, evidence, index.embedder.passages)
    reason = decline(need, ranked)
    draft = [] if reason else quote_coverage(ranked, need, Wording.of(question.language))
    clock.lap("write")
    claims = verify(draft, evidence)
    clock.lap("verify")
    if not claims:
        nearest = nearest_coverage(evidence)
        return Abstention(
            question, reason or Reason.NOT_COVERED, nearest, question.asked_at, timings
        )
    return Answer(question, claims, question.asked_at, newest(claims), timings)


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

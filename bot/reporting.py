"""An answer or an abstention as one JSON object, for machines."""

from __future__ import annotations

from typing import Any

from bot.answering.model import (
    Abstention,
    Answer,
    Citation,
    Claim,
    Dropped,
    Excerpt,
    Ground,
    Reason,
    Written,
)
from bot.answering.proving.archived import ProvenQuotation, RefusedQuotation
from bot.ledger.model import AnswerKind, AnswerRecord, CitedRange
from bot.linking import opening_at
from ingest.model import Header, Moment

_NOTHING = {
    Reason.NOT_COVERED,
    Reason.NOTHING_ARCHIVED,
    Reason.TOO_VAGUE,
    Reason.STOPPED,
    Reason.UNREAD,
}
"""Why nothing is shown although the question would be answered."""


def as_object(outcome: Answer | Abstention) -> dict[str, Any]:
    """Return *outcome* as the object that ``--json`` prints; times are in milliseconds.

    ``level`` is "says", "closest", "nothing" or "declined". ``excerpts`` are the coverage's own
    sentences, the first one being the lead; ``claims`` are a model's, where one wrote. ``past``
    says that the answer was asked for as of an earlier moment, and ``page`` is where anybody may
    verify its quotations.
    """
    answer = outcome if isinstance(outcome, Answer) else None
    abstention = outcome if isinstance(outcome, Abstention) else None
    return {
        "question": outcome.question.text,
        "language": str(outcome.question.language),
        "level": level_of(outcome),
        "reason": str(abstention.reason) if abstention else None,
        "excerpts": [_excerpt(each) for each in answer.excerpts] if answer else [],
        "differ": answer.differ if answer else False,
        "absent": list(outcome.absent),
        "left": list(answer.left) if answer else [],
        "claims": [_claim(each) for each in answer.claims] if answer else [],
        "nearest": [source_object(header) for header in abstention.nearest] if abstention else [],
        "link": abstention.link if abstention else None,
        "rests_on": _ground(answer.ground) if answer and answer.ground else None,
        "page": answer.page if answer else None,
        "as_of": outcome.as_of.isoformat(timespec="seconds"),
        "past": outcome.question.past,
        "newest": _iso(answer.newest) if answer else None,
        "timings": {stage: round(ms, 2) for stage, ms in outcome.timings.items()},
        "written": _how(outcome.written),
    }


def level_of(outcome: Answer | Abstention) -> str:
    """Name how sure an answer is, or that there is nothing, or that it is declined."""
    if isinstance(outcome, Answer):
        return outcome.level.value
    return "nothing" if outcome.reason in _NOTHING else "declined"


def _ground(ground: Ground) -> dict[str, Any]:
    """Return what an answer rests on; ``lead`` is ``None`` where nothing would be shown."""
    return {
        "kind": str(ground.resting),
        "outlets": ground.outlets,
        "copies": ground.copies,
        "without": [
            {"outlet": each.outlet, "lead": source_object(each.lead) if each.lead else None}
            for each in ground.without
        ],
    }


def _excerpt(found: Excerpt) -> dict[str, Any]:
    """Return one excerpt with its source; ``bold`` is the range of ``text`` that answers."""
    citation, header = found.citation, found.citation.header
    return {
        "text": citation.quote,
        "bold": [found.bold.start, found.bold.end],
        **source_object(header),
        "heading": found.heading,
        "link": opening_at(header.url, found.parts[1]),
        "day": header.day.isoformat() if header.day else None,
        "kind": str(header.kind),
        "article": citation.passage.article_id,
        "passage": citation.passage.id,
        "start": citation.passage.start + citation.start,
        "corrections": list(citation.passage.corrections),
        "copies": [source_object(copy) for copy in found.copies],
    }


def _claim(found: Claim) -> dict[str, Any]:
    """Return one sentence that a model wrote, with what proves it."""
    return {
        "text": found.text,
        "citations": [_proof(citation) for citation in found.citations],
        "copies": [source_object(header) for header in found.copies],
    }


def _how(written: Written) -> dict[str, Any]:
    """Return how an answer came about; ``writer`` is ``None`` for quotations alone."""
    return {
        "writer": written.writer,
        "prompt": written.prompt,
        "trouble": written.trouble,
        "by_words": written.by_words,
        "kept": not written.unkept,
        "detail": written.detail,
        "stopped": written.stopped,
        "unsaid": list(written.unsaid),
        "dropped": [_dropped(each) for each in written.dropped],
        "tokens": {"read": written.usage.read, "written": written.usage.wrote},
    }


def _dropped(sentence: Dropped) -> dict[str, str]:
    """Return a sentence that did not pass, and why."""
    return {"text": sentence.text, "failing": sentence.failing.value, "detail": sentence.detail}


def record_of(outcome: Answer | Abstention, *, keep_question: bool) -> AnswerRecord:
    """Return what is kept of *outcome*."""
    answered = isinstance(outcome, Answer)
    written = outcome.written
    return AnswerRecord(
        asked_at=outcome.as_of,
        kind=AnswerKind.ANSWER if answered else AnswerKind.ABSTENTION,
        reason=None if isinstance(outcome, Answer) else outcome.reason.value,
        language=outcome.question.language,
        question=outcome.question.text if keep_question else None,
        writer=written.writer,
        prompt=written.prompt,
        trouble=written.trouble.value if written.trouble else None,
        detail=written.detail or None,
        dropped=[_dropped(each) for each in written.dropped],
        tokens_read=written.usage.read,
        tokens_written=written.usage.wrote,
        citations=tuple(map(cited_range, outcome.citations)) if isinstance(outcome, Answer) else (),
        as_of=outcome.as_of if outcome.question.past else None,
    )


def cited_range(citation: Citation) -> CitedRange:
    """Return where a quotation stands in its article's version."""
    passage = citation.passage
    start = passage.start + citation.start
    return CitedRange(passage.article_id, passage.version, start, start + len(citation.quote))


def _proof(citation: Citation) -> dict[str, Any]:
    """Return one citation: which article, and the words that stand in it."""
    return {
        "article": citation.passage.article_id,
        **source_object(citation.header),
        "corrections": list(citation.passage.corrections),
        "quote": citation.quote,
        "passage": citation.passage.id,
        "start": citation.passage.start + citation.start,
    }


def proof_object(proof: ProvenQuotation | RefusedQuotation) -> dict[str, Any]:
    """Return what became of a quotation: ``start`` and ``end`` count characters of the version.

    ``digest`` is the SHA-256 of that version's text in UTF-8.
    """
    if isinstance(proof, RefusedQuotation):
        return {
            "proven": False,
            "why": str(proof.why),
            "article": proof.article_id,
            "agrees": proof.agrees,
            "goes_on": proof.goes_on,
            "removal": str(proof.removal) if proof.removal else None,
        }
    return {
        "proven": True,
        "quotation": proof.quotation,
        "article": proof.article_id,
        "version": proof.version,
        "start": proof.start,
        "end": proof.end,
        "digest": proof.digest,
        "read_at": proof.read_at.isoformat(timespec="seconds"),
        "newest_version": proof.newest,
        "current": proof.current,
        "corrections": list(proof.corrections),
        **source_object(proof.header),
    }


def source_object(header: Header) -> dict[str, Any]:
    """Return what a reader needs to find an article; ``None`` where it is not stated."""
    return {
        "outlet": header.outlet,
        "agency": header.agency,
        "title": header.title,
        "published": _iso(header.published),
        "not_before": _iso(header.not_before),
        "url": header.url,
        "article_kind": str(header.kind),
        "preview": header.preview,
        "ownership": header.ownership,
        "pasted": header.unverified,
    }


def _iso(moment: Moment | None) -> str | None:
    """Return *moment* in ISO 8601."""
    return moment.isoformat() if moment else None

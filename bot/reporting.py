"""An answer or an abstention as one JSON object, for machines."""

from __future__ import annotations

from typing import Any

from bot.answering.model import Abstention, Answer, Citation, Dropped, Written
from ingest.model import Header, Moment
from ingest.recorded import AnswerRecord, CitedRange


def as_object(outcome: Answer | Abstention) -> dict[str, Any]:
    """Return *outcome* as the object that ``--json`` prints; times are in milliseconds."""
    shared = {
        "kind": "answer" if isinstance(outcome, Answer) else "abstention",
        "question": outcome.question.text,
        "language": str(outcome.question.language),
        "as_of": outcome.as_of.isoformat(timespec="seconds"),
        "timings": {stage: round(ms, 2) for stage, ms in outcome.timings.items()},
        "written": how(outcome.written),
    }
    if isinstance(outcome, Abstention):
        nearest = [source(header) for header in outcome.nearest]
        reason = {"reason": str(outcome.reason), "link": outcome.link}
        return {**shared, "claims": [], **reason, "nearest": nearest}
    claims = [
        {
            "text": claim.text,
            "citations": [proof(citation) for citation in claim.citations],
            "copies": [source(header) for header in claim.copies],
        }
        for claim in outcome.claims
    ]
    return {**shared, "claims": claims, "newest": iso(outcome.newest)}


def how(written: Written) -> dict[str, Any]:
    """Return how an answer came about; ``writer`` is ``None`` for quotations alone."""
    return {
        "writer": written.writer,
        "prompt": written.prompt,
        "trouble": written.trouble,
        "stopped": written.stopped,
        "unsaid": list(written.unsaid),
        "dropped": [dropped(each) for each in written.dropped],
        "tokens": {"read": written.usage.read, "written": written.usage.wrote},
    }


def dropped(sentence: Dropped) -> dict[str, str]:
    """Return a sentence that did not pass, and why."""
    return {"text": sentence.text, "failing": sentence.failing.value, "detail": sentence.detail}


def record_of(outcome: Answer | Abstention, *, keep_question: bool) -> AnswerRecord:
    """Return what is kept of *outcome*."""
    answered = isinstance(outcome, Answer)
    written = outcome.written
    return AnswerRecord(
        asked_at=outcome.as_of,
        kind="answer" if answered else "abstention",
        reason=None if isinstance(outcome, Answer) else outcome.reason.value,
        language=outcome.question.language.value,
        question=outcome.question.text if keep_question else None,
        writer=written.writer,
        prompt=written.prompt,
        trouble=written.trouble.value if written.trouble else None,
        dropped=[dropped(each) for each in written.dropped],
        tokens_read=written.usage.read,
        tokens_written=written.usage.wrote,
        citations=tuple(map(cited, outcome.citations)) if isinstance(outcome, Answer) else (),
    )


def cited(citation: Citation) -> CitedRange:
    """Return where a quotation stands in its article's version."""
    passage = citation.passage
    start = passage.start + citation.start
    return CitedRange(passage.article_id, passage.version, start, start + len(citation.quote))


def proof(citation: Citation) -> dict[str, Any]:
    """Return one citation: which article, and the words that stand in it."""
    return {
        "article": citation.passage.article_id,
        **source(citation.header),
        "corrections": list(citation.passage.corrections),
        "quote": citation.quote,
        "passage": citation.passage.id,
        "start": citation.passage.start + citation.start,
    }


def source(header: Header) -> dict[str, Any]:
    """Return what a reader needs to find an article; ``None`` where it is not stated."""
    return {
        "outlet": header.outlet,
        "agency": header.agency,
        "title": header.title,
        "published": iso(header.published),
        "not_before": iso(header.not_before),
        "url": header.url,
        "article_kind": str(header.kind),
        "preview": header.preview,
        "ownership": header.ownership,
    }


def iso(moment: Moment | None) -> str | None:
    """Return *moment* in ISO 8601."""
    return moment.isoformat() if moment else None

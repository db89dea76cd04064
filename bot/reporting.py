"""An answer or an abstention as one JSON object, for machines."""

from __future__ import annotations

from typing import Any

from bot.answering.model import Abstention, Answer, Citation
from ingest.model import Header, Moment


def as_object(outcome: Answer | Abstention) -> dict[str, Any]:
    """Return *outcome* as the object that ``--json`` prints; times are in milliseconds."""
    shared = {
        "kind": "answer" if isinstance(outcome, Answer) else "abstention",
        "question": outcome.question.text,
        "language": str(outcome.question.language),
        "as_of": outcome.as_of.isoformat(timespec="seconds"),
        "timings": {stage: round(ms, 2) for stage, ms in outcome.timings.items()},
    }
    if isinstance(outcome, Abstention):
        nearest = [source(header) for header in outcome.nearest]
        return {**shared, "claims": [], "reason": str(outcome.reason), "nearest": nearest}
    claims = [
        {
            "text": claim.text,
            "citations": [proof(citation) for citation in claim.citations],
            "copies": [source(header) for header in claim.copies],
        }
        for claim in outcome.claims
    ]
    return {**shared, "claims": claims, "newest": iso(outcome.newest)}


def proof(citation: Citation) -> dict[str, Any]:
    """Return one citation: which article, and the words that stand in it."""
    return {
        "article": citation.passage.article_id,
        **source(citation.header),
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
    }


def iso(moment: Moment | None) -> str | None:
    """Return *moment* in ISO 8601."""
    return moment.isoformat() if moment else None

"""Answers, abstentions and claims for other programs: as JSON objects, as records, as links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from bot.answering.values import (
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
from bot.ledger.records import AnswerKind, AnswerRecord, CitedRange
from ingest.fetching.identities import WEB_SCHEMES
from ingest.language.script import Script
from ingest.model import Header, Moment

if TYPE_CHECKING:
    from bot.answering.values import ClosestSentence, LookedUpClaim

_WITHOUT_RESULT = {
    Reason.NOT_COVERED,
    Reason.NOTHING_ARCHIVED,
    Reason.TOO_VAGUE,
    Reason.STOPPED,
    Reason.UNREAD,
}
"""Reasons for an abstention although the question is of a kind that is answered."""
_END_CHARACTERS = {Script.ALPHABETIC: 40, Script.EAST_ASIAN: 12}
"""Characters of each end of a long sentence in the fragment; a short one is given in full."""


def as_object(outcome: Answer | Abstention) -> dict[str, Any]:
    """Return *outcome* as the object that ``--json`` prints; times are in milliseconds.

    ``level`` is "says", "closest", "nothing" or "declined". ``excerpts`` are the coverage's own
    sentences, the first one being the lead; ``claims`` are a model's, if one wrote. ``past`` is
    true if the answer is about a past moment, and ``page`` is the public page of its quotations.
    """
    answer = outcome if isinstance(outcome, Answer) else None
    abstention = outcome if isinstance(outcome, Abstention) else None
    return {
        "question": outcome.question.text,
        "language": str(outcome.question.language),
        "level": level_of(outcome),
        "reason": str(abstention.reason) if abstention else None,
        "excerpts": [_excerpt(excerpt) for excerpt in answer.excerpts] if answer else [],
        "differ": answer.differ if answer else False,
        "absent": list(outcome.absent),
        "left": list(answer.left) if answer else [],
        "claims": [_claim(claim) for claim in answer.claims] if answer else [],
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
    """Return the level of an answer, or "nothing" or "declined" for an abstention."""
    if isinstance(outcome, Answer):
        return outcome.level.value
    return "nothing" if outcome.reason in _WITHOUT_RESULT else "declined"


def _ground(ground: Ground) -> dict[str, Any]:
    """Return an answer's sources, and the lead without each decisive outlet, if any is left."""
    return {
        "kind": str(ground.resting),
        "outlets": ground.outlets,
        "copies": ground.copies,
        "without": [
            {"outlet": source.outlet, "lead": source_object(source.lead) if source.lead else None}
            for source in ground.without
        ],
    }


def _excerpt(excerpt: Excerpt) -> dict[str, Any]:
    """Return an excerpt with its source; ``bold`` is the range of ``text`` that answers."""
    citation, header = excerpt.citation, excerpt.citation.header
    return {
        "text": citation.quote,
        "bold": [excerpt.bold.start, excerpt.bold.end],
        **source_object(header),
        "heading": excerpt.heading,
        "link": opening_at(header.url, excerpt.parts[1]),
        "day": header.day.isoformat() if header.day else None,
        "kind": str(header.kind),
        "article": citation.passage.article_id,
        "passage": citation.passage.id,
        "start": citation.passage.start + citation.start,
        "corrections": list(citation.passage.corrections),
        "copies": [source_object(copy) for copy in excerpt.copies],
    }


def _claim(claim: Claim) -> dict[str, Any]:
    """Return a sentence of a model with its citations."""
    return {
        "text": claim.text,
        "citations": [_proof(citation) for citation in claim.citations],
        "copies": [source_object(header) for header in claim.copies],
    }


def _how(provenance: Written) -> dict[str, Any]:
    """Return how an answer was written; ``writer`` is ``None`` for quotations alone."""
    return {
        "writer": provenance.writer,
        "prompt": provenance.prompt,
        "trouble": provenance.trouble,
        "by_words": provenance.by_words,
        "kept": not provenance.unkept,
        "detail": provenance.detail,
        "stopped": provenance.stopped,
        "unsaid": list(provenance.unsaid),
        "dropped": [_dropped(sentence) for sentence in provenance.dropped],
        "tokens": {"read": provenance.usage.read, "written": provenance.usage.wrote},
    }


def _dropped(sentence: Dropped) -> dict[str, str]:
    """Return a rejected sentence with the reason."""
    return {"text": sentence.text, "failing": sentence.failing.value, "detail": sentence.detail}


def record_of(outcome: Answer | Abstention, *, keep_question: bool) -> AnswerRecord:
    """Return the record of *outcome* to be stored."""
    answered = isinstance(outcome, Answer)
    provenance = outcome.written
    return AnswerRecord(
        asked_at=outcome.as_of,
        kind=AnswerKind.ANSWER if answered else AnswerKind.ABSTENTION,
        reason=None if isinstance(outcome, Answer) else outcome.reason.value,
        language=outcome.question.language,
        question=outcome.question.text if keep_question else None,
        writer=provenance.writer,
        prompt=provenance.prompt,
        trouble=provenance.trouble.value if provenance.trouble else None,
        detail=provenance.detail or None,
        dropped=[_dropped(sentence) for sentence in provenance.dropped],
        tokens_read=provenance.usage.read,
        tokens_written=provenance.usage.wrote,
        citations=tuple(map(cited_range, outcome.citations)) if isinstance(outcome, Answer) else (),
        as_of=outcome.as_of if outcome.question.past else None,
    )


def cited_range(citation: Citation) -> CitedRange:
    """Return the range of a quotation in its article's version."""
    passage = citation.passage
    start = passage.start + citation.start
    return CitedRange(passage.article_id, passage.version, start, start + len(citation.quote))


def _proof(citation: Citation) -> dict[str, Any]:
    """Return a citation: the article and the quoted words."""
    return {
        "article": citation.passage.article_id,
        **source_object(citation.header),
        "corrections": list(citation.passage.corrections),
        "quote": citation.quote,
        "passage": citation.passage.id,
        "start": citation.passage.start + citation.start,
    }


def found_object(claim: LookedUpClaim) -> dict[str, Any]:
    """Return a looked-up claim as the object that ``--json`` prints."""
    return {
        "claim": claim.claim,
        "verdict": claim.verdict.value,
        "closest": [_closest_object(sentence) for sentence in claim.closest],
    }


def _closest_object(closest: ClosestSentence) -> dict[str, Any]:
    """Return a sentence of the coverage with its source."""
    return {
        "text": closest.citation.quote,
        "context": closest.context,
        "verdict": closest.verdict.value,
        **source_object(closest.citation.header),
        "article": closest.citation.passage.article_id,
        "passage": closest.citation.passage.id,
    }


def source_object(header: Header) -> dict[str, Any]:
    """Return the fields that identify an article; ``None`` for a field that is unknown."""
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


def opening_at(url: str | None, sentence: str) -> str | None:
    """Return *url* with a text fragment, so that a browser scrolls to *sentence* and marks it.

    An address that has a fragment already, or is not HTTP, is returned unchanged.
    """
    line = " ".join(sentence.split())
    if url is None or "#" in url or not url.startswith(WEB_SCHEMES) or not line:
        return url
    script = Script.of_text(line)
    end_length = _END_CHARACTERS[script]
    if len(line) <= 2 * end_length:
        return f"{url}#:~:text={_encode(line)}"
    start, end = line[:end_length], line[-end_length:]
    if script is Script.ALPHABETIC:
        start, end = start.rpartition(" ")[0] or start, end.partition(" ")[2] or end
    return f"{url}#:~:text={_encode(start)},{_encode(end)}"


def _encode(text: str) -> str:
    """Encode *text* for a fragment, in which dashes and commas are syntax."""
    return quote(text, safe="").replace("-", "%2D")


def answer_key_text(number: int) -> str:
    """Return the text whose hash is the key in the address of an answer's page."""
    return f"answer {number}"


def answer_page(base: str, number: int, key: str) -> str:
    """Return the address of the public page of an answer, with the key that cannot be guessed."""
    return f"{base.rstrip('/')}/answers/{number}?key={key}"

"""Records of answers and their citations; the question's text is kept only if given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime

from sqlalchemy import insert, select

from bot.ledger.model import AnswerRecord, CitedRange
from bot.ledger.schema import answers, citations
from bot.ledger.table import LedgerPart
from ingest.archive import rows

_MOMENTS = ("asked_at", "as_of")
_ANSWER = tuple(f.name for f in fields(AnswerRecord) if f.name not in {*_MOMENTS, "citations"})


class Answers(LedgerPart):
    """Table of answers with their citations."""

    def add(self, answer: AnswerRecord) -> int:
        """Insert *answer* with its citations, and return its id."""
        values = {
            name: value
            for name, value in asdict(answer).items()
            if name not in {"citations", *_MOMENTS}
        }
        values["asked_at"] = rows.iso(answer.asked_at)
        values["as_of"] = rows.iso(answer.as_of) if answer.as_of else None
        with self._database.writing() as connection:
            primary_key = connection.execute(insert(answers).values(values)).inserted_primary_key
            assert primary_key is not None
            if answer.citations:
                citation_rows = [
                    {**asdict(citation), "answer_id": primary_key[0]}
                    for citation in answer.citations
                ]
                connection.execute(insert(citations), citation_rows)
        return int(primary_key[0])

    def last(self, *, limit: int | None = None) -> list[AnswerRecord]:
        """Return the latest answers, newest first."""
        query = select(answers).order_by(answers.c.id.desc()).limit(limit)
        with self._database.reading() as connection:
            answer_rows = connection.execute(query).mappings().all()
            citations_by_answer: dict[int, list[CitedRange]] = {
                row["id"]: [] for row in answer_rows
            }
            for chunk in rows.chunks(list(citations_by_answer)):
                citation_query = select(citations).where(citations.c.answer_id.in_(chunk))
                for row in connection.execute(citation_query.order_by(citations.c.id)).mappings():
                    citations_by_answer[row["answer_id"]].append(_cited_of(row))
        return [_answer_of(row, citations_by_answer[row["id"]]) for row in answer_rows]

    def as_of(self, answer_id: int) -> datetime | None:
        """Return the past moment for which an answer was requested, or ``None``."""
        query = select(answers.c.as_of).where(answers.c.id == answer_id)
        with self._database.reading() as connection:
            moment = connection.execute(query).scalar_one_or_none()
        return datetime.fromisoformat(moment) if moment else None

    def cited(self, answer_id: int) -> tuple[CitedRange, ...]:
        """Return the citations of an answer in order; empty if there is no such answer."""
        query = select(citations).where(citations.c.answer_id == answer_id)
        with self._database.reading() as connection:
            citation_rows = connection.execute(query.order_by(citations.c.id)).mappings()
            return tuple(map(_cited_of, citation_rows))


def _cited_of(row: rows.Row) -> CitedRange:
    """Build a CitedRange from a row."""
    return CitedRange(row["article_id"], row["version"], row["start_at"], row["end_at"])


def _answer_of(row: rows.Row, citations: Sequence[CitedRange]) -> AnswerRecord:
    """Build an AnswerRecord from a row and its citations."""
    values = {name: row[name] for name in _ANSWER}
    moments = {name: datetime.fromisoformat(row[name]) if row[name] else None for name in _MOMENTS}
    return AnswerRecord(**{**values, **moments, "citations": tuple(citations)})

"""What was answered; the question's words only where they are given."""

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
    """Answers with their citations."""

    def add(self, answer: AnswerRecord) -> int:
        """Keep *answer* with what it cites, and return its number."""
        values = {
            name: value
            for name, value in asdict(answer).items()
            if name not in {"citations", *_MOMENTS}
        }
        values["asked_at"] = rows.iso(answer.asked_at)
        values["as_of"] = rows.iso(answer.as_of) if answer.as_of else None
        with self._database.writing() as connection:
            made = connection.execute(insert(answers).values(values)).inserted_primary_key
            assert made is not None
            if answer.citations:
                cited = [{**asdict(each), "answer_id": made[0]} for each in answer.citations]
                connection.execute(insert(citations), cited)
        return int(made[0])

    def last(self, *, limit: int | None = None) -> list[AnswerRecord]:
        """Return what was answered, newest first."""
        query = select(answers).order_by(answers.c.id.desc()).limit(limit)
        with self._database.reading() as connection:
            found = connection.execute(query).mappings().all()
            cited: dict[int, list[CitedRange]] = {row["id"]: [] for row in found}
            for part in rows.chunks(list(cited)):
                among = select(citations).where(citations.c.answer_id.in_(part))
                for row in connection.execute(among.order_by(citations.c.id)).mappings():
                    cited[row["answer_id"]].append(_cited_of(row))
        return [_answer_of(row, cited[row["id"]]) for row in found]

    def as_of(self, answer_id: int) -> datetime | None:
        """Return the earlier moment as of which an answer was asked for, if it was one."""
        query = select(answers.c.as_of).where(answers.c.id == answer_id)
        with self._database.reading() as connection:
            found = connection.execute(query).scalar_one_or_none()
        return datetime.fromisoformat(found) if found else None

    def cited(self, answer_id: int) -> tuple[CitedRange, ...]:
        """Return what an answer cites, in its order; nothing if there is no such answer."""
        query = select(citations).where(citations.c.answer_id == answer_id)
        with self._database.reading() as connection:
            found = connection.execute(query.order_by(citations.c.id)).mappings()
            return tuple(map(_cited_of, found))


def _cited_of(row: rows.Row) -> CitedRange:
    """Read which characters of which version an answer quotes."""
    return CitedRange(row["article_id"], row["version"], row["start_at"], row["end_at"])


def _answer_of(row: rows.Row, citations: Sequence[CitedRange]) -> AnswerRecord:
    """Read an answer with what it cites."""
    kept = {name: row[name] for name in _ANSWER}
    moments = {name: datetime.fromisoformat(row[name]) if row[name] else None for name in _MOMENTS}
    return AnswerRecord(**{**kept, **moments, "citations": tuple(citations)})

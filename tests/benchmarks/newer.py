"""Which shown answers are told of newer coverage, when the articles that answer best come last."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path

from rich.console import Console

from bot.answering.answer import answer_now
from bot.answering.understanding.question import ask
from bot.answering.values import Answer, Level, Question, UnaskableError
from bot.desk import Desk
from bot.ledger.outbox import ChangeConsumer
from bot.outcomes import record_of
from ingest.language.languages import Language
from tests.benchmarks.asked import NOW, covered
from tests.benchmarks.corpora import lines

ASKED = (("asked", "questions.jsonl"), ("realtimeqa_election", "questions.jsonl"))
_QUOTED = 160
"""Characters of a quotation that are printed."""


def measure(data: Path | None, out: Path) -> None:
    """Take each question's best article away, ask, bring it back, and see who is told."""
    if data is None:
        raise SystemExit("Name the folder that holds asked, pages and seed: DATA=folder")
    counts: Counter[str] = Counter()
    pairs = []
    with covered(data) as desk:
        for question in questions(data):
            came = asyncio.run(tried(desk, question))
            if came is not None:
                counts[came[0]] += 1
                pairs.append((question.text, *came))
    for text, kind, before, after in pairs:
        Console().print(f"» {text}\n  {kind}\n  {before}\n  {after}", markup=False, highlight=False)
    Console().print(dict(counts))
    (out / "newer.json").write_text(json.dumps(pairs, indent=2, ensure_ascii=False))


def questions(data: Path) -> list[Question]:
    """Return people's questions about the articles, each once."""
    by_text: dict[str, Question] = {}
    for folder, name in ASKED:
        for line in lines(data / folder / name):
            try:
                by_text[line["question"]] = ask(line["question"], now=NOW)
            except UnaskableError:
                continue
    return list(by_text.values())


async def tried(desk: Desk, question: Question) -> tuple[str, str, str] | None:
    """Return the result of one question: its kind, the earlier quote, and the newer one.

    ``None`` where no single article leads, or nothing is answered without it.
    """
    best = answer_now(question, desk.coverage)
    if not isinstance(best, Answer) or best.level is not Level.SAYS:
        return None
    lead = best.excerpts[0].citation
    article, day = lead.passage.article_id, lead.header.day
    if day is None:
        return None
    now = datetime.combine(day, time(12), UTC)
    outdated = replace(desk.news.outdated, clock=lambda: now)
    desk.archive.articles.remove(article, now=NOW)
    desk.coverage.catch_up()
    outcome = answer_now(question, desk.coverage)
    number = None
    if isinstance(outcome, Answer):
        number = desk.ledger.answers.add(record_of(outcome, keep_question=False))
        desk.ledger.notices.note_shown(number, "1", str(number), Language.ENGLISH, now=now)
    desk.ledger.positions.note(ChangeConsumer.ANSWERS, desk.archive.changes.last())
    desk.archive.articles.restore(article, now=NOW)
    desk.coverage.catch_up()
    if not isinstance(outcome, Answer):
        return None
    days = [citation.header.day for citation in outcome.citations if citation.header.day]
    if days and max(days) > day:
        return None
    doubted, _ = await outdated.doubted()
    mine = next((notice for notice in doubted if notice.shown.answer_id == number), None)
    newer_notice = await outdated.newer(mine, question.text) if mine else None
    kind = "told" if newer_notice else "asked again" if mine else "not near"
    return kind, outcome.citations[0].quote[:_QUOTED], best.excerpts[0].parts[1][:_QUOTED]

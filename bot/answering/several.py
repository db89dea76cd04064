"""Answer the questions of one message one by one, and join the answers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.answering.model import Abstention, Answer, Level, Question
from bot.answering.resting import rests_on, shown_sources
from bot.answering.understanding.followup import Exchange, complete_followup
from bot.answering.understanding.lexicon import lexicon_for
from ingest.index.analysis import terms

QUESTIONS_AT_ONCE = 3
"""Questions of one message that are answered."""
_QUESTION = re.compile(r"(?<![^?？])[^?？]*[?？]+")


def questions_in(question: Question) -> list[Question]:
    """Return each question of a message, complete in itself; usually there is one.

    A question that refers to the one before, such as "by how much?", is completed from it.
    """
    lexicon = lexicon_for(question.text)
    stop = lexicon.stopwords
    parts = [lexicon.opened(part.strip()) for part in _QUESTION.findall(question.text)]
    questions = [part for part in parts if any(term not in stop for term in terms(part))]
    if len(questions) < 2:
        return [question]
    first, *followups = questions
    completed = [first, *(complete_followup(text, Exchange(first, ())) for text in followups)]
    return [replace(question, text=text) for text in completed]


def join_answers(
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
    sure = not uncovered and all(answer.level is Level.SAYS for answer in answers)
    joined = replace(
        max(answers, key=lambda answer: str(answer.newest or "")),
        question=question,
        excerpts=leads,
        leads=len(leads),
        level=Level.SAYS if sure else Level.CLOSEST,
        differ=False,
        left=tuple(skipped.text for skipped in unanswered),
        written=replace(answers[0].written, unsaid=uncovered),
    )
    return replace(joined, ground=rests_on(shown_sources(joined)))

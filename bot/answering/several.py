"""Several questions in one message, answered one by one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.answering.model import Abstention, Answer, Level, Question
from bot.answering.resting import rests_on, shown_sources
from bot.answering.understanding.followup import Exchange, standalone
from bot.answering.understanding.lexicon import lexicon_for
from ingest.index.analysis import terms

QUESTIONS_AT_ONCE = 3
"""Questions of one message that are answered."""
_ASKED = re.compile(r"(?<![^?？])[^?？]*[?？]+")


def questions_in(question: Question) -> list[Question]:
    """Return each question of a message, complete in itself; mostly that is the message.

    One that only points to the one before, such as "by how much?", takes its words along.
    """
    lexicon = lexicon_for(question.text)
    stop = lexicon.stopwords
    parts = [lexicon.opened(part.strip()) for part in _ASKED.findall(question.text)]
    telling = [part for part in parts if any(each not in stop for each in terms(part))]
    if len(telling) < 2:
        return [question]
    first, *rest = telling
    whole = [first, *(standalone(each, Exchange(first, ())) for each in rest)]
    return [replace(question, text=text) for text in whole]


def together(
    question: Question, outcomes: Sequence[Answer | Abstention], left: Sequence[Question]
) -> Answer | Abstention:
    """Join the *outcomes* of a message's questions: the best excerpt of each, in their order.

    What has none is said to be left open, and what is *left* was not looked at. The whole is as
    sure as its least sure part.
    """
    answers = [each for each in outcomes if isinstance(each, Answer)]
    if not answers:
        [first, *_] = outcomes
        return replace(first, question=question)
    leads = tuple(dict.fromkeys(each.excerpts[0] for each in answers if each.excerpts))
    open_ = tuple(each.question.text for each in outcomes if isinstance(each, Abstention))
    sure = not open_ and all(each.level is Level.SAYS for each in answers)
    joined = replace(
        max(answers, key=lambda each: str(each.newest or "")),
        question=question,
        excerpts=leads,
        leads=len(leads),
        level=Level.SAYS if sure else Level.CLOSEST,
        differ=False,
        left=tuple(each.text for each in left),
        written=replace(answers[0].written, unsaid=open_),
    )
    return replace(joined, ground=rests_on(shown_sources(joined)))

"""Make a follow-up a question of its own, from what was verified before and nothing else."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.answering.chat.meter import ChatError, Meter
from bot.answering.chat.prompting import Prompt
from bot.answering.model import Abstention, Answer, Question
from bot.answering.understanding.lexicon import Lexicon, lexicon_for
from bot.answering.understanding.question import LONGEST, language_read
from ingest.index.analysis import terms
from ingest.language.names import names_in

if TYPE_CHECKING:
    from bot.answering.chat.chat import Chat

_FEW = 2
"""Content words from which a question stands alone unless it points to something."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and the verified answer it had: all that a follow-up may refer to."""

    question: str
    titles: tuple[str, ...]

    @classmethod
    def of(cls, outcome: Answer | Abstention) -> Exchange | None:
        """Keep what an answer cited; an abstention leaves nothing to refer to."""
        if isinstance(outcome, Abstention):
            return None
        titles = dict.fromkeys(citation.header.title for citation in outcome.citations)
        return cls(outcome.question.text, tuple(titles))


def asks(text: str) -> bool:
    """Tell whether *text*, which nobody in particular was told, asks anything."""
    return lexicon_for(text).asks("asking", text)


def stands_alone(text: str) -> bool:
    """Tell whether a question means the same whatever was said before."""
    return standalone(text, Exchange("", ())) == text


def standalone(text: str, before: Exchange) -> str:
    """Return the question that the follow-up *text* means, by rules.

    "What about X?" asks the earlier question of X instead of what it named; a question that is
    little more than "and when?" or that points to "it" takes the earlier one's words along.
    """
    languages = dict.fromkeys(map(language_read, (text, before.question)))
    found = (_completed(text, before, Lexicon.of(each)) for each in languages)
    return next((each for each in found if each != text), text)


def _completed(text: str, before: Exchange, lexicon: Lexicon) -> str:
    """Complete *text* by the rules of one language; one as short as "und?" may be of any."""
    pointing = lexicon.goes_on("pointing", text)
    about = lexicon.goes_on("about", text)
    if about and lexicon.goes_on("time", about["topic"]):
        return _joined(text, before.question)
    if about and not (pointing and pointing.start() <= 1):
        return _exchanged(before.question, about["topic"])
    points = pointing is not None and not names_in(text[: pointing.start()])
    points = points or lexicon.goes_on("pointing_back", text) is not None
    words = [term for term in terms(text) if term not in lexicon.stopwords]
    pointed = points and len(words) <= 2 * _FEW
    if lexicon.goes_on("hanging", text) or pointed or lexicon.goes_on("opens", text):
        return _joined(lexicon.opened(text), before.question)
    return text


def _exchanged(question: str, topic: str) -> str:
    """Put *topic* in the place of the last name in *question*, or behind it."""
    if known := lexicon_for(question).goes_on("topic", question):
        return f"{question[: known.start()]}{topic}{question[known.end() :]}"
    names = [name for name in names_in(question) if name in question]
    if not names:
        return _joined(topic, question)
    before, _, behind = question.rpartition(names[-1])
    article = lexicon_for(question).goes_on("article", before)
    return f"{before[: article.start()] if article else before}{topic}{behind}"


def _joined(text: str, question: str) -> str:
    """Ask *text* of the subject of *question*."""
    return f"{text.rstrip('?？ ')} – {question}"[:LONGEST]


async def understood(
    question: Question, before: Exchange | None, chat: Chat | None, meter: Meter
) -> Question:
    """Return *question*, complete in itself; a model rewrites it where there is one."""
    if before is None or standalone(question.text, before) == question.text:
        return question
    text = standalone(question.text, before)
    if chat is not None:
        try:
            written = await _rewritten(question.text, before, chat, meter)
        except ChatError:
            written = ""
        if names_nothing_new(written, question.text, before):
            text = written
    return replace(question, text=text)


async def _rewritten(text: str, before: Exchange, chat: Chat, meter: Meter) -> str:
    """Return the one question that a model takes the follow-up *text* for.

    Raises:
        ChatError: the model failed.
    """
    told = {
        "earlier_questions": [before.question],
        "cited_titles": list(before.titles),
        "follow_up": text,
    }
    said = [(Prompt.load("rewrite").filled(), json.dumps(told, ensure_ascii=False))]
    lines = [line async for line in chat.lines(said, meter)]
    return lines[0]


def names_nothing_new(written: str, text: str, before: Exchange) -> bool:
    """Tell whether a rewritten question names nothing that nobody has named."""
    material = " ".join([text, before.question, *before.titles])
    names = all(name.casefold() in material.casefold() for name in names_in(written))
    return bool(written.strip()) and len(written) <= LONGEST and names

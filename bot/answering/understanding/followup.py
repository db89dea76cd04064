"""Make a follow-up a question of its own, from what was verified before and nothing else."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace

from bot.answering.chat.chat import Chat, ChatError, Meter
from bot.answering.chat.prompting import Prompt
from bot.answering.model import Abstention, Answer, Question
from bot.answering.understanding.lexicon import Lexicon
from ingest.index.analysis import terms
from ingest.language.names import names_in

LONGEST = 500
ABOUT = re.compile(
    r"^\W*(?:and |but |so |ok(?:ay)?,? )*(?:what|how) about\s+(?P<topic>.+?)\W*$", re.IGNORECASE
)
AND_NAME = re.compile(r"^\W*[Aa]nd (?P<topic>(?:the )?[A-Z][\w’' -]{1,40}?)\W*$")
ABOUT_JA = re.compile(
    r"^\W*(?:では|じゃあ?|それなら)?、?(?P<topic>[^はがを、]{1,20}?)"
    r"(?:については?|の場合は?|は)(?:どう)?(?:ですか|でしょうか)?\W*$"
)
TOPIC_JA = re.compile(r"^[^はがを、]+(?=[はが])")
OPENS = re.compile(r"^\W*(?:and|but|so|then|also|ok(?:ay)?)\b[ ,]*", re.IGNORECASE)
POINTING = re.compile(
    r"\b(?:it|its|he|him|his|she|her|they|them|their|that|this|those|these|there|then)\b"
    r"|それ|そこ|その|これ|この|彼|彼女|彼ら|同",
    re.IGNORECASE,
)
ASKING = re.compile(
    r"^\W*(?:and |but |so )*(?:when|where|why|how|who|what|which)\W*$", re.IGNORECASE
)
ASKING_JA = re.compile(
    r"^\W*(?:それは|それって)?(?:いつ|どこ|なぜ|どうして|誰|だれ|何)(?:で|が|に)?(?:すか|ですか)?\W*$"
)
BARE = re.compile(
    r"^\W*(?:and |but |so )*(?:for|by|since|until|to|from|at|in|with|on|of) "
    r"(?:how|when|what|which|whom?|where)\b"
    r"|^\W*(?:それは)?(?:どれ|どの)くらい"
    r"|^\W*何(?:票|議席|人|日|年|割|回|ポイント|パーセント|％)(?:差|間|ぶり)?(?:で|に)?(?:すか|ですか)?\W*$",
    re.IGNORECASE,
)
"""A question that begins with what hangs on a sentence before: "by how much?"."""
TO_THAT = re.compile(
    r"\b(?:about|of|on|for|to|with|after|before) (?:that|this|it|them|those)\b", re.I
)
TIME_JA = re.compile(r"^(?:前回|今回|次回|去年|昨年|今年|来年|\d{4}年|その後|その前)$")
FEW = 2
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


def standalone(text: str, before: Exchange) -> str:
    """Return the question that the follow-up *text* means, by rules.

    "What about X?" asks the earlier question of X instead of what it named; a question that is
    little more than "and when?" or that points to "it" takes the earlier one's words along.
    """
    pointing = POINTING.search(text)
    about = ABOUT.match(text) or AND_NAME.match(text) or ABOUT_JA.match(text)
    if about and TIME_JA.match(about["topic"]):
        return joined(text, before.question)
    if about and not (pointing and pointing.start() <= 1):
        return exchanged(before.question, about["topic"])
    points = pointing is not None and not names_in(text[: pointing.start()])
    points = points or TO_THAT.search(text) is not None
    short = ASKING.match(text) or ASKING_JA.match(text) or BARE.match(text)
    words = [t for t in terms(text) if t not in Lexicon.load().stopwords]
    if short or (points and len(words) <= 2 * FEW) or OPENS.match(text):
        return joined(OPENS.sub("", text), before.question)
    return text


def exchanged(question: str, topic: str) -> str:
    """Put *topic* in the place of the last name in *question*, or behind it."""
    if TOPIC_JA.match(question):
        return TOPIC_JA.sub(topic, question)
    names = [name for name in names_in(question) if name in question]
    if names:
        return question.replace(names[-1], topic)
    return joined(topic, question)


def joined(text: str, question: str) -> str:
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
            written = await rewritten(question.text, before, chat, meter)
        except ChatError:
            written = ""
        if known(written, question.text, before):
            text = written
    return replace(question, text=text)


async def rewritten(text: str, before: Exchange, chat: Chat, meter: Meter) -> str:
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


def known(written: str, text: str, before: Exchange) -> bool:
    """Tell whether a rewritten question names nothing that nobody has named."""
    material = " ".join([text, before.question, *before.titles])
    names = all(name.casefold() in material.casefold() for name in names_in(written))
    return bool(written.strip()) and len(written) <= LONGEST and names

"""Complete a follow-up question from the earlier question and its verified answer only."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.answering.limits import QUESTIONS
from bot.answering.prompting import Prompt
from bot.answering.understanding.lexicon import Lexicon, lexicon_for
from bot.answering.understanding.question import language_read
from bot.answering.understanding.small_talk import languages_of_bare_question, small_talk_in
from bot.answering.values import ChatError, Exchange, Meter, Question
from ingest.language.names import names_in
from ingest.language.script import Script

if TYPE_CHECKING:
    from bot.answering.chat import Chat


def asks_question(text: str) -> bool:
    """Return True if *text*, a message to nobody in particular, asks a question."""
    lexicon = lexicon_for(text)
    return lexicon.asks("asking", text) and not lexicon.asks("exclaiming", text)


def asks_or_continues(text: str) -> bool:
    """Return True if *text* asks something, or goes on from a question: "and in 2022", "why".

    "I knew it" does neither, although it refers to something, nor does "what a night".
    """
    lexicon = lexicon_for(text)
    if lexicon.asks("exclaiming", text):
        return False
    continues = any(lexicon.match_follow_up(kind, text) for kind in ("about", "opens", "hanging"))
    return continues or bool(languages_of_bare_question(text)) or asks_question(text)


def asks_independently(text: str) -> bool:
    """Return True if *text* is a question with a subject of its own, unlike "is this true?"."""
    has_subject = bool(lexicon_for(text).content_terms(text))
    return (
        has_subject and asks_question(text) and small_talk_in(text) is None and stands_alone(text)
    )


def stands_alone(text: str) -> bool:
    """Return True if a question does not depend on an earlier one."""
    return complete_followup(text, Exchange("", ())) == text


def complete_followup(text: str, before: Exchange) -> str:
    """Return the question that the follow-up *text* means, completed by rules.

    "What about X?" repeats the earlier question with X in place of its last name; a short question
    such as "and when?", or one that refers to "it", is joined with the earlier one.
    """
    languages = dict.fromkeys(map(language_read, (text, before.question)))
    completed = (_complete(text, before, Lexicon.of(language)) for language in languages)
    joined = _join(text, before.question) if languages_of_bare_question(text) else text
    return next((question for question in completed if question != text), joined)


def _complete(text: str, before: Exchange, lexicon: Lexicon) -> str:
    """Complete *text* by the rules of one language; "und?" alone may be of several."""
    pointing = lexicon.match_follow_up("pointing", text)
    about = lexicon.match_follow_up("about", text)
    opens = lexicon.match_follow_up("opens", text) is not None
    topic = about["topic"] if about else lexicon.without_opening(text).strip("?？ ")
    if (about or opens) and lexicon.is_matter(topic):
        return _ask_of_same(topic, before.question)
    if about and lexicon.match_follow_up("time", about["topic"]):
        return _join(text, before.question)
    if about and not (pointing and pointing.start() <= 1):
        return _replace_topic(before.question, about["topic"])
    refers_back = pointing is not None and not names_in(text[: pointing.start()])
    refers_back = refers_back or lexicon.match_follow_up("pointing_back", text) is not None
    is_reference = refers_back and len(lexicon.content_terms(text)) <= QUESTIONS.reference_words
    if lexicon.match_follow_up("hanging", text) or is_reference or opens:
        return _join(lexicon.without_opening(text), before.question)
    return text


def _ask_of_same(matter: str, question: str) -> str:
    """Return a question for *matter*, such as the turnout, with the names and years of *question*.

    A word that many questions have, such as "won", is no name.
    """
    lexicon = lexicon_for(question)
    if Script.of_text(question) is Script.EAST_ASIAN:
        named = names_in(question)
    else:
        named = [
            word.strip("¿¡?!.,;:،؟")
            for word in question.split()
            if any(term not in lexicon.groups for term in lexicon.content_terms(word))
        ]
    return " ".join([matter, *named])


def _replace_topic(question: str, topic: str) -> str:
    """Replace the topic or the last name in *question* by *topic*, or prepend *topic*."""
    if topic_match := lexicon_for(question).match_follow_up("topic", question):
        return f"{question[: topic_match.start()]}{topic}{question[topic_match.end() :]}"
    names = [name for name in names_in(question) if name in question]
    if not names:
        return _join(topic, question)
    before, _, behind = question.rpartition(names[-1])
    article = lexicon_for(question).match_follow_up("article", before)
    return f"{before[: article.start()] if article else before}{topic}{behind}"


def _join(text: str, question: str) -> str:
    """Return *text* followed by *question*, which names its subject."""
    return f"{text.rstrip('?？ ')} – {question}"[: QUESTIONS.characters]


async def complete_question(
    question: Question, before: Exchange | None, chat: Chat | None, meter: Meter
) -> Question:
    """Return *question* completed from *before*, by *chat* if there is one."""
    if before is None or complete_followup(question.text, before) == question.text:
        return question
    text = complete_followup(question.text, before)
    if chat is not None:
        try:
            rewritten = await _rewrite(question.text, before, chat, meter)
        except ChatError:
            rewritten = ""
        if names_nothing_new(rewritten, question.text, before):
            text = rewritten
    return replace(question, text=text)


async def _rewrite(text: str, before: Exchange, chat: Chat, meter: Meter) -> str:
    """Return the complete question that a model makes of the follow-up *text*.

    Raises:
        ChatError: the model failed.
    """
    material = {
        "earlier_questions": [before.question],
        "cited_titles": list(before.titles),
        "follow_up": text,
    }
    prompts = [(Prompt.load("rewrite").filled(), json.dumps(material, ensure_ascii=False))]
    lines = [line async for line in chat.lines(prompts, meter)]
    return lines[0]


def names_nothing_new(rewritten: str, text: str, before: Exchange) -> bool:
    """Return True if all names in *rewritten* occur in *text* or in *before*."""
    material = " ".join([text, before.question, *before.titles])
    names = all(name.casefold() in material.casefold() for name in names_in(rewritten))
    return bool(rewritten.strip()) and len(rewritten) <= QUESTIONS.characters and names

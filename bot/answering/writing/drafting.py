"""Draft with a chat model: JSON Lines, one sentence a line, as the model writes them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Field, ValidationError

from bot.answering.chat.meter import ChatError, Meter
from bot.answering.chat.prompting import Prompt, dropped_material, material, room_for
from bot.answering.chat.replies import Objects, read_object
from bot.answering.model import DraftQuote, Dropped, Failing, Question, Sentence, Trouble
from bot.answering.proving.chat_reader import ChatReader
from bot.answering.proving.reader import Reader
from ingest.model import Evidence

if TYPE_CHECKING:
    from bot.answering.chat.chat import Chat

_COVERAGE_TOKENS = 6000
"""Of coverage in one request, unless a setting says otherwise: ten passages have 4,000 to 4,500."""
_LINES, _QUOTED = 8, 3
"""The most lines of a draft, and quotations of a line, where a server can hold a model to that."""


class _RestLine(BaseModel):
    """What a line rests on, as the model sends it."""

    key: str = Field(max_length=20)
    quote: str = Field(min_length=1, max_length=2000)


class _Line(BaseModel):
    """One line of a draft, as the model sends it: a sentence, or what the coverage leaves open."""

    say: str | None = Field(None, min_length=1, max_length=800)
    rests: list[_RestLine] = Field(default_factory=list, max_length=8)
    unsaid: str | None = Field(None, max_length=500)
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Unsaid:
    """A part of the question that the coverage leaves open, in the question's own words."""

    text: str


_Drafted = Sentence | Unsaid | Dropped


class ModelWriter:
    """Writes drafts with one chat model. Nothing of it is shown before it is verified."""

    def __init__(
        self, chat: Chat, reader: Reader | None = None, *, tokens: int = _COVERAGE_TOKENS
    ) -> None:
        """Write with *chat*; *reader* reads what it writes, and unset it reads that itself.

        *tokens* is how many of coverage it is given at most.
        """
        self.name = chat.name
        self.reader = reader or ChatReader(chat)
        self.prompt = Prompt.load("answer")
        self.chat = chat
        self._tokens = tokens

    def room_for(self, evidence: Sequence[Evidence]) -> int:
        """Return how many passages this is given, the best first."""
        return room_for(evidence, self._tokens)

    async def close(self) -> None:
        """Let go of the connections, in the event loop that used them."""
        await self.chat.close()

    def instructions(self, question: Question) -> str:
        """Return what the model is told before *question*."""
        return self.prompt.filled(
            language=question.language.in_english, today=question.asked_at.date().isoformat()
        )

    async def draft(
        self, question: Question, given: Mapping[str, Evidence], meter: Meter
    ) -> AsyncGenerator[_Drafted, None]:
        """Yield each sentence as soon as the model has ended its line.

        Raises:
            ChatError: the model failed, or stopped before its end; what came is incomplete.
        """
        said = [(self.instructions(question), material(question.text, given))]
        async for each in self._objects(said, meter, _form_of("say", "rests", "unsaid")):
            yield drafted(each)

    async def mend(
        self,
        question: Question,
        given: Mapping[str, Evidence],
        dropped: Mapping[int, tuple[Sentence, Dropped]],
        meter: Meter,
    ) -> AsyncGenerator[tuple[int, Sentence], None]:
        """Yield a new sentence for some of those *dropped*, each with its number.

        They travel alone, each with the passages that it cites. A new sentence that names none
        rests on what the earlier one rested on.

        Raises:
            ChatError: the model failed.
        """
        prompt = Prompt.load("mend").filled(
            language=question.language.in_english, today=question.asked_at.date().isoformat()
        )
        said = [(prompt, dropped_material(given, dropped))]
        async for each in self._objects(said, meter, _form_of("number", "say", "rests")):
            sentence, number = drafted(each), each.number if isinstance(each, _Line) else None
            if isinstance(sentence, Sentence) and number is not None and number in dropped:
                yield number, replace(sentence, rests=sentence.rests or dropped[number][0].rests)

    async def _objects(
        self, said: list[tuple[str, str]], meter: Meter, form: Mapping[str, Any]
    ) -> AsyncGenerator[_Line | str, None]:
        """Yield the objects of one reply, in whatever form they come; what is none, as it is."""
        objects, found = Objects(), False
        async for piece in self.chat.parts(said, meter, form):
            for each in objects.feed(piece):
                found = True
                yield lined(each)
        for each in objects.end():
            found = True
            yield lined(each)
        if objects.unfinished:
            raise ChatError(Trouble.TRUNCATED, "it broke off in the middle of a line")
        if not found:
            yield objects.said.strip()


def _form_of(*names: str) -> dict[str, Any]:
    """Return the JSON schema of a draft whose lines have these fields, as OpenAI's servers want it.

    Strict schemas name every field as required; one that a line lacks is null.
    """
    rests = _closed({"key": {"type": "string"}, "quote": {"type": "string"}})
    fields = {
        "number": {"type": ["integer", "null"]},
        "say": {"type": ["string", "null"]},
        "rests": {"type": "array", "items": rests, "maxItems": _QUOTED},
        "unsaid": {"type": ["string", "null"]},
    }
    line = _closed({name: fields[name] for name in names})
    sentences = {"type": "array", "items": line, "maxItems": _LINES}
    return {"name": "draft", "strict": True, "schema": _closed({"sentences": sentences})}


def _closed(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of an object that has these fields and no others."""
    return {
        "type": "object",
        "properties": dict(fields),
        "required": list(fields),
        "additionalProperties": False,
    }


def lined(text: str) -> _Line | str:
    """Read one object of a draft; one of another form stays text."""
    try:
        return _Line.model_validate(read_object(text))
    except ValidationError:
        return text


def drafted(found: _Line | str) -> _Drafted:
    """Return what an object says; one of another form is dropped for that reason."""
    if isinstance(found, _Line) and found.say is not None:
        rests = tuple(DraftQuote(each.key, each.quote) for each in found.rests)
        return Sentence(" ".join(found.say.split()), rests)
    if isinstance(found, _Line) and found.unsaid:
        return Unsaid(found.unsaid)
    text = found if isinstance(found, str) else found.model_dump_json()
    return Dropped(text[:200], Failing.FORM, "")

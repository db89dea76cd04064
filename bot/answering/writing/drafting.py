"""The models of the settings, their outages, and their drafts: JSON Lines, one sentence a line."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from pydantic import BaseModel, Field, ValidationError

from bot.answering.limits import CHAT
from bot.answering.prompting import (
    ObjectScanner,
    Prompt,
    dropped_material,
    question_material,
    read_object,
    room_for,
)
from bot.answering.proving.verifiers import ChatVerifier, ClaimVerifier, IdentityVerifier
from bot.answering.values import (
    ChatError,
    DraftQuote,
    Dropped,
    Failing,
    Meter,
    Question,
    Sentence,
    Trouble,
    Written,
)
from bot.settings import BotSettings
from ingest.model import Evidence

if TYPE_CHECKING:
    from bot.answering.chat import Chat

_OF_ONE_ANSWER = frozenset({Trouble.UNPROVEN, Trouble.MEMBER})
"""Troubles that say nothing about the next answer: what was written, or who asked."""


class _QuoteLine(BaseModel):
    """A quotation that supports a line, as the model sends it."""

    key: str = Field(max_length=20)
    quote: str = Field(min_length=1, max_length=2000)


class _Line(BaseModel):
    """One line of a draft, as the model sends it: a sentence, or an unanswered part."""

    say: str | None = Field(None, min_length=1, max_length=800)
    quotes: list[_QuoteLine] = Field(default_factory=list, max_length=8)
    unsaid: str | None = Field(None, max_length=500)
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Unsaid:
    """A part of the question that the coverage does not answer, in the words of the question."""

    text: str


_Drafted = Sentence | Unsaid | Dropped


class ModelWriter:
    """A writer of drafts with one chat model; nothing is shown before it is verified."""

    def __init__(
        self, chat: Chat, verifier: ClaimVerifier, *, tokens: int = CHAT.coverage_tokens
    ) -> None:
        """Write with *chat*; *verifier* verifies the draft.

        *tokens* is the largest size of the coverage in one request.
        """
        self.name = chat.name
        self.verifier = verifier
        self.prompt = Prompt.load("answer")
        self.chat = chat
        self._tokens = tokens

    def room_for(self, evidence: Sequence[Evidence]) -> int:
        """Return how many passages, the best first, fit into one request."""
        return room_for(evidence, self._tokens)

    async def close(self) -> None:
        """Close the HTTP client and the verifier, in the event loop that used them."""
        await self.chat.close()
        await self.verifier.close()

    def instructions(self, question: Question) -> str:
        """Return the prompt that precedes *question*."""
        return self.prompt.filled(
            language=question.language.in_english, today=question.asked_at.date().isoformat()
        )

    async def draft(
        self, question: Question, passages: Mapping[str, Evidence], meter: Meter
    ) -> AsyncGenerator[_Drafted, None]:
        """Yield each sentence as soon as its line is complete.

        Raises:
            ChatError: the model failed or its reply was cut off; the draft so far is incomplete.
        """
        prompts = [(self.instructions(question), question_material(question.text, passages))]
        async for line in self._objects(prompts, meter, _draft_schema("say", "quotes", "unsaid")):
            yield draft_of(line)

    async def mend(
        self,
        question: Question,
        passages: Mapping[str, Evidence],
        dropped: Mapping[int, tuple[Sentence, Dropped]],
        meter: Meter,
    ) -> AsyncGenerator[tuple[int, Sentence], None]:
        """Yield corrections of *dropped* sentences, each with its number.

        The model is given only these sentences and the passages that they cite. A correction
        without quotations keeps those of the sentence before.

        Raises:
            ChatError: the model failed.
        """
        prompt = Prompt.load("mend").filled(
            language=question.language.in_english, today=question.asked_at.date().isoformat()
        )
        prompts = [(prompt, dropped_material(passages, dropped))]
        async for line in self._objects(prompts, meter, _draft_schema("number", "say", "quotes")):
            sentence, number = draft_of(line), line.number if isinstance(line, _Line) else None
            if isinstance(sentence, Sentence) and number is not None and number in dropped:
                yield number, replace(sentence, quotes=sentence.quotes or dropped[number][0].quotes)

    async def _objects(
        self, prompts: list[tuple[str, str]], meter: Meter, form: Mapping[str, Any]
    ) -> AsyncGenerator[_Line | str, None]:
        """Yield the lines of one reply; a reply without objects as one text."""
        objects, has_object = ObjectScanner(), False
        async for piece in self.chat.parts(prompts, meter, form):
            for text in objects.feed(piece):
                has_object = True
                yield parse_line(text)
        for text in objects.end():
            has_object = True
            yield parse_line(text)
        if objects.unfinished:
            raise ChatError(Trouble.TRUNCATED, "it broke off in the middle of a line")
        if not has_object:
            yield objects.text.strip()


def _draft_schema(*names: str) -> dict[str, Any]:
    """Return the JSON schema of a draft with the fields *names*, in the form of OpenAI.

    A strict schema requires every field; a field that a line lacks is null.
    """
    quote = _object_schema({"key": {"type": "string"}, "quote": {"type": "string"}})
    fields = {
        "number": {"type": ["integer", "null"]},
        "say": {"type": ["string", "null"]},
        "quotes": {"type": "array", "items": quote, "maxItems": CHAT.line_quotations},
        "unsaid": {"type": ["string", "null"]},
    }
    line = _object_schema({name: fields[name] for name in names})
    sentences = {"type": "array", "items": line, "maxItems": CHAT.draft_lines}
    return {"name": "draft", "strict": True, "schema": _object_schema({"sentences": sentences})}


def _object_schema(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of an object with exactly these fields."""
    return {
        "type": "object",
        "properties": dict(fields),
        "required": list(fields),
        "additionalProperties": False,
    }


def parse_line(text: str) -> _Line | str:
    """Parse one object of a draft; an object of another form stays text."""
    try:
        return _Line.model_validate(read_object(text))
    except ValidationError:
        return text


def draft_of(line: _Line | str) -> _Drafted:
    """Return the sentence or the unanswered part of a line; other forms are dropped."""
    if isinstance(line, _Line) and line.say is not None:
        quotes = tuple(DraftQuote(quote.key, quote.quote) for quote in line.quotes)
        return Sentence(" ".join(line.say.split()), quotes)
    if isinstance(line, _Line) and line.unsaid:
        return Unsaid(line.unsaid)
    text = line if isinstance(line, str) else line.model_dump_json()
    return Dropped(text[:200], Failing.FORM, "")


@dataclass(frozen=True, slots=True)
class Outage:
    """A model that has written no answer *since* a moment, with its last *trouble*."""

    trouble: Trouble
    since: datetime


@dataclass(slots=True)
class ModelState:
    """The outage of the chat model, by the latest answers of this process."""

    _outage: Outage | None = None
    _last: datetime | None = None

    def note(self, written: Written, now: datetime) -> None:
        """Note how an answer was produced: an outage begins, goes on or ends with it."""
        if written.writer is not None:
            self._outage = None
        elif written.trouble is not None and written.trouble not in _OF_ONE_ANSWER:
            since = self._outage.since if self._outage else now
            self._outage, self._last = Outage(written.trouble, since), now

    def outage(self, now: datetime) -> Outage | None:
        """Return the outage that goes on, or ``None``; a daily budget is new on another day."""
        if self._outage is None or self._last is None:
            return None
        is_spent = self._outage.trouble is Trouble.BUDGET
        same_day = self._last.astimezone(UTC).date() == now.astimezone(UTC).date()
        return self._outage if same_day or not is_spent else None


@dataclass(frozen=True, slots=True)
class Models:
    """The writers in order of preference, and the verifier of claims that are looked up.

    ``state`` is what the last answers say about the writers.
    """

    writers: tuple[ModelWriter, ...] = ()
    verifier: ClaimVerifier = field(default_factory=IdentityVerifier)
    state: ModelState = field(default_factory=ModelState)

    @classmethod
    def of(cls, settings: BotSettings) -> Self:
        """Create the models of the settings; nothing is sent before the first request.

        Without CHECK_MODEL each writer verifies its own drafts, and the first one looks up claims.
        """
        writing_chats, check_chat = chats(settings)
        writers = tuple(
            ModelWriter(chat, _verifier_of(check_chat or chat), tokens=settings.coverage_tokens)
            for chat in writing_chats
        )
        return cls(writers, writers[0].verifier if writers else _verifier_of(check_chat))

    async def close(self) -> None:
        """Close the connections of all models, in the event loop that used them."""
        for writer in self.writers:
            await writer.close()
        await self.verifier.close()


def _verifier_of(chat: Chat | None) -> ClaimVerifier:
    """Return the verifier that asks *chat*; without a chat model, word identity."""
    return ChatVerifier(chat) if chat is not None else IdentityVerifier()


def chats(settings: BotSettings) -> tuple[tuple[Chat, ...], Chat | None]:
    """Create the clients: those that write, in order of preference, and the verifier's."""
    settings_of_writers = (
        ("CHAT_MODEL", settings.chat_model),
        ("FALLBACK_MODEL", settings.fallback_model),
    )
    if not (settings.check_model or any(name for _, name in settings_of_writers)):
        return (), None
    from bot.answering.chat import chat_model  # takes half a second to load

    key, base_url = settings.openai_api_key, settings.openai_base_url
    patience = {"patience": settings.chat_patience, "first": settings.chat_patience_first}
    writing_chats = tuple(
        chat_model(name, key, base_url, setting=setting, **patience)
        for setting, name in settings_of_writers
        if name
    )
    if settings.check_model is None:
        return writing_chats, None
    check_base_url = settings.check_base_url
    check_key = settings.check_api_key or (None if check_base_url else key)
    return writing_chats, chat_model(
        settings.check_model,
        check_key,
        check_base_url or base_url,
        setting="CHECK_MODEL",
        **patience,
    )

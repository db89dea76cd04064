"""Tools for other programs, and the passages and answers that they return as JSON."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from bot.answering.limits import PROOFS, QUESTIONS
from bot.answering.proving.archived import (
    ProvenQuotation,
    RefusedQuotation,
    prove_anywhere,
    prove_quotation,
)
from bot.answering.proving.ground import title_of
from bot.answering.understanding.question import ask, not_past
from bot.answering.values import (
    UnaskableError,
)
from bot.mcp_server.limits import PROGRAMS
from bot.outcomes import as_object, found_object, opening_at, source_object
from bot.wording import Wording, unaskable
from ingest.archive import Archive
from ingest.errors import IngestError
from ingest.index.cutting import first_sentence, sentences
from ingest.language.dates import typed_moment
from ingest.language.lines import speaks_to_a_model
from ingest.model import EVERYBODY, Passage
from ingest.process.threads import in_search_thread, in_thread

if TYPE_CHECKING:
    from bot.desk import Desk

ADDRESS = "desk://articles/{article}/passages/{number}"
"""The resource address of a passage; passages of an article are counted from 1."""
_ADDRESS_PATTERN = re.compile(r"desk://articles/([0-9]{1,9})/passages/([0-9]{1,6})")
_OMITTED = "[…]"
"""Placeholder of a sentence with instructions to a model, and of text beyond the limit."""
_Arguments: TypeAlias = Mapping[str, str]
_CLIENT = "mcp"
"""Name under which programs are counted in the daily budget of members."""


@dataclass(frozen=True, slots=True)
class ShownPassages:
    """Reader of passages for other programs; *whole* permits whole articles."""

    archive: Archive
    whole: bool = False

    def result(self, passage: Passage) -> dict[str, Any]:
        """Return a passage as a search result."""
        header = passage.header
        day = f", {header.day.isoformat()}" if header.day else ""
        text = self._limited_text(passage)
        return {
            "id": passage.id,
            "title": f"{title_of(passage) or 'Untitled'} ({header.outlet}{day})",
            "url": opening_at(header.url, first_sentence(passage)) or _address(passage),
            "text": text
            if len(text) <= PROGRAMS.result_characters
            else f"{text[: PROGRAMS.result_characters]}…",
        }

    def document(self, passage_id: str) -> dict[str, Any] | None:
        """Return a passage, or its article, as a document; ``None`` if programs may not cite it."""
        passage = self.archive.passages.get([passage_id]).get(passage_id)
        if passage is None or self.archive.articles.get(passage.article_id).place:
            return None
        return self._document(passage)

    def at(self, address: str) -> dict[str, Any] | None:
        """Return the document at a resource address, or ``None``."""
        match = _ADDRESS_PATTERN.fullmatch(address)
        if match is None:
            return None
        article, number = int(match[1]), int(match[2])
        passages = self.archive.passages.of_article(article)
        if not 1 <= number <= len(passages):
            return None
        return self.document(passages[number - 1].id)

    def _document(self, passage: Passage) -> dict[str, Any]:
        passages = self.archive.passages.of_article(passage.article_id) if self.whole else [passage]
        text = "\n\n".join(map(self._limited_text, passages))
        return {
            "id": passage.id,
            "title": title_of(passage) or "Untitled",
            "text": text,
            "url": passage.header.url or _address(passage),
            "metadata": {
                **source_object(passage.header),
                "article": passage.article_id,
                "version": passage.version,
                "start": passage.start,
                "end": passage.end,
                "corrections": list(passage.corrections),
                "shown": "article" if self.whole else "passage",
            },
        }

    def _limited_text(self, passage: Passage) -> str:
        """Return a passage without instructions to models, at most half of a short article."""
        text, language = passage.text, passage.header.language
        length = self.archive.passages.length(passage.article_id)
        limit = len(text) if self.whole else max(1, int(PROGRAMS.article_share * length))
        parts: list[str] = []
        for span in sentences(text, language):
            if parts and span.end > limit:
                parts.append(_OMITTED)
                break
            sentence = text[span.start : span.end]
            parts.append(_OMITTED if speaks_to_a_model(sentence) else sentence)
        return " ".join(parts)


def _address(passage: Passage) -> str:
    """Return the resource address of a passage."""
    return ADDRESS.format(article=passage.article_id, number=passage.order + 1)


class RefusedCallError(IngestError):
    """A call with invalid arguments, beyond the limits, or for an unknown object."""


@dataclass(frozen=True, slots=True)
class Argument:
    """A text argument of a tool, of at most *longest* characters."""

    name: str
    description: str
    longest: int
    required: bool = True


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool with its name, description, arguments, and function."""

    name: str
    title: str
    description: str
    arguments: tuple[Argument, ...]
    run: Callable[[_Arguments], Awaitable[dict[str, Any]]]
    asks: bool = False
    """True if it may call a language model, so that fewer calls are allowed."""

    @property
    def schema(self) -> dict[str, Any]:
        """Return the JSON schema of the arguments."""
        return {
            "type": "object",
            "properties": {
                argument.name: {
                    "type": "string",
                    "description": argument.description,
                    "maxLength": argument.longest,
                }
                for argument in self.arguments
            },
            "required": [argument.name for argument in self.arguments if argument.required],
            "additionalProperties": False,
        }

    def read(self, values: Mapping[str, Any]) -> _Arguments:
        """Validate the arguments of a call, and return those that are not empty.

        Raises:
            RefusedCallError: an argument is missing, unknown, no text, or too long.
        """
        arguments = {argument.name: argument for argument in self.arguments}
        names = ", ".join(arguments) or "nothing"
        for name, value in values.items():
            if name not in arguments:
                raise RefusedCallError(f"{self.name} takes {names}; leave out {name[:40]!r}.")
            if isinstance(value, bool) or not isinstance(value, str | int | None):
                raise RefusedCallError(f"{self.name} takes texts; give {name} as a text.")
            longest = arguments[name].longest
            if len(str(value)) > longest:
                raise RefusedCallError(
                    f"{name} is too long. Give at most {longest} characters to {self.name}."
                )
        texts = {name: str(value).strip() for name, value in values.items() if value is not None}
        texts = {name: text for name, text in texts.items() if text}
        for argument in self.arguments:
            if argument.required and argument.name not in texts:
                raise RefusedCallError(
                    f"{self.name} needs {argument.name}. Give {argument.description[0].lower()}"
                    f"{argument.description[1:]}"
                )
        return texts


@dataclass(frozen=True, slots=True)
class Tools:
    """Implementation of the tools over one desk; *passages* limits the text they return."""

    desk: Desk
    passages: ShownPassages

    def all(self) -> Sequence[Tool]:
        """Return all tools."""
        words = Argument(
            "query", "What to look for, in words or as a question.", QUESTIONS.characters
        )
        identity = Argument("id", "The id of a result of search.", PROGRAMS.id_characters)
        question = Argument("question", "The question, in a sentence.", QUESTIONS.characters)
        moment = Argument(
            "as_of",
            "A moment such as 2024-11-05T23:00Z: only what had been read by then is looked at.",
            40,
            required=False,
        )
        claim = Argument("claim", "What somebody claims, in up to three sentences.", 2000)
        quotation = Argument(
            "quotation",
            "The quotation, word for word, without marks around it.",
            PROOFS.quotation_characters,
        )
        article = Argument(
            "article",
            "The article's number here, its address, or the id of a passage; without it all "
            "coverage is looked through.",
            2000,
            required=False,
        )
        return (
            Tool(
                "search",
                "Search the coverage",
                "Find passages of the archived election coverage for a question or some words.",
                (words,),
                self.search,
            ),
            Tool(
                "fetch",
                "Read a passage",
                "Read one passage that search found, with its article, outlet and day.",
                (identity,),
                self.fetch,
            ),
            Tool(
                "ask",
                "Ask the desk",
                "Answer a question from the coverage alone; each sentence is a quotation, or is "
                "proven by one. It declines advice, predictions and campaign texts.",
                (question, moment),
                self.ask,
                asks=True,
            ),
            Tool(
                "find_coverage",
                "Find coverage of a claim",
                "Look up what the coverage says of a claim: the sentences that decide it.",
                (claim,),
                self.find_coverage,
                asks=True,
            ),
            Tool(
                "prove_quotation",
                "Prove a quotation",
                "Prove that a quotation stands in an article, word for word: the exact range, the "
                "version and its digest, or why it is not proven.",
                (quotation, article),
                self.prove_quotation,
            ),
            Tool(
                "coverage",
                "What is kept",
                "List the outlets whose articles are kept, how many, and how new they are.",
                (),
                self.coverage,
            ),
        )

    @in_search_thread
    def search(self, arguments: _Arguments) -> dict[str, Any]:
        """Return the passages most relevant to a query, best first."""
        query = arguments["query"]
        if not any(map(str.isalnum, query)):
            raise RefusedCallError("There is no word in query. Give search what to look for.")
        evidence = self.desk.coverage.serving.search(query, limit=PROGRAMS.results)
        return {"results": [self.passages.result(item.passage) for item in evidence]}

    @in_thread
    def fetch(self, arguments: _Arguments) -> dict[str, Any]:
        """Return one passage as a document, or its whole article if the settings permit it."""
        document = self.passages.document(arguments["id"])
        if document is None:
            raise RefusedCallError(
                "No passage of that id stands here; its article may have been changed or removed. "
                "Search again."
            )
        return document

    async def ask(self, arguments: _Arguments) -> dict[str, Any]:
        """Answer a question like the command `ask --json`."""
        now = self.desk.clock()
        try:
            question = ask(arguments["question"], now=now)
        except UnaskableError as error:
            raise RefusedCallError(unaskable(error, Wording.default())) from error
        as_of = _moment(arguments["as_of"], now) if "as_of" in arguments else None
        outcome = await self.desk.answer(question, member=_CLIENT, as_of=as_of)
        return {**as_object(outcome), "number": outcome.number}

    async def find_coverage(self, arguments: _Arguments) -> dict[str, Any]:
        """Look up a claim like the command `find --json`."""
        lookup = await self.desk.look_up(arguments["claim"], member=_CLIENT)
        return {
            "claims": [found_object(claim) for claim in lookup.claims],
            "left_out": list(lookup.left_out),
        }

    @in_search_thread
    def prove_quotation(self, arguments: _Arguments) -> dict[str, Any]:
        """Prove a quotation, in one article or in any."""
        quotation, archive = arguments["quotation"], self.desk.archive
        if "article" in arguments:
            return _proof_object(prove_quotation(quotation, arguments["article"], archive))
        search = self.desk.coverage.serving.search
        return _proof_object(prove_anywhere(quotation, archive, search))

    async def coverage(self, _arguments: _Arguments) -> dict[str, Any]:
        """Return the figures of the coverage."""
        summary = await asyncio.to_thread(self.desk.archive.summary, EVERYBODY)
        return {
            "articles": summary.articles,
            "outlets": [
                {
                    "outlet": outlet.outlet,
                    "articles": outlet.articles,
                    "newest": outlet.newest.isoformat() if outlet.newest else None,
                }
                for outlet in summary.outlets[: PROGRAMS.outlets]
            ],
            "outlets_left_out": max(0, len(summary.outlets) - PROGRAMS.outlets),
            "changed_at": summary.changed_at.isoformat() if summary.changed_at else None,
        }


def _moment(text: str, now: datetime) -> datetime:
    """Parse a past moment with its timezone.

    Raises:
        RefusedCallError: the text is not a moment, or the moment is in the future.
    """
    try:
        moment = typed_moment(text)
    except ValueError as error:
        raise RefusedCallError(f"{text!r} is no moment. Write it as 2024-11-05T23:00Z.") from error
    if problem := not_past(moment, now):
        raise RefusedCallError(problem)
    assert isinstance(moment, datetime)
    return moment


def _proof_object(proof: ProvenQuotation | RefusedQuotation) -> dict[str, Any]:
    """Return the result of proving a quotation, with its range in characters of the version.

    ``digest`` is the SHA-256 of that version's text in UTF-8.
    """
    if isinstance(proof, RefusedQuotation):
        return {
            "proven": False,
            "why": str(proof.why),
            "article": proof.article_id,
            "agrees": proof.agrees,
            "goes_on": proof.continuation,
            "removal": str(proof.removal) if proof.removal else None,
        }
    return {
        "proven": True,
        "quotation": proof.quotation,
        "article": proof.article_id,
        "version": proof.version,
        "start": proof.start,
        "end": proof.end,
        "digest": proof.digest,
        "read_at": proof.read_at.isoformat(timespec="seconds"),
        "newest_version": proof.newest,
        "current": proof.current,
        "corrections": list(proof.corrections),
        **source_object(proof.header),
    }

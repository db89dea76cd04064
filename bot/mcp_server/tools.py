"""What other programs may ask of the desk: each tool takes texts and returns one JSON object."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from bot.answering.proving.archived import LONGEST_QUOTATION, prove_anywhere, prove_quotation
from bot.answering.understanding.question import LONGEST, UnaskableError, ask, not_past
from bot.checking import found_object
from bot.desk import Desk
from bot.mcp_server.passages import ShownPassages
from bot.reporting import as_object, proof_object
from bot.wording import Wording, unaskable
from ingest.errors import IngestError
from ingest.model import parse_moment
from ingest.threads import in_thread

_Given: TypeAlias = Mapping[str, str]
_CLIENT = "mcp"
"""As whom programs are counted for what models may write in a day."""
_FOUND = 10
"""Results of one search."""
_OUTLETS = 200
"""Outlets that are listed, those with the most articles."""
_LONGEST_ID = 300


class RefusedCallError(IngestError):
    """A call cannot be meant so, or what it names is not there."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a tool, always a text of at most so many characters."""

    name: str
    description: str
    longest: int
    required: bool = True


@dataclass(frozen=True, slots=True)
class Tool:
    """What can be called: its name, what it is for, its arguments, and what it does."""

    name: str
    title: str
    description: str
    arguments: tuple[Argument, ...]
    run: Callable[[_Given], Awaitable[dict[str, Any]]]
    asks: bool = False
    """Whether it may call a language model, so that fewer calls are allowed."""

    @property
    def schema(self) -> dict[str, Any]:
        """Return the JSON schema of the arguments."""
        return {
            "type": "object",
            "properties": {
                each.name: {
                    "type": "string",
                    "description": each.description,
                    "maxLength": each.longest,
                }
                for each in self.arguments
            },
            "required": [each.name for each in self.arguments if each.required],
            "additionalProperties": False,
        }

    def read(self, given: Mapping[str, Any]) -> _Given:
        """Check what a caller gives, and return it without what is empty.

        Raises:
            RefusedCallError: something is missing, unknown, no text, or too long.
        """
        known = {each.name: each for each in self.arguments}
        named = ", ".join(known) or "nothing"
        for name, value in given.items():
            if name not in known:
                raise RefusedCallError(f"{self.name} takes {named}; leave out {name[:40]!r}.")
            if isinstance(value, bool) or not isinstance(value, str | int | None):
                raise RefusedCallError(f"{self.name} takes texts; give {name} as a text.")
            longest = known[name].longest
            if len(str(value)) > longest:
                raise RefusedCallError(
                    f"{name} is too long. Give at most {longest} characters to {self.name}."
                )
        texts = {name: str(v).strip() for name, v in given.items() if v is not None}
        texts = {name: text for name, text in texts.items() if text}
        for each in self.arguments:
            if each.required and each.name not in texts:
                raise RefusedCallError(
                    f"{self.name} needs {each.name}. Give {each.description[0].lower()}"
                    f"{each.description[1:]}"
                )
        return texts


@dataclass(frozen=True, slots=True)
class Tools:
    """The verbs of other programs over one desk; *passages* says how much of a text they see."""

    desk: Desk
    passages: ShownPassages

    def all(self) -> Sequence[Tool]:
        """Return every tool."""
        words = Argument("query", "What to look for, in words or as a question.", LONGEST)
        identity = Argument("id", "The id of a result of search.", _LONGEST_ID)
        question = Argument("question", "The question, in a sentence.", LONGEST)
        moment = Argument(
            "as_of",
            "A moment such as 2024-11-05T23:00Z: only what had been read by then is looked at.",
            40,
            required=False,
        )
        claim = Argument("claim", "What somebody claims, in up to three sentences.", 2000)
        quotation = Argument(
            "quotation", "The quotation, word for word, without marks around it.", LONGEST_QUOTATION
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

    @in_thread
    def search(self, given: _Given) -> dict[str, Any]:
        """Return passages that may answer, best first."""
        found = self.desk.coverage.serving.search(given["query"], limit=_FOUND)
        return {"results": [self.passages.result(each.passage) for each in found]}

    @in_thread
    def fetch(self, given: _Given) -> dict[str, Any]:
        """Return one passage as a document, or its whole article where that is allowed."""
        found = self.passages.document(given["id"])
        if found is None:
            raise RefusedCallError(
                "No passage of that id stands here; its article may have been changed or removed. "
                "Search again."
            )
        return found

    async def ask(self, given: _Given) -> dict[str, Any]:
        """Answer as the command `ask --json` does."""
        now = self.desk.clock()
        try:
            question = ask(given["question"], now=now)
        except UnaskableError as error:
            raise RefusedCallError(unaskable(error, Wording.default())) from error
        as_of = _moment(given["as_of"], now) if "as_of" in given else None
        outcome = await self.desk.answer(question, member=_CLIENT, as_of=as_of)
        return {**as_object(outcome), "number": outcome.number}

    async def find_coverage(self, given: _Given) -> dict[str, Any]:
        """Look up a claim as the command `find --json` does."""
        found = await self.desk.look_up(given["claim"], member=_CLIENT)
        return {
            "claims": [found_object(each) for each in found.looked],
            "left_out": list(found.left_out),
        }

    @in_thread
    def prove_quotation(self, given: _Given) -> dict[str, Any]:
        """Prove a quotation in one article, or in whichever has it."""
        quotation, archive = given["quotation"], self.desk.archive
        if "article" in given:
            return proof_object(prove_quotation(quotation, given["article"], archive))
        search = self.desk.coverage.serving.search
        return proof_object(prove_anywhere(quotation, archive, search))

    async def coverage(self, _given: _Given) -> dict[str, Any]:
        """Return what is kept, in figures."""
        summary = await asyncio.to_thread(self.desk.archive.summary)
        return {
            "articles": summary.articles,
            "outlets": [
                {
                    "outlet": each.outlet,
                    "articles": each.articles,
                    "newest": each.newest.isoformat() if each.newest else None,
                }
                for each in summary.outlets[:_OUTLETS]
            ],
            "outlets_left_out": max(0, len(summary.outlets) - _OUTLETS),
            "changed_at": summary.changed_at.isoformat() if summary.changed_at else None,
        }


def _moment(text: str, now: datetime) -> datetime:
    """Read a moment of the past with its zone.

    Raises:
        RefusedCallError: it is none, or it has not come yet.
    """
    try:
        moment = parse_moment(text)
    except ValueError as error:
        raise RefusedCallError(f"{text!r} is no moment. Write it as 2024-11-05T23:00Z.") from error
    if wrong := not_past(moment, now):
        raise RefusedCallError(wrong)
    assert isinstance(moment, datetime)
    return moment

"""Whatever server the model is on: each behaviour ends in a proven answer or in a true sentence."""

import asyncio
import json
import logging
import time

import pytest
from pydantic import SecretStr

from bot.answering.chat import (
    REFUSAL_WORDS,
    OptionalPart,
    chat_model,
    refused_by_message,
    trouble_of,
)
from bot.answering.understanding.question import ask
from bot.answering.values import Answer, ChatError, Meter, Trouble
from bot.answering.writing.composing import passages_by_key
from bot.answering.writing.drafting import ModelWriter
from bot.outcomes import record_of
from bot.wording import Wording
from tests.bot.answering.test_prompting import FORMS, forms
from tests.bot.builders import written_by
from tests.bot.conftest import MORNING, ScriptedVerifier
from tests.bot.modelserver import WITHOUT_END, ModelServer

TURNOUT = "What was the turnout?"
QUOTE = "Turnout was 62.7 per cent"
GOOD = "Turnout was 62.7 per cent, the Electoral Authority said, below its estimate of 64 per cent."
TRIED_IN_VAIN = {"no response_format": 2, "nothing in a form": 2}
"""Requests before the one that such a server answers."""


@pytest.fixture
async def server():
    """Open a model server."""
    async with ModelServer().open() as opened:
        yield opened


@pytest.fixture
async def desk(sample_desk, server):
    """Return the sample desk with a keyless model on that server, and let it write what is true."""
    question = ask(TURNOUT, now=MORNING)
    given = passages_by_key(question, sample_desk.coverage.look(question).evidence)
    key = next(k for k, each in given.items() if QUOTE in each.passage.text)
    line = json.dumps({"say": GOOD, "quotes": [{"key": key, "quote": QUOTE}]})
    server.reply = lambda _body: f"{line}\n"
    chat = chat_model("qwen3:8b", None, server.url, patience=5.0)
    yield written_by(sample_desk, ModelWriter(chat, ScriptedVerifier()))
    await chat.close()


async def answered(desk):
    return await desk.answer(ask(TURNOUT, now=MORNING))


@pytest.mark.parametrize(
    "behaviour",
    [
        *("plain", "no stream_options", "no max_completion_tokens", "no temperature"),
        *("no system role", "finish null", "finish empty", "finish unknown", "usage that grows"),
        *("no json_schema", "no response_format", "keeps to the schema", "nothing in a form"),
    ],
)
async def test_a_server_that_wants_something_else_is_asked_so(desk, server, behaviour):
    """Once more, and from then on at once."""
    server.behaviour = behaviour
    for _ in range(2):
        outcome = await answered(desk)
        assert [claim.text for claim in outcome.claims] == [GOOD]
        assert outcome.written.trouble is None
    assert len(server.bodies) == 2 + TRIED_IN_VAIN.get(behaviour, behaviour.startswith("no "))
    assert {body["model"] for body in server.bodies} == {"qwen3:8b"}


@pytest.mark.parametrize("form", FORMS)
async def test_every_form_of_a_reply_is_a_proven_answer(desk, server, form):
    """Whatever the server lets its model write; what it only thinks is nowhere."""
    good = json.loads(server.reply(None))
    text = forms(good, {"unsaid": "turnout"})[form]
    server.reply = lambda _body: text
    outcome = await answered(desk)
    assert [claim.text for claim in outcome.claims] == [GOOD]
    assert "mayor" not in str(outcome)


@pytest.mark.parametrize("behaviour", sorted(WITHOUT_END))
async def test_a_reply_without_an_end_costs_nothing_of_what_was_proven(desk, server, behaviour):
    """Its end is ours: the answer says why it is not whole, and the connection is closed."""
    server.behaviour = behaviour
    server.pause = 0.01 if behaviour == "writes by the letter" else 0.0
    desk.models.writers[0].chat.reply_limit = 2.0
    began = time.monotonic()
    outcome = await answered(desk)
    assert [claim.text for claim in outcome.claims] == [GOOD]
    assert outcome.written.trouble in {Trouble.TRUNCATED, Trouble.STALLED, Trouble.FORM}
    assert time.monotonic() - began < 30
    while not server.left:
        await asyncio.sleep(0.01)
    assert all(server.left) or behaviour == "writes 10 MB at once"


async def test_one_limit_is_for_all_that_one_answer_asks(desk, server):
    """A model that checks as slowly as it writes has no further two minutes for each check."""
    server.behaviour = "writes by the letter"
    server.pause = 0.01
    writer = desk.models.writers[0]
    writer.chat.reply_limit = 0.5
    meter = Meter()
    for _ in range(3):
        with pytest.raises(ChatError) as caught:
            async for _ in writer.chat.lines([("Read", "this")], meter):
                pass
        assert caught.value.trouble is Trouble.STALLED
    assert len(server.bodies) <= 3
    assert "0 seconds" in caught.value.detail


async def test_a_reply_that_is_compressed_is_not_unpacked(desk, server):
    """It may be a thousand times what it was."""
    server.behaviour = "compresses"
    outcome = await answered(desk)
    assert outcome.written.trouble is not None
    assert outcome.excerpts


async def test_usage_that_grows_is_not_summed(desk, server):
    """The last figure is that of the whole reply."""
    server.behaviour = "usage that grows"
    usage = (await answered(desk)).written.usage
    assert usage.read == 100
    assert usage.wrote < 100


async def test_the_form_is_asked_of_the_server(desk, server):
    """A strict schema: every object is closed, and requires what it has."""
    await answered(desk)
    [body] = server.bodies
    asked = body["response_format"]
    assert asked["type"] == "json_schema"
    assert asked["json_schema"]["strict"]
    objects = list(objects_in(asked["json_schema"]["schema"]))
    assert len(objects) == 3
    for each in objects:
        assert each["additionalProperties"] is False
        assert each["required"] == list(each["properties"])
    assert '{"sentences": [' in body["messages"][0]["content"]
    server.behaviour = "no response_format"
    await answered(desk)
    assert "response_format" not in server.bodies[-1]
    assert '{"sentences": [' not in server.bodies[-1]["messages"][0]["content"]


def objects_in(schema):
    """Yield the objects of a JSON schema, the outer ones first."""
    if schema["type"] == "object":
        yield schema
    for each in [*schema.get("properties", {}).values(), schema.get("items")]:
        if each:
            yield from objects_in(each)


@pytest.mark.parametrize(("tokens", "given"), [(10, 1), (900, range(1, 5)), (10**6, None)])
async def test_coverage_is_cut_to_the_tokens_that_are_set(desk, server, tokens, given):
    """The best passages first, one at least, and the answer says so."""
    writer = desk.models.writers[0]
    less = ModelWriter(writer.chat, writer.verifier, tokens=tokens)
    outcome = await answered(written_by(desk, less))
    [body] = server.bodies
    coverage = json.loads(body["messages"][1]["content"])["coverage"]
    if given is None:
        assert outcome.written.room is None
        return
    assert len(coverage) in ({given} if isinstance(given, int) else given)
    assert outcome.written.room == len(coverage)


async def test_a_small_context_gets_fewer_passages_and_says_so(desk, server):
    """The best ones first."""
    await answered(desk)
    whole = sum(len(each["content"]) for each in server.bodies[0]["messages"])
    server.room = whole // 2
    outcome = await answered(desk)
    assert [claim.text for claim in outcome.claims] == [GOOD]
    assert outcome.written.room in {5, 2, 1}
    notes = Wording.of(outcome.question.language).notes(outcome.written)
    assert any("had room for" in note for note in notes)
    server.room = 10
    outcome = await answered(desk)
    assert isinstance(outcome, Answer)
    assert outcome.written.trouble is Trouble.CONTEXT


@pytest.mark.parametrize(
    ("behaviour", "path", "words"),
    [
        ("an HTML page", "/v1", "OPENAI_BASE_URL"),
        ("an error inside a 200", "/v1", "model runner has stopped"),
        ("plain", "", "OPENAI_BASE_URL"),
        ("no choice", "/v1", "a reason of its own"),
    ],
)
async def test_what_the_server_said_reaches_the_log(desk, server, behaviour, path, words, caplog):
    """On one line, with the setting to look at; members see the same true sentence as ever."""
    server.behaviour = behaviour
    if behaviour == "no choice":
        server.refusal = lambda _body: "a reason of its own"
    base = server.url.removesuffix("/v1") + path
    chat = chat_model("llama3:8b", SecretStr("k"), base, patience=5.0)
    broken = written_by(desk, ModelWriter(chat, ScriptedVerifier()))
    with caplog.at_level(logging.WARNING):
        outcome = await answered(broken)
    await chat.close()
    assert QUOTE in outcome.citations[0].quote
    assert outcome.written.trouble is not None
    assert words in outcome.written.detail
    assert words in record_of(outcome, keep_question=False).detail
    [told] = [each.getMessage() for each in caplog.records if "llama3:8b" in each.getMessage()]
    assert words in told
    assert "\n" not in told
    for language in ("en", "ja"):
        wording = Wording.of(type(outcome.question.language)(language))
        assert "llama3" not in " ".join(wording.notes(outcome.written))


async def test_thoughts_are_never_shown(desk, server):
    """Not even true ones."""
    line = server.reply(None)
    lie = line.replace("62.7 per cent, the", "72.6 per cent, the")
    server.reply = lambda _body: f"<think>{lie}{line}</think>\n{line}"
    outcome = await answered(desk)
    assert [claim.text for claim in outcome.claims] == [GOOD]
    assert outcome.written.dropped == ()


def test_every_way_has_words_by_which_it_is_refused():
    """A server's sentence that names none is no refusal of these."""
    assert set(REFUSAL_WORDS) == set(OptionalPart)
    assert refused_by_message("rate limit reached", set()) is None
    assert refused_by_message("unknown field stream_options", {OptionalPart.USAGE}) is None


@pytest.mark.parametrize(
    "said",
    [
        "This model's maximum context length is 4096 tokens.",
        "the request exceeds the available context size, try increasing it",
        "prompt is too long: 210000 tokens",
        "input is too long for requested model",
    ],
)
def test_a_context_that_is_too_small_is_known_by_its_sentence(said):
    """Whatever the status."""
    assert trouble_of(RuntimeError(said)) is Trouble.CONTEXT

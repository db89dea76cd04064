"""Drafts as a model sends them: line by line, and refused where it refuses."""

import asyncio

import pytest
from langchain_core.language_models import GenericFakeChatModel
from langchain_core.messages import AIMessageChunk
from langchain_core.outputs import ChatGenerationChunk

from bot.answering.chat import Chat, chat_model
from bot.answering.prompting import FOLDER, Prompt
from bot.answering.proving.verifiers import ChatVerifier
from bot.answering.understanding.question import ask
from bot.answering.values import ChatError, DraftQuote, Dropped, Failing, Meter, Sentence, Trouble
from bot.answering.writing.drafting import ModelWriter, Unsaid, parse_line
from bot.answering.writing.drafting import draft_of as understood
from tests.builders import NOW

QUESTION = ask("What was the turnout?", now=NOW)
LINE = '{"say": "Turnout  was 62.7%.", "quotes": [{"key": "k1", "quote": "Turnout was 62.7"}]}'


class Sending(GenericFakeChatModel):
    """Sends given parts, whatever is asked."""

    parts: list[AIMessageChunk]

    async def _astream(self, *_, **__):
        for part in self.parts:
            yield ChatGenerationChunk(message=part)


def sending(*texts, **end):
    """Return a writer whose model sends *texts* and ends as *end* says."""
    parts = [AIMessageChunk(content=text) for text in texts]
    last = AIMessageChunk(content="", **({"response_metadata": {"finish_reason": "stop"}} | end))
    chat = Chat(Sending(messages=iter([]), parts=[*parts, last]), "sending")
    return ModelWriter(chat, ChatVerifier(chat))


async def drafted(writer):
    return [each async for each in writer.draft(QUESTION, {}, Meter())]


async def test_a_sentence_is_whole_when_its_line_is():
    """However the parts are cut, a line is read once, fences and empty lines left out."""
    whole = Sentence("Turnout was 62.7%.", (DraftQuote("k1", "Turnout was 62.7"),))
    assert await drafted(sending("```json\n", LINE[:9], LINE[9:] + "\n\n", LINE, "\n```")) == [
        whole,
        whole,
    ]


@pytest.mark.parametrize(
    "end",
    [
        {"response_metadata": {"finish_reason": "content_filter"}},
        {"additional_kwargs": {"refusal": "I cannot help with that."}},
    ],
)
async def test_a_refusal_is_told_as_one(end):
    """A model that declines has not failed, and has not answered."""
    with pytest.raises(ChatError) as caught:
        await drafted(sending(LINE + "\n", **end))
    assert caught.value.trouble is Trouble.REFUSED


@pytest.mark.parametrize(
    ("text", "metadata"),
    [(LINE, {"finish_reason": "length"}), (LINE[:-3], {}), (LINE[:-3], {"finish_reason": "stop"})],
)
async def test_a_draft_without_its_end_is_broken_off(text, metadata):
    """A stream that stops early raises nothing by itself."""
    with pytest.raises(ChatError) as caught:
        await drafted(sending(text, response_metadata=metadata))
    assert caught.value.trouble is Trouble.TRUNCATED


@pytest.mark.parametrize("reason", [None, "", "eos_token", "completed"])
async def test_a_whole_line_is_one_however_the_server_ends(reason):
    """Some say nothing, or something of their own."""
    metadata = {} if reason is None else {"finish_reason": reason}
    assert await drafted(sending(LINE, response_metadata=metadata))


@pytest.mark.parametrize(
    "line",
    ["", "[]", "Turnout was high.", '{"say": ""}', '{"quotes": []}', '{"say": "x", "quotes": "k"}'],
)
def test_another_form_is_dropped_for_that_reason(line):
    """Nothing is guessed out of a line that is not one."""
    found = understood(parse_line(line))
    assert isinstance(found, Dropped)
    assert found.failing is Failing.FORM


def test_what_the_coverage_leaves_open_is_a_line_of_its_own():
    """The model's way to decline."""
    assert understood(parse_line('{"unsaid": "the cost"}')) == Unsaid("the cost")


@pytest.mark.parametrize("name", ["answer", "check", "mend", "rewrite"])
def test_a_prompt_takes_its_inputs_and_no_others(name):
    """A forgotten input would reach the model as a hole, a wrong one not at all."""
    prompt = Prompt.load(name)
    filled = prompt.filled(**dict.fromkeys(prompt.inputs, "English"))
    assert "{language}" not in filled
    with pytest.raises(ValueError, match=name):
        prompt.filled(nobody="x")
    assert prompt.version >= 1
    assert len(prompt.digest) == 12


def test_every_prompt_is_known():
    """A text in the folder that nothing loads is dead."""
    assert {file.stem for file in FOLDER.glob("*.md")} == {"answer", "check", "mend", "rewrite"}


@pytest.mark.parametrize("name", ["nobody:model", "anthropic:some-model"])
def test_a_provider_that_is_not_installed_is_a_sentence(name):
    """The start says which setting, and what to do."""
    with pytest.raises(Exception, match="CHAT_MODEL"):
        chat_model(name, None, None)


@pytest.mark.parametrize(("first", "kept"), [({"finish_reason": "stop"}, False), ({}, True)])
async def test_a_last_line_without_an_end_counts_where_the_server_never_says_ends(first, kept):
    """A letter that is cut off is no letter, unless this server has never said that it is done."""
    chat = sending(LINE, response_metadata=first).chat
    assert [line async for line in chat.lines([("a", "b")], Meter())] == [LINE]
    chat._model = sending("ab12: S", response_metadata={}).chat._model
    try:
        found = [line async for line in chat.lines([("a", "b")], Meter())]
    except ChatError as error:
        found = [error.trouble]
    assert found == (["ab12: S"] if kept else [Trouble.TRUNCATED])


class SlowToClose(Sending):
    """Sends nothing, and takes a moment to close its connection."""

    waiting: asyncio.Event

    async def _astream(self, *_, **__):
        try:
            self.waiting.set()
            await asyncio.sleep(60)
            yield ChatGenerationChunk(message=AIMessageChunk(content=""))
        finally:
            await asyncio.sleep(0.2)


async def test_a_draft_that_is_stopped_twice_is_only_stopped():
    """As when a process ends while an answer is stopped: no error of our own comes of it."""
    waiting = asyncio.Event()
    chat = Chat(SlowToClose(messages=iter([]), parts=[], waiting=waiting), "slow")
    drafting = asyncio.create_task(drafted(ModelWriter(chat, ChatVerifier(chat))))
    await waiting.wait()
    drafting.cancel()
    await asyncio.sleep(0.05)
    drafting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await drafting

"""From a draft to what people see, with a reader that knows: the fair appear, and no lie."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import pytest
from pydantic import SecretStr

from bot.__main__ import main
from bot.answering import chat
from bot.answering.chat import chat_model
from bot.answering.proving.verifiers import ChatVerifier
from bot.answering.understanding.question import ask
from bot.answering.values import Failing, Trouble
from bot.answering.writing.drafting import ModelWriter
from bot.discord_ui.client import ElectionDeskClient
from tests.bot.answering.claims import labelled
from tests.bot.builders import told_in, written_by
from tests.bot.conftest import MORNING
from tests.bot.discord_ui.reading import seen
from tests.bot.labelled_model import LabelledModel, event, served

SHOWN = 0.9
"""Least share of the fair drafts that appear."""
QUESTIONS = (
    "What was the turnout?",
    "How many seats did Common Field and Harbour win in the final count?",
    "What did Marrowen say about the Lantern Movement?",
    "What did the Wexcombe poll find?",
    "What did Lantern deny about Volstrand?",
    "What happened on Skerrow?",
    "Who won Upper Brennock?",
    "投票率はどうでしたか？",
    "スケロウ島の投票時間はどうなりましたか？",
)
FAIR = {each.line.claim for each in labelled() if each.fair}


@pytest.fixture
def model():
    """Return the model with what it was asked."""
    return LabelledModel()


@pytest.fixture
def url(model):
    """Return where it is served."""
    with served(model) as address:
        yield address


@pytest.fixture
async def desk(sample_desk, url):
    """Return the sample desk with that model as writer and as reader."""
    chat = chat_model("labelled", SecretStr("k"), url)
    writer = ModelWriter(chat, ChatVerifier(chat))
    yield written_by(sample_desk, writer)
    await writer.close()


async def test_the_fair_appear_and_no_lie(desk, model):
    """Over all that was drafted for all questions, in both languages."""
    drafted, shown = set(), set()
    for text in QUESTIONS:
        outcome = await desk.answer(ask(text, now=MORNING))
        shown |= {claim.text for claim in outcome.claims}
        drafted |= shown | {each.text for each in outcome.written.dropped}
    assert len(drafted & FAIR) >= 30
    assert len(drafted - FAIR) >= 60
    assert shown <= FAIR, shown - FAIR
    assert len(shown) >= SHOWN * len(drafted & FAIR), (drafted & FAIR) - shown


async def test_the_reader_is_told_no_question_and_asked_seldom(desk, model):
    """Many sentences go in few requests, and only those that a rule let through."""
    outcome = await desk.answer(ask(QUESTIONS[1], now=MORNING))
    read = [sent for kind, sent in zip(model.asked, model.sent, strict=True) if kind == "check"]
    claims = [claim["claim"] for sent in read for claim in sent["claims"]]
    gated = [each.text for each in outcome.written.dropped if each.failing is Failing.FIGURE]
    assert len(read) < len(claims)
    assert not set(gated) & set(claims)
    assert QUESTIONS[1] not in str(read)


async def test_only_what_failed_travels_again(desk, model):
    """The request to mend has the passages that are cited, not the whole prompt."""
    model.drafts = [each for each in labelled() if each.id in {"E002", "E178"}]
    await desk.answer(ask(QUESTIONS[1], now=MORNING))
    first, last = model.sent[0], model.sent[-1]
    assert model.asked[-1] == "mend"
    assert [each["reason"] for each in last["sentences"]] == ["not_stated"]
    assert len(last["coverage"]) == 1 < len(first["coverage"])


def cut_off(handler):
    """Begin a reply and close the connection."""
    handler.send_response(200)
    handler.send_header("Content-Type", "text/event-stream")
    handler.end_headers()
    handler.wfile.write(event({"content": "S"}))


@pytest.mark.parametrize(
    "breaking",
    [
        lambda handler: handler.send_error(500),
        lambda handler: handler.send_error(401),
        lambda handler: handler.send_error(404),
        lambda handler: handler.connection.close(),
        lambda _handler: time.sleep(1.5),
        cut_off,
    ],
)
async def test_a_reader_that_fails_leaves_quotations(sample_desk, model, url, breaking):
    """Nothing unproven appears, and the note says that nothing was read."""
    model.breaking, model.drafts = breaking, labelled()[:40]
    chat = chat_model("labelled", SecretStr("k"), url, patience=1.0)
    writer = ModelWriter(chat, ChatVerifier(chat))
    outcome = await written_by(sample_desk, writer).answer(ask(QUESTIONS[0], now=MORNING))
    await writer.close()
    assert (outcome.written.writer, outcome.written.trouble) == (None, Trouble.UNREAD)
    assert Failing.UNREAD in {each.failing for each in outcome.written.dropped}
    assert outcome.claims == ()
    assert "62.7 per cent" in outcome.excerpts[0].citation.quote


def test_in_the_terminal(sample_folder, url, monkeypatch, capsys):
    """What is printed is fair, every word."""
    settings = {"CHAT_MODEL": "labelled", "OPENAI_BASE_URL": url, "OPENAI_API_KEY": "k"}
    for name, value in {**settings, "DATA_DIR": str(sample_folder)}.items():
        monkeypatch.setenv(name, value)
    assert main(["ask", QUESTIONS[0]]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert any(fair in said for fair in FAIR)
    assert not any(each.line.claim in said for each in labelled() if not each.fair)


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("Castrel beat Qasteli by 212 votes after a recount.", "none"),
        ("The Assembly meets on 12 November.", "says"),
        ("島の有権者は2870人。", "says"),
    ],
)
def test_a_reader_alone_judges_what_is_looked_up(
    sample_folder, url, monkeypatch, capsys, claim, verdict
):
    """CHECK_MODEL is enough: no model has to write for that."""
    settings = {"CHECK_MODEL": "labelled", "CHECK_BASE_URL": url, "CHECK_API_KEY": "k"}
    for name, value in {**settings, "CHAT_MODEL": "", "DATA_DIR": str(sample_folder)}.items():
        monkeypatch.setenv(name, value)
    assert main(["find", claim, "--json"]) == 0
    [found] = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert found["verdict"] == verdict
    assert found["closest"]


class TestInDiscord:
    """The same in a simulated Discord, whose clock stands still while a client waits."""

    @pytest.fixture
    def simcord_bot(self, monkeypatch, request, tmp_path):
        monkeypatch.setattr(chat, "CHAT", replace(chat.CHAT, retries=0))
        desk = request.getfixturevalue("desk")
        return ElectionDeskClient(told_in(desk, tmp_path))

    @pytest.mark.parametrize("text", [QUESTIONS[0], QUESTIONS[7]])
    async def test_what_is_posted_is_fair(self, simcord_env, text):
        """No draft that people called false is in the message."""
        channel = simcord_env.create_guild("Orvessa").create_text_channel("desk")
        alice = simcord_env.guild.add_member(simcord_env.create_user("alice"))
        said = seen((await alice.slash(channel, "ask", question=text)).response.components)
        assert any(fair in said for fair in FAIR)
        assert not any(each.line.claim in said for each in labelled() if not each.fair)
        assert "labelled" in said

"""A chat model writes inside the gates: a real server, good drafts, and every way to fail."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.__main__ import main
from bot.answering import chat
from bot.answering.proving.verifiers import Finding
from bot.answering.understanding.question import ask
from bot.answering.values import (
    Abstention,
    Answer,
    Claim,
    Exchange,
    Failing,
    Phase,
    Reason,
    Trouble,
    Watch,
    Written,
)
from bot.answering.writing.composing import passages_by_key
from bot.desk import open_desk
from bot.discord_ui.client import ElectionDeskClient
from bot.ledger import Ledger
from bot.settings import BotSettings
from bot.wording import Wording
from ingest.language.languages import Language
from tests.bot.builders import told_in, written_by
from tests.bot.conftest import MORNING, ScriptedVerifier
from tests.bot.discord_ui.reading import seen

TURNOUT = "What was the turnout?"
QUOTE = "Turnout was 62.7 per cent"
GOOD = "Turnout was 62.7 per cent, the Electoral Authority said, below its estimate of 64 per cent."
BAD = "Turnout was 72.6 per cent, the Electoral Authority said."


@pytest.fixture
def desk(sample_desk, writer):
    """Return the sample desk with a model on the mock server."""
    return written_by(sample_desk, writer())


def keys_of(desk, text):
    """Return the key of each passage, as the model will be told it, by a piece of its text."""
    question = ask(text, now=MORNING)
    return passages_by_key(question, desk.coverage.look(question).evidence)


def key(desk, quote, text=TURNOUT):
    return next(k for k, e in keys_of(desk, text).items() if quote in e.passage.text)


def line(desk, say=GOOD, quote=QUOTE, text=TURNOUT, **more):
    return json.dumps(
        {"say": say, "quotes": [{"key": key(desk, quote, text), "quote": quote}], **more}
    )


async def answered(desk, text=TURNOUT, **options):
    return await desk.answer(ask(text, now=MORNING), **options)


async def test_the_model_writes_and_each_sentence_is_proven(desk, llmock):
    """The answer is in the model's words, and its citation in the source's."""
    llmock.reply(line(desk))
    outcome = await answered(desk)
    assert [claim.text for claim in outcome.claims] == [GOOD]
    assert outcome.citations[0].quote == QUOTE
    assert outcome.written.writer == "gpt-mock"
    assert outcome.written.prompt == desk.models.writers[0].prompt.digest
    assert outcome.written.usage.wrote > 0


async def test_an_unproven_sentence_is_asked_for_again_once(desk, llmock):
    """The reason goes back with it, and what comes then stands in its place."""
    llmock.reply("\n".join([line(desk, BAD), line(desk)]))
    llmock.reply(line(desk, "The Electoral Authority said that turnout was 62.7%.", number=0))
    outcome = await answered(desk)
    assert [claim.text[:12] for claim in outcome.claims] == ["The Electora", GOOD[:12]]
    assert [dropped.failing for dropped in outcome.written.dropped] == [Failing.FIGURE]


async def test_what_fails_twice_is_dropped_and_kept_for_the_maintainers(desk, llmock):
    """Readers never see it; the archive keeps why, without the question."""
    llmock.reply("\n".join([line(desk, BAD), line(desk)])).reply(line(desk, BAD, number=0))
    outcome = await answered(desk)
    assert [claim.text for claim in outcome.claims] == [GOOD]
    assert [each.text for each in outcome.written.dropped] == [BAD, BAD]


@pytest.mark.parametrize(
    ("break_it", "trouble"),
    [
        (lambda m: m.rate_limit(times=None, retry_after=0.01), Trouble.BUSY),
        (lambda m: m.fail(500, times=None), Trouble.FAILED),
        (lambda m: m.fail(401, times=None), Trouble.KEY),
        (lambda m: m.fail(404, times=None), Trouble.MODEL),
        (lambda m: m.truncate(after_chunks=3, times=None), Trouble.TRUNCATED),
        (lambda m: m.disconnect(after_chunks=3, times=None), Trouble.CONNECTION),
        (lambda m: m.corrupt(after_chunks=3, times=None), Trouble.MALFORMED),
        (lambda m: m.stall(after_chunks=2, seconds=5.0, times=None), Trouble.STALLED),
        (lambda m: m.reply(" ", times=None), Trouble.EMPTY),
        (lambda m: m.reply("I am sorry, but I cannot.", times=None), Trouble.FORM),
        (lambda m: m.reply('{"answer": "62.7"}', times=None), Trouble.FORM),
        (lambda m: m.reply('{"say": "It was high.", "quotes": []}', times=None), Trouble.UNPROVEN),
    ],
)
async def test_a_model_that_fails_leaves_a_true_message_and_quotations(
    sample_desk, llmock, writer, break_it, trouble
):
    """Whatever breaks, the coverage answers in its own words and says why."""
    break_it(llmock)
    desk = written_by(sample_desk, writer(patience=3.0))
    outcome = await answered(desk)
    assert isinstance(outcome, Answer)
    assert QUOTE in outcome.citations[0].quote
    assert (outcome.written.writer, outcome.written.trouble) == (None, trouble)
    for language in ("en", "ja"):
        [note] = Wording.of(type(outcome.question.language)(language)).notes(outcome.written)
        assert note


@pytest.mark.parametrize(
    ("break_it", "trouble"),
    [
        (lambda m: m.truncate(after_chunks=90), Trouble.TRUNCATED),
        (lambda m: m.disconnect(after_chunks=90), Trouble.CONNECTION),
        (lambda m: m.stall(after_chunks=90, seconds=5.0), Trouble.STALLED),
    ],
)
async def test_what_was_proven_before_a_stream_broke_stays(
    sample_desk, llmock, writer, break_it, trouble
):
    """The answer says that the rest is missing, and is the writer's all the same."""
    desk = written_by(sample_desk, writer(patience=2.0))
    llmock.reply("\n".join([line(desk)] * 40))
    break_it(llmock)
    outcome = await answered(desk)
    assert {claim.text for claim in outcome.claims} == {GOOD}
    assert (outcome.written.writer, outcome.written.trouble) == ("gpt-mock", trouble)
    notes = Wording.default().notes(outcome.written)
    assert Wording.default()("note_broken") in notes


@pytest.mark.parametrize(
    "letters",
    ["N", "C", "A", "S\nN", "All of it is supported.", "", "supported", "SSSS"],
)
async def test_only_a_clear_yes_shows_a_sentence(sample_desk, llmock, writer, letters):
    """Whatever else the reader writes, the coverage answers in its own words."""
    desk = written_by(sample_desk, writer(own=True))
    llmock.reply(line(desk)).reply(letters or " ").reply('{"unsaid": "x"}', times=None)
    outcome = await answered(desk)
    assert outcome.written.writer is None
    assert GOOD not in {claim.text for claim in outcome.claims}
    assert QUOTE in outcome.citations[0].quote
    assert outcome.written.dropped


async def test_the_reader_may_be_another_model(sample_desk, llmock, writer):
    """What one writes another reads."""
    asked = []
    reader = ScriptedVerifier(lambda claim: asked.append(claim.text) or Finding.SUPPORTED)
    desk = written_by(sample_desk, writer(verifier=reader))
    llmock.reply(line(desk))
    assert [claim.text for claim in (await answered(desk)).claims] == [GOOD]
    assert asked == [GOOD]


async def test_a_sentence_that_says_the_question_again_answers_nothing(desk, llmock):
    """A model that has nothing to say is not heard saying it."""
    llmock.reply(line(desk, "What was the turnout")).reply('{"unsaid": "x"}')
    outcome = await answered(desk)
    assert [each.failing for each in outcome.written.dropped] == [Failing.QUESTION]


async def test_what_was_dropped_is_kept_when_everything_was(desk, llmock):
    """Maintainers see it, and it counts against the budget but not against the member."""
    today = MORNING.date()
    before = desk.ledger.spending.of(today), desk.ledger.spending.of(today, "m")
    llmock.reply(line(desk, BAD)).reply(line(desk, BAD, number=0))
    outcome = await desk.answer(ask(TURNOUT, now=MORNING), member="m")
    assert outcome.written.writer is None
    [last] = desk.ledger.answers.last(limit=1)
    assert [each["failing"] for each in last.dropped] == ["figure", "figure"]
    assert last.tokens_written > 0
    after = desk.ledger.spending.of(today), desk.ledger.spending.of(today, "m")
    assert after[0].tokens_written > before[0].tokens_written
    assert after[1].answers == before[1].answers


async def test_a_server_that_is_not_there_is_told(sample_desk, writer):
    """A wrong address ends in quotations as well."""
    lost = writer(base_url="http://127.0.0.1:1/v1")
    outcome = await answered(written_by(sample_desk, lost))
    assert outcome.written.trouble is Trouble.CONNECTION


async def test_another_model_takes_over(sample_desk, llmock, writer):
    """A model that is down costs its time and nothing else."""
    lost = writer("gpt-lost", base_url="http://127.0.0.1:1/v1")
    desk = written_by(sample_desk, lost, writer("gpt-other"))
    llmock.reply(line(desk))
    outcome = await answered(desk)
    assert outcome.written.writer == "gpt-other"
    assert outcome.written.trouble is None


async def test_a_model_may_decline_in_the_question_s_own_words(desk, llmock):
    """What the coverage leaves open is named; words of the model's own are not shown."""
    llmock.reply('{"unsaid": "the turnout"}')
    outcome = await answered(desk)
    assert isinstance(outcome, Abstention)
    assert outcome.written.unsaid == ("the turnout",)
    llmock.reply(line(desk) + '\n{"unsaid": "the secret plan of Arkwell"}')
    assert (await answered(desk)).written.unsaid == ()


async def test_verified_sentences_are_told_as_they_pass(desk, llmock):
    """Phases are honest, and nothing unproven is among what is shown."""
    llmock.reply("\n".join([line(desk), line(desk, BAD)])).reply(line(desk, BAD, number=1))
    told = []
    watch = Watch(
        lambda phase, count: told.append((phase, count)),
        lambda claims: told.append([claim.text for claim in claims]),
    )
    await answered(desk, watch=watch)
    articles = desk.archive.articles.count()
    assert told[0] == (Phase.SEARCHING, articles)
    assert [GOOD] in told
    assert (Phase.CHECKING, 1) in told
    assert BAD not in str(told)


async def test_stopping_keeps_what_was_verified(sample_desk, llmock, writer):
    """The writing ends at once; what stands is marked as stopped."""
    desk = written_by(sample_desk, writer())
    llmock.reply("\n".join([line(desk)] * 40)).stall(after_chunks=60, seconds=4.0)
    watch = Watch()
    watch.claims = lambda _: watch.stop.set()
    outcome = await asyncio.wait_for(answered(desk, watch=watch), 4)
    assert isinstance(outcome, Answer)
    assert outcome.written.stopped
    assert [claim.text for claim in outcome.claims] == [GOOD]


async def test_stopping_before_anything_is_verified_says_so(desk, llmock):
    """There is nothing to show, and that is no abstention on the coverage's account."""
    llmock.stall(after_chunks=1, seconds=4.0, times=None)
    watch = Watch()
    asyncio.get_running_loop().call_later(0.7, watch.stop.set)
    outcome = await answered(desk, watch=watch)
    assert outcome.reason is Reason.STOPPED


@pytest.fixture
def thrifty(sample_folder, llmock, monkeypatch):
    """Open the desk with given limits."""

    def opened(**limits):
        settings = BotSettings.of({"DATA_DIR": str(sample_folder), **limits})
        return open_desk(settings, holder="a test", clock=lambda: MORNING)

    return opened


async def test_a_member_s_limit_leaves_quotations(thrifty, llmock, writer):
    """One member's day does not cost another's."""
    with thrifty(ANSWERS_PER_MEMBER="1") as plain:
        desk = written_by(plain, writer())
        day = {"now": datetime(2026, 12, 1, tzinfo=UTC)}
        question = ask(TURNOUT, **day)
        keys = passages_by_key(question, desk.coverage.look(question).evidence)
        mine = next(k for k, e in keys.items() if QUOTE in e.passage.text)
        good = json.dumps({"say": GOOD, "quotes": [{"key": mine, "quote": QUOTE}]})
        llmock.reply(good, times=None)
        outcomes = [await desk.answer(question, member=who) for who in ("1", "1", "2")]
        assert [each.written.trouble for each in outcomes] == [None, Trouble.MEMBER, None]


async def test_the_day_s_budget_holds(thrifty, llmock, writer):
    """What models may cost is what they cost; then the coverage answers."""
    limits = {"DAILY_BUDGET": "0.000001", "PRICE_INPUT": "1", "PRICE_OUTPUT": "1"}
    with thrifty(**limits) as plain:
        desk = written_by(plain, writer())
        llmock.reply('{"unsaid": "turnout"}', times=None)
        question = ask(TURNOUT, now=datetime(2026, 12, 2, tzinfo=UTC))
        first, second = [await desk.answer(question) for _ in range(2)]
        assert first.written.trouble is None
        assert second.written.trouble is Trouble.BUDGET


async def test_a_follow_up_is_rewritten_from_what_was_verified(desk, llmock):
    """The model may put it better, but may name nobody who was not named."""
    before = Exchange("How many seats did Common Field win?", ("Final count",))
    for written, expected in (
        ("How many seats did Harbour win?", "How many seats did Harbour win?"),
        ("How many seats did Corvin Haldane win?", "How many seats did Harbour win?"),
        ("", "How many seats did Harbour win?"),
    ):
        llmock.reply(written or " ").reply('{"unsaid": "seats"}')
        outcome = await answered(desk, "What about Harbour?", before=before)
        assert outcome.question.text == expected


async def test_a_wrong_provider_is_a_sentence():
    """A model that cannot be opened is told at the start, with what to do."""
    with pytest.raises(Exception, match="CHAT_MODEL"):
        chat.chat_model("nobody:model", None, None)


async def test_what_was_dropped_is_kept_without_the_question(desk, llmock):
    """Maintainers see what the model got wrong and what it cost, not who asked what."""
    llmock.reply("\n".join([line(desk), line(desk, BAD)])).reply(line(desk, BAD, number=1))
    await answered(desk)
    [last] = desk.ledger.answers.last(limit=1)
    assert [each["failing"] for each in last.dropped] == ["figure", "figure"]
    assert (last.writer, last.question) == ("gpt-mock", None)
    assert last.tokens_written > 0
    [cited] = last.citations
    text = desk.archive.articles.versions(cited.article_id)[cited.version - 1].extract.text
    assert text[cited.start_at : cited.end_at] == QUOTE


async def test_who_spent_is_folded_away_after_a_day(sample_desk):
    """What is left of a member's day is a sum of all."""
    archive = sample_desk.archive
    day, later = datetime(2027, 1, 1, tzinfo=UTC).date(), datetime(2027, 1, 3, tzinfo=UTC).date()
    for member in ("a", "a", "b"):
        Ledger.of(archive).spending.add(day, member, 10, 1)
    assert Ledger.of(archive).spending.of(day, "a").answers == 2
    Ledger.of(archive).spending.fold(later)
    assert Ledger.of(archive).spending.of(day, "a").answers == 0
    assert Ledger.of(archive).spending.of(day).tokens_read == 30


FAULTS = {
    "busy": lambda m: m.rate_limit(times=None, retry_after=0.01),
    "key": lambda m: m.fail(401, times=None),
    "model": lambda m: m.fail(404, times=None),
    "failed": lambda m: m.fail(500, times=None),
    "truncated": lambda m: m.truncate(after_chunks=3, times=None),
    "connection": lambda m: m.disconnect(after_chunks=3, times=None),
    "malformed": lambda m: m.corrupt(after_chunks=3, times=None),
    "empty": lambda m: m.reply(" ", times=None),
    "form": lambda m: m.reply("I am sorry.", times=None),
}


WITHOUT = "Answered without the language model"
NOTES = {
    "busy": f"{WITHOUT}, which is too busy at the moment.",
    "key": f"{WITHOUT}, which is not working at the moment.",
    "model": f"{WITHOUT}, which is not working at the moment.",
    "failed": f"{WITHOUT}, which is not working at the moment.",
    "truncated": f"{WITHOUT}, which wrote nothing that can be used.",
    "connection": f"{WITHOUT}, which cannot be reached at the moment.",
    "malformed": f"{WITHOUT}, which is not working at the moment.",
    "empty": f"{WITHOUT}, which wrote nothing that can be used.",
    "form": f"{WITHOUT}: what it wrote could not be checked.",
}
"""What readers are told of each fault: nothing that only a maintainer could do."""
ADVICE = {
    "key": "check its key (OPENAI_API_KEY",
    "model": "has this model, and that OPENAI_BASE_URL",
}
"""What the log advises maintainers to look at."""


@pytest.mark.parametrize("trouble", Trouble)
@pytest.mark.parametrize("language", Language)
def test_no_reader_is_sent_to_a_setting(trouble, language):
    """A note on a fault is one sentence in the reader's language, without a maintainer's words."""
    words = Wording.of(language)
    [note] = words.notes(Written(trouble=trouble))
    assert "_" not in note
    assert len(note) <= 110
    assert words.notes(Written(trouble=trouble), answered=False) == []
    if language is not Language.ENGLISH:
        assert note != Wording.default().notes(Written(trouble=trouble))[0]


@pytest.mark.parametrize("trouble", FAULTS)
def test_in_the_terminal_a_fault_is_a_sentence_and_quotations(
    sample_folder, llmock, monkeypatch, capsys, trouble
):
    """Nobody who asks sees a traceback, or nothing."""
    FAULTS[trouble](llmock)
    settings = {"CHAT_MODEL": "gpt-mock", "OPENAI_BASE_URL": llmock.base_url()}
    for name, value in {**settings, "OPENAI_API_KEY": "k", "DATA_DIR": str(sample_folder)}.items():
        monkeypatch.setenv(name, value)
    assert main(["ask", TURNOUT]) == 0
    printed = capsys.readouterr()
    said, logged = (" ".join(text.split()) for text in (printed.out, printed.err))
    assert QUOTE in said
    assert NOTES[trouble] in said
    if trouble in ADVICE:
        assert ADVICE[trouble] in logged


class TestInDiscord:
    """The same faults in a simulated Discord, whose clock stands still while a client waits.

    So the client tries once only.
    """

    @pytest.fixture
    def simcord_bot(self, monkeypatch, request, tmp_path):
        monkeypatch.setattr(chat, "CHAT", replace(chat.CHAT, retries=0))
        desk = request.getfixturevalue("desk")
        return ElectionDeskClient(told_in(desk, tmp_path))

    @pytest.mark.parametrize("trouble", FAULTS)
    async def test_a_fault_is_a_note_under_quotations(self, simcord_env, llmock, trouble):
        """The message says what happened, and the coverage answers."""
        channel = simcord_env.create_guild("Orvessa").create_text_channel("desk")
        alice = simcord_env.guild.add_member(simcord_env.create_user("alice"))
        FAULTS[trouble](llmock)
        result = await alice.slash(channel, "ask", question=TURNOUT)
        text = seen(result.response.components)
        assert QUOTE in text
        assert NOTES[trouble] in text

    async def test_a_proven_answer_names_its_writer(self, simcord_env, llmock, desk):
        """Readers see that a model wrote, and the quotation that proves it."""
        channel = simcord_env.create_guild("Orvessa").create_text_channel("desk")
        alice = simcord_env.guild.add_member(simcord_env.create_user("alice"))
        llmock.reply(line(desk))
        result = await alice.slash(channel, "ask", question=TURNOUT)
        text = seen(result.response.components)
        assert GOOD in text
        assert f"“{QUOTE}”" in text
        assert "Written by gpt-mock" in text


async def test_what_a_model_writes_of_a_paste_alone_does_not_lead(desk, llmock, monkeypatch):
    """A sentence that a fetched source proves goes before one that nobody has verified."""
    lines = (line(desk, GOOD), line(desk, "Turnout was 62.7 per cent."))
    llmock.reply("\n".join(lines))
    first, second = GOOD, "Turnout was 62.7 per cent."
    outcome = await answered(desk)
    assert [claim.text for claim in outcome.claims] == [first, second]
    monkeypatch.setattr(Claim, "unverified", property(lambda claim: claim.text == first))
    llmock.reply("\n".join(lines))
    outcome = await answered(desk)
    assert [claim.text for claim in outcome.claims] == [second, first]

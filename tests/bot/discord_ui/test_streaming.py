"""An answer while it is being written: what is seen, how often it is edited, who may stop it."""

import asyncio
from dataclasses import replace

import pytest

from bot.answering.understanding.question import ask
from bot.answering.values import Phase, Reason, Watch
from bot.discord_ui import question_message as screens
from bot.discord_ui.asking import Asking
from bot.discord_ui.client import ElectionDeskClient
from bot.discord_ui.question_message import (
    ProgressScreen,
    RunningAnswer,
    RunningAnswers,
    StopButton,
)
from bot.discord_ui.rendering import progress_view
from tests.bot.builders import answering
from tests.bot.discord_ui.builders import NOW, a_model_s_answer, an_abstention
from tests.bot.discord_ui.reading import seen

QUESTION = ask("Will Marrowen govern with the Lantern Movement?", now=NOW)
CLAIMS = a_model_s_answer().claims


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """Show progress without the grace that quick answers have."""
    monkeypatch.setattr(screens, "PACE", replace(screens.PACE, defer_seconds=0.0))


async def test_what_is_verified_is_shown_as_it_comes():
    """Phases are told, claims appear, and the newest state wins over those between."""
    shown = []

    async def show(view):
        shown.append(seen(view))

    async with ProgressScreen(QUESTION, show, repeat=True, key="0" * 12, interval=0.05) as screen:
        screen.watch.phase(Phase.SEARCHING, 1991)
        await asyncio.sleep(0.02)
        for count in range(len(CLAIMS) + 1):
            screen.watch.claims(CLAIMS[:count])
        await asyncio.sleep(0.12)
    assert "Searching 1,991 articles…" in shown[0]
    assert CLAIMS[-1].text[:30] in shown[-1]
    assert QUESTION.text in shown[-1]
    assert len(shown) < len(CLAIMS) + 3


async def test_an_edit_that_has_begun_is_never_cancelled():
    """A slow Discord holds up neither the writing nor the end, and no edit is cut off."""
    ended = []

    async def slow(_view):
        await asyncio.sleep(0.15)
        ended.append(True)

    async with ProgressScreen(QUESTION, slow, repeat=False, key="0" * 12, interval=0.01) as screen:
        screen.watch.phase(Phase.WRITING, 10)
        await asyncio.sleep(0.05)
        for _ in range(100):
            screen.watch.claims(CLAIMS)
    assert ended == [True]


async def test_progress_that_cannot_be_shown_costs_only_itself(caplog):
    """The answer comes all the same."""
    from unittest.mock import MagicMock

    import discord

    async def broken(_view):
        raise discord.HTTPException(MagicMock(status=500, reason="down"), "down")

    async with ProgressScreen(
        QUESTION, broken, repeat=False, key="0" * 12, interval=0.01
    ) as screen:
        screen.watch.phase(Phase.WRITING, 10)
        await asyncio.sleep(0.03)
    assert "Discord refused a progress update" in caplog.text


def test_only_the_asker_and_moderators_stop():
    """Everyone else, and whoever comes too late, gets a sentence."""
    watch = ProgressScreen(QUESTION, None, repeat=False, key="0" * 12).watch
    runs = RunningAnswers({"0" * 12: RunningAnswer(1, watch)})
    assert runs.stop("0" * 12, 2, moderates=False) == "stop_not_yours"
    assert runs.stop("f" * 12, 1, moderates=False) == "stop_too_late"
    assert not watch.stop.is_set()
    assert runs.stop("0" * 12, 2, moderates=True) is None
    assert watch.stop.is_set()


async def slow_answer(question, watch=None, *, member="", before=None):
    """Write until somebody stops it."""
    watch.phase(Phase.WRITING, 10)
    watch.claims(CLAIMS[:1])
    await asyncio.wait_for(watch.stop.wait(), 10)
    return an_abstention(Reason.STOPPED)


class TestInDiscord:
    """The button, in the simulated Discord."""

    @pytest.fixture
    def simcord_bot(self, desk):
        return ElectionDeskClient(answering(desk, slow_answer))

    async def test_the_asker_stops_the_writing(self, simcord_env, channel, alice):
        """The button stands under what is verified so far, and the end lands in its place."""
        asking: Asking = simcord_env.bot.asking
        task = asyncio.create_task(alice.slash(channel, "ask", question=QUESTION.text))
        for _ in range(200):
            await asyncio.sleep(0.02)
            edits = [r for r in simcord_env.http_requests if r.path.endswith("@original")]
            if edits:
                break
        assert "desk:stop:" in str(edits[-1].json)
        [key] = asking.runs.running
        assert asking.runs.stop(key, alice.id, moderates=False) is None
        result = await task
        assert "Stopped before anything could be verified." in seen(result.response.components)
        assert asking.runs.running == {}

    @pytest.mark.parametrize("running", [True, False])
    async def test_the_button_answers_whoever_presses_it(
        self, simcord_env, channel, alice, running
    ):
        """The asker stops it; after a restart, or too late, there is a kind sentence."""
        key, watch = "a" * 12, Watch()
        if running:
            simcord_env.bot.asking.runs.running[key] = RunningAnswer(alice.id, watch)
        view = progress_view(QUESTION, "Writing…", (), ask=True, stop=StopButton(key))
        message = await simcord_env.bot.get_channel(channel.id).send(view=view)
        result = await alice.click(message, custom_id=f"desk:stop:{key}")
        assert watch.stop.is_set() is running
        if not running:
            assert "nothing left to stop" in seen(result.response.components)

    async def test_nobody_else_stops_it(self, simcord_env, channel, alice):
        """Another member's press changes nothing and says why, to that member alone."""
        key, watch = "b" * 12, Watch()
        simcord_env.bot.asking.runs.running[key] = RunningAnswer(alice.id + 1, watch)
        view = progress_view(QUESTION, "Writing…", (), ask=True, stop=StopButton(key))
        message = await simcord_env.bot.get_channel(channel.id).send(view=view)
        result = await alice.click(message, custom_id=f"desk:stop:{key}")
        assert not watch.stop.is_set()
        assert "Only whoever asked" in seen(result.response.components)

"""How far it is from where something comes in to where it is looked up or kept."""

from __future__ import annotations

import asyncio
import inspect
import sys
import time
from pathlib import Path

import bot
from bot.discord_ui.asking import Asking
from bot.discord_ui.members.ask import suggested_question_buttons
from bot.discord_ui.members.controls import buttons_under
from bot.discord_ui.places import Audience, Place
from ingest.archive import Archive
from ingest.archive.articles import Articles
from ingest.index.index import Index
from ingest.model import Permission
from ingest.refresh import Refresher
from tests.builders import NOW
from tests.ingest.newsroom import Newsroom, story

ROOT = Path(bot.__file__).parents[1]
ROOMS = (str(ROOT / "bot"), str(ROOT / "ingest"))
ASIDE = str(ROOT / "ingest" / "process" / "threads.py")
MOST_TO_THE_INDEX, MOST_TO_THE_ARCHIVE = 5, 6
PATIENCE = 10.0


def ours(file):
    """Tell whether a frame is of the project, and no mere change of thread."""
    return file.startswith(ROOMS) and file != ASIDE


def awaiting(coroutine):
    """Name the coroutines of ours that wait for each other, the outermost first."""
    while coroutine is not None:
        if hasattr(coroutine, "cr_code"):
            if ours(coroutine.cr_code.co_filename):
                yield coroutine.cr_code.co_qualname
            coroutine = coroutine.cr_await
        else:
            coroutine = None


def waits_for_thread(coroutine):
    """Return True if a coroutine waits for the end of work in a thread, directly or not."""
    while hasattr(coroutine, "cr_code"):
        if coroutine.cr_code.co_name == asyncio.to_thread.__name__:
            return True
        coroutine = coroutine.cr_await
    return False


def here():
    """Name the frames of ours on this thread's stack, the outermost first."""
    frame, found = sys._getframe(2), []
    while frame is not None:
        if ours(frame.f_code.co_filename):
            found.append(frame.f_code.co_qualname)
        frame = frame.f_back
    return found[::-1]


class Way:
    """Follows one coroutine, and notes by which frames a method is reached."""

    def __init__(self, patch, owner, method):
        self.coroutine, self.loop, self.frames = None, None, None
        work = getattr(owner, method)

        def noting(*given, **named):
            if self.frames is None:
                self.wait_until_suspended()
                stack = here()
                tasks = [task.get_coro() for task in asyncio.all_tasks(self.loop)]
                beside = [list(awaiting(task)) for task in tasks if waits_for_thread(task)]
                longest = max(beside, key=len, default=[])
                waiting = dict.fromkeys([*awaiting(self.coroutine), *longest])
                self.frames = [*(each for each in waiting if each not in stack), *stack]
            return work(*given, **named)

        patch.setattr(owner, method, noting)

    def wait_until_suspended(self):
        """Wait until the coroutine waits: a thread can reach the method before that."""
        until = time.monotonic() + PATIENCE
        while inspect.getcoroutinestate(self.coroutine) == inspect.CORO_RUNNING:
            assert time.monotonic() < until
            time.sleep(0.001)

    async def follow(self, coroutine):
        """Run it to its end."""
        self.coroutine, self.loop = coroutine, asyncio.get_running_loop()
        return await coroutine


async def test_a_question_passes_five_frames_to_the_index(sample_desk, monkeypatch):
    """Whoever reads one way through the code has read them all: Discord's is the longest."""
    asking = Asking(sample_desk, buttons_under, suggested_question_buttons)
    question = asking.question("What was the turnout?")

    async def show(_view):
        return None

    way = Way(monkeypatch, Index, "matching")
    reply = await way.follow(
        asking.ask(question, 1, audience=Audience(Place(1, 2)), repeat=False, show=show)
    )
    assert "62.7" in str(reply.view.to_components())
    assert way.frames == ["Asking.ask", "Desk.answer", "answer", "Coverage.look", "search"]
    assert len(way.frames) <= MOST_TO_THE_INDEX


async def test_an_article_passes_six_frames_to_the_archive(tmp_path, monkeypatch):
    """From a source that is due to the one transaction that keeps its article."""
    with Archive.open(f"sqlite:///{tmp_path / 'archive.sqlite3'}") as archive:
        async with Newsroom().open() as web:
            web.page("http://ledger.example/1", "Ward 1 decides", story(1))
            web.feed("http://ledger.example/feed.xml", [("http://ledger.example/1", "Ward 1")])
            source = archive.sources.watch(
                "http://ledger.example/feed.xml", "Ledger", Permission.UNSTATED, 60, now=NOW
            )
            async with web.fetcher() as fetcher:
                way = Way(monkeypatch, Articles, "save_many")
                await way.follow(Refresher(archive, fetcher, lambda: NOW).refresh([source]))
        assert archive.articles.count() == 1
    assert len(way.frames) <= MOST_TO_THE_ARCHIVE, way.frames

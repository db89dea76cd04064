"""Several processes, and processes that die: nothing is lost, nothing is doubled."""

import json
import os
import random
import signal
import subprocess
import sys
import time

from bot.answering.answer import answer_now
from bot.answering.understanding.question import ask
from bot.answering.values import Answer
from bot.desk import open_desk
from bot.settings import BotSettings
from tests.builders import NOW

KILLS = int(os.environ.get("KILLS", "2"))
"""How often an ingest is killed; ``KILLS=20`` for a thorough run."""
COUNT = 100
"""How many articles it saves: many times what it can before it is killed."""


def write_articles(path, count, *, prefix="Wexcombe"):
    lines = (
        {
            "title": f"{prefix} council, part {i}",
            "url": f"https://courier.example/{prefix}/{i}",
            "published": "2026-10-20",
            "text": f"The {prefix} council met for the {i}th time. "
            + f"It spent {i} crowns on lamp number {i} and debated the harbour wall. " * 12,
        }
        for i in range(count)
    )
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return path


def start(environment, *arguments):
    command = [sys.executable, "-m", "ingest", *map(str, arguments)]
    quiet = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(
        command, env={**os.environ, "EMBEDDING_MODEL": "fast", **environment}, text=True, **quiet
    )


def test_an_ingest_that_is_killed_goes_on_where_it_was(tmp_path):
    """After any kill -9, archive and index agree once the same command has run again."""
    environment = {"DATA_DIR": str(tmp_path / "data")}
    file = write_articles(tmp_path / "articles.jsonl", COUNT)
    chance = random.Random(7)
    for _ in range(KILLS):
        victim = start(environment, "add", file)
        time.sleep(chance.uniform(1.0, 4.5))
        victim.send_signal(signal.SIGKILL)
        victim.communicate()
    last = start(environment, "add", file, "--json")
    said, problems = last.communicate()
    assert last.returncode == 0, problems
    assert json.loads(said)["failed"] == 0
    with open_desk(BotSettings.of(environment), holder="a test", clock=lambda: NOW) as desk:
        summary = desk.archive.summary()
        assert not desk.coverage.index.upkeep.is_behind()
        assert summary.articles == summary.versions == COUNT
        passages = desk.archive.passages.count()
        assert desk.coverage.index.shelf.counts() == (passages, passages)


def test_a_command_saves_while_the_bot_owns_the_index(tmp_path):
    """The owner cites the new article without being restarted; it looks every two seconds."""
    environment = {"DATA_DIR": str(tmp_path / "data")}
    file = write_articles(tmp_path / "articles.jsonl", 3)
    question = ask("How many crowns did the Wexcombe council spend on lamp number 2?", now=NOW)
    with open_desk(BotSettings.of(environment), holder="the bot", clock=lambda: NOW) as desk:
        command = start(environment, "add", file)
        said, problems = command.communicate()
        assert command.returncode == 0, problems
        assert "the bot" in said
        desk.coverage.catch_up()
        outcome = answer_now(question, desk.coverage)
    assert isinstance(outcome, Answer)
    assert "2 crowns" in outcome.citations[0].quote


def test_a_second_owner_is_told_who_is_first(tmp_path):
    """A search that cannot have the index is one sentence, not a wrong answer."""
    environment = {"DATA_DIR": str(tmp_path / "data")}
    with open_desk(BotSettings.of(environment), holder="the bot", clock=lambda: NOW):
        command = start(environment, "search", "lamp")
        said, problems = command.communicate()
    assert (command.returncode, said) == (1, "")
    assert "the bot" in problems
    assert "Traceback" not in problems


def test_two_ingest_and_one_searches_at_once_on_servers(tmp_path, postgres_url, chroma_url):
    """Beyond one machine any process writes and any searches, and nothing is lost."""
    servers = {"DATABASE_URL": postgres_url, "CHROMA_URL": chroma_url}
    homes = [{**servers, "DATA_DIR": str(tmp_path / name)} for name in ("one", "two", "three")]
    writers = [
        start(home, "add", write_articles(tmp_path / f"{name}.jsonl", 60, prefix=name))
        for home, name in zip(homes, ("Ivrelle", "Brennock"), strict=False)
    ]
    with open_desk(BotSettings.of(homes[2]), holder="the searcher", clock=lambda: NOW) as desk:
        while any(writer.poll() is None for writer in writers):
            desk.coverage.catch_up()
            answer_now(ask("What did the council debate?", now=NOW), desk.coverage)
        for writer in writers:
            _, problems = writer.communicate()
            assert writer.returncode == 0, problems
        desk.coverage.catch_up()
        summary = desk.archive.summary()
        assert summary.articles == 120
        passages = desk.archive.passages.count()
        assert desk.coverage.index.shelf.counts() == (passages, passages)

"""A desk over the sample coverage, as it stood on a morning in November 2026."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from bot.answering.chat import chat_model
from bot.answering.proving.verifiers import ChatVerifier, Finding
from bot.answering.writing.drafting import ModelWriter
from bot.desk import open_desk
from bot.settings import BotSettings
from tests.bot.builders import read_sample_into

MORNING = datetime(2026, 11, 2, 9, tzinfo=UTC)


@pytest.fixture(scope="session")
def read_folder(made_once):
    """Read the sample coverage into a folder, once for all workers; for copies of it."""
    return made_once("sample", lambda folder: read_sample_into(folder, now=MORNING))


@pytest.fixture(scope="session")
def sample_folder(read_folder, tmp_path_factory):
    """Return a copy that the tests share."""
    return shutil.copytree(read_folder, tmp_path_factory.mktemp("desk") / "data")


@pytest.fixture
def sample_desk(sample_folder):
    """Open a desk over that folder."""
    settings = BotSettings.of({"DATA_DIR": str(sample_folder)})
    with open_desk(settings, holder="a test", clock=lambda: MORNING) as desk:
        yield desk


class ScriptedVerifier:
    """Reads each claim as *reads* says; a reader for tests of whatever is not the reader."""

    name, judges = "scripted", True

    def __init__(self, reads=lambda _claim: Finding.SUPPORTED):
        self.reads = reads

    async def verify(self, proposed, _meter):
        return [self.reads(each.claim) for each in proposed]

    async def close(self):
        """Nothing is open."""


@pytest.fixture
async def writer(llmock):
    """Return a maker of writers on the mock server; each is closed behind the test.

    Unless it is given another *verifier*, what passes the gates is taken for supported.
    """
    made = []

    def make(name="gpt-mock", patience=5.0, base_url=None, verifier=None, own=False):
        url = base_url or llmock.base_url()
        chat = chat_model(name, SecretStr("k"), url, patience=patience)
        made.append(
            ModelWriter(chat, ChatVerifier(chat) if own else verifier or ScriptedVerifier())
        )
        return made[-1]

    yield make
    for each in made:
        await each.close()

"""Each part is tried, and each line says how it is or what to do."""

import json

import pytest

from bot.__main__ import main
from ingest.index import cutting
from tests.bot.modelserver import ModelServer


@pytest.fixture
def here(sample_folder, monkeypatch):
    """Use the desk of the sample coverage."""
    monkeypatch.setenv("DATA_DIR", str(sample_folder))
    monkeypatch.setenv("EMBEDDING_MODEL", "local")
    return monkeypatch


def told(capsys):
    """Return what was printed, a line each, by its part."""
    return {each["part"]: each for each in map(json.loads, capsys.readouterr().out.splitlines())}


def test_a_desk_that_is_well_says_so(here, capsys):
    """Nothing is set but the folder."""
    assert main(["doctor", "--json"]) == 0
    found = told(capsys)
    assert all(each["well"] for each in found.values())
    assert "articles" in found["archive"]["said"]
    assert "holds everything" in found["index"]["said"]
    assert "rebuild" not in found["index"]["said"]
    assert "dimensions" in found["embedding"]["said"]
    assert "own words" in found["models"]["said"]


def test_an_index_of_an_earlier_release_is_well_and_to_be_rebuilt(here, capsys):
    """It serves on by the rules that cut it."""
    here.setattr(cutting, "SPLITTER", cutting.SPLITTER + 1)
    assert main(["doctor", "--json"]) == 0
    found = told(capsys)
    assert "ingest rebuild" in found["index"]["said"]


def test_what_is_bad_is_named_with_what_to_do(here, capsys):
    """One bad part keeps none of the others from being tried, and the command fails."""
    here.setenv("CHAT_MODEL", "llama3:8b")
    here.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9")
    assert main(["doctor", "--json"]) == 1
    found = told(capsys)
    assert not found["writer"]["well"]
    assert "OPENAI_BASE_URL" in found["writer"]["said"]
    assert found["archive"]["well"]
    assert found["embedding"]["well"]


def test_an_endpoint_that_does_not_embed_is_named(here, tmp_path, capsys):
    """An empty desk is well otherwise."""
    here.setenv("DATA_DIR", str(tmp_path))
    here.setenv("EMBEDDING_MODEL", "nomic-embed-text")
    here.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    assert main(["doctor"]) == 1
    out = " ".join(capsys.readouterr().out.split())
    assert "bad embedding" in out
    assert "ok archive it holds no article yet" in out


async def test_a_model_that_answers_is_timed(here, capsys):
    """It is asked for one word."""
    from bot.answering.chat import chat_model
    from bot.commands.doctor import chat_findings

    async with ModelServer().open() as server:
        server.reply = lambda _body: "OK"
        found = await chat_findings("writer", chat_model("qwen3:8b", None, server.url))
    assert found.well
    assert "qwen3:8b answers in" in found.said

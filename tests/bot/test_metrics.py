"""What Prometheus is told."""

import json
import re
from pathlib import Path

import pytest
from prometheus_client import generate_latest

from bot import metrics
from bot.answering.chat import chat_model
from bot.answering.understanding.question import ask
from bot.answering.writing.drafting import ModelWriter
from bot.metrics import ArchiveCollector, Metrics, served
from ingest.archive import Archive
from ingest.errors import ArchiveError, SettingsError
from ingest.model import Permission
from tests.bot.builders import written_by
from tests.bot.conftest import MORNING, ScriptedVerifier
from tests.bot.modelserver import ModelServer


def told(found):
    """Return the lines of figures by name and labels."""
    lines = generate_latest(found.registry).decode().splitlines()
    pairs = (line.rpartition(" ") for line in lines if not line.startswith("#"))
    return {name: float(value) for name, _, value in pairs}


async def test_answers_and_calls_are_counted_by_how_they_ended(sample_desk):
    """A call that failed and one that wrote nothing true count beside the answer."""
    async with ModelServer().open() as server:
        chat = chat_model("qwen3:8b", None, server.url, patience=5.0)
        desk = written_by(sample_desk, ModelWriter(chat, ScriptedVerifier()))
        server.reply = lambda _body: json.dumps({"unsaid": "turnout"})
        await desk.answer(ask("What was the turnout?", now=MORNING))
        server.behaviour = "an error inside a 200"
        await desk.answer(ask("What was the turnout?", now=MORNING))
        await chat.close()
    found = told(desk.metrics)
    assert found['election_desk_model_calls_total{end="ok",model="qwen3:8b"}'] >= 1
    assert found['election_desk_model_calls_total{end="failed",model="qwen3:8b"}'] == 1
    assert found['election_desk_stage_seconds_count{stage="whole"}'] == 2
    assert sum(n for k, n in found.items() if k.startswith("election_desk_questions_total")) == 2
    assert "election_desk_tokens_total" in " ".join(found)


def test_what_is_kept_is_read_when_somebody_looks(sample_desk, monkeypatch):
    """An archive that cannot be read leaves the other figures."""
    found = Metrics()
    found.registry.register(ArchiveCollector(sample_desk.archive, lambda: MORNING))
    assert told(found)["election_desk_articles"] == sample_desk.archive.articles.count()
    assert told(found)["election_desk_index_passages_waiting"] == 0

    def broken(self):
        raise ArchiveError("busy")

    monkeypatch.setattr(type(sample_desk.archive.articles), "count", broken)
    assert "election_desk_articles" not in told(found)


def test_it_listens_on_this_machine_alone_unless_told(sample_desk, monkeypatch):
    """A port by itself is loopback's."""
    asked = []
    start = metrics.start_http_server

    def started(port, host, registry):
        asked.append(host)
        return start(0, host, registry=registry)

    monkeypatch.setattr(metrics, "start_http_server", started)
    with served(Metrics(), sample_desk.archive, lambda: MORNING, "9464"):
        pass
    assert asked == ["127.0.0.1"]


def test_nothing_listens_where_nothing_is_set(sample_desk):
    """Off by default."""
    with served(Metrics(), sample_desk.archive, lambda: MORNING, None):
        pass


@pytest.mark.parametrize("place", ["nonsense", "99999", "no.such.host.example:9464"])
def test_a_port_that_cannot_be_is_a_sentence(sample_desk, place):
    """It names the setting."""
    with (
        pytest.raises(SettingsError, match=f"METRICS_PORT={place}"),
        served(Metrics(), sample_desk.archive, lambda: MORNING, place),
    ):
        pass


def test_the_dashboard_shows_every_figure_and_no_other(archive_url):
    """What Grafana asks for is what is served, by names and labels, and nothing is left out."""
    registry = Metrics().registry
    with Archive.open(archive_url) as archive:
        watch = ("http://ledger.example/feed", "Ledger", Permission.OFFERED, 60)
        archive.sources.watch(*watch, now=MORNING)
        registry.register(ArchiveCollector(archive, lambda: MORNING))
        served = {each.name for each in registry.collect()}
    board = json.loads((Path(__file__).parents[2] / "deploy" / "grafana.json").read_text())
    asked = " ".join(t["expr"] for panel in board["panels"] for t in panel["targets"])
    names = re.findall(r"election_desk_\w+", asked)
    assert {re.sub(r"_(total|bucket)$", "", name) for name in names} == served
    grouped = {label for by in re.findall(r"by \(([^)]+)\)", asked) for label in by.split(", ")}
    assert grouped <= {"outcome", "stage", "le", "model", "end", "direction", "source", "outlet"}

"""An embedding endpoint that is well, then bad, then well again: nothing is lost, all is found."""

import gzip
import json
import threading
import time
import zlib
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from bot.answering.answer import answer_now
from bot.answering.understanding.question import ask
from bot.answering.values import Answer
from bot.desk import open_desk
from bot.ledger.records import PendingQuestion, Suggestion
from bot.settings import BotSettings
from bot.wording import Wording
from ingest.__main__ import main as ingest
from ingest.archive import Archive
from ingest.errors import EmbeddingError
from ingest.index import stores
from ingest.index.cutting import terms
from ingest.index.embedding import digest_of
from ingest.index.rebuilding import faults, repair
from ingest.model import Snapshot, SnapshotLimits
from tests.builders import NOW, an_extract, saved
from tests.loopback import JsonHandler, served

LENGTH = 48
QUESTION = "What was the turnout?"
LATER = "The ferry to Holm was taken out of service on Friday, the harbour office said in a notice."


def vector(text, length=LENGTH):
    """Embed a text by the hashes of its words."""
    found = np.zeros(length)
    for term in terms(text) or ["-"]:
        found[zlib.crc32(term.encode()) % length] += 1.0
    return found.tolist()


BAD = {
    "an error": lambda _texts: (500, []),
    "not figures": lambda texts: (200, [[float("nan")] * LENGTH] * len(texts)),
    "nought": lambda texts: (200, [[0.0] * LENGTH] * len(texts)),
    "another length": lambda texts: (200, [vector(text, 64) for text in texts]),
    "too few": lambda texts: (200, [vector(text) for text in texts[1:]]),
    "a refusal": lambda _texts: (401, []),
}


@pytest.fixture
def endpoint():
    """Serve OpenAI's embeddings call as ``reply(texts)`` says."""

    class Handler(JsonHandler):
        reply = staticmethod(lambda texts: (200, [vector(text) for text in texts]))
        numbered = staticmethod(lambda count: list(range(count)))
        way = ""

        def answer(self, body):
            status, vectors = type(self).reply(body["input"])
            numbers = type(self).numbered(len(vectors))
            if numbers and numbers[0] == len(vectors) - 1:
                vectors = vectors[::-1]
            data = [
                {"object": "embedding", "index": i, "embedding": v}
                for i, v in zip(numbers, vectors, strict=True)
            ]
            usage = {"prompt_tokens": 1, "total_tokens": 1}
            body = {"object": "list", "model": "m", "data": data, "usage": usage}
            raw = json.dumps(body if status == 200 else {"error": {"message": "no"}}).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            if self.way == "compressed":
                self.send_header("Content-Encoding", "gzip")
                raw = gzip.compress(raw + b" " * 10_000_000)
            if self.way != "endless":
                self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)
            with suppress(OSError):
                while self.way == "endless":
                    self.wfile.write(b" " * 1_000_000)

    with served(Handler) as url:
        yield Handler, url


@pytest.fixture
def desk(endpoint, tmp_path, monkeypatch):
    """Open a desk whose vectors come from the endpoint, with one article in its index."""
    monkeypatch.setattr(stores, "PATIENCE", replace(stores.PATIENCE, retry_seconds=0.3))
    _, url = endpoint
    settings = BotSettings.of(
        {"DATA_DIR": str(tmp_path), "EMBEDDING_MODEL": "m", "OPENAI_BASE_URL": url}
    )
    with open_desk(settings, holder="a test", clock=lambda: NOW) as opened:
        saved(opened.archive, an_extract())
        opened.coverage.catch_up()
        yield opened


def answered(desk, text=QUESTION):
    return answer_now(ask(text, now=NOW), desk.coverage)


@pytest.mark.parametrize("reply", BAD.values(), ids=BAD)
def test_words_answer_while_the_endpoint_is_bad_and_nothing_is_lost(desk, endpoint, reply):
    """The answer says so; what came meanwhile is found as soon as the endpoint is well."""
    handler, _ = endpoint
    well = handler.reply
    assert not answered(desk).written.by_words
    handler.reply = staticmethod(reply)
    outcome = answered(desk, "How many seats did the Harbour Alliance win?")
    assert isinstance(outcome, Answer)
    assert "46 seats" in outcome.excerpts[0].citation.quote
    assert outcome.written.by_words
    notes = Wording.of(outcome.question.language).notes(outcome.written)
    assert any("not meaning" in note for note in notes)
    saved(desk.archive, an_extract(LATER, title="Ferry to Holm stops", url="https://c.example/h"))
    with pytest.raises(EmbeddingError):
        desk.coverage.index.upkeep.catch_up()
    assert "ferry" in answered(desk, "What happened to the Holm ferry?").excerpts[0].citation.quote
    handler.reply = staticmethod(well)
    time.sleep(0.4)
    desk.coverage.index.upkeep.catch_up()
    found = answered(desk, "Was the ferry taken out of service?")
    assert not found.written.by_words
    assert "ferry" in found.excerpts[0].citation.quote
    assert not faults(desk.coverage.index)


def test_what_has_expired_goes_although_nothing_is_embedded(desk, endpoint, monkeypatch):
    """On day 60 nobody's hash and nobody's question stand there any more."""
    handler, _ = endpoint
    handler.reply = staticmethod(BAD["a refusal"])
    number = desk.ledger.questions.add(PendingQuestion(NOW, "7", QUESTION, "en", "a member"))
    desk.ledger.suggestions.add(Suggestion(NOW, "5", "a member", "a", address="a"))
    saved(desk.archive, an_extract(LATER, title="Ferry to Holm stops", url="https://c.example/h"))
    limits = SnapshotLimits(desk.settings.snapshot_days, desk.settings.snapshot_mb)
    desk.archive.snapshots.keep({(1, 1): Snapshot(b"a page", "a digest")}, limits, now=NOW)
    desk.community.clock = lambda: NOW + timedelta(days=60)
    assert desk.archive.snapshots.get(1, 1)
    looks = []
    monkeypatch.setattr(type(desk.news.quiet), "look", lambda quiet: looks.append(quiet))
    with pytest.raises(EmbeddingError):
        desk.keep_house()
    assert desk.archive.snapshots.get(1, 1) is None
    assert desk.ledger.questions.take(number) is None
    assert desk.ledger.suggestions.count_since("a member", NOW) == 0
    assert looks == [desk.news.quiet]


def test_vectors_are_taken_by_their_numbers(desk, endpoint):
    """A server may send them in any order, for it says which is which."""
    handler, _ = endpoint
    handler.numbered = staticmethod(lambda count: list(reversed(range(count))))
    texts = ["The ferry sails.", "A tax rises.", "Ballots are counted."]
    embedder = desk.coverage.index.embedder
    for text, found in zip(texts, embedder.passages(texts), strict=True):
        wanted = np.asarray(vector(text), np.float32)
        assert np.allclose(found, wanted / np.linalg.norm(wanted), atol=1e-5)
    handler.numbered = staticmethod(lambda count: [0] * count)
    assert np.allclose(embedder.passages(texts), [embedder.question(t) for t in texts])
    handler.numbered = staticmethod(lambda count: [0, 0, *range(2, count)])
    with pytest.raises(EmbeddingError, match="nobody can tell which text each is of"):
        embedder.passages(texts)


@pytest.mark.parametrize("way", ["endless", "compressed"])
def test_a_reply_has_an_end(desk, endpoint, way, monkeypatch):
    """A server that pours, or packs, is given up."""
    handler, _ = endpoint
    handler.way = way
    monkeypatch.setattr("openai._constants.INITIAL_RETRY_DELAY", 0.01)
    with pytest.raises(EmbeddingError):
        desk.coverage.index.embedder.passages(["The ferry sails."])


def test_an_endpoint_that_stalls_costs_two_seconds_once(desk, endpoint, monkeypatch):
    """Those who ask meanwhile wait for nothing."""
    patience = replace(stores.PATIENCE, retry_seconds=30.0, question_seconds=0.5)
    monkeypatch.setattr(stores, "PATIENCE", patience)
    handler, _ = endpoint
    stopped = threading.Event()

    def stalling(texts):
        stopped.wait(20)
        return 500, []

    handler.reply = staticmethod(stalling)
    assert answered(desk, "What was the turnout of voters?").written.by_words
    asked = []
    monkeypatch.setattr(desk.coverage.index._memory, "question", asked.append)
    assert answered(desk, "How many seats did Harbour win?").written.by_words
    assert asked == []
    stopped.set()


def test_figures_that_are_none_in_the_cache_are_found_and_mended(desk):
    """A release before this one kept whatever a server sent."""
    [[standing]] = desk.coverage.index.upkeep.expected()
    digests = desk.archive.embeddings.get(desk.coverage.index.embedder.model, digests_of(standing))
    bad = {key: np.full(LENGTH, np.nan, "<f4").tobytes() for key in digests}
    desk.archive.embeddings.drop(desk.coverage.index.embedder.model, list(bad))
    desk.archive.embeddings.keep(desk.coverage.index.embedder.model, bad)
    found = faults(desk.coverage.index)
    assert len(found.unsound) == len(standing.passages)
    assert "no figures" in str(found)
    repair(desk.coverage.index, found)
    assert not faults(desk.coverage.index)
    assert not answered(desk).written.by_words


def digests_of(standing):
    """Return what the passages' vectors are cached under."""
    return [digest_of(passage) for passage in standing.passages]


def test_a_model_that_changes_its_length_is_told_with_the_way_out(desk, endpoint):
    """And what is saved stays saved."""
    handler, _ = endpoint
    handler.reply = staticmethod(lambda texts: (200, [vector(text, 64) for text in texts]))
    saved(desk.archive, an_extract(LATER, title="Ferry to Holm stops", url="https://c.example/h"))
    with pytest.raises(EmbeddingError, match="rebuild"):
        desk.coverage.index.upkeep.catch_up()


def test_the_way_out_leads_out(endpoint, tmp_path, monkeypatch, capsys):
    """`python -m ingest rebuild`, as the message says, and everything is found by meaning again."""
    handler, url = endpoint
    settings = BotSettings.of(
        {"DATA_DIR": str(tmp_path), "EMBEDDING_MODEL": "m", "OPENAI_BASE_URL": url}
    )
    with open_desk(settings, holder="a test", clock=lambda: NOW) as before:
        saved(before.archive, an_extract())
        before.coverage.catch_up()
    handler.reply = staticmethod(lambda texts: (200, [vector(text, 64) for text in texts]))
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("EMBEDDING_MODEL", "m")
    monkeypatch.setenv("OPENAI_BASE_URL", url)
    with Archive.open(settings.archive_url) as archive:
        saved(archive, an_extract(LATER, title="Ferry to Holm stops", url="https://c.example/h"))
    assert ingest(["index"]) == 1
    assert "`python -m ingest rebuild` makes the index anew" in capsys.readouterr().err
    assert ingest(["rebuild"]) == 0
    with open_desk(settings, holder="a test", clock=lambda: NOW) as anew:
        assert anew.coverage.index.generation.dimensions == 64
        found = answered(anew, "Was the ferry taken out of service?")
        assert "ferry" in found.excerpts[0].citation.quote
        assert not found.written.by_words
        assert not faults(anew.coverage.index)

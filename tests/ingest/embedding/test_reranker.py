"""A cross-encoder ranks where one is set, and nothing breaks where it does not answer."""

import onnx
import pytest
from onnx import TensorProto, helper
from tokenizers import Tokenizer, models, pre_tokenizers

from ingest.embedding.reranker import reranker
from ingest.environment import Settings
from ingest.errors import EmbeddingError, SettingsError
from tests.loopback import JsonHandler, served

WORDS = {"[UNK]": 0, "who": 1, "won": 2, "bread": 3, "harbour": 9}


@pytest.fixture
def folder(tmp_path):
    """Make a cross-encoder whose logit is the largest number of any word."""
    node = [
        helper.make_node("Cast", ["input_ids"], ["numbers"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMax", ["numbers"], ["most"], keepdims=1),
        helper.make_node("Add", ["most", "shift"], ["logits"]),
    ]
    shift = helper.make_tensor("shift", TensorProto.FLOAT, [1], [-5.0])
    inputs = [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["b", "l"])]
    outputs = [helper.make_tensor_value_info("logits", TensorProto.FLOAT, None)]
    graph = helper.make_graph(node, "tiny", inputs, outputs, [shift])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.save(model, tmp_path / "model.onnx")
    tokenizer = Tokenizer(models.WordLevel(WORDS, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    return tmp_path


@pytest.fixture
def endpoint():
    """Serve the rerank call as ``reply(body)`` says."""

    class Handler(JsonHandler):
        reply = staticmethod(lambda _body: (200, {"results": []}))

        def answer(self, body):
            self.send_object(*self.reply(body))

    with served(Handler) as url:
        yield Handler, f"{url}/rerank"


def test_a_folder_scores_pairs(folder):
    """What is read together is told apart."""
    found = reranker(Settings.of({"RERANK_MODEL": str(folder)})).similarity(
        "who won", ["harbour won", "bread"]
    )
    assert found[0] > 0.9
    assert found[1] < 0.2


def test_an_endpoint_is_asked_by_its_model_and_sorted_back(endpoint):
    """Servers send the best first; logits become probabilities."""
    handler, url = endpoint
    asked = []

    def reply(body):
        asked.append(body)
        return 200, {
            "results": [
                {"index": 1, "relevance_score": 4.0},
                {"index": 0, "relevance_score": -4.0},
            ]
        }

    handler.reply = staticmethod(reply)
    found = reranker(Settings.of({"RERANK_MODEL": f"{url}#bge"})).similarity("q", ["a", "b"])
    assert asked == [{"model": "bge", "query": "q", "documents": ["a", "b"]}]
    assert found[0] < 0.05
    assert found[1] > 0.95


@pytest.mark.parametrize(
    "answer",
    [(500, {}), (200, {"results": [{"index": 0}]}), (200, {"error": "no model"}), (200, [])],
)
def test_a_fault_of_the_endpoint_is_a_sentence(endpoint, answer):
    """It names the setting to look at."""
    handler, url = endpoint
    handler.reply = staticmethod(lambda _body: answer)
    with pytest.raises(EmbeddingError, match="RERANK_MODEL"):
        reranker(Settings.of({"RERANK_MODEL": url})).similarity("q", ["a"])


def test_what_is_neither_address_nor_folder_is_refused():
    """Before anything is asked."""
    with pytest.raises(SettingsError, match="RERANK_MODEL"):
        reranker(Settings.of({"RERANK_MODEL": "nowhere/at-all"}))


def test_none_is_the_default():
    """Nothing is ranked twice unless somebody says so."""
    assert reranker(Settings.of({})) is None

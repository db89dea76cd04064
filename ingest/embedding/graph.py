"""The encoder and the tokenizer of multilingual-e5-small, drawn up for onnxruntime.

The same encoder serves twice: as the embedder, and with other upper layers and two heads as the
reader (:func:`reader_graph`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

from ingest.embedding.packed import BLOCK, PACKED_MODEL, Array, Packed

_OPSET, _IR = 18, 9
"""Versions of the format that every onnxruntime since 1.18 reads."""
_CONTRIBUTED = "com.microsoft"
"""The operators beside the standard that onnxruntime has on every kind of processor."""
_STANDARD = {"Shape", "Slice", "Add", "Split", "Cast", "Gather", "LayerNormalization", "MatMul"}
_START, _END, _UNKNOWN = 0, 2, 3
"""Places in the vocabulary."""


class Weights(Protocol):
    """The numbers of an encoder by the names of the packed file, such as ``l0.q.w``."""

    @property
    def width(self) -> int:
        """Return the length of a token's vector."""

    @property
    def layers(self) -> int:
        """Return how many layers there are."""

    @property
    def heads(self) -> int:
        """Return the heads of attention of a layer."""

    @property
    def inner(self) -> int:
        """Return the width inside a layer."""

    @property
    def epsilon(self) -> float:
        """Return what the normalisation adds to a variance."""

    def floats(self, name: str) -> Array:
        """Return a tensor of 32 bits, flat."""

    def blocks(self, name: str) -> tuple[Array, Array]:
        """Return a tensor of 4 bits by block, and its scales."""

    def matrix(self, name: str, inputs: int) -> Array:
        """Return a layer's weights: shape (outputs, *inputs*)."""


class TaughtWeights:
    """The weights of a packed file, some of them replaced by taught ones."""

    def __init__(self, packed: Packed, taught: Mapping[str, Array]) -> None:
        self._packed, self._taught = packed, taught
        self.width, self.layers, self.heads = packed.width, packed.layers, packed.heads
        self.inner, self.epsilon = packed.inner, packed.epsilon

    def floats(self, name: str) -> Array:
        """Return a tensor of 32 bits, flat."""
        found = self._taught.get(name)
        return self._packed.floats(name) if found is None else found.astype(np.float32).ravel()

    def blocks(self, name: str) -> tuple[Array, Array]:
        """Return a tensor of 4 bits by block, and its scales."""
        return self._packed.blocks(name)

    def matrix(self, name: str, inputs: int) -> Array:
        """Return a layer's weights; taught ones are kept in 8 bits with a scale for each output."""
        found = self._taught.get(name)
        if found is None:
            return self._packed.matrix(name, inputs)
        return found.astype(np.float32) * self._taught[f"{name}.scale"][:, None]


def write_graph(model: onnx.ModelProto, file: Path) -> None:
    """Write *model*."""
    onnx.save(model, file)


def tokenizer_of(packed: Packed) -> Tokenizer:
    """Return the tokenizer of XLM-RoBERTa: unigrams over what NMT's rules and NFKC fold."""
    tokenizer = Tokenizer(models.Unigram(list(packed.pieces), unk_id=_UNKNOWN, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", _START), ("</s>", _END)]
    )
    return tokenizer


class _Graph:
    """A model in the making: operators in order, and the numbers they use."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.numbers: list[onnx.TensorProto] = []

    def number(self, name: str, values: Array) -> str:
        """Keep *values* under *name*."""
        self.numbers.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def do(
        self,
        operator: str,
        inputs: Sequence[str],
        *outputs: str,
        **options: Any,  # noqa: ANN401 - as onnx takes them
    ) -> str:
        """Add one operator, and return the name of its first output."""
        domain = "" if operator in _STANDARD else _CONTRIBUTED
        self.nodes.append(helper.make_node(operator, inputs, outputs, domain=domain, **options))
        return outputs[0]


def graph_of(packed: Weights) -> onnx.ModelProto:
    """Return the encoder of BERT (Devlin et al., 2019) with these weights."""
    graph = _Graph()
    state = _encoded(packed, graph)
    graph.nodes.append(helper.make_node("Identity", [state], ["last_hidden_state"]))
    return _model(graph, PACKED_MODEL, {"last_hidden_state": ["batch", "length", packed.width]})


def reader_graph(weights: Weights, heads: Mapping[str, Array]) -> onnx.ModelProto:
    """Return the encoder with two heads: ``answers`` (batch, 1, 1) and ``span`` (batch, length, 2).

    *heads* holds ``score.w`` and ``span.w`` of the shape (outputs, width), with ``.b``.
    """
    graph = _Graph()
    state = _encoded(weights, graph)
    first = graph.number("first", np.zeros(1, np.int64))
    graph.do("Gather", [state, first], "first_token", axis=1)
    for name, source, output in (("score", "first_token", "answers"), ("span", state, "span")):
        matrix = graph.number(f"{name}.w", heads[f"{name}.w"].astype(np.float32).T)
        bias = graph.number(f"{name}.b", heads[f"{name}.b"].astype(np.float32))
        product = graph.do("MatMul", [source, matrix], f"{name}.product")
        graph.do("Add", [product, bias], output)
    return _model(graph, "reader", {"answers": ["batch", 1, 1], "span": ["batch", "length", 2]})


def _encoded(packed: Weights, graph: _Graph) -> str:
    """Draw all layers, and return the name of the last one's output."""
    state = _embedded(packed, graph)
    graph.do("Cast", ["attention_mask"], "mask", to=TensorProto.INT32)
    for number in range(packed.layers):
        state = _layer(packed, graph, number, state)
    return state


def _model(graph: _Graph, name: str, outputs: Mapping[str, list[str | int]]) -> onnx.ModelProto:
    """Return the whole model of ids and a mask, with *outputs* by name and shape."""
    whole = helper.make_graph(
        graph.nodes,
        name,
        [
            helper.make_tensor_value_info(each, TensorProto.INT64, ["batch", "length"])
            for each in ("input_ids", "attention_mask")
        ],
        [
            helper.make_tensor_value_info(each, TensorProto.FLOAT, shape)
            for each, shape in outputs.items()
        ],
        graph.numbers,
    )
    versions = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_CONTRIBUTED, 1)]
    return helper.make_model(whole, opset_imports=versions, ir_version=_IR)


def _embedded(packed: Weights, graph: _Graph) -> str:
    """Look up words, which stay in 4 bits, and positions."""
    quarters, scales = packed.blocks("emb.word")
    halves = (quarters[:, 0::2] | (quarters[:, 1::2] << 4)).astype(np.uint8)
    words = graph.do(
        "GatherBlockQuantized",
        [
            graph.number("words", halves.reshape(-1, packed.width // 2)),
            "input_ids",
            graph.number("words.scales", scales.reshape(-1, packed.width // BLOCK)),
        ],
        "looked_up",
        bits=4,
        block_size=BLOCK,
        gather_axis=0,
        quantize_axis=1,
    )
    kind = packed.floats("emb.type").reshape(-1, packed.width)[0]
    places = packed.floats("emb.pos").reshape(-1, packed.width) + kind
    length = graph.do("Shape", ["input_ids"], "length", start=1, end=2)
    nought = graph.number("nought", np.zeros(1, np.int64))
    here = graph.do("Slice", [graph.number("places", places), nought, length, nought], "here")
    placed = graph.do("Add", [words, here], "placed")
    norm = [graph.number(f"emb.ln.{each}", packed.floats(f"emb.ln.{each}")) for each in "wb"]
    return graph.do(
        "LayerNormalization", [placed, *norm], "embedded", axis=-1, epsilon=packed.epsilon
    )


def _layer(packed: Weights, graph: _Graph, number: int, state: str) -> str:
    """Attend, then feed forward, each added to what came in and normalised."""
    at = f"l{number}."
    width = packed.width
    parts = [f"{at}{each}" for each in "qkv"]
    biases = np.concatenate([packed.floats(f"{each}.b") for each in parts])
    bias = graph.number(f"{at}qkv.b", biases)
    together = _product(packed, graph, [f"{each}.w" for each in parts], state, width, bias)
    graph.do("Split", [together], *parts, axis=-1, num_outputs=3)
    context = graph.do(
        "MultiHeadAttention", [*parts, "", "mask"], f"{at}context", num_heads=packed.heads
    )
    attended = _product(packed, graph, [f"{at}ao.w"], context, width)
    state = _added(packed, graph, at, ("aln", "ao"), attended, state)
    risen = _product(packed, graph, [f"{at}fi.w"], state, width)
    bent = graph.do(
        "BiasGelu", [risen, graph.number(f"{at}fi.b", packed.floats(f"{at}fi.b"))], f"{at}bent"
    )
    fallen = _product(packed, graph, [f"{at}fo.w"], bent, packed.inner)
    return _added(packed, graph, at, ("oln", "fo"), fallen, state)


def _product(
    packed: Weights, graph: _Graph, names: Sequence[str], state: str, inputs: int, *bias: str
) -> str:
    """Multiply *state* by the matrices of *names* side by side, in 8 bits, a scale a column."""
    matrix = np.concatenate([packed.matrix(name, inputs) for name in names]).T
    scales = np.abs(matrix).max(axis=0) / 127
    name = names[0]
    return graph.do(
        "DynamicQuantizeMatMul",
        [
            state,
            graph.number(name, np.round(matrix / scales).astype(np.int8)),
            graph.number(f"{name}.scales", scales.astype(np.float32)),
            graph.number(f"{name}.zeros", np.zeros(len(scales), np.int8)),
            *bias,
        ],
        f"{name}.product",
    )


def _added(
    packed: Weights, graph: _Graph, at: str, names: tuple[str, str], new: str, state: str
) -> str:
    """Add *new* and its bias to *state*, normalised."""
    norm, linear = names
    given = [f"{at}{norm}.w", f"{at}{norm}.b", f"{at}{linear}.b"]
    return graph.do(
        "SkipLayerNormalization",
        [new, state, *(graph.number(each, packed.floats(each)) for each in given)],
        f"{at}{norm}",
        epsilon=packed.epsilon,
    )

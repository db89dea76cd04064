"""People whose Discord is in another language; simcord's is always English."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import simcord.interactions

from ingest.language.languages import Language


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Let the reader's Discord be in *language*; simcord's is always English."""
    plain = simcord.interactions.base_payload

    def payload(*arguments: Any, **more: Any) -> Any:
        record, made = plain(*arguments, **more)
        locale = "en-US" if language is Language.ENGLISH else str(language)
        return record, {**made, "locale": locale}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(simcord.interactions, "base_payload", payload)
        yield

"""Logging of unexpected errors under a short code that is shown to the user.

Questions stay out of the log: as an exception's text may contain one, only its type and location
are logged, and the text of the desk's own errors.
"""

from __future__ import annotations

import logging
import secrets
import traceback
from collections.abc import Iterator

from ingest.errors import IngestError

logger = logging.getLogger(__name__)


def fault_code(error: BaseException, *loggable: type[BaseException]) -> str:
    """Log *error* with its causes, and return the code of the log entry.

    The texts of the desk's own errors and of *loggable* types are included.
    """
    code = secrets.token_hex(3).upper()
    descriptions = (_describe(cause, (IngestError, *loggable)) for cause in _causes(error))
    logger.error("Error %s: %s", code, "\n  caused by ".join(descriptions))
    return code


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield *error* and the errors it was raised from, the root cause last."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _describe(error: BaseException, loggable: tuple[type[BaseException], ...]) -> str:
    """Return the type and traceback of *error*, with its text only if it is *loggable*."""
    description = type(error).__name__
    if isinstance(error, loggable):
        description = f"{description}: {error}"
    frames = traceback.extract_tb(error.__traceback__)
    return "".join(
        [
            description,
            *(f"\n    {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames),
        ]
    )

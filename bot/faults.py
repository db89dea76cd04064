"""An unexpected error as a short code for whoever asked, and a log entry that the code finds.

What people ask stays out of the log: an exception's own text may carry the question, so of an error
only its kind and its place are kept, and its text where that is the desk's own.
"""

from __future__ import annotations

import logging
import secrets
import traceback
from collections.abc import Iterator

from ingest.errors import IngestError

logger = logging.getLogger(__name__)


def fault_code(error: BaseException, *loggable: type[BaseException]) -> str:
    """Log *error* with what caused it, and return the code that finds it in the log.

    The text of the desk's own errors is kept, and of the kinds that are *loggable*.
    """
    code = secrets.token_hex(3).upper()
    described = (_described(each, (IngestError, *loggable)) for each in _causes(error))
    logger.error("Error %s: %s", code, "\n  caused by ".join(described))
    return code


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield *error* and what it was raised from, the root last."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _described(error: BaseException, loggable: tuple[type[BaseException], ...]) -> str:
    """Name the kind of *error* and where it was raised; its text only where it is *loggable*."""
    named = type(error).__name__
    if isinstance(error, loggable):
        named = f"{named}: {error}"
    frames = traceback.extract_tb(error.__traceback__)
    return "".join([named, *(f"\n    {f.filename}:{f.lineno} in {f.name}" for f in frames)])

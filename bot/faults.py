"""An unexpected error as a short code for whoever asked, and a log entry that the code finds.

What people ask stays out of the log: of an error only its kind and its place are kept, and its text
where that is the desk's own.
"""

from __future__ import annotations

import logging
import secrets
import traceback

from ingest.errors import IngestError

logger = logging.getLogger(__name__)


def fault_code(error: BaseException) -> str:
    """Log *error* with what caused it, and return the code that finds it in the log."""
    code = secrets.token_hex(3).upper()
    causes = []
    cause: BaseException | None = error
    while cause is not None:
        causes.append(_described(cause))
        cause = cause.__cause__ or cause.__context__
    logger.error("Error %s: %s", code, "\n  caused by ".join(causes))
    return code


def _described(error: BaseException) -> str:
    named = type(error).__name__
    if isinstance(error, IngestError):
        named = f"{named}: {error}"
    frames = traceback.extract_tb(error.__traceback__)
    return "".join([named, *(f"\n    {f.filename}:{f.lineno} in {f.name}" for f in frames)])

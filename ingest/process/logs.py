"""Logging: levels, times and request ids; no secrets, and no text of questions.

Modules use the standard library's loggers. Our own messages never contain a question; of other
libraries only warnings and errors are logged, and the values of secret settings are masked.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from secrets import token_hex
from typing import TextIO
from urllib.parse import urlsplit

import structlog
from pydantic import SecretStr
from structlog.types import Processor

from ingest.environment import LogFormat, Settings
from ingest.errors import IngestError

logger = logging.getLogger(__name__)

OWN_PACKAGES = ("bot", "ingest")
MASK = "•••"
_SHORTEST_SECRET = 6
"""Minimum length in characters of a secret that is masked; a shorter one may be a common word."""


def configure(settings: Settings, stream: TextIO | None = None) -> None:
    """Configure logging to *stream*, by default standard error, by *settings*."""
    stream = stream or sys.stderr
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    processors: list[Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if settings.log_format is LogFormat.JSON:
        processors += [
            structlog.processors.ExceptionRenderer(
                structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
            ),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    else:
        processors.append(
            structlog.dev.ConsoleRenderer(
                colors=stream.isatty(),
                pad_event_to=0,
                exception_formatter=structlog.dev.plain_traceback,
            )
        )
    formatter = structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=processors)
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_MaskingFormatter(formatter, _secrets_of(settings)))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    for name in OWN_PACKAGES:
        logging.getLogger(name).setLevel(settings.log_level.upper())


class _MaskingFormatter(logging.Formatter):
    """A formatter that masks secrets in the output of another formatter."""

    def __init__(self, inner: logging.Formatter, secrets: Iterable[str]) -> None:
        """Mask *secrets* in the output of *inner*."""
        super().__init__()
        self._inner = inner
        self._secrets = tuple(secrets)

    def format(self, record: logging.LogRecord) -> str:
        """Return one line without secrets."""
        text = self._inner.format(record)
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        return text


def _secrets_of(settings: Settings) -> Iterator[str]:
    """Yield the secret settings, and the password of the database."""
    for value in dict(settings).values():
        if isinstance(value, SecretStr) and len(value.get_secret_value()) >= _SHORTEST_SECRET:
            yield value.get_secret_value()
    password = urlsplit(settings.database_url or "").password or ""
    if len(password) >= _SHORTEST_SECRET:
        yield password


@contextmanager
def request() -> Iterator[str]:
    """Add one request id to every log line until the end, also in threads; it identifies nobody.

    An id that is set already is kept.
    """
    current = structlog.contextvars.get_contextvars().get("request")
    with structlog.contextvars.bound_contextvars(request=current or token_hex(4)):
        yield str(structlog.contextvars.get_contextvars()["request"])


def fault_code(error: BaseException, *loggable: type[BaseException]) -> str:
    """Log *error* with its causes, and return the code of the log entry.

    Questions stay out of the log: only the type and location of an exception are logged, and the
    text of the desk's own errors and of *loggable* types.
    """
    code = token_hex(3).upper()
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

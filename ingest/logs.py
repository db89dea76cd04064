"""Logs: levels, times and the request a line belongs to; never a secret, never a question's text.

Modules log by the standard library. What the desk is asked stands in no message of its own; what
other libraries say is kept from their warnings on, and no line has the value of a secret setting.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from secrets import token_hex
from typing import TextIO
from urllib.parse import urlsplit

import structlog
from pydantic import SecretStr
from structlog.types import Processor

from ingest.settings import LogFormat, Settings

OURS = ("bot", "ingest")
HIDDEN = "•••"
_SHORTEST = 6
"""Characters from which a secret is hidden: a shorter one would hide half of all words."""


def configure(settings: Settings, stream: TextIO | None = None) -> None:
    """Log to *stream*, standard error if unset, as *settings* say."""
    stream = stream or sys.stderr
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if settings.log_format is LogFormat.JSON:
        last += [
            structlog.processors.ExceptionRenderer(
                structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
            ),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    else:
        last.append(
            structlog.dev.ConsoleRenderer(
                colors=stream.isatty(),
                pad_event_to=0,
                exception_formatter=structlog.dev.plain_traceback,
            )
        )
    formatter = structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=last)
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_Discreet(formatter, _secrets_of(settings)))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    for name in OURS:
        logging.getLogger(name).setLevel(settings.log_level.upper())


class _Discreet(logging.Formatter):
    """Writes what another formatter makes, without secrets."""

    def __init__(self, inner: logging.Formatter, secrets: Iterable[str]) -> None:
        """Hide *secrets* in what *inner* writes."""
        super().__init__()
        self._inner = inner
        self._secrets = tuple(secrets)

    def format(self, record: logging.LogRecord) -> str:
        """Write one line."""
        text = self._inner.format(record)
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return text


def _secrets_of(settings: Settings) -> Iterator[str]:
    """Yield what no line may hold: secret settings, and the password of a database."""
    for value in dict(settings).values():
        if isinstance(value, SecretStr) and len(value.get_secret_value()) >= _SHORTEST:
            yield value.get_secret_value()
    password = urlsplit(settings.database_url or "").password or ""
    if len(password) >= _SHORTEST:
        yield password


@contextmanager
def request() -> Iterator[str]:
    """Let every line until the end bear one id, in threads too; it says nothing of who asked.

    What belongs to a request already keeps its id.
    """
    known = structlog.contextvars.get_contextvars().get("request")
    with structlog.contextvars.bound_contextvars(request=known or token_hex(4)):
        yield str(structlog.contextvars.get_contextvars()["request"])

"""Listening sockets at the place that a setting gives: a port, or ``host:port``."""

from __future__ import annotations

import socket

from ingest.errors import SettingsError

_LOCAL_HOST = "127.0.0.1"
"""Host for a port without one: this machine alone."""
_BACKLOG = 128
"""Maximum number of connections waiting to be accepted."""


def listening(place: str, setting: str) -> socket.socket:
    """Return a socket that listens at *place*, the value of *setting*.

    Raises:
        SettingsError: the place cannot be listened on.
    """
    host, _, port = place.rpartition(":")
    host = host.strip("[]") or _LOCAL_HOST
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, int(port)), family=family, backlog=_BACKLOG)
    except (OSError, ValueError, OverflowError) as error:
        raise SettingsError(
            f"{setting}={place}: nothing can listen there ({error}). Name another port, or "
            "host:port."
        ) from error


def address_of(listener: socket.socket) -> str:
    """Return the HTTP address of *listener*."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

"""A socket that listens where a setting says: a port of this machine, or ``host:port``."""

from __future__ import annotations

import socket

from ingest.errors import SettingsError

_ALONE = "127.0.0.1"
"""Where a port without a host listens: on this machine alone."""
_WAITING = 128
"""Connections that wait to be taken."""


def listening(place: str, setting: str) -> socket.socket:
    """Return a socket that listens at *place*, which *setting* names.

    Raises:
        SettingsError: nothing can listen there.
    """
    host, _, port = place.rpartition(":")
    host = host.strip("[]") or _ALONE
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, int(port)), family=family, backlog=_WAITING)
    except (OSError, ValueError, OverflowError) as error:
        raise SettingsError(
            f"{setting}={place}: nothing can listen there ({error}). Name another port, or "
            "host:port."
        ) from error


def address_of(listener: socket.socket) -> str:
    """Return the address at which *listener* is reached."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

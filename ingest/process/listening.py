"""Listening sockets at the place that a setting gives: a port, or ``host:port``."""

from __future__ import annotations

import socket

from ingest.errors import SettingsError

_LOCAL_HOST = "127.0.0.1"
"""Host for a port without one: this machine alone."""
_BACKLOG = 128
"""Maximum number of connections waiting to be accepted."""


def host_and_port(place: str, setting: str) -> tuple[str, int]:
    """Return the host and the port in *place*, the value of *setting*: "9464" or "[::1]:9464".

    Raises:
        SettingsError: there is no port in it.
    """
    host, _, port = place.rpartition(":")
    if port not in map(str, range(2**16)):
        raise SettingsError(f"{setting}={place} is no port. Name one up to 65535, or host:port.")
    return host.strip("[]") or _LOCAL_HOST, int(port)


def listening(place: str, setting: str) -> socket.socket:
    """Return a socket that listens at *place*, the value of *setting*.

    Raises:
        SettingsError: the place cannot be listened on.
    """
    host, port = host_and_port(place, setting)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        raise SettingsError(
            f"{setting}={place}: nothing can listen there ({error}). Name another port, or "
            "host:port."
        ) from error


def address_of(listener: socket.socket) -> str:
    """Return the HTTP address of *listener*."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

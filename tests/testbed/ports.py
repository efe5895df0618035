"""Ports for the tests' servers."""

from __future__ import annotations

import random
import socket

from bridge.errors import ConfigError

# Below the range from which systems take the ports of outgoing connections: in that range a client that polls
# a server which is down can meet itself.
PORTS = range(20_000, 32_000)


def free_port() -> int:
    """Choose a port of 127.0.0.1 that nobody uses now."""
    for port in random.sample(PORTS, len(PORTS)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # closed connections do not count
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    raise ConfigError(f"every port of 127.0.0.1 from {PORTS[0]} to {PORTS[-1]} is taken; stop some servers")

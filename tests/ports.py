"""Ports of this machine, for programs that tests begin."""

import socket


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def listens(port: int) -> bool:
    """Whether somebody answers at a port."""
    with socket.socket() as ask:
        return ask.connect_ex(("127.0.0.1", port)) == 0

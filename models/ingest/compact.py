"""Writing the warehouse file well: row groups full, space of replaced rows reused."""

from collections.abc import Iterator
from contextlib import contextmanager

from models.engine import Engine


@contextmanager
def filling(engine: Engine) -> Iterator[None]:
    """One thread appends while another reads ahead.

    Several appending threads leave row groups half full, which the next checkpoint writes a second time: measured, that
    doubles the work and the file.
    """
    threads = engine.con.execute("select current_setting('threads')").fetchall()[0][0]
    engine.con.execute("set threads = 1")
    try:
        yield
    finally:
        engine.con.execute(f"set threads = {int(threads)}")


def settle(engine: Engine) -> None:
    """Write everything into the file and give space that replaced rows held back for reuse."""
    engine.con.execute("checkpoint")

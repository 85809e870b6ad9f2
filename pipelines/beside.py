"""Imports that take seconds, done while the data load: parsers and engine leave the interpreter idle."""

from importlib import import_module
from threading import Thread

from models import apart, quality

SHARED = ("numpy", "pandas")
MODELS = ("models.gathering", "models.persons")


def _import() -> None:
    import_module("models.scores").load()
    for name in MODELS:
        import_module(name)


def _warm() -> None:
    """What the other process is asked for: all that the first validation and the first forest would wait for."""
    quality.ready()
    import_module("models.scores").ready()


def _warm_lists() -> None:
    """What the other process is asked for where lists are made of tables as they stand."""
    import_module("models.lists.excel")


def begin_apart(new: bool) -> None:
    """Begin the process for Great Expectations and forests (where something is `new`) and workbooks.

    It imports them while this one goes on.
    """
    apart.begin()
    apart.submit(_warm if new else _warm_lists)


def import_beside() -> Thread:
    """Import what the scores need in a thread of its own.

    An error shows where it is imported in earnest. Whoever imports the same then must join the thread first, so that no
    two threads meet inside one package; what parsers import late as well comes before it.
    """
    for name in SHARED:
        import_module(name)
    thread = Thread(target=_import, name="imports", daemon=True)
    thread.start()
    return thread

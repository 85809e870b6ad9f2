"""Imports that take seconds, done while the data load: parsers and engine leave the interpreter idle."""

from importlib import import_module
from threading import Thread

SHARED = ("numpy", "pandas")
MODELS = ("models.scores", "models.gathering", "models.persons")


def _import() -> None:
    for name in MODELS:
        import_module(name)
    import_module("models.scores").ready()


def import_beside() -> Thread:
    """Import what the scores need in a thread of its own; an error shows where it is imported in earnest.

    Whoever imports the same then must join it first, so that no two threads meet inside one package. What parsers
    import late as well comes first.
    """
    for name in SHARED:
        import_module(name)
    thread = Thread(target=_import, name="imports", daemon=True)
    thread.start()
    return thread

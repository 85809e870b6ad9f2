"""Imports that take seconds, done while the data load: parsers and engine leave the interpreter idle."""

from importlib import import_module
from threading import Thread

from models import quality

MODELS = ("models.scores", "models.gathering", "models.persons")


def _import() -> None:
    quality.ready()
    for name in MODELS:
        import_module(name)
    import_module("models.scores").ready()


def import_beside() -> Thread:
    """Import what quality and scores need in a thread of its own; an error shows where it is imported in earnest.

    Whoever imports the same then must join it first, so that no two threads meet inside one package.
    """
    thread = Thread(target=_import, name="imports", daemon=True)
    thread.start()
    return thread

"""Great Expectations in a process of its own: it takes seconds to import, which another core can do beside the load.

The process ends with the one that began it, however that ends: its standard input is closed then. What passes between
them are the checks, shares of violations and pages; no row of any extract.
"""

import atexit
import pickle
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from typing import IO, Any

from models.quality.catalogue import Check
from models.quality.validate import Validated, ready, validate

_begun: list[subprocess.Popen[bytes]] = []


def begin() -> None:
    """Begin the process, unless it runs."""
    if not _begun:
        # -P: no folder of the caller stands in for a package; an interrupt is for the one that began it to handle
        words = [sys.executable, "-P", "-m", "models.quality.apart"]
        pipe = subprocess.PIPE
        _begun.append(subprocess.Popen(words, stdin=pipe, stdout=pipe, start_new_session=True))
        atexit.register(end)


def end() -> None:
    """End the process, if there is one."""
    while _begun:
        process = _begun.pop()
        _, _ = process.communicate()


def validated(checks: Sequence[Check], rates: Mapping[str, float], period: str, day: date) -> list[Validated]:
    """What `validate` says: asked of the process where one was begun, else found here. Raises what it raises."""
    if not _begun:
        return validate(checks, rates, period, day)
    process = _begun[-1]
    assert process.stdin is not None and process.stdout is not None
    try:
        _write(process.stdin, (checks, dict(rates), period, day))
        answer = pickle.load(process.stdout)
    except (OSError, EOFError) as gone:
        end()
        raise RuntimeError(f"the process of Great Expectations ended with {process.returncode}") from gone
    if isinstance(answer, BaseException):
        raise answer
    return list(answer)


def _write(stream: IO[bytes], what: object) -> None:
    pickle.dump(what, stream)
    stream.flush()


def _answer(asked: tuple[Any, ...]) -> object:
    try:
        return validate(*asked)
    except Exception as fault:  # told to the one that asked, who raises it
        return fault


def serve(asked: IO[bytes], answers: IO[bytes]) -> None:
    """Answer until there is nothing more to read."""
    ready()
    while True:
        try:
            question = pickle.load(asked)
        except EOFError:
            return
        _write(answers, _answer(question))


if __name__ == "__main__":
    answers = sys.stdout.buffer
    sys.stdout = sys.stderr  # what libraries print is no answer
    serve(sys.stdin.buffer, answers)

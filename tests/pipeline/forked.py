"""The command line in a process forked from one that has done its imports: what a user waits for once, tests do not
wait for at every run.

Only what is imported is there before: the process has its own arguments, environment, files and end. So has the one
that it begins for work apart (models/apart.py), which is forked as well.
"""

import atexit
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from unittest.mock import patch

from models import apart
from models.scores import PARTS

IMPORTED = [
    *("pipelines.cli.run", "pipelines.run", "models.gathering", "models.persons", "pandas"),
    *(f"models.scores.{name}" for name in sorted({*PARTS.values()})),
    # of the process for work apart
    *("great_expectations", "models.quality.validate", "models.lists.excel", "sklearn.ensemble"),
]


@cache
def _server() -> ForkServerContext:
    context = get_context("forkserver")
    context.set_forkserver_preload(["pipelines.cli.main", *IMPORTED])
    return context


def _main(words: Sequence[str], environment: dict[str, str], told: Path) -> None:
    """What the interpreter does for `python -m pipelines.cli.main WORDS`, with both streams written to files."""
    for stream, name in ((1, "stdout"), (2, "stderr")):
        os.dup2(os.open(told / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), stream)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["jicha", *words]
    from pipelines.cli.main import main

    _fork_apart()
    main()


def _fork_apart() -> None:
    """The process for work apart is forked now, while this one is a single thread, and there when it is begun."""
    ready = [apart.pool("fork")]
    ready[0].submit(int)
    atexit.register(ready[0].shutdown)
    anew = apart.begin

    def begin() -> None:
        if apart.begun() or not ready:
            anew()
        else:
            apart.take(ready.pop())

    patch.object(apart, "begin", begin).start()


def begin(words: Sequence[object], told: Path, **environment: str) -> ForkServerProcess:
    """Begin `jicha WORDS`; what it tells is written to `stdout` and `stderr` in the folder `told`."""
    process = _server().Process(target=_main, args=([*map(str, words)], {**os.environ, **environment}, told))
    process.start()
    return process


def forked(*words: object, timeout: float = 800, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `jicha WORDS` to its end, as `jicha` of tests/pipeline/support.py does with a new interpreter."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder)
        process = begin(words, told, **environment)
        process.join(timeout)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired([*map(str, words)], timeout)
        texts = [(told / name).read_text(encoding="utf-8") for name in ("stdout", "stderr")]
    return subprocess.CompletedProcess([*map(str, words)], process.exitcode, *texts)

"""One measured step in a process of its own, so that its peak memory is its own."""

import json
import subprocess
import sys
from typing import Any


def step(module: str, *options: str) -> dict[str, Any]:
    """Run `python -m module --step …`; the last line it prints is what it found, as JSON."""
    words = [sys.executable, "-m", module, "--step", *options]
    done = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found

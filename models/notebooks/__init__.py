"""For the notebooks of auditors: the snapshot they read, the plots they share. `run` executes them for the pipeline."""

from models.notebooks import plots
from models.notebooks.look import Look, open_snapshot

__all__ = ["Look", "open_snapshot", "plots"]

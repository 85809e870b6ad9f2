"""An invented county's extracts, with planted schemes and their truth."""

from pathlib import Path

from models.sample.world import WorldSummary, write_world


def tiny_world(out: Path, seed: int, messy: bool = True) -> WorldSummary:
    """A world small enough for property tests: 300 people, 3 months, 12 providers."""
    return write_world(out, people=300, months=3, seed=seed, providers=12, messy=messy)


__all__ = ["WorldSummary", "tiny_world", "write_world"]

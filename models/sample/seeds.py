"""Random streams.

Every part of the world draws from its own stream, so that a change in one part leaves the others alone.
"""

import zlib

import numpy as np


def stream(seed: int, name: str) -> np.random.Generator:
    """A generator that depends only on the world's seed and the part's name."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, zlib.crc32(name.encode())])))

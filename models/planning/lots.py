"""Public lots: anybody who has the seed, the year and the codes gets the same order."""

import hashlib

import numpy as np

from models.planning.units import Ints

PROVIDER_LOT = "sha256(seed|year|fixmedins_code)"
TEAM_LOT = "sha256(seed|year|fixmedins_code|team)"


def lot(seed: int, year: str, *names: object) -> str:
    """SHA-256 (hex) of `seed|year|name|…`; smaller comes first."""
    return hashlib.sha256("|".join(map(str, (seed, year, *names))).encode()).hexdigest()


def lot_order(codes: list[str], seed: int, year: str) -> Ints:
    """Indices of the providers in the order of the draw."""
    drawn = [lot(seed, year, code) for code in codes]
    return np.array(sorted(range(len(codes)), key=drawn.__getitem__), dtype=np.int64)


def team_order(teams: int, seed: int, year: str, code: str) -> list[int]:
    """Teams (0 first) in the order that the lot offers one provider to them."""
    return sorted(range(teams), key=lambda team: lot(seed, year, code, team + 1))

"""What the plan is made of: the providers with their days, district and history, in one frame."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from models.settings_planning import Capacity

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
_LEVELS = {
    **dict.fromkeys(("01", "02", "03", "04"), "tertiary"),
    **dict.fromkeys(("05", "06", "07"), "secondary"),
    **dict.fromkeys(("08", "09", "10"), "primary"),
}
KINDS = ("tertiary", "secondary", "primary", "ungraded", "pharmacy")


@dataclass(frozen=True)
class Frame:
    """Active providers by `code` (ascending): what kind, in which district, complained of, visited when."""

    codes: list[str]
    kinds: list[str]
    districts: list[str]  # admdvs; empty where unknown
    complained: frozenset[str]
    last_visit: dict[str, date]

    def half_days(self, planning: Capacity) -> Ints:
        """Half days that a visit of each provider takes: whole numbers, so that sums are exact."""
        days = planning.days
        return np.array([half(days[kind]) for kind in self.kinds], dtype=np.int64)


def half(days: Decimal) -> int:
    """Days as half days."""
    return int(days * 2)


def kind_of(fixmedins_type: str | None, hosp_lv: str | None) -> str:
    """Kind of a provider, by which the days of a visit go: pharmacy, or a hospital's level (11, unknown: ungraded)."""
    if fixmedins_type == "2":
        return "pharmacy"
    return _LEVELS.get(hosp_lv or "", "ungraded")

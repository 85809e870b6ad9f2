"""The world while it is being written: visits and fee lines, gathered from every part before money is computed."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

VISIT_TYPES: dict[str, Any] = {
    "vid": pl.Int64,
    "person": pl.Int64,
    "provider": pl.Int64,
    "med_type": pl.String,
    "begin": pl.Int64,  # day
    "end": pl.Int64,  # day
    "at": pl.Int64,  # second of the settlement
    "fam": pl.Int64,  # disease family of a stay, -1 otherwise
    "tier": pl.Int64,  # severity digit billed, 0 none
    "true_tier": pl.Int64,  # severity digit the case has
    "dise": pl.Int64,  # chronic disease, -1 none
    "pay_loc": pl.String,
    "ttp": pl.Boolean,
    "dscg_way": pl.String,
    "origin": pl.String,  # '' or the scheme that made it
    "basket": pl.Boolean,  # still wants an ordinary outpatient basket
    "settled": pl.Boolean,
    "cut": pl.Int64,  # day before which an interim settlement was made, 0 none
}
LINE_TYPES: dict[str, Any] = {
    "vid": pl.Int64,
    "item": pl.Int64,
    "cnt": pl.Int64,
    "pric": pl.Int64,  # millionths of a yuan
    "at": pl.Int64,  # second
    "mark": pl.Int64,  # planted evidence, 0 none
}
VISIT_DEFAULTS: dict[str, Any] = {
    "fam": -1,
    "tier": 0,
    "true_tier": 0,
    "dise": -1,
    "pay_loc": "2",
    "ttp": False,
    "dscg_way": "",
    "origin": "",
    "basket": True,
    "settled": True,
    "cut": 0,
}


@dataclass
class Mark:
    """What a planted line shows: rules with the way their amount is computed."""

    rules: tuple[str, ...]
    kind: str = "whole"  # whole | price | frequency | part
    cap: int = 0  # price: the cap in millionths of a yuan
    max_cnt: int = 0  # frequency: the allowed quantity of all lines with this mark
    num: int = 1  # part: the share of the line, num / den
    den: int = 1


class Rows:
    """Rows that many small steps append; they become one frame when it is asked for."""

    def __init__(self, types: dict[str, Any], defaults: dict[str, Any]) -> None:
        self.types, self.defaults = types, defaults
        self._frame = pl.DataFrame(schema=types)
        self._new: list[dict[str, Any]] = []

    def add(self, n: int, columns: dict[str, Any]) -> None:
        """Append n rows given as columns: arrays, or scalars that are repeated."""
        self._new.append({"n": n, **self.defaults, **columns})

    def frame(self) -> pl.DataFrame:
        """All rows so far, in the order of their coming."""
        if self._new:
            new = pl.DataFrame({name: self._column(name) for name in self.types}, schema=self.types)
            self._frame, self._new = pl.concat([self._frame, new]), []
        return self._frame

    def _column(self, name: str) -> np.ndarray:
        parts = [(part["n"], part[name]) for part in self._new]
        return np.concatenate([value if isinstance(value, np.ndarray) else np.full(n, value) for n, value in parts])

    def replace(self, frame: pl.DataFrame) -> None:
        """These rows in the place of all."""
        self._frame, self._new = frame, []


@dataclass
class Draft:
    """Visits and lines so far, the planted marks, and which visits a scheme already uses."""

    visits: Rows = field(default_factory=lambda: Rows(VISIT_TYPES, VISIT_DEFAULTS))
    lines: Rows = field(default_factory=lambda: Rows(LINE_TYPES, {"mark": 0}))
    marks: dict[int, Mark] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)
    diagnoses: list[dict[str, Any]] = field(default_factory=list)
    operations: list[dict[str, Any]] = field(default_factory=list)
    flipped: set[int] = field(default_factory=set)  # visits whose settlement shows the wrong sex
    moved: set[int] = field(default_factory=set)  # stays whose standard examinations were charged outside
    selfpaid: set[int] = field(default_factory=set)  # stays whose drugs are largely paid by the person
    lean: set[int] = field(default_factory=set)  # stays with next to no treatment
    headless: set[int] = field(default_factory=set)  # visits whose settlement list marks no main diagnosis
    misborn: set[int] = field(default_factory=set)  # visits whose settlement shows a wrong birth date
    truth: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    next_vid: int = 0

    def add_visits(self, **columns: Any) -> np.ndarray:
        """Append visits given as arrays (scalars are repeated); returns their vids."""
        n = len(columns["person"])
        vid = np.arange(self.next_vid, self.next_vid + n)
        self.next_vid += n
        self.visits.add(n, {"vid": vid, **columns})
        return vid

    def add_lines(self, vid: Any, item: Any, cnt: Any, pric: Any, at: Any, mark: Any = 0) -> None:
        """Append fee lines given as arrays (scalars are repeated)."""
        self.lines.add(len(vid), {"vid": vid, "item": item, "cnt": cnt, "pric": pric, "at": at, "mark": mark})

    def new_mark(self, mark: Mark) -> int:
        """Register planted evidence; returns the number its lines carry."""
        number = len(self.marks) + 1
        self.marks[number] = mark
        return number

    def note(self, table: str, **row: Any) -> None:
        """Write a row of the truth."""
        self.truth.setdefault(table, []).append(row)

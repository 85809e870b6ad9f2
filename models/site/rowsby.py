"""Rows of a list by one of their columns, made when they are asked for."""

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

Rows = list[dict[str, Any]]


class RowsBy(Mapping[str, Rows]):
    """The rows of a frame by the text of a column, in their order; rows without one are left out.

    A city's claims as dicts of Python take ten times the memory of the frame, and every page shows a few of them.
    """

    def __init__(self, frame: pl.DataFrame, key: str) -> None:
        known = frame.filter(pl.col(key).is_not_null())
        self._frame = known.sort(key, maintain_order=True)
        runs = self._frame[key].cast(pl.String).rle()
        lengths, names = runs.struct.field("len").to_list(), runs.struct.field("value").to_list()
        self._place: dict[str, tuple[int, int]] = {}
        start = 0
        for name, length in zip(names, lengths, strict=True):
            self._place[name] = (start, length)
            start += length

    def __getitem__(self, key: str) -> Rows:
        return self._frame.slice(*self._place[key]).to_dicts()

    def __iter__(self) -> Iterator[str]:
        return iter(self._place)

    def __len__(self) -> int:
        return len(self._place)

"""What notebooks read: the published snapshot, read-only, and the defaults that an auditor starts from."""

import os
import re
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from models.config import Config, load_config
from models.contracts import lists
from models.contracts.words import flat_json
from models.engine import Engine, open_published
from models.errors import UsageError
from models.home import Home
from models.publish import latest

ROWS_SHOWN, TEXT_SHOWN = 40, 400


@dataclass(frozen=True)
class Look:
    """A snapshot held open for reading: a run that publishes a newer one neither waits for it nor changes it."""

    engine: Engine
    path: Path
    config: Config

    def frame(self, statement: str, **params: Any) -> pl.DataFrame:
        """Rows of a statement; values go in as `$name`, never into the text."""
        return self.engine.frame(statement, params)

    def titled(self, name: str, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame with the Chinese titles of a list's columns; codes and JSON in words, as in the workbook.

        Columns the list does not have keep their name.
        """
        known = {column.name: column for column in lists()[name].columns if column.name in frame.columns}
        for one in known.values():
            if one.show == "json" and frame.schema[one.name] == pl.String:
                texts = [None if text is None else flat_json(text, "zh") for text in frame[one.name]]
                frame = frame.with_columns(pl.Series(one.name, texts, pl.String))
        coded = [one for one in known.values() if one.values and frame.schema[one.name] == pl.String]
        told = frame.with_columns(pl.col(one.name).replace(dict(one.values)) for one in coded)
        return told.rename({one.name: one.title_zh for one in known.values()})

    @cached_property
    def period(self) -> str:
        """The newest quarter with lists, such as 2025Q1."""
        return self._newest("score.provider_score", "____Q_")

    @cached_property
    def year(self) -> str:
        """The newest plan, such as 2026."""
        return self._newest("score.inspection", "____")

    def _newest(self, table: str, like: str) -> str:
        found = self.frame(f"select max(period) as period from {table} where period like $like", like=like)["period"][0]
        if found is None:
            raise UsageError(f"{self.path.name}: 快照中没有 {table} / the snapshot has no rows of {table}.")
        return str(found)

    def top_target(self, place: int = 1) -> str:
        """The provider at that place of the newest plan."""
        return str(self._one("score.inspection", "rank = $place", "rank", "fixmedins_code", place=place))

    def first_group(self, provider: str | None = None, period: str | None = None) -> str | None:
        """The gathering group with the most money of those that nothing explains, of one provider or of all."""
        told = "($provider is null or contains(fixmedins_codes, concat('\"', $provider, '\"')))"
        order = "explanation is not null, at_stake_amount desc, group_id"
        return self._first("score.gathering_group", told, order, "group_id", provider, period)

    def first_deviation(self, provider: str | None = None, period: str | None = None) -> str | None:
        """The group furthest from peers, first of those that can be assessed, of one provider or of all."""
        told = "level = 'provider' and grp_code is not null"
        told += " and ($provider is null or fixmedins_code = $provider)"
        order = "assessable desc, abs(z) desc nulls last, cases desc, grp_code, fixmedins_code"
        return self._first("score.deviation", told, order, "grp_code", provider, period)

    def first_case(self, provider: str | None = None, period: str | None = None) -> str | None:
        """The case most worth reading: the largest payment difference of the coding list."""
        told = "($provider is null or fixmedins_code = $provider)"
        order = "payment_difference desc nulls last, setl_id"
        return self._first("score.upcoding_case", told, order, "setl_id", provider, period)

    def _first(
        self, table: str, told: str, order: str, column: str, provider: str | None, period: str | None
    ) -> str | None:
        told = f"period = $period and {told}"
        return self._one(table, told, order, column, period=period or self.period, provider=provider)

    def _one(self, table: str, told: str, order: str, column: str, **params: Any) -> str | None:
        found = self.frame(f"select {column} from {table} where {told} order by {order} limit 1", **params)
        return None if found.is_empty() else str(found[column][0])

    def name_of(self, provider: str) -> str:
        """The provider's name, or its code where the data hold none."""
        found = self.frame("select fixmedins_name from core.provider where fixmedins_code = $code", code=provider)
        return str(found["fixmedins_name"][0] or provider) if found.height else provider


def table_html(frame: pl.DataFrame) -> str:
    """The table as the library shows it, but texts without quotation marks around them, and set from the left."""
    return re.sub(
        r"<td>&quot;(.*?)&quot;</td>", r'<td style="text-align: left">\1</td>', frame._repr_html_(), flags=re.S
    )


def _show_plainly() -> None:
    """In a notebook every table is shown so; elsewhere there is nothing to set."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell:
        shell.display_formatter.formatters["text/html"].for_type(pl.DataFrame, table_html)


def open_snapshot(home: str | Path | None = None) -> Look:
    """Open `<home>/published/latest` for reading; by default the home is JICHA_HOME, else ./home.

    Tables print with more rows and longer texts from then on. Raises JichaError where nothing is published.
    """
    place = Home(Path(home or os.environ.get("JICHA_HOME") or "home").resolve())
    path = latest(place)
    pl.Config.set_tbl_rows(ROWS_SHOWN)
    pl.Config.set_tbl_cols(-1)
    pl.Config.set_fmt_str_lengths(TEXT_SHOWN)
    pl.Config.set_tbl_hide_column_data_types(True)
    pl.Config.set_tbl_hide_dataframe_shape(True)
    _show_plainly()
    config = load_config(place.config_file)
    return Look(open_published(path, config), path, config)

"""Identifiers as the platform writes them, from the world's running numbers."""

import polars as pl


def _number(column: str, width: int) -> pl.Expr:
    return pl.col(column).cast(pl.String).str.zfill(width)


def setl_id(column: str = "sid") -> pl.Expr:
    """Settlement id; null where the number is negative (not settled)."""
    return pl.when(pl.col(column) >= 0).then(pl.concat_str([pl.lit("330999S"), _number(column, 12)]))


def mdtrt_id(column: str = "vid") -> pl.Expr:
    """Visit id."""
    return pl.concat_str([pl.lit("330999M"), _number(column, 12)])


def bkkp_sn(column: str = "lid") -> pl.Expr:
    """Fee line id; null where the number is negative."""
    return pl.when(pl.col(column) >= 0).then(pl.concat_str([pl.lit("F"), _number(column, 13)]))


def one_setl_id(number: int) -> str:
    """Settlement id of one number."""
    return f"330999S{number:012d}"


def one_bkkp_sn(number: int) -> str:
    """Fee line id of one number."""
    return f"F{number:013d}"

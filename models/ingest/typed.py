"""SQL that loads one chunk; built from names of the contract only, never from what a file says.

Columns typed by `quick` are taken as they stand; the others, still text, are typed here value by value.
"""

from dataclasses import dataclass
from functools import cache

from models.contracts import Column, tables
from models.ingest.identity import UNKNOWN
from models.ingest.quick import CODES, LOST, MAX_TEXT

PLACES = ("file_id", "line_no", "sub_no")
MONTH = "month_from"


@dataclass(frozen=True)
class Form:
    """What a chunk is like: its columns (inside names), those still text, those with empty values that must be filled.

    `month` = it has a column `month_from` with text to be read as a time.
    """

    table: str
    present: frozenset[str]
    careful: frozenset[str]
    lacking: frozenset[str]
    month: bool = False


_SIGNED = "[+-]?"
_PLAIN = rf"{_SIGNED}([0-9]+\.?[0-9]*|\.[0-9]+)"
_TWO_PLACES = rf"{_SIGNED}([0-9]+(\.[0-9]{{0,2}}0*)?|\.[0-9]{{1,2}}0*)"
_WHOLE = rf"{_SIGNED}[0-9]+(\.0*)?"
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,9})?)?"
_DAY = r"([12][0-9]{3}|9999)-[0-9]{2}-[0-9]{2}"
_COMPACT = r"([12][0-9]{3}|9999)[0-9]{4}"
_NUMBERS = {"amount": _TWO_PLACES, "int": _WHOLE, "price": _PLAIN, "quantity": _PLAIN, "ratio": _PLAIN,
            "weight": _PLAIN, "age": _PLAIN}  # fmt: skip


def _time(v: str) -> str:
    """`yyyy-MM-dd`, `yyyyMMdd`, each with or without time, `yyyyMMddHHmmss`, as a timestamp."""
    dashed = f"left({v}, 4) || '-' || substr({v}, 5, 2) || '-' || substr({v}, 7)"
    return (
        f"case when regexp_full_match({v}, '{_DAY}([ T]{_CLOCK})?') then try_cast({v} as timestamp) "
        f"when regexp_full_match({v}, '{_COMPACT}') then try_strptime({v}, '%Y%m%d') "
        f"when regexp_full_match({v}, '{_COMPACT}[0-9]{{6}}') then try_strptime({v}, '%Y%m%d%H%M%S') "
        f"when regexp_full_match({v}, '{_COMPACT}[ T]{_CLOCK}') then try_cast({dashed} as timestamp) end"
    )


def _value(column: Column, v: str) -> str:
    if column.type in _NUMBERS:
        whole = f"try_cast(try_cast({v} as decimal(18,0)) as integer)" if column.type == "int" else ""
        cast = whole or f"try_cast({v} as {column.sql_type})"
        return f"case when regexp_full_match({v}, '{_NUMBERS[column.type]}') then {cast} end"
    if column.type == "time":
        return _time(v)
    if column.type == "date":
        return f"cast({_time(v)} as date)"
    if column.type == "flag":
        zero = ", ".join(f"'{code}'" for code in ("0", "00", "000", "false", *column.also_zero))
        return (
            f"case when {v} = '1' then '1' when lower({v}) in ({zero}) then '0' "
            f"when lower({v}) in ('01', '001', 'true') then '1' end"
        )
    if column.allowed:
        codes = ", ".join(f"'{code}'" for code in column.allowed)
        said = "".join(f" when {v} = '{word}' then '{code}'" for word, code in column.spoken.items())
        return f"case when lower({v}) in ({codes}) then lower({v}){said} end"
    if column.width:
        return (
            f"case when length({v}) < {column.width} and regexp_full_match({v}, '[0-9]+') "
            f"then lpad({v}, {column.width}, '0') when strlen({v}) <= {MAX_TEXT} then {v} end"
        )
    if column.type in ("person", "keyed"):
        return f"nullif({v}, '{UNKNOWN}')"
    return f"case when strlen({v}) <= {MAX_TEXT} then {v} end"


def _reason(column: Column) -> str:
    if column.type in ("person", "keyed"):
        return f"lost_digits:{column.name}"
    if column.type in _NUMBERS or column.type in ("date", "time", "flag"):
        return f"bad_{column.type}:{column.name}"
    if column.allowed:
        return f"bad_code:{column.name}"
    return f"too_long:{column.name}"


def _columns(form: Form) -> list[Column]:
    return [column for column in tables()[form.table].columns.values() if column.inside in form.present]


def _typed(form: Form) -> str:
    """The chunk with a value `t_<name>` beside each text that needs care."""
    values = [f"{_value(c, c.inside)} as t_{c.inside}" for c in _columns(form) if c.inside in form.careful]
    if form.month:
        values.append(f"{_time(MONTH)} as t_{MONTH}")
    return f"select {', '.join(['*', *values])} from chunk"


def _faults(form: Form) -> list[tuple[str, str]]:
    """(reason, condition) of everything that can keep a row of this chunk out."""
    found = []
    for column in _columns(form):
        name = column.inside
        if name in form.careful:
            found.append((_reason(column), f"({name} is not null and t_{name} is null)"))
            if column.type in CODES and not column.allowed:
                found.append((f"lost_digits:{column.name}", f"coalesce(regexp_full_match({name}, '{LOST}'), false)"))
        if column.filled and name in form.lacking:
            found.append((f"missing:{column.name}", f"{name} is null"))
    if form.month:
        found.append((f"bad_date:{MONTH}", f"t_{MONTH} is null"))
    return found


@cache
def may_fail(form: Form) -> bool:
    """Can a row of such a chunk be kept out?"""
    return bool(_faults(form)) or bool(form.careful)


def _bad(form: Form) -> str:
    return " or ".join(condition for _, condition in _faults(form)) or "false"


@cache
def insert_good(form: Form) -> str:
    """Insert the rows of `chunk` without a fault into `raw.<table>`."""
    names = [(c.inside, f"t_{c.inside}" if c.inside in form.careful else c.inside) for c in _columns(form)]
    picked = ", ".join(f"{source} as {name}" for name, source in names)
    where = f"from ({_typed(form)}) where not ({_bad(form)})" if _faults(form) else "from chunk"
    return f"insert into raw.{form.table} by name select {picked}, {', '.join(PLACES)} {where}"


@cache
def count_good(form: Form) -> str:
    """How many rows of `chunk` would be inserted."""
    return f"select count(*) from ({_typed(form)}) where not ({_bad(form)})"


@cache
def select_bad(form: Form) -> str:
    """line_no, sub_no and all reasons of the rows of `chunk` that are kept out, in order."""
    listed = ", ".join(f"case when {condition} then '{reason}' end" for reason, condition in _faults(form))
    return (
        f"select line_no, sub_no, list_filter([{listed}], lambda x: x is not null) as reasons "
        f"from ({_typed(form)}) where {_bad(form)} order by line_no, sub_no"
    )

"""SQL that types one chunk of strings; built from names of the contract only, never from what a file says."""

from functools import cache

from models.contracts import Column, Table, tables

PLACES = ("file_id", "line_no", "sub_no")
MAX_TEXT = 32_000  # bytes; beyond what a cell of a workbook holds
MONTH = "month_from"

_SIGNED = "[+-]?"
_PLAIN = rf"{_SIGNED}([0-9]+\.?[0-9]*|\.[0-9]+)"
_TWO_PLACES = rf"{_SIGNED}([0-9]+(\.[0-9]{{0,2}}0*)?|\.[0-9]{{1,2}}0*)"
_WHOLE = rf"{_SIGNED}[0-9]+(\.0*)?"
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,9})?)?"
_DAY = r"([12][0-9]{3}|9999)-[0-9]{2}-[0-9]{2}"
_COMPACT = r"([12][0-9]{3}|9999)[0-9]{4}"
_NUMBERS = {"amount": _TWO_PLACES, "int": _WHOLE, "price": _PLAIN, "quantity": _PLAIN, "ratio": _PLAIN,
            "weight": _PLAIN, "age": _PLAIN}  # fmt: skip


def _null(name: str) -> str:
    """NULL for what stands for nothing: blanks (already trimmed), null, \\N, -."""
    nothing = r"'', 'null', '\n', '-'"
    return f"case when strlen({name}) > 4 then {name} when lower({name}) in ({nothing}) then null else {name} end"


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
    if column.width:
        return (
            f"case when length({v}) < {column.width} and regexp_full_match({v}, '[0-9]+') "
            f"then lpad({v}, {column.width}, '0') when strlen({v}) <= {MAX_TEXT} then {v} end"
        )
    return f"case when strlen({v}) <= {MAX_TEXT} then {v} end"


def _reason(column: Column) -> str:
    if column.type in _NUMBERS or column.type in ("date", "time", "flag"):
        return f"bad_{column.type}:{column.name}"
    return f"too_long:{column.name}"


def _typed(table: Table, present: frozenset[str], month: bool) -> str:
    """Two layers: NULL tokens, then types; `v_` the text, `t_` the value."""
    columns = [column for column in table.columns.values() if column.inside in present]
    texts = [f"{_null(column.inside)} as v_{column.inside}" for column in columns]
    values = [f"v_{column.inside}, {_value(column, f'v_{column.inside}')} as t_{column.inside}" for column in columns]
    if month:
        texts.append(f"{_null(MONTH)} as v_{MONTH}")
        values.append(f"v_{MONTH}, {_time(f'v_{MONTH}')} as t_{MONTH}")
    places = ", ".join(PLACES)
    return f"select {', '.join(values)}, {places} from (select {', '.join(texts)}, {places} from chunk)"


def _faults(table: Table, present: frozenset[str], month: bool) -> list[tuple[str, str]]:
    """(reason, condition) of everything that keeps a row out."""
    found = []
    for column in table.columns.values():
        name = column.inside
        if name in present:
            found.append((_reason(column), f"(v_{name} is not null and t_{name} is null)"))
            if column.filled:
                found.append((f"missing:{column.name}", f"v_{name} is null"))
    if month:
        found.append((f"bad_date:{MONTH}", f"t_{MONTH} is null"))
    return found


@cache
def insert_good(name: str, present: frozenset[str], month: bool) -> str:
    """Insert the rows of `chunk` that type without a fault into `raw.<table>`."""
    table = tables()[name]
    present_columns = [column.inside for column in table.columns.values() if column.inside in present]
    bad = " or ".join(condition for _, condition in _faults(table, present, month))
    picked = ", ".join(f"t_{column} as {column}" for column in present_columns)
    return (
        f"insert into raw.{table.name} by name select {picked}, {', '.join(PLACES)} "
        f"from ({_typed(table, present, month)}) where not ({bad})"
    )


@cache
def count_good(name: str, present: frozenset[str], month: bool) -> str:
    """How many rows of `chunk` would be inserted."""
    table = tables()[name]
    bad = " or ".join(condition for _, condition in _faults(table, present, month))
    return f"select count(*) from ({_typed(table, present, month)}) where not ({bad})"


@cache
def select_bad(name: str, present: frozenset[str], month: bool) -> str:
    """line_no, sub_no and all reasons of the rows of `chunk` that are kept out, in order."""
    table = tables()[name]
    faults = _faults(table, present, month)
    listed = ", ".join(f"case when {condition} then '{reason}' end" for reason, condition in faults)
    bad = " or ".join(condition for _, condition in faults)
    return (
        f"select line_no, sub_no, list_filter([{listed}], lambda x: x is not null) as reasons "
        f"from ({_typed(table, present, month)}) where {bad} order by line_no, sub_no"
    )

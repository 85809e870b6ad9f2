"""Knowledge points as the templates read them: the sound ones of `cur.kp_*`, and what is wrong with the others."""

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from models.contracts import tables
from models.engine import Engine
from models.engine.frames import put
from models.rules.checks import overlaps, row_faults
from models.rules.registry import Rule, registry

SHOWN = 20
LEVEL_COLUMNS = ("hosp_lv", "hosp_lv_max")
SUBJECT_COLUMNS = ("subject_code", "other_code")
CODE_LISTS = ("diag_codes", "other_codes")  # |-separated codes, prefixes allowed, matched like subjects
OF_MODELS = ("kp_cc", "kp_expect")  # read by upcoding alone, which takes a point whatever rule it was entered under
LISTS = (*CODE_LISTS, "item_codes", "med_types", "insutypes", "dept_codes")


@dataclass(frozen=True)
class Knowledge:
    """One knowledge table: its sound points (with `valid_until`, never null) and its faults (row, fault)."""

    table: str
    points: pl.DataFrame
    faults: pl.DataFrame

    @cached_property
    def sound(self) -> pl.DataFrame:
        return self.points.join(self.faults.select("row").unique(), on="row", how="anti").sort("row").drop("row")


def _loaded_tables(engine: Engine) -> list[str]:
    there = engine.frame("select table_name from information_schema.tables where table_schema = 'cur'")
    present = set(there["table_name"])
    return [name for name, table in tables().items() if table.kind == "kp" and name in present]


def _read(engine: Engine, table: str) -> pl.DataFrame:
    columns = list(tables()[table].columns)
    points = engine.frame(f"select {', '.join(columns)} from cur.{table} order by all")
    text = [name for name, kind in points.schema.items() if kind == pl.String]
    points = points.with_columns(pl.col(name).str.strip_chars().replace("", None) for name in text).with_columns(
        pl.col(name).str.zfill(2) for name in LEVEL_COLUMNS if name in columns
    )
    points = points.with_columns(_tidy(name) for name in LISTS if name in columns)
    last = pl.date(9999, 12, 31)
    return points.with_columns(valid_until=pl.col("valid_to").fill_null(last)).with_row_index("row")


def _tidy(column: str) -> pl.Expr:
    """A list without blanks and repetitions, in one order, so that equal lists are equal texts."""
    codes = pl.col(column).str.split("|").list.eval(pl.element().str.strip_chars()).list.unique().list.sort()
    return codes.list.eval(pl.element().filter(pl.element() != "")).list.join("|").replace("", None)


def _rule_faults(table: str, points: pl.DataFrame, rules: list[Rule]) -> pl.DataFrame:
    if table in OF_MODELS:
        return points.select("row", fault=pl.lit("")).clear()
    known = {rule.rule_id for rule in rules}
    running = [rule for rule in rules if not rule.missing]
    elsewhere = {rule.rule_id for rule in running if table not in (*rule.knowledge_tables, *rule.awaits)}
    unknown = points.filter(~pl.col("rule_id").is_in(known).fill_null(False))
    strayed = points.filter(pl.col("rule_id").is_in(elsewhere))
    return pl.concat(
        [
            unknown.select("row", fault=pl.lit("规则编号不在目录中 / unknown rule_id")),
            strayed.select("row", fault=pl.lit(f"该规则不使用 {table} / the rule does not work from {table}")),
        ]
    )


def _knowledge(engine: Engine, table: str, rules: list[Rule]) -> Knowledge:
    points = _read(engine, table)
    if points.is_empty():
        return Knowledge(table, points, points.select("row", fault=pl.lit("")))
    alone = pl.concat([_rule_faults(table, points, rules), row_faults(table, points)])
    rest = points.join(alone.select("row").unique(), on="row", how="anti")
    return Knowledge(table, points, pl.concat([alone, overlaps(table, rest)]))


# what was read last, with its mark and the rules it was checked against: a run asks for the same points many times
_last: list[tuple[str, list[Rule], list[Knowledge]]] = []


def knowledge_mark(engine: Engine) -> str:
    """Differs whenever a row of a loaded knowledge table does."""
    counted = " union all ".join(
        f"select '{name}' as name, count(*) as rows, sum(cast(hash(p) as hugeint)) as content from cur.{name} as p"
        for name in _loaded_tables(engine)
    )
    return repr(sorted(engine.con.execute(counted).fetchall())) if counted else ""


def read_knowledge(engine: Engine) -> list[Knowledge]:
    """Every knowledge table that is loaded, checked; read anew only where points or rules have changed."""
    rules, mark = registry(), knowledge_mark(engine)
    for known, checked_with, found in _last:
        if known == mark and checked_with is rules:
            return found
    found = [_knowledge(engine, table, rules) for table in _loaded_tables(engine)]
    _last[:] = [(mark, rules, found)]
    return found


def _shown(value: object) -> str:
    return repr(value)[:60]


def _messages(found: Knowledge) -> list[str]:
    lines: list[str] = []
    for (fault,), rows in found.faults.sort("fault", "row").group_by(["fault"], maintain_order=True):
        named = rows.join(found.points, on="row").sort("row").head(SHOWN)
        lines += [
            f"{found.table} {_shown(point['rule_id'])} {_shown(point['subject_code'])} "
            f"({point['valid_from']}): {fault}；未采用 / left out"
            for point in named.iter_rows(named=True)
        ]
        if rows.height > SHOWN:
            lines.append(f"{found.table}: {fault}；另有 {rows.height - SHOWN} 条 / and {rows.height - SHOWN} more")
    return lines


def check_knowledge(engine: Engine) -> list[str]:
    """Everything wrong with the loaded knowledge points, all at once; the points named are left out of every run."""
    return [line for found in read_knowledge(engine) for line in _messages(found)]


def points_by_rule(engine: Engine) -> dict[str, int]:
    """How many sound points each rule has."""
    counts: dict[str, int] = {}
    for found in read_knowledge(engine):
        for rule_id, points in found.sound.group_by("rule_id").len().iter_rows():
            counts[rule_id] = counts.get(rule_id, 0) + points
    return counts


def prepare(engine: Engine) -> None:
    """Make `finding.kp_*` (sound points, numbered), `finding.code_list` (list, its number, code: every list of theirs
    and a code of it) and `finding.subject` (their distinct codes, those of the lists that are matched too, and
    what lies under diagnoses that are needed).
    """
    subjects: list[pl.DataFrame] = []
    lists: list[pl.DataFrame] = [pl.DataFrame(schema={"list": pl.String, "code": pl.String})]
    for found in read_knowledge(engine):
        sound = found.sound
        _make(engine, found.table, sound.with_row_index("point_no"))
        subjects += [sound.select(subject_code=pl.col(name)) for name in SUBJECT_COLUMNS if name in sound.columns]
        for name in [name for name in LISTS if name in sound.columns]:
            codes = _codes(sound[name])
            lists.append(codes)
            subjects += [codes.select(subject_code="code")] if name in CODE_LISTS else []
            subjects += [_under(sound)] if name == "diag_codes" else []
    codes = pl.concat([pl.DataFrame(schema={"subject_code": pl.String}), *subjects]).unique().sort("subject_code")
    _make(engine, "subject", codes)
    numbered = pl.concat(lists).unique().with_columns(list_no=pl.col("list").rank("dense").cast(pl.Int32))
    _make(engine, "code_list", numbered.sort("list", "code"))


def _under(points: pl.DataFrame) -> pl.DataFrame:
    """Prefixes of the diagnoses that needs name: a hospital that codes finer than the list has what is needed."""
    named = _codes(points.filter(pl.col("mode") == "needs")["diag_codes"]).filter(~pl.col("code").str.ends_with("*"))
    return named.select(subject_code=pl.col("code") + "*")


def _codes(lists: pl.Series) -> pl.DataFrame:
    """Columns list, code: every distinct list and each code of it."""
    texts = pl.DataFrame({"list": lists.drop_nulls().unique()}, schema={"list": pl.String})
    return texts.with_columns(code=pl.col("list").str.split("|")).explode("code")


def _make(engine: Engine, table: str, rows: pl.DataFrame) -> None:
    put(engine, f"finding.{table}", rows)
    engine.changed(f"finding.{table}")
